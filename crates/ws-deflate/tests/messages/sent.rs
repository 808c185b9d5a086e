use std::{sync::Arc, time::Instant};

use bytes::Buf;
use ws_connection::{Batch, Compress, Config, Event, Extension, Message, Receiver, Role, Sender};
use ws_deflate::{
    Agreement, Deflate, Deflater, PermessageDeflate, Prepared, Takeover, Traffic, Volume,
    WindowBits,
};
use ws_frame::MaskingKey;

/// Both ends of what both want, counted.
pub(crate) struct Ends {
    pub(crate) server: PermessageDeflate,
    pub(crate) client: PermessageDeflate,
    agreed: Agreement,
    pub(crate) at_server: Arc<Traffic>,
    at_client: Arc<Traffic>,
}

pub(crate) fn ends(takeover: Takeover, bits: u8) -> Ends {
    let bits = WindowBits::new(bits).expect("legal");
    let settings = Arc::new(
        Deflate::default()
            .with_takeover(takeover)
            .with_peer_takeover(takeover)
            .with_window_bits(bits)
            .with_peer_window_bits(bits),
    );
    let agreed = settings.accept(&[settings.offer()]).expect("our own offer");
    let (at_server, at_client) = (Arc::default(), Arc::default());
    let end = |role, traffic: &Arc<Traffic>| {
        PermessageDeflate::new(settings.clone(), agreed, role).with_traffic(traffic.clone())
    };
    Ends {
        server: end(Role::Server, &at_server),
        client: end(Role::Client, &at_client),
        agreed,
        at_server,
        at_client,
    }
}

pub(crate) fn text(what: &str) -> String {
    format!("{what}, and what is said again and again; ").repeat(30)
}

pub(crate) fn written(sender: &mut Sender) -> Vec<u8> {
    let mut batch = Batch::default();
    sender.transmit(Instant::now(), &mut batch);
    batch.copy_to_bytes(batch.remaining()).to_vec()
}

/// The text that these frames are.
fn read(receiver: &mut Receiver, mut bytes: Vec<u8>) -> String {
    match receiver.receive(&mut &mut bytes[..]).expect("legal") {
        Some(Event::Message(message)) => message.as_text().expect("text").to_owned(),
        other => panic!("{other:?}"),
    }
}

/// Bytes that nothing makes shorter.
pub(crate) fn noise(len: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..len).map(|_| byte()).collect()
}

#[test]
fn what_does_not_become_shorter_leaves_as_it_is_unless_it_must_not() {
    let deflater = Deflater::new(&Deflate::default(), WindowBits::MAX);
    for len in [300, 40_000] {
        let noise = noise(len);
        let message = Message::from(&noise[..]);
        assert_eq!(deflater.encode(&message), None);
        let always = deflater.encode(&message.with_compress(Compress::Always));
        let always = always.expect("whatever its length").payload().to_vec();
        assert!(
            always.len() >= len && always.len() < len + len / 8 + 16,
            "{len}"
        );
    }
    let empty = Message::from("").with_compress(Compress::Always);
    assert_eq!(deflater.encode(&empty).expect("always").payload(), "\0");
}

#[test]
fn a_client_of_either_kind_is_understood_by_its_server() {
    for takeover in [Takeover::Off, Takeover::On] {
        let ends = ends(takeover, 15);
        assert_eq!(ends.client.agreement(), ends.agreed);
        assert_eq!(ends.client.deflater().is_some(), takeover == Takeover::Off);
        let key = || MaskingKey::new([1, 2, 3, 4]);
        let mut sender = Sender::client(Config::default(), key).with_extension(&ends.client);
        let mut receiver = Receiver::server(Config::default()).with_extension(&ends.server);
        for what in ["one", "two", "one"] {
            sender.send(text(what)).expect("open");
            assert_eq!(read(&mut receiver, written(&mut sender)), text(what));
        }
        let (sent, received) = (ends.at_client.sent(), ends.at_server.received());
        assert_eq!(sent, received);
        assert_eq!(sent.plain, 3 * text("one").len() as u64);
        assert!(sent.deflated < sent.plain / 5, "{sent:?}");
        let told = format!("{} bytes as {}", sent.plain, sent.deflated);
        assert_eq!(sent.to_string(), told);
        assert_eq!(ends.at_client.received(), Volume::default());
    }
}

#[test]
fn a_prepared_message_may_stand_between_any_others() {
    let prepared = Prepared::new(text("to all"));
    for takeover in [Takeover::Off, Takeover::On] {
        for bits in [8, 15] {
            let ends = ends(takeover, bits);
            let mut sender = Sender::server(Config::default()).with_extension(&ends.server);
            let mut receiver = Receiver::client(Config::default()).with_extension(&ends.client);
            for what in ["one", "two", "two"] {
                sender.send(text(what)).expect("open");
                assert_eq!(read(&mut receiver, written(&mut sender)), text(what));
                let encoded = ends.server.encoded(&prepared).expect("shorter");
                let message = prepared.message().clone();
                let volume = Volume {
                    plain: message.len() as u64,
                    deflated: encoded.payload().len() as u64,
                };
                sender.send_encoded(message, encoded).expect("open");
                ends.server.traffic().expect("counted").add_sent(volume);
                assert_eq!(read(&mut receiver, written(&mut sender)), text("to all"));
            }
            assert_eq!(ends.at_server.sent(), ends.at_client.received());
        }
    }
    let bits = WindowBits::MAX;
    let first = prepared.encoded(bits).expect("shorter").payload();
    let again = prepared.clone();
    let again = again.encoded(bits).expect("shorter").payload();
    assert_eq!(first.as_ptr(), again.as_ptr(), "it was deflated once");
    assert_eq!(Prepared::new("short").encoded(bits), None);
    assert_eq!(
        ends(Takeover::Off, 15)
            .server
            .encoded(&Prepared::new("short")),
        None
    );
}

#[test]
fn who_deflates_can_be_asked_first_whether_it_tries() {
    let deflater = Deflater::new(&Deflate::default(), WindowBits::MAX);
    let noise = noise(256);
    let (long, short) = (Message::from(&noise[..]), Message::from(&noise[1..]));
    assert!(deflater.tries(&long) && !deflater.tries(&short));
    assert_eq!(deflater.encode(&long), None, "it tries in vain");
    assert!(deflater.tries(&short.with_compress(Compress::Always)));
    assert!(!deflater.tries(&long.with_compress(Compress::Never)));
}

#[test]
fn without_a_threshold_all_but_empty_ones_are_tried_and_what_shrinks_is_compressed() {
    let settings = Deflate::default().with_threshold(0);
    let deflater = Deflater::new(&settings, WindowBits::MAX);
    for (text, shrinks) in [("", false), ("a", false), ("aaaaaaaaaa", true)] {
        let message = Message::from(text);
        assert_eq!(deflater.tries(&message), !text.is_empty(), "{text}");
        assert_eq!(deflater.encode(&message).is_some(), shrinks, "{text}");
    }
}

#[test]
fn threads_keep_a_few_compressors_and_use_them_again() {
    let text = text("the same");
    let encode = |level| {
        let settings = Deflate::default().with_level(level);
        let deflater = Deflater::new(&settings, WindowBits::MAX);
        deflater.encode(&Message::from(&text)).expect("shorter")
    };
    let first: Vec<_> = (1..10).map(encode).collect();
    let again: Vec<_> = (1..10).map(encode).collect();
    assert_eq!(first, again);
    let (_, info) = {
        let mut encoded = None;
        let info = allocation_counter::measure(|| encoded = Some(encode(9)));
        (encoded, info)
    };
    assert!(info.bytes_max < 1024, "{info:?}");
}

#[test]
fn what_is_lent_can_be_shown() {
    let ends = ends(Takeover::On, 15);
    let mut sender = Sender::server(Config::default()).with_extension(&ends.server);
    let noise = noise(9000);
    let message = Message::from(&noise[..]).with_compress(Compress::Always);
    sender.send(message).expect("open");
    assert!(format!("{sender:?}").contains("Compressor"), "{sender:?}");
    let mut receiver = Receiver::client(Config::default()).with_extension(&ends.client);
    let mut bytes = written(&mut sender);
    let half = bytes.len() / 2;
    assert!(
        receiver
            .receive(&mut &mut bytes[..half])
            .expect("legal")
            .is_none()
    );
    assert!(format!("{receiver:?}").contains("Rent"), "{receiver:?}");
}

#[test]
fn an_empty_message_is_one_octet_also_behind_another_one() {
    let ends = ends(Takeover::On, 15);
    let mut sender = Sender::server(Config::default()).with_extension(&ends.server);
    let mut receiver = Receiver::client(Config::default()).with_extension(&ends.client);
    for _ in 0..3 {
        let empty = Message::from("").with_compress(Compress::Always);
        sender.send(empty).expect("open");
        let bytes = written(&mut sender);
        assert_eq!(bytes, b"\xC1\x01\x00");
        assert_eq!(read(&mut receiver, bytes), "");
    }
}

/// What such a connection has deflated beforehand, and what its sender deflates by itself, a client that
/// was promised nothing understands; and neither refers to what was sent before.
#[test]
fn a_connection_may_keep_no_window_though_it_might() {
    let ends = ends(Takeover::On, 15);
    let mut receiver = Receiver::client(Config::default()).with_extension(&ends.client);
    assert!(ends.server.deflater().is_none());
    let text = text("news");
    let apart = ends.server.independent_deflater();
    let apart = apart.encode(&Message::from(&*text)).expect("shorter");
    let without = ends.server.without_takeover();
    let deflater = without.deflater().expect("it refers to nothing");
    let again = deflater.encode(&Message::from(&*text)).expect("shorter");
    assert_eq!(apart.payload(), again.payload());
    let mut sender = Sender::server(Config::default()).with_rsv(without.rsv());
    for encoded in [apart, again] {
        sender.send_encoded(&*text, encoded).expect("open");
        let mut bytes = written(&mut sender);
        match receiver.receive(&mut &mut bytes[..]).expect("legal") {
            Some(Event::Message(message)) => assert_eq!(message.as_text(), Some(&*text)),
            other => panic!("{other:?}"),
        }
    }
}
