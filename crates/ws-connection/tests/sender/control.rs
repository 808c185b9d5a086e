//! Pings and pongs have a lane of their own (R8; RFC 6455 5.5.2, 5.5.3).

use proptest::{collection::vec, prelude::*};
use ws_connection::{Config, Event, Message, PingError};

use crate::outbox::Outbox;

#[test]
fn a_ping_is_answered_with_its_payload() {
    let mut outbox = Outbox::server(Config::default());
    outbox.hear(&Event::Ping(b""));
    outbox.hear(&Event::Ping(&[7; 125]));
    assert_eq!(outbox.write_lines(), ["pong ''", "pong of 125 bytes"]);
}

#[test]
fn ten_pings_get_ten_pongs_in_order() {
    let mut outbox = Outbox::server(Config::default());
    for number in 0..10 {
        outbox.hear(&Event::Ping(&[b'0' + number]));
    }
    let pongs: Vec<_> = (0..10).map(|number| format!("pong '{number}'")).collect();
    assert_eq!(outbox.write_lines(), pongs);
}

#[test]
fn pongs_and_pings_leave_before_data() {
    let mut outbox = Outbox::server(Config::default());
    outbox.sender.send("data").expect("open");
    outbox.sender.ping(b"ours").expect("open");
    outbox.hear(&Event::Ping(b"theirs"));
    assert_eq!(
        outbox.write_lines(),
        ["pong 'theirs'", "ping 'ours'", "text 'data'"]
    );
}

#[test]
fn the_33rd_waiting_pong_drops_the_oldest() {
    let mut outbox = Outbox::server(Config::default());
    for number in 0..33 {
        outbox.hear(&Event::Ping(format!("{number}").as_bytes()));
    }
    let pongs: Vec<_> = (1..33).map(|number| format!("pong '{number}'")).collect();
    assert_eq!(outbox.write_lines(), pongs);
    // Those that left make room.
    outbox.hear(&Event::Ping(b"again"));
    assert_eq!(outbox.write_lines(), ["pong 'again'"]);
}

#[test]
fn pings_do_not_drop_pongs() {
    let mut outbox = Outbox::server(Config::default());
    for _ in 0..32 {
        outbox.hear(&Event::Ping(b"?"));
        outbox.sender.ping(b"!").expect("room for 32");
    }
    assert_eq!(outbox.sender.ping(b"!"), Err(PingError::Full));
    assert_eq!(outbox.write().len(), 64);
    assert_eq!(outbox.sender.ping(b"!"), Ok(()));
}

#[test]
fn a_ping_of_125_bytes_is_taken_and_one_of_126_is_not() {
    let mut outbox = Outbox::server(Config::default());
    assert_eq!(outbox.sender.ping(&[0; 125]), Ok(()));
    assert_eq!(
        outbox.sender.ping(&[0; 126]),
        Err(PingError::TooLong { len: 126 })
    );
    assert_eq!(outbox.write_lines(), ["ping of 125 bytes"]);
}

/// The lane opens between two batches, so at the latest behind 256 KiB and a fragment.
#[test]
fn a_pong_overtakes_the_rest_of_a_fragmented_message() {
    let mut outbox = Outbox::server(Config::default());
    outbox.sender.send(vec![7; 1 << 20]).expect("open");
    let first = outbox.write_batch();
    outbox.hear(&Event::Ping(b"quick"));
    let rest = outbox.write_lines();
    assert_eq!(first.len(), 10 + (256 << 10));
    assert_eq!(
        rest,
        [
            "pong 'quick'",
            "continuation of 262144 bytes...",
            "continuation of 262144 bytes...",
            "continuation of 262144 bytes",
        ]
    );
}

#[test]
fn a_pong_waits_for_the_end_of_the_batch_under_way() {
    let mut outbox = Outbox::server(Config::default());
    outbox.sender.send("first").expect("open");
    assert_eq!(outbox.transmit(), 2 + 5);
    outbox.sender.send("second").expect("open");
    outbox.hear(&Event::Ping(b"?"));
    // A batch that is not written yet is left alone.
    assert_eq!(outbox.transmit(), 2 + 5);
    assert_eq!(
        outbox.write_lines(),
        ["text 'first'", "pong '?'", "text 'second'"]
    );
}

#[test]
fn a_batch_of_small_messages_ends_near_256_kib() {
    let mut outbox = Outbox::server(Config::default());
    for _ in 0..4000 {
        outbox.sender.send(&[7; 196]).expect("open");
    }
    let mut batches = Vec::new();
    loop {
        match outbox.write_batch().len() {
            0 => break,
            len => batches.push(len),
        }
    }
    assert_eq!(batches.iter().sum::<usize>(), 4000 * 200);
    assert!(batches.len() >= 3, "{batches:?}");
    assert!(
        batches.iter().all(|len| *len <= (256 << 10) + 200),
        "{batches:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// So that the lane opens in time: a batch is 256 KiB at most, or what lies in one piece with a single fragment.
    #[test]
    fn no_batch_is_longer_than_256_kib_and_a_fragment(
        messages in vec((prop_oneof![1_usize..300, 1_000_usize..60_000, 60_000_usize..600_000], any::<bool>()), 1..60),
        fragment_size in 10_000_usize..300_000,
    ) {
        let config = Config::default()
            .with_fragment_size(fragment_size)
            .with_max_queue(usize::MAX);
        let mut outbox = Outbox::server(config);
        let mut total = 0;
        for (len, owned) in messages {
            let payload = vec![7; len];
            total += len;
            let message = match owned {
                true => Message::from(payload),
                false => Message::from(&payload[..]),
            };
            outbox.sender.send(message).expect("open");
        }
        outbox.hear(&Event::Ping(b"?"));
        let queued = outbox.sender.queued();
        let mut written = 0;
        while outbox.sender.queued() > 0 {
            let len = outbox.write_batch().len();
            prop_assert!(len <= (256 << 10) + fragment_size + 10, "{} with {}", len, fragment_size);
            written += len;
            outbox.transmit();
        }
        prop_assert!(queued >= total && written == queued);
    }
}

#[test]
fn what_waits_in_the_lane_is_counted_as_it_leaves() {
    for mut outbox in [
        Outbox::server(Config::default()),
        Outbox::client(Config::default()),
    ] {
        outbox.hear(&Event::Ping(b""));
        outbox.hear(&Event::Ping(b"payload"));
        outbox.sender.ping(b"ours").expect("open");
        let queued = outbox.sender.queued();
        assert_eq!(queued, outbox.write_bytes().len());
        assert_eq!(outbox.sender.queued(), 0);
    }
}
