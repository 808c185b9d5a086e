//! The program of the fuzz target `header_lists`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(header_lists);
