//! The WebSocket opening handshake over HTTP/1.1 (RFC 6455 4 and 9.1), both sides, without I/O.
//!
//! Bytes go in, values come out, and the other way round; who reads and writes them is somebody
//! else. The types of the http crate are used where it has them: `HeaderMap`, `StatusCode`, `Uri`.
//!
//! **In scope:** the head of a request and of a response, with limits; all that RFC 6455 4.2.1
//! demands of a server and 4.1 of a client; negotiation of subprotocols and extensions; refusals
//! with the right status; the comparison of an origin with a host and with patterns; what
//! proxies say of their clients.
//!
//! **Out of scope:** sockets, TLS, time (the handshake needs a deadline: the caller has the
//! clock), randomness (a client's key is given), HTTP bodies, keep-alive, HTTP/2, what an
//! extension's parameters mean, and frames.
//!
//! # A server
//!
//! ```
//! use ws_handshake::{Acceptance, Limits, Rejection, Request, RequestError};
//!
//! fn answer(request: &Request) -> Result<Vec<u8>, RequestError> {
//!     let acceptance = Acceptance::for_request(request)?.select_subprotocol(&["chat"]);
//!     let mut response = Vec::new();
//!     acceptance.encode(&mut response);
//!     Ok(response)
//! }
//!
//! let received = b"GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n\
//!     Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
//!     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: superchat, chat\r\n\r\n";
//! let (request, len) = Request::decode(received, &Limits::default())?.expect("it is whole");
//! assert_eq!((request.path(), len), ("/chat", received.len()));
//! assert_eq!(
//!     String::from_utf8_lossy(&answer(&request)?),
//!     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
//!      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
//!      Sec-WebSocket-Protocol: chat\r\n\r\n"
//! );
//!
//! let error = Request::decode(b"GET /chat HTTP/2.0\r\n", &Limits::default()).unwrap_err();
//! let mut response = Vec::new();
//! Rejection::from(error).encode(&mut response);
//! assert!(response.starts_with(b"HTTP/1.1 505 HTTP Version Not Supported\r\n"));
//! # Ok::<(), RequestError>(())
//! ```
//!
//! The loop of a server that reads from a socket, with a deadline over all of it:
//!
//! 1. Append what was read to a buffer.
//! 2. Call [`head_end`] with the number of bytes that were there before. If it is `None` and the
//!    buffer is shorter than [`Limits::max_head`], go to 1.
//! 3. Call [`Request::decode`]; an error becomes a [`Rejection`], is written, and the connection
//!    ends. To refuse what is no HTTP without waiting for more, call it after the first read, too.
//! 4. Ask [`Request::check_host`]. If the request does not [ask for an
//!    upgrade](Request::asks_for_upgrade), write a page with [`encode_response`] and end.
//! 5. Ask [`is_same_origin_host`], unless scripts from everywhere are welcome.
//! 6. Make an [`Acceptance`], write it, and hand over what lies in the buffer behind the head:
//!    these are frames already.
//!
//! # A client
//!
//! ```
//! use ws_handshake::{ClientRequest, Extension, Limits, Response};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let random = *b"the sample nonce";
//! let request = ClientRequest::new("example.com", "/chat", random)?
//!     .subprotocol("chat")?
//!     .extension(Extension::new("permessage-deflate")?.flag("client_max_window_bits")?);
//! let mut sent = Vec::new();
//! request.encode(&mut sent);
//!
//! let received = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
//!     Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
//!     Sec-WebSocket-Protocol: chat\r\n\r\n";
//! let (response, _) = Response::decode(received, &Limits::default())?.expect("it is whole");
//! let accepted = request.check(response)?;
//! assert_eq!(accepted.subprotocol(), Some("chat"));
//! assert!(accepted.extensions().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # What is refused though others take it
//!
//! What one recipient reads in one way and another in another way is what request smuggling is
//! made of. So these are errors: a line that ends with LF alone, a second empty line before the
//! request line, folded lines, white space before a colon, a body or any sign of one, a second
//! `Host`, `Origin`, key or version, a target with a fragment or with bytes that are not ASCII.
//!
//! A text from the peer appears in an error only as an [`Excerpt`]: cut and escaped.

mod acceptance;
mod accepted;
mod build_error;
mod client_request;
mod error;
mod excerpt;
mod extension;
mod field;
mod forwarded;
mod head;
mod host;
mod key;
mod limits;
mod list;
mod origin;
mod origin_pattern;
mod proxy_header;
mod proxy_header_error;
mod rejection;
mod request;
mod response;
mod response_error;
mod token;

pub use acceptance::Acceptance;
pub use accepted::Accepted;
pub use build_error::BuildError;
pub use client_request::ClientRequest;
pub use error::{HeadError, RequestError};
pub use excerpt::Excerpt;
pub use extension::Extension;
pub use forwarded::{ForwardedError, ForwardedNode, forwarded_for, x_forwarded_for};
pub use head::head_end;
pub use key::{Key, accept_key};
pub use limits::Limits;
pub use origin::{Origin, OriginError, is_same_origin_host};
pub use origin_pattern::OriginPattern;
pub use proxy_header::ProxyHeader;
pub use proxy_header_error::ProxyHeaderError;
pub use rejection::{Rejection, encode_response, encode_response_head};
pub use request::Request;
pub use response::Response;
pub use response_error::ResponseError;
