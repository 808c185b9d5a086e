//! A handler that notes its callbacks and does what it is told: by the test for each callback, and by its peer in text
//! messages that begin with `do`.

use std::{
    collections::HashMap,
    future::{Future, pending},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use tokio::{task::yield_now, time::sleep};
use ws_server::{
    Acceptance, Client, CloseCode, CloseFrame, CloseInfo, Handler, Message, ProtocolError,
    Rejection, Upgrade, http::StatusCode,
};
use ws_testing::naive::Event;

use crate::log::Log;

/// Echoes what is no command. A script is a list of commands with `;` between:
///
/// | command | what happens |
/// |---|---|
/// | `send TEXT` | sends it |
/// | `flood COUNT BYTES` | sends so many binary messages of so many bytes |
/// | `ping TEXT` | sends a ping |
/// | `close CODE REASON`, `close` | closes with and without a status code |
/// | `abort` | aborts |
/// | `wait SECONDS`, `never` | is pending so long, or for ever |
/// | `yield` | is pending once |
/// | `panic`, `panic later` | panics, before the call returns when it is the first command; or after an await |
/// | `refuse STATUS` | refuses, in `on_upgrade` |
#[derive(Debug)]
pub(crate) struct Puppet {
    log: Log,
    scripts: HashMap<&'static str, String>,
    running: Arc<AtomicBool>,
    opened: bool,
}

impl Puppet {
    pub(crate) fn new(log: &Log) -> Self {
        Self {
            log: log.clone(),
            scripts: HashMap::new(),
            running: Arc::default(),
            opened: false,
        }
    }

    /// Runs a script in a callback: `open`, `message`, `ping`, `pong`, `drain`, `error`, `close`, `upgrade`.
    pub(crate) fn on(mut self, callback: &'static str, script: &str) -> Self {
        self.scripts.insert(callback, script.to_owned());
        self
    }

    fn script(&self, callback: &str) -> String {
        self.scripts.get(callback).cloned().unwrap_or_default()
    }

    /// Notes the beginning of a callback, and panics when that is the first command.
    fn begin(&self, callback: &str, note: String) -> Turn {
        self.log.note(note);
        let script = self.script(callback);
        assert_ne!(first_command(&script), "panic", "on_{callback} panics");
        Turn::new(&self.running, script)
    }
}

impl Handler for Puppet {
    fn on_upgrade(
        &mut self,
        upgrade: &Upgrade<'_>,
    ) -> impl Future<Output = Result<Acceptance, Rejection>> + Send {
        let request = upgrade.request();
        let turn = self.begin("upgrade", format!("upgrade {}", request.uri()));
        let acceptance = upgrade.accept().select_subprotocol(&["superchat", "chat"]);
        async move {
            let refused = turn.script.strip_prefix("refuse ").map(str::to_owned);
            turn.run(None).await;
            match refused {
                Some(status) => Err(StatusCode::from_bytes(status.as_bytes())
                    .expect("a status")
                    .into()),
                None => Ok(acceptance),
            }
        }
    }

    fn on_open(&mut self, client: &mut Client) -> impl Future<Output = ()> + Send {
        self.opened = true;
        self.log.note_handle(client.handle());
        let turn = self.begin("open", "open".to_owned());
        turn.run(Some(client))
    }

    fn on_message(
        &mut self,
        client: &mut Client,
        message: Message<'_>,
    ) -> impl Future<Output = ()> + Send {
        let told = message.as_text().and_then(|text| text.strip_prefix("do "));
        let script = told.map_or_else(|| self.script("message"), str::to_owned);
        let is_command = !script.is_empty();
        let event = ws_connection::Event::Message(message.clone());
        self.log.note(Event::from(&event).to_string());
        assert_ne!(first_command(&script), "panic", "on_message panics");
        let turn = Turn::new(&self.running, script);
        async move {
            if !is_command {
                client.send(message);
            }
            turn.run(Some(client)).await;
        }
    }

    fn on_ping(&mut self, client: &mut Client, payload: &[u8]) -> impl Future<Output = ()> + Send {
        let turn = self.begin("ping", Event::Ping(payload.to_vec()).to_string());
        turn.run(Some(client))
    }

    fn on_pong(&mut self, client: &mut Client, payload: &[u8]) -> impl Future<Output = ()> + Send {
        let turn = self.begin("pong", Event::Pong(payload.to_vec()).to_string());
        turn.run(Some(client))
    }

    fn on_drain(&mut self, client: &mut Client) -> impl Future<Output = ()> + Send {
        let turn = self.begin("drain", "drain".to_owned());
        turn.run(Some(client))
    }

    fn on_error(
        &mut self,
        client: &mut Client,
        error: &ProtocolError,
    ) -> impl Future<Output = ()> + Send {
        let turn = self.begin("error", format!("error {}", error.close_code()));
        turn.run(Some(client))
    }

    fn on_close(&mut self, close: &CloseInfo) -> impl Future<Output = ()> + Send {
        let clean = if close.is_clean() { ", clean" } else { "" };
        let turn = self.begin(
            "close",
            format!("close {} ({}){clean}", close.status(), close.cause()),
        );
        turn.run(None)
    }
}

/// A value for another connection.
impl Clone for Puppet {
    fn clone(&self) -> Self {
        let mut other = Self::new(&self.log);
        other.scripts.clone_from(&self.scripts);
        other
    }
}

impl Drop for Puppet {
    fn drop(&mut self) {
        if self.opened {
            self.log.note("dropped");
        }
    }
}

/// One run of a callback: two at a time would be seen.
struct Turn {
    running: Arc<AtomicBool>,
    script: String,
}

impl Turn {
    fn new(running: &Arc<AtomicBool>, script: String) -> Self {
        let running = running.clone();
        assert!(!running.swap(true, SeqCst), "two callbacks at a time");
        Self { running, script }
    }

    async fn run(self, mut client: Option<&mut Client>) {
        for command in self.script.split(';').map(str::trim) {
            obey(command, client.as_deref_mut()).await;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.running.store(false, SeqCst);
    }
}

fn first_command(script: &str) -> &str {
    script.split(';').next().unwrap_or_default().trim()
}

async fn obey(command: &str, client: Option<&mut Client>) {
    let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
    match (verb, client) {
        ("", _) | ("refuse", _) => {}
        ("wait", _) => sleep(Duration::from_secs_f64(rest.parse().expect("seconds"))).await,
        ("never", _) => pending().await,
        ("yield", _) => yield_now().await,
        ("panic", _) => {
            if rest == "later" {
                yield_now().await;
            }
            panic!("panics as told");
        }
        ("send", Some(client)) => drop(client.send(rest)),
        ("flood", Some(client)) => flood(client, rest),
        ("ping", Some(client)) => drop(client.ping(rest.as_bytes())),
        ("close", Some(client)) if rest.is_empty() => client.close_without_status(),
        ("close", Some(client)) => client.close(close_frame(rest)),
        ("abort", Some(client)) => client.abort(),
        _ => unreachable!("no such command here: {command}"),
    }
}

fn flood(client: &mut Client, numbers: &str) {
    let (count, bytes) = numbers.split_once(' ').expect("COUNT BYTES");
    let payload = vec![7; bytes.parse().expect("a number")];
    for _ in 0..count.parse().expect("a number") {
        client.send(&payload[..]);
    }
}

fn close_frame(text: &str) -> CloseFrame {
    let (code, reason) = text.split_once(' ').unwrap_or((text, ""));
    let code = code.parse().ok().and_then(CloseCode::new);
    CloseFrame::new(code.expect("a code that may travel"), reason.to_owned())
}
