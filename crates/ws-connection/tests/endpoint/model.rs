//! Any operations in any order on a pair: states only move forward, at most one Close goes each way, both ends end.

use proptest::{collection::vec, prelude::*};
use ws_connection::{Config, Role, Sender};
use ws_frame::{CloseCode, CloseFrame};
use ws_testing::{
    naive::{Event, opcode},
    pair::Pair,
};

use crate::times::{millis, seconds};

#[derive(Clone, Debug)]
enum Op {
    Send(Role, usize),
    Ping(Role),
    Close(Role, Option<u16>),
    Fail(Role),
    HoldReading(Role),
    ReleaseReading(Role),
    HoldLink(Role),
    ReleaseLink(Role),
    Window(Role, usize),
    Piece(Role, usize),
    Step,
    Advance(u64),
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Server), Just(Role::Client)]
}

/// What applications do.
fn polite() -> impl Strategy<Value = Op> {
    let len = prop_oneof![4 => 0_usize..200, 1 => 0_usize..5_000, 1 => 8_000_usize..30_000];
    let code = prop_oneof![
        Just(None),
        Just(Some(1000)),
        (3000_u16..3100).prop_map(Some)
    ];
    prop_oneof![
        6 => (role(), len).prop_map(|(role, len)| Op::Send(role, len)),
        2 => role().prop_map(Op::Ping),
        1 => (role(), code).prop_map(|(role, code)| Op::Close(role, code)),
        1 => (role(), 1_usize..100).prop_map(|(role, len)| Op::Piece(role, len)),
        6 => Just(Op::Step),
    ]
}

/// What applications, networks and time do.
fn any_op() -> impl Strategy<Value = Op> {
    prop_oneof![
        12 => polite(),
        1 => role().prop_map(Op::Fail),
        1 => role().prop_map(Op::HoldReading),
        1 => role().prop_map(Op::ReleaseReading),
        1 => role().prop_map(Op::HoldLink),
        1 => role().prop_map(Op::ReleaseLink),
        1 => (role(), 0_usize..3_000).prop_map(|(role, len)| Op::Window(role, len)),
        4 => (0_u64..20_000).prop_map(Op::Advance),
    ]
}

fn config() -> Config {
    Config::default()
        .with_fragment_size(1_000)
        .with_high_water(5_000)
        .with_max_queue(20_000)
}

/// A pair, and how many messages each end was given and took.
struct Play {
    pair: Pair,
    taken: [usize; 2],
}

impl Play {
    fn new() -> Self {
        Self {
            pair: Pair::new(config()),
            taken: [0; 2],
        }
    }

    fn act(&mut self, op: &Op) {
        let pair = &mut self.pair;
        match *op {
            Op::Send(role, len) => {
                let sent = pair.end(role).sender.send(vec![7; len]);
                self.taken[role as usize] += usize::from(sent.is_ok());
            }
            Op::Ping(role) => drop(pair.end(role).sender.ping(b"?")),
            Op::Close(role, code) => {
                let frame = code.and_then(CloseCode::new).map(CloseFrame::from);
                pair.end(role).sender.close(frame);
            }
            Op::Fail(role) => {
                let end = pair.end(role);
                end.receiver.discard();
                end.sender
                    .fail_with(CloseFrame::from(CloseCode::INTERNAL_ERROR));
            }
            Op::HoldReading(role) => pair.end(role).hold_reading(),
            Op::ReleaseReading(role) => pair.end(role).release_reading(),
            Op::HoldLink(role) => pair.end(role).inbound.hold(),
            Op::ReleaseLink(role) => pair.end(role).inbound.release(),
            Op::Window(role, len) => pair.end(role).inbound.set_window(len),
            Op::Piece(role, len) => pair.end(role).inbound.set_piece(len),
            Op::Step => drop(pair.step()),
            Op::Advance(wait) => pair.advance(millis(wait)),
        }
    }

    fn stages(&self) -> [Stage; 2] {
        [&self.pair.server, &self.pair.client].map(|end| stage(&end.sender))
    }

    fn closes(&self, role: Role) -> usize {
        let frames = self.pair.transcript().sent_by(role);
        frames.filter(|frame| frame.opcode == opcode::CLOSE).count()
    }

    fn messages_got_by(&self, role: Role) -> usize {
        let events = self.pair.transcript().got_by(role);
        events
            .filter(|event| matches!(event, Event::Binary(_)))
            .count()
    }
}

/// How far an endpoint has come; it never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Open,
    Closing,
    Done,
    Over,
}

fn stage(sender: &Sender) -> Stage {
    match (sender.is_open(), sender.is_done(), sender.is_over()) {
        (true, false, false) => Stage::Open,
        (false, false, false) => Stage::Closing,
        (false, true, false) => Stage::Done,
        (false, true, true) => Stage::Over,
        impossible => panic!("open, done, over: {impossible:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn states_only_move_forward_and_everything_ends(ops in vec(any_op(), 0..60)) {
        let mut play = Play::new();
        let mut before = play.stages();
        for op in &ops {
            play.act(op);
            let after = play.stages();
            prop_assert!(before[0] <= after[0] && before[1] <= after[1], "{:?} {:?} {:?}", op, before, after);
            before = after;
        }
        play.act(&Op::Close(Role::Server, Some(1000)));
        play.act(&Op::Close(Role::Client, Some(1001)));
        // A pause of reading may stand for ever, and the clock that awaits a Close with it.
        play.act(&Op::ReleaseReading(Role::Server));
        play.act(&Op::ReleaseReading(Role::Client));
        play.pair.advance(seconds(200));
        prop_assert_eq!(play.stages(), [Stage::Over, Stage::Over]);
        for role in [Role::Server, Role::Client] {
            prop_assert!(play.closes(role) <= 1);
            let end = play.pair.end(role);
            prop_assert_eq!((end.sender.queued(), end.sender.poll_timeout()), (0, None));
        }
    }

    /// What an endpoint says of the handshake is what was on the wire.
    #[test]
    fn the_facts_of_a_handshake_are_those_of_the_wire(ops in vec(any_op(), 0..60)) {
        let mut play = Play::new();
        for op in &ops {
            play.act(op);
            play.pair.step();
        }
        play.pair.advance(seconds(200));
        for role in [Role::Server, Role::Client] {
            let got_close = play.pair.transcript().got_by(role).any(|event| matches!(event, Event::Close(_)));
            let sent = play.closes(role);
            let handshake = play.pair.end(role).sender.closing_handshake();
            prop_assert_eq!(usize::from(handshake.sent().is_some()), sent);
            prop_assert_eq!(handshake.received().is_some(), got_close);
        }
    }

    /// Nobody fails, the network works: every message that was taken arrives, and the handshake is complete.
    #[test]
    fn what_was_taken_arrives(ops in vec(polite(), 0..80)) {
        let mut play = Play::new();
        for op in &ops {
            play.act(op);
        }
        play.act(&Op::Close(Role::Server, Some(1000)));
        play.pair.settle();
        prop_assert_eq!(play.messages_got_by(Role::Client), play.taken[Role::Server as usize]);
        prop_assert_eq!(play.messages_got_by(Role::Server), play.taken[Role::Client as usize]);
        let [server, client] = [Role::Server, Role::Client].map(|role| play.pair.end(role).sender.closing_handshake());
        prop_assert!(server.is_complete() && client.is_complete());
        prop_assert_eq!(server.received(), client.sent());
        prop_assert_eq!(server.sent(), client.received());
        prop_assert_eq!(play.stages(), [Stage::Over, Stage::Over]);
        prop_assert_eq!(play.pair.elapsed(), seconds(0));
    }
}
