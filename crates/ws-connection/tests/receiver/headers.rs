//! Every header against tables written from RFC 6455 5.1, 5.2 and 5.5 (A13, A14, A16-A18).

use ws_connection::{Config, Role};
use ws_testing::naive::{Event, Frame, Length, Run, Violation, opcode};

use crate::wire::{KEY, receiver, toward, violation};

const ROLES: [Role; 2] = [Role::Server, Role::Client];

/// A frame as its first two bytes announce it.
struct Header {
    first: u8,
    second: u8,
}

impl Header {
    fn fin(&self) -> bool {
        self.first & 0x80 != 0
    }

    fn rsv(&self) -> u8 {
        self.first & 0x70
    }

    fn opcode(&self) -> u8 {
        self.first & 0x0F
    }

    fn is_masked(&self) -> bool {
        self.second & 0x80 != 0
    }

    fn field(&self) -> u8 {
        self.second & 0x7F
    }

    /// All that is wrong with it as the first frame that an endpoint of this role gets.
    fn violations(&self, role: Role) -> Vec<Violation> {
        let opcode = self.opcode();
        let is_control = opcode >= 0x8;
        let is_reserved = matches!(opcode, 0x3..=0x7 | 0xB..=0xF);
        let rules = [
            (is_reserved, Violation::ReservedOpcode),
            (is_control && !self.fin(), Violation::ControlFragmented),
            (is_control && self.field() > 125, Violation::ControlTooLong),
            (self.rsv() != 0, Violation::ReservedBits),
            (
                role == Role::Server && !self.is_masked(),
                Violation::MaskMissing,
            ),
            (
                role == Role::Client && self.is_masked(),
                Violation::MaskUnexpected,
            ),
            (opcode == 0x0, Violation::UnexpectedContinuation),
            (opcode == 0x8 && self.field() == 1, Violation::CloseTooShort),
        ];
        let broken = rules.into_iter().filter(|(is_broken, _)| *is_broken);
        broken.map(|(_, violation)| violation).collect()
    }

    /// A whole frame, but for the payload of 65,536 bytes that 127 stands for, which only begins.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.first, self.second];
        let payload_len = match self.field() {
            126 => {
                bytes.extend(126_u16.to_be_bytes());
                126
            }
            127 => {
                bytes.extend(65_536_u64.to_be_bytes());
                10
            }
            len => usize::from(len),
        };
        let key = if self.is_masked() { KEY } else { [0; 4] };
        bytes.extend(self.is_masked().then_some(KEY).into_iter().flatten());
        let payload = self.payload(payload_len);
        bytes.extend(
            payload
                .iter()
                .enumerate()
                .map(|(i, byte)| byte ^ key[i % 4]),
        );
        bytes
    }

    fn payload(&self, len: usize) -> Vec<u8> {
        let mut payload = vec![b'a'; len];
        if self.opcode() == opcode::CLOSE && len >= 2 {
            payload[..2].copy_from_slice(&1000_u16.to_be_bytes());
        }
        payload
    }

    /// What such a frame means where it is legal.
    fn event(&self) -> Option<Event> {
        let payload = self.payload(usize::from(self.field()));
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("ASCII");
        match self.opcode() {
            _ if self.field() == 127 || !self.fin() => None,
            opcode::TEXT => Some(Event::Text(text(&payload))),
            opcode::BINARY => Some(Event::Binary(payload)),
            opcode::PING => Some(Event::Ping(payload)),
            opcode::PONG => Some(Event::Pong(payload)),
            _ if payload.is_empty() => Some(Event::Close(None)),
            _ => Some(Event::Close(Some((1000, text(&payload[2..]))))),
        }
    }
}

#[test]
fn all_two_byte_headers_are_judged_as_the_rfc_says_in_both_roles() {
    let config = Config::default();
    let mut accepted = 0;
    for role in ROLES {
        for bytes in 0..=u16::MAX {
            let [first, second] = bytes.to_be_bytes();
            let header = Header { first, second };
            let violations = header.violations(role);
            let bytes = header.bytes();
            if violations.is_empty() {
                let run = Run::observe(&mut receiver(role, &config), [&bytes[..]]);
                assert_eq!(
                    run.events.first(),
                    header.event().as_ref(),
                    "{first:#x} {second:#x}"
                );
                accepted += 1;
            } else {
                let broken = violation(&mut receiver(role, &config), &bytes);
                let broken = broken.unwrap_or_else(|| panic!("{first:#x} {second:#x} accepted"));
                assert!(
                    violations.contains(&broken),
                    "{first:#x} {second:#x}: {broken:?}"
                );
                assert_eq!(broken.close_code(), 1002);
            }
        }
    }
    // Text and binary, whole or not, with 128 lengths; Close with 125, ping and pong with 126.
    assert_eq!(accepted, 2 * (4 * 128 + 125 + 2 * 126));
}

#[test]
fn a_reserved_opcode_fails_at_the_first_byte_and_a_long_control_frame_at_the_second() {
    let config = Config::default();
    for role in ROLES {
        for first in 0..=u8::MAX {
            let header = Header { first, second: 0 };
            let expected = header.violations(role).into_iter().find(|violation| {
                matches!(
                    violation,
                    Violation::ReservedOpcode | Violation::ControlFragmented
                )
            });
            assert_eq!(violation(&mut receiver(role, &config), &[first]), expected);
        }
        for first in [0x88, 0x89, 0x8A] {
            for second in [126, 127, 0x80 | 126, 0x80 | 127] {
                let broken = violation(&mut receiver(role, &config), &[first, second]);
                assert_eq!(broken, Some(Violation::ControlTooLong));
            }
        }
    }
}

#[test]
fn a_length_with_its_top_bit_set_is_refused() {
    for role in ROLES {
        for top in 0x80..=0xFF_u64 {
            for low in [0, 1, 126, 65_536, u64::MAX >> 8] {
                let frame = Frame::binary("").announcing(top << 56 | low);
                let bytes = toward(role, frame).encode_header();
                let broken = violation(&mut receiver(role, &Config::default()), &bytes);
                assert_eq!(broken, Some(Violation::LengthTopBit), "{top:#x} {low:#x}");
            }
        }
    }
    assert_eq!(Violation::LengthTopBit.close_code(), 1002);
}

#[test]
fn a_length_that_has_a_shorter_form_is_refused() {
    let short = (0..126).map(|len| (len, Length::Bits16));
    let long = (0..65_536).map(|len| (len, Length::Bits64));
    for (len, form) in short.chain(long) {
        let frame = Frame::binary("").with_length(form).announcing(len);
        for role in ROLES {
            let bytes = toward(role, frame.clone()).encode_header();
            let broken = violation(&mut receiver(role, &Config::default()), &bytes);
            assert_eq!(
                broken,
                Some(Violation::LengthNotMinimal),
                "{len} in {form:?}"
            );
        }
    }
    assert_eq!(Violation::LengthNotMinimal.close_code(), 1002);
}

#[test]
fn the_shortest_lengths_of_each_form_are_accepted() {
    for role in ROLES {
        for len in [0, 1, 125, 126, 127, 65_535, 65_536, 65_537] {
            let payload = vec![7; len];
            let bytes = toward(role, Frame::binary(&payload)).encode();
            let run = Run::observe(&mut receiver(role, &Config::default()), [&bytes[..]]);
            assert_eq!(run.events, [Event::Binary(payload)]);
        }
    }
}
