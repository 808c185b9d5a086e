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
