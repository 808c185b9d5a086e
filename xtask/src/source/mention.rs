//! Names in the tokens of a file.

use proc_macro2::{Delimiter, Ident, Literal, Span, TokenStream, TokenTree};

use super::import::Aliases;
use super::region::Region;

/// Something that is named in the code.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    pub(crate) kind: Kind,
    /// The parts of a path; one word for everything else.
    pub(crate) segments: Vec<String>,
    pub(crate) span: Span,
    /// Under `#[cfg(test)]` or `#[test]`.
    pub(crate) in_test: bool,
    /// Under `#[cfg(feature = "std")]`.
    pub(crate) behind_std: bool,
}

/// What kind of name it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `a::b::c`, with its first part replaced by what an import says it is.
    Path,
    /// The same, in a `use`.
    Import,
    /// `.name(`
    Method,
    /// `name!`
    Macro,
    /// Any identifier, keywords too.
    Identifier,
    /// A literal with text in it.
    Text,
}

impl Mention {
    pub(super) fn new(kind: Kind, segments: Vec<String>, span: Span) -> Self {
        Self {
            kind,
            segments,
            span,
            in_test: false,
            behind_std: false,
        }
    }

    /// The line, counted from 1.
    pub(crate) fn line(&self) -> usize {
        self.span.start().line
    }

    /// Whether it is a path, in an import or elsewhere.
    pub(crate) fn is_path(&self) -> bool {
        matches!(self.kind, Kind::Path | Kind::Import)
    }

    /// The same, with the first part of a path replaced by what it stands for.
    pub(super) fn resolved(mut self, aliases: &Aliases) -> Self {
        if self.kind == Kind::Path
            && let Some(full) = self.segments.first().and_then(|first| aliases.get(first))
        {
            self.segments.splice(..1, full.iter().cloned());
        }
        self
    }
}

/// Every name in `tokens` but those that begin in `skipped`; doc comments are left out.
pub(super) fn in_tokens(tokens: TokenStream, skipped: &[Region]) -> Vec<Mention> {
    let mut found = Vec::new();
    scan(tokens, skipped, &mut found);
    found
}

fn scan(tokens: TokenStream, skipped: &[Region], found: &mut Vec<Mention>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        if skipped.iter().any(|region| region.holds(token.span())) {
            continue;
        }
        match token {
            TokenTree::Group(group) if !is_doc(&group.stream()) => {
                scan(group.stream(), skipped, found);
            }
            TokenTree::Group(_) | TokenTree::Punct(_) => {}
            TokenTree::Literal(literal) => found.extend(text(literal)),
            TokenTree::Ident(_) => at = path(&tokens, at - 1, found),
        }
    }
}

/// Reads `a::b::c` from the identifier at `start`; returns where it ends.
fn path(tokens: &[TokenTree], start: usize, found: &mut Vec<Mention>) -> usize {
    let mut parts: Vec<&Ident> = Vec::new();
    let mut at = start;
    while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
        parts.push(ident);
        at += 1;
        if !(is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')) {
            break;
        }
        at += 2;
    }
    let Some(first) = parts.first() else {
        return at;
    };
    let span = first.span();
    let segments: Vec<String> = parts.iter().map(|part| plain(part)).collect();
    for (part, name) in parts.iter().zip(&segments) {
        found.push(Mention::new(
            Kind::Identifier,
            vec![name.clone()],
            part.span(),
        ));
    }

    let after_dot = start > 0 && is_punct(tokens.get(start - 1), '.');
    let called = matches!(tokens.get(at), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
    let is_macro =
        is_punct(tokens.get(at), '!') && matches!(tokens.get(at + 1), Some(TokenTree::Group(_)));
    if after_dot && called {
        found.push(Mention::new(Kind::Method, segments, span));
        return at;
    }
    if after_dot {
        return at;
    }
    if is_macro {
        let name = segments.last().cloned().unwrap_or_default();
        found.push(Mention::new(Kind::Macro, vec![name], span));
    }
    found.push(Mention::new(Kind::Path, segments, span));
    at
}

/// The text of a string literal, plain, raw or of bytes.
fn text(literal: &Literal) -> Option<Mention> {
    let text = literal.to_string();
    text.contains('"')
        .then(|| Mention::new(Kind::Text, vec![text], literal.span()))
}

/// A doc comment is the attribute `#[doc = ".."]` to the compiler.
fn is_doc(tokens: &TokenStream) -> bool {
    let mut tokens = tokens.clone().into_iter();
    matches!(tokens.next(), Some(TokenTree::Ident(first)) if first == "doc")
        && is_punct(tokens.next().as_ref(), '=')
}

fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    match name.strip_prefix("r#") {
        Some(name) => name.to_owned(),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(Kind, String)> {
        let tokens = text.parse().expect("the sample is made of tokens");
        in_tokens(tokens, &[])
            .into_iter()
            .filter(|mention| mention.kind != Kind::Identifier)
            .map(|mention| (mention.kind, mention.segments.join("::")))
            .collect()
    }

    #[test]
    fn paths_methods_macros_and_texts_are_told_apart() {
        assert_eq!(
            all("a::b(c.d(\"e\")); f!();"),
            [
                (Kind::Path, "a::b".to_owned()),
                (Kind::Path, "c".to_owned()),
                (Kind::Method, "d".to_owned()),
                (Kind::Text, "\"e\"".to_owned()),
                (Kind::Macro, "f".to_owned()),
                (Kind::Path, "f".to_owned()),
            ]
        );
    }

    #[test]
    fn a_doc_comment_names_nothing() {
        assert_eq!(
            all("/// std::net is not named here\nstruct"),
            [(Kind::Path, "struct".to_owned())]
        );
        assert_eq!(all("#![doc = \"std::net\"]"), []);
    }

    #[test]
    fn a_comparison_is_no_macro() {
        assert!(all("a != (b)").iter().all(|(kind, _)| *kind != Kind::Macro));
    }

    #[test]
    fn a_raw_identifier_is_its_word() {
        assert_eq!(all("r#try::b"), [(Kind::Path, "try::b".to_owned())]);
    }
}
