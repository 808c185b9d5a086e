use std::fmt;

use ws_testing::naive::{Event, Receiver, Violation};

use super::{
    frame_at::FrameAt,
    ours,
    seen::{Answer, End, Seen},
    setting::Setting,
    theirs,
};

/// What tungstenite does otherwise, and the sentence of RFC 6455 that decides for us.
pub(super) struct Difference {
    what: &'static str,
    section: &'static str,
    sentence: &'static str,
    /// Whether a case is one of these.
    pub(super) judge: fn(&Case) -> Verdict,
}

/// What an entry of the table says about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is something else.
    Unlike,
    /// It is this difference and nothing else.
    Allowed,
    /// It is this difference; these bytes do not have it, and there both have to agree.
    CompareInstead(Vec<u8>),
}

/// Bytes in which the endpoints see different things.
#[derive(Debug)]
pub(super) struct Case {
    setting: Setting,
    bytes: Vec<u8>,
    pub(super) ours: Seen,
    pub(super) theirs: Seen,
    /// The frame that breaks a rule, and the rule.
    flaw: Option<(FrameAt, Violation)>,
}

/// Every difference that is known.
pub(super) const DIFFERENCES: &[Difference] = &[
    Difference {
        what: "fails a connection without a Close",
        section: "7.1.7",
        sentence: "If _The WebSocket Connection is Established_ prior to the point where the endpoint is required to \
            _Fail the WebSocket Connection_, the endpoint SHOULD send a Close frame with an appropriate status code",
        judge: fails_silently,
    },
    Difference {
        what: "takes a length that has a shorter form",
        section: "5.2",
        sentence: "in all cases, the minimal number of bytes MUST be used to encode the length",
        judge: takes_longer_forms,
    },
    Difference {
        what: "looks at a frame when it is whole",
        section: "8.1",
        sentence: "When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream is not, in \
            fact, a valid UTF-8 stream, that endpoint MUST _Fail the WebSocket Connection_",
        judge: looks_later,
    },
    Difference {
        what: "looks at the limit before the rules of the protocol",
        section: "7.4.1",
        sentence: "1002 indicates that an endpoint is terminating the connection due to a protocol error",
        judge: looks_at_the_limit_first,
    },
    Difference {
        what: "looks at the reason of a Close before its code",
        section: "7.4.1",
        sentence: "1002 indicates that an endpoint is terminating the connection due to a protocol error",
        judge: looks_at_the_reason_first,
    },
    Difference {
        what: "tells a Close with a code that may not travel as one with 1002, which it also answers",
        section: "5.5.1",
        sentence: "the first two bytes of the body MUST be a 2-byte unsigned integer (in network byte order) \
            representing a status code with value /code/ defined in Section 7.4",
        judge: tells_an_illegal_close,
    },
    Difference {
        what: "does not know 1014, which is in the registry",
        section: "7.4.2",
        sentence: "Status codes in the range 1000-2999 are reserved for definition by this protocol, its future \
            revisions, and extensions specified in a permanent and readily available public specification",
        judge: does_not_know_1014,
    },
];

impl Case {
    pub(super) fn new(setting: &Setting, bytes: Vec<u8>) -> Self {
        Self {
            setting: *setting,
            ours: ours::run(*setting, &bytes),
            theirs: theirs::run(*setting, &bytes),
            flaw: flaw(setting, &bytes),
            bytes,
        }
    }

    /// Whether both have seen and answered the same until the end.
    fn is_alike_before_the_end(&self) -> bool {
        self.ours.events == self.theirs.events && self.ours.pongs == self.theirs.pongs
    }

    fn ends(&self) -> (End, End) {
        (self.ours.end, self.theirs.end)
    }
}

/// The frame with the byte that breaks a rule.
fn flaw(setting: &Setting, bytes: &[u8]) -> Option<(FrameAt, Violation)> {
    let mut receiver = Receiver::new(setting.role, &setting.ours());
    for (at, &byte) in bytes.iter().enumerate() {
        match receiver.push(byte) {
            Ok(Some(Event::Close(_))) => return None,
            Ok(_) => {}
            Err(violation) => return Some((FrameAt::containing(at, bytes), violation)),
        }
    }
    None
}

fn fails_silently(case: &Case) -> Verdict {
    let is_this = match case.ends() {
        (End::Failed(ours), End::Failed(theirs)) => {
            ours == theirs
                && case.ours.answer == Answer::Code(ours)
                && case.theirs.answer == Answer::None
        }
        _ => false,
    };
    allowed_if(is_this && case.is_alike_before_the_end())
}

fn takes_longer_forms(case: &Case) -> Verdict {
    let Some((frame, violation)) = &case.flaw else {
        return Verdict::Unlike;
    };
    if case.ours.end != End::Failed(violation.close_code()) {
        return Verdict::Unlike;
    }
    match frame.with_shortest_length(&case.bytes) {
        Some(bytes) => Verdict::CompareInstead(bytes),
        None => Verdict::Unlike,
    }
}

fn looks_later(case: &Case) -> Verdict {
    let (Some((frame, _)), (End::Failed(_), End::Open)) = (&case.flaw, case.ends()) else {
        return Verdict::Unlike;
    };
    let Setting { role, limit } = case.setting;
    match frame.completed(&case.bytes, role, limit) {
        Some(bytes) if case.is_alike_before_the_end() => Verdict::CompareInstead(bytes),
        Some(_) | None => Verdict::Unlike,
    }
}

fn looks_at_the_limit_first(case: &Case) -> Verdict {
    let Some((frame, _)) = &case.flaw else {
        return Verdict::Unlike;
    };
    let is_this = case.ends() == (End::Failed(1002), End::Failed(1009))
        && frame.is_longer_than(case.setting.limit);
    allowed_if(is_this && case.is_alike_before_the_end())
}

fn looks_at_the_reason_first(case: &Case) -> Verdict {
    let Some((frame, Violation::CloseCode)) = &case.flaw else {
        return Verdict::Unlike;
    };
    let payload = frame.payload(&case.bytes);
    let is_this = case.ends() == (End::Failed(1002), End::Failed(1007))
        && std::str::from_utf8(&payload[2..]).is_err();
    allowed_if(is_this && case.is_alike_before_the_end())
}

/// What tungstenite makes of a Close whose code it does not allow.
fn its_close() -> Event {
    Event::Close(Some((1002, "Protocol violation".to_owned())))
}

fn tells_an_illegal_close(case: &Case) -> Verdict {
    let Some((_, Violation::CloseCode)) = &case.flaw else {
        return Verdict::Unlike;
    };
    let mut events = case.ours.events.clone();
    events.push(its_close());
    let is_this = case.ends() == (End::Failed(1002), End::Closed)
        && events == case.theirs.events
        && case.ours.pongs == case.theirs.pongs
        && case.ours.answer == Answer::Code(1002);
    allowed_if(is_this && case.theirs.answer == Answer::Code(1002))
}

fn does_not_know_1014(case: &Case) -> Verdict {
    let mut events = case.ours.events.clone();
    let Some(Event::Close(Some((1014, _)))) = events.pop() else {
        return Verdict::Unlike;
    };
    events.push(its_close());
    let is_this = case.ends() == (End::Closed, End::Closed)
        && events == case.theirs.events
        && case.ours.pongs == case.theirs.pongs
        && case.ours.answer == Answer::Code(1014);
    allowed_if(is_this && case.theirs.answer == Answer::Code(1002))
}

fn allowed_if(is_this: bool) -> Verdict {
    if is_this {
        Verdict::Allowed
    } else {
        Verdict::Unlike
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            section,
            sentence,
            ..
        } = self;
        write!(
            f,
            "tungstenite {what}, but \"{sentence}\" (RFC 6455 {section})"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One input for each entry, in the order of the table.
    const EXAMPLES: &[&[u8]] = &[
        b"\x00\x83\x80\x00\x00\x00\x00",
        b"\x01\x81\x7e\x00\x01a",
        b"\x01\x81\x02\xff",
        b"\x01\xc1\x7e\x01\x00",
        b"\x01\x88\x03\x00\x00\xff",
        b"\x01\x88\x02\x00\x01",
        b"\x01\x88\x02\x03\xf6",
    ];

    #[test]
    fn every_entry_is_needed() {
        for (difference, example) in DIFFERENCES.iter().zip(EXAMPLES) {
            let case = Case::new(&Setting::new(example[0]), example[1..].to_vec());
            let judges = DIFFERENCES
                .iter()
                .map(|difference| (difference.judge)(&case));
            let first = judges
                .into_iter()
                .position(|verdict| verdict != Verdict::Unlike);
            let first = first.map(|first| DIFFERENCES[first].to_string());
            assert_eq!(first, Some(difference.to_string()), "{case:#?}");
            crate::diff_tungstenite(example);
        }
        assert_eq!(DIFFERENCES.len(), EXAMPLES.len());
    }

    #[test]
    fn what_both_do_alike_is_no_case() {
        for alike in [
            &b""[..],
            b"\x81\x02hi\x89\x01p\x88\x02\x03\xe8\x81\x01a",
            b"\x01\x01a\x80\x01b\x8a\x00",
        ] {
            let case = Case::new(&Setting::new(1), alike.to_vec());
            assert_eq!(case.ours, case.theirs);
        }
    }
}
