//! All two-byte headers with all boundaries of the lengths behind them, to both roles, between messages and inside a
//! fragmented one, against a table written from RFC 6455 5.1, 5.2, 5.4 and 5.5 (A12-A14, A16-A18, A30).

use ws_connection::{Config, Role};
use ws_testing::naive::{Event, Violation};

use crate::endpoint::{Between, KEY, ROLES, masked, receive, receiver};

/// A header as the figure of 5.2 draws it, and the endpoint that gets it.
struct Case {
    first: u8,
    second: u8,
    extended: Option<u64>,
    role: Role,
    between: Between,
}

/// The fields of the figure.
impl Case {
    fn fin(&self) -> u8 {
        self.first >> 7
    }

    fn rsv(&self) -> u8 {
        self.first >> 4 & 0b111
    }

    fn opcode(&self) -> u8 {
        self.first & 0b1111
    }

    fn mask(&self) -> u8 {
        self.second >> 7
    }

    fn field(&self) -> u8 {
        self.second & 0b111_1111
    }

    fn len(&self) -> u64 {
        self.extended.unwrap_or(u64::from(self.field()))
    }

    fn is_control(&self) -> bool {
        matches!(self.opcode(), 0x8..=0xA)
    }
}

/// One rule: where it stands, when it is broken, what the endpoint then says, and the code of the Close.
struct Rule {
    section: &'static str,
    is_broken: fn(&Case) -> bool,
    violation: Violation,
    code: u16,
}

/// 7.4.1: 1002 "due to a protocol error", 1009 for "a message that is too big for it to process".
const RULES: [Rule; 12] = [
    Rule {
        section: "5.1: a server MUST close the connection upon receiving a frame that is not masked",
        is_broken: |case| case.role == Role::Server && case.mask() == 0,
        violation: Violation::MaskMissing,
        code: 1002,
    },
    Rule {
        section: "5.1: a client MUST close a connection if it detects a masked frame",
        is_broken: |case| case.role == Role::Client && case.mask() == 1,
        violation: Violation::MaskUnexpected,
        code: 1002,
    },
    Rule {
        section: "5.2: RSV1, RSV2, RSV3 MUST be 0 unless an extension is negotiated",
        is_broken: |case| case.rsv() != 0,
        violation: Violation::ReservedBits,
        code: 1002,
    },
    Rule {
        section: "5.2: if an unknown opcode is received, the endpoint MUST fail the connection",
        is_broken: |case| matches!(case.opcode(), 0x3..=0x7 | 0xB..=0xF),
        violation: Violation::ReservedOpcode,
        code: 1002,
    },
    Rule {
        section: "5.2: the minimal number of bytes MUST be used to encode the length",
        is_broken: |case| match case.field() {
            126 => case.len() < 126,
            127 => case.len() < 65_536,
            _ => false,
        },
        violation: Violation::LengthNotMinimal,
        code: 1002,
    },
    Rule {
        section: "5.2: of a 64-bit length the most significant bit MUST be 0",
        is_broken: |case| case.len() >= 0x8000_0000_0000_0000,
        violation: Violation::LengthTopBit,
        code: 1002,
    },
    Rule {
        section: "5.4: a continuation frame belongs to a message that a data frame with FIN clear began",
        is_broken: |case| case.opcode() == 0x0 && case.between == Between::Messages,
        violation: Violation::UnexpectedContinuation,
        code: 1002,
    },
    Rule {
        section: "5.4: the fragments of one message MUST NOT be interleaved with those of another",
        is_broken: |case| matches!(case.opcode(), 0x1 | 0x2) && case.between == Between::Fragments,
        violation: Violation::UnfinishedMessage,
        code: 1002,
    },
    Rule {
        section: "5.5: all control frames MUST NOT be fragmented",
        is_broken: |case| case.is_control() && case.fin() == 0,
        violation: Violation::ControlFragmented,
        code: 1002,
    },
    Rule {
        section: "5.5: all control frames MUST have a payload length of 125 bytes or less",
        is_broken: |case| case.is_control() && case.field() > 125,
        violation: Violation::ControlTooLong,
        code: 1002,
    },
    Rule {
        section: "5.5.1: if there is a body of a Close, its first two bytes MUST be a code",
        is_broken: |case| case.opcode() == 0x8 && case.field() == 1,
        violation: Violation::CloseTooShort,
        code: 1002,
    },
    Rule {
        section: "7.4.1: the message is too big for the endpoint, which here takes 1 MiB",
        is_broken: |case| !case.is_control() && case.len() > 1 << 20,
        violation: Violation::MessageTooBig,
        code: 1009,
    },
];

/// Least and most of each form, one below and one above, the limit, the halves, and the top bit.
const IN_16_BITS: [u16; 12] = [
    0, 1, 124, 125, 126, 127, 255, 256, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF,
];
const IN_64_BITS: [u64; 19] = [
    0,
    1,
    125,
    126,
    127,
    0xFFFE,
    0xFFFF,
    0x1_0000,
    0x1_0001,
    1 << 20,
    (1 << 20) + 1,
    0xFFFF_FFFF,
    0x1_0000_0000,
    0x0100_0000_0000,
    0x7FFF_FFFF_FFFF_FFFE,
    0x7FFF_FFFF_FFFF_FFFF,
    0x8000_0000_0000_0000,
    0x8000_0000_0000_0001,
    0xFFFF_FFFF_FFFF_FFFF,
];

/// What of a payload is sent at most: a longer one only begins.
const PAYLOAD: usize = 300;

/// The cases and their bytes.
impl Case {
    fn all(head: u16, role: Role, between: Between) -> Vec<Self> {
        let [first, second] = head.to_be_bytes();
        let lens: Vec<Option<u64>> = match second & 0x7F {
            126 => IN_16_BITS.map(|len| Some(u64::from(len))).to_vec(),
            127 => IN_64_BITS.map(Some).to_vec(),
            _ => vec![None],
        };
        let case = |extended| Self {
            first,
            second,
            extended,
            role,
            between,
        };
        lens.into_iter().map(case).collect()
    }

    fn header(&self) -> Vec<u8> {
        let mut bytes = vec![self.first, self.second];
        match self.field() {
            126 => bytes.extend((self.len() as u16).to_be_bytes()),
            127 => bytes.extend(self.len().to_be_bytes()),
            _ => {}
        }
        bytes.extend(self.key().into_iter().flatten());
        bytes
    }

    fn key(&self) -> Option<[u8; 4]> {
        (self.mask() == 1).then_some(KEY)
    }

    fn payload(&self) -> Vec<u8> {
        let len = self.len().min(PAYLOAD as u64) as usize;
        let mut payload = vec![b'a'; len];
        if self.opcode() == 0x8 && len >= 2 {
            payload[..2].copy_from_slice(&1000_u16.to_be_bytes());
        }
        payload
    }

    /// What a legal frame means.
    fn event(&self) -> Option<Event> {
        let payload = self.payload();
        let is_whole = self.len() <= PAYLOAD as u64;
        match self.opcode() {
            0x9 => Some(Event::Ping(payload)),
            0xA => Some(Event::Pong(payload)),
            0x8 if payload.is_empty() => Some(Event::Close(None)),
            0x8 => Some(Event::Close(Some((1000, "a".repeat(payload.len() - 2))))),
            _ if self.fin() == 0 || !is_whole => None,
            0x1 => Some(Event::Text("a".repeat(payload.len()))),
            // Binary, or what continues a binary message of no bytes.
            _ => Some(Event::Binary(payload)),
        }
    }

    fn decide(&self) {
        let broken: Vec<&Rule> = RULES.iter().filter(|rule| (rule.is_broken)(self)).collect();
        let header = self.header();
        let payload = masked(&self.payload(), self.key());
        let at_once = vec![[&header[..], &payload].concat()];
        let single = header.chunks(1).map(<[u8]>::to_vec).chain([payload]);
        for pieces in [at_once, single.collect()] {
            let told = self.told(&pieces);
            match (&told, &broken[..]) {
                (Ok(event), []) => assert_eq!(*event, self.event(), "{header:x?}"),
                (Err(violation), [_, ..]) => {
                    let rule = broken.iter().find(|rule| rule.violation == violation.0);
                    let rule = rule.unwrap_or_else(|| panic!("{header:x?}: {violation:?}"));
                    // What is illegal is told before what is too big.
                    let code = if broken[0].code == 1002 { 1002 } else { 1009 };
                    assert_eq!((violation.1, rule.code), (code, code), "{}", rule.section);
                }
                _ => panic!(
                    "{header:x?} {:?} {:?}: {told:?}, but {:?}",
                    self.role,
                    self.between,
                    broken.iter().map(|rule| rule.section).collect::<Vec<_>>()
                ),
            }
        }
    }

    /// The one event, or the violation and the code of the Close.
    fn told(&self, pieces: &[Vec<u8>]) -> Result<Option<Event>, (Violation, u16)> {
        let mut receiver = receiver(self.role, self.between);
        let mut seen = None;
        for piece in pieces {
            let event = receive(&mut receiver, piece, |event| Event::from(event));
            let event =
                event.map_err(|error| (Violation::from(&error), error.close_frame().code().get()));
            match event {
                Ok(event) => {
                    assert!(event.is_none() || seen.is_none(), "two events of one frame");
                    seen = seen.or(event);
                }
                Err(told) => {
                    assert!(receiver.is_discarding() && seen.is_none());
                    return Err(told);
                }
            }
        }
        assert_eq!(receiver.is_discarding(), self.opcode() == 0x8);
        Ok(seen)
    }
}

#[test]
fn all_two_byte_headers_with_all_boundaries_of_lengths_are_judged_as_the_table_says() {
    assert_eq!(Config::default().max_message(), 1 << 20);
    let mut count = 0;
    let mut legal = 0;
    for role in ROLES {
        for between in [Between::Messages, Between::Fragments] {
            for head in 0..=u16::MAX {
                for case in Case::all(head, role, between) {
                    case.decide();
                    count += 1;
                    legal += usize::from(RULES.iter().all(|rule| !(rule.is_broken)(&case)));
                }
            }
        }
    }
    // 126 fields that are lengths, 12 lengths behind 126, 19 behind 127; 256 first bytes, masked or not; two roles
    // that stand between messages or inside one.
    assert_eq!(count, 4 * 512 * (126 + 12 + 19));
    // Final or not, with 126 short lengths, 8 of 16 bits and 3 of 64 up to the limit: text and binary between
    // messages, continuations inside one. Control frames in both places, but for a Close of one byte.
    let data = 2 * (126 + 8 + 3);
    assert_eq!(legal, 2 * (3 * data + 2 * (3 * 126 - 1)));
    println!(
        "decided: {count} headers with each boundary of the lengths, at each kind of endpoint"
    );
}
