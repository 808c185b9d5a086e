use proptest::{prelude::*, strategy::ValueTree};
use ws_connection::{Config, Role};
use ws_testing::{
    naive::{Decoder, End, Frame, Receiver},
    strategies,
};

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
