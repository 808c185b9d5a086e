//! The program of the fuzz target `proxy_header`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(proxy_header);
