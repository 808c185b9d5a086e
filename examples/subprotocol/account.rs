//! One connection.

use http::StatusCode;
use ws_server::{Acceptance, Client, CloseCode, CloseFrame, Handler, Message, Rejection, Upgrade};

use crate::dialect::{Dialect, Reply, Request};

/// The sum of a connection, and the dialect that it speaks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    /// Chosen by `on_upgrade`, which runs before all else.
    dialect: Dialect,
    sum: i64,
}

impl Account {
    fn obey(&mut self, request: &Request) -> Reply<'static> {
        let sum = match request {
            Request::Add(number) => self.sum.checked_add(*number),
            Request::Reset {} => Some(0),
        };
        match sum {
            Some(sum) => {
                self.sum = sum;
                Reply::Sum(sum)
            }
            None => Reply::Error("the sum would need more than 64 bits"),
        }
    }
}

impl Handler for Account {
    async fn on_upgrade(&mut self, upgrade: &Upgrade<'_>) -> Result<Acceptance, Rejection> {
        let acceptance = upgrade.accept().select_subprotocol(&Dialect::NAMES);
        let selected = acceptance.selected_subprotocol();
        let Some(dialect) = selected.and_then(Dialect::named) else {
            // Without a subprotocol the connection would open all the same, and the client had to
            // guess what is spoken here.
            let names = Dialect::NAMES.join(" or ");
            let text = format!("Sec-WebSocket-Protocol must offer {names}");
            return Err(Rejection::new(StatusCode::BAD_REQUEST).text(&text));
        };
        self.dialect = dialect;
        Ok(acceptance)
    }

    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        let Some(text) = message.as_text() else {
            let reason = "both subprotocols are text";
            return client.close(CloseFrame::new(CloseCode::UNSUPPORTED_DATA, reason));
        };
        let reply = match self.dialect.parse(text) {
            Ok(request) => self.dialect.write(&self.obey(&request)),
            Err(error) => self.dialect.write(&Reply::Error(&error)),
        };
        client.send(reply);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use bytes::Buf;
    use ws_connection::{Batch, Config, Event, Sender};
    use ws_handler::{Outlet, Session};
    use ws_server::{Limits, Peer};

    use super::*;

    /// The answer to a request that offers these.
    async fn ask(offered: &str) -> Result<(Account, Acceptance), Rejection> {
        let head = format!(
            "GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
             {offered}\r\n"
        );
        let request = ws_server::Request::decode(head.as_bytes(), &Limits::default());
        let (request, _) = request.expect("legal").expect("whole");
        let acceptance = Acceptance::for_request(&request).expect("a handshake");
        let mut account = Account::default();
        let upgrade = Upgrade::new(&request, Peer::UNKNOWN, acceptance);
        let acceptance = account.on_upgrade(&upgrade).await?;
        Ok((account, acceptance))
    }

    async fn selected(offered: &str) -> Option<String> {
        let (_, acceptance) = ask(offered).await.ok()?;
        acceptance.selected_subprotocol().map(str::to_owned)
    }

    #[tokio::test]
    async fn the_newest_that_is_offered_is_selected_whatever_the_order() {
        let both = "Sec-WebSocket-Protocol: other, v1.sum.example.com, v2.sum.example.com\r\n";
        assert_eq!(selected(both).await.as_deref(), Some("v2.sum.example.com"));
        let old = "Sec-WebSocket-Protocol: v1.sum.example.com\r\n";
        assert_eq!(selected(old).await.as_deref(), Some("v1.sum.example.com"));
    }

    #[tokio::test]
    async fn who_offers_nothing_that_fits_is_refused_and_told_what_would() {
        for offered in ["", "Sec-WebSocket-Protocol: v3.sum.example.com\r\n"] {
            let rejection = ask(offered).await.expect_err("nothing fits");
            assert_eq!(rejection.status(), StatusCode::BAD_REQUEST);
            let body = String::from_utf8_lossy(rejection.response().body()).into_owned();
            assert!(
                body.contains("v2.sum.example.com or v1.sum.example.com"),
                "{body}"
            );
        }
    }

    /// What is sent in answer to these.
    async fn talk(offered: &str, messages: &[&str]) -> Vec<u8> {
        let (account, _) = ask(offered).await.expect("it is accepted");
        let outlet = Outlet::new(Sender::server(Config::default()));
        let mut session = Session::new(account, outlet.client(Peer::UNKNOWN));
        session.open().await.expect("no panic");
        for message in messages {
            let event = Event::Message(Message::from(*message));
            session.event(event).await.expect("no panic");
        }
        let mut batch = Batch::default();
        outlet.lock().transmit(Instant::now(), &mut batch);
        batch.copy_to_bytes(batch.remaining()).to_vec()
    }

    #[tokio::test]
    async fn a_session_speaks_the_dialect_that_was_agreed_on() {
        let offered = "Sec-WebSocket-Protocol: v1.sum.example.com\r\n";
        let sent = talk(offered, &["add 5", "add 37", "reset"]).await;
        assert_eq!(sent, b"\x81\x015\x81\x0242\x81\x010");
        let offered = "Sec-WebSocket-Protocol: v2.sum.example.com\r\n";
        let sent = talk(offered, &[r#"{"add":5}"#]).await;
        assert_eq!(sent, b"\x81\x09{\"sum\":5}");
    }

    #[tokio::test]
    async fn a_sum_that_does_not_fit_is_an_error_and_changes_nothing() {
        let offered = "Sec-WebSocket-Protocol: v1.sum.example.com\r\n";
        let messages = [
            "add 9223372036854775807",
            "add 1",
            "add -9223372036854775807",
        ];
        let sent = String::from_utf8_lossy(&talk(offered, &messages).await).into_owned();
        assert!(
            sent.contains("error: the sum would need more than 64 bits"),
            "{sent}"
        );
        assert!(sent.ends_with("\u{1}0"), "{sent}");
    }
}
