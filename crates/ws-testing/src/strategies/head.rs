use proptest::{collection::vec, prelude::*, sample::Index};

/// The head of an HTTP message as its bytes say it, legal or not: nothing is checked, nothing is added but line ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The request line or the status line.
    pub first: String,
    /// The header lines.
    pub lines: Vec<String>,
}

impl Head {
    /// The bytes, with the empty line at the end.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let lines = std::iter::once(&self.first).chain(&self.lines);
        let mut bytes: Vec<u8> = lines
            .flat_map(|line| format!("{line}\r\n").into_bytes())
            .collect();
        bytes.extend(b"\r\n");
        bytes
    }

    /// Puts these lines where the lines of this header are; no lines take the header away.
    pub fn replace(&mut self, name: &str, lines: &[String]) {
        let is_named = |line: &String| {
            let (before, _) = line.split_once(':').unwrap_or_default();
            before.eq_ignore_ascii_case(name)
        };
        self.lines.retain(|line| !is_named(line));
        self.lines.extend_from_slice(lines);
    }
}

/// One thing that is wrong with a head; it may be legal by chance.
#[derive(Clone, Debug)]
pub enum HeadFlaw {
    /// This first line.
    First(String),
    /// A header with these values, each in a line of its own, or with none.
    Values(&'static str, Vec<String>),
    /// This line, somewhere.
    Line(Index, String),
    /// A line comes twice.
    Twice(Index),
    /// A line is missing.
    Missing(Index),
    /// A line ends with LF alone.
    LoneLineFeed(Index),
    /// A byte is another one.
    Byte(Index, u8),
    /// It ends here.
    End(Index),
}

impl HeadFlaw {
    /// The bytes of the head with this flaw.
    #[must_use]
    pub fn apply(&self, mut head: Head) -> Vec<u8> {
        self.change(&mut head);
        let mut bytes = head.encode();
        match self {
            HeadFlaw::LoneLineFeed(at) => {
                let ends: Vec<_> = (0..bytes.len()).filter(|&i| bytes[i] == b'\r').collect();
                bytes.remove(*at.get(&ends));
            }
            HeadFlaw::Byte(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            HeadFlaw::End(at) => bytes.truncate(at.index(bytes.len())),
            HeadFlaw::First(_)
            | HeadFlaw::Values(..)
            | HeadFlaw::Line(..)
            | HeadFlaw::Twice(_)
            | HeadFlaw::Missing(_) => {}
        }
        bytes
    }

    /// What can be said in lines.
    pub(super) fn change(&self, head: &mut Head) {
        let len = head.lines.len();
        match self {
            HeadFlaw::First(line) => head.first.clone_from(line),
            HeadFlaw::Values(name, values) => {
                let lines: Vec<_> = values
                    .iter()
                    .map(|value| format!("{name}: {value}"))
                    .collect();
                head.replace(name, &lines);
            }
            HeadFlaw::Line(at, line) => head.lines.insert(at.index(len + 1), line.clone()),
            HeadFlaw::Twice(at) => {
                let line = at.get(&head.lines).clone();
                head.lines.push(line);
            }
            HeadFlaw::Missing(at) => {
                head.lines.remove(at.index(len));
            }
            HeadFlaw::LoneLineFeed(_) | HeadFlaw::Byte(..) | HeadFlaw::End(_) => {}
        }
    }
}

/// What a head has of odd values: first lines, and for the headers their names and values. A bar in a value parts the
/// values of two lines.
pub(super) struct Odd {
    pub(super) first: &'static [&'static str],
    pub(super) values: &'static [(&'static str, &'static [&'static str])],
}

/// Lines that belong into no head.
const ODD_LINES: &[&str] = &[
    "X",
    ": a",
    "X : a",
    " X: a",
    "X: a\r\n b",
    "X: a\u{0}b",
    "X: a\u{7}b",
    "X: a\u{7f}b",
    "X: a\rb",
    "X(: a",
    "X: caf\u{e9}",
    "X-\u{e9}: a",
    "",
];

/// Any flaw of such a head.
pub(super) fn head_flaw(odd: &'static Odd) -> impl Strategy<Value = HeadFlaw> {
    let value = prop::sample::select(odd.values).prop_flat_map(|(name, values)| {
        prop::sample::select(values).prop_map(move |value| {
            HeadFlaw::Values(name, value.split('|').map(str::to_owned).collect())
        })
    });
    let byte = prop_oneof![
        any::<u8>(),
        prop::sample::select(b" \t,;=\"\\/:\r\n\0".to_vec()),
    ];
    prop_oneof![
        2 => prop::sample::select(odd.first).prop_map(|line| HeadFlaw::First(line.to_owned())),
        8 => value,
        1 => (any::<Index>(), prop::sample::select(ODD_LINES))
            .prop_map(|(at, line)| HeadFlaw::Line(at, line.to_owned())),
        2 => any::<Index>().prop_map(HeadFlaw::Twice),
        3 => any::<Index>().prop_map(HeadFlaw::Missing),
        1 => any::<Index>().prop_map(HeadFlaw::LoneLineFeed),
        3 => (any::<Index>(), byte).prop_map(|(at, byte)| HeadFlaw::Byte(at, byte)),
        1 => any::<Index>().prop_map(HeadFlaw::End),
    ]
    .boxed()
}

/// A header line with this value, its name and the space around the value in any way that says the same.
pub(super) fn field(
    name: &'static str,
    value: impl Strategy<Value = String> + 'static,
) -> impl Strategy<Value = String> {
    let names = vec![name.to_owned(), name.to_lowercase(), name.to_uppercase()];
    let space = prop::sample::select(&[(" ", ""), ("", ""), ("\t  ", " \t"), (" ", " ")][..]);
    (prop::sample::select(names), space, value)
        .prop_map(|(name, (before, after), value)| format!("{name}:{before}{value}{after}"))
        .boxed()
}

/// The lines of a comma list: some of these elements, in any order, in one line or two, with empty elements or
/// without.
pub(super) fn list_lines(
    name: &'static str,
    elements: &'static [&'static str],
) -> impl Strategy<Value = Vec<String>> {
    let some = prop::sample::subsequence(elements, 1..=elements.len()).prop_shuffle();
    let comma = prop::sample::select(&[", ", ",", " ,\t", ",, ", ", ,"][..]);
    let lines = (some, comma, any::<Index>(), 0..3).prop_map(|(some, comma, at, two)| {
        let at = at.index(some.len());
        match two == 0 && at > 0 {
            true => vec![some[..at].join(comma), some[at..].join(comma)],
            false => vec![some.join(comma)],
        }
    });
    lines.prop_flat_map(move |lines| {
        let fields = lines.into_iter().map(|line| field(name, Just(line)));
        fields.collect::<Vec<_>>()
    })
}

/// Lines that may be there and mean nothing here.
pub(super) fn other_lines() -> impl Strategy<Value = Vec<String>> {
    let line = prop_oneof![
        field("Cookie", Just("a=b; c=\"d\"".to_owned())),
        field("User-Agent", Just("test/1 (x; y)".to_owned())),
        field("X-Empty", Just(String::new())),
        field("X-Name", Just("caf\u{e9}".to_owned())),
        field("Accept-Language", Just("de,en;q=0.5".to_owned())),
    ];
    vec(line, 0..3)
}
