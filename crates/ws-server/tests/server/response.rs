//! HTTP responses, as a careful client reads them.

/// The one response of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    /// The response that `bytes` are, and nothing else.
    ///
    /// # Panics
    ///
    /// When there is none, or something behind it, or a `Content-Length` that lies.
    #[track_caller]
    pub(crate) fn only(bytes: Vec<u8>) -> Self {
        let response = Self::without_body_length(bytes);
        assert_eq!(
            response.header("content-length"),
            Some(response.body.len().to_string().as_str()),
            "{response:?}"
        );
        response
    }

    /// The answer to a HEAD request: no body, whatever its length would be.
    #[track_caller]
    pub(crate) fn head_only(bytes: Vec<u8>) -> Self {
        let response = Self::without_body_length(bytes);
        assert_eq!(response.body, "");
        response
    }

    #[track_caller]
    fn without_body_length(bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes).expect("text");
        // A body may name the version in a sentence.
        let parts = text.split("HTTP/1.1 ").skip(1);
        let is_status = |rest: &&str| rest.starts_with(|first: char| first.is_ascii_digit());
        let responses = parts.filter(is_status).count();
        assert_eq!(responses, 1, "one response: {text}");
        let (head, body) = text.split_once("\r\n\r\n").expect("a whole head");
        let status = head.strip_prefix("HTTP/1.1 ").expect("a status line first");
        Self {
            status: status[..3].parse().expect("a status"),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// The value of a header that is there at most once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.split("\r\n").skip(1);
        let mut values = lines.filter_map(|line| {
            let (found, value) = line.split_once(": ").expect("a header line");
            found.eq_ignore_ascii_case(name).then_some(value)
        });
        let value = values.next();
        assert_eq!(values.next(), None, "{name} twice");
        value
    }
}
