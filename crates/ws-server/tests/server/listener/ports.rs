//! Addresses and ports: taken, free, of both families, and handed over.

use std::{io::ErrorKind, net::SocketAddr, time::Duration};

use tokio::net::TcpStream;
use ws_server::Server;
use ws_testing::peer::Peer;

use super::running::{Running, WORKERS, assert_echoes, own_addr, within};
use crate::{log::Log, puppet::Puppet};

/// A server on this listener, with puppets.
fn run(server: Server) -> Running {
    let log = Log::new();
    let puppet = Puppet::new(&log);
    Running::of(server, log, move || puppet.clone())
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_error_whatever_the_number_of_workers() {
    within(async {
        let taken = std::net::TcpListener::bind(own_addr()).expect("a free port");
        let addr = taken.local_addr().expect("bound");
        for workers in [0, 1, 4] {
            let bound = Server::builder().workers(workers).bind(addr).await;
            let error = bound.expect_err("the port is in use");
            assert_eq!(error.kind(), ErrorKind::AddrInUse);
            let text = error.to_string();
            assert!(
                text.starts_with(&format!("cannot listen on {addr}: ")),
                "{text}"
            );
            assert!(!text.contains('\n'), "{text}");
        }
    })
    .await;
}

/// The sockets of workers share their port with one another, and with nobody else.
#[tokio::test]
async fn a_port_of_workers_is_in_use_for_other_servers() {
    within(async {
        for (first, second) in [(1, 1), (4, 4), (4, 0), (0, 4)] {
            let server = Server::builder().workers(first).bind(own_addr()).await;
            let server = server.expect("a free port");
            let addr = server.local_addr().expect("bound");
            let bound = Server::builder().workers(second).bind(addr).await;
            let error = bound.expect_err("the port is in use");
            assert_eq!(error.kind(), ErrorKind::AddrInUse, "{first}, {second}");
        }
    })
    .await;
}

#[tokio::test]
async fn of_several_addresses_the_first_that_is_free_is_taken() {
    within(async {
        let taken = std::net::TcpListener::bind(own_addr()).expect("a free port");
        let taken = taken.local_addr().map(|addr| (taken, addr)).expect("bound");
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = Server::bind(&[taken.1, free][..])
            .await
            .expect("one is free");
        assert_ne!(server.local_addr().expect("bound"), taken.1);

        let none: &[SocketAddr] = &[];
        let error = Server::bind(none).await.expect_err("no address");
        assert_eq!(error.to_string(), "cannot listen: the name has no address");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_address_is_told_with_what_an_address_is() {
    within(async {
        for addr in ["127.0.0.1", "127.0.0.1:65536", "localhost:http", ""] {
            let error = Server::bind(addr).await.expect_err("no address");
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{addr}");
            let text = error.to_string();
            let allowed = "; an address is host:port, such as 127.0.0.1:9001 or [::1]:9001";
            assert!(
                text.starts_with("cannot listen: ") && text.ends_with(allowed),
                "{text}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn port_0_takes_a_free_port_and_tells_it() {
    within(async {
        for workers in [0, 1, 4] {
            let running = Running::start(Server::builder().workers(workers)).await;
            assert_ne!(running.addr.port(), 0);
            assert!(running.addr.ip().is_loopback());
            for _ in 0..8 {
                assert_echoes(&mut running.open().await).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_listener_that_exists_already_is_served_with_and_without_workers() {
    within(async {
        for workers in [0, 1, 3] {
            let listener = std::net::TcpListener::bind(own_addr()).expect("a free port");
            let addr = listener.local_addr().expect("bound");
            let builder = Server::builder().workers(workers);
            let running = run(builder.listener(listener).expect("a listener"));
            assert_eq!(running.addr, addr);
            for _ in 0..8 {
                assert_echoes(&mut running.open().await).await;
            }
        }
    })
    .await;
}

/// A blocking one, and one of tokio's.
#[tokio::test]
async fn from_listener_takes_any_listener() {
    within(async {
        let blocking = std::net::TcpListener::bind(own_addr()).expect("a free port");
        let bound = tokio::net::TcpListener::bind(own_addr()).await;
        let tokios = bound.and_then(tokio::net::TcpListener::into_std);
        for listener in [blocking, tokios.expect("a free port")] {
            let running = run(Server::from_listener(listener).expect("a listener"));
            assert_echoes(&mut running.open().await).await;
        }
    })
    .await;
}

#[tokio::test]
async fn ipv6_is_served_where_the_machine_has_it() {
    within(async {
        if let Err(error) = std::net::TcpListener::bind("[::1]:0") {
            eprintln!("SKIPPED: this machine has no IPv6, so [::1] was not served: {error}");
            return;
        }
        for workers in WORKERS {
            let builder = Server::builder().workers(workers);
            let server = builder.bind("[::1]:0").await.expect("a free port");
            let running = run(server);
            assert!(running.addr.is_ipv6());
            for _ in 0..4 {
                assert_echoes(&mut running.open().await).await;
            }
        }
    })
    .await;
}

/// The server ends the transport first, so its end of the connection stays in `TIME_WAIT` for a minute.
#[tokio::test]
async fn a_server_comes_back_at_once_on_the_port_of_its_last_run() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::start(Server::builder().workers(workers)).await;
            let mut peer = running.open().await;
            running.log.until(1, "open").await;
            running.log.handle().close(ws_server::CloseCode::NORMAL);
            assert_eq!(peer.read_line().await, "close 1000 ''");
            peer.send(ws_testing::naive::Frame::close(1000, "")).await;
            assert_eq!(peer.read_line().await, "end");
            drop(peer);
            running.stopped().await;
            let again = Server::builder().workers(workers).bind(running.addr).await;
            let running = run(again.expect("the port is free"));
            let stream = TcpStream::connect(running.addr).await.expect("it listens");
            assert_echoes(&mut Peer::open(stream).await).await;
        }
    })
    .await;
}

/// Whether its listeners were waiting by then or had not begun to.
#[tokio::test]
async fn the_port_is_free_when_serve_returns() {
    within(async {
        for workers in WORKERS {
            for turns in [0, 1, 10] {
                let bound = Server::builder().workers(workers).bind(own_addr()).await;
                let server = bound.expect("a free port");
                let addr = server.local_addr().expect("bound");
                let signal = async move {
                    for _ in 0..turns {
                        tokio::task::yield_now().await;
                    }
                };
                let puppet = Puppet::new(&Log::new());
                let served = server
                    .with_shutdown(signal)
                    .serve_with(move || puppet.clone());
                served.await.expect("workers that start");
                let again = Server::bind(addr).await;
                again.unwrap_or_else(|error| panic!("{workers}, {turns}: {error}"));
            }
        }
    })
    .await;
}

/// Linux holds one more than it is told to; whoever comes then is not answered, and tries again.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn as_many_connections_wait_to_be_accepted_as_the_backlog_may_have() {
    within(async {
        for backlog in [1, 5] {
            let bound = Server::builder().backlog(backlog).bind(own_addr()).await;
            let server = bound.expect("a free port");
            let addr = server.local_addr().expect("bound");
            let mut waiting = Vec::new();
            for _ in 0..=backlog {
                waiting.push(TcpStream::connect(addr).await.expect("there is room"));
            }
            let further = TcpStream::connect(addr);
            let waited = tokio::time::timeout(Duration::from_millis(200), further).await;
            waited.expect_err("there is no room");
        }
    })
    .await;
}
