use allocation_counter::measure;
use ws_handshake::{Acceptance, Extension, Limits, Request, RequestError};

use super::naive_list::{self, NaiveExtension};

/// The longest list that fits a head of the default size, with room for the other lines.
const LONGEST: usize = 15 << 10;

/// What one byte of a list may cost in memory, all allocations counted: two of them are the shortest element.
const BYTES_A_BYTE: usize = 192;

/// The lists of a handshake are read as the grammar says, in memory that grows with their length.
///
/// `Sec-WebSocket-Extensions` is what a naive parser makes of it, and is the same after being written;
/// `Sec-WebSocket-Protocol` is its tokens, in order; a handshake is accepted exactly when both are lists of their kind and
/// no subprotocol comes twice.
///
/// The input: lines of text; the first byte of each says whether it belongs to the subprotocols (if its lowest bit is 0)
/// or to the extensions.
pub fn header_lists(data: &[u8]) {
    let data = &data[..data.len().min(LONGEST)];
    let lines: Vec<(u8, &[u8])> = data
        .split(|&byte| byte == b'\n')
        .filter_map(|line| line.split_first().map(|(kind, line)| (kind & 1, line)))
        .collect();
    let lines_of = |wanted: u8| {
        let mine = lines.iter().filter(move |(kind, _)| *kind == wanted);
        mine.map(|(_, line)| *line).collect::<Vec<_>>()
    };
    let Some(request) = request(&lines) else {
        return;
    };
    let extensions = check_extensions(&request, &lines_of(1));
    let subprotocols = check_subprotocols(&request, &lines_of(0));

    let mut accepted = None;
    let memory = measure(|| accepted = Some(Acceptance::for_request(&request)));
    assert!(memory.bytes_total as usize <= BYTES_A_BYTE * data.len() + 4096);
    let accepted = accepted.expect("it was called");
    match (extensions, subprotocols) {
        (Some(_), Some(_)) => drop(accepted.expect("both are lists of their kind")),
        _ => assert!(matches!(
            accepted,
            Err(RequestError::Extensions { .. }
                | RequestError::Subprotocols { .. }
                | RequestError::DuplicateSubprotocol { .. })
        )),
    }
}

/// A legal handshake but for the lists; `None` when they are no header lines at all.
fn request(lines: &[(u8, &[u8])]) -> Option<Request> {
    let mut head = b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        .to_vec();
    for (kind, line) in lines {
        head.extend(match kind {
            0 => &b"Sec-WebSocket-Protocol:"[..],
            _ => b"Sec-WebSocket-Extensions:",
        });
        head.extend(*line);
        head.extend(b"\r\n");
    }
    head.extend(b"\r\n");
    let limits = Limits::default().with_max_head(head.len());
    let decoded = Request::decode(&head, &limits).ok()?;
    // A line with a line end in it can end the head early.
    decoded
        .filter(|(_, len)| *len == head.len())
        .map(|(request, _)| request)
}

/// Whether the extensions follow the grammar, and which they are then.
fn check_extensions(request: &Request, lines: &[&[u8]]) -> Option<Vec<NaiveExtension>> {
    let expected = naive_list::extensions(lines);
    let mut seen = None;
    let memory = measure(|| seen = Some(request.extensions()));
    let len: usize = lines.iter().map(|line| line.len()).sum();
    assert!(memory.bytes_total as usize <= BYTES_A_BYTE * len + 1024);
    let seen = seen.expect("it was called").ok();
    let plain = seen
        .as_ref()
        .map(|seen| seen.iter().map(naive_list::plain).collect());
    assert_eq!(plain, expected);
    for extension in seen.iter().flatten() {
        let written = extension.to_string();
        assert_eq!(written.parse().as_ref(), Ok(extension), "{written}");
    }
    if let ([line], Ok(text)) = (
        lines,
        std::str::from_utf8(lines.first().unwrap_or(&&[][..])),
    ) {
        let one: Option<Extension> = text.parse().ok();
        let is_one = expected.as_ref().is_some_and(|list| list.len() == 1);
        assert_eq!(one.is_some(), is_one, "{}", line.escape_ascii());
    }
    expected
}

/// Whether the subprotocols are tokens that differ, and which they are then.
fn check_subprotocols(request: &Request, lines: &[&[u8]]) -> Option<Vec<String>> {
    let elements = lines.iter().flat_map(|line| naive_list::elements(line));
    let elements: Vec<&[u8]> = elements.collect();
    let tokens: Vec<&str> = elements
        .iter()
        .filter_map(|text| naive_list::token(text))
        .collect();
    assert_eq!(request.subprotocols().collect::<Vec<_>>(), tokens);
    let is_list = tokens.len() == elements.len() && (lines.is_empty() || !tokens.is_empty());
    let is_unique = (1..tokens.len()).all(|at| !tokens[..at].contains(&tokens[at]));
    (is_list && is_unique).then(|| tokens.into_iter().map(str::to_owned).collect())
}
