//! Peers that end their direction without a Close (A38).

use std::time::{Duration, Instant};

use tokio::{
    net::TcpStream,
    runtime,
    time::{sleep, timeout},
};
use ws_testing::peer::Peer;

use crate::{process, served::Served};

const COUNT: usize = 1000;

/// What each has at the longest, on a machine however busy.
const LONGEST: Duration = Duration::from_secs(5);

/// How long after the FIN `on_close` ran.
async fn end_once(served: &Served, number: usize) -> Duration {
    let told = timeout(LONGEST, end_and_wait(served, number)).await;
    told.unwrap_or_else(|_| panic!("end {number} is not told within {LONGEST:?}"))
}

async fn end_and_wait(served: &Served, number: usize) -> Duration {
    let stream = TcpStream::connect(served.addr).await;
    let mut peer = Peer::open(stream.expect("it listens")).await;
    let start = Instant::now();
    peer.finish().await;
    assert_eq!(peer.read_line().await, "end");
    loop {
        if let Some(entry) = served.ledger.entries().get(number) {
            return entry.at.saturating_duration_since(start);
        }
        sleep(Duration::from_millis(1)).await;
    }
}

/// The machine may be busy, so 100 ms are asked of the middle one, and [`LONGEST`] of each.
#[test]
fn a_thousand_ends_without_a_close_are_told_half_of_them_within_100_ms_and_none_as_clean() {
    let _alone = process::alone();
    let served = Served::start(|ledger| ledger.session("none"));
    let mut builder = runtime::Builder::new_current_thread();
    let peers = builder.enable_all().build().expect("a runtime");
    let mut times = peers.block_on(async {
        let mut times = Vec::new();
        for number in 0..COUNT {
            times.push(end_once(&served, number).await);
        }
        times
    });
    drop(peers);
    times.sort();
    let (middle, longest) = (times[COUNT / 2], times[COUNT - 1]);
    println!("told after {middle:?}, at the longest {longest:?}");
    assert!(middle <= Duration::from_millis(100), "{middle:?}");

    served.assert_nothing_is_left();
    let entries = served.ledger.entries();
    let truly = Some((1006, false));
    let odd = entries
        .iter()
        .find(|entry| (entry.closes, entry.told) != (1, truly));
    assert_eq!(odd, None);
    let ends = entries
        .iter()
        .filter(|entry| entry.cause == "1006 (transport: unexpected end of file)");
    assert_eq!(ends.count(), COUNT);
}
