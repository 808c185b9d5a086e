//! Masking against the loop of RFC 6455 section 5.3.

use proptest::prelude::*;
use ws_frame::MaskingKey;

/// "transformed-octet-i = original-octet-i XOR masking-key-octet-j", j = i MOD 4.
fn naive(key: [u8; 4], payload: &mut [u8], offset: usize) {
    for (i, octet) in payload.iter_mut().enumerate() {
        *octet ^= key[(i + offset % 4) % 4];
    }
}

#[test]
fn every_length_to_300_offset_and_alignment_equals_the_naive_loop() {
    const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];
    let original: Vec<u8> = (0..400_u32).map(|i| (i * 131 + 7) as u8).collect();
    let mut buffer = vec![0; 400];
    let aligned = buffer.as_ptr().align_offset(8);
    for len in 0..=300 {
        for offset in 0..8 {
            let mut expected = original[..len].to_vec();
            naive(KEY, &mut expected, offset);
            for alignment in 0..8 {
                buffer.fill(0xEE);
                let start = aligned + alignment;
                let payload = &mut buffer[start..start + len];
                payload.copy_from_slice(&original[..len]);
                MaskingKey::new(KEY).apply(payload, offset);
                assert_eq!(
                    payload, expected,
                    "length {len}, offset {offset}, at {alignment}"
                );
                assert!(buffer[..start].iter().all(|&byte| byte == 0xEE));
                assert!(buffer[start + len..].iter().all(|&byte| byte == 0xEE));
            }
        }
    }
}

#[test]
fn only_the_offset_modulo_4_counts() {
    let key = MaskingKey::new([1, 2, 3, 4]);
    for offset in [
        usize::MAX,
        usize::MAX - 1,
        usize::MAX - 2,
        usize::MAX - 3,
        1 << 20,
    ] {
        let (mut far, mut near) = ([0; 37], [0; 37]);
        key.apply(&mut far, offset);
        key.apply(&mut near, offset % 4);
        assert_eq!(far, near);
    }
}

#[test]
fn a_key_keeps_its_bytes() {
    assert_eq!(MaskingKey::from([1, 2, 3, 4]).to_bytes(), [1, 2, 3, 4]);
    assert_eq!(
        MaskingKey::from([1, 2, 3, 4]),
        MaskingKey::new([1, 2, 3, 4])
    );
}

proptest! {
    #[test]
    fn pieces_are_masked_as_the_whole(
        key: [u8; 4],
        payload in prop::collection::vec(any::<u8>(), 0..5000),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let mut expected = payload.clone();
        naive(key, &mut expected, 0);

        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(payload.len() + 1)).collect();
        cuts.extend([0, payload.len()]);
        cuts.sort_unstable();
        let mut masked = payload.clone();
        for piece in cuts.windows(2) {
            MaskingKey::new(key).apply(&mut masked[piece[0]..piece[1]], piece[0]);
        }
        prop_assert_eq!(&masked, &expected);

        MaskingKey::new(key).apply(&mut masked, 0);
        prop_assert_eq!(masked, payload);
    }
}
