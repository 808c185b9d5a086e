//! A WebSocket client, and a server that echoes, on `std::net::TcpStream`: ws-handshake and
//! ws-connection bound to blocking sockets, without tokio or any other runtime.
//!
//! A connection has two threads, one for each half of ws-connection:
//!
//! ```text
//! socket -> read -> Receiver -> on_message        reader.rs, on the thread of who calls
//!                      | control events
//!                      v
//!                   Sender, under a lock          outlet.rs, for any thread that sends
//!                      |
//!                      v
//!               batches, timers -> write          writer.rs, on a thread of its own
//! ```
//!
//! One thread for both would do for a peer that reads and writes at the same time. Two such
//! endpoints that both write more than the sockets hold would wait for each other for ever.
//!
//! Read on in `opening.rs`, the opening handshake of both sides, and `connection.rs`.

mod connection;
mod deadline;
mod error;
mod opening;
#[path = "../option.rs"]
mod option;
mod options;
mod outlet;
#[cfg(test)]
mod puppet;
#[path = "../quantity.rs"]
mod quantity;
mod random;
mod reader;
mod server;
mod talk;
mod url;
mod writer;

use std::process::ExitCode;

use crate::{
    error::Error,
    options::{HELP, Mode, Options},
};

fn main() -> ExitCode {
    let options = match Options::parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("blocking_std: {error}; `blocking_std --help` lists the options");
            return ExitCode::from(2);
        }
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("blocking_std: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), Error> {
    match options.mode {
        Mode::Listen(addr) => server::serve(addr, &options.settings),
        Mode::Echo(url) => talk::echo(&url, &options.settings),
        Mode::Talk { url, messages } => talk::talk(&url, messages, &options.settings),
    }
}
