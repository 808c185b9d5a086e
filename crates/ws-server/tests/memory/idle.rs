//! One connection that waits (A15, A47, A57).

use std::{future::pending, sync::Arc};

use tokio::runtime::{EnterGuard, Runtime};
use ws_server::{Client, Config, ConnectionConfig, Handler, Message};
use ws_testing::{
    naive::Frame,
    peer::{REQUEST, masked},
};

use crate::{
    Echo, IDLE,
    script::Script,
    serving::{Serving, runtime},
};

struct Never;

impl Handler for Never {
    async fn on_message(&mut self, _: &mut Client, message: Message<'_>) {
        let () = pending().await;
        drop(message);
    }
}

/// Serves one peer until it waits, and tells how many bytes that holds.
fn hold(handler: impl Handler, frames: &[u8], config: &Arc<Config>) -> (Serving, i64) {
    let script = Script::new(vec![[REQUEST.as_bytes(), frames].concat()]);
    script.send(1);
    let mut connection = None;
    let held = allocation_counter::measure(|| {
        let serving = connection.insert(Serving::start(handler, &script, config));
        // It lets others go first after each large read.
        for _ in 0..100 {
            assert!(serving.poll().is_pending());
        }
    });
    (connection.expect("just made"), held.bytes_current)
}

/// Everything that a thread does once is behind it.
fn warm_up<'a>(runtime: &'a Runtime, config: &Arc<Config>) -> EnterGuard<'a> {
    let guard = runtime.enter();
    drop(hold(Echo, &masked(Frame::binary([7; 70_000])), config));
    guard
}

fn held_by(handler: impl Handler, frames: &[u8], config: Config) -> i64 {
    let config = Arc::new(config);
    let runtime = runtime();
    let _guard = warm_up(&runtime, &config);
    hold(handler, frames, &config).1
}

/// A47: without the socket, the task's header and what the system holds.
#[test]
fn an_idle_connection_holds_little_whatever_it_did_before() {
    let echo = masked(Frame::binary([7; 1024]));
    let large = masked(Frame::binary(vec![7; 1 << 20]));
    let pings = masked(Frame::ping("?")).repeat(10);
    for frames in [vec![], echo, large, pings] {
        let held = held_by(Echo, &frames, Config::default());
        assert!(held <= IDLE, "{held} bytes behind {} bytes", frames.len());
    }
}

/// A57: no rented buffer, and not much besides the message.
#[test]
fn a_pending_callback_holds_what_arrived() {
    let idle = held_by(Never, &[], Config::default());
    let message = masked(Frame::text([b'x'; 64]));
    let pending = held_by(Never, &message, Config::default());
    assert!(pending - idle <= 640, "{pending} - {idle}");
}

/// A15
#[test]
fn a_message_of_which_one_byte_came_holds_little_whatever_length_was_announced() {
    let limits = ConnectionConfig::default().with_max_message(16 << 20);
    let config = Config::default().with_connection(limits);
    let idle = held_by(Echo, &[], config.clone());
    let frame = masked(Frame::binary([7]).announcing(15 << 20));
    let begun = held_by(Echo, &frame, config);
    assert!(begun - idle <= 256, "{begun} - {idle}");
}

#[test]
fn a_connection_that_is_dropped_holds_nothing() {
    let config = Arc::new(Config::default());
    let runtime = runtime();
    let _guard = warm_up(&runtime, &config);
    for frames in [
        masked(Frame::binary([7; 70_000])),
        Frame::text("bad").encode(),
    ] {
        let leaked = allocation_counter::measure(|| {
            drop(hold(Echo, &frames, &config));
        });
        assert_eq!(leaked.bytes_current, 0, "{leaked:?}");
    }
}
