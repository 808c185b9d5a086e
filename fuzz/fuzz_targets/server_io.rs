//! The program of the fuzz target `server_io`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(server_io);
