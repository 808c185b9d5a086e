use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;

const DEFAULT_ADDRESS: &str = "127.0.0.1:9001";

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
    let outcome = address(std::env::args().skip(1)).and_then(|address| {
        runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .and_then(|runtime| runtime.block_on(accept(address, connection)))
            .map_err(|error| format!("cannot listen on {address}: {error}"))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
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

fn address(mut arguments: impl Iterator<Item = String>) -> Result<SocketAddr, String> {
    let mut text = DEFAULT_ADDRESS.to_owned();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--addr" => text = arguments.next().ok_or("--addr needs IP:PORT")?,
            other => {
                return Err(format!(
                    "unknown flag {other}; the only one is --addr IP:PORT"
                ));
            }
        }
    }
    text.parse()
        .map_err(|_| format!("--addr needs IP:PORT, not {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<SocketAddr, String> {
        address(arguments.iter().map(ToString::to_string))
    }

    #[test]
    fn the_address_has_a_default_and_can_be_set() {
        assert_eq!(parsed(&[]).unwrap().port(), 9001);
        assert_eq!(parsed(&["--addr", "127.0.0.1:0"]).unwrap().port(), 0);
    }

    #[test]
    fn a_wrong_flag_is_named() {
        assert!(parsed(&["--port"]).unwrap_err().contains("--port"));
        assert!(parsed(&["--addr"]).unwrap_err().contains("IP:PORT"));
        assert!(parsed(&["--addr", "here"]).unwrap_err().contains("here"));
    }
}
