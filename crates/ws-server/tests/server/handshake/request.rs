//! Requests, and what a server answers to them.

use ws_server::Config;
use ws_testing::peer::REQUEST;

use crate::{log::Log, puppet::Puppet, response::Response, served::Served};

/// The sample request with these lines instead of those that have their names, or behind all others.
pub(super) fn with(lines: &[&str]) -> String {
    let names: Vec<_> = lines.iter().map(|line| name(line)).collect();
    let kept = REQUEST.trim_end().split("\r\n").enumerate();
    let kept = kept.filter(|(number, line)| *number == 0 || !names.contains(&name(line)));
    let kept = kept.map(|(_, line)| line);
    let all: Vec<&str> = kept.chain(lines.iter().copied()).collect();
    all.join("\r\n") + "\r\n\r\n"
}

/// The sample request without the lines of these names.
pub(super) fn without(names: &[&str]) -> String {
    let mut text = String::new();
    for (number, line) in REQUEST.trim_end().split("\r\n").enumerate() {
        if number == 0 || !names.contains(&name(line)) {
            text += line;
            text += "\r\n";
        }
    }
    text + "\r\n"
}

/// The sample request with another first line.
pub(super) fn first_line(line: &str) -> String {
    let (_, headers) = REQUEST.split_once("\r\n").expect("several lines");
    format!("{line}\r\n{headers}")
}

fn name(line: &str) -> &str {
    line.split(':').next().unwrap_or_default()
}

/// What a server with these settings answers before it ends its direction.
pub(super) async fn ask(config: Config, request: impl AsRef<[u8]>) -> Response {
    let (bytes, _) = exchange(config, request).await;
    Response::only(bytes)
}

/// All that a server with these settings sends before it ends its direction, and what its handler noted.
pub(super) async fn exchange(config: Config, request: impl AsRef<[u8]>) -> (Vec<u8>, Log) {
    let mut served = Served::with(|puppet: Puppet| puppet, config);
    served.peer.write(request).await;
    let bytes = served.peer.read_bytes().await.expect("the server ends");
    served.peer.finish().await;
    served.ended().await;
    (bytes, served.log)
}
