//! Sends every message back as it came: text as text, binary as binary.
//!
//! Its flags are a contract for tests and benches; `--help` lists them.

mod signals;

use std::{io, net::SocketAddr, process::ExitCode, time::Duration};

use lexopt::prelude::*;
use ws_server::{
    Builder, Client, Deflate, Handler, Message, Origins, Server, Takeover, WindowBits,
};

const HELP: &str = "\
Sends every WebSocket message back as it came.

Usage: echo [OPTIONS]

Options:
  --addr IP:PORT               where to listen; port 0 takes a free one [default: 127.0.0.1:9001]
  --workers N                  threads, each with a listener of its own; 0 runs in tokio's
                               multi-thread runtime [default: 1]
  --max-message BYTES          largest message accepted [default: 16777216]
  --handshake-timeout SECONDS  how long an opening handshake may take [default: 10]
  --any-origin                 accept connections from web pages of any host
  --deflate                    compress messages with clients that offer it (RFC 7692)
  --takeover BITS              the same, and each message may refer to those before, within a window
                               of 8 to 15 bits
  --help                       print this

SIGINT and SIGTERM close all connections with 1001 and end the program.
RUST_LOG=debug logs to standard error what happens to each connection.";

#[derive(Clone)]
struct Echo;

impl Handler for Echo {
    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        client.send(message);
    }
}

fn main() -> ExitCode {
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
    builder: Builder,
}

impl Settings {
    /// `None` when help was asked for.
    fn parse(mut args: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut settings = Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 9001)),
            workers: 1,
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
                Long("handshake-timeout") => {
                    let wait = args.value()?.parse_with(seconds)?;
                    settings.builder = builder.handshake_timeout(wait);
                }
                Long("any-origin") => settings.builder = builder.origins(Origins::any()),
                Long("deflate") => {
                    settings.builder = builder.deflate(Deflate::default());
                }
                Long("takeover") => {
                    let deflate = args.value()?.parse_with(takeover)?;
                    settings.builder = builder.deflate(deflate);
                }
                Long("help") | Short('h') => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(settings))
    }

    fn run(self) -> io::Result<()> {
        let mut runtime = match self.workers {
            0 => tokio::runtime::Builder::new_multi_thread(),
            _ => tokio::runtime::Builder::new_current_thread(),
        };
        runtime.enable_all().build()?.block_on(async {
            let builder = self.builder.workers(self.workers);
            let server = builder.bind(self.addr).await?;
            let signal = signals::termination()?;
            let traffic = server.traffic();
            println!("listening on ws://{}", server.local_addr()?);
            let report = server.serve_with_shutdown(Echo, signal).await?;
            println!("shut down: {report}");
            let (received, sent) = (traffic.received(), traffic.sent());
            println!("compressed: received {received}, sent {sent}");
            Ok(())
        })
    }
}

fn takeover(text: &str) -> Result<Deflate, String> {
    let bits = text.parse().ok().and_then(WindowBits::new);
    let bits = bits.ok_or("a window has 8 to 15 bits")?;
    Ok(Deflate::default()
        .with_takeover(Takeover::On)
        .with_window_bits(bits)
        .with_peer_takeover(Takeover::On)
        .with_peer_window_bits(bits))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().map_err(|error| error.to_string())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
