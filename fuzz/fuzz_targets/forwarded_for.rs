//! The program of the fuzz target `forwarded_for`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(forwarded_for);
