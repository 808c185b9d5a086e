//! Times that are off by default: of a whole connection, and of a callback.

use ws_connection::{Config, Sender, Timeout};
use ws_frame::{CloseCode, CloseFrame};

use crate::{
    alone::Endpoint,
    times::{millis, seconds},
};

#[test]
fn a_connection_is_closed_with_1001_at_its_age_behind_what_was_sent() {
    let mut endpoint = Endpoint::with(|config| config.with_max_lifetime(Some(seconds(60))));
    assert_eq!(endpoint.due(), Some(seconds(60)));
    endpoint.clock.advance(millis(59_999));
    assert_eq!(endpoint.time_out(), None);
    assert!(endpoint.sender.is_open() && !endpoint.sender.is_outlived());
    endpoint.sender.send("last").expect("open");
    endpoint.clock.advance(millis(1));
    assert_eq!(endpoint.time_out(), None);
    assert!(!endpoint.sender.is_open() && endpoint.sender.is_outlived());
    let written = endpoint.written();
    let (message, close) = written.split_at(6);
    assert_eq!(message, b"\x81\x04last");
    assert_eq!(close[2..4], CloseCode::GOING_AWAY.get().to_be_bytes());
    // The peer has its time to answer.
    assert_eq!(endpoint.due(), Some(seconds(65)));
    endpoint.clock.advance(seconds(5));
    assert_eq!(endpoint.time_out(), Some(Timeout::Close));
}

#[test]
fn a_connection_opens_when_its_clock_is_told_for_the_first_time() {
    let sender = Sender::server(Config::default());
    assert_eq!(sender.opened(), None);
    let mut endpoint = Endpoint::with(|config| config);
    let start = endpoint.clock.now();
    endpoint.clock.advance(seconds(7));
    assert_eq!(endpoint.written(), b"");
    assert_eq!(endpoint.sender.opened(), Some(start));
}

#[test]
fn what_is_closed_already_has_no_age() {
    let mut endpoint = Endpoint::with(|config| config.with_max_lifetime(Some(seconds(3))));
    endpoint.clock.advance(seconds(2));
    endpoint.sender.close(CloseFrame::from(CloseCode::NORMAL));
    assert_eq!(endpoint.written().len(), 4);
    assert_eq!(endpoint.due(), Some(seconds(7)));
    endpoint.clock.advance(seconds(2));
    assert_eq!(endpoint.time_out(), None);
    assert!(!endpoint.sender.is_outlived());
}

#[test]
fn by_default_nothing_is_too_old_and_no_callback_too_slow() {
    let mut endpoint = Endpoint::with(|config| config);
    assert_eq!(endpoint.due(), None);
    endpoint.sender.pause_for_callback(endpoint.clock.now());
    assert_eq!(endpoint.due(), None);
    endpoint.clock.advance(seconds(1_000_000_000));
    assert_eq!(endpoint.time_out(), None);
    assert_eq!(endpoint.sender.callback_deadline(), None);
    assert!(endpoint.sender.is_open());
}

#[test]
fn a_callback_that_takes_too_long_fails_the_connection_with_1011() {
    let mut endpoint = Endpoint::with(|config| config.with_callback_timeout(Some(seconds(10))));
    endpoint.clock.advance(seconds(100));
    endpoint.sender.pause_for_callback(endpoint.clock.now());
    assert_eq!(endpoint.due(), Some(seconds(110)));
    endpoint.clock.advance(millis(9_999));
    assert_eq!(endpoint.time_out(), None);
    endpoint.clock.advance(millis(1));
    assert_eq!(endpoint.time_out(), Some(Timeout::Callback));
    assert_eq!(
        endpoint.written()[2..4],
        CloseCode::INTERNAL_ERROR.get().to_be_bytes()
    );
}

#[test]
fn each_callback_has_its_own_time_and_a_pause_for_another_reason_none() {
    let mut endpoint = Endpoint::with(|config| config.with_callback_timeout(Some(seconds(10))));
    for start in [0, 9, 18] {
        endpoint.sender.pause_for_callback(endpoint.clock.now());
        assert_eq!(endpoint.due(), Some(seconds(start + 10)));
        endpoint.clock.advance(seconds(9));
        assert_eq!(endpoint.time_out(), None);
        endpoint.sender.resume_reading(endpoint.clock.now());
        assert_eq!(endpoint.due(), None);
        assert_eq!(endpoint.sender.callback_deadline(), None);
    }
    endpoint.sender.pause_reading(endpoint.clock.now());
    endpoint.clock.advance(seconds(100));
    assert_eq!((endpoint.due(), endpoint.time_out()), (None, None));
}

#[test]
fn what_a_callback_has_left_is_known_when_its_connection_is_over() {
    let mut endpoint = Endpoint::with(|config| config.with_callback_timeout(Some(seconds(10))));
    endpoint.sender.pause_for_callback(endpoint.clock.now());
    endpoint.sender.abort();
    assert_eq!(endpoint.due(), None);
    let left = endpoint.sender.callback_deadline().expect("it is pending");
    assert_eq!(endpoint.clock.at(left), seconds(10));
}
