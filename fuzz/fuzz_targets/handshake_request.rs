//! The program of the fuzz target `handshake_request`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(handshake_request);
