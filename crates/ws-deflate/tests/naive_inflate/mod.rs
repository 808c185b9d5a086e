//! An inflater that is easy to check against RFC 1951, bit by bit and without haste.

/// What came of a compressed message.
#[derive(Debug)]
pub(crate) struct Inflated {
    pub(crate) bytes: Vec<u8>,
    /// The largest distance of a match.
    pub(crate) distance: usize,
}

/// Inflates one message (RFC 7692 7.2.2), with the bytes of the messages before that it may refer to; `None` when that
/// cannot be.
pub(crate) fn inflate(message: &[u8], before: &[u8]) -> Option<Inflated> {
    let data = [message, b"\x00\x00\xff\xff"].concat();
    let mut reader = Reader {
        data: &data,
        at: 0,
        window: before.to_vec(),
        distance: 0,
    };
    while reader.at < 8 * data.len() {
        reader.block()?;
    }
    Some(Inflated {
        bytes: reader.window.split_off(before.len()),
        distance: reader.distance,
    })
}

struct Reader<'a> {
    data: &'a [u8],
    /// In bits.
    at: usize,
    window: Vec<u8>,
    distance: usize,
}

/// RFC 1951 3.2.2: the codes of a length follow one another, in the order of the symbols.
struct Codes {
    /// How many codes have this length.
    counts: [usize; 16],
    /// By the length of their codes; the first have none.
    symbols: Vec<usize>,
}

impl Codes {
    /// From the lengths of the codes, by symbol.
    fn new(lengths: &[u8]) -> Self {
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

    fn block(&mut self) -> Option<()> {
        let _is_final = self.bit()?;
        match self.bits(2)? {
            0 => self.stored(),
            1 => {
                let literals = (0..288).map(|symbol| match symbol {
                    0..144 => 8,
                    144..256 => 9,
                    256..280 => 7,
                    _ => 8,
                });
                let literals: Vec<u8> = literals.collect();
                self.symbols(&Codes::new(&literals), &Codes::new(&[5; 30]))
            }
            2 => {
                let (literals, distances) = self.codes()?;
                self.symbols(&literals, &distances)
            }
            _ => None,
        }
    }

    fn stored(&mut self) -> Option<()> {
        self.at = self.at.next_multiple_of(8);
        let len = self.bits(16)?;
        if self.bits(16)? != 0xffff - len {
            return None;
        }
        for _ in 0..len {
            let byte = self.bits(8)?;
            self.window.push(byte as u8);
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
        let count = 4 + self.bits(4)?;
        let mut lengths = vec![0; 19];
        for symbol in &ORDER[..count] {
            lengths[*symbol] = self.bits(3)? as u8;
        }
        let codes = Codes::new(&lengths);
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
        let distances = lengths.split_off(literals);
        Some((Codes::new(&lengths), Codes::new(&distances)))
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
                    self.window.push(literal as u8);
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
                self.window.push(self.window[from]);
            }
        }
    }
}
