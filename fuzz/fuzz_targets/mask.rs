//! The program of the fuzz target `mask`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(mask);
