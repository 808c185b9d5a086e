//! A listening server with all that it keeps of its connections, which come and go by the hundred (A26).

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    runtime::{self, Handle},
    time::{sleep, timeout},
};
use ws_server::{Deflate, Server};
use ws_testing::{
    naive::Frame,
    peer::{Peer, masked},
};

use crate::{
    Echo,
    rounds::{fragments, keeps_windows, request, text},
};

const ROUNDS: usize = 10;
const CONNECTIONS: usize = 100;

/// More than the tasks of a round need to end on a busy machine.
const SOON: Duration = Duration::from_secs(30);

const PAUSE: Duration = Duration::from_millis(1);

/// tokio's queue of tasks grows when more of them are ready at once than ever before: to 128 pointers.
const QUEUE: i64 = 1024;

/// Opens, has its message back, and waits.
async fn open(addr: SocketAddr, client: &Deflate) -> Peer<TcpStream> {
    let stream = TcpStream::connect(addr).await.expect("it listens");
    let mut peer = Peer::new(stream);
    peer.write(request(client)).await;
    let head = peer.read_head().await;
    assert!(head.contains("permessage-deflate"), "{head}");
    peer.write(fragments(&text()).concat()).await;
    let first = peer.io().read_u8().await.expect("its message");
    assert_eq!(first, 0b1100_0001);
    peer
}

async fn round(addr: SocketAddr, client: &Deflate) {
    let mut peers = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        peers.push(open(addr, client).await);
    }
    let tasks = || Handle::current().metrics().num_alive_tasks();
    let others = tasks() - CONNECTIONS;
    for mut peer in peers {
        peer.write(masked(Frame::close(1000, ""))).await;
        let bytes = peer.read_bytes().await.expect("its Close");
        assert!(bytes.ends_with(b"\x88\x02\x03\xe8"), "{bytes:?}");
    }
    while tasks() > others {
        sleep(PAUSE).await;
    }
    // tokio forgets a socket that was closed when it next looks at the others.
    sleep(PAUSE).await;
}

fn rounds(settings: &Deflate) {
    let mut builder = runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().expect("a runtime");
    let _guard = runtime.enter();
    // Its connections are tasks of this runtime, and so of this thread.
    let server = Server::builder().workers(0).deflate(settings.clone());
    let server = runtime.block_on(server.bind("127.0.0.1:0"));
    let server = server.expect("a free port");
    let (addr, traffic) = (server.local_addr().expect("bound"), server.traffic());
    runtime.spawn(server.serve(Echo));
    let left: Vec<i64> = (0..ROUNDS)
        .map(|_| {
            let round = || runtime.block_on(timeout(SOON, round(addr, settings)));
            allocation_counter::measure(|| round().expect("all end")).bytes_current
        })
        .collect();
    let more: i64 = left[1..].iter().sum();
    assert!(more <= QUEUE, "{left:?}");
    let all = (ROUNDS * CONNECTIONS * text().len()) as u64;
    assert_eq!(traffic.sent().plain, all);
}

#[test]
fn a_server_holds_no_more_after_ten_hundreds_of_connections_than_after_one() {
    rounds(&Deflate::default());
}

#[test]
fn a_server_that_keeps_windows_holds_no_more_after_ten_hundreds_of_connections_than_after_one() {
    rounds(&keeps_windows());
}
