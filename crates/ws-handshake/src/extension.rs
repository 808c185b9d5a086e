use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use http::HeaderValue;
use http::header::GetAll;

use crate::build_error::BuildError;
use crate::excerpt::Excerpt;
use crate::token::{is_token, is_token_byte, token};

/// An extension with its parameters, offered by a client or accepted by a server (RFC 6455 9.1).
///
/// Names and values are tokens. Whether the parameters mean anything is for the extension to say.
///
/// ```
/// use ws_handshake::Extension;
///
/// let zip = Extension::new("x-zip")?.param("level", "9")?.flag("fast")?;
/// assert_eq!(zip.to_string(), "x-zip; level=9; fast");
/// assert_eq!("x-zip;level=\"9\" ; fast".parse(), Ok(zip));
/// # Ok::<(), ws_handshake::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Extension {
    name: String,
    params: Vec<(String, Option<String>)>,
}

impl Extension {
    /// An extension without parameters.
    ///
    /// # Errors
    ///
    /// [`BuildError::NotAToken`].
    pub fn new(name: &str) -> Result<Self, BuildError> {
        Ok(Extension {
            name: checked(name)?,
            params: Vec::new(),
        })
    }

    /// Appends a parameter with a value.
    ///
    /// # Errors
    ///
    /// [`BuildError::NotAToken`] when the name or the value is not one.
    pub fn param(mut self, name: &str, value: &str) -> Result<Self, BuildError> {
        self.params.push((checked(name)?, Some(checked(value)?)));
        Ok(self)
    }

    /// Appends a parameter without a value.
    ///
    /// # Errors
    ///
    /// [`BuildError::NotAToken`].
    pub fn flag(mut self, name: &str) -> Result<Self, BuildError> {
        self.params.push((checked(name)?, None));
        Ok(self)
    }

    /// The name, as it was sent.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The parameters in their order, as they were sent: a name may come more than once.
    pub fn params(&self) -> impl ExactSizeIterator<Item = (&str, Option<&str>)> {
        self.params
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// All extensions of a `Sec-WebSocket-Extensions` header, in the order of preference. `Err` is
    /// a line that does not follow the grammar.
    pub(crate) fn parse_lines(
        lines: GetAll<'_, HeaderValue>,
    ) -> Result<Vec<Extension>, &HeaderValue> {
        let mut list = Vec::new();
        walk_lines(lines, |part| push(&mut list, part))?;
        Ok(list)
    }

    /// The names alone, where nothing is allocated for the parameters.
    pub(crate) fn names(lines: GetAll<'_, HeaderValue>) -> Result<Vec<&str>, &HeaderValue> {
        let mut names = Vec::new();
        walk_lines(lines, |part| match part {
            Part::Name(name) => names.push(name),
            Part::Param(..) => {}
        })?;
        Ok(names)
    }
}

impl FromStr for Extension {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        let malformed = || BuildError::MalformedExtension {
            seen: Excerpt::of(text),
        };
        let mut list = Vec::new();
        walk(text.as_bytes(), &mut |part| push(&mut list, part)).ok_or_else(malformed)?;
        match (list.pop(), list.is_empty()) {
            (Some(extension), true) => Ok(extension),
            (Some(_) | None, _) => Err(malformed()),
        }
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (name, value) in self.params() {
            write!(f, "; {name}")?;
            if let Some(value) = value {
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }
}

fn checked(text: &str) -> Result<String, BuildError> {
    if is_token(text.as_bytes()) {
        Ok(text.to_owned())
    } else {
        Err(BuildError::NotAToken {
            seen: Excerpt::of(text),
        })
    }
}

enum Part<'a> {
    Name(&'a str),
    Param(&'a str, Option<Cow<'a, str>>),
}

fn push(list: &mut Vec<Extension>, part: Part<'_>) {
    match part {
        Part::Name(name) => list.push(Extension {
            name: name.to_owned(),
            params: Vec::new(),
        }),
        Part::Param(name, value) => {
            let last = list.last_mut().expect("a name comes before its parameters");
            let value = value.map(Cow::into_owned);
            last.params.push((name.to_owned(), value));
        }
    }
}

/// RFC 6455 9.1: the lines are read as if they were one. `1#extension` says that it is not empty.
fn walk_lines<'a>(
    lines: GetAll<'a, HeaderValue>,
    mut visit: impl FnMut(Part<'a>),
) -> Result<(), &'a HeaderValue> {
    let mut is_empty = true;
    let mut last = None;
    for line in lines {
        walk(line.as_bytes(), &mut |part| {
            is_empty = false;
            visit(part);
        })
        .ok_or(line)?;
        last = Some(line);
    }
    match last {
        Some(line) if is_empty => Err(line),
        Some(_) | None => Ok(()),
    }
}

/// One pass over one line. RFC 6455 9.1:
///
/// ```text
/// extension-list  = 1#extension
/// extension       = extension-token *( ";" extension-param )
/// extension-param = token [ "=" (token | quoted-string) ]
/// ```
///
/// White space may stand between any two of these, as RFC 2616 2.1 implies, and elements of the
/// list may be empty. `None` when the line does not follow the grammar. Each byte is looked at a
/// bounded number of times.
fn walk<'a>(line: &'a [u8], visit: &mut impl FnMut(Part<'a>)) -> Option<()> {
    let mut line = Cursor(line);
    loop {
        while line.eat(b',') {}
        if line.is_at_end() {
            return Some(());
        }
        visit(Part::Name(line.token()?));
        while line.eat(b';') {
            let name = line.token()?;
            let value = if line.eat(b'=') {
                Some(line.value()?)
            } else {
                None
            };
            visit(Part::Param(name, value));
        }
        if !line.is_at_end() && !line.eat(b',') {
            return None;
        }
    }
}

/// What is left of a line.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn skip_space(&mut self) {
        while let [b' ' | b'\t', rest @ ..] = self.0 {
            self.0 = rest;
        }
    }

    fn is_at_end(&mut self) -> bool {
        self.skip_space();
        self.0.is_empty()
    }

    fn eat(&mut self, wanted: u8) -> bool {
        self.skip_space();
        match self.0 {
            [first, rest @ ..] if *first == wanted => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn token(&mut self) -> Option<&'a str> {
        self.skip_space();
        let len = self
            .0
            .iter()
            .take_while(|&&byte| is_token_byte(byte))
            .count();
        let (found, rest) = self.0.split_at(len);
        self.0 = rest;
        token(found)
    }

    fn value(&mut self) -> Option<Cow<'a, str>> {
        if self.eat(b'"') {
            self.rest_of_quoted()
        } else {
            self.token().map(Cow::Borrowed)
        }
    }

    /// What follows the opening quote. RFC 6455 9.1: "When using the quoted-string syntax variant,
    /// the value after quoted-string unescaping MUST conform to the 'token' ABNF." So a byte that
    /// is not one of a token ends it at once.
    fn rest_of_quoted(&mut self) -> Option<Cow<'a, str>> {
        let plain = self
            .0
            .iter()
            .take_while(|&&byte| is_token_byte(byte))
            .count();
        if let [b'"', rest @ ..] = &self.0[plain..] {
            let value = token(&self.0[..plain])?;
            self.0 = rest;
            return Some(Cow::Borrowed(value));
        }
        let mut value = String::new();
        loop {
            let (byte, rest) = match self.0 {
                [b'"', rest @ ..] => {
                    self.0 = rest;
                    return Some(Cow::Owned(value));
                }
                [b'\\', byte, rest @ ..] | [byte, rest @ ..] => (*byte, rest),
                [] => return None,
            };
            if !is_token_byte(byte) {
                return None;
            }
            value.push(char::from(byte));
            self.0 = rest;
        }
    }
}
