use std::{collections::BTreeSet, mem::discriminant};

use arbitrary::{Arbitrary, Unstructured};
use base64::{
    Engine, alphabet,
    engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig},
};
use http::{
    StatusCode, Version,
    header::{self, HeaderValue},
};
use ws_handshake::{
    Acceptance, ClientRequest, Extension, Limits, Rejection, Request, RequestError, Response,
    accept_key, head_end,
};

use super::input::Input;

/// What a bad opening handshake is answered with.
const STATUSES: [StatusCode; 6] = [
    StatusCode::BAD_REQUEST,
    StatusCode::METHOD_NOT_ALLOWED,
    StatusCode::URI_TOO_LONG,
    StatusCode::UPGRADE_REQUIRED,
    StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    StatusCode::HTTP_VERSION_NOT_SUPPORTED,
];

/// A request is decoded or refused, the same in whatever pieces it comes, and what it asks for survives being written.
///
/// A head is whole where [`head_end`] says so, and within its limits. What is refused early is refused as the whole is;
/// the refusal has a documented status, is a response that a client can read, and says why in one printable line. What is
/// decoded is decoded again when it is written down; what is accepted is what a client of ours would ask for, and the
/// answer is one that this client takes.
///
/// The input: the limit of the head in units of eight bytes, and that of its lines, 0 being the defaults; four bytes of
/// [cuts](Cuts); the head and what follows it.
pub fn handshake_request(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let limits = input.limits.limits();
    let whole = Request::decode(input.head, &limits);
    input.check_beginnings(&whole, |head| Request::decode(head, &limits), kind);
    match whole {
        Ok(None) => assert!(input.head.len() < limits.max_head()),
        Ok(Some((request, len))) => {
            assert_eq!(head_end(input.head, 0), Some(len));
            assert!(len <= limits.max_head());
            assert!(request.headers().len() <= limits.max_headers());
            check_written(&request);
            match Acceptance::for_request(&request) {
                Ok(acceptance) => check_accepted(&request, acceptance),
                Err(error) => check_refusal(&error),
            }
        }
        Err(error) => check_refusal(&error),
    }
}

fn kind(error: &RequestError) -> impl PartialEq + use<> {
    let head = match error {
        RequestError::Head(head) => Some(discriminant(head)),
        _ => None,
    };
    (discriminant(error), head)
}

fn check_refusal(error: &RequestError) {
    let status = error.status();
    assert!(STATUSES.contains(&status), "{status}");
    let mut bytes = Vec::new();
    Rejection::from(error).encode(&mut bytes);
    let decoded = Response::decode(&bytes, &Limits::default());
    let (response, len) = decoded.expect("legal").expect("whole");
    assert_eq!(response.status(), status);
    let connection = response.header(header::CONNECTION);
    assert!(connection.is_some_and(|list| list.starts_with("close")));
    let length = response.header(header::CONTENT_LENGTH);
    assert_eq!(length, Some((bytes.len() - len).to_string().as_str()));
    let sentence = error.to_string();
    assert!(!sentence.is_empty() && sentence.bytes().all(|b| matches!(b, b' '..=b'~')));
}

/// Written line by line, the request is the same one.
fn check_written(request: &Request) {
    let minor = i32::from(request.version() == Version::HTTP_11);
    let line = format!("{} {} HTTP/1.{minor}\r\n", request.method(), request.uri());
    let mut bytes = line.into_bytes();
    for (name, value) in request.headers() {
        bytes.extend(name.as_str().as_bytes());
        bytes.extend(b": ");
        bytes.extend(value.as_bytes());
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"\r\n");
    // White space that was not there, and the path of an absolute target.
    let limits = Limits::default()
        .with_max_head(bytes.len())
        .with_max_headers(Limits::MOST_HEADERS);
    let again = Request::decode(&bytes, &limits);
    assert_eq!(again, Ok(Some((request.clone(), bytes.len()))));
}

fn check_accepted(request: &Request, acceptance: Acceptance) {
    let key = request
        .header(header::SEC_WEBSOCKET_KEY)
        .expect("it was checked");
    let names: Vec<&str> = request.subprotocols().collect();
    let different: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(
        different.len(),
        names.len(),
        "\"MUST all be unique strings\""
    );
    let extensions = request.extensions().expect("they were checked");

    let path = target(request);
    let host = request.host().expect("it was checked");
    let client = ClientRequest::new(host, &path, nonce(key));
    let client = client.expect("what is accepted can be asked");
    let client = names
        .iter()
        .try_fold(client, |client, name| client.subprotocol(name));
    let client = client.expect("tokens, each once");
    let client = extensions
        .iter()
        .cloned()
        .fold(client, ClientRequest::extension);
    let mut bytes = Vec::new();
    client.encode(&mut bytes);
    let limits = Limits::default().with_max_head(4 * bytes.len());
    let (again, _) = Request::decode(&bytes, &limits)
        .expect("legal")
        .expect("whole");
    assert_eq!(again.host(), Some(host));
    assert_eq!(target(&again), path);
    assert_eq!(again.subprotocols().collect::<Vec<_>>(), names);
    assert_eq!(again.extensions(), Ok(extensions.clone()));

    let answer = (names.last().copied(), extensions.as_slice());
    check_answer(key, acceptance, answer, &client);
}

/// The client that has asked so takes what it is answered.
fn check_answer(
    key: &str,
    acceptance: Acceptance,
    (name, extensions): (Option<&str>, &[Extension]),
    client: &ClientRequest,
) {
    let mut acceptance = acceptance.select_subprotocol(name.as_slice());
    assert_eq!(acceptance.selected_subprotocol(), name);
    for extension in extensions {
        let accepted = acceptance.extension(extension.clone());
        acceptance = accepted.expect("it was offered");
    }
    let mut bytes = Vec::new();
    acceptance.encode(&mut bytes);
    let limits = Limits::default().with_max_head(4 * bytes.len());
    let (response, _) = Response::decode(&bytes, &limits)
        .expect("legal")
        .expect("whole");
    let accept = response.headers().get(header::SEC_WEBSOCKET_ACCEPT);
    let accept = accept.map(HeaderValue::as_bytes);
    assert_eq!(accept, Some(&accept_key(key.as_bytes())[..]));
    // A key whose last bits mean nothing is another text for the same bytes.
    if client.key().as_bytes() == key.as_bytes() {
        let accepted = client.check(response).expect("it answers");
        assert_eq!(accepted.subprotocol(), name);
        assert_eq!(accepted.extensions(), extensions);
    }
}

/// "If the target URI's path component is empty, the client MUST send "/" as the path" (RFC 9112 3.2.1).
fn target(request: &Request) -> String {
    let query = request.query().map(|query| format!("?{query}"));
    format!("{}{}", request.path(), query.unwrap_or_default())
}

fn nonce(key: &str) -> [u8; 16] {
    let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let base64 = GeneralPurpose::new(&alphabet::STANDARD, config);
    let bytes = base64.decode(key).expect("it was checked");
    bytes.try_into().expect("16 bytes")
}
