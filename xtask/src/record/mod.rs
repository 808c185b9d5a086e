//! `cargo xtask record`: what the Autobahn Testsuite and the echo server say to one another, as seeds for the fuzz
//! targets.

mod corpus;
mod frame;
mod head;
mod options;
mod proxy;
mod recording;
mod seeds;

use std::fs;
use std::path::Path;
use std::time::Duration;

use corpus::Corpus;
use options::Options;
use proxy::{Conversation, Proxy};
use seeds::Seeds;

use crate::autobahn::{self, Cases, Testsuite};
use crate::failure::Failure;
use crate::installation;
use crate::server::{self, Server};
use crate::workspace::Workspace;

/// For the server to end its last connections, when the suite has ended.
const END_LIMIT: Duration = Duration::from_secs(10);

/// The task.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    match Options::read(args)? {
        None => Ok(()),
        Some(options) => record(&options),
    }
}

fn record(options: &Options) -> Result<(), Failure> {
    let expected = autobahn::expected(&options.cases, &[])?;
    let workspace = Workspace::load()?;
    let Some(suite) = Testsuite::find(&workspace, options.wstest.as_deref())? else {
        return Err(Failure::failed("nothing was recorded"));
    };
    let dir = workspace.target.join("record");
    installation::clear(&dir)?;
    let conversations = converse(&suite, options, &workspace, &dir)?;
    let recordings = recording::of_cases(&conversations, &dir.join("reports"))?;
    println!(
        "record: {} conversations of {} cases",
        recordings.len(),
        expected.len()
    );
    if recordings.is_empty() {
        return Err(Failure::failed("the suite said nothing to the server"));
    }
    let seeds = Seeds::of(&recordings, options.largest);
    for (target, seeds) in seeds.by_target() {
        let all = dir.join("seeds").join(target);
        fs::create_dir_all(&all)?;
        corpus::write(seeds, &all)?;
        let Some(corpus) = Corpus::at(workspace.root.join("fuzz/corpus").join(target)) else {
            return Err(Failure::failed(format!("fuzz/corpus/{target} is missing")));
        };
        let spread = seeds::spread(seeds, options.most);
        println!("  {target:20} {} of {} seeds", spread.len(), seeds.len());
        corpus.replace(spread)?;
    }
    Ok(())
}

/// Lets the suite talk to the echo server through a proxy.
fn converse(
    suite: &Testsuite,
    options: &Options,
    workspace: &Workspace,
    dir: &Path,
) -> Result<Vec<Conversation>, Failure> {
    let program = server::echo(workspace)?;
    let mut server = Server::start(&program, &dir.join("server.log"))?;
    let proxy = Proxy::start(server.address())?;
    println!("record: ws://{} ...", server.address());
    let cases = Cases {
        patterns: &options.cases,
        excluded: &[],
    };
    suite.run(&proxy.address(), cases, dir, options.time_limit)?;
    server.still_there()?;
    proxy.stop(END_LIMIT)
}
