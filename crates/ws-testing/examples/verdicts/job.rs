//! Bytes from somewhere else, judged.

use serde_json::Value;
use ws_connection::Role;

use crate::handshake;
use crate::hex;
use crate::offer::Offer;
use crate::stream;

/// What can be asked: `{"stream": HEX, "role": WHO-READS}`, `{"request": HEX}`, `{"response": HEX, "offer": OFFER}`.
const MALFORMED: &str = "the line is none that can be judged: a stream, a request or a response";

/// The verdict on one line.
///
/// # Errors
///
/// The line is none that can be judged.
pub(crate) fn verdict(line: &str) -> Result<Value, String> {
    let job: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    judge(&job).ok_or_else(|| format!("{MALFORMED}: {line}"))
}

fn judge(job: &Value) -> Option<Value> {
    let bytes = |name: &str| hex::decode(job[name].as_str()?);
    if let Some(bytes) = bytes("stream") {
        let role = match job["role"].as_str()? {
            "server" => Role::Server,
            "client" => Role::Client,
            _ => return None,
        };
        return Some(stream::read(role, &[&bytes]));
    }
    if let Some(bytes) = bytes("request") {
        return Some(handshake::serve(&bytes));
    }
    let offer = Offer::read(&job["offer"])?;
    Some(handshake::check(&offer, &bytes("response")?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::verdict;
    use crate::offer::Offer;

    #[test]
    fn each_kind_of_job_gets_its_verdict() {
        let stream = verdict(r#"{"stream": "810268698300", "role": "client"}"#);
        let stream = stream.expect("it can be judged");
        assert_eq!(stream["events"], json!([["text", "hi"]]));
        assert_eq!(stream["violation"], "ReservedOpcode");
        let request = verdict(r#"{"request": "47"}"#).expect("it can be judged");
        assert_eq!(request["outcome"], "incomplete");
        let job = json!({"response": "00", "offer": Offer::sample().json()});
        let response = verdict(&job.to_string()).expect("it can be judged");
        assert_eq!(response["fault"], "StatusLine");
    }

    #[test]
    fn what_cannot_be_judged_is_an_error() {
        for line in [
            "",
            "{}",
            r#"{"stream": "0", "role": "server"}"#,
            r#"{"stream": "00", "role": "x"}"#,
        ] {
            assert!(verdict(line).is_err(), "{line}");
        }
    }
}
