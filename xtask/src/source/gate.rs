//! The conditions under which code is compiled.

use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// A condition that matters to the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Test,
    Std,
}

/// What has to hold for the item to be compiled, as far as the checks care.
pub(super) fn gates(attrs: &[Attribute]) -> Vec<Gate> {
    let mut gates = Vec::new();
    for attr in attrs {
        let path = attr.path();
        if path
            .segments
            .last()
            .is_some_and(|last| last.ident == "test")
        {
            gates.push(Gate::Test);
        }
        if !path.is_ident("cfg") {
            continue;
        }
        if let Ok(condition) = attr.parse_args::<Meta>() {
            demanded(&condition, &mut gates);
        }
    }
    gates
}

/// The gates that `condition` cannot be true without.
fn demanded(condition: &Meta, gates: &mut Vec<Gate>) {
    match condition {
        Meta::Path(path) if path.is_ident("test") => gates.push(Gate::Test),
        Meta::NameValue(pair) if pair.path.is_ident("feature") => {
            if let syn::Expr::Lit(literal) = &pair.value
                && let syn::Lit::Str(name) = &literal.lit
                && name.value() == "std"
            {
                gates.push(Gate::Std);
            }
        }
        Meta::List(list) if list.path.is_ident("all") => {
            let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
            for inner in list.parse_args_with(parser).into_iter().flatten() {
                demanded(&inner, gates);
            }
        }
        _ => {}
    }
}
