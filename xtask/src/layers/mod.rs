//! `cargo xtask layers`: who may know whom.

mod dependencies;
mod rules;
mod words;

use crate::failure::Failure;
use crate::finding::{self, Finding};
use crate::flags::{Flag, Flags};
use crate::source;
use crate::workspace::{Member, Workspace};

use rules::{LAYERS, Layer};

const HELP: &str = "\
usage: cargo xtask layers

Checks, for every crate of crates/, its normal dependencies, the packages it reaches through them, and the
names in its sources against the table in xtask/src/layers/rules.rs. Tests and doc comments are exempt.";

/// The task.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    if let Some(Flag::Help | Flag::Named(_)) = Flags::new(args, &[]).next()? {
        println!("{HELP}");
        return Ok(());
    }
    let workspace = Workspace::load()?;
    let members: Vec<&Member> = workspace
        .members
        .iter()
        .filter(|member| member.dir.starts_with("crates"))
        .collect();
    let mut findings = Vec::new();
    let mut files = 0;
    for member in &members {
        match LAYERS.iter().find(|layer| layer.name == member.name) {
            Some(layer) => files += check(layer, member, &workspace, &mut findings)?,
            None => findings.push(without_row(member)),
        }
    }
    finding::report(
        findings,
        &format!(
            "layers: {} crates and {files} files keep to the table",
            members.len()
        ),
    )
}

/// Checks one crate; returns how many files it has.
fn check(
    layer: &Layer,
    member: &Member,
    workspace: &Workspace,
    findings: &mut Vec<Finding>,
) -> Result<usize, Failure> {
    dependencies::check_direct(layer, member, findings);
    dependencies::check_reached(layer, member, findings)?;
    let files = source::files_under(&workspace.root, &member.dir.join("src"))?;
    for source in source::parse_all(&workspace.root, &files)? {
        words::check(layer, &source, findings);
    }
    Ok(files.len())
}

fn without_row(member: &Member) -> Finding {
    let message = format!(
        "{} has no row in xtask/src/layers/rules.rs: say there whom it may know",
        member.name
    );
    Finding::of(&member.dir.join("Cargo.toml"), "no-row", message)
}
