//! The sending half: messages to bytes.

mod batch;
mod closing;
mod control;
mod failing;
mod frames;
mod limits;
mod masking;
mod outbox;
mod overflow_model;
mod overflowing;
mod queue;
