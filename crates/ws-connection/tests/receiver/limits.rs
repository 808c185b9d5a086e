//! Limits, all of them inclusive (A12, A20).

use ws_connection::{Config, ProtocolError, Receiver};
use ws_testing::naive::{End, Event, Frame, Violation};

use crate::wire::{KEY, serve, violation};

const MESSAGE_TOO_BIG: End = End::Failed(Violation::MessageTooBig);
const FRAME_TOO_BIG: End = End::Failed(Violation::FrameTooBig);
const EMPTY_FRAGMENTS: End = End::Failed(Violation::EmptyFragments);
const TOO_COSTLY: End = End::Failed(Violation::TooCostly);

#[test]
fn a_message_of_exactly_the_limit_is_accepted_and_one_byte_more_is_not() {
    for limit in [0, 1, 125, 126, 1000, 65_536] {
        let config = Config::default().with_max_message(limit);
        for frame in [
            Frame::text(vec![b'a'; limit]),
            Frame::binary(vec![1; limit]),
        ] {
            assert_eq!(serve(&config, [frame.clone()]).events.len(), 1);
            let longer = Frame::new(frame.opcode, vec![b'a'; limit + 1]);
            let run = serve(&config, [longer]);
            assert_eq!((run.events.len(), run.end), (0, MESSAGE_TOO_BIG));
        }
    }
}

#[test]
fn the_limit_of_a_message_counts_all_its_fragments() {
    let config = Config::default().with_max_message(100);
    let fragments = |last: usize| {
        [
            Frame::text([b'a'; 60]).unfinished(),
            Frame::ping([b'p'; 125]),
            Frame::continuation([b'b'; 30]).unfinished(),
            Frame::continuation(vec![b'c'; last]),
        ]
    };
    assert_eq!(serve(&config, fragments(10)).events.len(), 2);
    assert_eq!(serve(&config, fragments(11)).end, MESSAGE_TOO_BIG);
    // The next message starts from nothing.
    let twice = [fragments(10), fragments(10)].concat();
    assert_eq!(serve(&config, twice).events.len(), 4);
}

#[test]
fn a_frame_of_exactly_the_limit_is_accepted_and_one_byte_more_is_not() {
    let config = Config::default().with_max_frame(Some(200));
    let fragments = |len: usize| {
        [
            Frame::binary([1; 200]).unfinished(),
            Frame::continuation(vec![2; len]),
        ]
    };
    assert_eq!(serve(&config, [Frame::binary([0; 200])]).events.len(), 1);
    assert_eq!(serve(&config, [Frame::binary([0; 201])]).end, FRAME_TOO_BIG);
    assert_eq!(serve(&config, fragments(200)).events.len(), 1);
    assert_eq!(serve(&config, fragments(201)).end, FRAME_TOO_BIG);
}

/// "All control frames MUST have a payload length of 125 bytes or less" (RFC 6455 5.5): that is their only limit.
#[test]
fn limits_of_data_do_not_concern_control_frames() {
    let config = Config::default()
        .with_max_message(0)
        .with_max_frame(Some(0))
        .with_max_empty_fragments(0);
    let run = serve(
        &config,
        [Frame::ping([7; 125]), Frame::close(1000, [b'a'; 123])],
    );
    assert_eq!((run.events.len(), run.end), (2, End::Closed));
}

#[test]
fn an_absurd_length_is_refused_as_soon_as_it_is_announced() {
    for len in [1 << 32, 1 << 40, (1 << 63) - 1] {
        let header = Frame::text("").announcing(len).masked(KEY).encode_header();
        let mut receiver = Receiver::server(Config::default());
        let mut bytes = header.clone();
        let error = receiver.receive(&mut &mut bytes[..]).expect_err("too big");
        let limit = 1 << 20;
        assert_eq!(error, ProtocolError::MessageTooBig { len, limit });
        assert_eq!(error.close_code().get(), 1009);
        // Behind another fragment the sum must not wrap around.
        let mut receiver = Receiver::server(Config::default().with_max_message(usize::MAX));
        let first = Frame::text("a").unfinished().masked(KEY).encode();
        assert_eq!(violation(&mut receiver, &first), None);
        let next = Frame::continuation("")
            .announcing(len)
            .masked(KEY)
            .encode_header();
        assert_eq!(violation(&mut receiver, &next), None);
    }
}

fn empties(count: usize) -> impl Iterator<Item = Frame> {
    std::iter::repeat_n(Frame::continuation("").unfinished(), count)
}

fn started(rest: impl IntoIterator<Item = Frame>) -> impl Iterator<Item = Frame> {
    std::iter::once(Frame::text("").unfinished()).chain(rest)
}

#[test]
fn exactly_1024_empty_continuations_pass_and_the_next_fails() {
    let config = Config::default();
    let run = serve(
        &config,
        started(empties(1024).chain([Frame::continuation("")])),
    );
    assert_eq!(run.events, [Event::Text(String::new())]);
    assert_eq!(serve(&config, started(empties(1024))).end, End::Open);
    assert_eq!(serve(&config, started(empties(1025))).end, EMPTY_FRAGMENTS);
    assert_eq!(Violation::EmptyFragments.close_code(), 1008);
}

/// A19: each frame of one byte costs 2, the first empty one and the last cost 1 each.
#[test]
fn the_longest_message_may_come_in_fragments_of_one_byte() {
    let config = Config::default().with_max_message(100_000);
    let byte = || Frame::continuation("a").unfinished();
    let frames = started(std::iter::repeat_n(byte(), 100_000).chain([Frame::continuation("")]));
    assert_eq!(serve(&config, frames).end, End::Open);
}

/// A byte now and then starts the count of empty ones anew, but not what all of them cost.
#[test]
fn a_message_of_empty_fragments_and_a_byte_now_and_then_comes_to_an_end() {
    let config = Config::default();
    let round = || empties(1023).chain([Frame::continuation("a").unfinished()]);
    let rounds = |count| started((0..count).flat_map(move |_| round()));
    let most = ((2 << 20) + (64 << 10) - 1) / 1025;
    assert_eq!(serve(&config, rounds(most)).end, End::Open);
    assert_eq!(serve(&config, rounds(most + 1)).end, TOO_COSTLY);
    assert_eq!(Violation::TooCostly.close_code(), 1008);
}

#[test]
fn the_cost_of_a_message_is_exact_and_whole_ones_have_none() {
    let config = Config::default().with_max_cost(Some(7));
    let byte = || Frame::continuation("a").unfinished();
    assert_eq!(
        serve(&config, started([byte(), byte(), byte()])).end,
        End::Open
    );
    let frames = started([byte(), byte(), byte(), Frame::continuation("")]);
    assert_eq!(serve(&config, frames).end, TOO_COSTLY);
    // Each message begins anew, and control frames among its own are none of it.
    let message = || started([Frame::ping("?"), byte(), Frame::continuation("bcd")]);
    let run = serve(&config, message().chain(message()));
    assert_eq!((run.events.len(), run.end), (4, End::Open));
    assert_eq!(serve(&config, [Frame::binary([0; 200])]).events.len(), 1);
}

#[test]
fn a_fragment_with_a_byte_starts_the_count_anew() {
    let config = Config::default();
    let byte = || Frame::continuation("a").unfinished();
    let frames = empties(1024)
        .chain([byte()])
        .chain(empties(1024))
        .chain([byte()]);
    assert_eq!(serve(&config, started(frames)).end, End::Open);
    let frames = empties(1024).chain([byte()]).chain(empties(1025));
    assert_eq!(serve(&config, started(frames)).end, EMPTY_FRAGMENTS);
}

#[test]
fn a_control_frame_does_not_start_the_count_anew() {
    let ping = || Frame::ping("");
    let frames = empties(1024).chain([ping()]).chain(empties(1));
    assert_eq!(
        serve(&Config::default(), started(frames)).end,
        EMPTY_FRAGMENTS
    );
}

#[test]
fn each_message_has_a_count_of_its_own() {
    let message = || started(empties(1024).chain([Frame::continuation("")]));
    let run = serve(&Config::default(), message().chain(message()));
    assert_eq!((run.events.len(), run.end), (2, End::Open));
}
