//! `on_upgrade`: what it sees, and what the default answers.

use futures_util::FutureExt;
use ws_handler::{Acceptance, AddrSource, Handler, Peer, Request, Upgrade};
use ws_handshake::Limits;

use crate::{
    desk::Desk,
    recorder::{Recorder, finish},
};

/// Calls `test` with the sample request of RFC 6455 1.2 to this target.
pub(crate) fn with_upgrade<R>(target: &str, test: impl FnOnce(&Upgrade<'_>) -> R) -> R {
    let text = format!(
        "GET {target} HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    let decoded = Request::decode(text.as_bytes(), &Limits::default());
    let (request, _) = decoded.expect("legal").expect("whole");
    let acceptance = Acceptance::for_request(&request).expect("a handshake");
    let peer = Peer::from(std::net::SocketAddr::from(([192, 0, 2, 7], 4711)));
    test(&Upgrade::new(&request, peer, acceptance))
}

#[test]
fn the_request_and_the_peer_are_there_to_decide_by() {
    with_upgrade("/rooms/7?name=Ann", |upgrade| {
        assert_eq!(upgrade.request().path(), "/rooms/7");
        assert_eq!(upgrade.request().query(), Some("name=Ann"));
        assert_eq!(upgrade.request().header("upgrade"), Some("websocket"));
        assert_eq!(upgrade.peer().to_string(), "192.0.2.7:4711");
        let offered: Vec<&str> = upgrade.request().subprotocols().collect();
        assert_eq!(offered, ["chat", "superchat"]);
    });
}

#[test]
fn the_other_end_of_the_transport_is_the_peer_unless_it_is_a_proxy() {
    with_upgrade("/", |upgrade| {
        assert_eq!(upgrade.transport(), upgrade.peer());
        let proxy = Peer::from(std::net::SocketAddr::from(([10, 0, 0, 1], 1)));
        let addr = upgrade.peer().addr().expect("it has one");
        let peer = Peer::new(addr, AddrSource::Forwarded);
        let behind = Upgrade::new(upgrade.request(), peer, upgrade.accept()).with_transport(proxy);
        assert_eq!((behind.peer(), behind.transport()), (peer, proxy));
        assert_eq!(behind.peer().source(), AddrSource::Forwarded);
        assert_ne!(behind.peer(), upgrade.peer(), "how it was learnt counts");
    });
}

#[test]
fn by_default_everybody_is_accepted_without_a_subprotocol() {
    struct Silent;
    impl Handler for Silent {
        async fn on_message(&mut self, _: &mut ws_handler::Client, _: ws_handler::Message<'_>) {}
    }

    let mut answer = Vec::new();
    with_upgrade("/", |upgrade| {
        let decision = Silent.on_upgrade(upgrade).now_or_never().expect("ready");
        decision.expect("accepted").encode(&mut answer);
    });
    let answer = String::from_utf8(answer).expect("text");
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    assert!(!answer.contains("Sec-WebSocket-Protocol"), "{answer}");
}

#[test]
fn a_subprotocol_can_be_selected_and_a_header_added() {
    let mut answer = Vec::new();
    with_upgrade("/", |upgrade| {
        let acceptance = upgrade.accept().select_subprotocol(&["superchat", "chat"]);
        let acceptance = acceptance.header("x-room", "7").expect("a legal header");
        acceptance.encode(&mut answer);
    });
    let answer = String::from_utf8(answer).expect("text");
    assert!(
        answer.contains("\r\nSec-WebSocket-Protocol: superchat\r\n"),
        "{answer}"
    );
    assert!(answer.contains("x-room: 7\r\n"), "{answer}");
}

#[test]
fn on_upgrade_comes_before_on_open() {
    let mut recorder = Recorder::default();
    let log = recorder.log.clone();
    with_upgrade("/first", |upgrade| {
        finish(recorder.on_upgrade(upgrade)).expect("accepted");
    });
    let mut session = ws_handler::Session::new(recorder, Desk::new().client());
    finish(session.open()).expect("no panic");
    assert_eq!(
        log.take(),
        [
            "on_upgrade /first",
            "on_upgrade returns",
            "on_open",
            "on_open returns"
        ]
    );
}
