mod head_limits;
mod input;
mod lists;
mod naive_list;
mod request;
mod response;

pub use lists::header_lists;
pub use request::handshake_request;
pub use response::handshake_response;
