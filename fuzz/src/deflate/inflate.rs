use std::sync::Arc;

use arbitrary::{Arbitrary, Unstructured};
use ws_connection::{Config, Event, Receiver, Role};
use ws_deflate::{Deflate, PermessageDeflate, Takeover, WindowBits};
use ws_testing::naive::{self, Frame, Inflated, opcode};

use crate::Cuts;

/// The bit that says that a message is compressed.
const RSV1: u8 = 0b100;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    keeps_window: bool,
    is_text: bool,
    /// In units of 64 bytes; 0 is the default.
    limit: u8,
    max_ratio: u8,
    window: u8,
    cuts: [u8; 4],
    /// Of the first message, in units of 4 bytes.
    len: u8,
    messages: &'a [u8],
}

/// What comes of two messages, and the close code of the error that ends it.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    messages: Vec<Vec<u8>>,
    error: Option<u16>,
}

/// Compressed messages come to the same wherever they are cut into fragments and reads, within their limit.
///
/// A message that arrives is what the naive inflater makes of it. What it cannot inflate is 1007, what becomes too long
/// 1009, what is against the policy 1008, and nothing else is wrong with any bytes. Text is UTF-8.
///
/// The input: whether the window survives a message, the kind, the limit, the ratio, the window, four bytes of
/// [cuts](Cuts), the length of the first message, and two messages.
pub fn inflate_stream(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let at = input.messages.len().min(4 * usize::from(input.len));
    let (first, second) = input.messages.split_at(at);
    let messages = [first, second];
    let whole = messages.map(|message| fragments(&input, [message]));
    let told = receive(&input, whole.concat().chunks_mut(1 << 16));
    check(&input, messages, &told);
    let cut = messages.map(|message| fragments(&input, Cuts::new(input.cuts).pieces(message)));
    let mut cut = cut.concat();
    let reads: Vec<usize> = Cuts::new(input.cuts)
        .pieces(&cut)
        .map(<[u8]>::len)
        .collect();
    let mut rest = &mut cut[..];
    let pieces = reads.into_iter().map(|len| {
        let (piece, later) = std::mem::take(&mut rest).split_at_mut(len);
        rest = later;
        piece
    });
    assert_eq!(receive(&input, pieces), told, "cut");
    let bytes = &mut whole.concat()[..];
    assert_eq!(receive(&input, bytes.chunks_mut(1)), told, "byte by byte");
}

/// The frames of one message.
fn fragments<'a>(input: &Input<'_>, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut pieces: Vec<&[u8]> = pieces.into_iter().collect();
    if pieces.is_empty() {
        pieces.push(&[]);
    }
    let last = pieces.len() - 1;
    let frames = pieces.into_iter().enumerate().map(|(at, piece)| {
        let frame = match (at, input.is_text) {
            (0, true) => Frame::new(opcode::TEXT, piece).with_rsv(RSV1),
            (0, false) => Frame::new(opcode::BINARY, piece).with_rsv(RSV1),
            _ => Frame::continuation(piece),
        };
        if at < last { frame.unfinished() } else { frame }
    });
    Frame::encode_all(&frames.collect::<Vec<_>>())
}

fn limit(input: &Input<'_>) -> usize {
    match input.limit {
        0 => Config::default().max_message(),
        units => 64 * usize::from(units),
    }
}

fn window(input: &Input<'_>) -> WindowBits {
    WindowBits::new(8 + input.window % 8).expect("8 to 15")
}

fn receive<'a>(input: &Input<'_>, reads: impl IntoIterator<Item = &'a mut [u8]>) -> Told {
    let takeover = if input.keeps_window {
        Takeover::On
    } else {
        Takeover::Off
    };
    let settings = Deflate::default()
        .with_peer_takeover(takeover)
        .with_peer_window_bits(window(input))
        .with_max_ratio((input.max_ratio > 0).then_some(input.max_ratio.into()));
    let server = Deflate::default().with_takeover(takeover);
    let agreed = server.accept(&[settings.offer()]).expect("our own offer");
    let deflate = PermessageDeflate::new(Arc::new(settings), agreed, Role::Client);
    let config = Config::default().with_max_message(limit(input));
    let mut receiver = Receiver::client(config).with_extension(&deflate);
    let mut messages = Vec::new();
    for mut read in reads {
        loop {
            match receiver.receive(&mut read) {
                Ok(None) => break,
                Ok(Some(Event::Message(message))) => {
                    assert_eq!(message.as_text().is_some(), input.is_text);
                    messages.push(message.as_bytes().to_vec());
                }
                Ok(Some(other)) => panic!("{other:?}"),
                Err(error) => {
                    let error = Some(error.close_code().get());
                    return Told { messages, error };
                }
            }
        }
    }
    let error = None;
    Told { messages, error }
}

/// What arrived is what the naive inflater makes of it, and what ended it is there.
fn check(input: &Input<'_>, messages: [&[u8]; 2], told: &Told) {
    let mut before = Vec::new();
    for (at, message) in messages.into_iter().enumerate() {
        let naive = naive::inflate(message, &before);
        let Some(arrived) = told.messages.get(at) else {
            let error = told.error.expect("not all messages arrived");
            assert!(is_due(input, message, &naive, error), "{error}: {naive:?}");
            return;
        };
        assert!(arrived.len() <= limit(input));
        let inflated = naive.expect("it arrived");
        assert_eq!(*arrived, inflated.bytes);
        if input.keeps_window {
            before.extend(inflated.bytes);
            let window = window(input).bytes();
            before.drain(..before.len().saturating_sub(window));
        }
    }
    assert_eq!(told.error, None);
}

/// Whether a message of which this comes may end with this status code.
fn is_due(
    input: &Input<'_>,
    message: &[u8],
    naive: &Result<Inflated, Inflated>,
    error: u16,
) -> bool {
    let (Ok(inflated) | Err(inflated)) = naive;
    let len = inflated.bytes.len();
    match error {
        1007 => naive.is_err() || (input.is_text && str::from_utf8(&inflated.bytes).is_err()),
        1008 => (input.max_ratio > 0 && len > 64 << 10) || inflated.finals > 4,
        1009 => len > limit(input) || message.len() > 2 * limit(input) + 1024,
        _ => false,
    }
}
