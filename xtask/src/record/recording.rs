//! One case of the suite as its bytes tell it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::frame::{self, Frame};
use super::head;
use super::proxy::Conversation;
use crate::autobahn::CaseId;
use crate::failure::Failure;

/// Both directions of a connection, without what is random in them: keys of handshakes and masking-keys.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) case: CaseId,
    pub(super) client: Stream,
    pub(super) server: Stream,
}

/// One direction.
#[derive(Debug)]
pub(super) struct Stream {
    /// The HTTP head, its empty line included.
    pub(super) head: Vec<u8>,
    pub(super) frames: Vec<Frame>,
}

impl Stream {
    fn of(bytes: &[u8]) -> Self {
        let (head, frames) = head::split(bytes);
        Self {
            head: head::settled(head),
            frames: frame::split(frames),
        }
    }
}

/// The conversations of which the suite's `reports` tell the case, in the order of the cases.
pub(super) fn of_cases(
    conversations: &[Conversation],
    reports: &Path,
) -> Result<Vec<Recording>, Failure> {
    let cases = cases_by_head(reports)?;
    let recorded = conversations.iter().filter_map(|conversation| {
        let (head, _) = head::split(&conversation.to_server);
        Some(Recording {
            case: cases.get(head)?.clone(),
            client: Stream::of(&conversation.to_server),
            server: Stream::of(&conversation.to_client),
        })
    });
    let mut recordings: Vec<Recording> = recorded.collect();
    recordings.sort_by(|a, b| a.case.cmp(&b.case));
    Ok(recordings)
}

/// The case by the head of its request: no two have the same key.
fn cases_by_head(reports: &Path) -> Result<BTreeMap<Vec<u8>, CaseId>, Failure> {
    let mut cases = BTreeMap::new();
    for entry in fs::read_dir(reports)? {
        let path = entry?.path();
        let is_case = path
            .extension()
            .is_some_and(|extension| extension == "json")
            && path.file_stem().is_some_and(|stem| stem != "index");
        if !is_case {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let (case, head) = case_and_head(&text).ok_or_else(|| {
            let path = path.display();
            Failure::failed(format!("{path} tells no case with its request"))
        })?;
        cases.insert(head.into_bytes(), case);
    }
    Ok(cases)
}

fn case_and_head(report: &str) -> Option<(CaseId, String)> {
    let case = string_in(report, "id")?.parse().ok()?;
    Some((case, string_in(report, "httpRequest")?))
}

/// Line by line, as the suite writes them: some reports hold half a surrogate pair, which is no JSON as a whole.
fn string_in(report: &str, key: &str) -> Option<String> {
    let start = format!("\"{key}\": ");
    let mut lines = report.lines().map(str::trim);
    let value = lines.find_map(|line| line.strip_prefix(&start))?;
    serde_json::from_str(value.trim_end_matches(',')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(key: &str, frames: &[u8]) -> Conversation {
        Conversation {
            to_server: [head(key).as_bytes(), frames].concat(),
            to_client: b"HTTP/1.1 101 S\r\nSec-WebSocket-Accept: x\r\n\r\n\x81\x01a\x88".to_vec(),
        }
    }

    fn head(key: &str) -> String {
        format!("GET / HTTP/1.1\r\nHost: a:1\r\nSec-WebSocket-Key: {key}\r\n\r\n")
    }

    #[test]
    fn a_conversation_gets_its_case_from_the_report_with_its_request() {
        let dir = std::env::temp_dir().join(format!("xtask-recording-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("it can be made");
        for (name, id, key) in [("a", "10.1.1", "one"), ("b", "2.1", "two")] {
            let report = serde_json::json!({"httpRequest": head(key), "id": id});
            // What the suite writes for text that is none.
            let report = format!("{report:#}").replacen("{", "{\n\"a\": \"\\udfff\",", 1);
            fs::write(dir.join(format!("{name}.json")), report).expect("written");
        }
        fs::write(dir.join("index.json"), "{}").expect("written");
        fs::write(dir.join("a.html"), "").expect("written");
        let conversations = [
            conversation("none", b""),
            conversation("one", b"\x81\x81\0\0\0\0a"),
            conversation("two", b""),
        ];
        let recordings = of_cases(&conversations, &dir).expect("the reports are right");
        let cases: Vec<String> = recordings.iter().map(|r| r.case.to_string()).collect();
        assert_eq!(cases, ["2.1", "10.1.1"]);
        assert_eq!(recordings[1].client.frames[0].payload(), b"a");
        assert_eq!(recordings[1].server.frames.len(), 1);
        assert_eq!(recordings[0].client.head, recordings[1].client.head);

        fs::write(dir.join("c.json"), r#"{"id": "1.1"}"#).expect("written");
        let failure = of_cases(&conversations, &dir).expect_err("it has no request");
        assert!(
            failure.to_string().contains("c.json tells no case"),
            "{failure}"
        );
        fs::remove_dir_all(dir).expect("it can be removed");
    }
}
