//! Callbacks that never return (A44).

use tokio::{net::TcpStream, runtime};
use ws_testing::{naive::Frame, peer::Peer};

use crate::{process, served::Served};

/// Both ends of a connection are here, and many systems allow 1,024 descriptors.
const COUNT: usize = 400;

async fn open(served: &Served) -> Peer<TcpStream> {
    let stream = TcpStream::connect(served.addr).await;
    Peer::open(stream.expect("it listens")).await
}

/// They wait for nothing, so that nothing is done for them: not even their peers' resets are looked for.
#[test]
fn hundreds_of_callbacks_that_never_return_take_no_time_and_others_are_served() {
    let _alone = process::alone();
    let served = Served::start(|ledger| ledger.session("none"));
    let mut builder = runtime::Builder::new_current_thread();
    let peers = builder.enable_all().build().expect("a runtime");
    let crowd = peers.block_on(async {
        let mut crowd = Vec::new();
        for _ in 0..COUNT {
            let mut peer = open(&served).await;
            peer.send(Frame::text("never")).await;
            peer.send(Frame::text("unread")).await;
            crowd.push(peer);
        }
        let mut bystander = open(&served).await;
        for _ in 0..100 {
            bystander.send(Frame::text("fine")).await;
            assert_eq!(bystander.read_line().await, "text 'fine'");
        }
        crowd
    });
    process::assert_idle("beside callbacks that never return");
    drop(crowd);
    process::assert_idle("when their peers are gone");
    // The bystander; all others are still there.
    assert_eq!(served.ledger.entries().len(), 1);
}
