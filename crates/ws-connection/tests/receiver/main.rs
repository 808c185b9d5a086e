//! The receiving half: bytes to events.

mod borrowing;
mod closing;
mod discarding;
mod fragments;
mod headers;
mod limits;
mod oracle;
mod text;
mod wire;
