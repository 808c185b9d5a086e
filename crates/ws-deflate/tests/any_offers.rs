//! Any offers and any answers, legal or not.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use ws_deflate::{Deflate, Parameter, Takeover, WindowBits};
use ws_handshake::Extension;

fn takeover() -> impl Strategy<Value = Takeover> {
    select(vec![Takeover::Off, Takeover::On])
}

fn window() -> impl Strategy<Value = WindowBits> {
    (8..=15_u8).prop_map(|bits| WindowBits::new(bits).expect("8 to 15"))
}

fn settings() -> impl Strategy<Value = Deflate> {
    (takeover(), takeover(), window(), window()).prop_map(|(ours, peers, bits, peer_bits)| {
        Deflate::default()
            .with_takeover(ours)
            .with_peer_takeover(peers)
            .with_window_bits(bits)
            .with_peer_window_bits(peer_bits)
    })
}

/// Mostly permessage-deflate, mostly with parameters that it has.
fn extension() -> impl Strategy<Value = Extension> {
    let name = prop_oneof![8 => Just("permessage-deflate".to_owned()), 1 => "[!-+a-zA-Z0-9]{1,9}"];
    let param = prop_oneof![
        8 => select(Parameter::ALL.to_vec()).prop_map(|parameter| parameter.name().to_owned()),
        1 => "[a-z_]{1,9}",
    ];
    let value = proptest::option::of(prop_oneof![
        6 => (8..=15_u8).prop_map(|bits| bits.to_string()),
        1 => any::<u8>().prop_map(|bits| bits.to_string()),
        1 => "[!#-+.0-9a-z]{1,4}",
    ]);
    (name, vec((param, value), 0..5)).prop_filter_map("tokens", |(name, params)| {
        let mut extension = Extension::new(&name).ok()?;
        for (name, value) in params {
            extension = match value {
                Some(value) => extension.param(&name, &value).ok()?,
                None => extension.flag(&name).ok()?,
            };
        }
        Some(extension)
    })
}

proptest! {
    #[test]
    fn the_answer_to_any_offers_is_the_answer_to_one_of_them(
        server in settings(),
        offers in vec(extension(), 0..6),
    ) {
        let agreed = server.accept(&offers);
        let alone: Vec<_> = offers.iter().map(|offer| server.accept([offer])).collect();
        prop_assert_eq!(agreed, alone.iter().flatten().next().copied());
        if let Some(agreed) = agreed {
            let answer = agreed.extension();
            prop_assert_eq!(answer.to_string(), agreed.to_string());
            prop_assert_eq!(agreed.to_string().parse(), Ok(answer));
        }
    }

    #[test]
    fn an_offer_of_ours_is_taken_among_any_others_and_both_sides_agree(
        server in settings(),
        client in settings(),
        before in vec(extension(), 0..4),
        after in vec(extension(), 0..4),
    ) {
        let before: Vec<_> = before.into_iter().filter(|offer| server.accept([offer]).is_none()).collect();
        let offers = [before, vec![client.offer()], after].concat();
        let agreed = server.accept(&offers);
        prop_assert!(agreed.is_some());
        prop_assert_eq!(client.check(&[agreed.unwrap().extension()]), Ok(agreed));
    }

    #[test]
    fn what_a_client_takes_keeps_to_its_settings(
        client in settings(),
        answer in vec(extension(), 0..3),
    ) {
        if let Ok(Some(agreed)) = client.check(&answer) {
            prop_assert!(agreed.server_window_bits() <= client.peer_window_bits());
            prop_assert!(agreed.client_window_bits() <= client.window_bits());
            if client.peer_takeover() == Takeover::Off {
                prop_assert_eq!(agreed.server_takeover(), Takeover::Off);
            }
            if client.takeover() == Takeover::Off {
                prop_assert_eq!(agreed.client_takeover(), Takeover::Off);
            }
        }
    }
}
