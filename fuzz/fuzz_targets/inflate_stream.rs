//! The program of the fuzz target `inflate_stream`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(inflate_stream);
