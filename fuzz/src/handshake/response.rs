use std::mem::discriminant;

use arbitrary::{Arbitrary, Unstructured};
use http::{
    StatusCode, Version,
    header::{self, HeaderValue},
};
use ws_handshake::{ClientRequest, Extension, Response, ResponseError, head_end};

use super::input::Input;

/// The key of RFC 6455 1.3, so that a corpus can hold the answer to it.
const NONCE: &[u8; 16] = b"the sample nonce";

/// A response is decoded or refused, the same in whatever pieces it comes, and opens a WebSocket only by the rules.
///
/// A head is whole where [`head_end`] says so, and within its limits; what is refused early is refused as the whole is.
/// What a client takes has the status, the version and the accept key that RFC 6455 4.1 demands, and selects nothing that
/// was not offered. An error is one printable line.
///
/// The input is that of [`handshake_request`](crate::handshake_request), with the head of a response to a client that
/// sends the key of RFC 6455 1.3 and offers `chat`, `superchat` and the extension `x-zip`.
pub fn handshake_response(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let limits = input.limits.limits();
    let whole = Response::decode(input.head, &limits);
    input.check_beginnings(&whole, |head| Response::decode(head, &limits), kind);
    match whole {
        Ok(None) => assert!(input.head.len() < limits.max_head()),
        Ok(Some((response, len))) => {
            assert_eq!(head_end(input.head, 0), Some(len));
            assert!(len <= limits.max_head());
            assert!(response.headers().len() <= limits.max_headers());
            check_client(response);
        }
        Err(error) => check_error(&error),
    }
}

fn kind(error: &ResponseError) -> impl PartialEq + use<> {
    let head = match error {
        ResponseError::Head(head) => Some(discriminant(head)),
        _ => None,
    };
    (discriminant(error), head)
}

fn check_client(response: Response) {
    let client = ClientRequest::new("example.com", "/", *NONCE).expect("legal");
    let client = client.subprotocol("chat").expect("a token");
    let client = client.subprotocol("superchat").expect("a token");
    let client = client.extension(Extension::new("x-zip").expect("a token"));
    let accepted = match client.check(response) {
        Ok(accepted) => accepted,
        Err(error) => return check_error(&error),
    };
    let response = accepted.response();
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    assert_eq!(response.version(), Version::HTTP_11);
    let accept: Vec<_> = response
        .headers()
        .get_all(header::SEC_WEBSOCKET_ACCEPT)
        .iter()
        .collect();
    assert_eq!(accept, ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]);
    let upgrade: Vec<_> = response.headers().get_all(header::UPGRADE).iter().collect();
    assert!(matches!(upgrade[..], [one] if one.as_bytes().eq_ignore_ascii_case(b"websocket")));
    assert!(matches!(
        accepted.subprotocol(),
        None | Some("chat" | "superchat")
    ));
    let selected = response.headers().get(header::SEC_WEBSOCKET_PROTOCOL);
    assert_eq!(
        selected.map(HeaderValue::as_bytes),
        accepted.subprotocol().map(str::as_bytes)
    );
    assert!(
        accepted
            .extensions()
            .iter()
            .all(|extension| extension.name() == "x-zip")
    );
}

fn check_error(error: &ResponseError) {
    let sentence = error.to_string();
    assert!(!sentence.is_empty() && sentence.bytes().all(|b| matches!(b, b' '..=b'~')));
}
