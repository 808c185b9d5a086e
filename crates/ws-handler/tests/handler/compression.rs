//! Messages are compressed where they are sent: without the lock where they refer to no other, under it where they do.

use std::thread;

use allocation_counter::AllocationInfo;
use ws_connection::Config;
use ws_deflate::{Deflate, Prepared, Takeover, Volume};
use ws_handler::{Client, CloseCode, Compress, Message, SendError, Sent};

use crate::desk::{Compressed, Desk};

fn with_takeover() -> Deflate {
    Deflate::default().with_takeover(Takeover::On)
}

/// A text that is worth compressing.
fn text(what: &str) -> String {
    format!("{what}, said again and again; ").repeat(40)
}

/// Bytes that nothing makes shorter.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..len).map(|_| byte()).collect()
}

/// Whether the first frame is compressed.
fn is_compressed(written: &[u8]) -> bool {
    written[0] & 0x40 != 0
}

/// A desk whose queue one message fills.
fn with_little_room(settings: Deflate) -> Compressed {
    Desk::with_deflate(Config::default().with_max_queue(1), settings)
}

fn measure<T>(work: impl FnOnce() -> T) -> (T, AllocationInfo) {
    let mut output = None;
    let info = allocation_counter::measure(|| output = Some(work()));
    (output.expect("it was run"), info)
}

#[test]
fn what_is_refused_is_not_compressed() {
    for settings in [Deflate::default(), with_takeover()] {
        let Compressed { desk, .. } = &with_little_room(settings);
        let (handle, mut client) = (desk.handle(), desk.client());
        let text = text("long").repeat(100);
        handle.send(&text).expect("there is room");
        // What was sent in vain is counted from here on, in a box.
        handle.send(&text).expect_err("no room");
        let always = || Message::from(&text).with_compress(Compress::Always);
        let (refused, info) = measure(|| handle.send(always()).expect_err("no room"));
        assert_eq!(info.count_total, 0, "{info:?}");
        assert!(matches!(refused, SendError::Full(_)), "{refused:?}");
        let (sent, info) = measure(|| client.send(&text));
        assert_eq!((sent, info.count_total), (Sent::Dropped, 0));

        handle.close(CloseCode::NORMAL);
        let (refused, info) = measure(|| handle.send(always()).expect_err("closing"));
        assert_eq!(info.count_total, 0, "{info:?}");
        assert!(matches!(&refused, SendError::Closed(_)), "{refused:?}");
        assert_eq!(refused.into_message().as_text(), Some(&*text));
        let (sent, info) = measure(|| client.send(&text));
        assert_eq!((sent, info.count_total), (Sent::Closed, 0));
    }
}

#[test]
fn a_callback_whose_message_is_dropped_finds_the_congestion() {
    let config = Config::default().with_max_queue(1).with_high_water(1);
    let Compressed { desk, .. } = &Desk::with_deflate(config, Deflate::default());
    desk.handle().send(text("first")).expect("there is room");
    let mut client = desk.client();
    assert_eq!(client.send(text("second")), Sent::Dropped);
    assert!(client.is_congested());
}

#[test]
fn what_is_refused_is_neither_counted_nor_part_of_the_window() {
    for settings in [Deflate::default(), with_takeover()] {
        let mut compressed = with_little_room(settings);
        let (handle, mut client) = (compressed.desk.handle(), compressed.desk.client());
        let prepared = Prepared::new(text("to all"));
        let mut plain = 0;
        for round in 0..20 {
            let taken = text(&format!("round {round}"));
            if round % 5 == 4 {
                handle.send_prepared(&prepared).expect("there is room");
            } else {
                handle.send(&taken).expect("there is room");
            }
            for attempt in 0..5 {
                let refused = text(&format!("refused {round} {attempt}"));
                handle.send(&refused).expect_err("no room");
                handle.send_prepared(&prepared).expect_err("no room");
                assert_eq!(client.send(&refused), Sent::Dropped);
                assert_eq!(client.send_prepared(&prepared), Sent::Dropped);
            }
            let heard = compressed.read();
            match round % 5 {
                4 => assert_eq!(heard, [prepared.message().as_bytes()]),
                _ => assert_eq!(heard, [taken.as_bytes()]),
            }
            plain += heard[0].len() as u64;
            assert_eq!(compressed.traffic.sent().plain, plain);
        }
        assert!(compressed.traffic.sent().deflated < plain / 5);
    }
}

#[test]
fn what_callbacks_and_handles_send_is_counted_once() {
    for settings in [Deflate::default(), with_takeover()] {
        let mut compressed = Desk::with_deflate(Config::default(), settings);
        let (handle, mut client) = (compressed.desk.handle(), compressed.desk.client());
        let prepared = Prepared::new(text("to all"));
        handle.send(text("by a handle")).expect("open");
        client.send(text("by a callback"));
        handle.send_prepared(&prepared).expect("open");
        client.send_prepared(&prepared);
        handle.send("short").expect("open");
        let heard = compressed.read();
        let plain: usize = heard[..4].iter().map(Vec::len).sum();
        let sent = compressed.traffic.sent();
        assert_eq!((heard.len(), sent.plain), (5, plain as u64));
        assert!(sent.deflated > 100 && sent.deflated < 400, "{sent}");
        assert_eq!(compressed.traffic.received(), Volume::default());
    }
}

/// Behind the same bytes the connection's own compressor would make next to nothing of it.
#[test]
fn a_prepared_message_that_did_not_become_shorter_is_not_tried_again() {
    type SendPrepared = fn(&mut Client, &Prepared);
    let ways: [SendPrepared; 2] = [
        |client, prepared| {
            client.send_prepared(prepared);
        },
        |client, prepared| {
            client.handle().send_prepared(prepared).expect("open");
        },
    ];
    for send_prepared in ways {
        let mut compressed = Desk::with_deflate(Config::default(), with_takeover());
        let mut client = compressed.desk.client();
        let noise = noise(4000);
        client.send(Message::from(&noise[..]).with_compress(Compress::Always));
        assert_eq!(compressed.read(), [&noise[..]]);
        let prepared = Prepared::new(noise.clone());
        send_prepared(&mut client, &prepared);
        let written = compressed.desk.write();
        assert_eq!((is_compressed(&written), written.len()), (false, 4004));
        // Our window is as it was.
        client.send(&noise[..]);
        let written = compressed.desk.write();
        assert!(is_compressed(&written) && written.len() < 200);
    }
}

#[test]
fn prepared_messages_may_stand_between_a_connections_own() {
    let mut compressed = Desk::with_deflate(Config::default(), with_takeover());
    let mut client = compressed.desk.client();
    let shrinks = Prepared::new(text("to all"));
    let stays = Prepared::new(noise(4000));
    let mut sent = Vec::new();
    for round in 0..10 {
        let own = text(&format!("round {}", round / 2));
        client.send(&own);
        sent.push(own.into_bytes());
        for prepared in [&shrinks, &stays, &shrinks] {
            client.send_prepared(prepared);
            sent.push(prepared.message().as_bytes().to_vec());
            client.send(b"what all say, what all say, what all say; ".repeat(9));
            sent.push(b"what all say, what all say, what all say; ".repeat(9));
        }
    }
    assert!(compressed.read() == sent);
}

#[test]
fn messages_of_many_threads_arrive_whole_and_in_their_order() {
    const THREADS: usize = 4;
    const EACH: usize = 100;
    for settings in [Deflate::default(), with_takeover()] {
        let mut compressed = Desk::with_deflate(Config::default(), settings);
        let prepared = Prepared::new(text("to all"));
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let handle = compressed.desk.handle();
                let prepared = &prepared;
                scope.spawn(move || {
                    for number in 0..EACH {
                        let text = text(&format!("{thread}: {number}"));
                        handle.send(text).expect("open");
                        handle.send_prepared(prepared).expect("open");
                    }
                });
            }
        });
        let to_all = prepared.message().as_bytes();
        let (prepared, own): (Vec<_>, Vec<_>) = compressed
            .read()
            .into_iter()
            .partition(|message| message == to_all);
        assert_eq!(prepared.len(), THREADS * EACH);
        for thread in 0..THREADS {
            let prefix = format!("{thread}: ").into_bytes();
            let heard = own.iter().filter(|message| message.starts_with(&prefix));
            let sent = (0..EACH).map(|number| text(&format!("{thread}: {number}")).into_bytes());
            assert!(heard.eq(&sent.collect::<Vec<_>>()), "{thread}");
        }
        assert_eq!(own.len(), THREADS * EACH);
    }
}
