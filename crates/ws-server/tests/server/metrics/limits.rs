//! Connections that were ended or held up at a limit.

use std::time::Duration;

use ws_server::{Causes, Config, ConnectionConfig, Metrics, Overflow, Rate};
use ws_testing::{naive::Frame, peer::masked};

use crate::served::{PIPE, Served, pass, settle};

async fn open(config: Config) -> (Served, Metrics) {
    let metrics = config.metrics().clone();
    (
        Served::with(|puppet| puppet, config).opened().await,
        metrics,
    )
}

/// The connections that ended for each of the limits, and for anything else.
fn by_limit(causes: Causes) -> (u64, u64, bool) {
    let (write_queue, lifetime) = (causes.write_queue, causes.lifetime);
    let mut others = causes;
    (others.write_queue, others.lifetime) = (0, 0);
    (write_queue, lifetime, others != Causes::default())
}

#[tokio::test(start_paused = true)]
async fn who_reads_too_slowly_and_who_is_too_old_are_counted_apart() {
    let protocol = ConnectionConfig::default()
        .with_max_lifetime(Some(Duration::from_secs(10)))
        .with_max_queue(4 * PIPE)
        .with_overflow(Overflow::Close);
    let config = Config::default().with_connection(protocol);
    let (mut old, metrics) = open(config.clone()).await;
    assert!(old.peer.read_line().await.starts_with("close 1001 "));
    old.peer.send(Frame::close(1001, "")).await;
    old.peer.finish().await;
    old.ended().await;
    assert_eq!(by_limit(metrics.snapshot().causes), (0, 1, false));

    let (mut slow, metrics) = open(config).await;
    let handle = slow.log.handle();
    while handle.send(vec![7; PIPE / 2]).is_ok() {
        settle().await;
    }
    drop(slow.peer.read_lines().await);
    slow.ended().await;
    assert_eq!(by_limit(metrics.snapshot().causes), (1, 1, false));
}

/// Three may come at once, each further one waits, and so would whatever came next.
#[tokio::test(start_paused = true)]
async fn the_pauses_of_a_peer_above_its_rate_are_counted() {
    let messages = Rate::per_second(10).with_burst(3);
    let config = Config::default().with_max_message_rate(messages);
    let (mut served, metrics) = open(config).await;
    served
        .peer
        .write(vec![masked(Frame::text("one")); 2].concat())
        .await;
    settle().await;
    assert_eq!(metrics.snapshot().rate_pauses, 0);
    pass(10.0).await;
    served
        .peer
        .write(vec![masked(Frame::text("more")); 5].concat())
        .await;
    pass(10.0).await;
    assert_eq!(metrics.snapshot().rate_pauses, 3);
}
