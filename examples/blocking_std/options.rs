//! The command line.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use lexopt::prelude::*;
use ws_connection::Config;
use ws_deflate::Deflate;

use crate::{option, quantity, url::Url};

pub(crate) const HELP: &str = "\
A WebSocket client on blocking sockets, without a runtime; and a server that echoes.

Usage: blocking_std [OPTIONS] ws://HOST[:PORT][/PATH] [MESSAGE...]
       blocking_std [OPTIONS] --echo ws://HOST[:PORT][/PATH]
       blocking_std [OPTIONS] --listen IP:PORT

The client sends the MESSAGEs, or without any the lines of its standard input, then closes, and prints
what comes until the server has closed, too.

Options:
  --echo                       send back what comes, until the server closes
  --listen IP:PORT             be a server that sends back what comes; port 0 takes a free one
  --subprotocol NAME           offer this subprotocol; may be given again, the best first
  --header 'NAME: VALUE'       send this header, too; may be given again
  --deflate                    offer or accept compression (RFC 7692)
  --max-message BYTES          largest message accepted [default: 16777216]
  --handshake-timeout SECONDS  how long connecting and the opening handshake may take [default: 10]
  --help                       print this

Exits with 0 if both sides have closed, with 1 if not. Signals end it at once.";

/// What to do, and how.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) mode: Mode,
    pub(crate) settings: Settings,
}

#[derive(Debug)]
pub(crate) enum Mode {
    Listen(SocketAddr),
    Echo(Url),
    Talk {
        url: Url,
        /// None: what standard input has.
        messages: Vec<String>,
    },
}

#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) config: Arc<Config>,
    pub(crate) handshake_timeout: Duration,
    pub(crate) subprotocols: Vec<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) deflate: Option<Arc<Deflate>>,
}

impl Options {
    /// `None` when help was asked for.
    pub(crate) fn parse(mut args: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut settings = Settings::default();
        let mut config = Config::default().with_max_message(16 << 20);
        let (mut listen, mut url, mut messages) = (None, None, Vec::new());
        let mut echoes = false;
        while let Some(arg) = args.next()? {
            match arg {
                Long("echo") => echoes = true,
                Long("listen") => listen = Some(option::addr(&mut args, "--listen")?),
                Long("subprotocol") => settings.subprotocols.push(args.value()?.string()?),
                Long("header") => {
                    let header = option::value(&mut args, "--header", header)?;
                    settings.headers.push(header);
                }
                Long("max-message") => {
                    let bytes = option::value(&mut args, "--max-message", quantity::bytes)?;
                    config = config.with_max_message(bytes);
                }
                Long("handshake-timeout") => {
                    let wait = option::value(&mut args, "--handshake-timeout", quantity::seconds)?;
                    settings.handshake_timeout = wait;
                }
                Long("deflate") => settings.deflate = Some(Arc::default()),
                Long("help") | Short('h') => return Ok(None),
                Value(value) if url.is_none() => url = Some(value.parse::<Url>()?),
                Value(value) => messages.push(value.string()?),
                other => return Err(other.unexpected()),
            }
        }
        settings.config = Arc::new(config);
        let mode = match (listen, url, echoes) {
            (Some(addr), None, false) => Mode::Listen(addr),
            (None, Some(url), true) if messages.is_empty() => Mode::Echo(url),
            (None, Some(url), false) => Mode::Talk { url, messages },
            (None, None, _) => return Err("a URL or --listen is needed".into()),
            (Some(_), _, _) => return Err("--listen stands alone: no URL, no --echo".into()),
            (None, Some(_), true) => return Err("--echo sends no MESSAGE of its own".into()),
        };
        Ok(Some(Self { mode, settings }))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            config: Arc::default(),
            handshake_timeout: Duration::from_secs(10),
            subprotocols: Vec::new(),
            headers: Vec::new(),
            deflate: None,
        }
    }
}

fn header(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once(':').ok_or("'NAME: VALUE'")?;
    Ok((name.to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Option<Options>, lexopt::Error> {
        Options::parse(lexopt::Parser::from_args(args))
    }

    #[test]
    fn there_are_three_things_to_do() {
        let mode = |args: &[&str]| parse(args).expect("legal").expect("no help").mode;
        assert!(matches!(mode(&["--listen", "[::1]:0"]), Mode::Listen(_)));
        assert!(matches!(mode(&["--echo", "ws://host"]), Mode::Echo(_)));
        let Mode::Talk { messages, .. } = mode(&["ws://host/path", "one", "two"]) else {
            panic!("it was to talk");
        };
        assert_eq!(messages, ["one", "two"]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for args in [
            &[][..],
            &["--echo"],
            &["--listen", "localhost"],
            &["--listen", "127.0.0.1:0", "ws://host"],
            &["--echo", "ws://host", "message"],
            &["http://host"],
            &["ws://host", "--header", "Cookie"],
            &["ws://host", "--handshake-timeout", "-1"],
            &["ws://host", "--loud"],
        ] {
            assert!(parse(args).is_err(), "{args:?}");
        }
    }

    #[test]
    fn a_value_that_is_refused_is_told_with_its_option_and_what_is_allowed() {
        let told = |args: &[&str]| parse(args).expect_err("not allowed").to_string();
        assert_eq!(
            told(&["--listen", "localhost:9005"]),
            "--listen is \"localhost:9005\", and must be IP:PORT, such as 127.0.0.1:9001"
        );
        assert_eq!(
            told(&["--header", "Cookie"]),
            "--header is \"Cookie\", and must be 'NAME: VALUE'"
        );
        assert_eq!(
            told(&["--max-message", "1k"]),
            "--max-message is \"1k\", and must be a whole number of bytes, such as 65536"
        );
        assert_eq!(
            told(&["--handshake-timeout", "-1"]),
            "--handshake-timeout is \"-1\", and must be a number of seconds above 0, such as 2.5"
        );
    }
}
