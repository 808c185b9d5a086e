//! One server, two versions of its protocol: which one a connection speaks is agreed on in the
//! opening handshake, as a subprotocol (RFC 6455 1.9).
//!
//! Each connection has a sum. `v1.sum.example.com` speaks words, `v2.sum.example.com` JSON:
//!
//! ```text
//! v1   add 5        5                    v2   {"add":5}      {"sum":5}
//!      reset        0                         {"reset":{}}   {"sum":0}
//!      hello        error: ...                "hello"        {"error":"..."}
//! ```
//!
//! A client that offers both gets v2; one that offers neither is refused before the connection
//! opens. Try it with the example `blocking_std`:
//!
//! ```sh
//! cargo run --release --example blocking_std -- --subprotocol v1.sum.example.com ws://127.0.0.1:9003/ 'add 5'
//! ```
//!
//! Read on in `dialect.rs`, what the versions say and mean, and `account.rs`, where one is chosen.

mod account;
mod dialect;
#[path = "../option.rs"]
mod option;
#[path = "../signals.rs"]
mod signals;

use std::{io, net::SocketAddr, process::ExitCode};

use lexopt::prelude::*;
use ws_server::Server;

use crate::account::Account;

const HELP: &str = "\
Adds numbers, in either of two subprotocols: v1.sum.example.com and v2.sum.example.com.

Usage: subprotocol [OPTIONS]

Options:
  --addr IP:PORT  where to listen; port 0 takes a free one [default: 127.0.0.1:9003]
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
            eprintln!("subprotocol: {error}; `subprotocol --help` lists the options");
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
            eprintln!("subprotocol: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where to listen; `None` when help was asked for.
fn parse(mut args: lexopt::Parser) -> Result<Option<SocketAddr>, lexopt::Error> {
    let mut addr = SocketAddr::from(([127, 0, 0, 1], 9003));
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
    let server = Server::bind(addr).await?;
    signals::end_on_signals(server.handle())?;
    println!("listening on ws://{}", server.local_addr()?);
    let report = server.serve(Account::default()).await?;
    println!("shut down: {report}");
    Ok(())
}
