//! What proxies say of their clients.

mod forwarded_for;
mod naive_list;
mod proxy_header;

pub use forwarded_for::forwarded_for;
pub use proxy_header::proxy_header;
