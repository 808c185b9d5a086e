//! `on_upgrade` over the wire: what it sees, what it may answer, and what happens when it panics.

use bytes::Bytes;
use ws_server::{
    Acceptance, Client, Config, Handler, Message, Rejection, Upgrade,
    http::{HeaderValue, StatusCode, header},
};
use ws_testing::peer::REQUEST;

use super::request::with;
use crate::{log::Log, response::Response, served::Served};

/// The response to the sample request of a handler that refuses.
async fn refusal(mut served: Served) -> (Response, Log) {
    served.peer.write(REQUEST).await;
    let bytes = served.peer.read_bytes().await.expect("the server ends");
    served.peer.finish().await;
    served.ended().await;
    (Response::only(bytes), served.log)
}

#[tokio::test(start_paused = true)]
async fn a_status_is_enough_to_refuse_with_and_no_other_callback_runs() {
    let served = Served::with(
        |puppet| puppet.on("upgrade", "refuse 401"),
        Config::default(),
    );
    let (response, log) = refusal(served).await;
    assert_eq!(response.status, 401);
    assert_eq!(response.body, "401 Unauthorized\n");
    assert_eq!(log.lines(), ["upgrade /chat"]);
}

/// Refuses with all that a response has.
struct Elsewhere;

impl Handler for Elsewhere {
    async fn on_upgrade(&mut self, _: &Upgrade<'_>) -> Result<Acceptance, Rejection> {
        Err(Rejection::new(StatusCode::TEMPORARY_REDIRECT)
            .header(
                header::LOCATION,
                HeaderValue::from_static("wss://other.example/"),
            )
            .header(header::SET_COOKIE, HeaderValue::from_static("a=1"))
            .body(Bytes::from_static(b"<p>elsewhere</p>"))
            .header(header::CONTENT_TYPE, HeaderValue::from_static("text/html")))
    }

    async fn on_message(&mut self, _: &mut Client, _: Message<'_>) {
        unreachable!("it is refused");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_may_have_headers_and_a_body_of_its_own() {
    let served = Served::of(Elsewhere, Log::new(), Config::default());
    let (response, _) = refusal(served).await;
    assert_eq!(response.status, 307);
    assert_eq!(response.header("location"), Some("wss://other.example/"));
    assert_eq!(response.header("set-cookie"), Some("a=1"));
    assert_eq!(response.header("content-type"), Some("text/html"));
    assert_eq!(response.header("connection"), Some("close"));
    assert_eq!(response.body, "<p>elsewhere</p>");
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_500_that_does_not_tell_and_no_other_callback_runs() {
    for script in ["panic", "panic later", "wait 1; panic"] {
        let served = Served::with(|puppet| puppet.on("upgrade", script), Config::default());
        let (response, log) = refusal(served).await;
        assert_eq!(response.status, 500, "{script}");
        assert_eq!(response.body, "500 Internal Server Error\n");
        assert_eq!(log.lines(), ["upgrade /chat"]);
    }
}

/// Sends what it knows from the handshake.
#[derive(Default)]
struct Tell(String);

impl Handler for Tell {
    async fn on_upgrade(&mut self, upgrade: &Upgrade<'_>) -> Result<Acceptance, Rejection> {
        let request = upgrade.request();
        let cookie = request.header("cookie").unwrap_or("none");
        let (path, query) = (request.path(), request.query().unwrap_or("none"));
        self.0 = format!("{} {path} {query} {cookie}", upgrade.peer());
        Ok(upgrade.accept().header("x-server", "tells")?)
    }

    async fn on_open(&mut self, client: &mut Client) {
        client.send(&self.0);
        client.send(client.peer().to_string());
    }

    async fn on_message(&mut self, _: &mut Client, _: Message<'_>) {}
}

#[tokio::test(start_paused = true)]
async fn the_session_knows_the_peer_the_path_the_query_and_the_headers() {
    let mut served = Served::of(Tell::default(), Log::new(), Config::default());
    let request = with(&["Cookie: id=42"]).replace("/chat", "/rooms/7?name=Ann");
    served.peer.write(request).await;
    let head = served.peer.read_head().await;
    assert!(head.contains("x-server: tells\r\n"), "{head}");
    let told = "text '192.0.2.7:4711 /rooms/7 name=Ann id=42'";
    let frame = served
        .peer
        .read_frame()
        .await
        .expect("open")
        .expect("a frame");
    assert_eq!(
        format!("text '{}'", String::from_utf8_lossy(&frame.payload)),
        told
    );
    assert_eq!(served.peer.read_line().await, "text '192.0.2.7:4711'");
}

/// The puppet speaks `superchat` and `chat`, in this order.
#[tokio::test(start_paused = true)]
async fn the_subprotocol_is_the_one_that_the_handler_selects() {
    for (offer, selected) in [
        ("chat, superchat", Some("superchat")),
        ("chat", Some("chat")),
        ("other, chat", Some("chat")),
        ("other", None),
        ("Chat", None),
    ] {
        let mut served = Served::new();
        let offer = format!("Sec-WebSocket-Protocol: {offer}");
        served.peer.write(with(&[&offer])).await;
        let head = served.peer.read_head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        let lines = head.lines();
        let mut answers = lines.filter_map(|l| l.strip_prefix("Sec-WebSocket-Protocol: "));
        assert_eq!(
            (answers.next(), answers.next()),
            (selected, None),
            "{offer}"
        );
    }
    let mut served = Served::new();
    served.peer.write(REQUEST).await;
    let head = served.peer.read_head().await;
    assert!(!head.contains("Protocol:"), "{head}");
}
