//! What a `use` brings in.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{ItemExternCrate, ItemUse, UseTree};

use super::mention::{Kind, Mention};
use super::region::Region;

/// What a name stands for in a file: `io` for `std::io`.
pub(super) type Aliases = HashMap<String, Vec<String>>;

/// One `use`, expanded to every path that it names.
#[derive(Debug)]
pub(super) struct Import {
    pub(super) region: Region,
    pub(super) mentions: Vec<Mention>,
}

impl Import {
    /// Reads a `use` and notes its names in `aliases`. The first import of a name counts: tests come last in a file.
    pub(super) fn of_use(item: &ItemUse, aliases: &mut Aliases) -> Self {
        let mut leaves = Vec::new();
        expand(&item.tree, &mut Vec::new(), &mut leaves);
        let mut mentions = Vec::new();
        for leaf in leaves {
            for name in &leaf.path {
                mentions.push(Mention::new(
                    Kind::Identifier,
                    vec![name.clone()],
                    leaf.span,
                ));
            }
            if leaf.path.len() > 1 {
                aliases
                    .entry(leaf.alias)
                    .or_insert_with(|| leaf.path.clone());
            }
            mentions.push(Mention::new(Kind::Import, leaf.path, leaf.span));
        }
        Self {
            region: Region::of(item.span()),
            mentions,
        }
    }

    /// `extern crate` names one crate.
    pub(super) fn of_extern_crate(item: &ItemExternCrate) -> Self {
        let name = vec![item.ident.to_string()];
        Self {
            region: Region::of(item.span()),
            mentions: vec![Mention::new(Kind::Import, name, item.ident.span())],
        }
    }
}

/// One name of a `use`.
#[derive(Debug)]
struct Leaf {
    path: Vec<String>,
    alias: String,
    span: Span,
}

fn expand(tree: &UseTree, before: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    let (ident, alias) = match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            expand(&path.tree, before, leaves);
            before.pop();
            return;
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                expand(tree, before, leaves);
            }
            return;
        }
        UseTree::Name(name) => (name.ident.to_string(), name.ident.to_string()),
        UseTree::Rename(rename) => (rename.ident.to_string(), rename.rename.to_string()),
        UseTree::Glob(_) => ("*".to_owned(), "*".to_owned()),
    };
    let itself = ident == "self" && !before.is_empty();
    let mut path = before.clone();
    if !itself {
        path.push(ident);
    }
    let alias = match path.last() {
        Some(last) if itself && alias == "self" => last.clone(),
        _ => alias,
    };
    leaves.push(Leaf {
        path,
        alias,
        span: tree.span(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Aliases) {
        let mut aliases = Aliases::new();
        let item = syn::parse_str(text).expect("the sample parses");
        let import = Import::of_use(&item, &mut aliases);
        let paths = import.mentions.iter().filter(|mention| mention.is_path());
        (
            paths.map(|mention| mention.segments.join("::")).collect(),
            aliases,
        )
    }

    #[test]
    fn a_nested_import_is_expanded() {
        let (paths, _) = read("use std::{io::{self, Read as R}, net, time::*};");
        assert_eq!(
            paths,
            ["std::io", "std::io::Read", "std::net", "std::time::*"]
        );
    }

    #[test]
    fn a_name_stands_for_its_path() {
        let (_, aliases) = read("use std::{io::{self, Read as R}, net as n};");
        assert_eq!(aliases["io"], ["std", "io"]);
        assert_eq!(aliases["R"], ["std", "io", "Read"]);
        assert_eq!(aliases["n"], ["std", "net"]);
    }
}
