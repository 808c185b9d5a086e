use std::{
    collections::VecDeque,
    future::{Future, pending},
    mem,
    sync::{Arc, Mutex, MutexGuard},
};

use tokio::{task::yield_now, time::sleep};
use ws_server::{
    Acceptance, Client, CloseCode, CloseInfo, Handle, Handler, Message, ProtocolError, Rejection,
    Sent, Upgrade, http::StatusCode,
};
use ws_testing::naive::Event;

use super::{action::Action, transport::enter};

/// Echoes, and does in each callback what its script says next.
#[derive(Debug)]
pub(super) struct Actor {
    log: Arc<Mutex<Log>>,
}

/// What the callbacks saw and did.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// What is to be done in the next callbacks.
    pub(super) actions: VecDeque<Action>,
    pub(super) opened: usize,
    pub(super) events: Vec<Event>,
    /// The codes of the errors that were told.
    pub(super) errors: Vec<u16>,
    /// The endings that were told.
    pub(super) closes: Vec<Close>,
    /// The messages that were taken for sending, in their order.
    pub(super) sent: Vec<Event>,
    /// The pings that were taken for sending.
    pub(super) pings: Vec<Vec<u8>>,
    pub(super) handle: Option<Handle>,
    /// An action was begun that is not [calm](Action::is_calm).
    pub(super) was_disturbed: bool,
    /// A callback is pending for ever.
    pub(super) waits_for_ever: bool,
    /// Grows with every callback and every action.
    pub(super) progress: u64,
    in_callback: bool,
}

/// An ending as it was told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) status: u16,
    pub(super) is_clean: bool,
}

impl Actor {
    pub(super) fn new(actions: &[u8]) -> (Self, Arc<Mutex<Log>>) {
        let actions = actions.iter().map(|&byte| Action::new(byte)).collect();
        let log = Arc::new(Mutex::new(Log {
            actions,
            ..Log::default()
        }));
        let actor = Self {
            log: Arc::clone(&log),
        };
        (actor, log)
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        enter(&self.log)
    }

    /// The beginning of a callback: what it is to do, and a guard against a second one.
    fn begin(&self) -> Turn {
        let mut log = self.log();
        assert!(!log.in_callback, "two callbacks at a time");
        assert!(log.closes.is_empty(), "a callback behind on_close");
        log.in_callback = true;
        log.progress += 1;
        Turn {
            action: log.actions.pop_front().unwrap_or(Action::Nothing),
            log: Arc::clone(&self.log),
        }
    }
}

/// One run of a callback.
struct Turn {
    action: Action,
    log: Arc<Mutex<Log>>,
}

impl Turn {
    async fn run(self, client: Option<&mut Client>) {
        let mut sink = client.map(|client| (client, Arc::clone(&self.log)));
        let log = || enter(&self.log);
        log().was_disturbed |= !self.action.is_calm();
        match self.action {
            Action::Yield(times) => {
                for _ in 0..times {
                    log().progress += 1;
                    yield_now().await;
                }
            }
            Action::Sleep(time) => sleep(time).await,
            Action::Never => {
                log().waits_for_ever = true;
                pending::<()>().await;
            }
            Action::TextLater(_) => {
                log().progress += 1;
                yield_now().await;
            }
            Action::Nothing
            | Action::Text(_)
            | Action::Flood(_)
            | Action::Ping(_)
            | Action::Close(_)
            | Action::CloseWithoutStatus
            | Action::Abort
            | Action::Refuse => {}
        }
        if let Some((client, log)) = &mut sink {
            do_by_client(self.action, client, log);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut log = enter(&self.log);
        log.in_callback = false;
        log.waits_for_ever = false;
    }
}

impl Handler for Actor {
    fn on_upgrade(
        &mut self,
        upgrade: &Upgrade<'_>,
    ) -> impl Future<Output = Result<Acceptance, Rejection>> + Send {
        let (turn, acceptance) = (self.begin(), upgrade.accept());
        async move {
            let refuses = turn.action == Action::Refuse;
            turn.run(None).await;
            match refuses {
                true => Err(StatusCode::FORBIDDEN.into()),
                false => Ok(acceptance),
            }
        }
    }

    fn on_open(&mut self, client: &mut Client) -> impl Future<Output = ()> + Send {
        let mut log = self.log();
        log.opened += 1;
        log.handle = Some(client.handle());
        drop(log);
        self.begin().run(Some(client))
    }

    fn on_message(
        &mut self,
        client: &mut Client,
        message: Message<'_>,
    ) -> impl Future<Output = ()> + Send {
        let turn = self.begin();
        let event = Event::from(&ws_connection::Event::Message(message.clone()));
        self.log().events.push(event.clone());
        if client.send(message) == Sent::Queued {
            self.log().sent.push(event);
        }
        turn.run(Some(client))
    }

    fn on_ping(&mut self, client: &mut Client, payload: &[u8]) -> impl Future<Output = ()> + Send {
        self.log().events.push(Event::Ping(payload.to_vec()));
        self.begin().run(Some(client))
    }

    fn on_pong(&mut self, client: &mut Client, payload: &[u8]) -> impl Future<Output = ()> + Send {
        self.log().events.push(Event::Pong(payload.to_vec()));
        self.begin().run(Some(client))
    }

    fn on_drain(&mut self, client: &mut Client) -> impl Future<Output = ()> + Send {
        self.begin().run(Some(client))
    }

    fn on_error(
        &mut self,
        client: &mut Client,
        error: &ProtocolError,
    ) -> impl Future<Output = ()> + Send {
        self.log().errors.push(error.close_code().get());
        self.begin().run(Some(client))
    }

    fn on_close(&mut self, close: &CloseInfo) -> impl Future<Output = ()> + Send {
        let turn = self.begin();
        self.log().closes.push(Close {
            status: close.status(),
            is_clean: close.is_clean(),
        });
        turn.run(None)
    }
}

fn text(len: usize) -> String {
    "t".repeat(len)
}

fn do_by_client(action: Action, client: &mut Client, log: &Mutex<Log>) {
    let send = |event: Event, sent: Sent| {
        if sent == Sent::Queued {
            enter(log).sent.push(event);
        }
    };
    match action {
        Action::Text(len) | Action::TextLater(len) => {
            let sent = client.send(text(len));
            send(Event::Text(text(len)), sent);
        }
        Action::Flood(count) => {
            for i in 0..count {
                let sent = client.send(vec![i as u8; 1000]);
                send(Event::Binary(vec![i as u8; 1000]), sent);
            }
        }
        Action::Ping(len) => {
            let payload = vec![b'p'; len];
            if client.ping(&payload).is_ok() {
                enter(log).pings.push(payload);
            }
        }
        Action::Close(code) => {
            let code = CloseCode::new(code).unwrap_or(CloseCode::NORMAL);
            client.close(code);
        }
        Action::CloseWithoutStatus => client.close_without_status(),
        Action::Abort => client.abort(),
        Action::Nothing | Action::Yield(_) | Action::Sleep(_) | Action::Never | Action::Refuse => {}
    }
}

/// What somebody else does through the handle, as far as it does not wait.
pub(super) fn do_by_handle(action: Action, shared: &Mutex<Log>) {
    let mut log = enter(shared);
    let Some(handle) = log.handle.clone() else {
        return;
    };
    log.progress += 1;
    log.was_disturbed |= action == Action::Abort;
    let mut sent = Vec::new();
    // Not under the lock: the connection's callbacks take it.
    drop(log);
    match action {
        Action::Text(len) | Action::TextLater(len) => {
            if handle.send(text(len)).is_ok() {
                sent.push(Event::Text(text(len)));
            }
        }
        Action::Flood(count) => {
            for i in 0..count {
                let payload = vec![i as u8; 1000];
                if handle.send(payload.clone()).is_ok() {
                    sent.push(Event::Binary(payload));
                }
            }
        }
        Action::Ping(len) => {
            let payload = vec![b'p'; len];
            if handle.ping(&payload).is_ok() {
                enter(shared).pings.push(payload);
            }
        }
        Action::Close(code) => {
            handle.close(CloseCode::new(code).unwrap_or(CloseCode::NORMAL));
        }
        Action::CloseWithoutStatus => handle.close_without_status(),
        Action::Abort => handle.abort(),
        Action::Nothing | Action::Yield(_) | Action::Sleep(_) | Action::Never | Action::Refuse => {}
    }
    enter(shared).sent.append(&mut sent);
}

impl Log {
    /// The bytes of all messages and pings that were taken for sending.
    pub(super) fn sent_bytes(&self) -> usize {
        let messages = self.sent.iter().map(|event| match event {
            Event::Text(text) => text.len(),
            Event::Binary(bytes) => bytes.len(),
            Event::Ping(_) | Event::Pong(_) | Event::Close(_) => 0,
        });
        messages.chain(self.pings.iter().map(Vec::len)).sum()
    }

    /// What was recorded, when nobody records any more.
    pub(super) fn take(shared: &Mutex<Self>) -> Self {
        mem::take(&mut *enter(shared))
    }
}
