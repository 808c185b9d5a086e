//! "A client MUST mask all frames that it sends to the server" (RFC 6455 5.1), each with a key of its own (5.3).

use std::collections::HashSet;

use ws_connection::{Config, Event, Role, Sender};
use ws_frame::{CloseCode, CloseFrame, MaskingKey};
use ws_testing::naive::{Decoder, Event as Seen, Frame, Receiver};

use crate::outbox::Outbox;

fn counting() -> impl FnMut() -> MaskingKey + Send {
    let mut keys = 0_u32;
    move || {
        keys += 1;
        MaskingKey::new(keys.to_be_bytes())
    }
}

/// Everything an endpoint can send.
fn send_all(sender: &mut Sender) {
    sender.send("text").expect("open");
    sender.send(vec![7; 100_000]).expect("open");
    sender.send("").expect("open");
    sender.ping(b"ping").expect("open");
    sender.close(CloseFrame::new(CloseCode::NORMAL, "bye"));
}

#[test]
fn every_frame_of_a_client_has_a_fresh_key_and_decodes_back() {
    let config = Config::default().with_fragment_size(30_000);
    let mut outbox = Outbox::new(Sender::client(config, counting()));
    outbox.hear(&Event::Ping(b"answer me"));
    send_all(&mut outbox.sender);
    let bytes = outbox.write_bytes();
    let frames = Decoder::decode(&bytes).expect("legal");
    let keys: HashSet<_> = frames.iter().filter_map(|frame| frame.mask).collect();
    // Pong and ping, text, four fragments, an empty text, Close.
    assert_eq!((frames.len(), keys.len()), (9, 9));
    let run = Receiver::run(Role::Server, &Config::default(), &bytes);
    assert_eq!(
        run.events,
        [
            Seen::Pong(b"answer me".to_vec()),
            Seen::Ping(b"ping".to_vec()),
            Seen::Text("text".to_owned()),
            Seen::Binary(vec![7; 100_000]),
            Seen::Text(String::new()),
            Seen::Close(Some((1000, "bye".to_owned()))),
        ]
    );
}

#[test]
fn the_keys_are_those_of_the_closure_in_order() {
    let mut outbox = Outbox::new(Sender::client(Config::default(), counting()));
    outbox.sender.send("one").expect("open");
    outbox.sender.send("two").expect("open");
    let keys: Vec<_> = outbox.write().iter().map(|frame| frame.mask).collect();
    assert_eq!(keys, [Some([0, 0, 0, 1]), Some([0, 0, 0, 2])]);
}

#[test]
fn the_payload_of_a_client_is_masked_on_the_wire() {
    let mut outbox = Outbox::client(Config::default());
    outbox.sender.send("Hello").expect("open");
    let expected = Frame::text("Hello").masked([1, 2, 3, 4]).encode();
    assert_eq!(outbox.write_bytes(), expected);
}

/// "A server MUST NOT mask any frames that it sends to the client" (RFC 6455 5.1).
#[test]
fn no_frame_of_a_server_is_masked() {
    let mut outbox = Outbox::server(Config::default());
    outbox.hear(&Event::Ping(b"answer me"));
    send_all(&mut outbox.sender);
    assert!(outbox.write().iter().all(|frame| frame.mask.is_none()));
}

/// Whoever logs a sender must neither see a key nor use one up.
#[test]
fn a_sender_shows_whether_it_masks_and_draws_no_key_for_that() {
    let client = Sender::client(Config::default(), || panic!("a key was drawn"));
    let shown = format!("{client:?}");
    assert!(shown.contains("masks: Fresh"), "{shown}");
    let shown = format!("{:?}", Sender::server(Config::default()));
    assert!(shown.contains("masks: None"), "{shown}");
}
