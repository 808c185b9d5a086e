//! Where there is no /proc and no epoll.

use crate::failure::Failure;

/// Says that this task needs Linux.
pub(crate) fn run(_args: &[String]) -> Result<(), Failure> {
    Err(Failure::failed(
        "`attack` reads /proc and polls with epoll: it needs Linux",
    ))
}
