use std::time::Instant;

use bytes::Buf;
use ws_connection::{Batch, Config, Encoded, Receiver, SendError, Sender, Tally};
use ws_frame::{CloseCode, Rsv};

use crate::doubled::Doubled;

#[test]
fn what_was_queued_is_counted_as_it_was_before_it_was_encoded() {
    let config = Config::default().with_max_queue(10);
    let mut sender = Sender::server(config).with_extension(&Doubled::default());
    assert_eq!(sender.sent(), Tally::default());
    sender.send("aabb").expect("open");
    sender
        .send_encoded("ccdd", Encoded::new(Rsv::RSV2, &b"cd."[..]))
        .expect("open");
    let sent = |messages, bytes| Tally { messages, bytes };
    assert_eq!(sender.sent(), sent(2, 8));
    let refused = sender.send("no room");
    assert!(matches!(refused, Err(SendError::Full(_))), "{refused:?}");
    assert_eq!(sender.sent(), sent(2, 8));
    let mut batch = Batch::default();
    sender.transmit(Instant::now(), &mut batch);
    batch.advance(batch.remaining());
    sender.transmit(Instant::now(), &mut batch);
    sender.send(&b""[..]).expect("room");
    sender.close(Some(CloseCode::NORMAL.into()));
    sender.send("late").expect_err("closing");
    assert_eq!(sender.sent(), sent(3, 8));
}

#[test]
fn what_was_received_is_counted_when_it_is_whole_as_it_is_when_it_was_decoded() {
    let mut receiver = Receiver::client(Config::default()).with_extension(&Doubled::default());
    let received = |messages, bytes| Tally { messages, bytes };
    for (bytes, tally) in [
        (&b"\x81\x02hi"[..], received(1, 2)),
        (b"\x01\x02ab", received(1, 2)),
        (b"\x89\x01p", received(1, 2)),
        (b"\x80\x01c", received(2, 5)),
        (b"\xA1\x03ab.", received(3, 9)),
        (b"\x82\x00", received(4, 9)),
        (b"\x88\x00", received(4, 9)),
        (b"\x81\x02hi", received(4, 9)),
    ] {
        let mut bytes = bytes.to_vec();
        let mut input = &mut bytes[..];
        while receiver.receive(&mut input).expect("legal").is_some() {}
        assert_eq!(receiver.received(), tally);
    }
}
