//! Random conversations in random pieces: the callbacks, the echoes and the last frame are what the naive receiver says.

use ws_server::{Config, ConnectionConfig, Peer, serve_connection};
use ws_testing::{
    io::Script,
    naive::{Decoder, End, Event, Frame, Receiver, Run, opcode},
    peer::{REQUEST, masked},
};

use crate::{log::Log, puppet::Puppet};

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % sides
    }

    fn payload(&mut self) -> Vec<u8> {
        let len = match self.roll(6) {
            0 => 0,
            1 => 126,
            2 => 5000,
            _ => self.roll(20),
        };
        (0..len).map(|_| b'a' + self.roll(26) as u8).collect()
    }

    /// Mostly what may come, and now and then what may not.
    fn frame(&mut self, unfinished: &mut bool) -> Frame {
        let payload = self.payload();
        let short = &payload[..payload.len().min(125)];
        match self.roll(40) {
            0 => return Frame::text("\u{e9}\u{20ac}"),
            1 => return Frame::text([0xff]),
            2 => return Frame::new(self.roll(16) as u8, short),
            3 => return Frame::continuation(payload),
            4 => return Frame::text("x").with_rsv(0b010),
            5 => return Frame::close(1000 + self.roll(20) as u16, short),
            6 | 7 => return Frame::close(1000, &short[..short.len().min(100)]),
            8..=13 => return Frame::ping(short),
            14..=16 => return Frame::pong(short),
            _ => {}
        }
        let frame = match (*unfinished, self.roll(2)) {
            (true, _) => Frame::continuation(payload),
            (false, 0) => Frame::text(payload),
            (false, _) => Frame::binary(payload),
        };
        *unfinished = self.roll(3) == 0;
        if *unfinished {
            frame.unfinished()
        } else {
            frame
        }
    }

    fn conversation(&mut self) -> Vec<u8> {
        let mut unfinished = false;
        let count = 1 + self.roll(12);
        let frames = (0..count).flat_map(|_| masked(self.frame(&mut unfinished)));
        frames.collect()
    }

    /// Pieces that end anywhere, with nothing to read between some of them.
    fn script(&mut self, bytes: &[u8]) -> Script {
        let sizes = [1, 7, 100, 3000, 100_000][self.roll(5)];
        let mut script = Script::new().writes_of_at_most([3, 200, 100_000][self.roll(3)]);
        let mut rest = bytes;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(1 + self.roll(sizes)));
            script = script.read(piece);
            if self.roll(3) == 0 {
                script = script.pending();
            }
            rest = after;
        }
        script.end()
    }
}

/// The callbacks that these events lead to.
fn told(run: &Run) -> Vec<String> {
    let events = run.events.iter();
    let events = events.filter(|event| !matches!(event, Event::Close(_)));
    let mut lines: Vec<String> = events.map(Event::to_string).collect();
    if let End::Failed(violation) = run.end {
        lines.push(format!("error {}", violation.close_code()));
    }
    lines
}

/// The messages that come back, and the Close behind them.
fn sent(run: &Run) -> Vec<String> {
    let echoes = run.events.iter().filter_map(|event| match event {
        Event::Text(_) | Event::Binary(_) | Event::Close(_) => Some(event.to_string()),
        Event::Ping(_) | Event::Pong(_) => None,
    });
    let mut lines: Vec<String> = echoes.collect();
    if let End::Failed(violation) = run.end {
        lines.push(format!("close {}", violation.close_code()));
    }
    lines
}

/// The frames behind the head, but for pongs; of a Close for an error only the code.
fn received(written: &[u8], run: &Run) -> Vec<String> {
    let end = written.windows(4).position(|four| four == b"\r\n\r\n");
    let frames = Decoder::decode(&written[end.expect("a head") + 4..]).expect("legal frames");
    let frames = frames
        .into_iter()
        .filter(|frame| frame.opcode != opcode::PONG);
    let mut lines: Vec<String> = frames.map(|frame| frame.to_string()).collect();
    if let (End::Failed(_), Some(last)) = (run.end, lines.last_mut()) {
        last.truncate("close 1002".len());
    }
    lines
}

#[tokio::test(start_paused = true)]
async fn random_conversations_are_what_the_naive_receiver_says() {
    let connection = ConnectionConfig::default().with_max_message(8000);
    let config = Config::default().with_connection(connection.clone());
    let mut ends = [0; 3];
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let bytes = dice.conversation();
        let run = Receiver::run(ws_connection::Role::Server, &connection, &bytes);
        let script = dice.script(&[REQUEST.as_bytes(), &bytes].concat());
        let (io, record) = script.start();
        let log = Log::new();
        let puppet = Puppet::new(&log);
        serve_connection(io, Peer::UNKNOWN, puppet, config.clone().into()).await;

        let lines = log.lines();
        let (end, callbacks) = (lines.len() - 2, &lines[2..]);
        assert_eq!(callbacks[..end - 2], told(&run), "seed {seed}");
        assert!(lines[end].starts_with("close "), "seed {seed}: {lines:?}");
        let received = received(&record.written(), &run);
        let expected = sent(&run);
        match run.end {
            // The end of the transport cuts off what it does not take at once.
            End::Open => assert_eq!(received, expected[..received.len()], "seed {seed}"),
            End::Closed | End::Failed(_) => assert_eq!(received, expected, "seed {seed}"),
        }
        ends[match run.end {
            End::Open => 0,
            End::Closed => 1,
            End::Failed(_) => 2,
        }] += 1;
    }
    assert!(ends.iter().all(|&count| count > 40), "{ends:?}");
}
