//! A panic in a callback, at the call itself or after an await, becomes a value (A43).

use futures_util::FutureExt;
use ws_connection::{ClosingHandshake, Event};
use ws_handler::{Cause, CloseInfo, Handler, Message, Panic, ProtocolError, Session, catch};

use crate::{
    desk::Desk,
    recorder::{Moment, Recorder, finish},
    upgrade::with_upgrade,
};

const MOMENTS: [Moment; 2] = [Moment::Call, Moment::Await];

fn session(faulty: &'static str, moment: Moment) -> Session<Recorder> {
    let recorder = Recorder {
        fault: Some((faulty, moment)),
        ..Recorder::default()
    };
    Session::new(recorder, Desk::new().client())
}

fn close_info() -> CloseInfo {
    CloseInfo::new(ClosingHandshake::default(), Cause::Abort)
}

/// The message of a failed `assert_ne` begins with the comparison.
fn assert_fails(result: Result<(), Panic>, callback: &str, moment: Moment) {
    let panic = result.expect_err(callback);
    let message = panic.message();
    assert!(
        message.contains(&format!("{callback} fails")),
        "{moment:?}: {message}"
    );
}

#[test]
fn a_panic_in_any_callback_is_told_by_the_call_that_ran_it() {
    for moment in MOMENTS {
        let mut session = session("on_open", moment);
        assert_fails(finish(session.open()), "on_open", moment);
    }
    for moment in MOMENTS {
        for (callback, event) in [
            ("on_message", Event::Message(Message::from("hi"))),
            ("on_ping", Event::Ping(b"")),
            ("on_pong", Event::Pong(b"")),
        ] {
            let mut session = session(callback, moment);
            finish(session.open()).expect("no panic");
            assert_fails(finish(session.event(event)), callback, moment);
        }
    }
    for moment in MOMENTS {
        let mut session = session("on_drain", moment);
        finish(session.open()).expect("no panic");
        assert_fails(finish(session.drain()), "on_drain", moment);
    }
    for moment in MOMENTS {
        let mut session = session("on_error", moment);
        finish(session.open()).expect("no panic");
        let error = ProtocolError::MaskMissing;
        assert_fails(finish(session.error(&error)), "on_error", moment);
    }
    for moment in MOMENTS {
        let mut session = session("on_close", moment);
        finish(session.open()).expect("no panic");
        assert_fails(finish(session.close(&close_info())), "on_close", moment);
    }
}

#[test]
fn a_panic_in_on_upgrade_is_caught_the_same_way() {
    for moment in MOMENTS {
        with_upgrade("/", |upgrade| {
            let mut recorder = Recorder {
                fault: Some(("on_upgrade", moment)),
                ..Recorder::default()
            };
            let result = finish(catch(async { recorder.on_upgrade(upgrade).await }));
            assert_fails(result.map(drop), "on_upgrade", moment);
        });
    }
}

#[test]
fn on_close_follows_a_panic_in_any_other_callback() {
    for moment in MOMENTS {
        let mut session = session("on_message", moment);
        finish(session.open()).expect("no panic");
        finish(session.event(Event::Message(Message::from("hi")))).expect_err("a panic");
        finish(session.close(&close_info())).expect("no panic");
        let lines = session.into_handler().log.take();
        assert_eq!(lines.last().map(String::as_str), Some("on_close returns"));
    }
}

#[test]
fn on_close_follows_a_panic_in_on_open_and_does_not_follow_its_own() {
    for moment in MOMENTS {
        let mut session = session("on_open", moment);
        finish(session.open()).expect_err("a panic");
        finish(session.close(&close_info())).expect("no panic");
        let lines = session.into_handler().log.take();
        assert_eq!(lines.last().map(String::as_str), Some("on_close returns"));
    }
    let mut session = session("on_close", Moment::Call);
    finish(session.open()).expect("no panic");
    finish(session.close(&close_info())).expect_err("a panic");
    finish(session.close(&close_info())).expect("it does not run again");
}

#[test]
fn a_panic_holds_its_text_whether_it_was_formatted_or_not() {
    let formatted = catch(async { panic!("number {}", 7) }).now_or_never();
    let panic: Panic = formatted.expect("ready").unwrap_err();
    assert_eq!(panic.message(), "number 7");
    assert_eq!(panic.to_string(), "a callback panicked: number 7");

    let constant = catch(async { panic!("plain") }).now_or_never();
    let panic: Panic = constant.expect("ready").unwrap_err();
    assert_eq!(panic.message(), "plain");
}

#[test]
fn a_panic_that_is_no_text_has_an_empty_message() {
    let result = catch(async { std::panic::panic_any(7_u8) }).now_or_never();
    let panic: Panic = result.expect("ready").unwrap_err();
    assert_eq!(panic.message(), "");
    assert_eq!(panic.to_string(), "a callback panicked");
}

#[test]
fn a_callback_that_does_not_panic_keeps_its_output() {
    let result = catch(async { 7 }).now_or_never();
    assert_eq!(result, Some(Ok(7)));
}
