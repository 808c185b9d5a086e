//! All status codes, with and without a reason, to both roles: what the receiver tells and what the sender answers
//! (RFC 6455 5.5.1, 7.4; A32).

use std::time::Instant;

use bytes::Buf;
use ws_connection::{Batch, Config, Event, Role, Sender};
use ws_frame::MaskingKey;
use ws_testing::naive::{self, Frame, code_may_travel};

use crate::endpoint::{Between, KEY, ROLES, receive, receiver};

/// What may stand behind the code, and whether it is UTF-8.
const REASONS: [(&[u8], bool); 5] = [
    (b"", true),
    (b"bye", true),
    ("\u{10FFFF}".as_bytes(), true),
    (b"\xED\xA0\x80", false),
    (&[b'r'; 123], true),
];

/// Without optimisation all of them would take a minute: far from the borders of the table one is enough then.
fn reasons(code: u16) -> &'static [(&'static [u8], bool)] {
    let is_near = [1000, 3000, 5000]
        .iter()
        .any(|border| code.abs_diff(*border) < 20);
    if cfg!(debug_assertions) && !is_near {
        &REASONS[..1]
    } else {
        &REASONS
    }
}

/// The code that a Close is answered with, by the table of the RFC: its own, or what it broke.
fn answer(code: u16, is_text: bool) -> u16 {
    match (code_may_travel(code), is_text) {
        (true, true) => code,
        (true, false) => 1007,
        (false, _) => 1002,
    }
}

fn sender(role: Role) -> Sender {
    match role {
        Role::Server => Sender::server(Config::default()),
        Role::Client => Sender::client(Config::default(), || MaskingKey::new(KEY)),
    }
}

fn toward(role: Role, frame: Frame) -> Frame {
    match role {
        Role::Server => frame.masked(KEY),
        Role::Client => frame,
    }
}

fn written(sender: &mut Sender, now: Instant) -> Vec<u8> {
    let mut batch = Batch::default();
    sender.transmit(now, &mut batch);
    let len = batch.remaining();
    batch.copy_to_bytes(len).to_vec()
}

/// The only frame that was written.
fn only_frame(bytes: &[u8]) -> Frame {
    let frames = naive::Decoder::default().push_all(bytes);
    let mut frames = frames.expect("legal");
    assert_eq!(frames.len(), 1, "{frames:?}");
    frames.remove(0)
}

/// "When sending a Close frame in response, the endpoint typically echos the status code it received" (5.5.1).
#[test]
fn all_codes_with_each_kind_of_reason_are_told_and_answered_as_the_table_says() {
    let now = Instant::now();
    let mut count = 0;
    for role in ROLES {
        for code in 0..=u16::MAX {
            for &(reason, is_text) in reasons(code) {
                let expected = answer(code, is_text);
                let bytes = toward(role, Frame::close(code, reason)).encode();
                let mut receiver = receiver(role, Between::Messages);
                let mut sender = sender(role);
                let told = receive(&mut receiver, &bytes, |event| {
                    sender.on_event(now, event);
                    naive::Event::from(event)
                });
                match told {
                    Ok(told) => {
                        let reason = String::from_utf8(reason.to_vec()).expect("UTF-8");
                        assert_eq!(told, Some(naive::Event::Close(Some((code, reason)))));
                        assert_eq!(expected, code);
                    }
                    Err(error) => {
                        assert_eq!(error.close_code().get(), expected, "{error}");
                        assert!(!(code_may_travel(code) && is_text), "{error}");
                        sender.fail(&error);
                    }
                }
                let answer = only_frame(&written(&mut sender, now));
                assert_eq!(answer.payload[..2], expected.to_be_bytes());
                assert_eq!(written(&mut sender, now), b"");
                assert!(sender.is_done());
                count += 1;
            }
        }
    }
    let reasons = if cfg!(debug_assertions) {
        "those near a border with each kind of reason, the others without one"
    } else {
        "with each kind of reason"
    };
    println!("decided: {count} Closes: each code, {reasons}, told and answered by both roles");
}

/// "If an endpoint [...] didn't previously send a Close frame" (5.5.1): one that did answers nothing.
#[test]
fn no_code_is_answered_by_an_endpoint_that_closed_first() {
    let now = Instant::now();
    let mut count = 0;
    for role in ROLES {
        for code in (0..=u16::MAX).filter(|code| code_may_travel(*code)) {
            let mut sender = sender(role);
            sender.close(None);
            assert_eq!(only_frame(&written(&mut sender, now)).payload, b"");
            let bytes = toward(role, Frame::close(code, "")).encode();
            let mut receiver = receiver(role, Between::Messages);
            let told = receive(&mut receiver, &bytes, |event| {
                sender.on_event(now, event);
                matches!(event, Event::Close(Some(_)))
            });
            assert_eq!(told, Ok(Some(true)));
            assert_eq!(written(&mut sender, now), b"");
            let handshake = sender.closing_handshake();
            assert!(handshake.is_complete());
            assert_eq!((handshake.status(), handshake.sent()), (code, Some(None)));
            count += 1;
        }
    }
    println!("decided: {count} Closes that answer ours: each legal code, to both roles");
}
