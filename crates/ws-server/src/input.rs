use crate::pool::Rent;

/// Up to this length what was read moves to a buffer of its own size, so that a callback that
/// stays pending pins what has arrived and not a whole read buffer.
const COPY_UP_TO: usize = 4 << 10;

/// What one read brought.
#[derive(Debug)]
pub(crate) enum Input {
    Copied(Box<[u8]>),
    Rented(Rent, usize),
    /// So many bytes went into the buffer of the message that is under way.
    InPlace(usize),
}

impl Input {
    pub(crate) fn new(mut rent: Rent, len: usize) -> Self {
        if len > COPY_UP_TO {
            return Input::Rented(rent, len);
        }
        Input::Copied(rent.as_mut_slice()[..len].into())
    }

    /// Bytes that the read brought.
    pub(crate) fn len(&self) -> usize {
        match self {
            Input::Copied(bytes) => bytes.len(),
            &Input::Rented(_, len) | &Input::InPlace(len) => len,
        }
    }

    /// The last `left` bytes, which will wait for long: the rented buffer goes back.
    pub(crate) fn keep(&mut self, left: usize) -> &mut [u8] {
        if let Input::Rented(..) = self {
            *self = Input::Copied(last(self.as_mut_slice(), left).to_vec().into());
        }
        last(self.as_mut_slice(), left)
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        match self {
            Input::Copied(bytes) => bytes,
            Input::Rented(rent, len) => &mut rent.as_mut_slice()[..*len],
            Input::InPlace(_) => &mut [],
        }
    }
}

fn last(bytes: &mut [u8], left: usize) -> &mut [u8] {
    let start = bytes.len() - left;
    &mut bytes[start..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::kept;

    /// A57: ten thousand callbacks that stay pending after a small read pin what they got.
    #[test]
    fn a_small_read_is_copied_to_its_size_and_its_buffer_is_free_again() {
        for len in [1, 64, COPY_UP_TO] {
            let mut rent = Rent::take();
            rent.as_mut_slice()[..len].fill(7);
            let before = kept();
            let mut input = Input::new(rent, len);
            assert_eq!(kept(), before + 1, "{len}");
            assert!(matches!(&input, Input::Copied(bytes) if bytes.len() == len));
            assert_eq!(input.as_mut_slice(), vec![7; len]);
        }
    }

    #[test]
    fn a_large_read_stays_in_its_buffer() {
        let mut rent = Rent::take();
        rent.as_mut_slice()[COPY_UP_TO] = 7;
        let before = kept();
        let mut input = Input::new(rent, COPY_UP_TO + 1);
        assert_eq!(kept(), before);
        assert_eq!(input.as_mut_slice().len(), COPY_UP_TO + 1);
        assert_eq!(input.as_mut_slice().last(), Some(&7));
        drop(input);
        assert_eq!(kept(), before + 1);
    }

    /// What waits for its rate may wait for long.
    #[test]
    fn what_is_kept_of_a_read_is_copied_to_its_size_once() {
        let mut rent = Rent::take();
        rent.as_mut_slice()[COPY_UP_TO - 1..=COPY_UP_TO].fill(7);
        let before = kept();
        let mut input = Input::new(rent, COPY_UP_TO + 1);
        assert_eq!(input.keep(2), [7, 7]);
        assert_eq!(kept(), before + 1);
        assert!(matches!(&input, Input::Copied(bytes) if bytes.len() == 2));
        assert_eq!(input.keep(1), [7]);
        assert_eq!(input.keep(0), []);
    }

    #[test]
    fn what_was_read_into_place_is_no_input() {
        assert!(Input::InPlace(1).as_mut_slice().is_empty());
    }
}
