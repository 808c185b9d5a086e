//! Every client before every answer with legal values.

use crate::all_settings;
use crate::naive::{Said, Wanted, plain};

/// Without it, without a value, which is for offers only, and with each.
const CLIENT_BITS: [Option<u8>; 10] = [
    Some(15),
    Some(14),
    Some(13),
    Some(12),
    Some(11),
    Some(10),
    Some(9),
    Some(8),
    Some(0),
    None,
];

/// RFC 7692 7.1.1 and 7.1.2, from the client's end: what is agreed on, or `None` if it must fail.
fn expected(client: Wanted, answer: Said) -> Option<[(bool, u8); 2]> {
    let asked_to_forget = !client.peers;
    if asked_to_forget && !answer.server_no_takeover {
        return None;
    }
    let asked_for_bits = client.peer_bits < 15;
    if asked_for_bits && !(8..=client.peer_bits).contains(&answer.server_bits.unwrap_or(99)) {
        return None;
    }
    if answer.client_bits == Some(0) {
        return None;
    }
    let server = (!answer.server_no_takeover, answer.server_bits.unwrap_or(15));
    let takeover = client.ours && !answer.client_no_takeover;
    let bits = client.bits.min(answer.client_bits.unwrap_or(15));
    Some([server, (takeover, bits)])
}

#[test]
fn all_settings_with_all_answers_of_legal_values_are_judged_as_the_rules_say() {
    let (mut count, mut taken) = (0, 0);
    let answers = Said::all(&CLIENT_BITS);
    for client in all_settings() {
        let wanted = Wanted::of(&client);
        for &answer in &answers {
            let checked = client.check(&[answer.extension()]);
            let agreed = checked.as_ref().ok().copied().flatten();
            let expected = expected(wanted, answer);
            assert_eq!(
                agreed.as_ref().map(plain),
                expected,
                "{wanted:?} {answer:?}: {checked:?}"
            );
            count += 1;
            taken += usize::from(expected.is_some());
        }
    }
    assert_eq!(count, 256 * 2 * 2 * 9 * 10);
    assert!(0 < taken && taken < count);
    println!("decided: {count} answers, all with legal values before clients with all settings");
}
