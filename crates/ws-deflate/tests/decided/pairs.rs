//! Every client with every server.

use ws_deflate::Takeover;

use crate::all_settings;

#[test]
fn all_clients_agree_with_all_servers_on_the_same() {
    let mut count = 0;
    let all = all_settings();
    for client in &all {
        let offer = client.offer();
        for server in &all {
            let agreed = server.accept([&offer]).unwrap();
            let checked = client.check(&[agreed.extension()]);
            assert_eq!(checked, Ok(Some(agreed)), "{client:?} {server:?}");
            // Both sides understand all parameters, so each gets all that it wants.
            let both = |one: Takeover, other: Takeover| match (one, other) {
                (Takeover::On, Takeover::On) => Takeover::On,
                _ => Takeover::Off,
            };
            let server_takeover = both(server.takeover(), client.peer_takeover());
            let client_takeover = both(client.takeover(), server.peer_takeover());
            assert_eq!(agreed.server_takeover(), server_takeover);
            assert_eq!(agreed.client_takeover(), client_takeover);
            let server_bits = server.window_bits().min(client.peer_window_bits());
            let client_bits = client.window_bits().min(server.peer_window_bits());
            assert_eq!(agreed.server_window_bits(), server_bits);
            assert_eq!(agreed.client_window_bits(), client_bits);
            count += 1;
        }
    }
    assert_eq!(count, 256 * 256);
    println!("decided: {count} pairs of a client and a server with all settings");
}
