use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{ToSocketAddrs, lookup_host};

/// Binds the first of the addresses that can be bound, `count` times, and listens.
pub(crate) async fn listen(
    addr: impl ToSocketAddrs,
    backlog: u32,
    count: usize,
) -> io::Result<Vec<TcpListener>> {
    let mut last = None;
    let found = lookup_host(addr).await;
    for addr in found.map_err(|error| unresolved(&error))? {
        match listen_at(addr, backlog, count) {
            Ok(listeners) => return Ok(listeners),
            Err(error) => {
                let text = format!("cannot listen on {addr}: {error}");
                last = Some(io::Error::new(error.kind(), text));
            }
        }
    }
    let text = "cannot listen: the name has no address";
    let no_address = || io::Error::new(io::ErrorKind::InvalidInput, text);
    Err(last.unwrap_or_else(no_address))
}

/// What was given cannot be told: it is any type that addresses are made from, and has no text.
fn unresolved(error: &io::Error) -> io::Error {
    let text = format!(
        "cannot listen: {error}; an address is host:port, such as 127.0.0.1:9001 or [::1]:9001"
    );
    io::Error::new(error.kind(), text)
}

/// The first socket is bound alone, so that a port in use is an error; only then it lets its
/// siblings share the port, among which the kernel spreads the connections.
fn listen_at(addr: SocketAddr, backlog: u32, count: usize) -> io::Result<Vec<TcpListener>> {
    let first = socket(addr)?;
    first.bind(&addr.into())?;
    let mut sockets = vec![first];
    if count > 1 {
        share_port(&sockets[0])?;
        let addr = sockets[0].local_addr()?;
        for _ in 1..count {
            let sibling = socket(addr.as_socket().unwrap_or(([0; 4], 0).into()))?;
            share_port(&sibling)?;
            sibling.bind(&addr)?;
            sockets.push(sibling);
        }
    }
    let backlog = i32::try_from(backlog).unwrap_or(i32::MAX);
    for socket in &sockets {
        socket.listen(backlog)?;
    }
    Ok(sockets.into_iter().map(TcpListener::from).collect())
}

fn socket(addr: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    // On Unix this lets a server come back while connections of its last run are in TIME_WAIT.
    if cfg!(unix) {
        socket.set_reuse_address(true)?;
    }
    Ok(socket)
}

#[cfg(unix)]
fn share_port(socket: &Socket) -> io::Result<()> {
    SockRef::from(socket).set_reuse_port(true)
}

#[cfg(not(unix))]
fn share_port(_: &Socket) -> io::Result<()> {
    let text = "this system cannot share a port between workers: use `workers(0)`";
    Err(io::Error::new(io::ErrorKind::Unsupported, text))
}
