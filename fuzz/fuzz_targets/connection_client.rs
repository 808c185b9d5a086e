//! The program of the fuzz target `connection_client`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(connection_client);
