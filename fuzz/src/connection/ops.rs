use std::time::Duration;

use ws_connection::{Config, Overflow, Role, SendOptions};
use ws_frame::{CloseCode, CloseFrame};
use ws_testing::{
    naive::{Event, opcode},
    pair::{Endpoint, Entry, Pair, What},
};

use super::{sent::Sent, stage::Stage};

/// More operations make an input slow and find nothing else.
const MOST: usize = 100;

/// Two endpoints keep their promises whatever applications, networks and time do.
///
/// What either sends the other finds legal. The state of an end only moves forward; at most one Close goes each way, and
/// what an end says of the closing handshake is what was on the wire; messages arrive in order, none twice and none
/// changed, and all of them where the link held, no application broke off and no end lost its patience, but for those
/// that are counted as dropped. After the Close of both applications and enough time both ends are over, hold nothing and
/// want nothing.
///
/// The input: operations of two bytes each. The lower half of the first says what happens, its next bit to whom, and the
/// rest what gives way to a message; the second byte how much of it.
pub fn connection_ops(data: &[u8]) {
    let mut play = Play::new();
    for op in data.as_chunks().0.iter().take(MOST) {
        play.act(*op);
        play.look();
    }
    play.end();
    play.check(Role::Server);
    play.check(Role::Client);
}

/// A pair, and what each end was given to send.
struct Play {
    pair: Pair,
    sent: [Sent; 2],
    stages: [Stage; 2],
    /// Whether the link was cut, or an application broke off.
    is_disturbed: bool,
}

impl Play {
    fn new() -> Self {
        let config = Config::default()
            .with_fragment_size(100)
            .with_high_water(800)
            .with_max_queue(2_000);
        Self {
            pair: Pair::new(config),
            sent: [Sent::default(), Sent::default()],
            stages: [Stage::Open; 2],
            is_disturbed: false,
        }
    }

    fn act(&mut self, [what, amount]: [u8; 2]) {
        let role = match what & 16 {
            0 => Role::Server,
            _ => Role::Client,
        };
        let len = usize::from(amount);
        self.is_disturbed |= matches!(what % 16, 5 | 12 | 15);
        match what % 16 {
            1 => self.send(role, len, options(what, amount)),
            // In many fragments.
            2 => self.send(role, 8 * len, options(what, amount)),
            // Up to 65 s: longer than every deadline.
            3 => self
                .pair
                .advance(Duration::from_millis(u64::from(amount).pow(2))),
            4 => self.pair.settle(),
            5 => self.pair.drop_link(),
            6 => self.pair.end(role).inbound.hold(),
            7 => self.pair.end(role).inbound.release(),
            8 => self.pair.end(role).inbound.set_window(8 * len),
            9 => self.pair.end(role).inbound.set_piece(1 + len),
            10..=15 => act(self.pair.end(role), what % 16, amount),
            _ => drop(self.pair.step()),
        }
    }

    fn send(&mut self, role: Role, len: usize, options: SendOptions) {
        let sent = &mut self.sent[role as usize];
        let payload = sent.next_payload(len);
        let sender = &mut self.pair.end(role).sender;
        if sender.send_with(&payload[..], options).is_ok() {
            sent.push(payload, options);
        }
        self.is_disturbed |= sender.overrun().is_some();
    }

    fn look(&mut self) {
        let stages = [&self.pair.server, &self.pair.client].map(|end| Stage::of(&end.sender));
        for (before, after) in self.stages.iter().zip(&stages) {
            assert!(before <= after, "{after:?} after {before:?}");
        }
        self.stages = stages;
    }

    /// Both applications close; a pause of reading may stand for ever, and the clock that awaits a Close with it.
    fn end(&mut self) {
        for role in [Role::Server, Role::Client] {
            let end = self.pair.end(role);
            end.sender.close(CloseFrame::from(CloseCode::NORMAL));
            end.release_reading();
        }
        self.pair.advance(Duration::from_secs(200));
        self.look();
        assert_eq!(self.stages, [Stage::Over; 2]);
    }

    fn check(&mut self, role: Role) {
        self.check_messages(role);
        let transcript = self.pair.transcript();
        let closes = transcript
            .sent_by(role)
            .filter(|frame| frame.opcode == opcode::CLOSE);
        let closes = closes.count();
        assert!(closes <= 1, "{closes} times Close");
        let is_close = |event: &&Event| matches!(event, Event::Close(_));
        let got_close = transcript.got_by(role).any(|event| is_close(&event));
        let sender = &self.pair.end(role).sender;
        let handshake = sender.closing_handshake();
        assert_eq!(usize::from(handshake.sent().is_some()), closes);
        assert_eq!(handshake.received().is_some(), got_close);
        assert_eq!((sender.queued(), sender.poll_timeout()), (0, None));
    }

    fn check_messages(&self, role: Role) {
        let transcript = self.pair.transcript();
        let got = transcript.got_by(role).filter_map(|event| match event {
            Event::Binary(payload) => Some(payload.as_slice()),
            Event::Text(_) => panic!("nobody sends text"),
            Event::Ping(_) | Event::Pong(_) | Event::Close(_) => None,
        });
        let (sent, sender) = match role {
            Role::Server => (&self.sent[Role::Client as usize], &self.pair.client.sender),
            Role::Client => (&self.sent[Role::Server as usize], &self.pair.server.sender),
        };
        let lost = sent.check(got);
        let dropped = sender.dropped();
        let gave_way = dropped.oldest.messages + dropped.conflated.messages;
        assert!(lost >= gave_way, "{lost} are lost, {gave_way} gave way");
        let broke = |entry: &Entry| matches!(entry.what, What::Failed(_) | What::TimedOut(_));
        if !self.is_disturbed && !transcript.entries().iter().any(broke) {
            assert_eq!(lost, gave_way, "nothing else is lost");
        }
    }
}

/// How a message is sent, by the highest bits of an operation.
fn options(what: u8, amount: u8) -> SendOptions {
    let options = SendOptions::default();
    let key = u64::from(amount % 3);
    match what >> 5 {
        0..=3 => options,
        4 => options.with_overflow(Overflow::DropOldest),
        5 => options.with_key(key),
        6 => options.with_key(key).with_overflow(Overflow::DropOldest),
        _ => options.with_overflow(Overflow::Close),
    }
}

/// What an application does.
fn act(end: &mut Endpoint, what: u8, amount: u8) {
    match what {
        10 => {
            let payload = [amount; 256];
            let len = usize::from(amount);
            let pinged = end.sender.ping(&payload[..len]);
            assert!(len <= 125 || pinged.is_err());
        }
        11 => {
            let code = CloseCode::new(995 + 16 * u16::from(amount));
            end.sender.close(code.map(CloseFrame::from));
        }
        12 => {
            end.receiver.discard();
            let frame = CloseFrame::from(CloseCode::INTERNAL_ERROR);
            end.sender.fail_with(frame);
        }
        13 => end.hold_reading(),
        14 => end.release_reading(),
        _ => end.sender.abort(),
    }
}
