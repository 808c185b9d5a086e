//! RFC 6455 frames as bytes and back: headers, masking, UTF-8, close codes; no_std, no I/O
