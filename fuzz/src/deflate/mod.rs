mod inflate;
mod roundtrip;

pub use inflate::inflate_stream;
pub use roundtrip::deflate_roundtrip;
