//! One connection.

use std::sync::Arc;

use http::{
    HeaderValue, StatusCode,
    header::{RETRY_AFTER, WWW_AUTHENTICATE},
};
use ws_server::{Acceptance, Client, Handler, Message, Rejection, Upgrade};

use crate::{
    token::Token,
    users::{Unavailable, User, Users},
};

/// A connection, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    users: Arc<Users>,
    /// Set by `on_upgrade`; nothing else runs before.
    user: Option<User>,
}

impl Member {
    pub(crate) fn new(users: Arc<Users>) -> Self {
        Self { users, user: None }
    }

    fn user(&self) -> &User {
        let user = self.user.as_ref();
        user.expect("on_upgrade has refused whoever is nobody")
    }
}

impl Handler for Member {
    async fn on_upgrade(&mut self, upgrade: &Upgrade<'_>) -> Result<Acceptance, Rejection> {
        let Some(token) = Token::of(upgrade.request().headers()) else {
            return Err(unauthorized("Bearer realm=\"auth\""));
        };
        // It may take as long as the handshake: then the server answers 408 by itself.
        match self.users.find(&token).await {
            Ok(Some(user)) => {
                self.user = Some(user);
                Ok(upgrade.accept())
            }
            Ok(None) => {
                let challenge = "Bearer realm=\"auth\", error=\"invalid_token\"";
                Err(unauthorized(challenge))
            }
            // Not 401: the token may be good, and a client must not throw it away.
            Err(error) => Err(unavailable(&error)),
        }
    }

    async fn on_open(&mut self, client: &mut Client) {
        client.send(format!("hello, {}", self.user().name));
    }

    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        let user = self.user();
        client.send(match message.as_text() {
            Some("whoami") => format!("you are {}, {}", user.name, user.role),
            Some(_) | None => "ask `whoami`".to_owned(),
        });
    }
}

/// A 401 "MUST" tell how to do better (RFC 9110 11.6.1), in the words of RFC 6750 3. It does not
/// tell what was wrong with a token.
fn unauthorized(challenge: &'static str) -> Rejection {
    Rejection::new(StatusCode::UNAUTHORIZED)
        .text("say who you are: `Authorization: Bearer TOKEN`, or the cookie `session=TOKEN`")
        .header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

fn unavailable(error: &Unavailable) -> Rejection {
    Rejection::new(StatusCode::SERVICE_UNAVAILABLE)
        .text(&error.to_string())
        .header(RETRY_AFTER, HeaderValue::from_static("5"))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use bytes::Buf;
    use ws_connection::{Batch, Config, Event, Sender};
    use ws_handler::{Outlet, Session};
    use ws_server::{Limits, Peer, Request};

    use super::*;

    /// The answer to a request with this header.
    async fn ask(users: Users, header: &str) -> Result<Member, Rejection> {
        let head = format!(
            "GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
             {header}\r\n"
        );
        let request = Request::decode(head.as_bytes(), &Limits::default());
        let (request, _) = request.expect("legal").expect("whole");
        let acceptance = Acceptance::for_request(&request).expect("a handshake");
        let mut member = Member::new(Arc::new(users));
        let upgrade = Upgrade::new(&request, Peer::UNKNOWN, acceptance);
        member.on_upgrade(&upgrade).await?;
        Ok(member)
    }

    #[tokio::test]
    async fn a_good_token_makes_a_session_of_its_user() {
        for (header, name) in [
            ("Authorization: Bearer ann-token\r\n", "Ann"),
            ("Cookie: session=bob-token\r\n", "Bob"),
            ("Cookie: town=Zürich; session=bob-token\r\n", "Bob"),
        ] {
            let member = ask(Users::sample(), header).await.expect("it is known");
            assert_eq!(member.user().name, name);
        }
    }

    #[tokio::test]
    async fn nobody_gets_401_and_is_told_how_to_do_better() {
        for (header, challenge) in [
            ("", "Bearer realm=\"auth\""),
            ("Authorization: Basic YW5uOnB3\r\n", "Bearer realm=\"auth\""),
            (
                "Authorization: Bearer eve-token\r\n",
                "Bearer realm=\"auth\", error=\"invalid_token\"",
            ),
            (
                "Authorization: Bearer ann-token\r\nAuthorization: Bearer ann-token\r\n",
                "Bearer realm=\"auth\"",
            ),
            (
                "Cookie: session=ann-token; session=bob-token\r\n",
                "Bearer realm=\"auth\"",
            ),
            (
                "Cookie: session=ann-token\r\nCookie: session=ann-token\r\n",
                "Bearer realm=\"auth\"",
            ),
        ] {
            let rejection = ask(Users::sample(), header).await.expect_err("nobody");
            assert_eq!(rejection.status(), StatusCode::UNAUTHORIZED);
            let headers = rejection.response().headers();
            assert_eq!(headers[WWW_AUTHENTICATE], challenge);
        }
    }

    #[tokio::test]
    async fn users_that_cannot_be_asked_are_503() {
        let header = "Authorization: Bearer ann-token\r\n";
        let rejection = ask(Users::out_of_order(), header).await;
        let rejection = rejection.expect_err("nobody knows");
        assert_eq!(rejection.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(rejection.response().headers().contains_key(RETRY_AFTER));
    }

    #[tokio::test]
    async fn a_session_knows_its_user() {
        let header = "Authorization: Bearer ann-token\r\n";
        let member = ask(Users::sample(), header).await.expect("it is known");
        let outlet = Outlet::new(Sender::server(Config::default()));
        let mut session = Session::new(member, outlet.client(Peer::UNKNOWN));
        session.open().await.expect("no panic");
        let event = Event::Message(Message::from("whoami"));
        session.event(event).await.expect("no panic");
        let mut batch = Batch::default();
        outlet.lock().transmit(Instant::now(), &mut batch);
        let sent = batch.copy_to_bytes(batch.remaining());
        assert_eq!(
            &sent[..],
            b"\x81\x0ahello, Ann\x81\x15you are Ann, an admin"
        );
    }
}
