//! The program of the fuzz target `diff_tungstenite`.
#![cfg_attr(fuzzing, no_main)]
fuzz::program!(diff_tungstenite);
