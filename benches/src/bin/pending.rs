//! A server whose callback never returns: what do many pending callbacks hold?
//!
//! For `cargo xtask load --mode pending`. Listens on the address that is its first argument, or on
//! a free port.

use std::{env, future::pending, io};

use ws_server::{Client, Handler, Message, Server};

#[derive(Clone)]
struct Pending;

impl Handler for Pending {
    async fn on_message(&mut self, _: &mut Client, message: Message<'_>) {
        pending::<()>().await;
        // So that the message is held as long as the callback.
        drop(message);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let addr = env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let server = Server::bind(addr).await?;
    println!("listening on ws://{}", server.local_addr()?);
    server.serve(Pending).await.map(drop)
}
