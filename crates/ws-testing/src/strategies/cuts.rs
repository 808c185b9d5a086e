use proptest::{collection::vec, prelude::*};

/// Where a byte string is cut into the pieces in which it arrives, whatever its length.
#[derive(Clone, Debug)]
pub struct Cuts {
    sizes: Vec<usize>,
}

impl Cuts {
    /// Pieces of these sizes, over and over.
    ///
    /// # Panics
    ///
    /// When there is no size, or a size of 0.
    #[must_use]
    pub fn new(sizes: impl Into<Vec<usize>>) -> Self {
        let sizes = sizes.into();
        assert!(!sizes.is_empty() && !sizes.contains(&0), "no pieces");
        Self { sizes }
    }

    /// The sizes, over and over, without end.
    pub fn sizes(&self) -> impl Iterator<Item = usize> + '_ {
        self.sizes.iter().copied().cycle()
    }

    /// The pieces of `bytes`.
    pub fn pieces<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = bytes;
        self.sizes()
            .map_while(move |size| rest.split_off(..size.min(rest.len())))
            .take_while(|piece| !piece.is_empty())
    }
}

/// Any cuts: single bytes, a few, many, or everything in one piece.
pub fn cuts() -> impl Strategy<Value = Cuts> {
    let size = prop_oneof![
        3 => 1_usize..4,
        3 => 1_usize..40,
        2 => 100_usize..5_000,
        2 => 10_000_usize..70_000,
    ];
    prop_oneof![
        1 => Just(Cuts::new([1])),
        1 => Just(Cuts::new([usize::MAX])),
        8 => vec(size, 1..12).prop_map(Cuts::new),
    ]
}
