//! The settings: their defaults, their ends, and that each is one of its own.

use ws_deflate::{Deflate, Takeover, WindowBits};

#[test]
fn the_defaults_are_the_documented_ones() {
    let settings = Deflate::default();
    assert_eq!(settings.level(), 1);
    assert_eq!(settings.memory_level(), 8);
    assert_eq!(settings.threshold(), 256);
    assert_eq!(settings.takeover(), Takeover::Off);
    assert_eq!(settings.peer_takeover(), Takeover::Off);
    assert_eq!(settings.window_bits(), WindowBits::MAX);
    assert_eq!(settings.peer_window_bits(), WindowBits::MAX);
    assert_eq!(settings.max_ratio(), None);
}

#[test]
fn levels_beyond_their_ends_are_the_ends() {
    for level in 0..=255 {
        let settings = Deflate::default()
            .with_level(level)
            .with_memory_level(level);
        assert_eq!(settings.level(), level.min(9));
        assert_eq!(settings.memory_level(), level.clamp(1, 9));
    }
}

#[test]
fn each_setting_changes_itself_alone() {
    let settings = Deflate::default()
        .with_level(2)
        .with_memory_level(3)
        .with_threshold(4)
        .with_takeover(Takeover::On)
        .with_window_bits(WindowBits::MIN)
        .with_max_ratio(Some(5));
    assert_eq!((settings.level(), settings.memory_level()), (2, 3));
    assert_eq!((settings.threshold(), settings.max_ratio()), (4, Some(5)));
    assert_eq!(settings.takeover(), Takeover::On);
    assert_eq!(settings.peer_takeover(), Takeover::Off);
    assert_eq!(settings.window_bits(), WindowBits::MIN);
    assert_eq!(settings.peer_window_bits(), WindowBits::MAX);

    let peers = Deflate::default()
        .with_peer_takeover(Takeover::On)
        .with_peer_window_bits(WindowBits::MIN);
    assert_eq!(peers.takeover(), Takeover::Off);
    assert_eq!(peers.peer_takeover(), Takeover::On);
    assert_eq!(peers.window_bits(), WindowBits::MAX);
    assert_eq!(peers.peer_window_bits(), WindowBits::MIN);
}

#[test]
fn a_client_offers_what_its_settings_ask_for() {
    let bits = WindowBits::new(12).unwrap();
    let generous = Deflate::default()
        .with_takeover(Takeover::On)
        .with_peer_takeover(Takeover::On);
    let offers = [
        (generous.clone(), "; client_max_window_bits"),
        (
            generous.clone().with_window_bits(bits),
            "; client_max_window_bits=12",
        ),
        (
            generous.clone().with_peer_window_bits(bits),
            "; server_max_window_bits=12; client_max_window_bits",
        ),
        (
            generous.clone().with_takeover(Takeover::Off),
            "; client_no_context_takeover; client_max_window_bits",
        ),
        (
            generous.with_peer_takeover(Takeover::Off),
            "; server_no_context_takeover; client_max_window_bits",
        ),
    ];
    for (client, params) in offers {
        let offer = client.offer().to_string();
        assert_eq!(offer, format!("permessage-deflate{params}"));
    }
}
