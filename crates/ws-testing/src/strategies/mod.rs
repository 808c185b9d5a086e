//! Strategies for proptest: what a peer may send, what it may not, and how its bytes may arrive.
//!
//! ```
//! use proptest::prelude::*;
//! use ws_connection::{Config, Role};
//! use ws_testing::{naive, strategies};
//!
//! proptest!(|(frames in strategies::conversation(Role::Client), cuts in strategies::cuts())| {
//!     let bytes = naive::Frame::encode_all(&frames);
//!     let seen = naive::Receiver::run(Role::Server, &Config::default(), &bytes);
//!     prop_assert!(!matches!(seen.end, naive::End::Failed(_)));
//!     prop_assert_eq!(cuts.pieces(&bytes).collect::<Vec<_>>().concat(), bytes);
//! });
//! ```

mod any_close;
mod conversation;
mod cuts;
mod flaw;
mod fragments;
mod head;
mod message;
mod payload;
mod request;
mod response;
mod stream;
mod text;

pub use any_close::any_close;
pub use conversation::{close, control, conversation, masks};
pub use cuts::{Cuts, cuts};
pub use flaw::{Flaw, flaw, flawed_conversation};
pub use fragments::fragments;
pub use head::{Head, HeadFlaw};
pub use message::{large_message, message};
pub use payload::{large_payload, payload};
pub use request::{legal_request, request};
pub use response::{legal_response, response};
pub use stream::stream;
pub use text::{broken_text, character, large_text, not_utf8, text};
