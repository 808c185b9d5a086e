//! Two endpoints and what travels between them, as RFC 6455 7 describes them: no bytes, no frames, no buffers.

use std::collections::VecDeque;

use proptest::{prelude::*, strategy::BoxedStrategy};
use proptest_state_machine::ReferenceStateMachine;
use ws_connection::{Role, Side, Timeout};

/// How long the answer to a Close may take, in milliseconds; see `Config::close_timeout`.
const ANSWER: u64 = 5_000;
/// How long the end of the transport may take then; see `Config::linger`.
const LINGER: u64 = 1_500;

/// No endpoint that has begun to end is there any longer than this.
pub(crate) const END: u64 = ANSWER + LINGER;

/// The code of an endpoint that fails.
pub(crate) const FAILURE: u16 = 1011;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Send(Role),
    Close(Role, Option<u16>),
    Fail(Role),
    Abort(Role),
    /// A peer that breaks 5.5.1 sends data behind its Close to this end.
    Stray(Role),
    /// Nothing arrives at this end any more, while the others write on.
    Hold(Role),
    Release(Role),
    Wait(u64),
}

/// How far an endpoint has come; it never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    #[default]
    Open,
    /// Our Close is sent, the peer's has not come.
    Closing,
    /// All is said; the transport is about to end.
    Done,
    Over,
}

#[derive(Clone, Copy, Debug)]
enum Item {
    Data,
    Close(Option<u16>),
    /// The end of the transport in this direction.
    End,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct End {
    pub(crate) stage: Stage,
    pub(crate) sent: Option<Option<u16>>,
    pub(crate) received: Option<Option<u16>>,
    pub(crate) first: Option<Side>,
    /// Messages that arrived.
    pub(crate) messages: usize,
    pub(crate) timeouts: Vec<Timeout>,
    /// Whether it ended its direction of the transport.
    pub(crate) has_ended: bool,
    inbox: VecDeque<Item>,
    is_held: bool,
    discards: bool,
    deadline: Option<(u64, Timeout)>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Machine {
    pub(crate) ends: [End; 2],
    now: u64,
}

fn other(role: Role) -> Role {
    match role {
        Role::Server => Role::Client,
        Role::Client => Role::Server,
    }
}

/// What an endpoint does.
impl Machine {
    fn end(&mut self, role: Role) -> &mut End {
        &mut self.ends[role as usize]
    }

    fn put(&mut self, from: Role, item: Item) {
        self.end(other(from)).inbox.push_back(item);
    }

    fn send_close(&mut self, role: Role, code: Option<u16>) {
        let end = self.end(role);
        end.sent = Some(code);
        end.first.get_or_insert(Side::Us);
        self.put(role, Item::Close(code));
    }

    /// 7.1.2: "Start the WebSocket Closing Handshake".
    fn close(&mut self, role: Role, code: Option<u16>) {
        if self.end(role).stage == Stage::Open {
            self.send_close(role, code);
            let deadline = (self.now + ANSWER, Timeout::Close);
            let end = self.end(role);
            end.stage = Stage::Closing;
            end.deadline = Some(deadline);
        }
    }

    /// 7.1.7: "Fail the WebSocket Connection", after which an endpoint "MUST NOT continue to attempt to process data".
    fn fail(&mut self, role: Role) {
        let end = self.end(role);
        end.discards = true;
        if end.stage < Stage::Done {
            if end.sent.is_none() {
                self.send_close(role, Some(FAILURE));
            }
            self.finish(role);
        }
    }

    /// 7.1.1: the server closes the transport, "the client SHOULD wait for the server".
    fn finish(&mut self, role: Role) {
        let deadline = (self.now + LINGER, Timeout::Linger);
        let end = self.end(role);
        end.stage = Stage::Done;
        end.deadline = Some(deadline);
        if role == Role::Server {
            self.end_transport(role);
        }
    }

    fn end_transport(&mut self, role: Role) {
        if !self.end(role).has_ended {
            self.end(role).has_ended = true;
            self.put(role, Item::End);
        }
    }

    fn end_all(&mut self, role: Role) {
        self.end(role).stage = Stage::Over;
        self.end(role).deadline = None;
        self.end_transport(role);
    }

    fn take(&mut self, role: Role, item: Item) {
        let end = self.end(role);
        match item {
            _ if end.stage == Stage::Over => {}
            // Also without a Close on both sides: nothing more can come.
            Item::End => self.end_all(role),
            Item::Data | Item::Close(_) if end.discards => {}
            Item::Data => end.messages += 1,
            Item::Close(code) => {
                end.received = Some(code);
                end.first.get_or_insert(Side::Peer);
                end.discards = true;
                if end.sent.is_none() {
                    self.send_close(role, code);
                }
                self.finish(role);
            }
        }
    }
}

/// What the network and time do.
impl Machine {
    fn settle(&mut self) {
        let takes = |end: &End| !end.is_held && !end.inbox.is_empty();
        while let Some(role) = ROLES
            .into_iter()
            .find(|role| takes(&self.ends[*role as usize]))
        {
            if let Some(item) = self.end(role).inbox.pop_front() {
                self.take(role, item);
            }
        }
    }

    fn wait(&mut self, millis: u64) {
        let until = self.now + millis;
        loop {
            let deadlines = self.ends.iter().filter_map(|end| end.deadline);
            let Some(next) = deadlines.map(|(at, _)| at).min().filter(|at| *at <= until) else {
                break;
            };
            self.now = next;
            for role in ROLES {
                if let Some((_, timeout)) = self.end(role).deadline.take_if(|(at, _)| *at == next) {
                    self.end(role).timeouts.push(timeout);
                    self.end_all(role);
                }
            }
            self.settle();
        }
        self.now = until;
    }
}

pub(crate) const ROLES: [Role; 2] = [Role::Server, Role::Client];

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Server), Just(Role::Client)]
}

impl ReferenceStateMachine for Machine {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let code = prop_oneof![
            Just(None),
            Just(Some(1000)),
            (3000_u16..5000).prop_map(Some)
        ];
        let wait = prop_oneof![
            Just(LINGER),
            Just(ANSWER),
            0..LINGER,
            0..ANSWER,
            Just(ANSWER - 1),
        ];
        prop_oneof![
            4 => role().prop_map(Step::Send),
            3 => (role(), code).prop_map(|(role, code)| Step::Close(role, code)),
            1 => role().prop_map(Step::Fail),
            1 => role().prop_map(Step::Abort),
            2 => role().prop_map(Step::Stray),
            3 => role().prop_map(Step::Hold),
            3 => role().prop_map(Step::Release),
            3 => wait.prop_map(Step::Wait),
        ]
        .boxed()
    }

    fn preconditions(state: &Self, step: &Step) -> bool {
        let Step::Stray(role) = step else {
            return true;
        };
        let peer = &state.ends[other(*role) as usize];
        peer.sent.is_some() && !peer.has_ended
    }

    fn apply(mut state: Self, step: &Step) -> Self {
        match *step {
            Step::Send(role) if state.end(role).stage == Stage::Open => {
                state.put(role, Item::Data);
            }
            Step::Send(_) => {}
            Step::Close(role, code) => state.close(role, code),
            Step::Fail(role) => state.fail(role),
            Step::Abort(role) => state.end_all(role),
            Step::Stray(role) => state.put(other(role), Item::Data),
            Step::Hold(role) => state.end(role).is_held = true,
            Step::Release(role) => state.end(role).is_held = false,
            Step::Wait(millis) => state.wait(millis),
        }
        state.settle();
        state
    }
}
