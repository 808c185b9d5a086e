//! The same steps on a pair of endpoints, which is compared with the machine after each of them.

use std::time::Duration;

use proptest::prelude::*;
use proptest_state_machine::{StateMachineTest, prop_state_machine};
use ws_connection::{Config, Role, Sender};
use ws_frame::{CloseCode, CloseFrame};
use ws_testing::{
    naive::{Event, Frame, opcode},
    pair::{Endpoint, Pair, What},
};

use crate::machine::{END, End, FAILURE, Machine, ROLES, Stage, Step};

/// Two endpoints, and how far each of them had come before the last step.
struct Play {
    pair: Pair,
    before: [Stage; 2],
}

impl Play {
    fn act(&mut self, step: &Step, machine: &Machine) {
        let pair = &mut self.pair;
        match *step {
            Step::Send(role) => drop(pair.end(role).sender.send(&[7; 3])),
            Step::Close(role, code) => pair.end(role).sender.close(code.map(frame)),
            Step::Fail(role) => {
                pair.end(role).receiver.discard();
                pair.end(role).sender.fail_with(frame(FAILURE));
            }
            Step::Abort(role) => pair.end(role).sender.abort(),
            Step::Stray(role) => {
                let stray = Frame::binary([7; 3]);
                let stray = match role {
                    Role::Server => stray.masked([1, 2, 3, 4]),
                    Role::Client => stray,
                };
                pair.end(role).inbound.push(&stray.encode());
            }
            Step::Hold(role) => pair.end(role).inbound.hold(),
            Step::Release(role) => pair.end(role).inbound.release(),
            Step::Wait(millis) => pair.advance(Duration::from_millis(millis)),
        }
        pair.settle();
        for role in ROLES {
            let (before, after) = (self.before[role as usize], stage(&pair.end(role).sender));
            assert!(
                before <= after,
                "{role:?} goes back from {before:?} to {after:?}"
            );
            self.before[role as usize] = after;
            compare(pair, role, &machine.ends[role as usize]);
        }
    }
}

fn frame(code: u16) -> CloseFrame {
    CloseFrame::from(CloseCode::new(code).expect("it may travel"))
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

/// The endpoint is where the machine is, says what the machine says, and the wire bears it out.
fn compare(pair: &Pair, role: Role, model: &End) {
    let end: &Endpoint = match role {
        Role::Server => &pair.server,
        Role::Client => &pair.client,
    };
    assert_eq!(stage(&end.sender), model.stage, "{role:?}");
    assert_eq!(end.has_ended(), model.has_ended, "{role:?}");
    let handshake = end.sender.closing_handshake();
    let code = |frame: Option<&CloseFrame>| frame.map(|frame| frame.code().get());
    assert_eq!(handshake.sent().map(code), model.sent, "{role:?}");
    assert_eq!(handshake.received().map(code), model.received, "{role:?}");
    assert_eq!(handshake.first(), model.first, "{role:?}");
    // 7.1.5.
    let status = match model.received {
        Some(Some(code)) => code,
        Some(None) => 1005,
        None => 1006,
    };
    assert_eq!(handshake.status(), status, "{role:?}");
    let is_complete = model.sent.is_some() && model.received.is_some();
    assert_eq!(handshake.is_complete(), is_complete, "{role:?}");
    compare_wire(pair, role, model);
}

/// That no frame follows a Close is seen by the pair, which looks at all that an endpoint writes.
fn compare_wire(pair: &Pair, role: Role, model: &End) {
    let transcript = pair.transcript();
    let closes = transcript
        .sent_by(role)
        .filter(|frame| frame.opcode == opcode::CLOSE);
    let payloads: Vec<Vec<u8>> = closes.map(|frame| frame.payload.clone()).collect();
    let expected = model.sent.map(|code| match code {
        Some(code) => code.to_be_bytes().to_vec(),
        None => Vec::new(),
    });
    assert_eq!(payloads, Vec::from_iter(expected), "{role:?}");
    let messages = transcript
        .got_by(role)
        .filter(|event| matches!(event, Event::Binary(_)));
    assert_eq!(messages.count(), model.messages, "{role:?}");
    let entries = transcript
        .entries()
        .iter()
        .filter(|entry| entry.who == role);
    let timeouts: Vec<_> = entries
        .filter_map(|entry| match entry.what {
            What::TimedOut(timeout) => Some(timeout),
            _ => None,
        })
        .collect();
    assert_eq!(timeouts, model.timeouts, "{role:?}");
}

impl StateMachineTest for Play {
    type SystemUnderTest = Self;
    type Reference = Machine;

    fn init_test(_: &Machine) -> Self {
        Self {
            pair: Pair::new(Config::default().with_ping_interval(None)),
            before: [Stage::Open; 2],
        }
    }

    fn apply(mut play: Self, machine: &Machine, step: Step) -> Self {
        play.act(&step, machine);
        play
    }

    /// Whatever the network does from here on, both ends are over in time once they close.
    fn teardown(mut play: Self, _: Machine) {
        for role in ROLES {
            play.pair.end(role).sender.close(frame(1000));
        }
        play.pair.advance(Duration::from_millis(END));
        for role in ROLES {
            assert_eq!(stage(&play.pair.end(role).sender), Stage::Over, "{role:?}");
            assert_eq!(play.pair.end(role).sender.poll_timeout(), None);
        }
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 200 } else { 20_000 }))]

    #[test]
    fn two_endpoints_close_as_the_machine_does(sequential 1..40 => Play);
}
