//! What a crate depends on, at first hand and through others.

use std::path::Path;

use crate::failure::Failure;
use crate::finding::Finding;
use crate::process;
use crate::workspace::{self, Kind, Member};

use super::rules::{Layer, MayUse};

const DIRECT: &str = "dependency";
const REACHED: &str = "reached-dependency";
const TEST_KIT: &str = "test-kit";

/// Checks what the manifest declares, for every platform and feature.
pub(super) fn check_direct(layer: &Layer, member: &Member, findings: &mut Vec<Finding>) {
    let manifest = member.dir.join("Cargo.toml");
    for dependency in &member.dependencies {
        let name = &dependency.name;
        if name == "ws-testing" && (dependency.kind != Kind::Dev || dependency.requirement != "*") {
            let message = "ws-testing may only be a dev-dependency by path, without a version";
            findings.push(Finding::of(&manifest, TEST_KIT, message));
        }
        let MayUse::Only(allowed) = layer.may_use else {
            continue;
        };
        if dependency.kind == Kind::Normal && !allowed.contains(&name.as_str()) {
            let message = format!(
                "{} must not depend on {name}, only on: {} (the table is xtask/src/layers/rules.rs)",
                layer.name,
                allowed.join(", ")
            );
            findings.push(Finding::of(&manifest, DIRECT, message));
        }
    }
}

/// Checks what the crate reaches with every feature on.
pub(super) fn check_reached(
    layer: &Layer,
    member: &Member,
    findings: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let mut cargo = workspace::cargo();
    cargo.args([
        "tree",
        "--locked",
        "--quiet",
        "--package",
        layer.name,
        "--all-features",
    ]);
    cargo.args([
        "--edges",
        "normal,no-proc-macro",
        "--prefix",
        "depth",
        "--format",
        " {p}",
    ]);
    let tree = process::output(&mut cargo)?;
    check_tree(layer, &member.dir.join("Cargo.toml"), &tree, findings);
    Ok(())
}

/// Checks a tree of lines as `2 mio v1.2.0`, where the number is the depth.
fn check_tree(layer: &Layer, manifest: &Path, tree: &str, findings: &mut Vec<Finding>) {
    let mut path: Vec<&str> = Vec::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let (Some(depth), Some(name)) = (words.next(), words.next()) else {
            continue;
        };
        let Ok(depth) = depth.parse::<usize>() else {
            continue;
        };
        path.truncate(depth);
        path.push(name);
        if depth > 0
            && layer
                .never_reaches
                .iter()
                .any(|pattern| is_named(name, pattern))
        {
            let message = format!(
                "{} must not reach {name}, but does: {} ({})",
                layer.name,
                path.join(" -> "),
                layer.because
            );
            findings.push(Finding::of(manifest, REACHED, message));
        }
    }
}

fn is_named(name: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::rules::LAYERS;
    use super::*;
    use crate::workspace::Dependency;

    fn layer(name: &str) -> &'static Layer {
        LAYERS
            .iter()
            .find(|row| row.name == name)
            .expect("it has a row")
    }

    fn member(dependencies: Vec<Dependency>) -> Member {
        Member {
            name: "x".to_owned(),
            dir: PathBuf::from("crates/x"),
            description: None,
            license: None,
            dependencies,
            roots: Vec::new(),
            has_default_features: false,
        }
    }

    fn dependency(name: &str, kind: Kind, requirement: &str) -> Dependency {
        Dependency {
            name: name.to_owned(),
            kind,
            requirement: requirement.to_owned(),
        }
    }

    #[test]
    fn a_dependency_that_the_row_does_not_name_is_a_breach() {
        let mut findings = Vec::new();
        let sample = member(vec![
            dependency("bytes", Kind::Normal, "^1"),
            dependency("http", Kind::Normal, "^1"),
        ]);
        check_direct(layer("ws-frame"), &sample, &mut findings);
        assert_eq!(findings.len(), 1);
        assert!(
            findings[0]
                .to_string()
                .contains("ws-frame must not depend on http"),
            "{}",
            findings[0]
        );
    }

    #[test]
    fn a_dev_dependency_is_free_but_for_the_test_kit() {
        let mut findings = Vec::new();
        let sample = member(vec![
            dependency("proptest", Kind::Dev, "^1"),
            dependency("ws-testing", Kind::Dev, "*"),
        ]);
        check_direct(layer("ws-frame"), &sample, &mut findings);
        assert_eq!(findings, []);

        let sample = member(vec![dependency("ws-testing", Kind::Dev, "^0.1")]);
        check_direct(layer("ws-server"), &sample, &mut findings);
        assert_eq!(findings[0].rule(), "test-kit");
    }

    #[test]
    fn a_package_that_is_reached_through_another_is_told_with_its_path() {
        let tree = "0 ws-handler v0.1.0 (x)\n1 http v1.0.0\n2 bytes v1.0.0\n1 nice v1.0.0\n2 mio v1.0.0\n2 itoa v1.0.0\n";
        let mut findings = Vec::new();
        check_tree(
            layer("ws-handler"),
            Path::new("Cargo.toml"),
            tree,
            &mut findings,
        );
        assert_eq!(findings.len(), 1);
        assert!(
            findings[0]
                .to_string()
                .contains("ws-handler -> nice -> mio"),
            "{}",
            findings[0]
        );
    }

    #[test]
    fn a_crate_may_be_named_as_its_own_rule_forbids() {
        let mut findings = Vec::new();
        check_tree(
            layer("ws-frame"),
            Path::new("Cargo.toml"),
            "0 ws-frame v0.1.0\n1 bytes v1.0.0\n",
            &mut findings,
        );
        assert_eq!(findings, []);
        check_tree(
            layer("ws-frame"),
            Path::new("Cargo.toml"),
            "0 ws-frame v0.1.0\n1 ws-handshake v0.1.0\n",
            &mut findings,
        );
        assert_eq!(findings.len(), 1);
    }
}
