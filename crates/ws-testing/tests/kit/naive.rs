use ws_connection::{Config, Role};
use ws_testing::naive::{
    Decoder, End, Event, Frame, Length, Receiver, Violation, code_may_travel, inflate,
};

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

#[test]
fn the_examples_of_rfc_6455_5_7_are_encoded() {
    let text = Frame::text("Hello");
    assert_eq!(text.encode(), b"\x81\x05Hello");
    assert_eq!(
        text.masked(KEY).encode(),
        b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
    );
    let fragments = [Frame::text("Hel").unfinished(), Frame::continuation("lo")];
    assert_eq!(Frame::encode_all(&fragments), b"\x01\x03Hel\x80\x02lo");
    assert_eq!(Frame::ping("Hello").encode(), b"\x89\x05Hello");
    let pong = Frame::pong("Hello").masked(KEY).encode();
    assert_eq!(pong, b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    let binary = Frame::binary([0; 256]).encode();
    assert_eq!(binary[..4], *b"\x82\x7E\x01\x00");
    let binary = Frame::binary(vec![0; 65_536]).encode();
    assert_eq!(binary[..10], *b"\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00");
}

#[test]
fn a_frame_comes_back_from_its_bytes() {
    for len in [0, 1, 125, 126, 65_535, 65_536] {
        for frame in [
            Frame::text(vec![b'a'; len]),
            Frame::binary(vec![7; len]).masked(KEY),
        ] {
            assert_eq!(
                Decoder::decode(&frame.encode()),
                Ok(vec![frame.unfinished()]).map(finish)
            );
        }
    }
}

fn finish(mut frames: Vec<Frame>) -> Vec<Frame> {
    for frame in &mut frames {
        frame.fin = true;
    }
    frames
}

#[test]
fn every_illegal_header_is_made_and_refused() {
    let refused = [
        (Frame::new(0x3, ""), Violation::ReservedOpcode),
        (Frame::ping("").unfinished(), Violation::ControlFragmented),
        (Frame::ping([0; 126]), Violation::ControlTooLong),
        (
            Frame::text("hi").with_length(Length::Bits16),
            Violation::LengthNotMinimal,
        ),
        (
            Frame::text([0; 300]).with_length(Length::Bits64),
            Violation::LengthNotMinimal,
        ),
        (Frame::text("").announcing(1 << 63), Violation::LengthTopBit),
    ];
    for (frame, violation) in refused {
        assert_eq!(Decoder::decode(&frame.encode()), Err(violation), "{frame}");
    }
}

#[test]
fn a_fragmented_message_with_a_ping_inside_is_put_together() {
    let frames = [
        Frame::text("he").unfinished().masked(KEY),
        Frame::ping("?").masked(KEY),
        Frame::continuation("llo").masked(KEY),
        Frame::close(1000, "bye").masked(KEY),
        Frame::text("never seen").masked(KEY),
    ];
    let run = Receiver::run(
        Role::Server,
        &Config::default(),
        &Frame::encode_all(&frames),
    );
    let events = [
        Event::Ping(b"?".to_vec()),
        Event::Text("hello".to_owned()),
        Event::Close(Some((1000, "bye".to_owned()))),
    ];
    assert_eq!(run.events, events);
    assert_eq!(run.end, End::Closed);
}

#[test]
fn text_fails_at_the_byte_that_is_wrong() {
    let bytes = Frame::text(b"\xF4").announcing(1000).encode();
    let run = |bytes: &[u8]| Receiver::run(Role::Client, &Config::default(), bytes).end;
    assert_eq!(run(&bytes), End::Open);
    let wrong = [&bytes[..], b"\x90"].concat();
    assert_eq!(run(&wrong), End::Failed(Violation::InvalidText));
}

#[test]
fn the_close_codes_of_rfc_6455_7_4_may_travel() {
    let legal = (0..=u16::MAX).filter(|&code| code_may_travel(code));
    let listed = [1000..=1003, 1007..=1014, 3000..=4999];
    assert!(legal.eq(listed.into_iter().flatten()));
}

#[test]
fn the_examples_of_rfc_7692_7_2_3_are_inflated() {
    for (message, before, finals) in [
        (&b"\xf2\x48\xcd\xc9\xc9\x07\x00"[..], "", 0),
        (b"\xf2\x00\x11\x00\x00", "Hello", 0),
        (b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", "", 0),
        (b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", "", 1),
        (b"\xf3\x48\xcd\xc9\xc9\x07\x00", "", 1),
        (
            b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
            "",
            0,
        ),
    ] {
        let inflated = inflate(message, before.as_bytes()).expect("an example");
        assert_eq!(
            (&inflated.bytes[..], inflated.finals),
            (&b"Hello"[..], finals)
        );
    }
}

#[test]
fn what_is_no_whole_message_inflates_as_far_as_it_can() {
    for (message, far) in [
        // Nothing; a block of the reserved type; one that ends where the message does not.
        (&b""[..], ""),
        (b"\x06", ""),
        (b"\xf2\x48\xcd\xc9\xc9\x07", "Hello"),
        // A distance beyond the beginning, behind "H".
        (b"\xf2\x00\x11\x00\x00", "H"),
        // Four octets that are stored are not those that are appended.
        (b"\x00\x04\x00\xfb\xff", ""),
    ] {
        let inflated = inflate(message, b"").expect_err("no message");
        assert_eq!(inflated.bytes, far.as_bytes(), "{message:x?}");
    }
}
