//! The opening handshake has ten seconds in all (A1, A2).

use std::time::Duration;

use tokio::time::{Instant, timeout};
use ws_server::{Config, Peer, serve_connection};
use ws_testing::{io::Script, peer::REQUEST};

use crate::{
    log::Log,
    puppet::Puppet,
    response::Response,
    served::{Served, assert_took},
};

/// What a peer sees that waits for the answer: it, and when it came.
async fn outcome(served: &mut Served, start: Instant) -> (Response, Duration) {
    let bytes = served.peer.read_bytes().await.expect("the server ends");
    let took = start.elapsed();
    served.peer.finish().await;
    served.ended().await;
    (Response::only(bytes), took)
}

/// A2
#[tokio::test(start_paused = true)]
async fn a_peer_that_says_nothing_gets_408_at_10_s() {
    let start = Instant::now();
    let mut served = Served::new();
    let (response, took) = outcome(&mut served, start).await;
    assert_took(took, 10.0);
    assert_eq!(response.status, 408);
    assert_eq!(
        response.body,
        "the opening handshake took longer than the 10s that it may\n"
    );
    assert_eq!(served.log.lines(), [""; 0]);
}

/// A1
#[tokio::test(start_paused = true)]
async fn a_peer_that_dribbles_gets_408_at_10_s() {
    let start = Instant::now();
    let mut served = Served::new();
    for byte in REQUEST.bytes() {
        let wait = Duration::from_secs(1);
        if timeout(wait, served.peer.read_head()).await.is_ok() {
            break;
        }
        if served.peer.try_write([byte]).await.is_err() {
            break;
        }
    }
    assert_took(start.elapsed(), 10.0);
    served.peer.finish().await;
    served.ended().await;
    assert_took(start.elapsed(), 10.0);
    assert_eq!(served.log.lines(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_end_its_direction_is_gone_before_12_s() {
    let start = Instant::now();
    let mut served = Served::new();
    served.ended().await;
    assert_took(start.elapsed(), 11.5);
}

#[tokio::test(start_paused = true)]
async fn on_upgrade_is_under_the_deadline_too() {
    let start = Instant::now();
    let mut served = Served::with(|puppet| puppet.on("upgrade", "never"), Config::default());
    served.peer.write(REQUEST).await;
    let (response, took) = outcome(&mut served, start).await;
    assert_took(took, 10.0);
    assert_eq!(response.status, 408);
    assert_eq!(served.log.lines(), ["upgrade /chat"]);
}

#[tokio::test(start_paused = true)]
async fn on_upgrade_may_take_the_time_that_is_left() {
    let mut served = Served::with(|puppet| puppet.on("upgrade", "wait 9.9"), Config::default());
    served.peer.write(REQUEST).await;
    assert!(served.peer.read_head().await.starts_with("HTTP/1.1 101 "));
    served.log.until(1, "open").await;
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_a_setting() {
    let config = Config::default().with_handshake_timeout(Duration::from_millis(300));
    let start = Instant::now();
    let mut served = Served::with(|puppet| puppet, config);
    let (response, took) = outcome(&mut served, start).await;
    assert_took(took, 0.3);
    assert!(response.body.contains("300ms"), "{}", response.body);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_over_once_the_connection_is_open() {
    let mut served = Served::open().await;
    crate::served::pass(11.0).await;
    served.say("still here").await;
    assert_eq!(served.peer.read_line().await, "text 'still here'");
}

/// Serves a scripted transport to its end, and tells how long that took.
async fn serve(script: Script, log: &Log) -> (String, Duration) {
    let (io, record) = script.start();
    let start = Instant::now();
    let config = Config::default().into();
    serve_connection(io, Peer::UNKNOWN, Puppet::new(log), config).await;
    assert!(record.is_dropped());
    let written = String::from_utf8(record.written()).expect("text");
    (written, start.elapsed())
}

/// Half a 101 is on its way: a 408 behind it would be nonsense.
#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_take_its_101_is_cut_without_another_answer() {
    let log = Log::new();
    let script = Script::new().read(REQUEST).accept(20).stall();
    let (written, took) = serve(script, &log).await;
    assert_took(took, 10.0);
    assert_eq!(written, "HTTP/1.1 101 Switchi");
    assert_eq!(log.lines(), ["upgrade /chat"]);
}

/// A page may be large, so it has as much time as the handshake had.
#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_take_its_refusal_is_cut_10_s_later() {
    let log = Log::new();
    let script = Script::new().read("\x16").accept(12).stall();
    let (written, took) = serve(script, &log).await;
    assert_took(took, 10.0);
    assert_eq!(written, "HTTP/1.1 400");
    assert_eq!(log.lines(), [""; 0]);
}
