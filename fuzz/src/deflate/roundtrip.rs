use std::{sync::Arc, time::Instant};

use arbitrary::{Arbitrary, Unstructured};
use bytes::Buf;
use ws_connection::{Batch, Compress, Config, Event, Message, Receiver, Role, Sender};
use ws_deflate::{Deflate, PermessageDeflate, Prepared, Takeover, WindowBits};
use ws_frame::MaskingKey;

use crate::Cuts;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    level: u8,
    memory_level: u8,
    threshold: u8,
    server: Side,
    client: Side,
    fragment: u8,
    cuts: [u8; 4],
    messages: Vec<(Way, &'a [u8])>,
}

/// What one side asks for.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Side {
    keeps_window: bool,
    window: u8,
}

/// How a message is sent.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Way {
    Auto,
    Never,
    Always,
    Prepared,
}

/// What one side deflates the other inflates, whatever both have asked for, in both directions and wherever it is cut.
///
/// The input: levels and threshold, what each side asks for, the size of fragments, four bytes of [cuts](Cuts), and
/// messages with the way in which each is sent.
pub fn deflate_roundtrip(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let server = Arc::new(settings(&input, input.server, input.client));
    let client = Arc::new(settings(&input, input.client, input.server));
    let offer = client.offer();
    let agreed = server.accept([&offer]).expect("our own offer");
    let answer = client.check(&[agreed.extension()]).expect("our own answer");
    assert_eq!(answer, Some(agreed));
    let at_server = PermessageDeflate::new(server, agreed, Role::Server);
    let at_client = PermessageDeflate::new(client, agreed, Role::Client);
    let config = Config::default().with_fragment_size(1 + 16 * usize::from(input.fragment));

    let sender = Sender::server(config.clone()).with_extension(&at_server);
    let receiver = Receiver::client(config.clone()).with_extension(&at_client);
    converse(&input, &at_server, sender, receiver);

    let key = || MaskingKey::new([0x37, 0xfa, 0x21, 0x3d]);
    let sender = Sender::client(config.clone(), key).with_extension(&at_client);
    let receiver = Receiver::server(config).with_extension(&at_server);
    converse(&input, &at_client, sender, receiver);
}

fn settings(input: &Input<'_>, ours: Side, theirs: Side) -> Deflate {
    let takeover = |side: Side| match side.keeps_window {
        true => Takeover::On,
        false => Takeover::Off,
    };
    let window = |side: Side| WindowBits::new(8 + side.window % 8).expect("8 to 15");
    Deflate::default()
        .with_level(input.level % 10)
        .with_memory_level(1 + input.memory_level % 9)
        .with_threshold(input.threshold.into())
        .with_takeover(takeover(ours))
        .with_window_bits(window(ours))
        .with_peer_takeover(takeover(theirs))
        .with_peer_window_bits(window(theirs))
}

fn converse(
    input: &Input<'_>,
    deflate: &PermessageDeflate,
    mut sender: Sender,
    mut receiver: Receiver,
) {
    let mut bytes = Vec::new();
    let mut batch = Batch::default();
    for (way, payload) in &input.messages {
        send(&mut sender, deflate, *way, payload);
        loop {
            sender.transmit(Instant::now(), &mut batch);
            if !batch.has_remaining() {
                break;
            }
            bytes.extend(batch.copy_to_bytes(batch.remaining()));
        }
    }
    let mut sent = input.messages.iter().map(|(_, payload)| *payload);
    for piece in Cuts::new(input.cuts).pieces(&bytes) {
        let mut piece = piece.to_vec();
        let mut unread = &mut piece[..];
        while let Some(event) = receiver.receive(&mut unread).expect("our own") {
            match event {
                Event::Message(message) => assert_eq!(Some(message.as_bytes()), sent.next()),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(sent.next(), None, "all have come");
}

fn send(sender: &mut Sender, deflate: &PermessageDeflate, way: Way, payload: &[u8]) {
    let message = Message::from(payload);
    let sent = match way {
        Way::Auto => sender.send(message),
        Way::Never => sender.send(message.with_compress(Compress::Never)),
        Way::Always => sender.send(message.with_compress(Compress::Always)),
        Way::Prepared => match deflate.encoded(&Prepared::new(payload.to_vec())) {
            Some(encoded) => sender.send_encoded(message, encoded),
            None => sender.send(message.with_compress(Compress::Never)),
        },
    };
    assert!(sent.is_ok(), "the queue is empty");
}
