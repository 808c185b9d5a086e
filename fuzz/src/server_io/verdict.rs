use std::time::Duration;

use ws_connection::{Config as ConnectionConfig, Role};
use ws_handshake::head_end;
use ws_testing::naive::{self, Decoder, Event, Frame, opcode};

use super::{
    input::Input,
    run::{End, Outcome},
};

/// What a connection may hold beside what it was given: the buffer of its thread, its boxes, the head of a request.
const CONSTANT: u64 = 256 << 10;

/// For each byte that it was given: what came, what waits to be sent, and what this target keeps of both.
const FACTOR: u64 = 12;

/// What has to hold for every input.
pub(super) fn check(input: &Input<'_>, outcome: &Outcome) {
    let Outcome {
        record, log, end, ..
    } = outcome;
    assert!(record.is_dropped, "the transport outlives its connection");
    check_callbacks(outcome);
    let written = Written::read(&record.written, log.opened > 0);
    check_order(outcome, &written);
    if *end == End::Ended && !record.was_disturbed && !log.was_disturbed {
        check_calm(outcome, &written);
    }
    let given = record.read.len() + log.sent_bytes();
    let allowed = CONSTANT + FACTOR * given as u64;
    assert!(
        outcome.memory <= allowed,
        "{} bytes are held, of {given} given",
        outcome.memory
    );
    assert!(outcome.time <= input.time_limit() + Duration::from_millis(1));
}

/// What the peer reads.
#[derive(Debug, Default)]
struct Written {
    frames: Vec<Frame>,
    messages: Vec<Event>,
}

impl Written {
    /// One head, then frames of which each is legal, the last as far as it goes, and none behind a Close.
    fn read(bytes: &[u8], opened: bool) -> Self {
        const START: &[u8] = b"HTTP/1.1 ";
        let len = START.len().min(bytes.len());
        assert_eq!(bytes[..len], START[..len], "no answer to a request");
        let Some(head) = head_end(bytes, 0) else {
            assert!(!opened, "open without an answer");
            return Self::default();
        };
        let (head, rest) = bytes.split_at(head);
        if !opened {
            check_response(head, rest);
            return Self::default();
        }
        assert!(
            head.starts_with(b"HTTP/1.1 101 "),
            "open without an upgrade"
        );
        let mut decoder = Decoder::default();
        let frames = decoder.push_all(rest).expect("headers are legal");
        let closes = frames
            .iter()
            .position(|frame| frame.opcode == opcode::CLOSE);
        if let Some(close) = closes {
            assert_eq!(close + 1, frames.len(), "frames behind a Close");
            assert!(decoder.is_between_frames(), "bytes behind a Close");
        }
        let config = ConnectionConfig::default();
        let run = naive::Receiver::run(Role::Client, &config, rest);
        assert!(
            !matches!(run.end, naive::End::Failed(_)),
            "illegal: {run:?}"
        );
        let is_message = |event: &Event| matches!(event, Event::Text(_) | Event::Binary(_));
        Self {
            frames,
            messages: run.events.into_iter().filter(is_message).collect(),
        }
    }

    fn close(&self) -> Option<&Frame> {
        self.frames
            .last()
            .filter(|frame| frame.opcode == opcode::CLOSE)
    }

    fn payloads(&self, opcode: u8) -> Vec<&[u8]> {
        let frames = self.frames.iter().filter(|frame| frame.opcode == opcode);
        frames.map(|frame| &*frame.payload).collect()
    }
}

/// An answer that opens nothing is one whole response, or the beginning of one.
fn check_response(head: &[u8], body: &[u8]) {
    let head = std::str::from_utf8(head).expect("our own head");
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.map_or(0, |(_, length)| length.parse().expect("a number"));
    assert!(
        body.len() <= length,
        "{} bytes behind the response",
        body.len() - length
    );
}

/// Every ending is told once, and nothing but the task's own end leaves it untold.
fn check_callbacks(outcome: &Outcome) {
    let Outcome { log, end, .. } = outcome;
    assert!(log.opened <= 1);
    assert!(log.errors.len() <= log.opened && log.closes.len() <= log.opened);
    if *end == End::Ended {
        assert_eq!(log.closes.len(), log.opened, "on_close, once");
    }
}

/// The events are the naive receiver's, and what is read from us is what was sent, both as far as they go.
fn check_order(outcome: &Outcome, written: &Written) {
    let Outcome { log, .. } = outcome;
    let heard = heard(outcome);
    assert_prefix(&log.events, &heard.events, "events");
    if let [code] = log.errors[..] {
        assert_eq!(log.events, heard.events, "behind an error");
        assert!(
            matches!(heard.end, naive::End::Failed(violation) if violation.close_code() == code)
        );
    }
    assert_prefix(&written.messages, &log.sent, "messages");
    let pings = log.events.iter().filter_map(|event| match event {
        Event::Ping(payload) => Some(&**payload),
        _ => None,
    });
    let pongs = written.payloads(opcode::PONG);
    // The event comes behind the pong, so the last may not have been told.
    let asked: Vec<&[u8]> = match heard.events.get(log.events.len()) {
        Some(Event::Ping(payload)) => pings.chain([&**payload]).collect(),
        _ => pings.collect(),
    };
    assert_subsequence(&pongs, &asked, "pongs");
    let own: Vec<&[u8]> = log.pings.iter().map(|payload| &**payload).collect();
    let pings = written.payloads(opcode::PING);
    let keepalive = outcome.time > Duration::ZERO;
    if !keepalive {
        assert_subsequence(&pings, &own, "pings");
    }
}

/// What the naive receiver makes of the bytes behind the request.
fn heard(outcome: &Outcome) -> naive::Run {
    let read = &outcome.record.read;
    let head = head_end(read, 0).filter(|_| outcome.log.opened > 0);
    let bytes = head.map_or(&[][..], |head| &read[head..]);
    let mut run = naive::Receiver::run(Role::Server, &outcome.config, bytes);
    run.events.retain(|event| !matches!(event, Event::Close(_)));
    run
}

/// Nobody stops, breaks or waits: then no time passes, nothing is lost, and all is said.
fn check_calm(outcome: &Outcome, written: &Written) {
    let Outcome { log, time, .. } = outcome;
    assert_eq!(*time, Duration::ZERO, "a wake-up was lost");
    if log.opened == 0 {
        let [asked, answered] =
            [&outcome.record.read, &outcome.record.written].map(|bytes| head_end(bytes, 0));
        assert!(
            asked.is_none() || answered.is_some(),
            "a request without an answer"
        );
        return;
    }
    let heard = heard(outcome);
    assert_eq!(log.events, heard.events, "all that came is told");
    match heard.end {
        // The end of the transport cuts off what it does not take at once.
        naive::End::Open => {}
        naive::End::Closed => {
            assert_eq!(written.messages, log.sent, "all that was sent is read");
            assert!(written.close().is_some(), "a Close is answered");
            assert!(log.closes[0].is_clean, "both sides closed");
        }
        naive::End::Failed(violation) => {
            assert_eq!(log.errors, [violation.close_code()]);
            assert!(written.close().is_some(), "an error is answered");
        }
    }
}

fn assert_prefix<T: PartialEq + std::fmt::Debug>(start: &[T], whole: &[T], what: &str) {
    assert!(
        whole.starts_with(start),
        "{what}: {start:#?} are not the beginning of {whole:#?}"
    );
}

fn assert_subsequence(some: &[&[u8]], all: &[&[u8]], what: &str) {
    let mut rest = all.iter();
    let in_order = some.iter().all(|one| rest.any(|other| other == one));
    assert!(in_order, "{what}: {some:?} are not among {all:?}");
}
