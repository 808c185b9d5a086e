use std::convert::Infallible;
use std::future;

use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Lets hyper read the request and write the response that `answer` makes of it; what is no
/// handshake, which `answer` tells by `None`, gets status 400.
pub async fn handshake<A>(socket: TcpStream, answer: A)
where
    A: Fn(&mut Request<Incoming>) -> Option<Response<Empty<Bytes>>>,
{
    let service = service_fn(|mut request| {
        let response = answer(&mut request).unwrap_or_else(refusal);
        future::ready(Ok::<_, Infallible>(response))
    });
    let served = http1::Builder::new()
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    if let Err(error) = served.await {
        eprintln!("the handshake failed: {error}");
    }
}

fn refusal() -> Response<Empty<Bytes>> {
    let mut refusal = Response::new(Empty::new());
    *refusal.status_mut() = StatusCode::BAD_REQUEST;
    refusal
}
