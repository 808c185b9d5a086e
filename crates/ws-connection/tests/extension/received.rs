use ws_connection::{Config, Event, MessageKind, ProtocolError, Receiver};
use ws_frame::{CloseCode, Rsv};
use ws_testing::naive::Frame;

use crate::doubled::Doubled;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

fn client(config: Config) -> Receiver {
    Receiver::client(config).with_extension(&Doubled::default())
}

/// The messages that come of these bytes, or the error that ends them.
fn receive(
    receiver: &mut Receiver,
    bytes: &[u8],
) -> Result<Vec<(MessageKind, Vec<u8>)>, ProtocolError> {
    let mut bytes = bytes.to_vec();
    let mut input = &mut bytes[..];
    let mut messages = Vec::new();
    while let Some(event) = receiver.receive(&mut input)? {
        if let Event::Message(message) = event {
            messages.push((message.kind(), message.as_bytes().to_vec()));
        }
    }
    Ok(messages)
}

fn text(text: &str) -> (MessageKind, Vec<u8>) {
    (MessageKind::Text, text.into())
}

#[test]
fn the_bits_of_its_first_frame_say_in_which_form_a_message_is() {
    let mut receiver = client(Config::default());
    let messages = receive(&mut receiver, b"\xA1\x03ab.\x81\x03ab.\xA2\x02c.");
    let expected = vec![
        text("aabb"),
        text("ab."),
        (MessageKind::Binary, b"cc".to_vec()),
    ];
    assert_eq!(messages, Ok(expected));
}

#[test]
fn pieces_are_decoded_wherever_they_are_cut() {
    let fragments = b"\x21\x02ab\x89\x01p\x00\x00\x80\x02c.\xA1\x01.";
    for cut in 0..=fragments.len() {
        let mut receiver = client(Config::default());
        let mut messages = receive(&mut receiver, &fragments[..cut]).expect("legal");
        messages.extend(receive(&mut receiver, &fragments[cut..]).expect("legal"));
        assert_eq!(messages, [text("aabbcc"), text("")], "{cut}");
    }
}

#[test]
fn a_server_unmasks_before_it_decodes() {
    let mut frame = Frame::text("abcdefg.").masked(KEY).encode();
    frame[0] |= Rsv::RSV2.bits();
    for cut in 0..=frame.len() {
        let mut receiver = Receiver::server(Config::default()).with_extension(&Doubled::default());
        let mut messages = receive(&mut receiver, &frame[..cut]).expect("legal");
        messages.extend(receive(&mut receiver, &frame[cut..]).expect("legal"));
        assert_eq!(messages, [text("aabbccddeeffgg")], "{cut}");
    }
}

#[test]
fn the_bits_of_other_frames_and_other_bits_are_refused() {
    for (bytes, seen) in [
        (&b"\xC1\x02a."[..], Rsv::RSV1),
        (b"\xE1\x02a.", Rsv::RSV1.union(Rsv::RSV2)),
        (b"\x01\x00\xA0\x01.", Rsv::RSV2),
        (b"\xA8\x00", Rsv::RSV2),
        (b"\xA9\x00", Rsv::RSV2),
        (b"\xAA\x00", Rsv::RSV2),
    ] {
        let error = receive(&mut client(Config::default()), bytes);
        assert_eq!(error, Err(ProtocolError::ReservedBits(seen)), "{bytes:x?}");
    }
    let error = receive(&mut Receiver::client(Config::default()), b"\xA1\x02a.");
    let error = error.expect_err("nothing was agreed on");
    assert_eq!(error, ProtocolError::ReservedBits(Rsv::RSV2));
    assert_eq!(
        error.to_string(),
        "RSV2 set, where no extension was agreed on that uses it"
    );
}

#[test]
fn the_limit_is_that_of_the_message_and_not_of_what_travels() {
    let config = Config::default().with_max_message(6);
    let messages = receive(&mut client(config.clone()), b"\xA1\x04abc.");
    assert_eq!(messages, Ok(vec![text("aabbcc")]));

    let config = config.with_max_message(5);
    let error = receive(&mut client(config), b"\xA1\x04abc.").expect_err("6 bytes");
    assert_eq!(error, ProtocolError::DecodedTooBig { limit: 5 });
    assert_eq!(error.close_code(), CloseCode::MESSAGE_TOO_BIG);
    assert_eq!(
        error.to_string(),
        "message that becomes longer than the 5 bytes that are allowed"
    );
}

#[test]
fn what_travels_may_be_twice_as_long_and_a_little_more() {
    let config = Config::default().with_max_message(100);
    let announced = |len: u16| [&b"\xA2\x7E"[..], &len.to_be_bytes()].concat();
    let mut receiver = client(config.clone());
    assert_eq!(receive(&mut receiver, &announced(1224)), Ok(Vec::new()));
    let error = receive(&mut client(config.clone()), &announced(1225));
    let too_big = ProtocolError::MessageTooBig {
        len: 1225,
        limit: 1224,
    };
    assert_eq!(error, Err(too_big.clone()));

    let first = [&b"\x22\x01a"[..], b"\x80\x7E\x04\xC8"].concat();
    assert_eq!(receive(&mut client(config), &first), Err(too_big));
}

#[test]
fn text_is_checked_as_it_is_decoded() {
    let mut receiver = client(Config::default());
    let error = receive(&mut receiver, b"\x21\x7E\xFF\xFFab\xFF");
    assert_eq!(error, Err(ProtocolError::InvalidUtf8));
    let mut receiver = client(Config::default());
    let messages = receive(&mut receiver, b"\xA2\x02\xFF.");
    assert_eq!(messages, Ok(vec![(MessageKind::Binary, vec![0xFF; 2])]));
}

#[test]
fn what_cannot_be_decoded_fails_with_the_code_of_the_extension() {
    for (bytes, told) in [
        (&b"\xA1\x03a.b"[..], "something behind the full stop"),
        (b"\xA1\x01a", "no full stop"),
        (b"\xA1\x00", "no full stop"),
    ] {
        let error = receive(&mut client(Config::default()), bytes).expect_err("wrong");
        assert_eq!(error.close_code(), CloseCode::INVALID_PAYLOAD);
        assert_eq!(error.close_frame().reason(), told);
        let ProtocolError::Extension(error) = error else {
            panic!("{error:?}");
        };
        assert_eq!(error.close_code(), CloseCode::INVALID_PAYLOAD);
    }
}

#[test]
fn a_large_message_is_not_read_into_its_own_buffer() {
    let mut receiver = client(Config::default());
    let mut start = b"\x22\x7F\x00\x00\x00\x00\x00\x08\x00\x00".to_vec();
    start.extend([b'a'; 40 << 10]);
    assert_eq!(receive(&mut receiver, &start), Ok(Vec::new()));
    assert!(receiver.payload_room().is_none());
}

#[test]
fn the_decoder_goes_when_nothing_is_received_any_more() {
    for last in [&b"\x88\x00"[..], b"\x83\x00"] {
        let doubled = Doubled::default();
        let mut receiver = Receiver::client(Config::default()).with_extension(&doubled);
        assert_eq!(doubled.alive(), 1);
        let _ = receive(&mut receiver, last);
        assert!(receiver.is_discarding());
        assert_eq!(doubled.alive(), 0);
    }
}

#[test]
#[should_panic(expected = "2 bytes in a room of 1")]
fn a_decoder_that_claims_more_than_its_room_is_found_out() {
    use ws_connection::{Decoded, Decoder, Encoder, Extension};

    #[derive(Debug)]
    struct Boaster;

    impl Extension for Boaster {
        fn rsv(&self) -> Rsv {
            Rsv::RSV2
        }

        fn decoder(&self) -> Box<dyn Decoder> {
            Box::new(Boaster)
        }

        fn encoder(&self) -> Box<dyn Encoder> {
            unreachable!("it only receives")
        }
    }

    impl Decoder for Boaster {
        fn decode(&mut self, _: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
            output.fill(1, |_| Ok(2)).map(drop)
        }

        fn finish(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
            self.decode(piece, output)
        }
    }

    let config = Config::default().with_max_message(0);
    let mut receiver = Receiver::client(config).with_extension(&Boaster);
    let _ = receive(&mut receiver, b"\xA2\x01a");
}
