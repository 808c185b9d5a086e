//! What the messages say.

use super::frames::Kind;

const NAMES: [&str; 8] = [
    "temperature",
    "pressure",
    "humidity",
    "voltage",
    "current",
    "position",
    "velocity",
    "status",
];

/// The same bytes in every run, so many of them.
pub(crate) fn payload(kind: Kind, size: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[4]
    };
    match kind {
        Kind::Binary => (0..size).map(|_| next()).collect(),
        Kind::Text => (0..size).map(|_| b'a' + next() % 26).collect(),
        Kind::Json => readings(size, next),
    }
}

/// Objects as a device would send them, without an end to the list.
fn readings(size: usize, mut next: impl FnMut() -> u8) -> Vec<u8> {
    let mut text = String::from("[");
    while text.len() < size {
        let name = NAMES[usize::from(next()) % NAMES.len()];
        let (id, whole, part, second) = (next(), next(), next(), next() % 60);
        let quality = if next().is_multiple_of(4) {
            "estimated"
        } else {
            "good"
        };
        text.push_str(&format!(
            "{{\"sensor\":\"{name}-{id}\",\"value\":{whole}.{part},\"quality\":\"{quality}\",\
             \"at\":\"2026-11-24T12:34:{second:02}.{part:03}Z\"}},"
        ));
    }
    text.truncate(size);
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::generator::deflated::deflate;

    #[test]
    fn text_is_text_and_binary_is_not() {
        let text = payload(Kind::Text, 4096);
        assert!(text.iter().all(u8::is_ascii_lowercase));
        assert!(std::str::from_utf8(&payload(Kind::Binary, 4096)).is_err());
    }

    #[test]
    fn readings_shrink_as_json_does() {
        for size in [1024, 65_536] {
            let text = payload(Kind::Json, size);
            assert_eq!(text.len(), size);
            let deflated = deflate(&text).len();
            assert!(
                (size / 8..size / 2).contains(&deflated),
                "{size}: {deflated}"
            );
        }
    }
}
