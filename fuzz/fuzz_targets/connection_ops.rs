//! The program of the fuzz target `connection_ops`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(connection_ops);
