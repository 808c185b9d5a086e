//! The WebSocket opening handshake over HTTP/1.1, both sides, on the types of the http crate; no I/O
