//! What the syntax tree of a file tells.

use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Item, Signature, Type, Visibility};

use super::gate::{Gate, gates};
use super::import::{Aliases, Import};
use super::mention::{self, Mention};
use super::region::Region;
use super::test_name;

/// All that the checks ask about one file.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) mentions: Vec<Mention>,
    pub(crate) functions: Vec<Function>,
    /// Modules by name and line, whether the body is here or in another file.
    pub(crate) modules: Vec<(String, usize)>,
    /// Modules in files of their own, declared under `#[cfg(test)]`.
    pub(crate) test_modules: Vec<String>,
    /// The functions that `cargo test` runs.
    pub(crate) test_names: Vec<String>,
    tests: Vec<Region>,
    behind_std: Vec<Region>,
    whole_file_is_test: bool,
}

/// A function with a body or a signature in a trait.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    /// Declared `pub` without restriction, or in a trait that is.
    pub(crate) is_pub: bool,
    pub(crate) takes_bool: bool,
    pub(crate) in_test: bool,
}

impl Facts {
    /// Reads one file.
    pub(crate) fn read(text: &str) -> syn::Result<Self> {
        let file = syn::parse_file(text)?;
        let tokens: TokenStream = text.parse()?;

        let mut reader = Reader::default();
        reader.facts.whole_file_is_test = gates(&file.attrs).contains(&Gate::Test);
        reader.visit_file(&file);
        reader.facts.test_names = test_name::in_tokens(tokens.clone());

        let Reader {
            mut facts,
            imports,
            aliases,
            ..
        } = reader;
        let skipped: Vec<Region> = imports.iter().map(|import| import.region).collect();
        let named = mention::in_tokens(tokens, &skipped).into_iter();
        let imported = imports.into_iter().flat_map(|import| import.mentions);
        facts.mentions = named
            .map(|mention| mention.resolved(&aliases))
            .chain(imported)
            .collect();
        for mention in &mut facts.mentions {
            mention.in_test = facts.tests.iter().any(|region| region.holds(mention.span));
            mention.behind_std = facts
                .behind_std
                .iter()
                .any(|region| region.holds(mention.span));
        }
        Ok(facts)
    }

    /// The lines that are tests.
    pub(crate) fn test_lines(&self) -> usize {
        self.tests.iter().map(Region::lines).sum()
    }

    /// Whether a line, counted from 1, is one of a test.
    pub(crate) fn is_test_line(&self, line: usize) -> bool {
        self.tests.iter().any(|region| region.touches(line))
    }

    /// Whether the file says `#![cfg(test)]`.
    pub(crate) fn is_test_file(&self) -> bool {
        self.whole_file_is_test
    }
}

#[derive(Debug, Default)]
struct Reader {
    facts: Facts,
    imports: Vec<Import>,
    aliases: Aliases,
    in_test: bool,
    in_pub_trait: bool,
}

impl Reader {
    /// Visits what carries `attrs` by `inner`, and notes whether they make it a test.
    fn gated(&mut self, attrs: &[Attribute], region: Region, inner: impl FnOnce(&mut Self)) {
        let gates = gates(attrs);
        if gates.contains(&Gate::Std) {
            self.facts.behind_std.push(region);
        }
        let starts_test = gates.contains(&Gate::Test) && !self.in_test;
        if starts_test {
            self.facts.tests.push(region);
            self.in_test = true;
        }
        inner(self);
        if starts_test {
            self.in_test = false;
        }
    }

    fn function(&mut self, signature: &Signature, is_pub: bool) {
        self.facts.functions.push(Function {
            name: signature.ident.to_string(),
            line: signature.ident.span().start().line,
            is_pub,
            takes_bool: signature.inputs.iter().any(takes_bool),
            in_test: self.in_test,
        });
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        self.gated(attributes(item), Region::of(item.span()), |reader| {
            visit::visit_item(reader, item);
        });
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let line = item.ident.span().start().line;
        self.facts.modules.push((item.ident.to_string(), line));
        if self.in_test && item.content.is_none() {
            self.facts.test_modules.push(item.ident.to_string());
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.imports.push(Import::of_use(item, &mut self.aliases));
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.imports.push(Import::of_extern_crate(item));
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, matches!(item.vis, Visibility::Public(_)));
        visit::visit_item_fn(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let outer = self.in_pub_trait;
        self.in_pub_trait = matches!(item.vis, Visibility::Public(_));
        visit::visit_item_trait(self, item);
        self.in_pub_trait = outer;
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.function(&item.sig, self.in_pub_trait);
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.gated(&item.attrs, Region::of(item.span()), |reader| {
            reader.function(&item.sig, matches!(item.vis, Visibility::Public(_)));
            visit::visit_impl_item_fn(reader, item);
        });
    }
}

fn takes_bool(arg: &FnArg) -> bool {
    let FnArg::Typed(arg) = arg else { return false };
    let ty = match &*arg.ty {
        Type::Reference(reference) => &*reference.elem,
        ty => ty,
    };
    matches!(ty, Type::Path(path) if path.path.is_ident("bool"))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let facts = Facts::read(text).expect("the sample parses");
        let paths = facts
            .mentions
            .iter()
            .filter(|mention| mention.is_path() && !mention.in_test);
        paths.map(|mention| mention.segments.join("::")).collect()
    }

    #[test]
    fn a_renamed_import_is_followed() {
        let all = paths("use std::time::Instant as Clock;\nfn f() { Clock::now(); }");
        assert!(
            all.contains(&"std::time::Instant::now".to_owned()),
            "{all:?}"
        );
    }

    #[test]
    fn the_inside_of_a_macro_is_read() {
        let all = paths("fn f() { assert!(std::env::var(\"X\").is_ok()); }");
        assert!(all.contains(&"std::env::var".to_owned()), "{all:?}");
    }

    #[test]
    fn a_test_module_counts_as_test_and_so_do_its_lines() {
        let facts =
            Facts::read("fn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() { std::a::b(); }\n}\n")
                .expect("parses");
        assert_eq!(facts.test_lines(), 4);
        assert!(
            facts
                .mentions
                .iter()
                .all(|mention| mention.segments.len() < 2 || mention.in_test)
        );
        let in_test: Vec<bool> = facts
            .functions
            .iter()
            .map(|function| function.in_test)
            .collect();
        assert_eq!(in_test, [false, true]);
    }

    #[test]
    fn a_condition_that_may_hold_without_tests_is_no_test() {
        let facts = Facts::read("#[cfg(any(test, fuzzing))]\nmod a { fn f() {} }").expect("parses");
        assert_eq!(facts.test_lines(), 0);
        let facts = Facts::read("#[cfg(all(unix, test))]\nmod a { fn f() {} }").expect("parses");
        assert_eq!(facts.test_lines(), 2);
    }

    #[test]
    fn what_stands_behind_the_std_feature_is_marked() {
        let facts = Facts::read("#[cfg(feature = \"std\")]\nimpl std::error::Error for E {}")
            .expect("parses");
        assert!(facts.mentions.iter().all(|mention| mention.behind_std));
    }

    #[test]
    fn a_bool_is_seen_in_functions_methods_and_traits() {
        let facts = Facts::read(
            "pub fn a(x: bool) {}\nimpl T { pub fn b(&self, x: &bool) {} fn c(x: u8) {} }\npub trait U { fn d(x: bool); }",
        )
        .expect("parses");
        let seen: Vec<(&str, bool, bool)> = facts
            .functions
            .iter()
            .map(|function| (function.name.as_str(), function.is_pub, function.takes_bool))
            .collect();
        assert_eq!(
            seen,
            [
                ("a", true, true),
                ("b", true, true),
                ("c", false, false),
                ("d", true, true)
            ]
        );
    }
}
