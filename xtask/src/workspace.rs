//! The workspace as `cargo metadata` tells it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::failure::Failure;
use crate::process::{self, Running};

/// Where things are, and the members.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Follows `CARGO_TARGET_DIR`.
    pub(crate) target: PathBuf,
    /// Sorted by name.
    pub(crate) members: Vec<Member>,
}

/// A package of the workspace.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// Relative to the root of the workspace.
    pub(crate) dir: PathBuf,
    pub(crate) description: Option<String>,
    pub(crate) license: Option<String>,
    /// As the manifest declares them, for every platform and feature.
    pub(crate) dependencies: Vec<Dependency>,
    /// The roots of its libraries, programs and examples, relative to the root of the workspace.
    pub(crate) roots: Vec<PathBuf>,
    /// Whether `--no-default-features` makes a difference.
    pub(crate) has_default_features: bool,
}

/// One line of a `[dependencies]` table.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// `*` where the manifest gives a path and no version.
    pub(crate) requirement: String,
}

/// The table that a dependency stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Dev,
    Build,
}

impl Workspace {
    /// Asks cargo about the workspace that the current directory is in.
    pub(crate) fn load() -> Result<Self, Failure> {
        let text =
            process::output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        let metadata: Value = serde_json::from_str(&text)
            .map_err(|error| Failure::failed(format!("cargo metadata: {error}")))?;
        let root = PathBuf::from(text_of(&metadata, "workspace_root"));
        let mut members: Vec<Member> = array(&metadata, "packages")
            .iter()
            .map(|package| Member::read(package, &root))
            .collect();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self {
            target: PathBuf::from(text_of(&metadata, "target_directory")),
            root,
            members,
        })
    }

    /// Builds an example in release; returns the program.
    pub(crate) fn example(&self, name: &str) -> Result<PathBuf, Failure> {
        self.build_example(name, &[])
    }

    /// The same with a feature.
    pub(crate) fn example_with(&self, feature: &str, name: &str) -> Result<PathBuf, Failure> {
        let feature = format!("examples/{feature}");
        self.build_example(name, &["--features", &feature])
    }

    fn build_example(&self, name: &str, more: &[&str]) -> Result<PathBuf, Failure> {
        self.release(&[&["--package", "examples", "--example", name], more].concat())?;
        Ok(self.target.join("release/examples").join(name))
    }

    /// Builds a program of `benches` in release; returns it.
    pub(crate) fn bench_program(&self, name: &str) -> Result<PathBuf, Failure> {
        self.release(&["--package", "benches", "--bin", name])?;
        Ok(self.target.join("release").join(name))
    }

    /// What cargo says goes to standard error: a task may print JSON.
    fn release(&self, what: &[&str]) -> Result<(), Failure> {
        let mut cargo = cargo();
        cargo
            .current_dir(&self.root)
            .args(["build", "--locked", "--release"])
            .args(what);
        let status = Running::start(&mut cargo)?.wait(Duration::MAX)?;
        if status.success() {
            return Ok(());
        }
        let what = what.join(" ");
        Err(Failure::failed(format!(
            "`cargo build --release {what}` ended with {status}"
        )))
    }
}

impl Member {
    fn read(package: &Value, root: &Path) -> Self {
        let relative = |path: &str| {
            Path::new(path)
                .strip_prefix(root)
                .unwrap_or(Path::new(path))
                .to_owned()
        };
        let manifest = relative(text_of(package, "manifest_path"));
        let defaults = &package["features"]["default"];
        Self {
            name: text_of(package, "name").to_owned(),
            dir: manifest.parent().unwrap_or(Path::new("")).to_owned(),
            description: package["description"].as_str().map(str::to_owned),
            license: package["license"].as_str().map(str::to_owned),
            dependencies: array(package, "dependencies")
                .iter()
                .map(Dependency::read)
                .collect(),
            roots: array(package, "targets")
                .iter()
                .filter(|target| !is_any_of(target, &["test", "bench", "custom-build"]))
                .map(|target| relative(text_of(target, "src_path")))
                .collect(),
            has_default_features: defaults.as_array().is_some_and(|list| !list.is_empty()),
        }
    }
}

impl Dependency {
    fn read(value: &Value) -> Self {
        Self {
            name: text_of(value, "name").to_owned(),
            kind: match value["kind"].as_str() {
                Some("dev") => Kind::Dev,
                Some("build") => Kind::Build,
                _ => Kind::Normal,
            },
            requirement: text_of(value, "req").to_owned(),
        }
    }
}

/// The cargo that started us.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn is_any_of(target: &Value, kinds: &[&str]) -> bool {
    array(target, "kind")
        .iter()
        .any(|kind| kinds.contains(&kind.as_str().unwrap_or_default()))
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_read_from_the_metadata() {
        let package = serde_json::json!({
            "name": "ws-x", "manifest_path": "/r/crates/ws-x/Cargo.toml", "description": null, "license": "MIT",
            "dependencies": [
                {"name": "bytes", "kind": null, "req": "^1"},
                {"name": "ws-testing", "kind": "dev", "req": "*"},
            ],
            "targets": [
                {"kind": ["lib"], "src_path": "/r/crates/ws-x/src/lib.rs"},
                {"kind": ["test"], "src_path": "/r/crates/ws-x/tests/a.rs"},
            ],
            "features": {"default": ["std"], "std": []},
        });
        let member = Member::read(&package, Path::new("/r"));
        assert_eq!(member.name, "ws-x");
        assert_eq!(member.dir, Path::new("crates/ws-x"));
        assert_eq!(member.description, None);
        assert_eq!(member.license.as_deref(), Some("MIT"));
        assert_eq!(member.dependencies[0].kind, Kind::Normal);
        assert_eq!(member.dependencies[1].kind, Kind::Dev);
        assert_eq!(member.dependencies[1].requirement, "*");
        assert_eq!(member.roots, [Path::new("crates/ws-x/src/lib.rs")]);
        assert!(member.has_default_features);
    }
}
