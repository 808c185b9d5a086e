//! The opening handshake without a transport: a request goes in, the answer comes out.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ws_handshake::{Acceptance, Limits, Request};

const REQUEST: &[u8] = b"GET /chat HTTP/1.1\r\n\
    Host: server.example.com\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
    Accept: */*\r\n\
    Accept-Language: en-US,en;q=0.5\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Sec-WebSocket-Version: 13\r\n\
    Origin: http://server.example.com\r\n\
    Sec-WebSocket-Extensions: permessage-deflate\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Connection: keep-alive, Upgrade\r\n\
    Pragma: no-cache\r\n\
    Cache-Control: no-cache\r\n\
    Upgrade: websocket\r\n\r\n";

fn accept(c: &mut Criterion) {
    let limits = Limits::default();
    c.bench_function("accept a browser", |b| {
        b.iter(|| {
            let (request, _) = Request::decode(black_box(REQUEST), &limits)
                .expect("legal")
                .expect("whole");
            let mut answer = Vec::with_capacity(256);
            Acceptance::for_request(&request)
                .expect("legal")
                .encode(&mut answer);
            answer
        });
    });
}

criterion_group!(benches, accept);
criterion_main!(benches);
