//! What a client makes of an answer to its offer (RFC 7692 5, 7 and 7.1).

use ws_deflate::{Agreement, AnswerError, Deflate, Parameter, Takeover, WindowBits};
use ws_handshake::{Excerpt, Extension};

fn bits(bits: u8) -> WindowBits {
    WindowBits::new(bits).expect("8 to 15")
}

/// A client that keeps everything and limits nothing.
fn generous() -> Deflate {
    Deflate::default()
        .with_takeover(Takeover::On)
        .with_peer_takeover(Takeover::On)
}

/// What comes of an answer with these parameters.
fn check(client: &Deflate, params: &str) -> Result<Agreement, AnswerError> {
    let answer: Extension = format!("permessage-deflate{params}")
        .parse()
        .expect("an extension");
    client
        .check(&[answer])
        .map(|agreed| agreed.expect("permessage-deflate is in the answer"))
}

fn agreed(client: &Deflate, params: &str) -> Agreement {
    check(client, params).expect("it is legal")
}

#[test]
fn an_answer_without_the_extension_means_that_there_is_no_compression() {
    for client in [generous(), Deflate::default()] {
        assert_eq!(client.check(&[]), Ok(None));
        let others = ["x-other; server_max_window_bits=99", "Permessage-Deflate"];
        let others = others.map(|text| text.parse().unwrap());
        assert_eq!(client.check(&others), Ok(None));
    }
}

#[test]
fn other_extensions_in_the_answer_are_not_looked_at() {
    let answer = ["x; y=1; y=2", "permessage-deflate", "x"].map(|text| text.parse().unwrap());
    assert!(generous().check(&answer).unwrap().is_some());
}

#[test]
fn an_answer_that_accepts_it_twice_is_refused() {
    let answer = ["permessage-deflate", "x", "permessage-deflate"];
    let answer = answer.map(|text| text.parse().unwrap());
    assert_eq!(generous().check(&answer), Err(AnswerError::Repeated));
}

#[test]
fn an_answer_that_section_7_refuses_is_refused_with_its_fault() {
    let unknown = |seen| AnswerError::UnknownParameter {
        seen: Excerpt::of(seen),
    };
    let repeated = |parameter| AnswerError::RepeatedParameter { parameter };
    let unexpected = |parameter, seen| AnswerError::UnexpectedValue {
        parameter,
        seen: Excerpt::of(seen),
    };
    let missing = |parameter| AnswerError::MissingValue { parameter };
    let window = |parameter, seen| AnswerError::WindowBits {
        parameter,
        seen: Excerpt::of(seen),
    };
    let [
        server_takeover,
        client_takeover,
        server_window,
        client_window,
    ] = Parameter::ALL;
    let refused = [
        ("; x", unknown("x")),
        ("; client_max_window_bits=9; y=1", unknown("y")),
        (
            "; Server_No_Context_Takeover",
            unknown("Server_No_Context_Takeover"),
        ),
        (
            "; server_no_context_takeover; server_no_context_takeover",
            repeated(server_takeover),
        ),
        (
            "; client_no_context_takeover; server_max_window_bits=9; client_no_context_takeover",
            repeated(client_takeover),
        ),
        (
            "; server_max_window_bits=9; server_max_window_bits=9",
            repeated(server_window),
        ),
        (
            "; client_max_window_bits=9; client_max_window_bits=10",
            repeated(client_window),
        ),
        (
            "; server_no_context_takeover=1",
            unexpected(server_takeover, "1"),
        ),
        (
            "; client_no_context_takeover=true",
            unexpected(client_takeover, "true"),
        ),
        ("; server_max_window_bits", missing(server_window)),
        // 7.1.2.2: only an offer may have it without a value.
        ("; client_max_window_bits", missing(client_window)),
        ("; server_max_window_bits=7", window(server_window, "7")),
        ("; server_max_window_bits=010", window(server_window, "010")),
        ("; client_max_window_bits=16", window(client_window, "16")),
        ("; client_max_window_bits=+9", window(client_window, "+9")),
    ];
    for (params, error) in refused {
        assert_eq!(check(&generous(), params), Err(error), "{params}");
    }
}

#[test]
fn the_server_must_give_up_its_takeover_when_it_was_asked_to_and_may_unasked() {
    // 7.1.1.1: "A server accepts" the parameter by including it.
    let asking = generous().with_peer_takeover(Takeover::Off);
    assert_eq!(check(&asking, ""), Err(AnswerError::TakeoverNotGranted));
    let granted = "; server_no_context_takeover";
    for client in [asking, generous()] {
        let agreed = agreed(&client, granted);
        assert_eq!(agreed.server_takeover(), Takeover::Off);
    }
    assert_eq!(agreed(&generous(), "").server_takeover(), Takeover::On);
}

#[test]
fn the_client_gives_up_its_takeover_when_the_server_says_so_or_it_said_so_itself() {
    // 7.1.1.2: a hint holds whether or not the server takes it up.
    let answers = ["", "; client_no_context_takeover"];
    let hinting = generous().with_takeover(Takeover::Off);
    for answer in answers {
        let agreed = agreed(&hinting, answer);
        assert_eq!(agreed.client_takeover(), Takeover::Off);
    }
    let takeovers = answers.map(|answer| agreed(&generous(), answer).client_takeover());
    assert_eq!(takeovers, [Takeover::On, Takeover::Off]);
}

#[test]
fn what_is_agreed_on_has_in_it_what_the_client_said_of_itself() {
    let client = generous()
        .with_takeover(Takeover::Off)
        .with_window_bits(bits(10));
    let said = "permessage-deflate; client_no_context_takeover; client_max_window_bits=10";
    let answers = [
        "",
        "; client_no_context_takeover",
        "; client_max_window_bits=10",
        "; client_no_context_takeover; client_max_window_bits=15",
    ];
    let all = answers.map(|answer| agreed(&client, answer));
    for agreed in all {
        assert_eq!(agreed.to_string(), said);
        assert_eq!(agreed, all[0]);
    }
    // The largest window is the same said or not, and is not displayed the same.
    let limited = agreed(&generous(), "; client_max_window_bits=15");
    let unlimited = agreed(&generous(), "");
    assert_eq!(limited.client_window_bits(), unlimited.client_window_bits());
    assert_eq!(unlimited.to_string(), "permessage-deflate");
    assert_ne!(limited, unlimited);
}

#[test]
fn the_server_must_keep_to_the_window_that_was_offered_and_may_take_a_smaller_one() {
    // 7.1.2.1.
    for offered in 8..=15 {
        let client = generous().with_peer_window_bits(bits(offered));
        for answered in 8..=15 {
            let answer = format!("; server_max_window_bits={answered}");
            let seen = bits(answered);
            let expected = if answered <= offered {
                Ok(seen)
            } else {
                let offered = bits(offered);
                Err(AnswerError::WindowTooLarge { seen, offered })
            };
            let checked = check(&client, &answer);
            assert_eq!(checked.map(|agreed| agreed.server_window_bits()), expected);
        }
        let expected = match bits(offered) {
            WindowBits::MAX => Ok(WindowBits::MAX),
            offered => Err(AnswerError::WindowNotGranted { offered }),
        };
        let checked = check(&client, "");
        assert_eq!(checked.map(|agreed| agreed.server_window_bits()), expected);
    }
}

#[test]
fn the_client_compresses_with_the_smaller_of_its_window_and_what_the_server_says() {
    // 7.1.2.2: a hint holds whether or not the server takes it up, so a larger value is no fault.
    for own in 8..=15 {
        let client = generous().with_window_bits(bits(own));
        for answered in 8..=15 {
            let agreed = agreed(&client, &format!("; client_max_window_bits={answered}"));
            assert_eq!(agreed.client_window_bits(), bits(own.min(answered)));
        }
        assert_eq!(agreed(&client, "").client_window_bits(), bits(own));
    }
}

#[test]
fn every_error_says_what_was_seen_and_what_is_allowed() {
    let asking = Deflate::default().with_peer_window_bits(bits(10));
    let said = |params: &str| check(&asking, params).unwrap_err().to_string();
    assert_eq!(
        said("; x-y=1"),
        "parameter \"x-y\" is unknown, and only server_no_context_takeover, \
         client_no_context_takeover, server_max_window_bits, and client_max_window_bits are allowed"
    );
    assert_eq!(
        said("; client_no_context_takeover; client_no_context_takeover"),
        "client_no_context_takeover comes more than once, and once is allowed"
    );
    assert_eq!(
        said("; server_no_context_takeover=1"),
        "server_no_context_takeover is \"1\", and no value is allowed"
    );
    assert_eq!(
        said("; server_no_context_takeover; client_max_window_bits; server_max_window_bits=10"),
        "client_max_window_bits has no value, and 8 to 15 are allowed"
    );
    assert_eq!(
        said("; server_max_window_bits=16"),
        "server_max_window_bits is \"16\", and 8 to 15 are allowed"
    );
    assert_eq!(
        said(""),
        "server_no_context_takeover is not in the answer, and must be, as it was offered"
    );
    assert_eq!(
        said("; server_no_context_takeover"),
        "server_max_window_bits is not in the answer, and must be 10 or less"
    );
    assert_eq!(
        said("; server_no_context_takeover; server_max_window_bits=11"),
        "server_max_window_bits is 11, and 10, which was offered, or less is allowed"
    );
    let twice = ["permessage-deflate", "permessage-deflate"].map(|text| text.parse().unwrap());
    assert_eq!(
        asking.check(&twice).unwrap_err().to_string(),
        "permessage-deflate is accepted more than once, and once is allowed"
    );
}
