//! One endpoint of the WebSocket protocol (RFC 6455) as a state machine: bytes become events,
//! messages become bytes. No socket, no clock, no randomness: what happens, time included, is
//! handed in, so the same code serves any runtime, any transport, and tests without either.
//!
//! *In scope*: fragmentation, control frames, the closing handshake, masking rules, UTF-8, limits,
//! keepalive and all timers, the write queue with its marks, both roles.
//! *Out of scope*: the opening handshake (`ws-handshake`), sockets (`ws-server`), compression
//! (`ws-deflate`, through [`Extension`]).
//!
//! # The two halves
//!
//! ```text
//! bytes read -> Receiver::receive -> Event -> application
//!                                      |            |
//!                           Sender::on_event   Sender::send, ping, close
//!                                      `-----.------'
//!                     bytes to write <- Sender::transmit
//! ```
//!
//! They are apart so that a reply can be sent while the message it answers is still borrowed.
//!
//! # The loop
//!
//! 1. Write what [`Sender::transmit`] gives until it gives nothing.
//! 2. Wait for input, for [`Sender::poll_timeout`], or for somebody who sends.
//! 3. Input: [`Sender::handle_read`], then [`Receiver::receive`] until `None`. Control events go to
//!    [`Sender::on_event`], messages to the application; an error goes to [`Sender::fail`], which
//!    drops what is queued, so first write of it what the transport takes at once.
//! 4. Time: [`Sender::handle_timeout`].
//! 5. [`Sender::is_done`]: end the transport; [`Sender::is_over`]: drop it.
//!
//! ```
//! use std::{sync::Arc, time::Instant};
//! use bytes::Buf;
//! use ws_connection::{Batch, Config, Event, Receiver, Sender};
//!
//! let config = Arc::new(Config::default());
//! let mut receiver = Receiver::server(config.clone());
//! let mut sender = Sender::server(config);
//!
//! // "Hello", masked, as in RFC 6455 5.7
//! let mut read = *b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
//! let mut input = &mut read[..];
//! sender.handle_read(Instant::now());
//! while let Some(event) = receiver.receive(&mut input)? {
//!     match event {
//!         Event::Message(message) => sender.send(message).expect("open"),
//!         control => sender.on_event(Instant::now(), &control),
//!     }
//! }
//!
//! let mut batch = Batch::default();
//! sender.transmit(Instant::now(), &mut batch);
//! assert_eq!(batch.chunk(), b"\x81\x05Hello");
//! # Ok::<(), ws_connection::ProtocolError>(())
//! ```

mod agreed;
mod aside;
mod assembly;
mod backlog;
mod batch;
mod close_clock;
mod closing;
mod config;
mod control_payload;
mod dropped;
mod error;
mod event;
mod extension;
mod fresh;
mod gather;
mod keepalive;
mod kinds;
mod lane;
mod marks;
mod masks;
mod message;
mod moment;
mod outbox;
mod overflow;
mod overrun;
mod partial_header;
mod queue;
mod queued;
mod rare;
mod rare_queue;
mod receiver;
mod role;
mod send_options;
mod sender;
mod start;
mod state;
mod step;
mod take;
mod tally;
mod timeout;
mod untold;
mod waiting;

pub use batch::Batch;
pub use closing::{ClosingHandshake, Side};
pub use config::Config;
pub use dropped::Dropped;
pub use error::{PingError, ProtocolError, SendError};
pub use event::Event;
pub use extension::{Decoded, Decoder, Encoded, Encoder, Extension, ExtensionError};
pub use fresh::Fresh;
pub use kinds::Kinds;
pub use message::{Compress, Message, MessageKind};
pub use overflow::Overflow;
pub use overrun::Overrun;
pub use queued::Queued;
pub use receiver::Receiver;
pub use role::Role;
pub use send_options::SendOptions;
pub use sender::Sender;
pub use tally::Tally;
pub use timeout::Timeout;
