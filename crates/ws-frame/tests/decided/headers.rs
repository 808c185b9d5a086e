//! All two-byte headers with all boundaries of the lengths behind them, against a table written from RFC 6455
//! sections 5.2 and 5.5 (A13, A14, A16-A18).

use ws_frame::{FrameError, FrameHeader, MaskingKey};

/// The fields as the figure of section 5.2 draws them, and the extended length, of which the form is known.
struct Drawn {
    fin: u8,
    rsv: u8,
    opcode: u8,
    mask: u8,
    field: u8,
    extended: Option<u64>,
}

impl Drawn {
    fn new(head: u16, extended: Option<u64>) -> Self {
        Self {
            fin: (head >> 15) as u8,
            rsv: (head >> 12 & 0b111) as u8,
            opcode: (head >> 8 & 0b1111) as u8,
            mask: (head >> 7 & 0b1) as u8,
            field: (head & 0b111_1111) as u8,
            extended,
        }
    }

    fn len(&self) -> u64 {
        self.extended.unwrap_or(u64::from(self.field))
    }

    fn is_control(&self) -> bool {
        matches!(self.opcode, 0x8..=0xA)
    }
}

/// One rule: where it stands, when a header breaks it, which error says so, and how many bytes show it.
struct Rule {
    section: &'static str,
    is_broken: fn(&Drawn) -> bool,
    is_told_by: fn(&FrameError) -> bool,
    shown_by: fn(&Drawn) -> usize,
}

/// In the order in which the bytes show them, so the first that is broken is the one that is told.
const RULES: [Rule; 5] = [
    Rule {
        section: "5.2: %x3-7 and %xB-F are reserved; an unknown opcode MUST fail the connection",
        is_broken: |frame| matches!(frame.opcode, 0x3..=0x7 | 0xB..=0xF),
        is_told_by: |error| matches!(error, FrameError::ReservedOpcode(_)),
        shown_by: |_| 1,
    },
    Rule {
        section: "5.5: all control frames MUST NOT be fragmented",
        is_broken: |frame| frame.is_control() && frame.fin == 0,
        is_told_by: |error| matches!(error, FrameError::ControlFragmented(_)),
        shown_by: |_| 1,
    },
    Rule {
        section: "5.5: all control frames MUST have a payload length of 125 bytes or less",
        is_broken: |frame| frame.is_control() && matches!(frame.field, 126 | 127),
        is_told_by: |error| matches!(error, FrameError::ControlTooLong { .. }),
        shown_by: |_| 2,
    },
    Rule {
        section: "5.2: a 64-bit unsigned integer (the most significant bit MUST be 0)",
        is_broken: |frame| frame.field == 127 && frame.len() >= 0x8000_0000_0000_0000,
        is_told_by: |error| matches!(error, FrameError::LengthTopBitSet(_)),
        shown_by: |_| 10,
    },
    Rule {
        section: "5.2: the minimal number of bytes MUST be used to encode the length",
        is_broken: |frame| match frame.field {
            126 => frame.len() < 126,
            127 => frame.len() < 65_536,
            _ => false,
        },
        is_told_by: |error| matches!(error, FrameError::LengthNotMinimal { .. }),
        shown_by: |frame| if frame.field == 126 { 4 } else { 10 },
    },
];

/// Least and most of each form, one below and one above, the halves, and the top bit.
const IN_16_BITS: [u16; 12] = [
    0, 1, 124, 125, 126, 127, 255, 256, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF,
];
const IN_64_BITS: [u64; 19] = [
    0,
    1,
    124,
    125,
    126,
    127,
    0xFFFE,
    0xFFFF,
    0x1_0000,
    0x1_0001,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
    0x1_0000_0000,
    0x0100_0000_0000,
    0x7FFF_FFFF_FFFF_FFFE,
    0x7FFF_FFFF_FFFF_FFFF,
    0x8000_0000_0000_0000,
    0xFFFF_FFFF_FFFF_FFFF,
];

const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// The extended lengths that may stand behind these two bytes, as numbers and as bytes.
fn extended(head: u16) -> Vec<(Option<u64>, Vec<u8>)> {
    match head & 0x7F {
        126 => IN_16_BITS
            .map(|len| (Some(u64::from(len)), len.to_be_bytes().to_vec()))
            .to_vec(),
        127 => IN_64_BITS
            .map(|len| (Some(len), len.to_be_bytes().to_vec()))
            .to_vec(),
        _ => vec![(None, Vec::new())],
    }
}

fn decide(drawn: &Drawn, bytes: &[u8]) {
    let broken = RULES.iter().find(|rule| (rule.is_broken)(drawn));
    let shown = broken.map_or(bytes.len(), |rule| (rule.shown_by)(drawn));
    for len in 0..shown {
        assert_eq!(FrameHeader::decode(&bytes[..len]), Ok(None), "{bytes:x?}");
    }
    for len in shown..=bytes.len() {
        match (FrameHeader::decode(&bytes[..len]), broken) {
            (Ok(Some((header, taken))), None) => {
                assert_eq!(taken, bytes.len());
                check(&header, drawn);
            }
            (Err(error), Some(rule)) => {
                assert!((rule.is_told_by)(&error), "{}: {error:?}", rule.section);
                assert_eq!(error.close_code().get(), 1002);
            }
            (told, broken) => panic!(
                "{bytes:x?}: {told:?}, {:?}",
                broken.map(|rule| rule.section)
            ),
        }
    }
}

/// The header says what was drawn, and is written back as it came.
fn check(header: &FrameHeader, drawn: &Drawn) {
    assert_eq!(u8::from(header.is_final()), drawn.fin);
    assert_eq!(header.rsv().bits() >> 4, drawn.rsv);
    assert_eq!(header.opcode().bits(), drawn.opcode);
    assert_eq!(header.payload_len(), drawn.len());
    let key = (drawn.mask == 1).then_some(MaskingKey::new(KEY));
    assert_eq!(header.masking_key(), key);
}

#[test]
fn all_two_byte_headers_with_all_boundaries_of_lengths_are_judged_as_the_table_says() {
    let mut count = 0;
    let mut legal = 0;
    for head in 0..=u16::MAX {
        for (len, in_bytes) in extended(head) {
            let drawn = Drawn::new(head, len);
            let mut bytes = [&head.to_be_bytes()[..], &in_bytes].concat();
            bytes.extend((drawn.mask == 1).then_some(KEY).into_iter().flatten());
            decide(&drawn, &bytes);
            count += 1;
            legal += u32::from(RULES.iter().all(|rule| !(rule.is_broken)(&drawn)));
            if let Ok(Some((header, _))) = FrameHeader::decode(&bytes) {
                let mut written = Vec::new();
                header.encode(&mut written);
                assert_eq!(written, bytes);
            }
        }
    }
    // 126 fields that are lengths, 12 lengths behind 126, 19 behind 127; 256 first bytes, masked or not.
    assert_eq!(count, 512 * (126 + 12 + 19));
    // Eight sets of reserved bits, masked or not: 3 data opcodes, final or not, with all legal lengths, and 3
    // control opcodes.
    assert_eq!(legal, 16 * (6 * (126 + 8 + 9) + 3 * 126));
    println!("decided: {count} headers: first two bytes, with each boundary of the lengths");
}
