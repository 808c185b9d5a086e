//! The receiver equals the naive one, however the bytes arrive.

use bytes::BufMut;
use proptest::{collection::vec, prelude::*};
use ws_connection::{Config, Role};
use ws_testing::{
    naive::{self, Frame, Road, Run},
    strategies,
};

use crate::wire::receiver;

fn peer_of(role: Role) -> Role {
    match role {
        Role::Server => Role::Client,
        Role::Client => Role::Server,
    }
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Server), Just(Role::Client)]
}

/// The defaults, or limits that conversations of short messages do reach.
fn config() -> impl Strategy<Value = Config> {
    let tight = (
        0_usize..400,
        proptest::option::of(0_u64..200),
        0_u32..4,
        proptest::option::of(0_u64..200),
    );
    prop_oneof![
        Just(Config::default()),
        tight.prop_map(|(message, frame, empty, cost)| {
            Config::default()
                .with_max_message(message)
                .with_max_frame(frame)
                .with_max_empty_fragments(empty)
                .with_max_cost(cost)
        }),
    ]
}

fn stream() -> impl Strategy<Value = (Role, Vec<u8>)> {
    role().prop_flat_map(|role| (Just(role), strategies::stream(peer_of(role))))
}

/// A conversation in which a large message has its place.
fn large_stream() -> impl Strategy<Value = (Role, Vec<u8>)> {
    role().prop_flat_map(|role| {
        let from = peer_of(role);
        let large = strategies::large_message()
            .prop_flat_map(strategies::fragments)
            .prop_flat_map(move |frames| strategies::masks(from, frames));
        let frames = (vec(large, 1..3), strategies::conversation(from));
        let bytes = frames.prop_map(|(large, small)| {
            let frames = [large.concat(), small].concat();
            Frame::encode_all(&frames)
        });
        (Just(role), bytes)
    })
}

fn large_config() -> Config {
    Config::default().with_max_message(16 << 20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn random_cuts_change_nothing(
        (role, bytes) in stream(),
        config in config(),
        cuts in strategies::cuts(),
    ) {
        let expected = naive::Receiver::run(role, &config, &bytes);
        let seen = Run::observe(&mut receiver(role, &config), cuts.pieces(&bytes));
        prop_assert_eq!(seen, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_split_point_changes_anything((role, bytes) in stream(), config in config()) {
        let expected = naive::Receiver::run(role, &config, &bytes);
        for at in 0..=bytes.len() {
            let (before, after) = bytes.split_at(at);
            let seen = Run::observe(&mut receiver(role, &config), [before, after]);
            prop_assert_eq!(&seen, &expected, "split at {}", at);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn large_messages_come_whole_in_any_pieces(
        (role, bytes) in large_stream(),
        cuts in strategies::cuts(),
    ) {
        let expected = naive::Receiver::run(role, &large_config(), &bytes);
        let seen = Run::observe(&mut receiver(role, &large_config()), cuts.pieces(&bytes));
        prop_assert_eq!(seen, expected);
    }

    #[test]
    fn large_messages_may_be_read_in_place(
        (role, bytes) in large_stream(),
        cuts in strategies::cuts(),
        roads in vec(prop_oneof![1 => Just(Road::Input), 3 => Just(Road::Room)], 1..20),
    ) {
        let expected = naive::Receiver::run(role, &large_config(), &bytes);
        let steps = cuts.sizes().zip(roads.into_iter().cycle());
        let seen = Run::observe_on_roads(&mut receiver(role, &large_config()), &bytes, steps);
        prop_assert_eq!(seen, expected);
    }
}

/// Two split points, so that every state of a header and of a control payload is passed in the middle.
#[test]
fn no_pair_of_split_points_changes_a_short_stream() {
    let frames = [
        Frame::text("h\u{e9}").unfinished(),
        Frame::ping("?"),
        Frame::continuation("\u{20ac}"),
        Frame::close(1000, "bye"),
    ];
    let frames = frames.map(|frame| frame.masked([9, 8, 7, 6]));
    let bytes = Frame::encode_all(&frames);
    let config = Config::default();
    let expected = naive::Receiver::run(Role::Server, &config, &bytes);
    for first in 0..=bytes.len() {
        for second in first..=bytes.len() {
            let pieces = [&bytes[..first], &bytes[first..second], &bytes[second..]];
            let seen = Run::observe(&mut receiver(Role::Server, &config), pieces);
            assert_eq!(seen, expected, "split at {first} and {second}");
        }
    }
}

/// Bad text that is read in place is found by the call that follows, not by the end of the message.
#[test]
fn bad_text_in_the_room_fails_at_once() {
    let mut payload = vec![b'a'; 200_000];
    payload[150_000] = 0xFF;
    let bytes = Frame::text(&payload).masked([1, 2, 3, 4]).encode();
    let steps = std::iter::repeat((10_000, Road::Room));
    let until = &bytes[..160_014];
    let config = large_config();
    let seen = Run::observe_on_roads(&mut receiver(Role::Server, &config), until, steps);
    assert_eq!(seen, naive::Receiver::run(Role::Server, &config, &bytes));
    assert_eq!(seen.end, naive::End::Failed(naive::Violation::InvalidText));
}

/// A read may fill the room in several turns before the receiver is told.
#[test]
fn the_room_ends_with_the_frame_however_often_it_is_asked_for() {
    let payload = vec![7; 100_000];
    let bytes = Frame::binary(&payload).masked([1, 2, 3, 4]).encode();
    let mut receiver = receiver(Role::Server, &large_config());
    let (start, mut rest) = bytes.split_at(40_000);
    Run::observe(&mut receiver, [start]);
    while let Some(mut room) = receiver.payload_room() {
        let len = room.remaining_mut().min(rest.len()).min(7_000);
        assert!(len > 0, "room behind the end of the frame");
        room.put_slice(&rest[..len]);
        rest = &rest[len..];
    }
    assert!(rest.is_empty());
    let run = Run::observe(&mut receiver, [&[][..]]);
    assert_eq!(run.events, [naive::Event::Binary(payload)]);
}

#[test]
fn what_is_received_behind_what_was_read_into_the_room_ends_with_the_frame() {
    let payload = vec![7; 100_000];
    let bytes = Frame::binary(&payload).masked([1, 2, 3, 4]).encode();
    let (start, rest) = bytes.split_at(40_000);
    let next = Frame::text("next").masked([5, 6, 7, 8]).encode();
    let mut receiver = receiver(Role::Server, &large_config());
    Run::observe(&mut receiver, [start]);
    let mut room = receiver.payload_room().expect("most of it is to come");
    room.put_slice(&rest[..7_000]);
    drop(room);
    let run = Run::observe(&mut receiver, [&[&rest[7_000..], &next].concat()[..]]);
    let next = naive::Event::Text("next".to_owned());
    assert_eq!(run.events, [naive::Event::Binary(payload), next]);
}

#[test]
fn there_is_no_room_between_frames_and_none_for_small_messages() {
    let small = Frame::binary([7; 1000]).masked([1, 2, 3, 4]).encode();
    let mut receiver = receiver(Role::Server, &Config::default());
    for byte in &small {
        assert!(receiver.payload_room().is_none());
        Run::observe(&mut receiver, [std::slice::from_ref(byte)]);
    }
    assert!(receiver.payload_room().is_none());
}

#[test]
fn there_is_room_from_32_kib_of_a_message_on() {
    let bytes = Frame::binary([7; 100_000]).masked([1, 2, 3, 4]).encode();
    let header = bytes.len() - 100_000;
    for (arrived, has_room) in [((32 << 10) - 1, false), (32 << 10, true)] {
        let mut receiver = receiver(Role::Server, &large_config());
        Run::observe(&mut receiver, [&bytes[..header + arrived]]);
        assert_eq!(receiver.payload_room().is_some(), has_room, "{arrived}");
    }
}

/// The bytes that come next are the ping's, and not the message's.
#[test]
fn there_is_no_room_inside_a_control_frame_between_fragments() {
    let fragment = Frame::binary([7; 50_000]).unfinished().masked([1, 2, 3, 4]);
    let ping = Frame::ping("are you there").masked([1, 2, 3, 4]).encode();
    let mut receiver = receiver(Role::Server, &large_config());
    Run::observe(&mut receiver, [&fragment.encode()[..], &ping[..10]]);
    assert!(receiver.payload_room().is_none());
    let run = Run::observe(&mut receiver, [&ping[10..]]);
    assert_eq!(run.events, [naive::Event::Ping(b"are you there".to_vec())]);
}

/// Room for 4 KiB is worth a read, so the buffer grows only when there is less.
#[test]
fn a_buffer_with_4_kib_to_spare_does_not_grow() {
    let bytes = Frame::binary([7; 100_000]).masked([1, 2, 3, 4]).encode();
    let (start, rest) = bytes.split_at(40_000);
    let mut receiver = receiver(Role::Server, &large_config());
    Run::observe(&mut receiver, [start]);
    let mut room = receiver.payload_room().expect("most of it is to come");
    let fill = room.remaining_mut() - (4 << 10);
    room.put_slice(&rest[..fill]);
    drop(room);
    for (more, expected) in [(0, 4 << 10), (1, rest.len() - fill - 1)] {
        let mut room = receiver.payload_room().expect("some of it is to come");
        room.put_slice(&rest[fill..fill + more]);
        drop(room);
        let room = receiver.payload_room().expect("some of it is to come");
        assert_eq!(room.remaining_mut(), expected);
    }
}
