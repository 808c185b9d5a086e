use ws_connection::Role;

/// A frame of a stream as its bytes say it, legal or not, whole or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FrameAt {
    start: usize,
    /// How many bytes its length takes behind the second one: 0, 2 or 8.
    length_bytes: usize,
    is_masked: bool,
    /// The length, if all its bytes are there.
    payload_len: Option<u64>,
}

impl FrameAt {
    /// The frame that the byte at `at` belongs to.
    pub(super) fn containing(at: usize, bytes: &[u8]) -> Self {
        let mut frame = Self::read(bytes, 0);
        while let Some(end) = frame.end().filter(|&end| end <= at) {
            frame = Self::read(bytes, end);
        }
        frame
    }

    fn read(bytes: &[u8], start: usize) -> Self {
        let second = bytes.get(start + 1).copied();
        let length_bytes = match second.map(|second| second & 0x7F) {
            Some(126) => 2,
            Some(127) => 8,
            Some(_) | None => 0,
        };
        let length = bytes.get(start + 2..start + 2 + length_bytes);
        let payload_len = match (second, length) {
            (Some(second), Some([])) => Some(u64::from(second & 0x7F)),
            (Some(_), Some(length)) => Some(number(length)),
            _ => None,
        };
        Self {
            start,
            length_bytes,
            is_masked: second.is_some_and(|second| second & 0x80 != 0),
            payload_len,
        }
    }

    /// Where it ends in the stream, if its length is known and no length that nothing can have.
    fn end(&self) -> Option<usize> {
        let len = usize::try_from(self.payload_len?).ok()?;
        self.payload_start().checked_add(len)
    }

    fn payload_start(&self) -> usize {
        let key = if self.is_masked { 4 } else { 0 };
        self.start + 2 + self.length_bytes + key
    }

    /// Whether it announces more than so many bytes.
    pub(super) fn is_longer_than(&self, limit: usize) -> bool {
        self.payload_len.is_some_and(|len| len > limit as u64)
    }

    /// The payload, without its mask.
    pub(super) fn payload(&self, bytes: &[u8]) -> Vec<u8> {
        let start = self.payload_start();
        let end = self.end().map_or(bytes.len(), |end| end.min(bytes.len()));
        let payload = bytes.get(start..end).unwrap_or_default();
        let key = match self.is_masked {
            true => &bytes[start - 4..start],
            false => &[0; 4],
        };
        let key = key.iter().cycle();
        payload
            .iter()
            .zip(key)
            .map(|(byte, key)| byte ^ key)
            .collect()
    }

    /// The stream with this frame made whole, if it is not and is no longer than `limit`. A header gets what makes it
    /// as legal as it can become for a peer of `role`; a payload gets zeros.
    pub(super) fn completed(&self, bytes: &[u8], role: Role, limit: usize) -> Option<Vec<u8>> {
        let mut whole = bytes.to_vec();
        if whole.len() == self.start + 1 {
            whole.push(match role {
                Role::Server => 0x80,
                Role::Client => 0,
            });
        }
        // The smallest numbers that need their two and their eight bytes.
        let smallest: &[u8] = match Self::read(&whole, self.start).length_bytes {
            2 => &[0, 126],
            8 => &[0, 0, 0, 0, 0, 1, 0, 0],
            _ => &[],
        };
        let there = (whole.len() - self.start - 2).min(smallest.len());
        whole.extend(&smallest[there..]);
        let frame = Self::read(&whole, self.start);
        let end = match frame.end() {
            Some(end) if !frame.is_longer_than(limit) => end,
            Some(_) | None => frame.payload_start(),
        };
        (bytes.len() < end).then(|| {
            whole.resize(end, 0);
            whole
        })
    }

    /// The stream with the length of this frame in its shortest form, if it is not.
    pub(super) fn with_shortest_length(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let len = self.payload_len?;
        let shortest = match (self.length_bytes, len) {
            (2 | 8, 0..=125) => vec![len as u8],
            (8, 126..=0xFFFF) => [&[126][..], &(len as u16).to_be_bytes()].concat(),
            _ => return None,
        };
        let second = self.start + 1;
        let (before, after) = (&bytes[..second], &bytes[second + 1 + self.length_bytes..]);
        let mask = bytes[second] & 0x80;
        Some([before, &[mask | shortest[0]], &shortest[1..], after].concat())
    }
}

/// In network byte order.
fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_found_by_any_of_its_bytes() {
        let bytes = b"\x81\x01a\x82\x7e\x00\x01b\x89\x83\x01\x01\x01\x01efg";
        let starts: Vec<usize> = (0..bytes.len())
            .map(|at| FrameAt::containing(at, bytes).start)
            .collect();
        assert_eq!(starts, [[0; 3].to_vec(), vec![3; 5], vec![8; 9]].concat());
        assert_eq!(FrameAt::containing(16, bytes).payload(bytes), b"dgf");
    }

    #[test]
    fn what_is_missing_is_added() {
        let completed = |bytes: &[u8], role| {
            let frame = FrameAt::containing(bytes.len() - 1, bytes);
            frame.completed(bytes, role, 1000)
        };
        let of_server = |bytes| completed(bytes, Role::Server);
        assert_eq!(of_server(b"\x83"), Some(b"\x83\x80\0\0\0\0".to_vec()));
        assert_eq!(completed(b"\x83", Role::Client), Some(b"\x83\0".to_vec()));
        assert_eq!(
            completed(b"\x81\x02a", Role::Client),
            Some(b"\x81\x02a\0".to_vec())
        );
        assert_eq!(completed(b"\x81\x02ab", Role::Client), None);
        let ping = of_server(b"\x89\xfe\x00").expect("it is not whole");
        assert_eq!(ping[..8], *b"\x89\xfe\x00\x7e\0\0\0\0");
        assert_eq!(ping.len(), 8 + 126);
        let too_long = of_server(b"\x82\xff\0").expect("its header is not whole");
        assert_eq!(too_long, b"\x82\xff\0\0\0\0\0\x01\0\0\0\0\0\0");
        assert_eq!(of_server(&too_long), None);
    }

    #[test]
    fn a_length_gets_its_shortest_form() {
        let shortest = |bytes: &[u8]| FrameAt::containing(0, bytes).with_shortest_length(bytes);
        assert_eq!(
            shortest(b"\x81\xfe\0\x01keysa"),
            Some(b"\x81\x81keysa".to_vec())
        );
        assert_eq!(
            shortest(b"\x81\x7f\0\0\0\0\0\0\x01\0"),
            Some(b"\x81\x7e\x01\0".to_vec())
        );
        for short in [&b"\x81\x01a"[..], b"\x81\x7e\x01\0", b"\x81\x7e\0", b"\x81"] {
            assert_eq!(shortest(short), None, "{short:?}");
        }
    }
}
