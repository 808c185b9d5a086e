//! A Unix socket.

use std::time::Duration;

use tokio::{net::UnixStream, time::timeout};
use ws_server::Config;
use ws_testing::{naive::Frame, peer::Peer};

use crate::replier::Replier;

#[tokio::test]
async fn a_unix_socket_is_served_to_its_end() {
    let test = async {
        let (near, far) = UnixStream::pair().expect("two sockets");
        let replier = Replier::default();
        let task = replier.serve(far, Config::default());
        let mut peer = Peer::open(near).await;
        peer.send(Frame::text("fine")).await;
        assert_eq!(peer.read_line().await, "text 'fine'");
        peer.send(Frame::close(1000, "")).await;
        assert_eq!(peer.read_lines().await, ["close 1000 ''", "end"]);
        drop(peer);
        task.await.expect("no panic");
        assert_eq!(replier.closes(), ["1000 (closed by the peer)"]);
    };
    let bound = Duration::from_secs(30);
    timeout(bound, test).await.expect("the test hangs");
}
