//! The limit of open files.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::failure::Failure;

/// Descriptors that are not connections: standard streams, /proc, epoll, the pipe from the server.
const OTHERS: u64 = 64;

/// Raises the soft limit to the hard one; an error if `connections` still do not fit.
///
/// The server that is started later inherits the raised limit.
pub(crate) fn ensure(connections: usize) -> Result<(), Failure> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if limit.current != limit.maximum {
        setrlimit(Resource::Nofile, raised).map_err(|error| {
            Failure::failed(format!("cannot raise the limit of open files: {error}"))
        })?;
    }
    fits(connections as u64 + OTHERS, limit.maximum)
}

fn fits(needed: u64, limit: Option<u64>) -> Result<(), Failure> {
    match limit {
        Some(limit) if needed > limit => Err(Failure::failed(format!(
            "this needs {needed} open files and the hard limit is {limit}: raise it (ulimit -Hn) or take fewer connections"
        ))),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_descriptors_are_named() {
        assert!(fits(100, Some(100)).is_ok());
        assert!(fits(100, None).is_ok());
        let error = fits(101, Some(100)).unwrap_err().to_string();
        assert!(error.contains("101") && error.contains("100"), "{error}");
    }
}
