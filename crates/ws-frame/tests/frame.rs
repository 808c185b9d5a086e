//! Whole frames on the wire, as transcripts; first the examples of RFC 6455 section 5.7.

use proptest::prelude::*;
use ws_frame::{
    CloseCode, CloseFrame, ClosePayload, Frame, FrameError, FrameHeader, MaskingKey, Opcode, Rsv,
};

const KEY: MaskingKey = MaskingKey::new([0x37, 0xFA, 0x21, 0x3D]);

const HELLO: Frame<'_> = Frame::text("Hello");
const MASKED_HELLO: Frame<'_> = HELLO.with_masking_key(KEY);
const COMPRESSED: Frame<'_> = Frame::binary(&[0xCA, 0x00]).with_rsv(Rsv::RSV1);
const KEEPALIVE: Frame<'_> = match Frame::ping(b"Hello") {
    Ok(frame) => frame,
    Err(_) => panic!("5 bytes fit"),
};

fn encode(frame: Frame<'_>) -> Vec<u8> {
    let mut wire = Vec::new();
    frame.encode(&mut wire);
    assert_eq!(wire.len(), frame.encoded_len());
    wire
}

#[test]
fn a_single_frame_unmasked_text_message() {
    assert_eq!(encode(HELLO), [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]);
}

#[test]
fn a_single_frame_masked_text_message() {
    let wire = [
        0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58,
    ];
    assert_eq!(encode(MASKED_HELLO), wire);
    assert_eq!(MASKED_HELLO.payload(), b"Hello");
}

#[test]
fn a_fragmented_unmasked_text_message() {
    let first = Frame::fragment(Opcode::Text, b"Hel").unwrap();
    assert_eq!(encode(first), [0x01, 0x03, 0x48, 0x65, 0x6C]);
    assert_eq!(encode(Frame::continuation(b"lo")), [0x80, 0x02, 0x6C, 0x6F]);
}

#[test]
fn an_unmasked_ping_and_a_masked_pong() {
    assert_eq!(
        encode(KEEPALIVE),
        [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]
    );
    let pong = Frame::pong(b"Hello").unwrap().with_masking_key(KEY);
    let wire = [
        0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58,
    ];
    assert_eq!(encode(pong), wire);
}

#[test]
fn binary_messages_of_256_bytes_and_64_kib() {
    let payload = vec![7; 65_536];
    let wire = encode(Frame::binary(&payload[..256]));
    assert_eq!(wire[..4], [0x82, 0x7E, 0x01, 0x00]);
    assert_eq!(wire[4..], payload[..256]);
    let wire = encode(Frame::binary(&payload));
    assert_eq!(wire[..10], [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!(wire[10..], payload);
}

#[test]
fn reserved_bits_travel() {
    assert_eq!(encode(COMPRESSED), [0xC2, 0x02, 0xCA, 0x00]);
    assert_eq!(COMPRESSED.header().rsv(), Rsv::RSV1);
}

#[test]
fn a_frame_made_at_run_time_equals_the_constant() {
    let hello = String::from("Hello");
    assert_eq!(Frame::text(&hello), HELLO);
    assert_eq!(encode(Frame::text(&hello)), encode(HELLO));
    assert_eq!(Frame::binary(&[0xCA, 0x00]).with_rsv(Rsv::RSV1), COMPRESSED);
}

#[test]
fn a_close_frame_carries_the_payload_that_it_was_made_of() {
    let payload = CloseFrame::new(CloseCode::GOING_AWAY, "bye").to_payload();
    let frame = Frame::close(&payload);
    assert_eq!(frame.header(), FrameHeader::new(Opcode::Close, 5).unwrap());
    assert_eq!(encode(frame), [0x88, 0x05, 0x03, 0xE9, b'b', b'y', b'e']);
    assert_eq!(encode(Frame::close(&ClosePayload::EMPTY)), [0x88, 0x00]);
}

#[test]
fn a_control_frame_takes_125_bytes_and_no_more() {
    let payload = [0; 126];
    let ping = Frame::ping(&payload[..125]).unwrap();
    let pong = Frame::pong(&payload[..125]).unwrap();
    for (frame, refused, opcode) in [
        (ping, Frame::ping(&payload), Opcode::Ping),
        (pong, Frame::pong(&payload), Opcode::Pong),
    ] {
        assert_eq!(frame.header().opcode(), opcode);
        assert_eq!(frame.encoded_len(), 127);
        assert_eq!(
            refused,
            Err(FrameError::ControlTooLong { opcode, len: 126 })
        );
    }
}

#[test]
fn a_control_frame_cannot_be_a_fragment() {
    for opcode in [Opcode::Close, Opcode::Ping, Opcode::Pong] {
        let refused = Err(FrameError::ControlFragmented(opcode));
        assert_eq!(Frame::fragment(opcode, b""), refused);
    }
}

#[test]
#[should_panic(expected = "advance out of bounds")]
fn a_slice_without_room_panics() {
    let mut room = [0; 6];
    HELLO.encode(&mut room.as_mut_slice());
}

proptest! {
    #[test]
    fn a_masked_frame_is_read_back(
        payload in prop::collection::vec(any::<u8>(), 0..3000),
        key: [u8; 4],
    ) {
        let mut wire = encode(Frame::binary(&payload).with_masking_key(MaskingKey::new(key)));
        let (header, len) = FrameHeader::decode(&wire).unwrap().unwrap();
        prop_assert_eq!(header.payload_len(), payload.len() as u64);
        prop_assert_eq!(header.masking_key(), Some(MaskingKey::new(key)));
        MaskingKey::new(key).apply(&mut wire[len..], 0);
        prop_assert_eq!(&wire[len..], payload);
    }
}
