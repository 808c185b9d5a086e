//! The program of the fuzz target `utf8_stream`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(utf8_stream);
