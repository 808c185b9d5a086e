use std::{sync::Arc, time::Instant};

use http::StatusCode;
use ws_server::{
    Acceptance, Client, CloseCode, CloseFrame, CloseInfo, Handle, Handler, Message, Rejection,
    Upgrade,
};

use crate::{
    pace::Pace,
    protocol::{FromPage, ToPage},
    room::Room,
};

/// One connection: each has a value of its own, cloned from the one that is given to the server.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    room: Arc<Room>,
    pace: Pace,
    /// How the room knows this visitor, after the hello.
    handle: Option<Handle>,
}

impl Visitor {
    pub(crate) fn new(room: Arc<Room>) -> Self {
        Self {
            room,
            pace: Pace::new(Instant::now()),
            handle: None,
        }
    }

    fn obey(&mut self, client: &mut Client, request: FromPage) {
        match (request, &self.handle) {
            (FromPage::Hello { name }, None) => {
                let handle = client.handle();
                self.room.enter(&handle, &name);
                self.handle = Some(handle);
            }
            (FromPage::Say { text }, Some(handle)) => self.room.say(handle, &text),
            (FromPage::Hello { .. }, Some(_)) => complain(client, "you said hello before"),
            (FromPage::Say { .. }, None) => complain(client, "say hello first"),
        }
    }
}

impl Handler for Visitor {
    async fn on_upgrade(&mut self, upgrade: &Upgrade<'_>) -> Result<Acceptance, Rejection> {
        match upgrade.request().path() {
            "/ws" => Ok(upgrade.accept()),
            _ => Err(Rejection::new(StatusCode::NOT_FOUND).text("the WebSocket is at /ws")),
        }
    }

    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        // What was under way when we closed still arrives.
        if !client.is_open() {
            return;
        }
        if !self.pace.allows(Instant::now()) {
            let reason = "you send too many messages";
            return client.close(CloseFrame::new(CloseCode::POLICY_VIOLATION, reason));
        }
        let Some(json) = message.as_text() else {
            let reason = "only text messages, please";
            return client.close(CloseFrame::new(CloseCode::UNSUPPORTED_DATA, reason));
        };
        match FromPage::parse(json) {
            Ok(request) => self.obey(client, request),
            Err(error) => complain(client, &error.to_string()),
        }
    }

    async fn on_close(&mut self, _close: &CloseInfo) {
        if let Some(handle) = &self.handle {
            self.room.leave(handle);
        }
    }
}

fn complain(client: &mut Client, text: &str) {
    client.send(ToPage::Error { text });
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use ws_connection::Event;
    use ws_handler::{Cause, ClosingHandshake, Session};

    use super::*;
    use crate::listener::{Heard, Listener};

    struct Page {
        session: Session<Visitor>,
        listener: Listener,
    }

    impl Page {
        async fn open(room: &Arc<Room>) -> Self {
            let listener = Listener::new();
            let visitor = Visitor::new(room.clone());
            let mut session = Session::new(visitor, listener.client());
            session.open().await.expect("no panic");
            Self { session, listener }
        }

        async fn send(&mut self, message: impl Into<Message<'_>>) -> Vec<Heard> {
            let event = Event::Message(message.into());
            self.session.event(event).await.expect("no panic");
            self.listener.hear()
        }

        async fn close(mut self) {
            let info = CloseInfo::new(ClosingHandshake::default(), Cause::Peer);
            self.session.close(&info).await.expect("no panic");
        }
    }

    const HELLO: &str = r#"{"type":"hello","name":"Ann"}"#;
    const SAY: &str = r#"{"type":"say","text":"hi"}"#;

    fn error(text: &str) -> [Heard; 1] {
        [Heard::Json(json!({"type": "error", "text": text}))]
    }

    #[tokio::test]
    async fn a_visitor_says_hello_once_and_first() {
        let mut page = Page::open(&Arc::default()).await;
        assert_eq!(page.send(SAY).await, error("say hello first"));
        let welcome = json!({"type": "welcome", "name": "Ann", "people": ["Ann"]});
        assert_eq!(page.send(HELLO).await, [Heard::Json(welcome)]);
        assert_eq!(page.send(HELLO).await, error("you said hello before"));
        let said = json!({"type": "said", "name": "Ann", "text": "hi"});
        assert_eq!(page.send(SAY).await, [Heard::Json(said)]);
    }

    #[tokio::test]
    async fn who_goes_is_gone_whether_it_said_hello_or_not() {
        let room = Arc::default();
        let mut ann = Page::open(&room).await;
        ann.send(HELLO).await;
        let mut other = Page::open(&room).await;
        other.send(HELLO).await;
        other.close().await;
        Page::open(&room).await.close().await;

        let events = [("joined", "Ann 2"), ("left", "Ann 2")];
        let events = events.map(|(kind, name)| Heard::Json(json!({"type": kind, "name": name})));
        assert_eq!(ann.listener.hear(), events);
    }

    #[tokio::test]
    async fn binary_messages_end_with_1003() {
        let mut page = Page::open(&Arc::default()).await;
        let closed = [Heard::Closed(CloseCode::UNSUPPORTED_DATA)];
        assert_eq!(page.send(b"\x00\x01").await, closed);
    }

    #[tokio::test]
    async fn a_flood_ends_with_1008_and_what_still_comes_is_ignored() {
        let mut page = Page::open(&Arc::default()).await;
        page.send(HELLO).await;
        let mut heard = Vec::new();
        for _ in 0..100 {
            heard.extend(page.send(SAY).await);
        }
        let closed = Heard::Closed(CloseCode::POLICY_VIOLATION);
        let at = heard.iter().position(|heard| *heard == closed);
        assert_eq!(at, Some(heard.len() - 1));
        assert!(heard.len() < 30, "{}", heard.len());
    }
}
