//! What an echo tells of its connections with `RUST_LOG=debug`.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::ground::Ground;
use crate::failure::Failure;
use crate::load::generator::Server;
use crate::process::stop_if_interrupted;

/// The line of an ending, which stands where `on_close` was called: behind it comes the status.
const ENDED: &str = " ws_server::driver: ";

/// For the last lines.
const LIMIT: Duration = Duration::from_secs(5);

/// The file that it writes.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    skip: usize,
}

impl Log {
    /// Starts the echo, too.
    pub(super) fn of_echo(ground: &Ground, name: &str) -> Result<(Server, Self), Failure> {
        let path = ground.file(&format!("{name}.log"));
        let server = ground.logging_echo(&path)?;
        let skip = fs::read_to_string(&path)?.len();
        Ok((server, Self { path, skip }))
    }

    /// The same for one in a network of its own.
    pub(super) fn of_echo_apart(ground: &Ground, name: &str) -> Result<(Server, Self), Failure> {
        let path = ground.file(&format!("{name}.log"));
        let server = ground.logging_echo_apart(&path)?;
        Ok((server, Self { path, skip: 0 }))
    }

    /// The endings so far.
    pub(super) fn endings_now(&self) -> Result<usize, Failure> {
        let text = fs::read_to_string(&self.path)?;
        Ok(endings(text.get(self.skip..).unwrap_or_default()).1)
    }

    /// The endings with 1006, once there are so many endings, or after some seconds; and all endings.
    pub(super) fn endings(&self, wanted: usize) -> Result<(usize, usize), Failure> {
        let begun = Instant::now();
        loop {
            stop_if_interrupted()?;
            let text = fs::read_to_string(&self.path)?;
            let seen = endings(text.get(self.skip..).unwrap_or_default());
            if seen.1 >= wanted || begun.elapsed() > LIMIT {
                return Ok(seen);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn endings(text: &str) -> (usize, usize) {
    let statuses = text
        .lines()
        .filter_map(|line| line.split_once(ENDED).map(|(_, rest)| rest));
    statuses.fold((0, 0), |(unclean, all), status| {
        (unclean + usize::from(status.starts_with("1006 ")), all + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_counted_and_refused_handshakes_are_none() {
        let text = "2026 DEBUG ws_server::driver: 1006 (transport: unexpected end of file) peer=127.0.0.1:1\n\
                    2026 DEBUG ws_server::driver: 1000 (closed by the peer) peer=127.0.0.1:2\n\
                    2026 DEBUG ws_server::handshake: handshake refused status=400 Bad Request\n";
        assert_eq!(endings(text), (1, 2));
    }
}
