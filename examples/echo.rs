//! Sends every message back as it came: text as text, binary as binary.
//!
//! Its flags are a contract for tests and benches; `--help` lists them.

mod signals;

use std::{io, net::SocketAddr, process::ExitCode, time::Duration};

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
                Long("addr") => settings.addr = args.value()?.parse()?,
                Long("workers") => settings.workers = args.value()?.parse()?,
                Long("max-message") => {
                    settings.builder = builder.max_message(args.value()?.parse()?);
                }
                Long("per-address") => {
                    let limits =
                        AddrLimits::default().with_connections(args.value()?.parse::<usize>()?);
                    settings.builder = builder.addr_limits(limits);
                }
                Long("handshake-timeout") => {
                    let wait = args.value()?.parse_with(seconds)?;
                    settings.builder = builder.handshake_timeout(wait);
                }
                Long("origin") => {
                    let origins = settings.origins.clone();
                    let allow = |origin: &str| origins.clone().allow(origin);
                    settings.origins = args.value()?.parse_with(allow)?;
                }
                Long("any-origin") => settings.origins = Origins::any(),
                Long("deflate") => settings.deflate = Some(settings.deflate.unwrap_or_default()),
                Long("level") => {
                    let level = args.value()?.parse_with(level)?;
                    let deflate = settings.deflate.unwrap_or_default();
                    settings.deflate = Some(deflate.with_level(level));
                }
                Long("takeover") => {
                    let bits = args.value()?.parse_with(window_bits)?;
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

fn level(text: &str) -> Result<u8, &'static str> {
    let level = text.parse().ok().filter(|level| *level <= 9);
    level.ok_or("a level is 0 to 9")
}

fn window_bits(text: &str) -> Result<WindowBits, &'static str> {
    let bits = text.parse().ok().and_then(WindowBits::new);
    bits.ok_or("a window has 8 to 15 bits")
}

fn takeover(deflate: Deflate, bits: WindowBits) -> Deflate {
    deflate
        .with_takeover(Takeover::On)
        .with_window_bits(bits)
        .with_peer_takeover(Takeover::On)
        .with_peer_window_bits(bits)
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().map_err(|error| error.to_string())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
