//! A transport that does what a script says, for tests of asynchronous code without sockets, ports or time.
//!
//! ```
//! use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! use ws_testing::io::Script;
//!
//! let script = Script::new().read("pi").pending().read("ng").end().writes_of_at_most(1);
//! let (mut io, record) = script.start();
//! let mut echo = pin!(async move {
//!     let mut all = Vec::new();
//!     io.read_to_end(&mut all).await?;
//!     io.write_all(&all).await
//! });
//!
//! // There is no runtime here, so the test polls; the second read says that there is nothing yet.
//! let mut context = Context::from_waker(Waker::noop());
//! assert!(echo.as_mut().poll(&mut context).is_pending());
//! assert!(matches!(echo.as_mut().poll(&mut context), Poll::Ready(Ok(()))));
//! assert_eq!(record.written(), b"ping");
//! assert_eq!(record.writes(), ["p", "i", "n", "g"]);
//! ```

mod record;
mod script;
mod scripted_io;

pub use record::Record;
pub use script::Script;
pub use scripted_io::ScriptedIo;
