use std::collections::BTreeMap;

/// Codes of the application's own (RFC 6455 7.4.2) that are told apart: peers choose from 2,000.
const OWN: usize = 64;

/// The first of them.
const FIRST_OWN: u16 = 3000;

/// More than there are others, mostly.
const OTHERS: usize = 16;

/// How often each code was seen, in their order. Memory is taken at the start.
#[derive(Debug)]
pub(crate) struct Codes {
    seen: Vec<(u16, u64)>,
}

impl Default for Codes {
    fn default() -> Self {
        let seen = Vec::with_capacity(OWN + OTHERS);
        Self { seen }
    }
}

impl Codes {
    pub(crate) fn count(&mut self, code: u16) {
        let place = self.seen.binary_search_by_key(&code, |(code, _)| *code);
        match place {
            Ok(at) => self.seen[at].1 += 1,
            Err(_) if code > FIRST_OWN && self.is_full() => self.count(FIRST_OWN),
            Err(at) => self.seen.insert(at, (code, 1)),
        }
    }

    fn is_full(&self) -> bool {
        let first = self.seen.partition_point(|(code, _)| *code <= FIRST_OWN);
        self.seen.len() - first >= OWN
    }

    pub(crate) fn map(&self) -> BTreeMap<u16, u64> {
        self.seen.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_counted() {
        let mut codes = Codes::default();
        for code in [1006, 1000, 4999, 1000, 1005, 1000] {
            codes.count(code);
        }
        let counts = [(1000, 3), (1005, 1), (1006, 1), (4999, 1)];
        assert_eq!(codes.map(), BTreeMap::from(counts));
    }

    /// Whatever peers say, it takes no more memory, and what the protocol defines is told apart.
    #[test]
    fn of_thousands_of_codes_the_first_64_are_told_apart() {
        let mut codes = Codes::default();
        let capacity = codes.seen.capacity();
        for code in (3000..5000).rev() {
            codes.count(code);
        }
        codes.count(1002);
        let map = codes.map();
        assert_eq!(map.len(), 66);
        assert_eq!((map[&4936], map[&4999], map[&1002]), (1, 1, 1));
        assert_eq!(map[&3000], 2000 - 64);
        assert_eq!(codes.seen.capacity(), capacity);
    }
}
