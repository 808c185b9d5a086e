//! Opening handshakes, by what was answered.

use std::collections::BTreeMap;

use ws_server::{Config, Metrics, bytes::Bytes, http::Response};
use ws_testing::peer::REQUEST;

use crate::served::{Served, pass, settle};

fn config() -> Config {
    Config::default().with_fallback(|request| {
        let status = if request.path() == "/health" {
            204
        } else {
            404
        };
        let response = Response::builder().status(status).body(Bytes::new());
        response.expect("a legal status")
    })
}

/// One handshake with this request.
async fn ask(metrics: &Metrics, config: &Config, script: &str, request: &str) {
    let before = metrics.snapshot();
    assert_eq!(before.connections, Default::default());
    let mut served = Served::with(|puppet| puppet.on("upgrade", script), config.clone());
    settle().await;
    assert_eq!(metrics.snapshot().connections.handshake, 1);
    let _ = served.peer.try_write(request).await;
    settle().await;
    if request.is_empty() {
        pass(10.0).await;
    }
    served.peer.finish().await;
    served.ended().await;
    // Of connections without a server nobody has accepted one.
    assert_eq!(metrics.snapshot().accepted, 0);
}

#[tokio::test(start_paused = true)]
async fn handshakes_are_counted_by_the_status_that_was_answered() {
    let config = config();
    let metrics = config.metrics().clone();
    let plain = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    let version = REQUEST.replace("Version: 13", "Version: 8");
    let long = format!("GET / HTTP/1.1\r\nHost: {}\r\n", "a".repeat(20_000));
    let foreign = REQUEST.replacen("\r\n", "\r\nOrigin: https://elsewhere.example\r\n", 1);
    for (script, request) in [
        ("", REQUEST),
        ("", REQUEST),
        ("", "\x16\x03\x01"),
        ("refuse 401", REQUEST),
        ("refuse 503", REQUEST),
        ("panic", REQUEST),
        ("", &foreign),
        ("", &plain("/health")),
        ("", &plain("/what")),
        ("", &plain("/what")),
        ("", &version),
        ("", &long),
        ("", ""),
    ] {
        ask(&metrics, &config, script, request).await;
    }
    let expected = [
        (101, 2),
        (204, 1),
        (400, 1),
        (401, 1),
        (403, 1),
        (404, 2),
        (408, 1),
        (426, 1),
        (431, 1),
        (500, 1),
        (503, 1),
    ];
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.handshakes, BTreeMap::from(expected));
    assert_eq!(snapshot.gone, 0);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_is_gone_before_its_answer_is_counted_apart() {
    let config = config();
    let metrics = config.metrics().clone();
    ask(&metrics, &config, "", &REQUEST[..50]).await;
    assert_eq!(metrics.snapshot().gone, 1);

    let served = Served::with(|puppet| puppet.on("upgrade", "wait 1"), config.clone());
    let Served { mut peer, .. } = served;
    peer.write(REQUEST).await;
    drop(peer);
    pass(2.0).await;
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.gone, 2);
    assert_eq!(snapshot.handshakes, BTreeMap::new());
    assert_eq!(snapshot.connections, Default::default());
}
