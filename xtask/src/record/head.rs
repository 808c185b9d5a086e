//! The HTTP head in front of the frames.

const END: &[u8] = b"\r\n\r\n";

/// Fields whose values are others in each run, and what stands there instead: the key and its answer of RFC 6455 1.3.
const SETTLED: &[(&str, &str)] = &[
    ("Host", "127.0.0.1:9001"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
];

/// The head, its empty line included, and what stands behind it. Bytes without an empty line are all head.
pub(super) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.windows(END.len()).position(|four| four == END);
    bytes.split_at(end.map_or(bytes.len(), |at| at + END.len()))
}

/// The head with values that are the same in each run.
pub(super) fn settled(head: &[u8]) -> Vec<u8> {
    let lines = head.split_inclusive(|byte| *byte == b'\n');
    lines.flat_map(settled_line).collect()
}

/// The values of the list headers of RFC 6455 11.3, a line for each behind a byte that tells which it is: `p` for the
/// subprotocols, `e` for the extensions.
pub(super) fn lists(head: &[u8]) -> Vec<u8> {
    let mut lists = Vec::new();
    for line in head.split(|byte| *byte == b'\n') {
        for (kind, name) in [
            (b'p', "Sec-WebSocket-Protocol"),
            (b'e', "Sec-WebSocket-Extensions"),
        ] {
            if let Some(value) = value_of(line, name) {
                lists.push(kind);
                lists.extend(value.trim_ascii());
                lists.push(b'\n');
            }
        }
    }
    lists
}

/// What stands behind the colon, if the line has this name.
fn value_of<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (start, rest) = line.split_at_checked(name.len())?;
    let value = rest.strip_prefix(b":")?;
    start.eq_ignore_ascii_case(name.as_bytes()).then_some(value)
}

fn settled_line(line: &[u8]) -> Vec<u8> {
    let replaced = SETTLED
        .iter()
        .find(|(name, _)| value_of(line, name).is_some());
    let Some((name, value)) = replaced else {
        return line.to_vec();
    };
    [&line[..name.len()], b": ", value.as_bytes(), b"\r\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_with_its_empty_line() {
        assert_eq!(
            split(b"GET / HTTP/1.1\r\nA: b\r\n\r\n\x81\x80"),
            (&b"GET / HTTP/1.1\r\nA: b\r\n\r\n"[..], &b"\x81\x80"[..])
        );
        assert_eq!(
            split(b"GET / HTTP/1.1\r\n"),
            (&b"GET / HTTP/1.1\r\n"[..], &b""[..])
        );
        assert_eq!(split(b""), (&b""[..], &b""[..]));
    }

    #[test]
    fn the_lists_of_a_head_are_lines_of_their_own() {
        let head = b"GET / HTTP/1.1\r\nSec-WebSocket-Extensions: a; b\r\nHost: c\r\nsec-websocket-protocol:d, e\r\n\r\n";
        assert_eq!(lists(head), b"ea; b\npd, e\n");
    }

    #[test]
    fn what_is_random_in_a_head_is_replaced_and_nothing_else() {
        let head = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:40231\r\nsec-websocket-key:x\r\nHosts: a\r\nA: Host: b\r\n\r\n";
        let settled = settled(head);
        let expected = "GET / HTTP/1.1\r\nHost: 127.0.0.1:9001\r\n\
            sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nHosts: a\r\nA: Host: b\r\n\r\n";
        assert_eq!(settled, expected.as_bytes());
    }
}
