//! Messages in another form: what both halves do with an extension (RFC 6455 5.2, 5.8, 9).

mod doubled;
mod received;
mod room;
mod sent;
mod tally;
