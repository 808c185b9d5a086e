//! A chat room: its page at `/` and its WebSocket at `/ws`, on one port and in one program.
//!
//! Each text message is one JSON object. What a page sends:
//!
//! ```text
//! {"type":"hello","name":"Ann"}                  first, once: 1 to 32 characters
//! {"type":"say","text":"good morning"}           1 to 2,000 characters
//! ```
//!
//! What it gets:
//!
//! ```text
//! {"type":"welcome","name":"Ann 2","people":["Ann","Ann 2"]}     her name, and who is there
//! {"type":"joined","name":"Bob"}
//! {"type":"said","name":"Bob","text":"good morning"}             her own messages too
//! {"type":"left","name":"Bob"}
//! {"type":"error","text":"..."}                  what was wrong with what she sent
//! ```
//!
//! Messages are compressed with browsers that offer it, which all do; what goes to all is
//! compressed once.
//!
//! Binary messages end the connection with 1003; sending too much, or reading too slowly, with
//! 1008.
//!
//! Read on in `visitor.rs`, what happens on one connection, and `room.rs`, what they share.

mod name;
#[path = "../option.rs"]
mod option;
mod pace;
mod page;
mod protocol;
mod room;
#[path = "../signals.rs"]
mod signals;
mod text;
mod visitor;

#[cfg(test)]
mod listener;

use std::{io, net::SocketAddr, process::ExitCode, sync::Arc};

use lexopt::prelude::*;
use ws_server::{Deflate, Overflow, Server};

use crate::{room::Room, visitor::Visitor};

const HELP: &str = "\
A chat room: open its page in two browser tabs and talk.

Usage: chat [OPTIONS]

Options:
  --addr IP:PORT  where to listen; port 0 takes a free one [default: 127.0.0.1:9002]
  --help          print this

SIGINT and SIGTERM close all connections with 1001 and end the program; a second one does not
wait for them.
RUST_LOG=debug logs to standard error what happens to each connection.";

#[tokio::main]
async fn main() -> ExitCode {
    let addr = match parse(lexopt::Parser::from_env()) {
        Ok(Some(addr)) => addr,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("chat: {error}; `chat --help` lists the options");
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(io::stderr)
        .init();
    match serve(addr).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chat: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where to listen; `None` when help was asked for.
fn parse(mut args: lexopt::Parser) -> Result<Option<SocketAddr>, lexopt::Error> {
    let mut addr = SocketAddr::from(([127, 0, 0, 1], 9002));
    while let Some(arg) = args.next()? {
        match arg {
            Long("addr") => addr = option::addr(&mut args, "--addr")?,
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(addr))
}

async fn serve(addr: SocketAddr) -> io::Result<()> {
    let server = Server::builder()
        .max_connections(1_000)
        // 2,000 characters, were each of them escaped as twelve bytes of JSON.
        .max_message(32 * 1024)
        // Who is this far behind is closed.
        .connection(|connection| connection.with_max_queue(1024 * 1024))
        .overflow(Overflow::Close)
        .deflate(Deflate::default())
        .fallback(page::answer)
        .bind(addr)
        .await?;
    signals::end_on_signals(server.handle())?;
    println!("open http://{}/ in a browser", server.local_addr()?);
    let visitor = Visitor::new(Arc::new(Room::default()));
    let report = server.serve(visitor).await?;
    println!("shut down: {report}");
    Ok(())
}
