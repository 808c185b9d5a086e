//! Whole endpoints on the pair, with a clock that moves when told to: closing, timers, any order of operations.

mod ageing;
mod alone;
mod client;
mod closing;
mod deadlines;
mod keepalive;
mod model;
mod pausing;
mod stall;
mod times;
