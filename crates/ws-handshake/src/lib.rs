//! The WebSocket opening handshake over HTTP/1.1, both sides, on the types of the http crate; no
//! I/O

mod acceptance;
mod accepted;
mod build_error;
mod client_request;
mod error;
mod excerpt;
mod extension;
mod field;
mod head;
mod host;
mod key;
mod limits;
mod list;
mod origin;
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
pub use head::head_end;
pub use key::{Key, accept_key};
pub use limits::Limits;
pub use origin::{Origin, OriginError, is_same_origin_host};
pub use rejection::{Rejection, encode_response};
pub use request::Request;
pub use response::Response;
pub use response_error::ResponseError;
