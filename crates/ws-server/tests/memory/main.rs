//! What connections hold while they wait, and when they are gone (R1, R4; A15, A26, A47, A57).
//!
//! The allocator counts per thread, and everything here runs on the thread of its test.

mod idle;
mod listening;
mod rounds;
mod script;
mod serving;
mod under_way;

use ws_server::{Client, Handler, Message};

/// What a connection holds while it waits: without the socket, the task's header and what the system holds.
const IDLE: i64 = 728;

/// Sends back what comes.
#[derive(Clone)]
struct Echo;

impl Handler for Echo {
    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        client.send(message);
    }
}
