//! The tasks of this repository: `cargo xtask help` lists them.

mod attack;
mod autobahn;
mod cargo_tool;
mod ci;
mod coverage;
mod decide;
mod failure;
mod finding;
mod flags;
mod fuzz;
mod installation;
mod interop;
mod layers;
mod load;
mod logged;
mod lower_crates;
mod mutants;
mod pip;
mod process;
mod record;
mod server;
mod source;
mod task;
mod test_program;
mod tidy;
mod workspace;

use std::process::ExitCode;

use task::Task;

/// Every task, in the order in which `help` lists them.
const TASKS: &[Task] = &[
    Task {
        name: "ci",
        summary: "everything that has to hold before a change goes in",
        run: ci::run,
    },
    Task {
        name: "layers",
        summary: "who may know whom: dependencies and forbidden words",
        run: layers::run,
    },
    Task {
        name: "tidy",
        summary: "the rules of style that a tool can check",
        run: tidy::run,
    },
    Task {
        name: "decide",
        summary: "the tests that go through all inputs of a kind, and how many there were",
        run: decide::run,
    },
    Task {
        name: "autobahn",
        summary: "the Autobahn Testsuite against the echo server or the client, every case gated",
        run: autobahn::run,
    },
    Task {
        name: "fuzz",
        summary: "the fuzz targets under libFuzzer, each for a while",
        run: fuzz::run,
    },
    Task {
        name: "interop",
        summary: "clients and oracles that other people wrote",
        run: interop::run,
    },
    Task {
        name: "record",
        summary: "seeds for the fuzz targets, from what Autobahn and the echo server say to one another",
        run: record::run,
    },
    Task {
        name: "coverage",
        summary: "the lines of the lower crates that their own tests run: all of them",
        run: coverage::run,
    },
    Task {
        name: "mutants",
        summary: "changes to the lower crates, one at a time: do their tests notice?",
        run: mutants::run,
    },
    Task {
        name: "attack",
        summary: "attacks and faults against the release echo, each with its figures and their bounds",
        run: attack::run,
    },
    Task {
        name: "load",
        summary: "put load on a server and print what a message and a connection cost",
        run: load::run,
    },
];

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
