//! Memory follows the bytes that arrived, and an idle endpoint has none (R1, R3, R4; A12, A15, A19-A21, A24).
//!
//! The allocator counts per thread, so the tests may run beside one another.

use std::time::Instant;

use allocation_counter::AllocationInfo;
use bytes::{Buf, BufMut, Bytes};
use ws_connection::{Batch, Config, Event, Message, Overflow, Receiver, SendOptions, Sender};
use ws_frame::MaskingKey;
use ws_testing::naive::Frame;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

fn measure<T>(work: impl FnOnce() -> T) -> (T, AllocationInfo) {
    let mut output = None;
    let info = allocation_counter::measure(|| output = Some(work()));
    (output.expect("it was run"), info)
}

fn masked(frame: Frame) -> Vec<u8> {
    frame.masked(KEY).encode()
}

/// How many events there were.
fn receive(receiver: &mut Receiver, mut input: &mut [u8]) -> usize {
    let mut events = 0;
    while receiver.receive(&mut input).expect("legal").is_some() {
        events += 1;
    }
    events
}

fn server(max_message: usize) -> Receiver {
    Receiver::server(Config::default().with_max_message(max_message))
}

/// Writes everything to nowhere.
fn write_all(sender: &mut Sender, batch: &mut Batch, now: Instant) -> usize {
    let mut written = 0;
    loop {
        sender.transmit(now, batch);
        let len = batch.remaining();
        if len == 0 {
            return written;
        }
        written += len;
        batch.advance(len);
    }
}

#[test]
fn an_absurd_length_costs_no_memory() {
    for len in [1 << 32, 1 << 40, (1 << 63) - 1] {
        let mut bytes = Frame::text("").announcing(len).masked(KEY).encode_header();
        let mut receiver = server(1 << 20);
        let (result, info) = measure(|| receiver.receive(&mut &mut bytes[..]).is_err());
        assert!(result);
        assert!(info.bytes_total <= 64 << 10, "{info:?}");
        assert_eq!(info.bytes_total, 0);
    }
}

#[test]
fn an_absurd_length_costs_no_memory_where_there_is_no_limit() {
    for len in [1 << 32, 1 << 40, (1 << 63) - 1] {
        let mut header = Frame::binary("")
            .announcing(len)
            .masked(KEY)
            .encode_header();
        let mut payload = vec![0; 64 << 10];
        let mut receiver = server(usize::MAX);
        let (_, info) = measure(|| {
            receive(&mut receiver, &mut header);
            receive(&mut receiver, &mut payload[..100]);
        });
        assert!(info.bytes_max <= 512, "{info:?}");
        let (_, info) = measure(|| {
            receive(&mut receiver, &mut payload);
            receiver.payload_room().map(|room| room.remaining_mut())
        });
        assert!(info.bytes_max <= 256 << 10, "{info:?}");
    }
}

#[test]
fn an_announced_message_of_15_mib_costs_what_has_arrived_of_it() {
    let mut bytes = Frame::binary("")
        .announcing(15 << 20)
        .masked(KEY)
        .encode_header();
    bytes.push(1);
    let mut receiver = server(16 << 20);
    let (room, info) = measure(|| {
        receive(&mut receiver, &mut bytes);
        receiver.payload_room().is_some()
    });
    assert!(!room);
    assert!(info.bytes_total < 20_000, "{info:?}");
    assert!(info.bytes_total <= 512, "{info:?}");
}

/// What the receiver notes of an unfinished message, whatever its length.
const NOTES: usize = 64;

/// Reads 15 MiB into the room, as fast as it opens.
#[test]
fn a_message_that_is_read_in_place_takes_at_most_twice_what_has_arrived() {
    const LEN: usize = 15 << 20;
    let mut header = Frame::binary("")
        .announcing(LEN as u64)
        .masked(KEY)
        .encode_header();
    let mut start = vec![0; 33_000];
    let mut receiver = server(16 << 20);
    let mut arrived = start.len();
    let mut held = 0;
    let ((), info) = measure(|| {
        receive(&mut receiver, &mut header);
        receive(&mut receiver, &mut start);
    });
    held += info.bytes_current;
    while arrived < LEN {
        let (read, info) = measure(|| {
            let mut room = receiver.payload_room().expect("most of it is to come");
            let read = room.remaining_mut().min(60_000);
            room.put_bytes(1, read);
            read
        });
        held += info.bytes_current;
        let before = arrived;
        arrived += read;
        assert!(
            held as usize <= 2 * before + NOTES,
            "{held} held when {before} had arrived"
        );
        held += measure(|| receive(&mut receiver, &mut [])).1.bytes_current;
    }
    assert!(held as usize <= 2 * LEN);
    held += measure(|| receive(&mut receiver, &mut [])).1.bytes_current;
    assert_eq!(held, 0);
}

/// A19, as a figure: nothing per fragment.
#[test]
fn fragments_of_one_byte_take_at_most_twice_what_has_arrived() {
    let fragment = masked(Frame::continuation("b").unfinished());
    let mut receiver = server(1 << 20);
    receive(&mut receiver, &mut masked(Frame::text("").unfinished()));
    let mut arrived = 0;
    let mut held = 0;
    for count in [1, 10, 100, 1000, 10_000, 100_000] {
        let mut bytes = fragment.repeat(count);
        let (_, info) = measure(|| receive(&mut receiver, &mut bytes));
        arrived += count;
        held += info.bytes_current;
        assert!(
            held as usize <= 2 * arrived + 64,
            "{held} held for {arrived}"
        );
        assert!(info.count_total < 20, "{info:?}");
    }
}

#[test]
fn empty_fragments_cost_no_memory() {
    let mut receiver = server(1 << 20);
    receive(&mut receiver, &mut masked(Frame::text("").unfinished()));
    let mut bytes = masked(Frame::continuation("").unfinished()).repeat(1024);
    let (_, info) = measure(|| receive(&mut receiver, &mut bytes));
    assert_eq!(info.count_total, 0);
}

#[test]
fn a_whole_message_costs_no_allocation() {
    let frames = [
        Frame::text("hello"),
        Frame::binary([7; 65_536]),
        Frame::ping("?"),
        Frame::pong("!"),
        Frame::text(""),
    ];
    let mut bytes: Vec<u8> = frames.into_iter().flat_map(masked).collect();
    let mut receiver = server(1 << 20);
    let (events, info) = measure(|| receive(&mut receiver, &mut bytes));
    assert_eq!((events, info.count_total), (5, 0));
}

#[test]
fn unsolicited_pongs_cost_nothing() {
    let mut bytes = masked(Frame::pong("unasked")).repeat(10_000);
    let mut receiver = server(1 << 20);
    let mut sender = Sender::server(Config::default());
    let now = Instant::now();
    let (_, info) = measure(|| {
        let mut input = &mut bytes[..];
        while let Ok(Some(event)) = receiver.receive(&mut input) {
            sender.on_event(now, &event);
        }
    });
    assert_eq!(info.count_total, 0);
}

/// A21: the peer pings and never reads.
#[test]
fn a_flood_of_pings_costs_32_pongs() {
    let mut sender = Sender::server(Config::default());
    let now = Instant::now();
    let mut batch = Batch::default();
    // A write that makes no progress, so that the pongs have to wait.
    sender.send("stuck").expect("open");
    sender.transmit(now, &mut batch);
    let (_, info) = measure(|| {
        for _ in 0..100_000 {
            sender.on_event(now, &Event::Ping(&[7; 125]));
            sender.transmit(now, &mut batch);
        }
    });
    assert!(info.bytes_max <= 16 << 10, "{info:?}");
}

/// What waits at most: 32 pongs and 32 pings, of 127 bytes each.
#[test]
fn control_frames_that_wait_cost_16_kib_at_most() {
    let mut sender = Sender::server(Config::default());
    let now = Instant::now();
    let mut batch = Batch::default();
    sender.send("stuck").expect("open");
    sender.transmit(now, &mut batch);
    let stuck = sender.queued();
    let (pings, info) = measure(|| {
        let mut pings = 0;
        for _ in 0..1000 {
            sender.on_event(now, &Event::Ping(&[7; 125]));
            pings += usize::from(sender.ping(&[8; 125]).is_ok());
        }
        pings
    });
    assert_eq!(pings, 32);
    assert_eq!(sender.queued() - stuck, 64 * 127);
    assert!(info.bytes_current <= 16 << 10, "{info:?}");
    assert!(info.bytes_max <= 24 << 10, "{info:?}");
}

#[test]
fn an_assembled_message_is_sent_on_without_a_copy() {
    const LEN: usize = 200_000;
    let mut first = masked(Frame::binary([1; LEN / 2]).unfinished());
    let mut last = masked(Frame::continuation([2; LEN / 2]));
    let mut receiver = server(1 << 20);
    let mut sender = Sender::server(Config::default());
    receive(&mut receiver, &mut first);
    let mut input = &mut last[..];
    let event = receiver.receive(&mut input).expect("legal");
    let Some(Event::Message(message)) = event else {
        panic!("{event:?}");
    };
    assert_eq!(message.len(), LEN);
    let mut batch = Batch::default();
    let ((), info) = measure(|| {
        sender.send(message).expect("open");
        sender.transmit(Instant::now(), &mut batch);
    });
    assert!(info.bytes_total < 4 << 10, "{info:?}");
    assert_eq!(batch.remaining(), 10 + LEN);
}

/// What a busy connection does, until everything is written.
fn exchange(receiver: &mut Receiver, sender: &mut Sender, batch: &mut Batch, now: Instant) {
    let frames = [
        Frame::text("small"),
        Frame::binary([1; 20_000]).unfinished(),
        Frame::ping("between"),
        Frame::continuation([2; 50_000]),
        Frame::binary([3; 300_000]),
    ];
    let mut bytes: Vec<u8> = frames.into_iter().flat_map(masked).collect();
    for piece in bytes.chunks_mut(30_000) {
        let mut input = piece;
        sender.handle_read(now);
        while let Some(event) = receiver.receive(&mut input).expect("legal") {
            sender.on_event(now, &event);
            if let Event::Message(message) = event {
                sender.send(message).expect("open");
            }
        }
        sender.transmit(now, batch);
        batch.advance(batch.remaining() / 2);
    }
    sender.send(Bytes::from(vec![4; 700_000])).expect("open");
    for _ in 0..1000 {
        sender.send("many small ones").expect("open");
    }
    sender.ping(b"!").expect("open");
    write_all(sender, batch, now);
}

#[test]
fn an_endpoint_that_has_written_everything_holds_no_buffer() {
    let now = Instant::now();
    let key = || MaskingKey::new(KEY);
    for mut sender in [
        Sender::server(Config::default()),
        Sender::client(Config::default(), key),
    ] {
        let mut receiver = server(1 << 20);
        let mut batch = Batch::default();
        let ((), info) = measure(|| exchange(&mut receiver, &mut sender, &mut batch, now));
        assert!(info.bytes_total > 1_000_000);
        assert_eq!(
            (info.bytes_current, info.count_current),
            (0, 0),
            "{sender:?} {batch:?}"
        );
        assert_eq!(sender.queued(), 0);
    }
}

#[test]
fn a_partial_control_frame_is_given_back_when_it_was_told() {
    let bytes = masked(Frame::ping([7; 125]));
    let mut receiver = server(1 << 20);
    let (_, info) = measure(|| {
        for piece in bytes.chunks(10) {
            receive(&mut receiver, &mut piece.to_vec());
        }
    });
    assert_eq!(info.bytes_current, 0);
}

#[test]
fn an_endpoint_that_failed_gives_back_what_had_not_begun_to_leave() {
    let now = Instant::now();
    let mut sender = Sender::server(Config::default());
    let mut receiver = server(1 << 20);
    let mut batch = Batch::default();
    let ((), info) = measure(|| {
        receive(
            &mut receiver,
            &mut masked(Frame::binary([1; 100_000]).unfinished()),
        );
        for _ in 0..20 {
            sender.send(&[7; 100_000]).expect("open");
        }
        sender.transmit(now, &mut batch);
        let mut bad = Frame::text("unmasked").encode();
        let error = receiver
            .receive(&mut &mut bad[..])
            .expect_err("a client masks");
        sender.fail(&error);
    });
    // What is under way, and the Close.
    let held = info.bytes_current as usize;
    assert!(
        held < 2 * batch.remaining() + 1000,
        "{held} {}",
        batch.remaining()
    );
    let ((), info) = measure(|| {
        write_all(&mut sender, &mut batch, now);
    });
    let left = info.bytes_current + held as i64;
    // The closing handshake is remembered: a box and the reason.
    assert!(left < 400, "{left}");
}

#[test]
fn discarding_costs_no_memory() {
    let mut receiver = server(1 << 20);
    receive(
        &mut receiver,
        &mut masked(Frame::binary([1; 1000]).unfinished()),
    );
    let mut close = masked(Frame::close(1000, ""));
    let mut rest = masked(Frame::binary([1; 50_000])).repeat(10);
    let (_, info) = measure(|| {
        assert_eq!(receive(&mut receiver, &mut close), 1);
        assert_eq!(receive(&mut receiver, &mut rest), 0);
    });
    assert_eq!(info.bytes_max, 0, "{info:?}");
    // The unfinished message was let go.
    assert!(info.bytes_current <= -1000, "{info:?}");
}

#[test]
fn a_message_that_is_given_away_is_not_copied() {
    let page = Bytes::from(vec![b'a'; 500_000]);
    let mut sender = Sender::server(Config::default());
    let mut batch = Batch::default();
    let ((), info) = measure(|| {
        let message = Message::text_from_bytes(page.clone()).expect("ASCII");
        sender.send(message).expect("open");
        write_all(&mut sender, &mut batch, Instant::now());
    });
    assert!(info.bytes_total < 8 << 10, "{info:?}");
}

#[test]
fn an_endpoint_that_was_cut_holds_nothing() {
    let now = Instant::now();
    let mut sender = Sender::server(Config::default());
    let ((), info) = measure(|| {
        let mut batch = Batch::default();
        sender.send(&[7; 1_000_000]).expect("open");
        sender.ping(b"?").expect("open");
        sender.transmit(now, &mut batch);
        sender.abort();
        sender.on_event(now, &Event::Ping(b"late"));
    });
    assert_eq!(info.bytes_current, 0, "{sender:?}");
    assert_eq!(sender.queued(), 0);
}

#[test]
fn one_reply_after_another_is_encoded_into_the_buffers_of_those_before() {
    let mut sender = Sender::server(Config::default());
    let mut batch = Batch::default();
    let now = Instant::now();
    let mut reply = || {
        sender.send(Message::from("reply")).expect("open");
        sender.transmit(now, &mut batch);
        batch.advance(batch.remaining());
    };
    for _ in 0..3 {
        reply();
    }
    let ((), info) = measure(|| (0..100).for_each(|_| reply()));
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn the_first_tens_of_small_replies_share_one_allocation() {
    let mut sender = Sender::server(Config::default());
    let ((), info) = measure(|| {
        for _ in 0..50 {
            sender.send(Message::from("small reply")).expect("open");
        }
    });
    assert_eq!(info.count_total, 1, "{info:?}");
}

/// Two buffers take turns, and both of them go.
#[test]
fn a_sender_gives_back_the_buffers_of_several_replies_when_the_last_is_written() {
    let mut sender = Sender::server(Config::default());
    let mut batch = Batch::default();
    let now = Instant::now();
    let ((), info) = measure(|| {
        for _ in 0..3 {
            sender.send(Message::from("reply")).expect("open");
            sender.transmit(now, &mut batch);
            batch.advance(batch.remaining());
        }
        sender.transmit(now, &mut batch);
    });
    assert_eq!(info.bytes_current, 0, "{info:?}");
}

/// A23: each counts what it takes of memory, so the limit of the queue is one of memory.
#[test]
fn messages_of_one_byte_that_may_give_way_take_no_more_memory_than_the_limit_says() {
    const COUNT: u64 = 125_000;
    let oldest = SendOptions::default().with_overflow(Overflow::DropOldest);
    let keyed: fn(u64) -> SendOptions = |number| SendOptions::default().with_key(number);
    let kinds: [(&str, &dyn Fn(u64) -> SendOptions); 4] = [
        ("dropped", &|_| oldest),
        ("conflated", &|number| keyed(number % 100_000)),
        ("both", &|number| {
            keyed(number % 100_000).with_overflow(Overflow::DropOldest)
        }),
        ("every other", &|number| match number % 2 {
            0 => SendOptions::default(),
            _ => oldest,
        }),
    ];
    for limit in [100_000, 300_000] {
        for (kind, options) in &kinds {
            let mut sender = Sender::server(Config::default().with_max_queue(limit));
            // Stays in front of all that give way.
            sender.send("first").expect("open");
            let ((), info) = measure(|| {
                for number in 0..COUNT {
                    let _ = sender.send_with("x", options(number));
                }
            });
            assert!(sender.queued() <= limit + 2 * SendOptions::CHARGE);
            // While a list grows, the old one is there beside the new one.
            assert!(info.bytes_max as usize <= 2 * limit, "{kind}: {info:?}");
            assert!(info.bytes_current as usize <= limit, "{kind}: {info:?}");
            let mut batch = Batch::default();
            let (_, info) = measure(|| write_all(&mut sender, &mut batch, Instant::now()));
            assert!(info.bytes_current < 0);
            assert_eq!(sender.queued(), 0);
        }
    }
}
