use proptest::{collection::vec, prelude::*};

/// Mostly short bytes, often of a length at the border of two forms of header.
pub fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => vec(any::<u8>(), 0..24),
        1 => Just(Vec::new()),
        3 => (124_usize..=130).prop_flat_map(|len| vec(any::<u8>(), len)),
        1 => vec(any::<u8>(), 200..600),
    ]
}

/// Bytes of 30,000 to 150,000: some lie under the size from which a payload is read in place, most above it, and
/// some at the border to the 64-bit length.
pub fn large_payload() -> impl Strategy<Value = Vec<u8>> {
    let len = prop_oneof![
        2 => 30_000_usize..36_000,
        1 => 65_533_usize..65_539,
        2 => 60_000_usize..150_000,
    ];
    (len, any::<u32>()).prop_map(|(len, seed)| {
        let bytes = (0..len as u32).map(|i| (i.wrapping_mul(0x9E37_79B1) ^ seed).to_be_bytes()[0]);
        bytes.collect()
    })
}
