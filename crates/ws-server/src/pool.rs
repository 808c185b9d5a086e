use std::cell::RefCell;

/// Bytes of a read buffer: a read that fills less has emptied the socket.
pub(crate) const BUFFER_BYTES: usize = 64 << 10;

/// Buffers that a thread keeps for its next reads.
const KEPT: usize = 8;

thread_local! {
    static POOL: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
}

/// A read buffer rented from the thread's pool; it goes back when dropped. An idle connection
/// holds none.
#[derive(Debug)]
pub(crate) struct Rent {
    buffer: Box<[u8]>,
}

impl Rent {
    pub(crate) fn take() -> Self {
        let kept = POOL.with(|pool| pool.borrow_mut().pop());
        let buffer = kept.unwrap_or_else(|| vec![0; BUFFER_BYTES].into_boxed_slice());
        Self { buffer }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.buffer
    }
}

impl Drop for Rent {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        // The pool is gone while the thread ends; then the buffer is simply freed.
        let _ = POOL.try_with(|pool| {
            let mut pool = pool.borrow_mut();
            if pool.len() < KEPT {
                pool.push(buffer);
            }
        });
    }
}

/// How many buffers this thread keeps.
#[cfg(test)]
pub(crate) fn kept() -> usize {
    POOL.with_borrow(Vec::len)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_buffer_goes_back_and_is_rented_again() {
        assert_eq!(kept(), 0);
        let mut rent = Rent::take();
        rent.as_mut_slice()[0] = 7;
        drop(rent);
        assert_eq!(kept(), 1);
        let mut again = Rent::take();
        assert_eq!(kept(), 0);
        assert_eq!(again.as_mut_slice()[0], 7);
        assert_eq!(again.as_mut_slice().len(), BUFFER_BYTES);
    }

    #[test]
    fn a_thread_keeps_few_buffers_however_many_were_rented() {
        let rents: Vec<Rent> = (0..3 * KEPT).map(|_| Rent::take()).collect();
        drop(rents);
        assert_eq!(kept(), KEPT);
    }

    #[test]
    fn a_buffer_that_moves_to_another_thread_stays_there() {
        let rent = Rent::take();
        let moved = thread::spawn(move || {
            drop(rent);
            kept()
        });
        assert_eq!(moved.join().expect("no panic"), 1);
        assert_eq!(kept(), 0);
    }

    /// Connections that a thread's own storage holds are dropped when the pool is gone already.
    #[test]
    fn a_buffer_may_outlive_the_pool_of_its_thread() {
        thread_local! {
            static LAST: RefCell<Option<Rent>> = const { RefCell::new(None) };
        }
        let hold_before_pool = thread::spawn(|| {
            LAST.set(None);
            LAST.set(Some(Rent::take()));
        });
        let hold_after_pool = thread::spawn(|| {
            let rent = Rent::take();
            LAST.set(Some(rent));
        });
        hold_before_pool.join().expect("no panic");
        hold_after_pool.join().expect("no panic");
    }
}
