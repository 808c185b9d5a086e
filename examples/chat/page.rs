use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Method, Response, StatusCode,
    header::{
        ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use ws_server::Request;

/// Everything comes from here, and nothing may frame the page. Should a name or a message ever
/// get into it as markup, no script in it would run.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-cache"),
];

const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const IMAGE: &str = "image/svg+xml";

const NOT_FOUND: &str = "nothing is here: the page is at /, the WebSocket at /ws\n";

/// Answers a request that asks for no WebSocket.
pub(crate) fn answer(request: &Request) -> Response<Bytes> {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        let mut response = respond(StatusCode::METHOD_NOT_ALLOWED, TEXT, "only GET and HEAD\n");
        let allowed = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(ALLOW, allowed);
        return response;
    }
    let (kind, body) = match request.path() {
        "/" => (HTML, include_str!("page/index.html")),
        "/chat.css" => (STYLE, include_str!("page/chat.css")),
        "/chat.js" => (SCRIPT, include_str!("page/chat.js")),
        "/connection.js" => (SCRIPT, include_str!("page/connection.js")),
        "/log.js" => (SCRIPT, include_str!("page/log.js")),
        "/icon.svg" => (IMAGE, include_str!("page/icon.svg")),
        "/health" => (TEXT, "ok"),
        _ => return respond(StatusCode::NOT_FOUND, TEXT, NOT_FOUND),
    };
    respond(StatusCode::OK, kind, body)
}

fn respond(status: StatusCode, kind: &'static str, body: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = status;
    let headers = HEADERS.into_iter().chain([(CONTENT_TYPE, kind)]);
    *response.headers_mut() = headers
        .map(|(name, value)| (name, HeaderValue::from_static(value)))
        .collect();
    response
}

#[cfg(test)]
mod tests {
    use ws_server::Limits;

    use super::*;

    fn ask(line: &str) -> Response<Bytes> {
        let head = format!("{line} HTTP/1.1\r\nHost: example.com\r\n\r\n");
        let request = Request::decode(head.as_bytes(), &Limits::default());
        let (request, _) = request.expect("a legal head").expect("a whole head");
        answer(&request)
    }

    #[test]
    fn the_page_and_its_parts_are_there() {
        let page = ask("GET /");
        assert_eq!(page.headers()[CONTENT_TYPE], HTML);
        assert_eq!(page.headers()[CONTENT_SECURITY_POLICY], POLICY);
        for part in ["chat.css", "chat.js", "connection.js", "log.js", "icon.svg"] {
            assert_eq!(ask(&format!("GET /{part}?v=1")).status(), StatusCode::OK);
        }
    }

    #[test]
    fn health_is_ok() {
        assert_eq!(ask("HEAD /health").status(), StatusCode::OK);
        assert_eq!(ask("GET /health").body(), "ok");
    }

    #[test]
    fn nothing_else_is_there() {
        for path in ["/ws", "/index.html", "/../main.rs", "//", "/chat.js/"] {
            assert_eq!(ask(&format!("GET {path}")).status(), StatusCode::NOT_FOUND);
        }
    }

    #[test]
    fn other_methods_are_refused() {
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
            let response = ask(&format!("{method} /"));
            assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(response.headers()[ALLOW], "GET, HEAD");
        }
    }
}
