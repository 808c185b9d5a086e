//! Peers that reset their connection at any moment (A36).

use std::{net::SocketAddr, time::Duration};

use tokio::{net::TcpSocket, net::TcpStream, runtime, task::JoinSet};
use ws_testing::{
    naive::Frame,
    peer::{Peer, REQUEST, masked},
};

use crate::{ledger::Entry, process, served::Served};

const EACH: usize = 1000;

/// Peers at a time.
const CROWD: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Accepting,
    Head,
    Opened,
    Header,
    Payload,
    Closing,
    Writing,
}

const MOMENTS: [Moment; 7] = [
    Moment::Accepting,
    Moment::Head,
    Moment::Opened,
    Moment::Header,
    Moment::Payload,
    Moment::Closing,
    Moment::Writing,
];

impl Moment {
    /// Whether the opening handshake has succeeded by then.
    fn is_open(self) -> bool {
        !matches!(self, Self::Accepting | Self::Head)
    }

    /// A peer that has come so far.
    async fn reach(self, addr: SocketAddr) -> Peer<TcpStream> {
        let socket = TcpSocket::new_v4().expect("a descriptor");
        // Little room, so that a flood stays in the server.
        socket.set_recv_buffer_size(4096).expect("a socket");
        let stream = socket.connect(addr).await.expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        let mut peer = Peer::new(stream);
        if self == Self::Head {
            peer.write(&REQUEST[..40]).await;
        }
        if !self.is_open() {
            return peer;
        }
        peer.write(REQUEST).await;
        assert!(peer.read_head().await.starts_with("HTTP/1.1 101 "));
        let message = masked(Frame::binary([7; 10_000]));
        match self {
            Self::Accepting | Self::Head | Self::Opened => {}
            Self::Header => peer.write(&message[..3]).await,
            Self::Payload => peer.write(&message[..7000]).await,
            Self::Closing => {
                peer.send(Frame::text("close")).await;
                assert_eq!(peer.read_line().await, "close 1000 ''");
            }
            Self::Writing => {
                peer.send(Frame::text("flood")).await;
                peer.io().readable().await.expect("a socket");
            }
        }
        peer
    }
}

/// Gone without a FIN.
fn reset(mut peer: Peer<TcpStream>) {
    let socket = socket2::SockRef::from(&*peer.io());
    socket.set_linger(Some(Duration::ZERO)).expect("a socket");
}

async fn reset_many(addr: SocketAddr, moment: Moment) {
    let mut crowd = JoinSet::new();
    for _ in 0..CROWD {
        crowd.spawn(async move {
            for _ in 0..EACH / CROWD {
                reset(moment.reach(addr).await);
            }
        });
    }
    while let Some(ended) = crowd.join_next().await {
        ended.expect("no panic");
    }
}

/// No timer helps, and `on_close` is told the truth.
#[test]
fn after_a_thousand_resets_at_each_of_seven_moments_nothing_is_left() {
    let _alone = process::alone();
    let served = Served::start(|ledger| ledger.session("none"));
    for moment in MOMENTS {
        // The runtime of the peers ends with them.
        let mut builder = runtime::Builder::new_current_thread();
        let peers = builder.enable_all().build().expect("a runtime");
        peers.block_on(reset_many(served.addr, moment));
        drop(peers);

        served.assert_nothing_is_left();
        let entries = std::mem::take(&mut *served.ledger.entries());
        let opened = if moment.is_open() { EACH } else { 0 };
        assert_eq!(entries.len(), opened, "{moment:?}");
        let truly = Some((1006, false));
        let odd = |entry: &&Entry| (entry.closes, entry.told) != (1, truly);
        let first = entries.iter().find(odd);
        assert_eq!(first, None, "{moment:?}, among others");
    }
}
