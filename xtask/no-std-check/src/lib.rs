//! Links ws-frame without std. std brings a panic handler of its own, so that this crate does not build
//! when anything below it pulls std in: the compiler finds the handler twice.

#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

use ws_frame::FrameHeader;

/// No program runs this, so there is no memory to give.
struct NoMemory;

// SAFETY: null is the answer of an allocator that has no memory, and nothing was given that could come back.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: NoMemory = NoMemory;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Something that reaches into the crate, so that it is linked.
pub fn is_header(bytes: &[u8]) -> bool {
    matches!(FrameHeader::decode(bytes), Ok(Some(_)))
}
