//! The header against the RFC: a table over all first bytes, every bad length, a naive oracle.

use proptest::prelude::*;
use ws_frame::{CloseCode, FrameError, FrameHeader, LengthForm, MaskingKey, Opcode, Rsv};

/// The decoder once more, read from the figure of RFC 6455 section 5.2 bit by bit, with no thought
/// of speed and with no code of the crate.
mod naive {
    #[derive(Debug, PartialEq)]
    pub(crate) enum Decoded {
        NeedMore,
        Refused(&'static str),
        Header(Header),
    }

    #[derive(Debug, PartialEq)]
    pub(crate) struct Header {
        pub(crate) fin: u64,
        pub(crate) rsv: [u64; 3],
        pub(crate) opcode: u64,
        pub(crate) len: u64,
        pub(crate) key: Option<[u8; 4]>,
        pub(crate) bytes: usize,
    }

    struct Bits<'a> {
        src: &'a [u8],
        at: usize,
    }

    impl Bits<'_> {
        fn take(&mut self, count: usize) -> Option<u64> {
            let mut value = 0;
            for _ in 0..count {
                let byte = self.src.get(self.at / 8)?;
                value = value * 2 + u64::from(byte >> (7 - self.at % 8) & 1);
                self.at += 1;
            }
            Some(value)
        }
    }

    pub(crate) fn decode(src: &[u8]) -> Decoded {
        try_decode(src).unwrap_or(Decoded::NeedMore)
    }

    fn try_decode(src: &[u8]) -> Option<Decoded> {
        let mut bits = Bits { src, at: 0 };
        let fin = bits.take(1)?;
        let rsv = [bits.take(1)?, bits.take(1)?, bits.take(1)?];
        let opcode = bits.take(4)?;
        if (3..=7).contains(&opcode) || (11..=15).contains(&opcode) {
            return Some(Decoded::Refused("opcode"));
        }
        let control = [8, 9, 10].contains(&opcode);
        if control && fin == 0 {
            return Some(Decoded::Refused("fragmented"));
        }
        let mask = bits.take(1)?;
        let mut len = bits.take(7)?;
        if control && len > 125 {
            return Some(Decoded::Refused("long control"));
        }
        if len == 126 {
            len = bits.take(16)?;
            if len <= 125 {
                return Some(Decoded::Refused("not minimal"));
            }
        } else if len == 127 {
            len = bits.take(64)?;
            if len >= 1 << 63 {
                return Some(Decoded::Refused("top bit"));
            }
            if len <= 65_535 {
                return Some(Decoded::Refused("not minimal"));
            }
        }
        let mut key = None;
        if mask == 1 {
            let mut bytes = [0; 4];
            for byte in &mut bytes {
                *byte = bits.take(8)? as u8;
            }
            key = Some(bytes);
        }
        assert_eq!(bits.at % 8, 0);
        let bytes = bits.at / 8;
        Some(Decoded::Header(Header {
            fin,
            rsv,
            opcode,
            len,
            key,
            bytes,
        }))
    }
}

/// What the crate says, in the words of the oracle.
fn decode(src: &[u8]) -> naive::Decoded {
    let (header, bytes) = match FrameHeader::decode(src) {
        Ok(None) => return naive::Decoded::NeedMore,
        Ok(Some(decoded)) => decoded,
        Err(error) => {
            return naive::Decoded::Refused(match error {
                FrameError::ReservedOpcode(_) => "opcode",
                FrameError::LengthNotMinimal { .. } => "not minimal",
                FrameError::LengthTopBitSet(_) => "top bit",
                FrameError::ControlTooLong { .. } => "long control",
                FrameError::ControlFragmented(_) => "fragmented",
                other => panic!("{other:?} is new: teach it to this test"),
            });
        }
    };
    assert_eq!(header.encoded_len(), bytes);
    naive::Decoded::Header(naive::Header {
        fin: u64::from(header.is_final()),
        rsv: [Rsv::RSV1, Rsv::RSV2, Rsv::RSV3].map(|bit| u64::from(header.rsv().contains(bit))),
        opcode: u64::from(header.opcode().bits()),
        len: header.payload_len(),
        key: header.masking_key().map(MaskingKey::to_bytes),
        bytes,
    })
}

fn encode(header: FrameHeader) -> Vec<u8> {
    let mut wire = Vec::new();
    header.encode(&mut wire);
    wire
}

#[test]
fn all_65536_first_two_bytes_are_judged_as_section_5_2_and_5_5_say() {
    for head in 0..=u16::MAX {
        let [first, second] = head.to_be_bytes();
        let (fin, opcode, field) = (first >> 7, first & 0xF, second & 0x7F);
        let defined = matches!(opcode, 0x0 | 0x1 | 0x2 | 0x8 | 0x9 | 0xA);
        let control = opcode >= 0x8;
        let first_is_legal = defined && (!control || fin == 1);
        let legal = first_is_legal && (!control || field <= 125);

        let on_first = FrameHeader::decode(&[first]);
        assert_eq!(
            on_first == Ok(None),
            first_is_legal,
            "{head:#06x} {on_first:?}"
        );
        let on_two = FrameHeader::decode(&[first, second]);
        assert_eq!(on_two.is_ok(), legal, "{head:#06x} {on_two:?}");
        assert_eq!(
            matches!(on_two, Ok(Some(_))),
            legal && second <= 125,
            "{head:#06x}"
        );
        if let Err(error) = &on_two {
            assert_eq!(error.close_code(), CloseCode::PROTOCOL_ERROR);
        }
        // Lengths of 0x0101 and 0x0101010101010101 are legal ones.
        let mut longest = [1; FrameHeader::MAX_LEN];
        longest[..2].copy_from_slice(&[first, second]);
        let on_all = FrameHeader::decode(&longest);
        assert_eq!(
            matches!(on_all, Ok(Some(_))),
            legal,
            "{head:#06x} {on_all:?}"
        );
    }
}

#[test]
fn every_refusal_names_what_it_saw() {
    let long_ping = FrameError::ControlTooLong {
        opcode: Opcode::Ping,
        len: 126,
    };
    assert_eq!(
        FrameHeader::decode(&[0x83]),
        Err(FrameError::ReservedOpcode(0x3))
    );
    assert_eq!(
        FrameHeader::decode(&[0xFF]),
        Err(FrameError::ReservedOpcode(0xF))
    );
    assert_eq!(
        FrameHeader::decode(&[0x08]),
        Err(FrameError::ControlFragmented(Opcode::Close))
    );
    assert_eq!(FrameHeader::decode(&[0x89, 0xFE]), Err(long_ping));
    assert_eq!(
        FrameHeader::decode(&[0x82, 0x7E, 0, 125]),
        Err(FrameError::LengthNotMinimal {
            encoded_in: LengthForm::Bits16,
            len: 125
        })
    );
    assert_eq!(
        FrameHeader::decode(&[0x82, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        Err(FrameError::LengthTopBitSet(1 << 63))
    );
}

#[test]
fn every_16_bit_length_is_legal_from_126_on() {
    for len in 0..=u16::MAX {
        let [high, low] = len.to_be_bytes();
        for mask in [0, 0x80] {
            let wire = [0x82, 126 | mask, high, low, 1, 2, 3, 4];
            let not_minimal = FrameError::LengthNotMinimal {
                encoded_in: LengthForm::Bits16,
                len: u64::from(len),
            };
            match FrameHeader::decode(&wire) {
                Ok(Some((header, _))) => {
                    assert!(len >= 126);
                    assert_eq!(header.payload_len(), u64::from(len));
                }
                refused => {
                    assert!(len < 126);
                    assert_eq!(refused, Err(not_minimal));
                }
            }
        }
    }
}

#[test]
fn every_64_bit_length_below_65536_is_refused() {
    for len in 0..=0xFFFF_u64 {
        let mut wire = vec![0x81, 0x7F];
        wire.extend_from_slice(&len.to_be_bytes());
        let refused = FrameError::LengthNotMinimal {
            encoded_in: LengthForm::Bits64,
            len,
        };
        assert_eq!(FrameHeader::decode(&wire), Err(refused));
    }
    let wire = [0x81, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0];
    let header = FrameHeader::new(Opcode::Text, 0x1_0000).unwrap();
    assert_eq!(FrameHeader::decode(&wire), Ok(Some((header, 10))));
}

#[test]
fn a_64_bit_length_is_refused_exactly_if_its_top_bit_is_set() {
    for top in 0..=u8::MAX {
        for rest in [0, 0xFF] {
            let wire = [0x82, 0x7F, top, rest, rest, rest, rest, rest, rest, rest];
            let refused = FrameHeader::decode(&wire).is_err();
            // A top byte of 0 before zeros is a length of 0, which has a shorter form.
            assert_eq!(
                refused,
                top >= 0x80 || (top, rest) == (0, 0),
                "{top:#x} {rest:#x}"
            );
        }
    }
}

#[test]
fn huge_lengths_are_reported_and_reserve_nothing() {
    for len in [1 << 32, 1 << 40, FrameHeader::MAX_PAYLOAD] {
        let header = FrameHeader::new(Opcode::Binary, len).unwrap();
        assert_eq!(FrameHeader::decode(&encode(header)), Ok(Some((header, 10))));
    }
}

#[test]
fn a_header_with_an_illegal_length_cannot_be_built() {
    let top = FrameHeader::MAX_PAYLOAD + 1;
    for opcode in [Opcode::Continuation, Opcode::Text, Opcode::Binary] {
        assert_eq!(
            FrameHeader::new(opcode, top),
            Err(FrameError::LengthTopBitSet(top))
        );
        assert_eq!(
            FrameHeader::fragment(opcode, top),
            Err(FrameError::LengthTopBitSet(top))
        );
        assert!(!FrameHeader::fragment(opcode, 1).unwrap().is_final());
    }
    for opcode in [Opcode::Close, Opcode::Ping, Opcode::Pong] {
        assert!(FrameHeader::new(opcode, 125).is_ok());
        let too_long = FrameError::ControlTooLong { opcode, len: 126 };
        assert_eq!(FrameHeader::new(opcode, 126), Err(too_long));
        let fragmented = FrameError::ControlFragmented(opcode);
        assert_eq!(FrameHeader::fragment(opcode, 0), Err(fragmented));
    }
}

#[test]
fn lengths_take_the_shortest_form_at_every_border() {
    let forms = [
        (0, 2),
        (125, 2),
        (126, 4),
        (0xFFFF, 4),
        (0x1_0000, 10),
        (u64::MAX >> 1, 10),
    ];
    for (len, expected) in forms {
        let header = FrameHeader::new(Opcode::Text, len).unwrap();
        assert_eq!(encode(header).len(), expected);
        assert_eq!(header.encoded_len(), expected);
        let masked = header.with_masking_key(MaskingKey::new([9; 4]));
        assert_eq!(encode(masked).len(), expected + 4);
        assert_eq!(masked.encoded_len(), expected + 4);
    }
}

#[test]
fn the_infallible_constructors_are_whole_messages() {
    assert_eq!(encode(FrameHeader::text(5)), [0x81, 5]);
    assert_eq!(encode(FrameHeader::binary(256)), [0x82, 126, 1, 0]);
    assert_eq!(encode(FrameHeader::continuation(0)), [0x80, 0]);
    assert_eq!(
        FrameHeader::text(usize::MAX).payload_len(),
        FrameHeader::MAX_PAYLOAD
    );
}

#[test]
fn a_header_fits_into_a_slice_of_its_length() {
    let header = FrameHeader::binary(1000).with_masking_key(MaskingKey::new([1, 2, 3, 4]));
    let mut room = [0; 8];
    header.encode(&mut room.as_mut_slice());
    assert_eq!(room, [0x82, 0xFE, 0x03, 0xE8, 1, 2, 3, 4]);
}

#[test]
fn a_header_is_small() {
    assert!(size_of::<FrameHeader>() <= 16);
    assert!(size_of::<Option<FrameHeader>>() <= 16);
}

#[test]
fn errors_are_one_lower_case_sentence() {
    let errors = [
        FrameError::ReservedOpcode(0xB),
        FrameError::LengthNotMinimal {
            encoded_in: LengthForm::Bits16,
            len: 7,
        },
        FrameError::LengthNotMinimal {
            encoded_in: LengthForm::Bits64,
            len: 7,
        },
        FrameError::LengthTopBitSet(u64::MAX),
        FrameError::ControlTooLong {
            opcode: Opcode::Pong,
            len: 200,
        },
        FrameError::ControlFragmented(Opcode::Close),
    ];
    let seen = ["0xb", "7", "7", "0xffffffffffffffff", "200", "close"];
    for (error, seen) in errors.into_iter().zip(seen) {
        let sentence = error.to_string();
        assert!(sentence.starts_with(char::is_lowercase), "{sentence}");
        assert!(
            !sentence.ends_with('.') && !sentence.contains('\n'),
            "{sentence}"
        );
        assert!(sentence.contains(seen), "{sentence}");
    }
}

fn any_header() -> impl Strategy<Value = FrameHeader> {
    let len = prop_oneof![
        0..=125_u64,
        126..=0xFFFF_u64,
        0x1_0000..=FrameHeader::MAX_PAYLOAD
    ];
    let data = prop::sample::select(vec![Opcode::Continuation, Opcode::Text, Opcode::Binary]);
    let data = (data, len, any::<bool>()).prop_map(|(opcode, len, is_final)| {
        let build = if is_final {
            FrameHeader::new
        } else {
            FrameHeader::fragment
        };
        build(opcode, len).expect("data frames have these lengths")
    });
    let control = prop::sample::select(vec![Opcode::Close, Opcode::Ping, Opcode::Pong]);
    let control = (control, 0..=125_u64).prop_map(|(opcode, len)| {
        FrameHeader::new(opcode, len).expect("control frames have these lengths")
    });
    let bits = prop::collection::vec(
        prop::sample::select(vec![Rsv::NONE, Rsv::RSV1, Rsv::RSV2, Rsv::RSV3]),
        0..4,
    );
    let rsv = bits.prop_map(|bits| bits.into_iter().fold(Rsv::NONE, Rsv::union));
    (prop_oneof![data, control], rsv, any::<Option<[u8; 4]>>()).prop_map(|(header, rsv, key)| {
        let header = header.with_rsv(rsv);
        key.map_or(header, |key| header.with_masking_key(key.into()))
    })
}

/// Bytes in which the rare cases are frequent: long lengths that are short numbers.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let second = prop_oneof![
        any::<u8>(),
        prop::sample::select(vec![125, 126, 127, 253, 254, 255])
    ];
    let byte = prop_oneof![
        Just(0),
        any::<u8>(),
        prop::sample::select(vec![125, 126, 128, 255])
    ];
    let rest = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..16),
        prop::collection::vec(byte, 0..16),
        (0..=6_usize, prop::collection::vec(any::<u8>(), 0..10)).prop_map(|(zeros, rest)| [
            vec![0; zeros],
            rest
        ]
        .concat()),
    ];
    (any::<u8>(), second, rest)
        .prop_map(|(first, second, rest)| [vec![first, second], rest].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_is_encoded_is_decoded(header in any_header(), behind in any::<Vec<u8>>()) {
        let mut wire = encode(header);
        let len = wire.len();
        prop_assert_eq!(len, header.encoded_len());
        wire.extend(behind);
        prop_assert_eq!(FrameHeader::decode(&wire), Ok(Some((header, len))));
    }

    #[test]
    fn a_part_of_a_header_asks_for_more(header in any_header()) {
        let wire = encode(header);
        for split in 0..wire.len() {
            prop_assert_eq!(FrameHeader::decode(&wire[..split]), Ok(None));
        }
    }

    #[test]
    fn the_decoder_agrees_with_the_naive_one(bytes in any_bytes()) {
        for split in 0..=bytes.len() {
            prop_assert_eq!(decode(&bytes[..split]), naive::decode(&bytes[..split]));
        }
    }

    #[test]
    fn what_is_decoded_is_encoded_to_the_same_bytes(bytes in any_bytes()) {
        if let Ok(Some((header, len))) = FrameHeader::decode(&bytes) {
            prop_assert_eq!(encode(header), &bytes[..len]);
        }
    }

    #[test]
    fn an_answer_stands_when_more_bytes_arrive(bytes in any_bytes()) {
        let mut answer = Ok(None);
        for split in 0..=bytes.len() {
            let now = FrameHeader::decode(&bytes[..split]);
            if answer != Ok(None) {
                prop_assert_eq!(&now, &answer);
            }
            answer = now;
        }
    }
}
