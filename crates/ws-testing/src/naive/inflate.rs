/// What comes of a compressed message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inflated {
    /// As far as they could be made.
    pub bytes: Vec<u8>,
    /// The largest distance of a match.
    pub distance: usize,
    /// How many blocks had BFINAL set.
    pub finals: usize,
}

/// Inflates one message (RFC 7692 7.2.2) bit by bit and without haste, as RFC 1951 says; `before` are the bytes of the
/// messages before that it may refer to.
///
/// A block with BFINAL set ends a stream: the next begins at the next octet, with the same window, or the message ends.
/// What RFC 1951 leaves open is decided as zlib decides it:
///
/// - a set of codes has to be complete. RFC 1951 3.2.7 excepts one distance code alone, which has one bit, and no distance
///   codes; a single literal code of one bit is taken, too;
/// - there are at most 286 literal and 30 distance codes. 3.2.7 lets 32 distances be announced, of which 3.2.6 says
///   that two "will never actually occur in the compressed data".
///
/// Nothing may come of the four octets that RFC 7692 7.2.2 appends: they were cut off an empty block.
///
/// # Errors
///
/// What came until it could not go on, when it is no message, or not all of one.
///
/// ```
/// use ws_testing::naive::inflate;
///
/// // RFC 7692 7.2.3.1 and 7.2.3.2.
/// let hello = inflate(b"\xf2\x48\xcd\xc9\xc9\x07\x00", b"");
/// assert_eq!(hello.expect("an example").bytes, b"Hello");
/// let again = inflate(b"\xf2\x00\x11\x00\x00", b"Hello");
/// assert_eq!(again.expect("an example").distance, 5);
/// ```
pub fn inflate(message: &[u8], before: &[u8]) -> Result<Inflated, Inflated> {
    let data = [message, b"\x00\x00\xff\xff"].concat();
    let mut reader = Reader {
        data: &data,
        at: 0,
        end: 8 * message.len(),
        window: before.to_vec(),
        distance: 0,
        finals: 0,
    };
    let is_whole = reader.message().is_some();
    let inflated = Inflated {
        bytes: reader.window.split_off(before.len()),
        distance: reader.distance,
        finals: reader.finals,
    };
    match is_whole {
        true => Ok(inflated),
        false => Err(inflated),
    }
}

struct Reader<'a> {
    data: &'a [u8],
    /// In bits.
    at: usize,
    /// Of the message, without what is appended to it; in bits.
    end: usize,
    window: Vec<u8>,
    distance: usize,
    finals: usize,
}

/// All that begins with the code of no bits.
const ALL: usize = 1 << 15;

/// How much of all begins with one of these codes.
fn share(lengths: &[u8]) -> usize {
    let codes = lengths.iter().filter(|length| **length > 0);
    codes.map(|length| ALL >> length).sum()
}

/// RFC 1951 3.2.2: the codes of a length follow one another, in the order of the symbols.
struct Codes {
    /// How many codes have this length.
    counts: [usize; 16],
    /// By the length of their codes; the first have none.
    symbols: Vec<usize>,
}

impl Codes {
    /// From the lengths of the codes, by symbol; `None` when they are too many or too few.
    fn complete(lengths: &[u8]) -> Option<Self> {
        (share(lengths) == ALL).then(|| Self::sorted(lengths))
    }

    /// The same, or one code of one bit alone, or none.
    fn complete_or_alone(lengths: &[u8]) -> Option<Self> {
        let is_alone = share(lengths) < ALL && lengths.iter().all(|length| *length < 2);
        match is_alone {
            true => Some(Self::sorted(lengths)),
            false => Self::complete(lengths),
        }
    }

    fn sorted(lengths: &[u8]) -> Self {
        let mut counts = [0; 16];
        for length in lengths {
            counts[usize::from(*length)] += 1;
        }
        let mut symbols: Vec<usize> = (0..lengths.len()).collect();
        symbols.sort_by_key(|symbol| lengths[*symbol]);
        Self { counts, symbols }
    }
}

impl Reader<'_> {
    fn bit(&mut self) -> Option<usize> {
        let byte = self.data.get(self.at / 8)?;
        let bit = byte >> (self.at % 8) & 1;
        self.at += 1;
        Some(bit.into())
    }

    fn bits(&mut self, count: usize) -> Option<usize> {
        (0..count).try_fold(0, |value, at| Some(value | self.bit()? << at))
    }

    /// Blocks to the end of the message.
    fn message(&mut self) -> Option<()> {
        let mut is_final = false;
        while self.at < 8 * self.data.len() && !(is_final && self.at == self.end) {
            is_final = self.block()?;
            if is_final {
                self.finals += 1;
                self.at = self.at.next_multiple_of(8);
            }
        }
        Some(())
    }

    /// One byte comes of what was read.
    fn push(&mut self, byte: u8) -> Option<()> {
        (self.at <= self.end).then(|| self.window.push(byte))
    }

    /// Whether it is the last.
    fn block(&mut self) -> Option<bool> {
        let is_final = self.bit()? == 1;
        match self.bits(2)? {
            0 => self.stored()?,
            1 => {
                let literals = (0..288).map(|symbol| match symbol {
                    0..144 => 8,
                    144..256 => 9,
                    256..280 => 7,
                    _ => 8,
                });
                let literals: Vec<u8> = literals.collect();
                let distances = Codes::complete(&[5; 32])?;
                self.symbols(&Codes::complete(&literals)?, &distances)?;
            }
            2 => {
                let (literals, distances) = self.codes()?;
                self.symbols(&literals, &distances)?;
            }
            _ => return None,
        }
        Some(is_final)
    }

    fn stored(&mut self) -> Option<()> {
        self.at = self.at.next_multiple_of(8);
        let len = self.bits(16)?;
        if self.bits(16)? != 0xffff - len {
            return None;
        }
        for _ in 0..len {
            let byte = self.bits(8)?;
            self.push(byte as u8)?;
        }
        Some(())
    }

    /// RFC 1951 3.2.7.
    fn codes(&mut self) -> Option<(Codes, Codes)> {
        const ORDER: [usize; 19] = [
            16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
        ];
        let literals = 257 + self.bits(5)?;
        let distances = 1 + self.bits(5)?;
        if literals > 286 || distances > 30 {
            return None;
        }
        let count = 4 + self.bits(4)?;
        let mut lengths = vec![0; 19];
        for symbol in &ORDER[..count] {
            lengths[*symbol] = self.bits(3)? as u8;
        }
        let codes = Codes::complete(&lengths)?;
        let mut lengths: Vec<u8> = Vec::new();
        while lengths.len() < literals + distances {
            let (value, times) = match self.symbol(&codes)? {
                16 => (*lengths.last()?, 3 + self.bits(2)?),
                17 => (0, 3 + self.bits(3)?),
                18 => (0, 11 + self.bits(7)?),
                length => (length as u8, 1),
            };
            lengths.extend(vec![value; times]);
        }
        if lengths.len() > literals + distances {
            return None;
        }
        let distances = lengths.split_off(literals);
        let literals = Codes::complete_or_alone(&lengths)?;
        Some((literals, Codes::complete_or_alone(&distances)?))
    }

    fn symbol(&mut self, codes: &Codes) -> Option<usize> {
        let (mut code, mut first, mut before) = (0, 0, codes.counts[0]);
        for count in &codes.counts[1..] {
            code = code << 1 | self.bit()?;
            first <<= 1;
            if code < first + count {
                return codes.symbols.get(before + code - first).copied();
            }
            first += count;
            before += count;
        }
        None
    }

    /// RFC 1951 3.2.5.
    fn symbols(&mut self, literals: &Codes, distances: &Codes) -> Option<()> {
        loop {
            let len = match self.symbol(literals)? {
                256 => return Some(()),
                literal @ 0..256 => {
                    self.push(literal as u8)?;
                    continue;
                }
                short @ 257..265 => short - 254,
                285 => 258,
                long @ 265..285 => {
                    let extra = (long - 261) / 4;
                    3 + ((4 + (long - 261) % 4) << extra) + self.bits(extra)?
                }
                _ => return None,
            };
            let distance = match self.symbol(distances)? {
                near @ 0..4 => 1 + near,
                far @ 4..30 => {
                    let extra = (far - 2) / 2;
                    1 + ((2 + far % 2) << extra) + self.bits(extra)?
                }
                _ => return None,
            };
            self.distance = self.distance.max(distance);
            for _ in 0..len {
                let from = self.window.len().checked_sub(distance)?;
                self.push(self.window[from])?;
            }
        }
    }
}
