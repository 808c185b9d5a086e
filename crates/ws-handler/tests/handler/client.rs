//! What a callback can do with its client.

use std::time::Duration;

use ws_connection::{Config, Event};
use ws_handler::{Client, CloseCode, CloseFrame, Handler, Message, Peer, PingError, Sent, Session};

use crate::{desk::Desk, recorder::finish};

#[test]
fn messages_leave_in_the_order_in_which_they_were_sent() {
    let mut desk = Desk::new();
    let mut client = desk.client();
    assert_eq!(client.send("text"), Sent::Queued);
    assert_eq!(client.send(b"\x00\xff"), Sent::Queued);
    assert_eq!(client.send(String::from("owned")), Sent::Queued);
    assert_eq!(client.send(Message::from("as received")), Sent::Queued);
    assert_eq!(
        desk.write(),
        b"\x81\x04text\x82\x02\x00\xff\x81\x05owned\x81\x0bas received"
    );
}

#[test]
fn a_message_is_dropped_while_the_queue_is_at_its_hard_limit() {
    let mut desk = Desk::with_config(Config::default().with_max_queue(10));
    let mut client = desk.client();
    // One message may pass the limit: a header of 2 bytes and 20 of payload.
    assert_eq!(client.send([0; 20].as_slice()), Sent::Queued);
    assert_eq!(client.queued(), 22);
    assert_eq!(client.send("lost"), Sent::Dropped);
    assert!(client.is_open());
    assert_eq!(desk.write().len(), 22);
    assert_eq!(client.send("room again"), Sent::Queued);
}

#[test]
fn nothing_is_sent_behind_a_close() {
    type Close = fn(&mut Client);
    let closes: [(Close, &[u8]); 3] = [
        (
            |c| c.close(CloseFrame::from_static(CloseCode::NORMAL, "bye")),
            b"\x88\x05\x03\xe8bye",
        ),
        (|c| c.close(CloseCode::GOING_AWAY), b"\x88\x02\x03\xe9"),
        (Client::close_without_status, b"\x88\x00"),
    ];
    for (close, frame) in closes {
        let mut desk = Desk::new();
        let mut client = desk.client();
        assert!(client.is_open());
        client.send("a");
        close(&mut client);
        assert!(!client.is_open());
        assert_eq!(client.send("b"), Sent::Closed);
        assert_eq!(client.ping(b""), Err(PingError::Closed));
        client.close(CloseCode::POLICY_VIOLATION);
        assert_eq!(desk.write(), [b"\x81\x01a", frame].concat());
    }
}

#[test]
fn nothing_is_sent_behind_the_peers_close() {
    let desk = Desk::new();
    let mut client = desk.client();
    desk.hear(&Event::Close(None));
    assert_eq!(client.send("late"), Sent::Closed);
    assert!(!client.is_open());
}

#[test]
fn a_ping_overtakes_messages() {
    let mut desk = Desk::new();
    let mut client = desk.client();
    client.send("first");
    assert_eq!(client.ping(b"now"), Ok(()));
    assert_eq!(desk.write(), b"\x89\x03now\x81\x05first");
}

#[test]
fn a_ping_is_refused_when_it_is_too_long_or_too_many_wait() {
    let desk = Desk::new();
    let mut client = desk.client();
    assert_eq!(client.ping(&[0; 126]), Err(PingError::TooLong { len: 126 }));
    for _ in 0..32 {
        assert_eq!(client.ping(&[0; 125]), Ok(()));
    }
    assert_eq!(client.ping(b""), Err(PingError::Full));
}

#[test]
fn an_abort_leaves_nothing_to_write() {
    let mut desk = Desk::new();
    let mut client = desk.client();
    client.send("never seen");
    assert!(!client.is_aborted());
    client.abort();
    assert!(client.is_aborted());
    assert_eq!(client.queued(), 0);
    assert_eq!(client.send("late"), Sent::Closed);
    client.close(CloseCode::NORMAL);
    assert_eq!(desk.write(), b"");
    assert!(desk.outlet.is_aborted());
    assert!(desk.outlet.lock().is_over());
}

#[test]
fn congestion_is_that_of_the_queue_whoever_filled_it() {
    let desk = Desk::with_config(Config::default().with_high_water(10));
    let mut client = desk.client();
    client.send("short");
    assert!(!client.is_congested());
    client.send("and long enough");
    assert!(client.is_congested());

    let mut desk = Desk::with_config(Config::default().with_high_water(10));
    let mut other = desk.client();
    desk.handle().send("sent by another task").expect("open");
    assert!(other.is_congested());
    desk.write();
    other.send("short");
    assert!(!other.is_congested());
}

/// Who streams while there is room asks this first of all.
#[test]
fn on_drain_finds_its_client_no_longer_congested() {
    struct Ask;
    impl Handler for Ask {
        async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
            client.send(message);
        }

        async fn on_drain(&mut self, client: &mut Client) {
            assert!(!client.is_congested());
        }
    }

    let mut desk = Desk::with_config(Config::default().with_high_water(10));
    let mut session = Session::new(Ask, desk.client());
    finish(session.open()).expect("no panic");
    let event = Event::Message(Message::from("long enough for that"));
    finish(session.event(event)).expect("no panic");
    assert!(session.client().is_congested() && session.found_congestion());
    desk.write();
    finish(session.drain()).expect("no panic");
    assert!(!session.found_congestion());
}

#[test]
fn the_peer_is_told() {
    let desk = Desk::new();
    assert_eq!(desk.client().peer(), Peer::UNKNOWN);
    assert_eq!(desk.client().peer().addr(), None);
    assert_eq!(Peer::UNKNOWN.to_string(), "unknown");

    let addr = std::net::SocketAddr::from(([192, 0, 2, 7], 4711));
    let client = desk.outlet.client(Peer::from(addr));
    assert_eq!(client.peer().addr(), Some(addr));
    assert_eq!(client.peer().to_string(), "192.0.2.7:4711");
}

#[test]
fn the_round_trip_is_that_of_the_keepalive() {
    let mut desk = Desk::new();
    let client = desk.client();
    desk.write();
    assert_eq!(client.round_trip(), None);
    desk.advance(Duration::from_secs(25));
    assert_eq!(desk.outlet.lock().handle_timeout(desk.now), None);
    let ping = desk.write();
    assert_eq!(ping[0], 0x89);
    desk.advance(Duration::from_millis(7));
    desk.hear(&Event::Pong(&ping[2..]));
    assert_eq!(client.round_trip(), Some(Duration::from_millis(7)));
}
