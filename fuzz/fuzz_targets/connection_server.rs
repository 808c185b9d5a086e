//! The program of the fuzz target `connection_server`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(connection_server);
