//! Messages of every size come back as they were.

use std::sync::Arc;

use ws_server::{Client, Config, ConnectionConfig, Handler, Message, MessageKind};
use ws_testing::naive::{Frame, opcode};

use crate::{log::Log, served::Served};

#[tokio::test(start_paused = true)]
async fn text_comes_back_as_text_and_binary_as_binary() {
    let mut served = Served::open().await;
    for (frame, line) in [
        (Frame::text("hello"), "text 'hello'"),
        (Frame::binary([0, 255]), "binary '\\x00\\xff'"),
        (Frame::text(""), "text ''"),
        (Frame::binary(""), "binary ''"),
        (Frame::text("\u{20ac}"), "text '\\xe2\\x82\\xac'"),
    ] {
        served.peer.send(frame).await;
        assert_eq!(served.peer.read_line().await, line);
    }
}

#[tokio::test(start_paused = true)]
async fn fragments_come_back_as_one_message() {
    let mut served = Served::open().await;
    for frame in [
        Frame::text("one, ").unfinished(),
        Frame::continuation("").unfinished(),
        Frame::continuation("two, ").unfinished(),
        Frame::continuation("three"),
    ] {
        served.peer.send(frame).await;
    }
    assert_eq!(served.peer.read_line().await, "text 'one, two, three'");
}

/// The whole message, however many frames it came in.
async fn read_message(served: &mut Served) -> (u8, Vec<u8>) {
    let mut message = (0, Vec::new());
    loop {
        let frame = served.peer.read_frame().await.expect("open");
        let frame = frame.expect("a frame");
        if frame.opcode != opcode::CONTINUATION {
            message.0 = frame.opcode;
        }
        message.1.extend(frame.payload);
        if frame.fin {
            return message;
        }
    }
}

/// At the borders of the length field, of a copied read, of a rented buffer, of a fragment, and at the limit.
#[tokio::test(start_paused = true)]
async fn messages_of_all_sizes_up_to_the_limit_come_back_whole() {
    let mut served = Served::open().await;
    for len in [
        1, 125, 126, 4088, 4096, 4097, 65_528, 65_535, 65_536, 65_537, 262_144, 262_145, 1_048_576,
    ] {
        let payload: Vec<u8> = (0..len).map(|i| (i * 7 % 251) as u8).collect();
        served.peer.send(Frame::binary(&payload)).await;
        let (opcode, echo) = read_message(&mut served).await;
        assert_eq!((opcode, echo == payload), (opcode::BINARY, true), "{len}");
    }
}

/// Compares a message with what it must be, and says only whether it is.
struct Compare {
    expected: Arc<str>,
}

impl Handler for Compare {
    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        let equal = message.kind() == MessageKind::Text
            && message.as_bytes() == self.expected.as_bytes()
            && message.as_text() == Some(&*self.expected);
        client.send(if equal { "equal" } else { "not equal" });
    }
}

/// Text with characters of every length, none at a place that is a multiple of anything.
fn mixed_text(len: usize) -> String {
    let characters = ['a', '\u{e9}', '\u{20ac}', '\u{1f600}', 'z'];
    let mut text = String::with_capacity(len + 4);
    let mut state = len as u32;
    while text.len() < len {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.push(characters[(state >> 16) as usize % characters.len()]);
    }
    text
}

/// The rest of a large frame is read straight into the message, in reads that end anywhere.
#[tokio::test(start_paused = true)]
async fn large_text_that_is_read_into_place_is_what_was_sent() {
    let mut state = 1_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for _ in 0..8 {
        let text: Arc<str> = mixed_text(random(3 << 20)).into();
        let connection = ConnectionConfig::default().with_max_message(4 << 20);
        let config = Config::default().with_connection(connection);
        let expected = text.clone();
        let served = Served::of(Compare { expected }, Log::new(), config);
        let mut served = served.opened().await;
        let bytes = ws_testing::peer::masked(Frame::text(&*text));
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(1 + random(200_000)));
            served.peer.write(piece).await;
            rest = after;
        }
        assert_eq!(served.peer.read_line().await, "text 'equal'");
    }
}

/// R5
#[tokio::test(start_paused = true)]
async fn replies_to_all_that_one_read_brought_leave_in_their_order() {
    let mut served = Served::open().await;
    let frames: Vec<u8> = (0..1000)
        .flat_map(|i| ws_testing::peer::masked(Frame::text(i.to_string())))
        .collect();
    served.peer.write(frames).await;
    for i in 0..1000 {
        assert_eq!(served.peer.read_line().await, format!("text '{i}'"));
    }
}
