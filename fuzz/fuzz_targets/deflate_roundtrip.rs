//! The program of the fuzz target `deflate_roundtrip`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(deflate_roundtrip);
