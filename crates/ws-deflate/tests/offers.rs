//! What a server makes of offers (RFC 7692 5, 7 and 7.1).

use ws_deflate::{Agreement, Deflate, Takeover, WindowBits};
use ws_handshake::Extension;

fn bits(bits: u8) -> WindowBits {
    WindowBits::new(bits).expect("8 to 15")
}

fn extension(text: &str) -> Extension {
    text.parse().expect("an extension")
}

/// A server that keeps everything and limits nothing.
fn generous() -> Deflate {
    Deflate::default()
        .with_takeover(Takeover::On)
        .with_peer_takeover(Takeover::On)
}

fn accept(server: &Deflate, offers: &[&str]) -> Option<Agreement> {
    let offers: Vec<Extension> = offers.iter().copied().map(extension).collect();
    server.accept(&offers)
}

/// The parameters of the answer to one offer with these parameters.
fn answer(server: &Deflate, offer: &str) -> String {
    let agreed = accept(server, &[&format!("permessage-deflate{offer}")]);
    let answer = agreed.expect("it is legal").to_string();
    answer
        .strip_prefix("permessage-deflate")
        .expect("it has its name")
        .to_owned()
}

/// Offers of which 7 says "A server MUST decline", by their parameters.
const DECLINED: &[&str] = &[
    // "contains an extension parameter not defined for use in an offer"
    "; x",
    "; x=1",
    "; server_max_window_bits=10; x",
    "; permessage-deflate",
    "; no_context_takeover",
    "; max_window_bits=10",
    "; server_no_context_takeover_",
    "; SERVER_NO_CONTEXT_TAKEOVER",
    "; Client_Max_Window_Bits",
    // "contains an extension parameter with an invalid value"
    "; server_no_context_takeover=1",
    "; server_no_context_takeover=true",
    "; client_no_context_takeover=0",
    "; client_no_context_takeover=15",
    "; server_max_window_bits",
    "; server_max_window_bits=0",
    "; server_max_window_bits=7",
    "; server_max_window_bits=16",
    "; server_max_window_bits=010",
    "; server_max_window_bits=08",
    "; server_max_window_bits=+9",
    "; server_max_window_bits=-9",
    "; server_max_window_bits=9.0",
    "; server_max_window_bits=1e1",
    "; server_max_window_bits=0xa",
    "; server_max_window_bits=266",
    "; server_max_window_bits=18446744073709551625",
    "; server_max_window_bits=ten",
    "; client_max_window_bits=7",
    "; client_max_window_bits=16",
    "; client_max_window_bits=09",
    "; client_max_window_bits=true",
    "; client_max_window_bits=12a",
    // "contains multiple extension parameters with the same name"
    "; server_no_context_takeover; server_no_context_takeover",
    "; client_no_context_takeover; client_no_context_takeover",
    "; server_max_window_bits=10; server_max_window_bits=10",
    "; server_max_window_bits=10; server_max_window_bits=9",
    "; client_max_window_bits; client_max_window_bits",
    "; client_max_window_bits; client_max_window_bits=9",
    "; client_max_window_bits=9; server_no_context_takeover; client_max_window_bits",
];

#[test]
fn an_offer_that_section_7_declines_is_declined_and_the_next_one_taken() {
    for params in DECLINED {
        let offer = format!("permessage-deflate{params}");
        assert_eq!(accept(&generous(), &[&offer]), None, "{offer}");
        let next = "permessage-deflate; server_max_window_bits=11";
        let agreed = accept(&generous(), &[&offer, next, "permessage-deflate"]);
        assert_eq!(agreed.unwrap().to_string(), next, "{offer}");
    }
}

#[test]
fn a_value_in_quotes_is_the_same_value() {
    // 5: a value may be quoted; what the quotes hold must be a token.
    assert_eq!(
        answer(&generous(), "; server_max_window_bits=\"10\""),
        "; server_max_window_bits=10"
    );
    let quoted = "permessage-deflate; server_max_window_bits=\"010\"";
    assert_eq!(accept(&generous(), &[quoted]), None);
}

#[test]
fn other_extensions_are_passed_over() {
    assert_eq!(accept(&generous(), &[]), None);
    let others = [
        "x-webkit-deflate-frame",
        "permessage-bzip2",
        "permessage-deflated",
        "permessage",
        "Permessage-Deflate",
    ];
    for other in others {
        assert_eq!(accept(&generous(), &[other]), None, "{other}");
        let agreed = accept(&generous(), &[other, "permessage-deflate"]);
        assert!(agreed.is_some(), "{other}");
    }
}

#[test]
fn the_first_legal_offer_is_taken_whatever_comes_behind_it() {
    // 5: "An element preceding another element has higher preference."
    let offers = [
        "permessage-deflate; server_max_window_bits=9",
        "permessage-deflate; client_max_window_bits; x",
        "permessage-deflate",
    ];
    for first in 0..offers.len() {
        let agreed = accept(&generous(), &offers[first..]).unwrap();
        let expected = [9, 15, 15][first];
        assert_eq!(agreed.server_window_bits(), bits(expected));
    }
}

#[test]
fn the_parameters_of_an_offer_may_come_in_any_order() {
    let params = [
        "; server_no_context_takeover",
        "; client_no_context_takeover",
        "; server_max_window_bits=9",
        "; client_max_window_bits=10",
    ];
    let in_order = params.concat();
    for a in 0..4 {
        for b in (0..4).filter(|b| *b != a) {
            for c in (0..4).filter(|c| ![a, b].contains(c)) {
                let d = 6 - a - b - c;
                let offer = [params[a], params[b], params[c], params[d]].concat();
                assert_eq!(answer(&generous(), &offer), in_order);
            }
        }
    }
}

#[test]
fn a_server_gives_up_its_takeover_when_it_is_asked_to_or_does_not_want_it() {
    // 7.1.1.1: the server "MAY include" it unasked.
    let offer = "; server_no_context_takeover";
    assert_eq!(answer(&generous(), ""), "");
    assert_eq!(answer(&generous(), offer), offer);
    let server = generous().with_takeover(Takeover::Off);
    assert_eq!(answer(&server, ""), offer);
    assert_eq!(answer(&server, offer), offer);
}

#[test]
fn a_client_gives_up_its_takeover_when_it_says_so_or_the_server_does_not_want_it() {
    // 7.1.1.2: the hint of the client is used, so that nothing is kept that it never refers to.
    let offer = "; client_no_context_takeover";
    assert_eq!(answer(&generous(), offer), offer);
    let server = generous().with_peer_takeover(Takeover::Off);
    assert_eq!(answer(&server, ""), offer);
    assert_eq!(answer(&server, offer), offer);
}

#[test]
fn the_window_of_the_server_is_the_smaller_of_what_is_offered_and_its_own() {
    // 7.1.2.1: "with the same or smaller value as the offer"; also unasked.
    for own in 8..=15 {
        let server = generous().with_window_bits(bits(own));
        for offered in 8..=15 {
            let offer = format!("; server_max_window_bits={offered}");
            let expected = format!("; server_max_window_bits={}", own.min(offered));
            assert_eq!(answer(&server, &offer), expected);
        }
        let expected = match own {
            15 => String::new(),
            _ => format!("; server_max_window_bits={own}"),
        };
        assert_eq!(answer(&server, ""), expected);
    }
}

#[test]
fn the_window_of_the_client_is_the_smaller_of_its_own_and_what_the_server_allows() {
    // 7.1.2.2: "with a value equal to or smaller than the received value".
    for allowed in 8..=15 {
        let server = generous().with_peer_window_bits(bits(allowed));
        for own in 8..=15 {
            let offer = format!("; client_max_window_bits={own}");
            let expected = format!("; client_max_window_bits={}", own.min(allowed));
            assert_eq!(answer(&server, &offer), expected);
        }
        let expected = match allowed {
            15 => String::new(),
            _ => format!("; client_max_window_bits={allowed}"),
        };
        assert_eq!(answer(&server, "; client_max_window_bits"), expected);
    }
}

#[test]
fn a_client_whose_window_cannot_be_limited_loses_its_takeover_instead() {
    // 7.1.2.2: without the parameter in the offer the response "MUST NOT include" it.
    for allowed in 8..=15 {
        let server = generous().with_peer_window_bits(bits(allowed));
        let offer = extension("permessage-deflate; server_max_window_bits=9");
        let agreed = server.accept([&offer]).unwrap();
        assert_eq!(agreed.client_window_bits(), WindowBits::MAX);
        let expected = match allowed {
            15 => Takeover::On,
            _ => Takeover::Off,
        };
        assert_eq!(agreed.client_takeover(), expected, "{allowed}");
    }
}

#[test]
fn an_offer_of_8000_parameters_is_judged_by_the_first_that_is_not_legal() {
    let mut long = extension("permessage-deflate; client_max_window_bits");
    for _ in 0..8000 {
        long = long.flag("client_max_window_bits").unwrap();
    }
    let offers = vec![long; 100];
    assert_eq!(generous().accept(&offers), None);
}
