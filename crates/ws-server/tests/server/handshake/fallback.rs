//! Requests that ask for no WebSocket get a page.

use bytes::Bytes;
use ws_server::{
    Config,
    http::{Response as Page, header::CONTENT_TYPE},
};
use ws_testing::peer::REQUEST;

use super::request::{ask, exchange};
use crate::response::Response;

const GET: &str = "GET /index.html?a=b HTTP/1.1\r\nHost: localhost\r\n\r\n";
const HEAD: &str = "HEAD /index.html HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Tells the method, the path and the query.
fn with_page() -> Config {
    Config::default().with_fallback(|request| {
        let text = format!("{} {}", request.method(), request.uri());
        Page::builder()
            .header(CONTENT_TYPE, "text/html")
            .body(text.into())
            .expect("legal")
    })
}

#[tokio::test(start_paused = true)]
async fn by_default_it_is_a_426_that_says_what_is_spoken() {
    let response = ask(Config::default(), GET).await;
    assert_eq!(response.status, 426);
    assert_eq!(response.header("upgrade"), Some("websocket"));
    assert_eq!(response.header("sec-websocket-version"), Some("13"));
    assert!(response.body.contains("WebSocket"), "{}", response.body);
}

#[tokio::test(start_paused = true)]
async fn a_page_of_the_application_is_sent_and_the_connection_ends() {
    let (bytes, log) = exchange(with_page(), GET).await;
    let response = Response::only(bytes);
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("text/html"));
    assert_eq!(response.header("connection"), Some("close"));
    assert_eq!(response.body, "GET /index.html?a=b");
    assert_eq!(log.lines(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn any_method_gets_to_the_page() {
    let post = "POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na=b";
    assert_eq!(ask(with_page(), post).await.body, "POST /form");
}

#[tokio::test(start_paused = true)]
async fn a_head_request_gets_the_length_of_the_page_and_no_body() {
    let (bytes, _) = exchange(with_page(), HEAD).await;
    let response = Response::head_only(bytes);
    let length = "HEAD /index.html".len().to_string();
    assert_eq!(response.header("content-length"), Some(length.as_str()));
}

#[tokio::test(start_paused = true)]
async fn a_request_behind_the_page_is_never_looked_at() {
    let response = ask(with_page(), format!("{GET}{GET}{REQUEST}")).await;
    assert_eq!(response.body, "GET /index.html?a=b");
}

#[tokio::test(start_paused = true)]
async fn a_handshake_and_a_bad_handshake_do_not_get_to_the_page() {
    let bad = super::request::without(&["Upgrade"]);
    assert_eq!(ask(with_page(), bad).await.status, 400);
    let mut served = crate::served::Served::with(|puppet| puppet, with_page());
    served.peer.write(REQUEST).await;
    assert!(served.peer.read_head().await.starts_with("HTTP/1.1 101 "));
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_host_does_not_get_to_the_page() {
    let response = ask(with_page(), "GET / HTTP/1.1\r\n\r\n").await;
    assert_eq!(response.status, 400);
}

/// The panic is nobody's business but the log's.
#[tokio::test(start_paused = true)]
async fn a_page_that_panics_is_a_500() {
    let config = Config::default().with_fallback(|_| panic!("secret"));
    let response = ask(config, GET).await;
    assert_eq!(response.status, 500);
    assert_eq!(response.body, "500 Internal Server Error\n");
}

/// A 101 would hand the connection over to nobody.
#[tokio::test(start_paused = true)]
async fn a_page_cannot_switch_protocols() {
    let config = Config::default().with_fallback(|_| {
        let page = Page::builder().status(101).header("upgrade", "websocket");
        page.body(Bytes::new()).expect("legal")
    });
    assert_eq!(ask(config, GET).await.status, 500);
}

/// RFC 9110 6.6.1: an origin server with a clock sends a Date; one of the application's own stays.
#[tokio::test(start_paused = true)]
async fn a_page_has_a_date() {
    let date = ask(with_page(), GET).await;
    let date = date.header("date").expect("a date").to_owned();
    assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");

    let config = Config::default().with_fallback(|_| {
        let page = Page::builder().header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        page.body(Bytes::new()).expect("legal")
    });
    let date = ask(config, GET).await;
    assert_eq!(date.header("date"), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
}

#[tokio::test(start_paused = true)]
async fn a_page_larger_than_the_transport_holds_is_sent_whole() {
    let page = Bytes::from(vec![b'x'; 3 << 20]);
    let body = page.clone();
    let config = Config::default().with_fallback(move |_| Page::new(body.clone()));
    let response = ask(config, GET).await;
    assert!(response.body.as_bytes() == page);
}
