//! An echo server that tells what it does, in the text form of Prometheus, on the port that it
//! serves WebSocket on.
//!
//! ```sh
//! cargo run --release --example metrics &
//! cargo run --release --example blocking_std -- ws://127.0.0.1:9006/ hello
//! curl http://127.0.0.1:9006/metrics
//! ```
//!
//! Who may reach the port reads the metrics, too: where that is everybody, let a proxy keep the
//! path for itself.
//!
//! Read on in `exposition.rs`, the text form, and `families.rs`, what is told in it.

mod exposition;
mod families;
#[path = "../option.rs"]
mod option;
#[path = "../signals.rs"]
mod signals;

use std::{
    io,
    net::SocketAddr,
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use http::{Method, Response, StatusCode, header::CONTENT_TYPE};
use lexopt::prelude::*;
use ws_server::{Client, Handler, Message, Metrics, Server};

const HELP: &str = "\
Sends back every message, and answers GET /metrics in the text form of Prometheus.

Usage: metrics [OPTIONS]

Options:
  --addr IP:PORT  where to listen; port 0 takes a free one [default: 127.0.0.1:9006]
  --help          print this

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

#[tokio::main]
async fn main() -> ExitCode {
    let addr = match parse(lexopt::Parser::from_env()) {
        Ok(Some(addr)) => addr,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("metrics: {error}; `metrics --help` lists the options");
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
            eprintln!("metrics: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where to listen; `None` when help was asked for.
fn parse(mut args: lexopt::Parser) -> Result<Option<SocketAddr>, lexopt::Error> {
    let mut addr = SocketAddr::from(([127, 0, 0, 1], 9006));
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
    // The fallback is a setting of the server, whose metrics are there once it is built.
    let metrics = Arc::new(OnceLock::new());
    let told = metrics.clone();
    let builder = Server::builder()
        .fallback(move |request| respond(request.method(), request.path(), told.get()));
    let server = builder.bind(addr).await?;
    metrics.get_or_init(|| server.metrics());
    signals::end_on_signals(server.handle())?;
    let addr = server.local_addr()?;
    println!("listening on ws://{addr}, metrics at http://{addr}/metrics");
    let report = server.serve(Echo).await?;
    println!("shut down: {report}");
    Ok(())
}

/// The answer to a request that asks for no WebSocket.
fn respond(method: &Method, path: &str, metrics: Option<&Metrics>) -> Response<Bytes> {
    let (status, kind, body) = match (path, metrics) {
        ("/metrics", Some(metrics)) if method == Method::GET || method == Method::HEAD => {
            let text = families::text(&metrics.snapshot());
            (StatusCode::OK, exposition::CONTENT_TYPE, text)
        }
        ("/metrics", Some(_)) => (StatusCode::METHOD_NOT_ALLOWED, PLAIN, "GET it\n".into()),
        _ => (StatusCode::NOT_FOUND, PLAIN, "try /metrics\n".into()),
    };
    let response = Response::builder().status(status);
    let response = response.header(CONTENT_TYPE, kind);
    response
        .body(Bytes::from(body))
        .expect("all of it is legal")
}

const PLAIN: &str = "text/plain; charset=utf-8";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_get_of_its_path_is_told_the_metrics() {
        let metrics = Metrics::default();
        let ask = |method, path| respond(&method, path, Some(&metrics));
        let told = ask(Method::GET, "/metrics");
        assert_eq!(told.status(), 200);
        assert_eq!(
            told.headers()[CONTENT_TYPE],
            "text/plain; version=0.0.4; charset=utf-8"
        );
        assert!(told.body().starts_with(b"# HELP ws_connections "));
        assert_eq!(ask(Method::GET, "/").status(), 404);
        assert_eq!(ask(Method::POST, "/metrics").status(), 405);
    }
}
