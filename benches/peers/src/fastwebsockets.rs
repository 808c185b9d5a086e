//! The echo server on fastwebsockets, in the way its documentation shows: hyper answers the
//! handshake, and whole messages are read and written one by one.
//!
//! Its defaults stand: messages up to 64 MiB, and a vectored write for large ones.

use std::convert::Infallible;
use std::process::ExitCode;

use fastwebsockets::upgrade::{self, UpgradeFut};
use fastwebsockets::{FragmentCollector, OpCode, WebSocketError};
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task;

fn main() -> ExitCode {
    peers::serve(connection)
}

async fn connection(socket: TcpStream) {
    let served = http1::Builder::new()
        .serve_connection(TokioIo::new(socket), service_fn(answer))
        .with_upgrades();
    if let Err(error) = served.await {
        eprintln!("the handshake failed: {error}");
    }
}

async fn answer(mut request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
    let Ok((response, upgraded)) = upgrade::upgrade(&mut request) else {
        let mut refusal = Response::new(Empty::new());
        *refusal.status_mut() = StatusCode::BAD_REQUEST;
        return Ok(refusal);
    };
    task::spawn(async move {
        // A peer that goes away is no news here: its task ends.
        let _ = task::unconstrained(echo(upgraded)).await;
    });
    Ok(response)
}

async fn echo(upgraded: UpgradeFut) -> Result<(), WebSocketError> {
    let mut socket = FragmentCollector::new(upgraded.await?);
    loop {
        let frame = socket.read_frame().await?;
        match frame.opcode {
            OpCode::Text | OpCode::Binary => socket.write_frame(frame).await?,
            OpCode::Close => return Ok(()),
            OpCode::Continuation | OpCode::Ping | OpCode::Pong => {}
        }
    }
}
