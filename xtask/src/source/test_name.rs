//! Test functions in the tokens of a file, those inside of macros such as `proptest!` too.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The names of all functions under `#[test]`, or under an attribute whose path ends so, as `#[tokio::test]`.
pub(super) fn in_tokens(tokens: TokenStream) -> Vec<String> {
    let mut names = Vec::new();
    collect(tokens, &mut names);
    names
}

fn collect(tokens: TokenStream, names: &mut Vec<String>) {
    let mut marked = false;
    let mut after_fn = false;
    let mut after_hash = false;
    for token in tokens {
        let was_hash = std::mem::take(&mut after_hash);
        let was_fn = std::mem::take(&mut after_fn);
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => after_hash = true,
            TokenTree::Group(group) if was_hash && group.delimiter() == Delimiter::Bracket => {
                marked |= is_test(group.stream());
            }
            TokenTree::Group(group) => {
                // The body of an item: what was marked ends here.
                marked &= group.delimiter() != Delimiter::Brace;
                collect(group.stream(), names);
            }
            TokenTree::Ident(ident) if was_fn && marked => names.push(ident.to_string()),
            TokenTree::Ident(ident) => after_fn = ident == "fn",
            TokenTree::Punct(punct) => marked &= punct.as_char() != ';',
            TokenTree::Literal(_) => {}
        }
    }
}

/// Whether the inside of an attribute is a path that ends in `test`, with arguments or without.
fn is_test(attribute: TokenStream) -> bool {
    let path = attribute.into_iter().take_while(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    });
    path.last()
        .is_some_and(|last| matches!(last, TokenTree::Ident(ident) if ident == "test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        in_tokens(text.parse().expect("tokens"))
    }

    #[test]
    fn functions_under_a_test_attribute_are_found_and_others_are_not() {
        let text = "#[test] fn a() { let f = 1; }\nfn b() {}\n\
            #[tokio::test(start_paused = true)]\n#[ignore = \"slow\"]\npub(crate) async fn c() {}\n\
            #[cfg(test)] fn d() {}\n#[cfg(test)] mod tests { #[test] fn e() {} fn f() {} }\n\
            #[test] const _: () = {}; fn g() {}\n// #[test] fn h() {}\n";
        assert_eq!(names(text), ["a", "c", "e"]);
    }

    #[test]
    fn functions_in_a_macro_are_found() {
        let text = "proptest! { #![proptest_config(C)]\n#[test]\n/// Why.\nfn a(x in 0..3) { fn b() {} } fn c() {} }";
        assert_eq!(names(text), ["a"]);
    }
}
