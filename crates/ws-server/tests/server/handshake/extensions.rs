//! Extensions are for the server to accept: an application cannot promise what nobody does.

use ws_server::{Acceptance, Client, Config, Handler, Message, Rejection, Upgrade};

use super::request::with;
use crate::{log::Log, response::Response, served::Served};

/// Accepts whatever was offered first.
struct Promiser;

impl Handler for Promiser {
    async fn on_upgrade(&mut self, upgrade: &Upgrade<'_>) -> Result<Acceptance, Rejection> {
        let mut offers = upgrade.request().extensions().expect("a legal offer");
        Ok(upgrade.accept().extension(offers.remove(0))?)
    }

    async fn on_message(&mut self, _: &mut Client, _: Message<'_>) {
        unreachable!("it never opens");
    }
}

/// The frames behind such a 101 would fail the connection.
#[tokio::test(start_paused = true)]
async fn an_on_upgrade_that_accepts_an_extension_is_a_500_that_does_not_tell() {
    let mut served = Served::of(Promiser, Log::new(), Config::default());
    let request = with(&["Sec-WebSocket-Extensions: permessage-deflate"]);
    served.peer.write(request).await;
    let head = served.peer.read_head().await;
    assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
    let body = served.peer.read_bytes().await.expect("the server ends");
    let response = Response::only([head.into_bytes(), body].concat());
    assert_eq!(response.body, "500 Internal Server Error\n");
    assert_eq!(response.header("sec-websocket-extensions"), None);
}

/// What nobody accepted is ignored.
#[tokio::test(start_paused = true)]
async fn an_offer_that_the_application_leaves_alone_is_not_answered() {
    let mut served = Served::new();
    let request = with(&["Sec-WebSocket-Extensions: permessage-deflate"]);
    served.peer.write(request).await;
    let head = served.peer.read_head().await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(!head.contains("Extensions"), "{head}");
}
