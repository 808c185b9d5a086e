//! Who connects must say who it is: by `Authorization: Bearer TOKEN`, as programs do, or by the
//! cookie `session=TOKEN`, since a web page cannot set headers of a WebSocket.
//!
//! Without a token, with two, or with one that nobody has, the answer is 401 with
//! `WWW-Authenticate`, and no connection opens. Try it with the example `blocking_std`, as Ann, who may be an admin:
//!
//! ```sh
//! cargo run --release --example blocking_std -- --header 'Authorization: Bearer ann-token' ws://127.0.0.1:9004/ whoami
//! ```
//!
//! A browser may send the cookie along whatever page opens the connection, also one of somebody
//! else. What keeps such a page out is the rule about origins, which is on by default: do not give
//! up one for the other.
//!
//! Whoever sees a token has it, so tokens need TLS, for which a proxy in front is enough. Behind it
//! name the cookie `__Host-session`, and set it with `Path=/; Secure; HttpOnly; SameSite=Strict`:
//! then neither a neighbouring host nor a page without TLS puts another one in its place, no script
//! reads it, and it is not sent for pages of other sites.
//!
//! Read on in `member.rs`, what happens on one connection, `token.rs`, where it says who it is, and
//! `users.rs`, who is known.

mod member;
#[path = "../option.rs"]
mod option;
#[path = "../signals.rs"]
mod signals;
mod token;
mod users;

use std::{io, net::SocketAddr, process::ExitCode, sync::Arc};

use lexopt::prelude::*;
use ws_server::Server;

use crate::{member::Member, users::Users};

const HELP: &str = "\
Tells everybody who they are, once they have proved it.

Usage: auth [OPTIONS]

Options:
  --addr IP:PORT  where to listen; port 0 takes a free one [default: 127.0.0.1:9004]
  --help          print this

There are two tokens, ann-token and bob-token. They come as `Authorization: Bearer TOKEN` or as the
cookie `session=TOKEN`.

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
            eprintln!("auth: {error}; `auth --help` lists the options");
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
            eprintln!("auth: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where to listen; `None` when help was asked for.
fn parse(mut args: lexopt::Parser) -> Result<Option<SocketAddr>, lexopt::Error> {
    let mut addr = SocketAddr::from(([127, 0, 0, 1], 9004));
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
    let member = Member::new(Arc::new(Users::sample()));
    let report = server.serve(member).await?;
    println!("shut down: {report}");
    Ok(())
}
