//! Every server before every legal offer.

use crate::all_settings;
use crate::naive::{Said, Wanted, plain};

/// Without it, without a value, and with each.
const CLIENT_BITS: [Option<u8>; 10] = [
    None,
    Some(0),
    Some(8),
    Some(9),
    Some(10),
    Some(11),
    Some(12),
    Some(13),
    Some(14),
    Some(15),
];

/// RFC 7692 7.1.1 and 7.1.2: what an answer must and must not say, whatever the server wants.
fn is_legal(offer: Said, answer: Said) -> bool {
    let server_takeover = !offer.server_no_takeover || answer.server_no_takeover;
    let server_bits = match (offer.server_bits, answer.server_bits) {
        (Some(offered), Some(answered)) => (8..=offered).contains(&answered),
        (Some(_), None) => false,
        (None, Some(answered)) => (8..=15).contains(&answered),
        (None, None) => true,
    };
    let client_bits = match (offer.client_bits, answer.client_bits) {
        (None, Some(_)) => false,
        (Some(_), Some(answered)) => (8..=15).contains(&answered),
        (_, None) => true,
    };
    server_takeover && server_bits && client_bits
}

/// The rules of the documentation: what our server says.
fn expected(offer: Said, server: Wanted) -> Said {
    let unlimited = offer.client_bits.is_none() && server.peer_bits != 15;
    Said {
        server_no_takeover: offer.server_no_takeover || !server.ours,
        client_no_takeover: offer.client_no_takeover || !server.peers || unlimited,
        server_bits: match (offer.server_bits, server.bits) {
            (Some(offered), own) => Some(offered.min(own)),
            (None, 15) => None,
            (None, own) => Some(own),
        },
        client_bits: match (offer.client_bits, server.peer_bits) {
            (None, _) | (Some(0), 15) => None,
            (Some(0), allowed) => Some(allowed),
            (Some(offered), allowed) => Some(offered.min(allowed)),
        },
    }
}

#[test]
fn all_settings_with_all_legal_offers_answer_as_the_rules_say() {
    let mut count = 0;
    let offers = Said::all(&CLIENT_BITS);
    for server in all_settings() {
        let wanted = Wanted::of(&server);
        for &offer in &offers {
            let agreed = server.accept([&offer.extension()]).unwrap();
            let answer = Said::of(&agreed.extension());
            assert!(is_legal(offer, answer), "{offer:?}: {agreed}");
            let expected = expected(offer, wanted);
            assert_eq!(
                format!("{answer:?}"),
                format!("{expected:?}"),
                "{wanted:?} {offer:?}"
            );
            let [
                (server_takeover, server_bits),
                (client_takeover, client_bits),
            ] = plain(&agreed);
            assert_eq!(server_takeover, !answer.server_no_takeover);
            assert_eq!(client_takeover, !answer.client_no_takeover);
            assert_eq!(server_bits, answer.server_bits.unwrap_or(15));
            assert_eq!(client_bits, answer.client_bits.unwrap_or(15));
            // No more is kept between messages than the settings say.
            assert!(server_bits <= wanted.bits);
            assert!(!server_takeover || wanted.ours);
            assert!(!client_takeover || (wanted.peers && client_bits <= wanted.peer_bits));
            count += 1;
        }
    }
    assert_eq!(count, 256 * 2 * 2 * 9 * 10);
    println!("decided: {count} offers, all legal ones before servers with all settings");
}
