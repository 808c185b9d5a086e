//! A handler that counts its own callbacks, and a book of all that ended.

use std::{
    future::pending,
    panic::resume_unwind,
    sync::{Arc, Mutex, MutexGuard},
    time::Instant,
};

use bytes::Bytes;
use ws_server::{Client, CloseCode, CloseInfo, Handler, Message};

/// More than the sockets of both ends hold.
static FLOOD: [u8; 1 << 20] = [7; 1 << 20];
const FLOODS: usize = 8;

/// What became of one connection whose `on_open` ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) closes: usize,
    /// The status of the last `on_close`, and whether it was clean.
    pub(crate) told: Option<(u16, bool)>,
    pub(crate) cause: String,
    /// When that was.
    pub(crate) at: Instant,
}

/// The connections that are gone, in the order in which they went.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(Arc<Mutex<Vec<Entry>>>);

impl Ledger {
    pub(crate) fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().expect("nobody panics under this lock")
    }

    /// A handler of one connection; `panics` in the callback of that name.
    pub(crate) fn session(&self, panics: &'static str) -> Session {
        Session {
            ledger: self.clone(),
            panics,
            opened: false,
            entry: Entry {
                closes: 0,
                told: None,
                cause: String::new(),
                at: Instant::now(),
            },
        }
    }
}

/// Echoes; `flood` gets more than the sockets hold, `close` a Close, and `never` nothing at all any more.
#[derive(Debug)]
pub(crate) struct Session {
    ledger: Ledger,
    panics: &'static str,
    opened: bool,
    entry: Entry,
}

impl Session {
    /// Unwinds as a panic does, without the text on the standard error.
    fn pass(&self, callback: &str) {
        if self.panics == callback {
            resume_unwind(Box::new("as told"));
        }
    }
}

impl Handler for Session {
    async fn on_open(&mut self, _: &mut Client) {
        self.opened = true;
        self.pass("open");
    }

    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        self.pass("message");
        match message.as_text() {
            Some("flood") => {
                for _ in 0..FLOODS {
                    client.send(Bytes::from_static(&FLOOD));
                }
            }
            Some("close") => client.close(CloseCode::NORMAL),
            Some("never") => pending().await,
            _ => drop(client.send(message)),
        }
    }

    async fn on_ping(&mut self, _: &mut Client, _: &[u8]) {
        self.pass("ping");
    }

    async fn on_pong(&mut self, _: &mut Client, _: &[u8]) {
        self.pass("pong");
    }

    async fn on_close(&mut self, close: &CloseInfo) {
        self.entry.at = Instant::now();
        self.entry.closes += 1;
        self.entry.told = Some((close.status(), close.is_clean()));
        self.entry.cause = close.to_string();
        self.pass("close");
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.opened {
            self.ledger.entries().push(self.entry.clone());
        }
    }
}
