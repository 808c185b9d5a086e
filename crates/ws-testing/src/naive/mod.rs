//! A codec written straight from RFC 6455, one byte at a time, and an inflater from RFC 1951: slow, obvious, and free of
//! the code they judge.
//!
//! [`Frame`] makes bytes, illegal ones too; [`Decoder`] reads frames back; [`Receiver`] turns a whole byte string into
//! the events an endpoint must see and the way its connection must end; [`inflate`] does so with a compressed message.
//!
//! ```
//! use ws_connection::{Config, Role};
//! use ws_testing::naive::{self, End, Event, Frame, Violation};
//!
//! let mut bytes = Frame::text("hi").masked([1, 2, 3, 4]).encode();
//! bytes.extend(Frame::ping("?").with_rsv(0b100).masked([0; 4]).encode());
//!
//! let seen = naive::Receiver::run(Role::Server, &Config::default(), &bytes);
//! assert_eq!(seen.events, [Event::Text("hi".to_owned())]);
//! assert_eq!(seen.end, End::Failed(Violation::ReservedBits));
//! assert_eq!(Violation::ReservedBits.close_code(), 1002);
//! ```

mod close;
mod decoder;
mod event;
mod frame;
mod header;
mod inflate;
pub mod opcode;
mod receiver;
mod run;
mod text;
mod violation;

pub use close::{code_may_travel, read_close};
pub use decoder::Decoder;
pub use event::Event;
pub use frame::{Frame, Length};
pub use header::Header;
pub use inflate::{Inflated, inflate};
pub use receiver::Receiver;
pub use run::{End, Road, Run};
pub use text::Text;
pub use violation::Violation;
