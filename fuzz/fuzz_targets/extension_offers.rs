//! The program of the fuzz target `extension_offers`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(extension_offers);
