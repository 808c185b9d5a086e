//! All that `on_close` is told, for each way in which a connection can end (R10).

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::io::DuplexStream;
use ws_server::{
    Client, CloseInfo, Config, ConnectionConfig, Handler, Message, ProtocolError, Side,
};
use ws_testing::naive::{Frame, Length};

use crate::{
    log::Log,
    served::{PIPE, Served, pass, settle},
};

/// What is told of one ending, as plain values.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    status: u16,
    first: Option<Side>,
    /// The code of each Close; 1005 for one without.
    sent: Option<u16>,
    received: Option<u16>,
    cause: String,
    seconds: u64,
    messages: (u64, u64),
    round_trip: Option<Duration>,
}

/// Does what a text message says, and keeps what `on_close` is told each time.
#[derive(Clone, Default)]
struct Witness {
    told: Arc<Mutex<Vec<Told>>>,
    panics_on_error: bool,
}

impl Handler for Witness {
    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        match message.as_text() {
            Some("close") => client.close(ws_server::CloseCode::POLICY_VIOLATION),
            Some("abort") => client.abort(),
            Some("panic") => panic!("as told"),
            Some("flood") => drop(client.send(vec![7; 4 * PIPE])),
            Some("never") => std::future::pending().await,
            _ => drop(client.send(message)),
        }
    }

    async fn on_error(&mut self, _: &mut Client, _: &ProtocolError) {
        assert!(!self.panics_on_error, "as told");
    }

    async fn on_close(&mut self, close: &CloseInfo) {
        let code = |frame: Option<Option<&ws_server::CloseFrame>>| {
            frame.map(|frame| frame.map_or(1005, |frame| frame.code().get()))
        };
        let handshake = close.handshake();
        let (sent, received) = (code(handshake.sent()), code(handshake.received()));
        assert_eq!(close.is_clean(), sent.is_some() && received.is_some());
        let record = close.record();
        let told = Told {
            status: close.status(),
            first: close.first(),
            sent,
            received,
            cause: format!("{:?}", close.cause()),
            seconds: record.duration.as_secs(),
            messages: (record.received.messages, record.sent.messages),
            round_trip: record.round_trip,
        };
        self.told.lock().expect("nobody panics").push(told);
    }
}

/// What the peer does, one after the other.
#[derive(Clone, Debug)]
enum Step {
    Say(&'static str),
    Send(Frame),
    Write(Vec<u8>),
    /// Lets so many seconds pass.
    Pass(f64),
    /// Answers the ping that it reads now.
    Pong,
    /// Ends its direction.
    Finish,
    /// Is gone.
    Vanish,
}

struct Case {
    steps: Vec<Step>,
    status: u16,
    first: Option<Side>,
    sent: Option<u16>,
    received: Option<u16>,
    /// What the cause's `Debug` begins with.
    cause: &'static str,
    seconds: u64,
    messages: (u64, u64),
}

async fn act(
    mut peer: ws_testing::peer::Peer<DuplexStream>,
    steps: &[Step],
) -> Option<ws_testing::peer::Peer<DuplexStream>> {
    for step in steps {
        match step {
            Step::Say(text) => peer.send(Frame::text(text)).await,
            Step::Send(frame) => peer.send(frame.clone()).await,
            Step::Write(bytes) => peer.write(bytes).await,
            Step::Pass(seconds) => pass(*seconds).await,
            Step::Pong => {
                let ping = peer.read_frame().await.expect("no error").expect("a ping");
                peer.send(Frame::pong(&ping.payload)).await;
            }
            Step::Finish => peer.finish().await,
            Step::Vanish => return None,
        }
        settle().await;
    }
    Some(peer)
}

async fn assert_told(case: &Case, witness: Witness) -> Told {
    let log = Log::new();
    let config = Config::default().with_connection(ConnectionConfig::default());
    let metrics = config.metrics().clone();
    let mut served = Served::of(witness.clone(), log, config).opened().await;
    let (placeholder, _) = tokio::io::duplex(1);
    let peer = std::mem::replace(&mut served.peer, ws_testing::peer::Peer::new(placeholder));
    let _peer = act(peer, &case.steps).await;
    served.ended().await;
    let told = witness.told.lock().expect("nobody panics").clone();
    let [told] = &told[..] else {
        panic!("{:?}: once, not {told:?}", case.steps);
    };
    let cause = told.cause.get(..case.cause.len()).unwrap_or(&told.cause);
    let expected = Told {
        status: case.status,
        first: case.first,
        sent: case.sent,
        received: case.received,
        cause: case.cause.to_owned(),
        seconds: case.seconds,
        messages: case.messages,
        round_trip: told.round_trip,
    };
    let seen = Told {
        cause: cause.to_owned(),
        ..told.clone()
    };
    assert_eq!(seen, expected, "{:?}: {}", case.steps, told.cause);
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.closes[&told.status], 1);
    assert_eq!(
        snapshot.sent_controls.closes,
        u64::from(told.sent.is_some())
    );
    assert_eq!(
        snapshot.received_controls.closes,
        u64::from(told.received.is_some())
    );
    told.clone()
}

const US: Option<Side> = Some(Side::Us);
const PEER: Option<Side> = Some(Side::Peer);

/// The status and whose Close was the first, ours, and the peer's.
type Closes = (u16, Option<Side>, Option<u16>, Option<u16>);

fn row(
    steps: Vec<Step>,
    closes: Closes,
    cause: &'static str,
    seconds: u64,
    messages: (u64, u64),
) -> Case {
    let (status, first, sent, received) = closes;
    Case {
        steps,
        status,
        first,
        sent,
        received,
        cause,
        seconds,
        messages,
    }
}

fn closes() -> Vec<Case> {
    let close = || Step::Send(Frame::close(3000, "bye"));
    let bare = Step::Send(Frame::close_without_status());
    let answered = (3000, PEER, Some(3000), Some(3000));
    let without = (1005, PEER, Some(1005), Some(1005));
    let ours = (3000, US, Some(1008), Some(3000));
    let alone = (1006, US, Some(1008), None);
    let late = vec![Step::Say("close"), Step::Pass(2.0), close()];
    vec![
        row(vec![Step::Say("a"), close()], answered, "Peer", 0, (1, 1)),
        row(vec![bare], without, "Peer", 0, (0, 0)),
        row(late, ours, "Us", 2, (1, 0)),
        row(
            vec![Step::Say("close"), Step::Vanish],
            alone,
            "Us",
            0,
            (1, 0),
        ),
        row(
            vec![Step::Say("close"), Step::Finish],
            alone,
            "Us",
            0,
            (1, 0),
        ),
    ]
}

fn transports() -> Vec<Case> {
    let lost = |steps, messages| Case {
        steps,
        status: 1006,
        first: None,
        sent: None,
        received: None,
        cause: "Transport(",
        seconds: 0,
        messages,
    };
    let header = Frame::text("").with_length(Length::Bits16).masked([1; 4]);
    vec![
        lost(vec![Step::Finish], (0, 0)),
        lost(vec![Step::Vanish], (0, 0)),
        lost(vec![Step::Say("a"), Step::Vanish], (1, 1)),
        // In a header, in a payload, while it is written to.
        lost(
            vec![Step::Write(header.encode()[..3].to_vec()), Step::Vanish],
            (0, 0),
        ),
        lost(
            vec![
                Step::Write(Frame::text("abc").masked([1; 4]).encode()[..7].to_vec()),
                Step::Vanish,
            ],
            (0, 0),
        ),
        lost(vec![Step::Say("flood"), Step::Vanish], (1, 1)),
    ]
}

fn failures() -> Vec<Case> {
    let ours = |steps, sent: Option<u16>, cause, seconds, messages| Case {
        steps,
        status: 1006,
        first: if sent == Some(0) { None } else { US },
        sent: sent.filter(|code| *code > 0),
        received: None,
        cause,
        seconds,
        messages,
    };
    let unmasked = || Step::Write(Frame::text("x").encode());
    vec![
        ours(vec![unmasked()], Some(1002), "Protocol(", 0, (0, 0)),
        ours(
            vec![Step::Say("close"), unmasked()],
            Some(1008),
            "Protocol(",
            0,
            (1, 0),
        ),
        ours(vec![Step::Say("panic")], Some(1011), "Panic(", 0, (1, 0)),
        ours(
            vec![Step::Say("close"), Step::Say("panic")],
            Some(1008),
            "Panic(",
            0,
            (2, 0),
        ),
        ours(vec![Step::Say("abort")], Some(0), "Abort", 0, (1, 0)),
        ours(vec![], Some(1011), "Timeout(Silence)", 45, (0, 0)),
        ours(
            vec![Step::Say("flood")],
            Some(0),
            "Timeout(Write)",
            30,
            (1, 1),
        ),
        ours(
            vec![Step::Say("close")],
            Some(1008),
            "Timeout(Close)",
            5,
            (1, 0),
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn each_ending_is_told_once_and_as_it_was() {
    for case in closes().iter().chain(&transports()).chain(&failures()) {
        let told = assert_told(case, Witness::default()).await;
        assert_eq!(told.round_trip, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_on_error_is_the_cause_and_the_close_is_that_of_the_error() {
    let case = Case {
        steps: vec![Step::Write(Frame::text("x").encode())],
        status: 1006,
        first: US,
        sent: Some(1002),
        received: None,
        cause: "Panic(",
        seconds: 0,
        messages: (0, 0),
    };
    let panics_on_error = true;
    let told = Arc::default();
    assert_told(
        &case,
        Witness {
            told,
            panics_on_error,
        },
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_last_round_trip_is_told() {
    let steps = vec![
        Step::Pass(26.0),
        Step::Pong,
        Step::Send(Frame::close(1000, "")),
    ];
    let case = Case {
        steps,
        status: 1000,
        first: PEER,
        sent: Some(1000),
        received: Some(1000),
        cause: "Peer",
        seconds: 26,
        messages: (0, 0),
    };
    let told = assert_told(&case, Witness::default()).await;
    let round_trip = told.round_trip.expect("it answered").as_secs_f64();
    assert!((1.0..1.1).contains(&round_trip), "{round_trip}");
}
