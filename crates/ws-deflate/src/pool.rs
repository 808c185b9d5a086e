use std::{cell::RefCell, fmt, mem};

use zlib_rs::{Deflate, Inflate};

use crate::shape::Shape;

/// Inflaters that a thread keeps for its next messages, of some 46 KiB each.
const INFLATERS: usize = 4;

/// Compressors that a thread keeps, each of another shape and of up to 484 KiB.
const COMPRESSORS: usize = 4;

/// What compressors write to before it is copied to its length: one for each thread.
const SCRATCH: usize = 16 << 10;

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool::EMPTY) };
}

/// What a thread keeps, so that connections that hold no window hold nothing.
struct Pool {
    #[expect(
        clippy::vec_box,
        reason = "they are lent in their boxes: a connection that has none holds a pointer"
    )]
    inflaters: Vec<Box<Inflate>>,
    /// The one that was used last is the last.
    compressors: Vec<(Shape, Compressor)>,
    /// `None` before the first message, and while it is lent.
    scratch: Option<Box<[u8]>>,
}

impl Pool {
    const EMPTY: Self = Self {
        inflaters: Vec::new(),
        compressors: Vec::new(),
        scratch: None,
    };
}

/// A compressor of zlib.
pub(crate) struct Compressor {
    pub(crate) deflate: Deflate,
}

impl Compressor {
    pub(crate) fn new(shape: Shape) -> Self {
        Self {
            deflate: shape.compressor(),
        }
    }

    /// Forgets what it remembers.
    pub(crate) fn reset(&mut self) {
        self.deflate.reset();
    }
}

/// Calls with room for what a compressor writes.
pub(crate) fn with_scratch<T>(call: impl FnOnce(&mut [u8]) -> T) -> T {
    let mut scratch = match POOL.try_with(|pool| pool.borrow_mut().scratch.take()) {
        Ok(Some(kept)) => kept,
        // There is none, or the thread ends.
        Ok(None) | Err(_) => vec![0; SCRATCH].into(),
    };
    let result = call(&mut scratch);
    let _ = POOL.try_with(|pool| pool.borrow_mut().scratch = Some(scratch));
    result
}

/// Calls with a compressor of this shape that remembers nothing. It must remember nothing behind
/// `Some`; what became of it behind `None` does not matter.
pub(crate) fn with_compressor<T>(
    shape: Shape,
    call: impl FnOnce(&mut Compressor) -> Option<T>,
) -> Option<T> {
    let kept = POOL.try_with(|pool| {
        let compressors = &mut pool.borrow_mut().compressors;
        let at = compressors.iter().position(|(kept, _)| *kept == shape)?;
        Some(compressors.remove(at).1)
    });
    let mut compressor = match kept {
        Ok(Some(kept)) => kept,
        // There is none, or the thread ends.
        Ok(None) | Err(_) => Compressor::new(shape),
    };
    let result = call(&mut compressor);
    if result.is_none() {
        compressor.reset();
    }
    let _ = POOL.try_with(|pool| {
        let compressors = &mut pool.borrow_mut().compressors;
        if compressors.len() >= COMPRESSORS {
            compressors.remove(0);
        }
        compressors.push((shape, compressor));
    });
    result
}

/// An inflater rented from the thread's pool for one message; it goes back when dropped.
pub(crate) struct Rent {
    inflate: Option<Box<Inflate>>,
}

impl Rent {
    /// One that remembers nothing.
    pub(crate) fn take() -> Self {
        let kept = POOL.try_with(|pool| pool.borrow_mut().inflaters.pop());
        let inflate = match kept {
            Ok(Some(mut kept)) => {
                kept.reset(false);
                kept
            }
            Ok(None) | Err(_) => Box::new(Inflate::new(false, 15)),
        };
        Self {
            inflate: Some(inflate),
        }
    }

    pub(crate) fn get(&mut self) -> &mut Inflate {
        self.inflate.as_mut().expect("there until it is dropped")
    }
}

impl Drop for Rent {
    fn drop(&mut self) {
        let inflate = mem::take(&mut self.inflate);
        let _ = POOL.try_with(|pool| {
            let inflaters = &mut pool.borrow_mut().inflaters;
            if inflaters.len() < INFLATERS {
                inflaters.extend(inflate);
            }
        });
    }
}

impl fmt::Debug for Rent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rent")
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Compressor")
    }
}
