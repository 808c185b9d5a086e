//! The examples of RFC 7692 7.1.3, as they stand there, and what follows from them.

use ws_deflate::{Agreement, Deflate, Takeover, WindowBits};
use ws_handshake::Extension;

/// The simplest offer, which is also the simplest answer.
const SIMPLEST: &str = "permessage-deflate";

/// "asking the server to use an LZ77 sliding window with a size of 1,024 bytes or less"
const SMALL_WINDOW: &str = "permessage-deflate; client_max_window_bits; server_max_window_bits=10";

/// The second choice behind it.
const FALLBACK: &str = "permessage-deflate; client_max_window_bits";

fn extension(text: &str) -> Extension {
    text.parse().expect("an extension")
}

/// Keeps everything and limits nothing, so that the answers are as short as the RFC's.
fn generous() -> Deflate {
    Deflate::default()
        .with_takeover(Takeover::On)
        .with_peer_takeover(Takeover::On)
}

fn answer(server: &Deflate, offers: &[&str]) -> String {
    let offers: Vec<Extension> = offers.iter().copied().map(extension).collect();
    server.accept(&offers).expect("one is legal").to_string()
}

fn checked(client: &Deflate, answer: &str) -> Agreement {
    client
        .check(&[extension(answer)])
        .expect("it is legal")
        .expect("it is accepted")
}

#[test]
fn the_simplest_offer_is_accepted_with_the_same() {
    assert_eq!(answer(&generous(), &[SIMPLEST]), SIMPLEST);
    let agreed = checked(&generous(), SIMPLEST);
    assert_eq!(agreed.extension(), extension(SIMPLEST));
    assert_eq!(agreed.server_takeover(), Takeover::On);
    assert_eq!(agreed.client_takeover(), Takeover::On);
    assert_eq!(agreed.server_window_bits(), WindowBits::MAX);
    assert_eq!(agreed.client_window_bits(), WindowBits::MAX);
}

#[test]
fn no_answer_to_the_simplest_offer_limits_the_window_of_the_client() {
    let server = generous().with_peer_window_bits(WindowBits::MIN);
    assert_eq!(
        answer(&server, &[SIMPLEST]),
        "permessage-deflate; client_no_context_takeover"
    );
}

#[test]
fn of_an_offer_and_its_fallback_the_first_is_accepted() {
    assert_eq!(
        answer(&generous(), &[SMALL_WINDOW, FALLBACK]),
        "permessage-deflate; server_max_window_bits=10"
    );
    assert_eq!(
        answer(&generous(), &[FALLBACK, SMALL_WINDOW]),
        "permessage-deflate"
    );
}

#[test]
fn a_client_that_wants_the_small_window_takes_the_answer_to_it() {
    let client = generous().with_peer_window_bits(WindowBits::new(10).unwrap());
    assert_eq!(
        client.offer(),
        extension("permessage-deflate; server_max_window_bits=10; client_max_window_bits")
    );
    let agreed = checked(&client, "permessage-deflate; server_max_window_bits=10");
    assert_eq!(agreed.server_window_bits().bytes(), 1024);
}
