//! The proof that ws-frame needs no std: a crate with its own panic handler and allocator links it.
//! Where anything brings std in, the compiler finds the panic handler twice.

use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::workspace::{self, Workspace};

/// "found duplicate lang item".
const DUPLICATE: &str = "E0152";

/// Builds the crate without std, which has to succeed, and with it, which has to fail: otherwise the
/// check would prove nothing.
pub(super) fn run(workspace: &Workspace) -> Result<(), Failure> {
    process::run(&mut build(workspace))?;
    let mut with_std = build(workspace);
    with_std.args(["--features", "std"]);
    println!("$ the same with std, which has to fail");
    match process::output(&mut with_std) {
        Err(failure) if failure.to_string().contains(DUPLICATE) => Ok(()),
        Err(failure) => Err(Failure::failed(format!(
            "the counter-proof failed for another reason: {failure}"
        ))),
        Ok(_) => Err(Failure::failed(
            "ws-frame with std links without std: the check proves nothing",
        )),
    }
}

fn build(workspace: &Workspace) -> Command {
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--locked", "--manifest-path"]);
    cargo.arg(workspace.root.join("xtask/no-std-check/Cargo.toml"));
    cargo
        .arg("--target-dir")
        .arg(workspace.target.join("no-std-check"));
    cargo
}
