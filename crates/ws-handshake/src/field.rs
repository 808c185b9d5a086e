use bytes::BufMut;
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE};
use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::build_error::BuildError;
use crate::excerpt::Excerpt;
use crate::extension::Extension;

/// One header line.
pub(crate) fn put_header(dst: &mut impl BufMut, name: &[u8], value: &[u8]) {
    dst.put_slice(name);
    dst.put_slice(b": ");
    dst.put_slice(value);
    dst.put_slice(b"\r\n");
}

pub(crate) fn put_headers(dst: &mut impl BufMut, headers: &HeaderMap) {
    for (name, value) in headers {
        put_header(dst, name.as_str().as_bytes(), value.as_bytes());
    }
}

pub(crate) fn put_extensions(dst: &mut impl BufMut, extensions: &[Extension]) {
    if extensions.is_empty() {
        return;
    }
    let list: Vec<String> = extensions.iter().map(Extension::to_string).collect();
    put_header(dst, b"Sec-WebSocket-Extensions", list.join(", ").as_bytes());
}

/// Appends a header of the application's, unless it belongs to the handshake.
pub(crate) fn append(
    headers: &mut HeaderMap,
    name: impl TryInto<HeaderName>,
    value: impl TryInto<HeaderValue>,
) -> Result<(), BuildError> {
    let name: HeaderName = name.try_into().map_err(|_| BuildError::HeaderName)?;
    if is_reserved(&name) {
        return Err(BuildError::ReservedHeader {
            name: Excerpt::of(name.as_str()),
        });
    }
    let value = value.try_into().map_err(|_| BuildError::HeaderValue {
        name: Excerpt::of(name.as_str()),
    })?;
    headers
        .try_append(name, value)
        .map_err(|_| BuildError::TooManyHeaders)?;
    Ok(())
}

fn is_reserved(name: &HeaderName) -> bool {
    [UPGRADE, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(name)
        || name.as_str().starts_with("sec-websocket-")
}
