//! `cargo xtask interop`: clients that other people wrote against the echo server.
//!
//! Every client runs a script of `xtask/interop`, all at the same time, and prints a line for each check. When each
//! has nothing left but one open connection, the server is asked to end, and every client has to see its Close.

mod client;
mod node;
mod options;
mod python;
mod runtime;
mod script;
mod transcript;
mod verdict;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use client::Client;
use options::Options;
use runtime::Launcher;
use script::Script;
use verdict::Column;

use crate::failure::Failure;
use crate::installation;
use crate::server::{self, Server};
use crate::workspace::Workspace;

/// The largest message that the server takes: the largest that is echoed. One byte more is refused.
const LARGEST: usize = 1 << 20;

/// From SIGTERM to the end of the server, and from there to the end of the scripts.
const END_LIMIT: Duration = Duration::from_secs(15);

/// How a run that did not fail has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// A client could not run here, and that was allowed; the others have passed.
    Skipped,
}

/// The task.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    match Options::read(args)? {
        None => Ok(()),
        Some(options) => run_clients(&options).map(drop),
    }
}

/// The task for `ci`, which goes on without a client that cannot run.
pub(crate) fn run_or_skip() -> Result<Outcome, Failure> {
    run_clients(&Options {
        allow_skip: true,
        ..Options::default()
    })
}

fn run_clients(options: &Options) -> Result<Outcome, Failure> {
    let workspace = Workspace::load()?;
    let mut ready = Vec::new();
    let mut skipped = Vec::new();
    for client in options.clients() {
        match client
            .runtime
            .prepare(&workspace.root.join(".cache/interop"))?
        {
            Some(launcher) => ready.push((client, launcher)),
            None => skipped.push(client),
        }
    }
    if !ready.is_empty() {
        test(&ready, options.time_limit, &workspace)?;
    }
    for client in &skipped {
        let (name, needs) = (client.name, client.runtime.needs());
        println!("SKIPPED: {name} cannot run here. It needs {needs}");
    }
    match skipped.len() {
        0 => Ok(Outcome::Passed),
        _ if options.allow_skip => Ok(Outcome::Skipped),
        n => Err(Failure::failed(format!(
            "{n} of the clients were not run (--allow-skip would let that pass)"
        ))),
    }
}

/// Runs the clients, with the logs in `target/interop`.
fn test(
    clients: &[(&'static Client, Launcher)],
    limit: Duration,
    workspace: &Workspace,
) -> Result<(), Failure> {
    let logs = workspace.target.join("interop");
    installation::remove(&logs)?;
    fs::create_dir_all(&logs)?;
    let mut program = server::echo(workspace)?;
    program.extend(["--max-message".to_owned(), LARGEST.to_string()]);
    let server = Server::start(&program, &logs.join("server.log"))?;
    println!(
        "interop: {} clients talk to ws://{} ...",
        clients.len(),
        server.address()
    );

    let start = Instant::now();
    let scripts = workspace.root.join("xtask/interop");
    let running = start_all(clients, &scripts, &server, &logs)?;
    let (columns, ended) = converse(running, server, start + limit)?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "interop: {seconds:.1} s, the logs are in {}",
        logs.display()
    );
    let told = verdict::report(&columns);
    // A server that has failed explains what the clients have seen.
    ended.and(told)
}

fn start_all(
    clients: &[(&'static Client, Launcher)],
    scripts: &Path,
    server: &Server,
    logs: &Path,
) -> Result<Vec<Script>, Failure> {
    let url = format!("ws://{}", server.address());
    let start = |(client, launcher): &(&'static Client, Launcher)| {
        let log = logs.join(format!("{}.log", client.name));
        Script::start(client, launcher, scripts, (&url, LARGEST), &log)
    };
    clients.iter().map(start).collect()
}

/// Reads what the scripts tell, ends the server when each of them waits for that, and tells how it has ended.
fn converse(
    mut scripts: Vec<Script>,
    mut server: Server,
    deadline: Instant,
) -> Result<(Vec<Column>, Result<(), Failure>), Failure> {
    for script in &mut scripts {
        script.read_until_waiting(deadline)?;
    }
    let ended = server.still_there().and_then(|()| end(&mut server));
    // If it has not ended by now, the scripts shall not wait for it.
    drop(server);
    let deadline = Instant::now() + END_LIMIT;
    let mut columns = Vec::new();
    for script in scripts {
        let (client, transcript) = script.finish(deadline)?;
        columns.push(Column::new(client, transcript));
    }
    Ok((columns, ended))
}

fn end(server: &mut Server) -> Result<(), Failure> {
    let status = server.terminate(END_LIMIT)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "the server was asked to end and did so with {status}"
    )))
}
