//! The test kit, tested.

mod naive;
mod pair;
mod scripted_io;
mod strategies;
