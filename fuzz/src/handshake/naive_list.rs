//! The grammar of RFC 6455 9.1 in two passes: words first, then their order. Written for being seen to be right.

use ws_handshake::Extension;

/// A name, and parameters with or without a value.
pub(super) type NaiveExtension = (String, Vec<(String, Option<String>)>);

/// One word of a list.
#[derive(Debug, PartialEq, Eq)]
enum Word {
    Token(String),
    /// A quoted string, without its quotes and the backslashes of its pairs.
    Quoted(String),
    /// `,`, `;` or `=`.
    Mark(u8),
}

/// "token = 1*<any CHAR except CTLs or separators>" (RFC 2616 2.2).
pub(super) fn token(text: &[u8]) -> Option<&str> {
    let is_token = !text.is_empty() && text.iter().all(|byte| is_token_byte(*byte));
    is_token.then(|| std::str::from_utf8(text).expect("ASCII"))
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte)
}

/// The elements of a list of plain words, empty ones left out.
pub(super) fn elements(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    line.split(|&byte| byte == b',').filter_map(move |element| {
        let from = element.iter().position(|byte| !is_space(byte))?;
        let to = element.iter().rposition(|byte| !is_space(byte))?;
        Some(&element[from..=to])
    })
}

/// An extension of ours as the naive one.
pub(super) fn plain(extension: &Extension) -> NaiveExtension {
    let params = extension
        .params()
        .map(|(name, value)| (name.to_owned(), value.map(str::to_owned)));
    (extension.name().to_owned(), params.collect())
}

/// The extensions of all lines; `None` when a line does not follow the grammar, or when there are lines and no
/// extension.
pub(super) fn extensions(lines: &[&[u8]]) -> Option<Vec<NaiveExtension>> {
    let mut list = Vec::new();
    for line in lines {
        let words = words(line)?;
        for element in words.split(|word| *word == Word::Mark(b',')) {
            if !element.is_empty() {
                list.push(extension(element)?);
            }
        }
    }
    (lines.is_empty() || !list.is_empty()).then_some(list)
}

fn extension(words: &[Word]) -> Option<NaiveExtension> {
    let mut parts = words.split(|word| *word == Word::Mark(b';'));
    let [Word::Token(name)] = parts.next()? else {
        return None;
    };
    let params = parts.map(|part| match part {
        [Word::Token(name)] => Some((name.clone(), None)),
        [Word::Token(name), Word::Mark(b'='), Word::Token(value)] => {
            Some((name.clone(), Some(value.clone())))
        }
        // "the value after quoted-string unescaping MUST conform to the 'token' ABNF"
        [Word::Token(name), Word::Mark(b'='), Word::Quoted(value)] => {
            token(value.as_bytes())?;
            Some((name.clone(), Some(value.clone())))
        }
        _ => None,
    });
    Some((name.clone(), params.collect::<Option<_>>()?))
}

fn words(line: &[u8]) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = line.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b' ' | b'\t' => {}
            b',' | b';' | b'=' => words.push(Word::Mark(byte)),
            b'"' => {
                let mut text = String::new();
                loop {
                    match rest.next()? {
                        b'"' => break,
                        b'\\' => text.push(char::from(rest.next()?)),
                        byte => text.push(char::from(byte)),
                    }
                }
                words.push(Word::Quoted(text));
            }
            byte if is_token_byte(byte) => {
                let mut text = String::from(char::from(byte));
                while let Some(byte) = rest.next_if(|byte| is_token_byte(*byte)) {
                    text.push(char::from(byte));
                }
                words.push(Word::Token(text));
            }
            _ => return None,
        }
    }
    Some(words)
}
