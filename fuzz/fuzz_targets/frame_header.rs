//! The program of the fuzz target `frame_header`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(frame_header);
