//! Sends every message back as it came: text as text, binary as binary.
//!
//! Its flags are a contract for tests and benches; `--help` lists them.

mod option;
mod quantity;
mod signals;

use std::{io, net::SocketAddr, process::ExitCode};

use lexopt::prelude::*;
use ws_server::{
    AddrLimits, Builder, Client, Deflate, Handler, Message, Origins, Server, Takeover, WindowBits,
};

const HELP: &str = "\
Sends every WebSocket message back as it came.

Usage: echo [OPTIONS]

Options:
  --addr IP:PORT               where to listen; port 0 takes a free one [default: 127.0.0.1:9001]
  --workers N                  threads, each with a listener of its own; 0 runs in tokio's
                               multi-thread runtime [default: 1]
  --max-message BYTES          largest message accepted [default: 16777216]
  --per-address N              connections of one address at the same time [default: 32768]
  --handshake-timeout SECONDS  how long an opening handshake may take [default: 10]
  --origin URL                 accept connections from web pages of this origin, besides those of the
                               same host: https://app.example.com, or with stars for hosts below and
                               for any port: https://*.example.com:*
  --any-origin                 accept connections from web pages of any host
  --deflate                    compress messages with clients that offer it (RFC 7692)
  --level N                    the same, and how hard: 0 to 9 [default: 1]
  --takeover BITS              the same, and each message may refer to those before, within a window
                               of 8 to 15 bits
  --help                       print this

SIGINT and SIGTERM close all connections with 1001 and end the program; a second one does not
wait for them.
RUST_LOG=debug logs to standard error what happens to each connection.";

#[derive(Clone)]
struct Echo;

impl Handler for Echo {
    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        client.send(message);
    }
}

pub(crate) fn main() -> ExitCode {
    let settings = match Settings::parse(lexopt::Parser::from_env()) {
        Ok(Some(settings)) => settings,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("echo: {error}; `echo --help` lists the options");
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(io::stderr)
        .init();
    match settings.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("echo: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Settings {
    addr: SocketAddr,
    workers: usize,
    origins: Origins,
    deflate: Option<Deflate>,
    builder: Builder,
}

impl Settings {
    /// `None` when help was asked for.
    fn parse(mut args: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut settings = Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 9001)),
            workers: 1,
            origins: Origins::same_host(),
            deflate: None,
            builder: Server::builder().max_message(16 << 20),
        };
        while let Some(arg) = args.next()? {
            let builder = settings.builder.clone();
            match arg {
                Long("addr") => settings.addr = option::addr(&mut args, "--addr")?,
                Long("workers") => {
                    settings.workers = option::value(&mut args, "--workers", threads)?;
                }
                Long("max-message") => {
                    let bytes = option::value(&mut args, "--max-message", quantity::bytes)?;
                    settings.builder = builder.max_message(bytes);
                }
                Long("per-address") => {
                    let most = option::value(&mut args, "--per-address", connections)?;
                    let limits = AddrLimits::default().with_connections(most);
                    settings.builder = builder.addr_limits(limits);
                }
                Long("handshake-timeout") => {
                    let wait = option::value(&mut args, "--handshake-timeout", quantity::seconds)?;
                    settings.builder = builder.handshake_timeout(wait);
                }
                Long("origin") => {
                    let origins = settings.origins.clone();
                    let allow = |origin: &str| origins.allow(origin).map_err(|_| ORIGIN);
                    settings.origins = option::value(&mut args, "--origin", allow)?;
                }
                Long("any-origin") => settings.origins = Origins::any(),
                Long("deflate") => settings.deflate = Some(settings.deflate.unwrap_or_default()),
                Long("level") => {
                    let level = option::value(&mut args, "--level", level)?;
                    let deflate = settings.deflate.unwrap_or_default();
                    settings.deflate = Some(deflate.with_level(level));
                }
                Long("takeover") => {
                    let bits = option::value(&mut args, "--takeover", window_bits)?;
                    let deflate = settings.deflate.unwrap_or_default();
                    settings.deflate = Some(takeover(deflate, bits));
                }
                Long("help") | Short('h') => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(settings))
    }

    fn run(self) -> io::Result<()> {
        let builder = self.builder.origins(self.origins).deflate(self.deflate);
        let mut runtime = match self.workers {
            0 => tokio::runtime::Builder::new_multi_thread(),
            _ => tokio::runtime::Builder::new_current_thread(),
        };
        runtime.enable_all().build()?.block_on(async {
            let server = builder.workers(self.workers).bind(self.addr).await?;
            signals::end_on_signals(server.handle())?;
            let traffic = server.traffic();
            println!("listening on ws://{}", server.local_addr()?);
            let report = server.serve(Echo).await?;
            println!("shut down: {report}");
            let (received, sent) = (traffic.received(), traffic.sent());
            println!("compressed: received {received}, sent {sent}");
            Ok(())
        })
    }
}

const ORIGIN: &str = "SCHEME://HOST, such as https://app.example.com or https://*.example.com:*";

fn threads(text: &str) -> Result<usize, &'static str> {
    text.parse().map_err(|_| "a whole number of threads, or 0")
}

/// With 0 the server would refuse everybody.
fn connections(text: &str) -> Result<usize, &'static str> {
    let most = text.parse().ok().filter(|most| *most > 0);
    most.ok_or("a whole number of connections, 1 at least")
}

fn level(text: &str) -> Result<u8, &'static str> {
    let level = text.parse().ok().filter(|level| *level <= 9);
    level.ok_or("a level from 0 to 9")
}

fn window_bits(text: &str) -> Result<WindowBits, &'static str> {
    let bits = text.parse().ok().and_then(WindowBits::new);
    bits.ok_or("a window of 8 to 15 bits")
}

fn takeover(deflate: Deflate, bits: WindowBits) -> Deflate {
    deflate
        .with_takeover(Takeover::On)
        .with_window_bits(bits)
        .with_peer_takeover(Takeover::On)
        .with_peer_window_bits(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(option: &str, value: &str) -> String {
        match Settings::parse(lexopt::Parser::from_args([option, value])) {
            Ok(_) => format!("{option} takes {value}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_value_that_is_refused_is_told_with_its_option_and_what_is_allowed() {
        let seen = [
            (
                "--addr",
                "localhost:9001",
                "IP:PORT, such as 127.0.0.1:9001",
            ),
            ("--addr", "127.0.0.1", "IP:PORT, such as 127.0.0.1:9001"),
            ("--workers", "x", "a whole number of threads, or 0"),
            (
                "--max-message",
                "1k",
                "a whole number of bytes, such as 65536",
            ),
            (
                "--per-address",
                "0",
                "a whole number of connections, 1 at least",
            ),
            (
                "--handshake-timeout",
                "0",
                "a number of seconds above 0, such as 2.5",
            ),
            (
                "--handshake-timeout",
                "inf",
                "a number of seconds above 0, such as 2.5",
            ),
            ("--origin", "app.example.com", ORIGIN),
            ("--level", "10", "a level from 0 to 9"),
            ("--takeover", "7", "a window of 8 to 15 bits"),
        ];
        for (option, value, allowed) in seen {
            let sentence = format!("{option} is {value:?}, and must be {allowed}");
            assert_eq!(told(option, value), sentence);
        }
    }

    #[test]
    fn what_is_just_allowed_is_taken() {
        let seen = [
            ("--workers", "0"),
            ("--per-address", "1"),
            ("--handshake-timeout", "0.001"),
            ("--level", "9"),
            ("--takeover", "8"),
        ];
        for (option, value) in seen {
            assert_eq!(told(option, value), format!("{option} takes {value}"));
        }
    }
}
