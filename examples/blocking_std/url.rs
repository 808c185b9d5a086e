//! Where a client connects to.

use std::str::FromStr;

use http::Uri;

/// A `ws` URL (RFC 6455 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    /// An IPv6 address without its brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// As the `Host` header names them.
    pub(crate) authority: String,
    /// With the query.
    pub(crate) path: String,
}

impl FromStr for Url {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // http drops a fragment; RFC 6455 3: they "MUST NOT be used on these URIs".
        if text.contains('#') {
            return Err("the URL has a fragment, and a WebSocket has none".to_owned());
        }
        let uri: Uri = text.parse().map_err(|error| format!("the URL: {error}"))?;
        let scheme = uri.scheme_str().unwrap_or_default();
        if scheme.eq_ignore_ascii_case("wss") {
            return Err("wss needs TLS, which this example has not".to_owned());
        }
        if !scheme.eq_ignore_ascii_case("ws") {
            return Err("a URL begins with ws://".to_owned());
        }
        let authority = uri.authority().ok_or("the URL names no host")?;
        if authority.as_str().contains('@') {
            return Err("the URL names a user; --header can send an Authorization".to_owned());
        }
        let host = authority.host();
        let port = match authority.as_str() == host {
            true => Some(80),
            false => authority.port_u16(),
        };
        let port = port.filter(|&port| port > 0 && !host.is_empty());
        let port = port.ok_or("a URL names a host, and a port from 1 to 65535 if any")?;
        Ok(Self {
            authority: match port {
                80 => host.to_owned(),
                port => format!("{host}:{port}"),
            },
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            path: uri
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let url: Url = "ws://example.com/chat?room=1".parse().expect("legal");
        assert_eq!((url.host.as_str(), url.port), ("example.com", 80));
        assert_eq!(
            (url.authority.as_str(), url.path.as_str()),
            ("example.com", "/chat?room=1")
        );
        let url: Url = "WS://[::1]:9001".parse().expect("legal");
        assert_eq!((url.host.as_str(), url.port), ("::1", 9001));
        assert_eq!(
            (url.authority.as_str(), url.path.as_str()),
            ("[::1]:9001", "/")
        );
    }

    #[test]
    fn what_is_no_ws_url_is_refused() {
        for text in [
            "",
            "host",
            "/path",
            "http://host",
            "wss://host",
            "ws://",
            "ws://:80",
            "ws://host:",
            "ws://host:0",
            "ws://host:65536",
            "ws://ann@host",
            "ws://host/#top",
            "ws://host/a b",
        ] {
            assert!(text.parse::<Url>().is_err(), "{text}");
        }
    }
}
