use std::fmt::{Debug, Display};

use arbitrary::Arbitrary;

use super::head_limits::HeadLimits;
use crate::Cuts;

/// So many beginnings are decoded, of each kind.
const BEGINNINGS: usize = 40;

/// The head of a message of HTTP, how much of it is allowed, and in what pieces it comes.
#[derive(Arbitrary, Debug)]
pub(super) struct Input<'a> {
    pub(super) limits: HeadLimits,
    cuts: [u8; 4],
    pub(super) head: &'a [u8],
}

/// What decoding comes to: a head and its length, `None` if more is needed, or why it is refused.
pub(super) type Decoded<T, E> = Result<Option<(T, usize)>, E>;

impl Input<'_> {
    /// Every beginning of the head comes to what the whole comes to, or needs more. What an error quotes may have been
    /// cut off, so only its kind is compared.
    pub(super) fn check_beginnings<T, E, K>(
        &self,
        whole: &Decoded<T, E>,
        decode: impl Fn(&[u8]) -> Decoded<T, E>,
        kind: impl Fn(&E) -> K,
    ) where
        T: Debug + PartialEq,
        E: Debug + Display + PartialEq,
        K: PartialEq,
    {
        let cuts = Cuts::new(self.cuts).pieces(self.head);
        let ends = cuts.scan(0, |end, piece| {
            *end += piece.len();
            Some(*end)
        });
        let everywhere = 0..self.head.len();
        let ends = ends.take(BEGINNINGS);
        for end in ends.chain(everywhere.take(BEGINNINGS)) {
            let seen = decode(&self.head[..end]);
            match (&seen, whole) {
                (Ok(None), Ok(Some((_, len)))) => assert!(end < *len, "{end}"),
                (Ok(None), _) => {}
                (Ok(Some(_)), _) => assert_eq!(seen, *whole, "{end}"),
                (Err(early), Err(late)) => {
                    assert!(kind(early) == kind(late), "{early} at {end}, then {late}");
                }
                (Err(early), Ok(_)) => panic!("{early} in the first {end} bytes, and then legal"),
            }
        }
    }
}
