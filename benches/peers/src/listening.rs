use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;

use crate::flags::{Compression, Flags};

/// How long the accept loop rests after an error such as "too many open files".
const REST: Duration = Duration::from_millis(10);

/// Listens where `--addr` says and runs `connection` for each accepted socket, for ever.
///
/// One line with the address is printed when connections are accepted. A wrong flag or an address
/// that cannot be bound gives one line on the standard error and a failure.
pub fn serve<C, F>(connection: C) -> ExitCode
where
    C: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let mut runtime = runtime::Builder::new_current_thread();
    runtime.enable_io();
    ended(
        flags()
            .and_then(Flags::plain)
            .and_then(|flags| run(&mut runtime, flags.address, connection)),
    )
}

/// The same for a server that also knows `--deflate` and `--level`: `configured` makes its
/// `connection` from them, once. Its runtime has timers.
pub fn serve_compressed<M, C, F>(configured: M) -> ExitCode
where
    M: FnOnce(Compression) -> C,
    C: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let mut runtime = runtime::Builder::new_current_thread();
    runtime.enable_io().enable_time();
    ended(flags().and_then(|flags| run(&mut runtime, flags.address, configured(flags.compression))))
}

fn flags() -> Result<Flags, String> {
    Flags::parse(std::env::args().skip(1))
}

fn ended(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run<C, F>(
    runtime: &mut runtime::Builder,
    address: SocketAddr,
    connection: C,
) -> Result<(), String>
where
    C: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    runtime
        .build()
        .and_then(|runtime| runtime.block_on(accept(address, connection)))
        .map_err(|error| format!("cannot listen on {address}: {error}"))
}

async fn accept<C, F>(address: SocketAddr, connection: C) -> io::Result<()>
where
    C: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind(address).await?;
    println!("listening on ws://{}", listener.local_addr()?);
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                if socket.set_nodelay(true).is_ok() {
                    tokio::spawn(connection(socket));
                }
            }
            Err(error) => {
                eprintln!("cannot accept: {error}");
                thread::sleep(REST);
            }
        }
    }
}
