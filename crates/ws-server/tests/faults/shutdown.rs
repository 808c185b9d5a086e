//! A shutdown while some peers are dead (A39).

use std::{net::SocketAddr, thread, time::Duration};

use tokio::{net::TcpStream, runtime, sync::oneshot};
use ws_server::Server;
use ws_testing::{naive::Frame, peer::Peer};

use crate::{process, served::Served};

/// Both ends of a connection are here, and many systems allow 1,024 descriptors.
const COUNT: usize = 400;

const DEAD: usize = COUNT / 10;

/// Opens all, says so, and answers the Close of the shutdown in those that live.
async fn be_peers(addr: SocketAddr, opened: oneshot::Sender<()>) -> Vec<Peer<TcpStream>> {
    let mut crowd = Vec::new();
    for _ in 0..COUNT {
        let stream = TcpStream::connect(addr).await;
        let mut peer = Peer::open(stream.expect("it listens")).await;
        peer.send(Frame::text("fine")).await;
        assert_eq!(peer.read_line().await, "text 'fine'");
        crowd.push(peer);
    }
    let dead = crowd.split_off(COUNT - DEAD);
    opened.send(()).expect("somebody waits");
    for mut peer in crowd {
        let close = peer.read_line().await;
        assert_eq!(close, "close 1001 'the server is shutting down'");
        peer.send(Frame::close(1001, "")).await;
        assert_eq!(peer.read_line().await, "end");
    }
    dead
}

/// With the default settings: the dead have the 5 s of a closing handshake, and not the 10 s of the drain.
#[test]
fn a_tenth_of_dead_peers_does_not_hold_up_a_shutdown_beyond_the_closing_handshake() {
    let _alone = process::alone();
    let served = Served::with(Server::builder(), |ledger| ledger.session("none"));
    let (addr, ledger) = (served.addr, served.ledger.clone());
    let (opened, until_opened) = oneshot::channel();
    let peers = thread::spawn(move || {
        let mut builder = runtime::Builder::new_current_thread();
        let runtime = builder.enable_all().build().expect("a runtime");
        let dead = runtime.block_on(be_peers(addr, opened));
        (runtime, dead)
    });
    until_opened.blocking_recv().expect("all opened");
    let (report, took) = served.shut_down();
    println!("{report} after {took:?}");
    let dead = peers.join().expect("no panic");

    let figures = (report.open(), report.clean(), report.aborted());
    assert_eq!(figures, (COUNT, COUNT - DEAD, 0));
    assert!(took >= Duration::from_secs(5), "{took:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    let entries = ledger.entries();
    assert_eq!(entries.len(), COUNT);
    assert!(entries.iter().all(|entry| entry.closes == 1));
    let clean = entries
        .iter()
        .filter(|entry| entry.told == Some((1001, true)));
    assert_eq!(clean.count(), COUNT - DEAD);
    drop(dead);
}
