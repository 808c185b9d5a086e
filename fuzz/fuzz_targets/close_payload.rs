//! The program of the fuzz target `close_payload`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(close_payload);
