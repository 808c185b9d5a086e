use std::{
    fmt,
    sync::PoisonError,
    task::{Context, Poll, Waker},
};

use ws_connection::{Compress, Extension, Message, Overflow, SendError, SendOptions, Sender};
use ws_deflate::{Deflater, PermessageDeflate, Prepared};

use crate::{
    Client, Handle, NoRoom, Peer, Ready, Sent,
    outgoing::Outgoing,
    sync::{Arc, AtomicBool, Mutex, MutexGuard, Ordering},
    waiters::{Ticket, Waiters, Woken},
};

mod guard;

pub use guard::SenderGuard;

/// The [`Sender`] of one connection, shared by its driver, its [`Client`] and its [`Handle`]s.
///
/// For those who bind handlers to a runtime or to a transport of their own; applications use
/// [`Client`] and [`Handle`]. The lock is held for the time of encoding, never across a write or
/// an await. Payloads may end under it, so an owner behind [`Bytes::from_owner`](bytes::Bytes::from_owner)
/// must not use its own connection when it is dropped.
#[derive(Clone, Debug)]
pub struct Outlet {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    locked: Mutex<Locked>,
    /// Somebody asked for the end of the connection, a pending callback included.
    aborted: AtomicBool,
    /// The connection has failed at the limit of its queue.
    overrun: AtomicBool,
    /// What was agreed on.
    deflate: Option<Box<PermessageDeflate>>,
}

struct Locked {
    sender: Sender,
    /// The driver's, until somebody has woken it.
    waker: Option<Waker>,
    /// Tasks that wait for room; while there are any.
    waiters: Option<Box<Waiters>>,
}

impl fmt::Debug for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sender.fmt(f)
    }
}

impl Outlet {
    /// Shares `sender`.
    #[must_use]
    pub fn new(sender: Sender) -> Self {
        Self::shared(sender, None)
    }

    /// Shares `sender`, of a connection that agreed on this. Messages that refer to no other are
    /// deflated before the lock is taken; for others the sender gets its encoder here.
    #[must_use]
    pub fn with_deflate(sender: Sender, deflate: PermessageDeflate) -> Self {
        // Where every message may give way, none may be referred to.
        let deflate = match sender.config().overflow() {
            Overflow::DropOldest => deflate.without_takeover(),
            _ => deflate,
        };
        let sender = match deflate.deflater() {
            Some(_) => sender.with_rsv(deflate.rsv()),
            None => sender.with_extension(&deflate),
        };
        Self::shared(sender, Some(Box::new(deflate)))
    }

    fn shared(sender: Sender, deflate: Option<Box<PermessageDeflate>>) -> Self {
        let locked = Locked {
            sender,
            waker: None,
            waiters: None,
        };
        let shared = Shared {
            locked: Mutex::new(locked),
            aborted: AtomicBool::new(false),
            overrun: AtomicBool::new(false),
            deflate,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// What callbacks send through; one for each connection.
    #[must_use]
    pub fn client(&self, peer: Peer) -> Client {
        Client::new(self.clone(), peer)
    }

    /// What other tasks send through.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::new(self.clone())
    }

    /// The sender, until the guard is dropped. A lock that a panic poisoned is entered all the
    /// same: no callback runs under it.
    pub fn lock(&self) -> SenderGuard<'_> {
        SenderGuard::new(&self.shared, self.enter(), None)
    }

    /// The same, and the task of `cx` will be woken when a [`Handle`] changes something.
    pub fn lock_and_register(&self, cx: &Context<'_>) -> SenderGuard<'_> {
        let mut locked = self.enter();
        let replaced = match &locked.waker {
            Some(waker) if waker.will_wake(cx.waker()) => None,
            Some(_) | None => locked.waker.replace(cx.waker().clone()),
        };
        SenderGuard::new(&self.shared, locked, replaced)
    }

    /// Sends a message, and says whether the queue is congested then. For one that is queued behind the
    /// others this is all; who has to be told otherwise is looked for only then.
    #[inline]
    pub(crate) fn send(&self, message: Message<'_>) -> (Sent, bool) {
        let mut locked = self.enter();
        if locked.sender.config().overflow() == Overflow::DropOldest {
            return self.send_apart(locked, message);
        }
        match locked.sender.send(message) {
            Ok(()) => (Sent::Queued, locked.sender.is_congested()),
            Err(error) => self.refused(locked, &error),
        }
    }

    #[cold]
    fn send_apart(&self, locked: MutexGuard<'_, Locked>, message: Message<'_>) -> (Sent, bool) {
        let mut guard = SenderGuard::new(&self.shared, locked, None);
        let sent = Sent::from(guard.send_with(message, SendOptions::default()));
        (sent, guard.is_congested())
    }

    #[cold]
    fn refused(&self, locked: MutexGuard<'_, Locked>, error: &SendError<'_>) -> (Sent, bool) {
        let guard = SenderGuard::new(&self.shared, locked, None);
        (Sent::from(error), guard.is_congested())
    }

    /// The connection is gone: what is sent from now on is refused, and nobody is woken.
    pub fn retire(&self) {
        let mut locked = self.enter();
        locked.sender.abort();
        let waker = locked.waker.take();
        let woken = locked.relieved();
        drop(locked);
        // Outside the lock: the last waker of a task frees it.
        drop((waker, woken));
    }

    pub(crate) fn ready(&self) -> Ready {
        Ready::new(self.clone())
    }

    /// Whether there is room; else the task of `cx` is woken when it is worth asking again.
    pub(crate) fn poll_ready(
        &self,
        cx: &Context<'_>,
        ticket: &mut Option<Ticket>,
    ) -> Poll<Result<(), NoRoom>> {
        let mut locked = self.enter();
        let Locked {
            sender, waiters, ..
        } = &mut *locked;
        let answer = match (sender.is_open(), sender.is_congested()) {
            (false, _) => Err(NoRoom),
            (true, false) => Ok(()),
            (true, true) => {
                let replaced = waiters.get_or_insert_default().register(ticket, cx.waker());
                drop(locked);
                // Outside the lock: the last waker of a task frees it.
                drop(replaced);
                return Poll::Pending;
            }
        };
        let left = leave(waiters, ticket);
        drop(locked);
        drop(left);
        Poll::Ready(answer)
    }

    /// A task waits no longer.
    pub(crate) fn leave(&self, ticket: &mut Option<Ticket>) {
        let mut locked = self.enter();
        let left = leave(&mut locked.waiters, ticket);
        drop(locked);
        drop(left);
    }

    pub(crate) fn deflate(&self) -> Option<&PermessageDeflate> {
        self.shared.deflate.as_deref()
    }

    /// Whether this message is deflated before the lock is taken.
    #[inline]
    pub(crate) fn deflates(&self, message: &Message<'_>) -> bool {
        let deflater = self.deflate().and_then(PermessageDeflate::deflater);
        deflater.is_some_and(|deflater| deflater.tries(message))
    }

    /// The same of a message that is sent so.
    pub(crate) fn deflates_with(&self, message: &Message<'_>, options: SendOptions) -> bool {
        let deflater = self.deflater_of(options);
        deflater.is_some_and(|deflater| deflater.tries(message))
    }

    /// What deflates a message that is sent so, before the lock is taken: where messages refer to
    /// earlier ones, only those that may give way.
    fn deflater_of(&self, options: SendOptions) -> Option<&Deflater> {
        let deflate = self.deflate()?;
        match options.gives_way(Overflow::DropNewest) {
            true => Some(deflate.independent_deflater()),
            false => deflate.deflater(),
        }
    }

    /// The message deflated. A look at the queue goes before that work: a peer that does not read is
    /// sent to in vain, and perhaps often.
    pub(crate) fn deflated<'a>(
        &self,
        message: Message<'a>,
        options: SendOptions,
    ) -> Result<Outgoing<'a>, SendError<'a>> {
        let message = self.ask(|sender| sender.admit(message, options))?;
        let deflater = self.deflater_of(options);
        let encoded = deflater.and_then(|deflater| deflater.encode(&message));
        Ok(Outgoing::new(message, encoded))
    }

    /// The prepared message. It is deflated once for all who are sent it, so nothing is looked at
    /// before; and if it did not become shorter then, no connection tries it again.
    pub(crate) fn prepared(&self, prepared: &Prepared) -> Outgoing<'static> {
        let encoded = self.deflate().and_then(|deflate| deflate.encoded(prepared));
        let message = prepared.message().clone();
        match encoded {
            Some(_) => Outgoing::new(message, encoded),
            None => Outgoing::new(message.with_compress(Compress::Never), None),
        }
    }

    /// Changes the sender and wakes the driver.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Sender)) {
        let mut locked = self.enter();
        change(&mut locked.sender);
        self.wake(locked);
    }

    /// Asks the sender for something, and wakes the driver unless it was refused: a full queue
    /// that many send to would keep its task busy with nothing.
    pub(crate) fn request<T, E>(
        &self,
        request: impl FnOnce(&mut Sender) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut locked = self.enter();
        let was_open = locked.sender.is_open();
        let answer = request(&mut locked.sender);
        if answer.is_ok() || was_open != locked.sender.is_open() {
            self.wake(locked);
        }
        answer
    }

    /// The same, and the driver is woken only if the answer was the end of the connection.
    fn ask<T>(&self, ask: impl FnOnce(&mut Sender) -> T) -> T {
        let mut locked = self.enter();
        let was_open = locked.sender.is_open();
        let answer = ask(&mut locked.sender);
        if was_open != locked.sender.is_open() {
            self.wake(locked);
        }
        answer
    }

    /// Ends the connection and wakes the driver.
    pub(crate) fn abort(&self) {
        let mut locked = self.enter();
        locked.sender.abort();
        self.shared.aborted.store(true, Ordering::Release);
        self.wake(locked);
    }

    /// Whether the connection was aborted: even a pending callback is to be dropped.
    #[must_use]
    pub fn is_aborted(&self) -> bool {
        self.shared.aborted.load(Ordering::Acquire)
    }

    /// Whether the connection has failed at the limit of its queue
    /// ([`Overflow::Close`]). "An endpoint MUST NOT continue to attempt to process data (including a
    /// responding Close frame) from the remote endpoint" then (RFC 6455 7.1.7): what comes is discarded.
    #[inline]
    #[must_use]
    pub fn is_overrun(&self) -> bool {
        self.shared.overrun.load(Ordering::Acquire)
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.shared).addr()
    }

    fn enter(&self) -> MutexGuard<'_, Locked> {
        self.shared
            .locked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Letting others know.
impl Outlet {
    /// Wakers are called outside the lock: they may run anything.
    fn wake(&self, mut locked: MutexGuard<'_, Locked>) {
        self.shared.note_overrun(&locked.sender);
        let waker = locked.waker.take();
        let woken = locked.relieved();
        drop(locked);
        drop(woken);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Shared {
    #[inline]
    fn note_overrun(&self, sender: &Sender) {
        if sender.overrun().is_some() {
            self.overrun.store(true, Ordering::Release);
        }
    }
}

impl Locked {
    /// Those who wait for room, when it is worth asking again.
    #[inline]
    fn relieved(&mut self) -> Option<Woken> {
        match &self.waiters {
            None => None,
            Some(_) => self.relieved_waiters(),
        }
    }

    #[cold]
    fn relieved_waiters(&mut self) -> Option<Woken> {
        let waits_on = self.sender.is_open() && self.sender.is_congested();
        let waiters = self.waiters.as_mut().filter(|_| !waits_on)?;
        Some(waiters.take_all())
    }
}

/// The waker of a task that waits no longer, to be dropped outside the lock.
fn leave(waiters: &mut Option<Box<Waiters>>, ticket: &mut Option<Ticket>) -> Option<Waker> {
    let list = waiters.as_mut()?;
    let waker = list.leave(ticket.take()?);
    if list.is_deserted() {
        *waiters = None;
    }
    waker
}
