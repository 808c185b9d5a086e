//! Every ending told truly: the number for the log, clean or not, whose Close was first, and why (R10).

use std::io;

use futures_util::FutureExt;
use ws_connection::Event;
use ws_handler::{
    AddrSource, Cause, CloseCode, CloseFrame, CloseInfo, Limit, Panic, Peer, ProtocolError, Side,
    Timeout, catch,
};

use crate::desk::Desk;

/// What a driver tells now.
fn info(desk: &Desk, cause: Cause) -> CloseInfo {
    CloseInfo::new(desk.outlet.lock().closing_handshake(), cause)
}

fn panic() -> Panic {
    let result: Result<(), Panic> = catch(async { panic!("oh") }).now_or_never().expect("ready");
    result.expect_err("it panicked")
}

#[test]
fn the_peers_close_gives_the_status_and_the_reason() {
    let mut desk = Desk::new();
    let frame = CloseFrame::from_static(CloseCode::NORMAL, "bye");
    desk.hear(&Event::Close(Some(frame.clone())));
    desk.write();
    let info = info(&desk, Cause::Peer);
    assert_eq!((info.status(), info.reason()), (1000, "bye"));
    assert_eq!(info.first(), Some(Side::Peer));
    assert!(info.is_clean());
    assert_eq!(info.handshake().received(), Some(Some(&frame)));
    assert_eq!(info.handshake().sent(), Some(Some(&frame)));
    assert_eq!(info.to_string(), "1000 (closed by the peer)");
}

#[test]
fn the_code_that_was_sent_and_the_peer_are_told() {
    let mut desk = Desk::new();
    let ours = CloseFrame::from_static(CloseCode::INTERNAL_ERROR, "oh");
    desk.outlet.lock().fail_with(ours);
    desk.write();
    let peer = Peer::new(([192, 0, 2, 7], 4711).into(), AddrSource::Transport);
    let info = info(&desk, Cause::Panic(panic())).with_peer(peer);
    assert_eq!(info.sent_code(), Some(CloseCode::INTERNAL_ERROR));
    assert_eq!(info.peer(), peer);
    let told = "1006 (a callback panicked: oh), sent 1011";
    assert_eq!(info.to_string(), told);
    let nothing = CloseInfo::new(Default::default(), Cause::Abort);
    assert_eq!((nothing.sent_code(), nothing.peer()), (None, Peer::UNKNOWN));
}

#[test]
fn a_close_without_a_code_is_1005() {
    let mut desk = Desk::new();
    desk.hear(&Event::Close(None));
    desk.write();
    let info = info(&desk, Cause::Peer);
    assert_eq!((info.status(), info.reason()), (1005, ""));
    assert!(info.is_clean());
    assert_eq!(info.handshake().received(), Some(None));
}

#[test]
fn no_close_at_all_is_1006() {
    let desk = Desk::new();
    let cause = Cause::Transport(io::ErrorKind::ConnectionReset.into());
    let info = info(&desk, cause);
    assert_eq!((info.status(), info.reason()), (1006, ""));
    assert_eq!(info.first(), None);
    assert!(!info.is_clean());
    assert_eq!(info.to_string(), "1006 (transport: connection reset)");
}

#[test]
fn our_close_without_an_answer_is_1006_and_ours() {
    let mut desk = Desk::new();
    desk.handle().close(CloseCode::GOING_AWAY);
    desk.write();
    let info = info(&desk, Cause::Timeout(Timeout::Close));
    assert_eq!(info.status(), 1006);
    assert_eq!(info.first(), Some(Side::Us));
    assert!(!info.is_clean());
    assert_eq!(
        info.to_string(),
        "1006 (the closing handshake did not end in time), sent 1001"
    );
}

#[test]
fn our_close_with_its_answer_is_clean_and_the_answer_is_the_status() {
    let mut desk = Desk::new();
    desk.handle().close(CloseCode::GOING_AWAY);
    desk.write();
    let answer = CloseFrame::from_static(CloseCode::NORMAL, "understood");
    desk.hear(&Event::Close(Some(answer)));
    let info = info(&desk, Cause::Us);
    assert_eq!((info.status(), info.reason()), (1000, "understood"));
    assert_eq!(info.first(), Some(Side::Us));
    assert!(info.is_clean());
}

#[test]
fn a_close_that_could_not_be_answered_is_not_clean() {
    let desk = Desk::new();
    desk.hear(&Event::Close(None));
    let info = info(&desk, Cause::Peer);
    assert_eq!(info.status(), 1005);
    assert!(!info.is_clean());
}

#[test]
fn every_cause_is_a_sentence() {
    let sentences = [
        (Cause::Peer, "closed by the peer"),
        (Cause::Us, "closed by the application"),
        (Cause::Shutdown, "closed by the shutdown of the server"),
        (Cause::Abort, "aborted"),
        (
            Cause::Protocol(ProtocolError::MaskMissing),
            "unmasked frame, but a client must mask every frame",
        ),
        (
            Cause::Timeout(Timeout::Silence),
            "no byte came from the peer, not even after a ping",
        ),
        (
            Cause::Timeout(Timeout::Write),
            "the peer read nothing of what was written to it",
        ),
        (
            Cause::Limit(Limit::WriteQueue {
                queued: 1_050,
                limit: 1_000,
            }),
            "1050 bytes wait to be written to the peer, less than 1000 are allowed",
        ),
        (
            Cause::Transport(io::ErrorKind::UnexpectedEof.into()),
            "transport: unexpected end of file",
        ),
        (Cause::Panic(panic()), "a callback panicked: oh"),
    ];
    for (cause, sentence) in sentences {
        assert_eq!(cause.to_string(), sentence);
        let info = info(&Desk::new(), cause);
        assert_eq!(info.to_string(), format!("1006 ({sentence})"));
    }
}
