//! A server that gives each message to all: what does one slow reader do to the others?
//!
//! For row A23 of `cargo xtask attack`. Whoever has 256 KiB waiting is closed with 1008. Listens on the
//! address that is its first argument, or on a free port.

use std::{
    collections::HashSet,
    env, io,
    sync::{Arc, Mutex, PoisonError},
};

use ws_server::{Client, CloseInfo, Handle, Handler, Message, Overflow, Prepared, Server};

#[derive(Clone, Default)]
struct Listener {
    all: Arc<Mutex<HashSet<Handle>>>,
    own: Option<Handle>,
}

impl Handler for Listener {
    async fn on_open(&mut self, client: &mut Client) {
        self.own = Some(client.handle());
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(client.handle());
    }

    async fn on_message(&mut self, _: &mut Client, message: Message<'_>) {
        let news = Prepared::new(message.into_owned());
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        for handle in all.iter() {
            // Who is closed for being slow leaves by itself.
            let _ = handle.send_prepared(&news);
        }
    }

    async fn on_close(&mut self, _: &CloseInfo) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = &self.own {
            all.remove(own);
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let addr = env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let server = Server::builder()
        .overflow(Overflow::Close)
        .connection(|limits| limits.with_high_water(128 << 10).with_max_queue(256 << 10))
        .bind(addr)
        .await?;
    println!("listening on ws://{}", server.local_addr()?);
    server.serve(Listener::default()).await.map(drop)
}
