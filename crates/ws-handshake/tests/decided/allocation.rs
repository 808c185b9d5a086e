//! What a head costs in memory follows the bytes that came of it, behind every single byte (A3, A5).

use ws_handshake::{Acceptance, Limits, Request};

/// What a head is made into: its bytes once more as names and values, in buffers that grow; and each element of the
/// lists that the acceptance reads as a string of its own.
const GROWTH: u64 = 10;

/// What is noted of one header line, however short: httparse's slices, and places in a map that is at most half full.
const LINE: u64 = 400;

/// What is noted of any head.
const NOTES: u64 = 2_000;

fn heads() -> Vec<String> {
    let first = "GET /chat?a=b HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Version: 13\r\n";
    let lines = [
        String::new(),
        format!("X: {}\r\n", "x".repeat(15_000)),
        "a:\r\n".repeat(90),
        (0..90).map(|i| format!("X-{i}: {i}\r\n")).collect(),
        format!(
            "Sec-WebSocket-Extensions: {}\r\n",
            "a;b=\"c\", ".repeat(400)
        ),
        format!("Sec-WebSocket-Protocol: {}z\r\n", "a, ".repeat(1_000)),
    ];
    let mut heads: Vec<String> = lines
        .iter()
        .map(|lines| format!("{first}{lines}\r\n"))
        .collect();
    heads.push(format!("GET /{} HTTP/1.1\r\n\r\n", "p".repeat(15_000)));
    heads.push("\r".repeat(2_000));
    heads.push("a:\r\n".repeat(4_000));
    heads
}

#[test]
fn no_prefix_of_a_head_costs_more_than_a_constant_for_each_byte_and_line() {
    let limits = Limits::default();
    let step = if cfg!(debug_assertions) { 17 } else { 1 };
    let mut count = 0;
    for head in heads() {
        let bytes = head.as_bytes();
        for len in (0..=bytes.len()).step_by(step).chain([bytes.len()]) {
            let src = &bytes[..len];
            let info = allocation_counter::measure(|| {
                if let Ok(Some((request, _))) = Request::decode(src, &limits) {
                    drop(Acceptance::for_request(&request));
                }
            });
            let seen = &src[..len.min(limits.max_head())];
            let lines = seen.iter().filter(|&&byte| byte == b'\n').count();
            let lines = lines.min(limits.max_headers()) as u64;
            let allowed = GROWTH * seen.len() as u64 + LINE * lines + NOTES;
            assert!(
                info.bytes_max <= allowed,
                "{info:?} for {len} bytes with {lines} lines of {:?}",
                &head[..head.len().min(200)]
            );
            assert_eq!(info.bytes_current, 0);
            count += 1;
        }
    }
    println!("decided: {count} prefixes of heads, by the memory that they cost");
}

/// `a,` becomes a value with a name and a list of parameters: only who asks for the extensions pays for them.
#[test]
fn a_list_of_extensions_costs_no_more_than_a_constant_for_each_byte() {
    const EACH: u64 = 96;
    let mut count = 0;
    for element in [
        "a,",
        "a;b,",
        "a;b=c,",
        "a;b=\"c\",",
        ",",
        "abcdefgh;ijklmnop=qrstuvwx,",
    ] {
        for elements in 1..=200 {
            let list = element.repeat(elements);
            let head =
                format!("GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Extensions: {list}a\r\n\r\n");
            let decoded = Request::decode(head.as_bytes(), &Limits::default()).expect("legal");
            let (request, _) = decoded.expect("whole");
            let info = allocation_counter::measure(|| {
                request.extensions().expect("legal");
            });
            let allowed = EACH * (list.len() + 1) as u64 + NOTES;
            assert!(
                info.bytes_max <= allowed,
                "{info:?} for {} bytes",
                list.len()
            );
            count += 1;
        }
    }
    println!("decided: {count} lists of extensions, by the memory that they cost");
}
