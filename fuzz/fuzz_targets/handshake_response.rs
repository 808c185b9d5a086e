//! The program of the fuzz target `handshake_response`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(handshake_response);
