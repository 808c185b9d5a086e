//! The generator: one server, one kind of load, one report. `attack` takes the server, its process and its clients from here.

mod coding;
pub(crate) mod connection;
mod cores;
pub(crate) mod deflated;
pub(crate) mod descriptors;
mod flags;
pub(crate) mod frames;
pub(crate) mod handshake;
pub(crate) mod idle;
pub(crate) mod latency;
pub(crate) mod never_read;
mod number;
mod options;
mod payload;
pub(crate) mod pending;
pub(crate) mod process;
mod replies;
mod reply_error;
mod report;
mod server;
mod traffic;
mod value;

use crate::failure::Failure;

pub(crate) use coding::Coding;
pub(crate) use cores::Cores;
pub(crate) use frames::{Frames, Kind};
pub(crate) use number::grouped;
pub(crate) use replies::Check;
pub(crate) use report::Output;
pub(crate) use server::{Command, Server};
pub(crate) use traffic::Traffic;
pub(crate) use value::Value;

use flags::Given;
use options::{Mode, Options};

/// Runs one load as the flags ask and prints what it found.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let Some(given) = Given::parse(args)? else {
        print!("{}", include_str!("help.txt"));
        return Ok(());
    };
    let options = Options::new(given)?;
    descriptors::ensure(options.connections)?;
    let server = options.server()?;
    let frames = options.frames();
    let connections = options.connections;
    let report = match options.mode {
        Mode::Traffic => options.traffic().run(&server, &frames)?.report(),
        Mode::Idle => idle::run(&server, &frames, connections)?.report(),
        Mode::Pending => pending::run(&server, &frames, connections)?.report(),
        Mode::NeverRead => {
            never_read::run(&server, &frames, options.count, options.length)?.report()
        }
    };
    report.print(options.output);
    Ok(())
}
