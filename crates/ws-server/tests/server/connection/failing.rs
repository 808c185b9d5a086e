//! A peer that breaks the protocol or a limit is told with the right code, in the right order, and is cut (R8, R10).

use tokio::time::Instant;
use ws_testing::{
    naive::{Frame, Length, opcode},
    peer::masked,
};

use crate::served::{Served, assert_took, pass, settle};

/// Every rule and its code (A12-A18, A20, A30, A32); the receiver's own tests have every value.
fn violations() -> Vec<(&'static str, u16, Vec<u8>)> {
    let empty = Frame::continuation("").unfinished();
    let empty: Vec<u8> = (0..1025).flat_map(|_| masked(empty.clone())).collect();
    let unfinished = masked(Frame::text("un").unfinished());
    let bits64 = |len| {
        masked(
            Frame::binary("")
                .with_length(Length::Bits64)
                .announcing(len),
        )
    };
    vec![
        ("no mask", 1002, Frame::text("x").encode()),
        ("RSV1", 1002, masked(Frame::text("x").with_rsv(0b100))),
        ("opcode 3", 1002, masked(Frame::new(0x3, ""))),
        ("opcode B", 1002, masked(Frame::new(0xB, ""))),
        (
            "a fragmented ping",
            1002,
            masked(Frame::ping("").unfinished()),
        ),
        ("a long ping", 1002, masked(Frame::ping([0; 126]))),
        (
            "a continuation first",
            1002,
            masked(Frame::continuation("x")),
        ),
        (
            "text inside a message",
            1002,
            [unfinished.clone(), masked(Frame::text("x"))].concat(),
        ),
        (
            "a longer length than needed",
            1002,
            masked(Frame::text("x").with_length(Length::Bits16)),
        ),
        ("the top bit of a length", 1002, bits64(1 << 63)),
        ("2^63 - 1 bytes", 1009, bits64(u64::MAX >> 1)),
        ("1 MiB and a byte", 1009, bits64((1 << 20) + 1)),
        (
            "a Close of one byte",
            1002,
            masked(Frame::new(opcode::CLOSE, "x")),
        ),
        ("a Close with 1005", 1002, masked(Frame::close(1005, ""))),
        (
            "a reason that is no text",
            1007,
            masked(Frame::close(1000, [0xff])),
        ),
        ("text that is none", 1007, masked(Frame::text([0xc3, 0x28]))),
        (
            "text that ends inside a character",
            1007,
            masked(Frame::text([0xe2, 0x82])),
        ),
        ("1,025 empty fragments", 1008, [unfinished, empty].concat()),
    ]
}

#[tokio::test(start_paused = true)]
async fn every_violation_is_answered_with_its_code_and_told_as_error_and_close() {
    for (name, code, bytes) in violations() {
        let mut served = Served::open().await;
        served.say("before").await;
        served.peer.write(&bytes).await;
        let lines = served.peer.read_lines().await;
        assert_eq!(lines.len(), 3, "{name}: {lines:?}");
        assert_eq!(lines[0], "text 'before'", "{name}");
        assert!(
            lines[1].starts_with(&format!("close {code} '")),
            "{name}: {lines:?}"
        );
        assert_eq!(lines[2], "end", "{name}");
        served.peer.finish().await;
        served.ended().await;

        let told = served.log.lines();
        assert_eq!(told.len(), 6, "{name}: {told:?}");
        assert_eq!(told[3], format!("error {code}"), "{name}");
        let reason = lines[1][12..].strip_suffix('\'').expect("quoted");
        let reason = reason.replace("\\'", "'");
        assert_eq!(told[4], format!("close 1006 ({reason})"), "{name}");
    }
}

/// A28: nothing more need come.
#[tokio::test(start_paused = true)]
async fn bad_text_at_the_beginning_of_a_16_mib_frame_is_refused_at_its_first_byte() {
    let mut served = Served::open_under(|c| c.with_max_message(16 << 20)).await;
    let frame = Frame::text([0xff]).announcing(16 << 20);
    served.peer.write(masked(frame)).await;
    let line = served.peer.read_line().await;
    assert!(line.starts_with("close 1007"), "{line}");
}

/// A28: also far inside, when the rest is read straight into the message.
#[tokio::test(start_paused = true)]
async fn bad_text_inside_a_16_mib_frame_is_refused_before_64_kib_more_are_read() {
    const LEN: usize = 16 << 20;
    const BAD: usize = 3_000_001;
    let mut served = Served::open_under(|c| c.with_max_message(LEN)).await;
    let head = Frame::text("").announcing(LEN as u64).masked([0; 4]);
    served.peer.write(head.encode_header()).await;
    served.peer.write(vec![b'x'; BAD]).await;
    served.peer.write([0xff]).await;
    settle().await;
    let mut more = 0;
    while served.log.count("error 1007") == 0 {
        served.peer.write([b'x'; 1024]).await;
        more += 1024;
        settle().await;
        assert!(more <= 64 * 1024);
    }
    let line = served.peer.read_line().await;
    assert!(line.starts_with("close 1007"), "{line}");
}

/// A29
#[tokio::test(start_paused = true)]
async fn characters_may_be_split_over_frames_and_reads() {
    let mut served = Served::open().await;
    let text = "\u{e9}\u{20ac}\u{1f600}";
    let bytes = text.as_bytes();
    for (number, byte) in bytes.iter().enumerate() {
        let mut frame = match number {
            0 => Frame::text([*byte]),
            _ => Frame::continuation([*byte]),
        };
        frame.fin = number + 1 == bytes.len();
        for byte in masked(frame) {
            served.peer.write([byte]).await;
            settle().await;
        }
    }
    let echo = served
        .peer
        .read_frame()
        .await
        .expect("open")
        .expect("a frame");
    assert_eq!(echo.payload, bytes);
}

/// A31
#[tokio::test(start_paused = true)]
async fn control_frames_between_fragments_are_handled_at_once() {
    let mut served = Served::open().await;
    served.peer.send(Frame::text("one, ").unfinished()).await;
    served.peer.send(Frame::ping("now")).await;
    assert_eq!(served.peer.read_line().await, "pong 'now'");
    served.peer.send(Frame::pong("unasked")).await;
    served
        .peer
        .send(Frame::continuation("two").unfinished())
        .await;
    served.peer.send(Frame::close(1000, "enough")).await;
    assert_eq!(
        served.peer.read_lines().await,
        ["close 1000 'enough'", "end"]
    );
    let told = "close 1000 (closed by the peer), clean";
    assert_eq!(
        served.log.lines()[2..],
        ["ping 'now'", "pong 'unasked'", told]
    );
}

#[tokio::test(start_paused = true)]
async fn replies_to_messages_in_front_of_an_error_leave_before_the_close() {
    let mut served = Served::open().await;
    let frames = [Frame::text("one"), Frame::ping("?"), Frame::text("two")];
    let mut bytes: Vec<u8> = frames.into_iter().flat_map(masked).collect();
    bytes.extend(Frame::text("not masked").encode());
    bytes.extend(masked(Frame::text("never seen")));
    served.peer.write(bytes).await;
    let lines = served.peer.read_lines().await;
    assert_eq!(lines[..3], ["pong '?'", "text 'one'", "text 'two'"]);
    assert!(lines[3].starts_with("close 1002"), "{lines:?}");
    assert_eq!(served.log.count("text 'never"), 0);
}

#[tokio::test(start_paused = true)]
async fn nothing_can_be_sent_in_on_error() {
    let mut served =
        Served::open_with(|puppet| puppet.on("error", "send late; close 4000 mine")).await;
    served.peer.write(Frame::text("not masked").encode()).await;
    let lines = served.peer.read_lines().await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("close 1002"), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn the_close_leaves_while_on_error_is_pending_and_the_cause_stays() {
    for wait in ["yield", "wait 1", "wait 4"] {
        let mut served = Served::open_with(|puppet| puppet.on("error", wait)).await;
        let start = Instant::now();
        served.peer.write(Frame::text("not masked").encode()).await;
        let line = served.peer.read_line().await;
        assert!(line.starts_with("close 1002"), "{line}");
        assert_took(start.elapsed(), 0.0);
        served.ended().await;
        let told = "close 1006 (unmasked frame, but a client must mask every frame)";
        assert_eq!(served.log.lines()[2..], ["error 1002", told, "dropped"]);
    }
}

/// What is on its way leaves whole, what waits does not, and the Close is not held up by it.
#[tokio::test(start_paused = true)]
async fn a_close_for_an_error_overtakes_what_waits() {
    let mut served = Served::open().await;
    served.say("do flood 100 10000").await;
    served.peer.write(Frame::text("not masked").encode()).await;
    settle().await;
    pass(1.0).await;
    let lines = served.peer.read_lines().await;
    let data = lines.iter().filter(|line| *line == "binary of 10000 bytes");
    let data = data.count();
    assert!((26..40).contains(&data), "{data} of 100 messages");
    assert!(lines[data].starts_with("close 1002"), "{:?}", lines[data]);
    assert_eq!(lines[data + 1..], ["end"]);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_nothing_is_cut_5_s_after_its_error() {
    let mut served = Served::open().await;
    served.say("do flood 100 10000").await;
    served.peer.write(Frame::text("not masked").encode()).await;
    let start = Instant::now();
    served.ended().await;
    assert_took(start.elapsed(), 5.0);
    let told = "close 1006 (unmasked frame, but a client must mask every frame)";
    assert_eq!(served.log.count(told), 1);
}

/// A33: also behind a failure.
#[tokio::test(start_paused = true)]
async fn a_peer_that_fails_and_never_ends_the_transport_is_cut_at_1_5_s() {
    let mut served = Served::open().await;
    served.peer.write(Frame::text("not masked").encode()).await;
    let start = Instant::now();
    assert_eq!(served.peer.read_lines().await.len(), 2);
    served.ended().await;
    assert_took(start.elapsed(), 1.5);
}
