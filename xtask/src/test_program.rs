//! The programs of tests, which `cargo test --no-run --message-format json` names.

use std::path::PathBuf;

use serde_json::Value;

/// The program of a test, where a line of cargo's tells of one.
pub(crate) fn named_in(line: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    let is_test = message["profile"]["test"].as_bool()?;
    let program = message["executable"].as_str().filter(|_| is_test)?;
    Some(PathBuf::from(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_programs_of_tests_are_taken() {
        let artifact = |executable: &str, test: bool| {
            let message = serde_json::json!({
                "reason": "compiler-artifact", "executable": executable, "profile": {"test": test},
            });
            named_in(&message.to_string())
        };
        assert_eq!(artifact("/t/a-1", true), Some(PathBuf::from("/t/a-1")));
        assert_eq!(artifact("/t/build-script", false), None);
        let library = r#"{"reason":"compiler-artifact","executable":null,"profile":{"test":true}}"#;
        assert_eq!(named_in(library), None);
        assert_eq!(named_in(r#"{"reason":"build-finished"}"#), None);
    }
}
