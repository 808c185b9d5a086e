//! The tasks of this repository: `cargo xtask help` lists them.

mod failure;
mod load;
mod task;

use std::process::ExitCode;

use task::Task;

/// Every task, in the order in which `help` lists them.
const TASKS: &[Task] = &[Task {
    name: "load",
    summary: "put load on a server and print what a message and a connection cost",
    run: load::run,
}];

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let name = args.next();
    let rest: Vec<String> = args.collect();

    match task::run(TASKS, name.as_deref(), &rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            failure.exit_code()
        }
    }
}
