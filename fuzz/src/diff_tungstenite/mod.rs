mod difference;
mod frame_at;
mod ours;
mod seen;
mod setting;
mod theirs;

use difference::{Case, DIFFERENCES, Verdict};
use setting::Setting;

/// Our endpoint and tungstenite's see the same in the same bytes: the same messages and control frames, the same end,
/// the same pongs and the same status code.
///
/// Where they do not, an entry of the table of differences has to cover the case: each quotes the sentence of RFC 6455
/// that decides for us, and each but those about an answer goes on with the input as it would be without that
/// difference.
///
/// The input: a byte of settings (the lowest bit is the role, 0 for a server; the next two choose the limit of a
/// message), then what the peer sends.
pub fn diff_tungstenite(data: &[u8]) {
    let Some((&settings, bytes)) = data.split_first() else {
        return;
    };
    compare(&Setting::new(settings), bytes.to_vec());
}

fn compare(setting: &Setting, mut bytes: Vec<u8>) {
    loop {
        let case = Case::new(setting, bytes);
        if case.ours == case.theirs {
            return;
        }
        let mut verdicts = DIFFERENCES.iter().map(|known| (known.judge)(&case));
        match verdicts.find(|verdict| *verdict != Verdict::Unlike) {
            Some(Verdict::Allowed) => return,
            Some(Verdict::CompareInstead(other)) => bytes = other,
            Some(Verdict::Unlike) | None => panic!("not written down: {case:#?}\n{}", table()),
        }
    }
}

fn table() -> String {
    let lines = DIFFERENCES.iter().map(|known| format!("- {known}\n"));
    lines.collect()
}
