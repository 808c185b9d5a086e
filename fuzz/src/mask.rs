use arbitrary::{Arbitrary, Unstructured};
use ws_frame::{Frame, MaskingKey};

use crate::Cuts;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    key: [u8; 4],
    cuts: [u8; 4],
    /// Where the payload begins in its frame.
    offset: usize,
    /// Where it begins in memory, from a place that is aligned for words.
    shift: u8,
    payload: &'a [u8],
}

/// Masking equals the loop of RFC 6455 5.3, for every key, length, offset and alignment, whole or in pieces.
///
/// Doing it twice is doing nothing, and a frame that masks while it is encoded has the same bytes.
///
/// The input: a masking-key; four bytes of [cuts](Cuts); an offset of eight bytes, lowest first; a byte that shifts the
/// payload in memory; the payload.
pub fn mask(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let key = MaskingKey::new(input.key);
    let expected = masked(input.key, input.payload, input.offset);

    let shift = usize::from(input.shift % 16);
    let mut memory = vec![0xA5; shift];
    memory.extend(input.payload);
    key.apply(&mut memory[shift..], input.offset);
    assert_eq!(memory[shift..], expected, "whole");
    assert!(
        memory[..shift].iter().all(|&byte| byte == 0xA5),
        "the payload alone"
    );
    key.apply(&mut memory[shift..], input.offset);
    assert_eq!(memory[shift..], *input.payload, "twice");

    let mut in_pieces = Vec::new();
    for piece in Cuts::new(input.cuts).pieces(input.payload) {
        let offset = input.offset.wrapping_add(in_pieces.len());
        let mut piece = piece.to_vec();
        key.apply(&mut piece, offset);
        in_pieces.extend(piece);
    }
    assert_eq!(in_pieces, expected, "in pieces");

    let mut frame = Vec::new();
    let binary = Frame::binary(input.payload).with_masking_key(key);
    binary.encode(&mut frame);
    let payload_at = frame.len() - input.payload.len();
    assert_eq!(
        frame[payload_at..],
        masked(input.key, input.payload, 0),
        "encoded"
    );
}

/// "Octet i of the transformed data is the XOR of octet i of the original data with octet at index i modulo 4 of the
/// masking key" (RFC 6455 5.3).
fn masked(key: [u8; 4], payload: &[u8], offset: usize) -> Vec<u8> {
    let index = |i: usize| offset.wrapping_add(i) % 4;
    let bytes = payload.iter().enumerate();
    bytes.map(|(i, byte)| byte ^ key[index(i)]).collect()
}
