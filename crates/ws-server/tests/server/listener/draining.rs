//! A shutdown while callbacks are under way.

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

use tokio::task::spawn_blocking;
use ws_server::{Client, Handler, Message, Server};
use ws_testing::naive::Frame;

use super::running::{Running, WORKERS, own_addr, within};
use crate::log::Log;

const GOING_AWAY: &str = "close 1001 'the server is shutting down'";

/// The answer came in time, though nobody could look at it.
#[tokio::test]
async fn an_answer_that_comes_at_once_is_clean_however_long_a_callback_is_pending() {
    within(async {
        for workers in WORKERS {
            let times =
                |c: ws_server::ConnectionConfig| c.with_close_timeout(Duration::from_millis(50));
            let builder = Server::builder().workers(workers).connection(times);
            let mut running = Running::start(builder).await;
            let mut peer = running.open().await;
            peer.send(Frame::text("do send busy; wait 0.3")).await;
            assert_eq!(peer.read_line().await, "text 'busy'");
            running.stop();
            assert_eq!(peer.read_line().await, GOING_AWAY);
            peer.send(Frame::close(1001, "")).await;
            assert_eq!(peer.read_line().await, "end");
            drop(peer);
            let (report, _) = running.stopped().await;
            let figures = (report.open(), report.clean(), report.aborted());
            assert_eq!(figures, (1, 1, 0), "{workers}");
            let told = "close 1001 (closed by the shutdown of the server), clean";
            assert_eq!(running.log.count(told), 1);
        }
    })
    .await;
}

/// Waits for work that blocks a thread until the test lets it go.
struct Blocking(Arc<Mutex<Receiver<()>>>);

impl Handler for Blocking {
    async fn on_message(&mut self, client: &mut Client, _: Message<'_>) {
        let hold = self.0.clone();
        client.send("begun");
        let work = spawn_blocking(move || hold.lock().expect("one at a time").recv());
        // Whoever holds the other end lets it go by dropping it.
        let _ = work.await;
    }
}

#[tokio::test]
async fn blocking_work_that_goes_on_does_not_hold_it_up() {
    within(async {
        for workers in WORKERS {
            let builder = Server::builder().workers(workers);
            let builder = builder.drain_timeout(Duration::from_millis(100));
            let server = builder.bind(own_addr()).await.expect("a free port");
            let (let_go, hold) = channel();
            let hold = Arc::new(Mutex::new(hold));
            let make = move || Blocking(hold.clone());
            let mut running = Running::of(server, Log::new(), make);
            let mut peer = running.open().await;
            peer.send(Frame::text("work")).await;
            assert_eq!(peer.read_line().await, "text 'begun'");
            let stopped = tokio::time::timeout(Duration::from_secs(4), running.stopped());
            let (report, took) = stopped.await.expect("nobody waits for the work");
            assert!(took < Duration::from_secs(2), "{workers}: {took:?}");
            assert_eq!((report.open(), report.aborted()), (1, 1));
            drop(let_go);
        }
    })
    .await;
}

#[tokio::test]
async fn a_drain_may_have_all_the_time_there_is() {
    within(async {
        for workers in WORKERS {
            let builder = Server::builder().workers(workers);
            let builder = builder.drain_timeout(Duration::MAX);
            let mut running = Running::start(builder).await;
            let mut peer = running.open().await;
            running.stop();
            assert_eq!(peer.read_line().await, GOING_AWAY);
            peer.send(Frame::close(1001, "")).await;
            assert_eq!(peer.read_line().await, "end");
            drop(peer);
            let (report, _) = running.stopped().await;
            assert_eq!((report.open(), report.clean()), (1, 1));
        }
    })
    .await;
}
