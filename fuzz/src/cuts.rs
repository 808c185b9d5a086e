/// Where bytes are cut into the pieces in which they arrive: sizes that come round, taken from four bytes of an input.
#[derive(Clone, Copy, Debug)]
pub struct Cuts([u8; 4]);

impl Cuts {
    /// From here on a byte stands for a number of KiB.
    const LARGE: u8 = 224;

    /// The sizes that these bytes stand for: 0 for all that is left, 1 to 223 for themselves, those above for sizes
    /// from 1 to 32 KiB.
    #[must_use]
    pub fn new(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The size that one byte stands for.
    #[must_use]
    pub fn size(byte: u8) -> usize {
        match byte {
            0 => usize::MAX,
            1..Self::LARGE => usize::from(byte),
            Self::LARGE.. => usize::from(byte - Self::LARGE + 1) * 1024,
        }
    }

    /// The sizes, over and over, without end.
    pub fn sizes(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().cycle().map(Self::size)
    }

    /// The pieces of `bytes`, none of them empty.
    pub fn pieces(self, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
        let mut rest = bytes;
        self.sizes().map_while(move |size| {
            let piece = rest.split_off(..size.min(rest.len()))?;
            (!piece.is_empty()).then_some(piece)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_are_the_whole_again() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|i| i as u8).collect();
        for cuts in [[0; 4], [1; 4], [1, 0, 0, 0], [7, 223, 224, 255]] {
            let pieces: Vec<&[u8]> = Cuts::new(cuts).pieces(&bytes).collect();
            assert_eq!(pieces.concat(), bytes, "{cuts:?}");
        }
        let sizes: Vec<usize> = Cuts::new([1, 223, 224, 255]).sizes().take(5).collect();
        assert_eq!(sizes, [1, 223, 1024, 32 * 1024, 1]);
    }
}
