//! Marks of the write queue that are lower than a reply.

use tokio::io::duplex;
use ws_server::{Config, ConnectionConfig};
use ws_testing::{naive::Frame, peer::Peer};

use crate::replier::{Replier, at_once};

/// A reply up to 4 KiB is taken for written before it is; it passes the mark all the same.
#[tokio::test(start_paused = true)]
async fn replies_that_are_longer_than_the_high_water_mark_go_on() {
    for high_water in [1, 1024, 4096] {
        let connection = ConnectionConfig::default().with_high_water(high_water);
        let config = Config::default().with_connection(connection);
        let (near, far) = duplex(1 << 20);
        Replier::default().serve(far, config);
        let mut peer = Peer::open(near).await;
        for len in [2000, 2000, 4000, 5000, 2000, 10, 2000] {
            peer.send(Frame::binary(vec![7; len])).await;
            let frame = at_once(peer.read_frame()).await.expect("open");
            assert_eq!(frame.expect("open").payload.len(), len, "{high_water}");
        }
    }
}
