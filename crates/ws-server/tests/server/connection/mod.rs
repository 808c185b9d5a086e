//! One connection behind its handshake.

mod aborting;
mod ageing;
mod closing;
mod congestion;
mod control;
mod dropping;
mod echo;
mod endings;
mod failing;
mod fairness;
mod keepalive;
mod logging;
mod oracle;
mod own_handle;
mod panics;
mod pending;
mod rates;
mod record;
mod refilling;
mod scripted;
mod slow_callbacks;
mod slow_readers;
