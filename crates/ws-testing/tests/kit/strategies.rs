use proptest::{prelude::*, sample::Index, strategy::ValueTree};
use ws_connection::{Config, Role};
use ws_handshake::{Acceptance, ClientRequest, Extension, Limits, Request, Response};
use ws_testing::{
    naive::{Decoder, End, Frame, Receiver, Violation},
    strategies::{self, Head, HeadFlaw},
};

const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// The client that the legal responses are for.
fn client() -> ClientRequest {
    let request = ClientRequest::new("example.com", "/", *b"the sample nonce");
    let request = request.and_then(|request| request.subprotocol("chat"));
    let request = request.and_then(|request| request.subprotocol("superchat"));
    let extension = Extension::new("x-test").expect("a token");
    request.expect("legal").extension(extension)
}

fn run(bytes: &[u8]) -> End {
    Receiver::run(Role::Server, &Config::default(), bytes).end
}

proptest! {
    #[test]
    fn a_conversation_is_legal(frames in strategies::conversation(Role::Client)) {
        let bytes = Frame::encode_all(&frames);
        prop_assert!(!matches!(run(&bytes), End::Failed(_)));
        prop_assert_eq!(Decoder::decode(&bytes), Ok(frames));
    }

    #[test]
    fn the_pieces_are_the_whole(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        cuts in strategies::cuts(),
    ) {
        let pieces: Vec<_> = cuts.pieces(&bytes).collect();
        prop_assert!(pieces.iter().all(|piece| !piece.is_empty()));
        prop_assert_eq!(pieces.concat(), bytes);
    }

    #[test]
    fn a_legal_request_is_accepted(head in strategies::legal_request()) {
        let bytes = head.encode();
        let decoded = Request::decode(&bytes, &Limits::default()).expect("legal");
        let (request, len) = decoded.expect("whole");
        prop_assert_eq!(len, bytes.len());
        prop_assert!(Acceptance::for_request(&request).is_ok());
    }

    #[test]
    fn a_legal_response_opens_a_client(head in strategies::legal_response(ACCEPT)) {
        let bytes = head.encode();
        let decoded = Response::decode(&bytes, &Limits::default()).expect("legal");
        let (response, len) = decoded.expect("whole");
        prop_assert_eq!(len, bytes.len());
        prop_assert!(client().check(response).is_ok());
    }

    #[test]
    fn broken_text_is_not_text(text in strategies::broken_text()) {
        prop_assert!(std::str::from_utf8(&text).is_err());
    }
}

#[test]
fn flawed_conversations_fail_in_many_ways() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut violations = std::collections::HashSet::new();
    for _ in 0..800 {
        let strategy = strategies::flawed_conversation(Role::Client);
        let tree = strategy.new_tree(&mut runner).expect("nothing is rejected");
        if let End::Failed(violation) = run(&Frame::encode_all(&tree.current())) {
            violations.insert(violation);
        }
    }
    assert!(violations.len() >= 12, "{violations:?}");
}

#[test]
fn a_close_of_any_kind_is_legal_or_breaks_each_rule_of_its_payload() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut ends = Vec::new();
    for _ in 0..300 {
        let tree = strategies::any_close().new_tree(&mut runner);
        let close = tree.expect("nothing is rejected").current();
        ends.push(run(&close.masked([1, 2, 3, 4]).encode()));
    }
    let rules = [
        Violation::CloseCode,
        Violation::CloseReason,
        Violation::CloseTooShort,
        Violation::ControlFragmented,
        Violation::ControlTooLong,
    ];
    assert!(rules.iter().all(|rule| ends.contains(&End::Failed(*rule))));
    assert!(ends.contains(&End::Closed));
}

#[test]
fn the_values_of_a_header_take_the_place_of_its_lines() {
    let head = Head {
        first: "GET / HTTP/1.1".to_owned(),
        lines: vec!["HOST: a".to_owned(), "X: b".to_owned()],
    };
    let values = vec!["c".to_owned(), "d".to_owned()];
    let bytes = HeadFlaw::Values("Host", values).apply(head);
    let told = "GET / HTTP/1.1\r\nX: b\r\nHost: c\r\nHost: d\r\n\r\n";
    assert_eq!(bytes, told.as_bytes());
}

proptest! {
    #[test]
    fn a_flaw_changes_one_thing(
        head in strategies::legal_request(),
        at in any::<Index>(),
        byte in any::<u8>(),
    ) {
        let whole = head.encode();
        let lines = |bytes: &[u8]| bytes.windows(2).filter(|two| two == b"\r\n").count();
        let ends = lines(&whole);
        prop_assert_eq!(lines(&HeadFlaw::Missing(at).apply(head.clone())), ends - 1);
        prop_assert_eq!(lines(&HeadFlaw::Twice(at).apply(head.clone())), ends + 1);
        let lone = HeadFlaw::LoneLineFeed(at).apply(head.clone());
        prop_assert_eq!((lines(&lone), lone.len()), (ends - 1, whole.len() - 1));
        let other = HeadFlaw::Byte(at, byte).apply(head.clone());
        prop_assert_eq!(other.len(), whole.len());
        prop_assert!(std::iter::zip(&other, &whole).filter(|(a, b)| a != b).count() <= 1);
        let cut = HeadFlaw::End(at).apply(head);
        prop_assert!(cut.len() < whole.len() && whole.starts_with(&cut));
    }
}
