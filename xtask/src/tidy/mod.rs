//! Stub
use crate::failure::Failure;
pub(crate) fn run(_args: &[String]) -> Result<(), Failure> {
    Err(Failure::failed("not yet"))
}
