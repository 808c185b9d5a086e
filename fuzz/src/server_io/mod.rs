mod action;
mod actor;
mod input;
mod run;
mod step;
mod transport;
mod verdict;

use input::Input;

/// A served connection survives its transport, its callbacks and the end of its own future.
///
/// The transport moves bytes in any sizes, has nothing or no room at any call, for a while or for ever, and breaks at
/// any call; callbacks wait, send, close, abort, and never return; others send, close and abort through a handle
/// meanwhile; the future is dropped after any poll. The time is that of a paused clock. Then: what the callbacks see is
/// what the naive receiver sees, what the peer reads is what was sent, each as far as it goes and nothing of it
/// twice; there is at most one Close, and nothing behind it; a callback runs alone; `on_close` runs once if `on_open`
/// did, unless the future was dropped; a task that is polled gets on, a connection ends in the time that its limits
/// give, and an abort ends it at once. When nobody stops, breaks or waits, no time passes at all: a wake-up that is
/// lost would cost some.
///
/// The input: a byte of settings; after how many polls the future is dropped, 0 for never; the lengths of three lists;
/// what the transport does at each call; what each callback does; what is done through the handle after each poll;
/// then what the peer sends. The settings, from the lowest bit: that begins with its own request; it does not end;
/// writes may be vectored; the queue is small; three bits for how often the steps come round.
pub fn server_io(data: &[u8]) {
    if let Some(input) = Input::read(data) {
        verdict::check(&input, &run::run(&input));
    }
}
