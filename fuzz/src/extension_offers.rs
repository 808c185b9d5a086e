use ws_deflate::{Agreement, Deflate, Takeover, WindowBits};
use ws_handshake::{Extension, Limits, Request};

const NAME: &str = "permessage-deflate";

/// Values of window bits, the first of which is 8 (RFC 7692 7.1.2).
const BITS: [&str; 8] = ["8", "9", "10", "11", "12", "13", "14", "15"];

/// Any offers of permessage-deflate have the answer that RFC 7692 allows, and any answer is taken exactly when it may be.
///
/// A server accepts the first offer that is legal, with an answer that is legal for it and keeps to the server's
/// settings. A client to which the same list comes as an answer takes it exactly when the RFC says so. The client's own
/// offer, behind all others, is accepted if none of them is, and both sides then agree on the same.
///
/// The input: a byte of settings for the server, one for the client, and the value of a `Sec-WebSocket-Extensions`.
pub fn extension_offers(data: &[u8]) {
    let [server, client, line @ ..] = data else {
        return;
    };
    let (server, client) = (settings(*server), settings(*client));
    let listed = extensions(line);
    let accepted = server.accept(&listed);
    match listed.iter().find_map(read) {
        None => assert_eq!(accepted, None),
        Some(offer) => {
            let agreed = accepted.expect("there is a legal offer");
            check_answer(&offer, &agreed, &server);
        }
    }
    check_client(&client, &listed);

    let ours = client.offer();
    let offer = read(&ours).expect("ours is legal");
    check_offer(&offer, &client);
    let agreed = server.accept(listed.iter().chain([&ours]));
    if accepted.is_none() {
        let agreed = agreed.expect("ours is legal");
        check_answer(&offer, &agreed, &server);
        assert_eq!(client.check(&[agreed.extension()]), Ok(Some(agreed)));
    } else {
        assert_eq!(agreed, accepted);
    }
}

/// All settings that have a part in the negotiation fit into a byte.
fn settings(byte: u8) -> Deflate {
    let takeover = |at: u8| match byte >> at & 1 {
        0 => Takeover::Off,
        _ => Takeover::On,
    };
    let bits = |at: u8| WindowBits::new(15 - (byte >> at & 7)).expect("8 to 15");
    Deflate::default()
        .with_takeover(takeover(0))
        .with_peer_takeover(takeover(1))
        .with_window_bits(bits(2))
        .with_peer_window_bits(bits(5))
}

/// What stands in the header; nothing when it is none.
fn extensions(line: &[u8]) -> Vec<Extension> {
    let before = b"GET / HTTP/1.1\r\nHost: h\r\nSec-WebSocket-Extensions: ";
    let head = [&before[..], line, b"\r\n\r\n"].concat();
    match Request::decode(&head, &Limits::default()) {
        Ok(Some((request, _))) => request.extensions().unwrap_or_default(),
        Ok(None) | Err(_) => Vec::new(),
    }
}

/// A legal permessage-deflate, read once more: which parameters it has, and the bits of those that have bits.
#[derive(Debug)]
struct Reading {
    server_no_takeover: bool,
    client_no_takeover: bool,
    server_bits: Option<u8>,
    /// `Some(None)` has no value.
    client_bits: Option<Option<u8>>,
}

/// `None` when it is another extension, or when 7.1 says that the offer is declined and the answer refused.
fn read(extension: &Extension) -> Option<Reading> {
    if extension.name() != NAME {
        return None;
    }
    let params: Vec<(&str, Option<&str>)> = extension.params().collect();
    let mut names: Vec<&str> = params.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    // "multiple extension parameters with the same name"
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    let is_legal = params.iter().all(|param| match param {
        ("server_no_context_takeover" | "client_no_context_takeover", value) => value.is_none(),
        ("client_max_window_bits", None) => true,
        ("server_max_window_bits" | "client_max_window_bits", Some(value)) => BITS.contains(value),
        _ => false,
    });
    let bits = |wanted: &str| {
        let (_, value) = params.iter().find(|(name, _)| *name == wanted)?;
        let at = |value| BITS.iter().position(|bits| *bits == value);
        Some(value.map(|value| 8 + at(value).expect("it is legal") as u8))
    };
    is_legal.then(|| Reading {
        server_no_takeover: names.contains(&"server_no_context_takeover"),
        client_no_takeover: names.contains(&"client_no_context_takeover"),
        server_bits: bits("server_max_window_bits").flatten(),
        client_bits: bits("client_max_window_bits"),
    })
}

/// What a client with these settings asks for, no more and no less.
fn check_offer(offer: &Reading, client: &Deflate) {
    let limit = |bits: WindowBits| Some(bits.get()).filter(|bits| *bits < 15);
    let asks = client.peer_takeover() == Takeover::Off;
    assert_eq!(offer.server_no_takeover, asks);
    let hints = client.takeover() == Takeover::Off;
    assert_eq!(offer.client_no_takeover, hints);
    assert_eq!(offer.server_bits, limit(client.peer_window_bits()));
    assert_eq!(offer.client_bits, Some(limit(client.window_bits())));
}

/// A legal answer to this offer, by a server with these settings.
fn check_answer(offer: &Reading, agreed: &Agreement, server: &Deflate) {
    let answer = read(&agreed.extension()).expect("the answer is legal");
    // 7.1.1.1: "A server accepts" it by including it.
    assert!(answer.server_no_takeover || !offer.server_no_takeover);
    // 7.1.2.1: the same, "with the same or smaller value as the offer".
    if let Some(offered) = offer.server_bits {
        assert!(answer.server_bits.is_some_and(|bits| bits <= offered));
    }
    // 7.1.2.2: not if it was not offered, and not more than was.
    match (offer.client_bits, answer.client_bits) {
        (_, None) => {}
        (None, Some(_)) => panic!("client_max_window_bits was not offered"),
        (Some(None), Some(bits)) => assert!(bits.is_some()),
        (Some(Some(offered)), Some(bits)) => assert!(bits.is_some_and(|bits| bits <= offered)),
    }
    assert_eq!(told(agreed), plain(&answer));

    // Nothing is kept that the server does not want, and no more than it wants.
    let ((server_takeover, server_bits), (client_takeover, client_bits)) = plain(&answer);
    assert!(server_bits <= server.window_bits().get());
    assert!(!server_takeover || server.takeover() == Takeover::On);
    if client_takeover {
        assert!(!offer.client_no_takeover);
        assert_eq!(server.peer_takeover(), Takeover::On);
        assert!(client_bits <= server.peer_window_bits().get());
    }
    // And nothing is given up, or said, for no reason.
    let wanted = server.takeover() == Takeover::On && !offer.server_no_takeover;
    assert_eq!(server_takeover, wanted);
    let can_limit = server.peer_window_bits() == WindowBits::MAX || offer.client_bits.is_some();
    let wanted = server.peer_takeover() == Takeover::On && !offer.client_no_takeover && can_limit;
    assert_eq!(client_takeover, wanted);
    assert_eq!(
        server_bits,
        server
            .window_bits()
            .get()
            .min(offer.server_bits.unwrap_or(15))
    );
    assert!(offer.server_bits.is_some() || answer.server_bits != Some(15));
    assert!(offer.client_bits != Some(None) || answer.client_bits != Some(Some(15)));
    if let Some(offered) = offer.client_bits {
        let allowed = server.peer_window_bits().get();
        assert_eq!(client_bits, allowed.min(offered.unwrap_or(15)));
    }
}

/// The list as an answer to what this client offers.
fn check_client(client: &Deflate, answer: &[Extension]) {
    let checked = client.check(answer);
    let mine: Vec<&Extension> = answer
        .iter()
        .filter(|extension| extension.name() == NAME)
        .collect();
    let [one] = mine[..] else {
        assert_eq!(checked.ok(), mine.is_empty().then_some(None));
        return;
    };
    let expected = read(one).filter(|answer| may_be_taken(answer, client));
    let agreed = checked.ok().map(|agreed| agreed.expect("it is accepted"));
    assert_eq!(agreed.is_some(), expected.is_some(), "{one}");
    if let (Some(agreed), Some(answer)) = (agreed, expected) {
        // What the client hints at it does: 7.1.1.2, 7.1.2.2.
        let (server, (takeover, bits)) = plain(&answer);
        let takeover = takeover && client.takeover() == Takeover::On;
        let bits = bits.min(client.window_bits().get());
        assert_eq!(told(&agreed), (server, (takeover, bits)));
    }
}

fn may_be_taken(answer: &Reading, client: &Deflate) -> bool {
    let takeover = answer.server_no_takeover || client.peer_takeover() == Takeover::On;
    let asked = client.peer_window_bits();
    let bits = asked == WindowBits::MAX || answer.server_bits.is_some_and(|n| n <= asked.get());
    takeover && bits && answer.client_bits != Some(None)
}

/// Takeover and bits of one side.
type Side = (bool, u8);

/// What an answer comes to, for the server and for the client.
fn plain(answer: &Reading) -> (Side, Side) {
    let client_bits = answer.client_bits.flatten().unwrap_or(15);
    (
        (!answer.server_no_takeover, answer.server_bits.unwrap_or(15)),
        (!answer.client_no_takeover, client_bits),
    )
}

/// What the agreement itself tells.
fn told(agreed: &Agreement) -> (Side, Side) {
    let is_on = |takeover| takeover == Takeover::On;
    (
        (
            is_on(agreed.server_takeover()),
            agreed.server_window_bits().get(),
        ),
        (
            is_on(agreed.client_takeover()),
            agreed.client_window_bits().get(),
        ),
    )
}
