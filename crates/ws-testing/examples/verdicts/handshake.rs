//! Our side of an opening handshake: what it makes of bytes, and what a server answers.

use std::fmt;

use serde_json::{Value, json};
use ws_handshake::{
    Acceptance, Extension, Limits, Rejection, Request, RequestError, Response, ResponseError,
};

use crate::hex;
use crate::offer::Offer;
use crate::settings::{EXTENSION, SUBPROTOCOLS};

/// What our server makes of the bytes of a request, with its answer.
pub(crate) fn serve(bytes: &[u8]) -> Value {
    let mut response = Vec::new();
    let mut verdict = match accept(bytes) {
        Ok(None) => incomplete(),
        Ok(Some(acceptance)) => {
            acceptance.encode(&mut response);
            let subprotocol = acceptance.selected_subprotocol();
            let mut verdict = accepted(subprotocol, acceptance.accepted_extensions());
            verdict["accept"] = accept_in(&response).into();
            verdict
        }
        Err(error) => {
            Rejection::from(&error).encode(&mut response);
            let fault = match &error {
                RequestError::Head(fault) => name(fault),
                fault => name(fault),
            };
            refused(Some(error.status().as_u16()), &fault)
        }
    };
    verdict["response"] = hex::encode(&response).into();
    verdict
}

fn accept(bytes: &[u8]) -> Result<Option<Acceptance>, RequestError> {
    let Some((request, _)) = Request::decode(bytes, &Limits::default())? else {
        return Ok(None);
    };
    let acceptance = Acceptance::for_request(&request)?.select_subprotocol(&SUBPROTOCOLS);
    let extension = Extension::new(EXTENSION).expect("a token");
    // An error says that it was not offered.
    let extended = acceptance.clone().extension(extension);
    Ok(Some(extended.unwrap_or(acceptance)))
}

/// The key that the answer gives back.
fn accept_in(response: &[u8]) -> Option<String> {
    let (response, _) = Response::decode(response, &Limits::default()).ok()??;
    response.header("sec-websocket-accept").map(str::to_owned)
}

/// What our client, which has offered this, makes of the bytes of a response.
pub(crate) fn check(offer: &Offer, bytes: &[u8]) -> Value {
    let checked = match Response::decode(bytes, &Limits::default()) {
        Ok(None) => return incomplete(),
        Ok(Some((response, _))) => offer.request().check(response),
        Err(error) => Err(error),
    };
    match checked {
        Ok(agreed) => accepted(agreed.subprotocol(), agreed.extensions()),
        Err(ResponseError::Refused { response }) => {
            refused(Some(response.status().as_u16()), "Refused")
        }
        Err(ResponseError::Head(fault)) => refused(None, &name(&fault)),
        Err(fault) => refused(None, &name(&fault)),
    }
}

fn incomplete() -> Value {
    json!({ "outcome": "incomplete" })
}

fn accepted(subprotocol: Option<&str>, extensions: &[Extension]) -> Value {
    let extensions: Vec<_> = extensions.iter().map(Extension::to_string).collect();
    json!({ "outcome": "accepted", "subprotocol": subprotocol, "extensions": extensions })
}

fn refused(status: Option<u16>, fault: &str) -> Value {
    json!({ "outcome": "refused", "status": status, "fault": fault })
}

/// The name of a variant.
fn name(fault: &impl fmt::Debug) -> String {
    let text = format!("{fault:?}");
    let end = text.find(|c: char| !c.is_ascii_alphanumeric());
    text[..end.unwrap_or(text.len())].to_owned()
}

#[cfg(test)]
mod tests {
    use super::{check, serve};
    use crate::hex;
    use crate::offer::Offer;

    const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Protocol: superchat, chat\r\nSec-WebSocket-Extensions: x-test;a\r\n\
        Sec-WebSocket-Version: 13\r\n\r\n";

    #[test]
    fn what_we_accept_is_told_and_opens_a_client() {
        let verdict = serve(REQUEST.as_bytes());
        assert_eq!(verdict["outcome"], "accepted");
        assert_eq!(verdict["subprotocol"], "chat");
        assert_eq!(verdict["extensions"][0], "x-test");
        assert_eq!(verdict["accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        let response = verdict["response"].as_str().and_then(hex::decode);
        let response = response.expect("it is there");
        let told = check(&Offer::sample(), &response);
        assert_eq!(told["outcome"], "accepted", "{told}");
        assert_eq!(told["subprotocol"], "chat");
    }

    #[test]
    fn what_we_refuse_has_its_status_and_its_fault() {
        let twice = REQUEST.replace("Host: server", "Host: a\r\nHost: server");
        let verdict = serve(twice.as_bytes());
        assert_eq!(
            (&verdict["status"], &verdict["fault"]),
            (&400.into(), &"HostCount".into())
        );
        let lone = serve(REQUEST.replace("\r\nHost", "\nHost").as_bytes());
        assert_eq!(lone["fault"], "LoneLineFeed");
        let refused = check(&Offer::sample(), b"HTTP/1.1 403 Forbidden\r\n\r\n");
        assert_eq!(
            (&refused["status"], &refused["fault"]),
            (&403.into(), &"Refused".into())
        );
        let other = check(&Offer::sample(), b"HTTP/1.1 101 \r\nUpgrade: h2c\r\n\r\n");
        assert_eq!(other["fault"], "Upgrade");
    }

    #[test]
    fn what_has_no_end_is_incomplete() {
        let half = &REQUEST.as_bytes()[..100];
        assert_eq!(serve(half)["outcome"], "incomplete");
        assert_eq!(
            check(&Offer::sample(), b"HTTP/1.1 101 ")["outcome"],
            "incomplete"
        );
    }
}
