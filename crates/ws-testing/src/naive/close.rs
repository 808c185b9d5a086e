use super::Violation;

/// Whether a code may stand in a Close (RFC 6455 7.4, and the IANA registry for 1012-1014).
#[must_use]
pub fn code_may_travel(code: u16) -> bool {
    match code {
        // "Status codes in the range 0-999 are not used."
        0..=999 => false,
        // "Reserved. The specific meaning might be defined in the future."
        1004 => false,
        // "MUST NOT be set as a status code in a Close control frame by an endpoint"
        1005 | 1006 | 1015 => false,
        // Defined by RFC 6455 and by the registry.
        1000..=1003 | 1007..=1014 => true,
        // "reserved for definition by this protocol, its future revisions, and extensions"
        1016..=2999 => false,
        // Libraries, frameworks and applications; private use.
        3000..=4999 => true,
        _ => false,
    }
}

/// The code and the reason in the payload of a Close; `None` when it is empty.
///
/// # Errors
///
/// A payload that RFC 6455 5.5.1 does not allow.
pub fn read_close(payload: &[u8]) -> Result<Option<(u16, String)>, Violation> {
    let (code, reason) = match payload {
        [] => return Ok(None),
        [_] => return Err(Violation::CloseTooShort),
        [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
    };
    if !code_may_travel(code) {
        return Err(Violation::CloseCode);
    }
    let reason = String::from_utf8(reason.to_vec()).map_err(|_| Violation::CloseReason)?;
    Ok(Some((code, reason)))
}
