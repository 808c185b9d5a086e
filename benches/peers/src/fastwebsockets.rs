//! The echo server on fastwebsockets, in the way its documentation shows: hyper answers the
//! handshake, and whole messages are read and written one by one.
//!
//! Its defaults stand: messages up to 64 MiB, and a vectored write for large ones.

use std::process::ExitCode;

use fastwebsockets::upgrade::{self, UpgradeFut};
use fastwebsockets::{FragmentCollector, OpCode, WebSocketError};
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use tokio::net::TcpStream;
use tokio::task;

fn main() -> ExitCode {
    peers::serve(connection)
}

async fn connection(socket: TcpStream) {
    peers::handshake(socket, answer).await;
}

fn answer(request: &mut Request<Incoming>) -> Option<Response<Empty<Bytes>>> {
    let (response, upgraded) = upgrade::upgrade(request).ok()?;
    task::spawn(async move {
        // A peer that goes away is no news here: its task ends.
        let _ = task::unconstrained(echo(upgraded)).await;
    });
    Some(response)
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
