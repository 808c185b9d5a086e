//! One case: generated, judged, and told in a line.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config as Settings, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use ws_connection::Role;
use ws_testing::naive::{self, Event, Frame};
use ws_testing::strategies::{self, Cuts};

use crate::endpoint::Endpoint;
use crate::event;
use crate::handshake;
use crate::hex;
use crate::kind::Kind;
use crate::offer::{self, Offer};
use crate::settings;
use crate::stream;

/// The case of this number as one line.
pub(crate) fn line(kind: Kind, seed: u64, number: u32) -> String {
    let mut runner = runner(kind, seed, number);
    let mut case = match kind {
        Kind::Stream => stream(&draw(&mut runner, piecewise())),
        Kind::Sent => sent(&draw(&mut runner, telling())),
        Kind::Written => written(&draw(&mut runner, frames())),
        Kind::Request => {
            let bytes = draw(&mut runner, strategies::request());
            request(&bytes)
        }
        Kind::Response => {
            let offer = Offer::sample();
            let bytes = draw(&mut runner, strategies::response(&offer.accept()));
            response(&offer, &bytes)
        }
        Kind::Offer => {
            let offer = draw(&mut runner, offer::offer());
            let mut case = request(&offer::encode(&offer));
            case["offer"] = offer.json();
            case
        }
    };
    case["case"] = format!("{}-{number}", kind.name()).into();
    case.to_string()
}

/// One for each case, so that each can be had alone.
fn runner(kind: Kind, seed: u64, number: u32) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..12].copy_from_slice(&number.to_le_bytes());
    bytes[12] = kind as u8;
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(Settings::default(), random)
}

fn draw<T>(runner: &mut TestRunner, strategy: impl Strategy<Value = T>) -> T {
    let tree = strategy.new_tree(runner);
    tree.expect("nothing is rejected").current()
}

fn peer_of(role: Role) -> Role {
    match role {
        Role::Server => Role::Client,
        Role::Client => Role::Server,
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Server => "server",
        Role::Client => "client",
    }
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Server), Just(Role::Client)]
}

/// Who reads, what comes, and in which pieces.
fn piecewise() -> impl Strategy<Value = (Role, Vec<u8>, Cuts)> {
    let bytes = role().prop_flat_map(|role| {
        let from = peer_of(role);
        let unfinished = strategies::text().prop_map(|text| Frame::text(text).unfinished());
        let before = (
            proptest::option::weighted(0.2, unfinished),
            vec(strategies::control(), 0..2),
        );
        let closing = (before, strategies::any_close())
            .prop_map(|((message, control), close)| {
                let frames = message.into_iter().chain(control);
                frames.chain([close]).collect()
            })
            .prop_flat_map(move |frames| strategies::masks(from, frames))
            .prop_map(|frames| Frame::encode_all(&frames));
        // The trees of proptest are large; on the heap they spare the stack.
        let bytes = prop_oneof![3 => strategies::stream(from).boxed(), 1 => closing.boxed()];
        (Just(role), bytes)
    });
    (bytes, strategies::cuts()).prop_map(|((role, bytes), cuts)| (role, bytes, cuts))
}

fn stream((role, bytes, cuts): &(Role, Vec<u8>, Cuts)) -> Value {
    let pieces: Vec<_> = cuts.pieces(bytes).collect();
    let mut case = stream::read(*role, &pieces);
    case["role"] = role_name(*role).into();
    case["pieces"] = cuts.pieces(bytes).map(hex::encode).collect();
    case
}

/// Who sends, what, and the size of its fragments.
fn telling() -> impl Strategy<Value = (Role, Vec<Event>, usize)> {
    let payload = || vec(any::<u8>(), 0..=125);
    let told = prop_oneof![
        6 => strategies::message(),
        1 => payload().prop_map(Event::Ping),
        1 => payload().prop_map(Event::Pong),
    ];
    let close = strategies::close().prop_map(|frame| {
        let close = naive::read_close(&frame.payload);
        Event::Close(close.expect("a legal Close"))
    });
    let events = (vec(told, 0..6), proptest::option::of(close)).prop_map(|(mut told, close)| {
        told.extend(close);
        told
    });
    let fragment = prop_oneof![Just(usize::MAX), 1_usize..40];
    (role(), events, fragment)
}

fn sent((role, events, fragment): &(Role, Vec<Event>, usize)) -> Value {
    let config = settings::config().with_fragment_size(*fragment);
    let mut endpoint = Endpoint::new(*role, &config);
    events.iter().for_each(|event| endpoint.send(event));
    let is_close = |event: &Event| matches!(event, Event::Close(_));
    json!({
        "role": role_name(peer_of(*role)),
        "pieces": [hex::encode(endpoint.sent())],
        "events": event::list(events),
        "end": if events.last().is_some_and(is_close) { "closed" } else { "open" },
    })
}

/// Who sends, and what. The masks are for whoever sends it to choose.
fn frames() -> impl Strategy<Value = (Role, Vec<Frame>)> {
    let frames = strategies::conversation(Role::Server);
    (role(), frames)
}

fn written((role, frames): &(Role, Vec<Frame>)) -> Value {
    let bytes = Frame::encode_all(frames);
    let run = naive::Receiver::run(Role::Client, &settings::config(), &bytes);
    let mut case = event::end(run.end);
    case["role"] = role_name(*role).into();
    case["frames"] = frames.iter().map(stream::parts).collect();
    case["events"] = event::list(&run.events);
    case
}

fn request(bytes: &[u8]) -> Value {
    let mut case = handshake::serve(bytes);
    case["bytes"] = hex::encode(bytes).into();
    case
}

fn response(offer: &Offer, bytes: &[u8]) -> Value {
    let mut case = handshake::check(offer, bytes);
    case["bytes"] = hex::encode(bytes).into();
    case["offer"] = offer.json();
    case
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::line;
    use crate::kind::Kind;

    fn cases(kind: Kind, count: u32) -> Vec<Value> {
        let lines = (0..count).map(|number| line(kind, 1, number));
        lines
            .map(|line| serde_json::from_str(&line).expect("it is JSON"))
            .collect()
    }

    #[test]
    fn a_case_is_the_same_whenever_it_is_asked_for() {
        for kind in Kind::ALL {
            assert_eq!(line(kind, 1, 7), line(kind, 1, 7));
            assert_ne!(line(kind, 1, 7), line(kind, 2, 7));
        }
    }

    #[test]
    fn streams_end_in_every_way() {
        let cases = cases(Kind::Stream, 400);
        let ends: BTreeSet<_> = cases
            .iter()
            .filter_map(|case| case["end"].as_str())
            .collect();
        assert_eq!(Vec::from_iter(ends), ["closed", "failed", "open"]);
        let faults: BTreeSet<_> = cases
            .iter()
            .filter_map(|case| case["violation"].as_str())
            .collect();
        assert!(faults.len() >= 14, "{faults:?}");
    }

    #[test]
    fn requests_fail_in_many_ways_and_a_third_do_not() {
        let cases = cases(Kind::Request, 600);
        let is_accepted = |case: &&Value| case["outcome"] == "accepted";
        assert!(cases.iter().filter(is_accepted).count() > 200);
        let faults: BTreeSet<_> = cases
            .iter()
            .filter_map(|case| case["fault"].as_str())
            .collect();
        assert!(faults.len() >= 22, "{} {faults:?}", faults.len());
    }

    #[test]
    fn responses_fail_in_many_ways_and_a_third_do_not() {
        let cases = cases(Kind::Response, 600);
        let is_accepted = |case: &&Value| case["outcome"] == "accepted";
        assert!(cases.iter().filter(is_accepted).count() > 200);
        let faults: BTreeSet<_> = cases
            .iter()
            .filter_map(|case| case["fault"].as_str())
            .collect();
        assert!(faults.len() >= 11, "{} {faults:?}", faults.len());
    }

    #[test]
    fn what_our_client_asks_for_our_server_accepts() {
        for case in cases(Kind::Offer, 100) {
            assert_eq!(case["outcome"], "accepted", "{case}");
        }
    }

    #[test]
    fn what_is_to_be_written_is_legal() {
        for case in cases(Kind::Written, 100) {
            assert_ne!(case["end"], "failed", "{case}");
        }
    }
}
