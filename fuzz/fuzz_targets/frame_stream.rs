//! The program of the fuzz target `frame_stream`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(frame_stream);
