use std::{cell::RefCell, fmt, mem};

use zlib_rs::{Deflate, Inflate};

use crate::shape::Shape;

/// Inflaters that a thread keeps for its next messages, of some 46 KiB each.
const INFLATERS: usize = 4;

/// Compressors that a thread keeps, each of another shape and of up to 368 KiB.
const COMPRESSORS: usize = 4;

/// What a compressor writes to before it is copied to its length.
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
}

impl Pool {
    const EMPTY: Self = Self {
        inflaters: Vec::new(),
        compressors: Vec::new(),
    };
}

/// A compressor and the room that it writes to.
pub(crate) struct Compressor {
    pub(crate) deflate: Deflate,
    pub(crate) scratch: Box<[u8]>,
}

impl Compressor {
    pub(crate) fn new(shape: Shape) -> Self {
        Self {
            deflate: shape.compressor(),
            scratch: vec![0; SCRATCH].into(),
        }
    }
}

/// Calls with a compressor of this shape that remembers nothing.
pub(crate) fn with_compressor<T>(shape: Shape, call: impl FnOnce(&mut Compressor) -> T) -> T {
    let kept = POOL.try_with(|pool| {
        let compressors = &mut pool.borrow_mut().compressors;
        let at = compressors.iter().position(|(kept, _)| *kept == shape)?;
        Some(compressors.remove(at).1)
    });
    let mut compressor = match kept {
        Ok(Some(mut kept)) => {
            kept.deflate.reset();
            kept
        }
        // There is none, or the thread ends.
        Ok(None) | Err(_) => Compressor::new(shape),
    };
    let result = call(&mut compressor);
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
