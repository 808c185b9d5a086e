/// Whether this byte may stand in a token.
///
/// RFC 9110 5.6.2 names them: letters, digits and 15 marks. RFC 6455 4.1 asks the same of
/// subprotocols by way of RFC 2616.
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'#'
            | b'$'
            | b'%'
            | b'&'
            | b'\''
            | b'*'
            | b'+'
            | b'-'
            | b'.'
            | b'^'
            | b'_'
            | b'`'
            | b'|'
            | b'~'
    ) || byte.is_ascii_alphanumeric()
}

/// Whether this is a token: one or more token bytes and nothing else.
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().copied().all(is_token_byte)
}

/// `text` if it is a token.
pub(crate) fn token(text: &[u8]) -> Option<&str> {
    if is_token(text) {
        std::str::from_utf8(text).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{is_token, is_token_byte, token};

    #[test]
    fn the_bytes_of_a_token_are_the_visible_ones_that_separate_nothing() {
        const SEPARATORS: &[u8] = b"()<>@,;:\\\"/[]?={}";
        for byte in 0..=255u8 {
            let is_legal = byte.is_ascii_graphic() && !SEPARATORS.contains(&byte);
            assert_eq!(is_token_byte(byte), is_legal, "{byte:#x}");
        }
    }

    #[test]
    fn a_token_is_not_empty_and_has_nothing_else() {
        assert_eq!(token(b"permessage-deflate"), Some("permessage-deflate"));
        for text in [&b""[..], b" a", b"a ", b"a b", b"a\r", b"\xc3\xa9"] {
            assert!(!is_token(text));
        }
    }
}
