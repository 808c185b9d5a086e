//! What one endpoint deflates the other inflates, whatever was agreed on; and an inflater written from RFC 1951 finds
//! that the windows are kept.

use std::{sync::Arc, time::Instant};

use bytes::Buf;
use proptest::{collection::vec, prelude::*};
use ws_connection::{Batch, Compress, Config, Event, Message, MessageKind, Receiver, Role, Sender};
use ws_deflate::{Agreement, Deflate, PermessageDeflate, Takeover, WindowBits};
use ws_frame::{FrameHeader, Rsv};
use ws_testing::naive;

fn takeover() -> impl Strategy<Value = Takeover> {
    prop_oneof![Just(Takeover::Off), Just(Takeover::On)]
}

fn settings() -> impl Strategy<Value = Deflate> {
    (0_u8..10, 1_u8..10, 0_usize..300, takeover(), 8_u8..16).prop_map(
        |(level, memory_level, threshold, takeover, bits)| {
            Deflate::default()
                .with_level(level)
                .with_memory_level(memory_level)
                .with_threshold(threshold)
                .with_takeover(takeover)
                .with_peer_takeover(takeover)
                .with_window_bits(WindowBits::new(bits).expect("8 to 15"))
        },
    )
}

/// Words that come again near and far, and some that do not.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let word = (0_u32..40, 1_usize..40).prop_map(|(seed, len)| -> Vec<u8> {
        let letter = |i: usize| (seed.wrapping_mul(2_654_435_761) >> (i % 24)) as u8;
        (0..len).map(letter).collect()
    });
    vec(word, 0..120).prop_map(|words| words.concat())
}

fn message() -> impl Strategy<Value = (Vec<u8>, Compress)> {
    let compress = prop_oneof![
        6 => Just(Compress::Auto),
        1 => Just(Compress::Never),
        2 => Just(Compress::Always),
    ];
    (payload(), compress)
}

/// All that a sender writes of these messages, each of them in a batch of its own.
fn written(sender: &mut Sender, messages: &[(Vec<u8>, Compress)]) -> Vec<u8> {
    let mut batch = Batch::default();
    let mut bytes = Vec::new();
    for (payload, compress) in messages {
        let message = Message::from(&payload[..]).with_compress(*compress);
        sender.send(message).expect("open");
        sender.transmit(Instant::now(), &mut batch);
        bytes.extend(batch.copy_to_bytes(batch.remaining()));
    }
    bytes
}

/// What is agreed on when a server has these settings, and a client that allows all.
fn agreed(settings: &Deflate) -> Agreement {
    let client = Deflate::default()
        .with_takeover(Takeover::On)
        .with_peer_takeover(Takeover::On);
    settings.accept(&[client.offer()]).expect("a legal offer")
}

proptest! {
    #[test]
    fn messages_arrive_as_they_were_sent(
        settings in settings(),
        messages in vec(message(), 1..8),
        fragment in 1_usize..3000,
        cuts in vec(1_usize..700, 1..20),
    ) {
        let agreement = agreed(&settings);
        let settings = Arc::new(settings);
        let server = PermessageDeflate::new(settings.clone(), agreement, Role::Server);
        let client = PermessageDeflate::new(settings, agreement, Role::Client);
        let config = Config::default().with_fragment_size(fragment);
        let mut sender = Sender::server(config.clone()).with_extension(&server);
        let bytes = written(&mut sender, &messages);

        let mut receiver = Receiver::client(config).with_extension(&client);
        let mut got = Vec::new();
        let mut rest = bytes;
        for len in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let later = rest.split_off(rest.len().min(*len));
            let mut input = &mut rest[..];
            while let Some(event) = receiver.receive(&mut input).expect("our own") {
                match event {
                    Event::Message(message) => {
                        assert_eq!(message.kind(), MessageKind::Binary);
                        got.push(message.as_bytes().to_vec());
                    }
                    other => panic!("{other:?}"),
                }
            }
            rest = later;
        }
        let sent: Vec<Vec<u8>> = messages.into_iter().map(|(payload, _)| payload).collect();
        prop_assert_eq!(got, sent);
    }

    #[test]
    fn no_reference_goes_beyond_the_window(
        settings in settings(),
        messages in vec(message(), 1..8),
    ) {
        let agreement = agreed(&settings);
        let window = agreement.server_window_bits().bytes();
        prop_assert!(window <= settings.window_bits().bytes());
        let deflate = PermessageDeflate::new(Arc::new(settings.clone()), agreement, Role::Server);
        let mut sender = Sender::server(Config::default()).with_extension(&deflate);
        let bytes = written(&mut sender, &messages);

        let mut rest = &bytes[..];
        let mut before = Vec::new();
        for (payload, compress) in &messages {
            let decoded = FrameHeader::decode(rest).expect("legal");
            let (header, len) = decoded.expect("whole");
            let (frame, later) = rest[len..].split_at(header.payload_len() as usize);
            rest = later;
            let is_deflated = header.rsv() == Rsv::RSV1;
            match compress {
                Compress::Auto if is_deflated => prop_assert!(
                    payload.len() >= settings.threshold() && frame.len() < payload.len()
                ),
                Compress::Auto => {}
                Compress::Never => prop_assert!(!is_deflated),
                Compress::Always => prop_assert!(is_deflated),
            }
            if !is_deflated {
                prop_assert_eq!(frame, &payload[..]);
                continue;
            }
            let inflated = naive::inflate(frame, &before).expect("DEFLATE");
            prop_assert_eq!(&inflated.bytes, payload);
            prop_assert!(inflated.distance <= window);
            // So none needs bits of padding behind it (7.2.1).
            prop_assert_eq!(inflated.finals, 0);
            match agreement.server_takeover() {
                Takeover::On => before.extend(inflated.bytes),
                Takeover::Off => {}
            }
        }
    }
}
