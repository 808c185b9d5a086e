//! `on_open`, then any of `on_message`, `on_ping`, `on_pong` and `on_drain`, perhaps `on_error`, `on_close`: each in
//! its place, whatever is asked for.

use futures_util::FutureExt;
use ws_connection::{ClosingHandshake, Event};
use ws_frame::CloseFrame;
use ws_handler::{Cause, CloseInfo, Message, ProtocolError, Session};

use crate::{
    desk::Desk,
    recorder::{Log, Recorder, finish},
};

fn session() -> (Session<Recorder>, Log) {
    let recorder = Recorder::default();
    let log = recorder.log.clone();
    (Session::new(recorder, Desk::new().client()), log)
}

fn close_info() -> CloseInfo {
    CloseInfo::new(ClosingHandshake::default(), Cause::Abort)
}

/// Asks for every callback but `on_open`, `on_error` and `on_close`.
fn ask_for_everything(session: &mut Session<Recorder>) {
    let message = Message::from("hi");
    for event in [
        Event::Message(message),
        Event::Ping(b"p"),
        Event::Pong(b"q"),
        Event::Close(Some(CloseFrame::from_static(
            ws_frame::CloseCode::NORMAL,
            "",
        ))),
    ] {
        finish(session.event(event)).expect("no panic");
    }
    finish(session.drain()).expect("no panic");
}

#[test]
fn a_whole_life_runs_every_callback_in_order_and_one_after_the_other() {
    let (mut session, log) = session();
    finish(session.open()).expect("no panic");
    ask_for_everything(&mut session);
    finish(session.error(&ProtocolError::MaskMissing)).expect("no panic");
    finish(session.close(&close_info())).expect("no panic");
    assert_eq!(
        log.take(),
        [
            "on_open",
            "on_open returns",
            "on_message Text(\"hi\")",
            "on_message returns",
            "on_ping [112]",
            "on_ping returns",
            "on_pong [113]",
            "on_pong returns",
            "on_drain",
            "on_drain returns",
            "on_error unmasked frame, but a client must mask every frame",
            "on_error returns",
            "on_close 1006 (aborted)",
            "on_close returns",
        ]
    );
}

#[test]
fn nothing_runs_before_on_open() {
    let (mut session, log) = session();
    ask_for_everything(&mut session);
    finish(session.error(&ProtocolError::MaskMissing)).expect("no panic");
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn on_close_does_not_run_for_a_session_that_never_opened() {
    let (mut session, log) = session();
    finish(session.close(&close_info())).expect("no panic");
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn on_open_runs_once() {
    let (mut session, log) = session();
    finish(session.open()).expect("no panic");
    finish(session.open()).expect("no panic");
    assert_eq!(log.take(), ["on_open", "on_open returns"]);
}

#[test]
fn on_error_runs_once_and_only_on_close_follows() {
    let (mut session, log) = session();
    finish(session.open()).expect("no panic");
    log.take();
    finish(session.error(&ProtocolError::InvalidUtf8)).expect("no panic");
    ask_for_everything(&mut session);
    finish(session.open()).expect("no panic");
    finish(session.error(&ProtocolError::InvalidUtf8)).expect("no panic");
    finish(session.close(&close_info())).expect("no panic");
    assert_eq!(
        log.take(),
        [
            "on_error text message is not valid UTF-8",
            "on_error returns",
            "on_close 1006 (aborted)",
            "on_close returns",
        ]
    );
}

#[test]
fn on_close_runs_once_and_is_the_last() {
    let (mut session, log) = session();
    finish(session.open()).expect("no panic");
    log.take();
    finish(session.close(&close_info())).expect("no panic");
    assert_eq!(log.take(), ["on_close 1006 (aborted)", "on_close returns"]);
    finish(session.close(&close_info())).expect("no panic");
    finish(session.open()).expect("no panic");
    ask_for_everything(&mut session);
    finish(session.error(&ProtocolError::InvalidUtf8)).expect("no panic");
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn a_callback_that_was_dropped_while_pending_is_not_run_again() {
    let (mut session, log) = session();
    assert!(session.open().now_or_never().is_none());
    assert_eq!(log.take(), ["on_open"]);
    finish(session.open()).expect("no panic");
    assert_eq!(log.take(), [""; 0]);
    finish(session.close(&close_info())).expect("no panic");
    assert_eq!(log.take(), ["on_close 1006 (aborted)", "on_close returns"]);
}

#[test]
fn the_handler_comes_back_when_the_session_is_over() {
    let (session, log) = session();
    session.into_handler().log.note("still here");
    assert_eq!(log.take(), ["still here"]);
}

#[test]
fn a_session_can_move_between_threads_while_a_callback_is_pending() {
    fn assert_send<T: Send>(_: &T) {}
    let (mut session, _) = session();
    assert_send(&session.open());
    assert_send(&session.event(Event::Ping(b"")));
    assert_send(&session.drain());
    assert_send(&session.error(&ProtocolError::MaskMissing));
    assert_send(&session.close(&close_info()));
    assert_send(&session);
}
