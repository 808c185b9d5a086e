//! Masking at every length to 300, offset and alignment, against the loop of RFC 6455 section 5.3 (A56).

use ws_frame::MaskingKey;

const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];
const LONGEST: usize = 300;
/// Offsets count modulo 4; two rounds show it.
const OFFSETS: usize = 8;
/// A slice starts at every place of a line of the cache, so modulo 8, 16, 32 and 64.
const ALIGNMENTS: usize = 64;

/// Bytes around the payload, which must stay as they are.
const AROUND: u8 = 0xEE;

/// "transformed-octet-i = original-octet-i XOR masking-key-octet-j", j = i MOD 4.
fn naive(payload: &[u8], offset: usize) -> Vec<u8> {
    let octets = payload.iter().enumerate();
    let transformed = octets.map(|(i, octet)| octet ^ KEY[(i + offset) % 4]);
    transformed.collect()
}

#[test]
fn every_length_offset_and_alignment_equals_the_naive_loop() {
    let original: Vec<u8> = (0..LONGEST).map(|i| (i * 131 + 7) as u8).collect();
    let mut buffer = vec![AROUND; LONGEST + 3 * ALIGNMENTS];
    let aligned = buffer.as_ptr().align_offset(ALIGNMENTS) + ALIGNMENTS;
    let around = [AROUND; ALIGNMENTS];
    let mut count = 0;
    for len in 0..=LONGEST {
        for offset in 0..OFFSETS {
            let expected = naive(&original[..len], offset);
            for start in aligned..aligned + ALIGNMENTS {
                let end = start + len;
                buffer[start..end].copy_from_slice(&original[..len]);
                MaskingKey::new(KEY).apply(&mut buffer[start..end], offset);
                assert_eq!(
                    buffer[start..end],
                    expected,
                    "length {len}, offset {offset}, at {start}"
                );
                assert_eq!(buffer[start - 16..start], around[..16], "before {len}");
                let behind = &buffer[end..buffer.len().min(end + ALIGNMENTS)];
                assert_eq!(behind, &around[..behind.len()], "behind {len}");
                buffer[start..end].fill(AROUND);
                count += 1;
            }
        }
    }
    assert_eq!(count, 301 * 8 * 64);
    println!("decided: {count} lengths, offsets and alignments of a masked payload");
}
