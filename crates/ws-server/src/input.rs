use crate::pool::Rent;

/// Up to this length what was read moves to a buffer of its own size, so that a callback that
/// stays pending pins what has arrived and not a whole read buffer.
const COPY_UP_TO: usize = 4 << 10;

/// What one read brought.
#[derive(Debug)]
pub(crate) enum Input {
    Copied(Box<[u8]>),
    Rented(Rent, usize),
    /// It went into the buffer of the message that is under way.
    InPlace,
}

impl Input {
    pub(crate) fn new(mut rent: Rent, len: usize) -> Self {
        if len > COPY_UP_TO {
            return Input::Rented(rent, len);
        }
        Input::Copied(rent.as_mut_slice()[..len].into())
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        match self {
            Input::Copied(bytes) => bytes,
            Input::Rented(rent, len) => &mut rent.as_mut_slice()[..*len],
            Input::InPlace => &mut [],
        }
    }
}
