//! What each row does to a server.

pub(super) mod answers;
pub(super) mod broadcast;
pub(super) mod cable;
pub(super) mod churn;
pub(super) mod controls;
pub(super) mod crowds;
pub(super) mod endings;
pub(super) mod flood;
pub(super) mod fragments;
pub(super) mod lengths;
pub(super) mod payloads;
pub(super) mod probes;
pub(super) mod shutdown;
pub(super) mod slow_heads;
pub(super) mod system;
