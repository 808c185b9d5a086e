//! The values that travel: messages, errors, limits.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use ws_connection::{
    Config, Event, Message, MessageKind, PingError, ProtocolError, Receiver, SendError, Timeout,
};
use ws_frame::{CloseFrame, Opcode, Rsv};
use ws_testing::naive::Frame;

/// A message that was put together from two fragments, as `check` sees it.
fn with_assembled(check: impl FnOnce(Message<'_>)) {
    let frames = [Frame::text("he").unfinished(), Frame::continuation("llo")];
    let mut bytes = Frame::encode_all(&frames);
    let mut receiver = Receiver::client(Config::default());
    match receiver.receive(&mut &mut bytes[..]) {
        Ok(Some(Event::Message(message))) => check(message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_is_what_it_was_made_of() {
    let owned = "text".to_owned();
    let shared = Bytes::from_static(b"text");
    let texts = [
        Message::from("text"),
        Message::from(&owned),
        Message::from(owned.clone()),
        Message::text_from_bytes(shared.clone()).expect("UTF-8"),
    ];
    for message in texts {
        assert_eq!(message.kind(), MessageKind::Text);
        assert_eq!(
            (message.as_text(), message.as_bytes()),
            (Some("text"), &b"text"[..])
        );
        assert_eq!((message.len(), message.is_empty()), (4, false));
    }
    let binaries = [
        Message::from(b"text"),
        Message::from(&b"text"[..]),
        Message::from(b"text".to_vec()),
        Message::from(shared),
    ];
    for message in binaries {
        assert_eq!(message.kind(), MessageKind::Binary);
        assert_eq!(
            (message.as_text(), message.as_bytes()),
            (None, &b"text"[..])
        );
    }
    assert!(Message::from("").is_empty());
}

#[test]
fn text_and_binary_of_the_same_bytes_differ() {
    assert_ne!(Message::from("a"), Message::from(b"a"));
    assert_eq!(Message::from("a"), Message::from("a".to_owned()));
    with_assembled(|message| assert_eq!(message, Message::from("hello")));
}

#[test]
fn an_assembled_message_can_be_read_cloned_kept_and_taken() {
    with_assembled(|message| {
        assert_eq!(message.as_text(), Some("hello"));
        let copy = message.clone();
        let lies_at = message.as_bytes().as_ptr();
        assert_ne!(copy.as_bytes().as_ptr(), lies_at);
        let kept = message.into_owned();
        assert_eq!(kept.as_bytes().as_ptr(), lies_at);
        assert_eq!((&copy, kept.as_text()), (&kept, Some("hello")));
    });
}

#[test]
fn a_clone_borrows_or_shares_again() {
    let borrowed = Message::from("borrowed");
    assert_eq!(
        borrowed.clone().as_bytes().as_ptr(),
        borrowed.as_bytes().as_ptr()
    );
    let owned = Message::from(vec![7; 100]);
    assert_eq!(owned.clone().as_bytes().as_ptr(), owned.as_bytes().as_ptr());
    assert_ne!(
        borrowed.clone().into_owned().as_bytes().as_ptr(),
        borrowed.as_bytes().as_ptr()
    );
    let slice = Message::from(b"borrowed");
    assert_eq!(slice.clone().as_bytes().as_ptr(), slice.as_bytes().as_ptr());
    assert_eq!(slice.clone(), slice);
}

#[test]
fn a_refused_message_comes_back_as_it_was_and_can_be_kept() {
    let full = SendError::Full(Message::from("full"));
    let closed = SendError::Closed(Message::from(b"closed"));
    assert_eq!(
        full.to_string(),
        "message not sent: the write queue is full"
    );
    assert_eq!(
        closed.to_string(),
        "message not sent: the connection is closing"
    );
    let (full, closed) = (full.into_owned(), closed.into_owned());
    assert!(matches!(full, SendError::Full(_)) && matches!(closed, SendError::Closed(_)));
    assert_eq!(full.into_message(), Message::from("full"));
    assert_eq!(closed.into_message(), Message::from(b"closed"));
}

#[test]
fn a_refused_ping_says_why() {
    let sentences = [
        (
            PingError::Full,
            "ping not sent: 32 of them wait to be written",
        ),
        (
            PingError::Closed,
            "ping not sent: the connection is closing",
        ),
    ];
    for (error, sentence) in sentences {
        assert_eq!(error.to_string(), sentence);
    }
}

#[test]
fn a_message_shows_its_text_or_its_bytes() {
    assert_eq!(format!("{:?}", Message::from("hi")), r#"Text("hi")"#);
    assert_eq!(format!("{:?}", Message::from(b"\x01")), "Binary([1])");
    assert_eq!(MessageKind::Text.opcode(), Opcode::Text);
    assert_eq!(MessageKind::Binary.opcode(), Opcode::Binary);
}

#[test]
fn messages_and_endpoints_may_cross_threads() {
    fn crosses<T: Send>() {}
    crosses::<Message<'static>>();
    crosses::<Event<'static>>();
    crosses::<Receiver>();
    crosses::<ws_connection::Sender>();
    crosses::<ws_connection::Batch>();
    crosses::<SendError<'static>>();
}

fn errors() -> Vec<ProtocolError> {
    vec![
        ProtocolError::Frame(ws_frame::FrameError::ReservedOpcode(3)),
        ProtocolError::ReservedBits(Rsv::RSV1),
        ProtocolError::MaskMissing,
        ProtocolError::MaskUnexpected,
        ProtocolError::UnexpectedContinuation,
        ProtocolError::UnfinishedMessage(Opcode::Binary),
        ProtocolError::InvalidUtf8,
        ProtocolError::ClosePayload(ws_frame::ClosePayloadError::TooShort),
        ProtocolError::FrameTooBig {
            len: u64::MAX,
            limit: u64::MAX,
        },
        ProtocolError::MessageTooBig {
            len: u64::MAX,
            limit: u64::MAX,
        },
        ProtocolError::EmptyFragments { limit: u32::MAX },
        ProtocolError::TooCostly {
            cost: u64::MAX,
            limit: u64::MAX,
        },
    ]
}

#[test]
fn every_error_is_one_sentence_that_fits_into_a_close() {
    for error in errors() {
        let sentence = error.to_string();
        assert!(sentence.len() <= CloseFrame::MAX_REASON, "{sentence}");
        let starts_well =
            sentence.starts_with(|c: char| c.is_lowercase()) || sentence.starts_with("RSV");
        assert!(starts_well && !sentence.ends_with('.'), "{sentence}");
        assert_eq!(error.close_frame().reason(), sentence);
        assert_eq!(error.close_frame().code(), error.close_code());
    }
}

#[test]
fn every_error_names_what_was_seen() {
    let sentences: Vec<_> = errors().iter().map(ProtocolError::to_string).collect();
    assert!(sentences[1].contains("RSV1"));
    assert!(sentences[5].starts_with("binary frame"), "{}", sentences[5]);
    assert_eq!(
        ProtocolError::MessageTooBig { len: 11, limit: 10 }.to_string(),
        "message of 11 bytes, at most 10 are allowed"
    );
    assert_eq!(
        PingError::TooLong { len: 126 }.to_string(),
        "ping payload of 126 bytes, at most 125 are allowed"
    );
    for timeout in [
        Timeout::Silence,
        Timeout::Write,
        Timeout::Close,
        Timeout::Linger,
        Timeout::Callback,
    ] {
        assert!(!timeout.to_string().is_empty());
    }
}

/// The defaults that the attacks on the server assume.
#[test]
fn the_defaults_are_those_of_the_book() {
    let config = Config::default();
    assert_eq!(config.max_message(), 1 << 20);
    assert_eq!(config.max_frame(), None);
    assert_eq!(config.max_empty_fragments(), 1024);
    assert_eq!(config.max_cost(), (2 << 20) + (64 << 10));
    assert_eq!(config.with_max_message(usize::MAX).max_cost(), u64::MAX);
    let config = Config::default();
    assert_eq!(config.fragment_size(), 256 << 10);
    assert_eq!(config.high_water(), 1 << 20);
    assert_eq!(config.low_water(), 512 << 10);
    assert_eq!(config.max_queue(), 4 << 20);
    assert_eq!(config.ping_interval(), Some(Duration::from_secs(25)));
    assert_eq!(config.pong_timeout(), Duration::from_secs(20));
    assert_eq!(config.write_timeout(), Duration::from_secs(30));
    assert_eq!(config.close_timeout(), Duration::from_secs(5));
    assert_eq!(config.linger(), Duration::from_millis(1500));
}

#[test]
fn every_setting_can_be_set() {
    let time = Duration::from_millis(1);
    let config = Config::default()
        .with_max_message(1)
        .with_max_frame(Some(2))
        .with_max_empty_fragments(3)
        .with_max_cost(Some(5))
        .with_fragment_size(4)
        .with_high_water(6)
        .with_max_queue(7)
        .with_ping_interval(Some(time))
        .with_pong_timeout(2 * time)
        .with_write_timeout(3 * time)
        .with_close_timeout(4 * time)
        .with_linger(5 * time);
    assert_eq!((config.max_message(), config.max_frame()), (1, Some(2)));
    assert_eq!(config.max_cost(), 5);
    assert_eq!(
        (config.max_empty_fragments(), config.fragment_size()),
        (3, 4)
    );
    assert_eq!(
        (config.high_water(), config.low_water(), config.max_queue()),
        (6, 3, 7)
    );
    assert_eq!(
        (config.ping_interval(), config.pong_timeout()),
        (Some(time), 2 * time)
    );
    assert_eq!(
        (config.write_timeout(), config.close_timeout()),
        (3 * time, 4 * time)
    );
    assert_eq!(config.linger(), 5 * time);
}

#[test]
fn sizes_of_zero_that_would_stop_everything_count_as_one() {
    let config = Config::default()
        .with_fragment_size(0)
        .with_high_water(0)
        .with_max_queue(0);
    assert_eq!(
        (
            config.fragment_size(),
            config.high_water(),
            config.max_queue()
        ),
        (1, 1, 1)
    );
}

/// The parts that a connection holds while it is idle (A47 allows 1,024 bytes for all of it, socket and task too).
#[test]
fn the_parts_of_an_idle_connection_are_small() {
    let sizes = [
        size_of::<Receiver>(),
        size_of::<ws_connection::Sender>(),
        size_of::<ws_connection::Batch>(),
    ];
    assert!(sizes.iter().sum::<usize>() <= 400, "{sizes:?}");
}

#[test]
fn the_rest_of_an_unfinished_buffer_does_not_pin_what_was_taken() {
    let mut taken = Bytes::new();
    with_assembled(|message| taken = message.into_bytes());
    let again = taken.try_into_mut().expect("nobody else holds it");
    assert_eq!(again, BytesMut::from("hello"));
}
