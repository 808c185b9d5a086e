use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::PoisonError,
    task::{Context, Waker},
};

use ws_connection::{Compress, Extension, Message, SendError, Sender};
use ws_deflate::{PermessageDeflate, Prepared};

use crate::{
    Client, Handle, Peer,
    outgoing::Outgoing,
    sync::{Arc, AtomicBool, Mutex, MutexGuard, Ordering},
};

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
    /// What was agreed on.
    deflate: Option<Box<PermessageDeflate>>,
}

struct Locked {
    sender: Sender,
    /// The driver's, until somebody has woken it.
    waker: Option<Waker>,
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
        let sender = match deflate.deflater() {
            Some(_) => sender.with_rsv(deflate.rsv()),
            None => sender.with_extension(&deflate),
        };
        Self::shared(sender, Some(Box::new(deflate)))
    }

    fn shared(sender: Sender, deflate: Option<Box<PermessageDeflate>>) -> Self {
        let waker = None;
        let shared = Shared {
            locked: Mutex::new(Locked { sender, waker }),
            aborted: AtomicBool::new(false),
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
        SenderGuard {
            locked: self.enter(),
            _replaced: None,
        }
    }

    /// The same, and the task of `cx` will be woken when a [`Handle`] changes something.
    pub fn lock_and_register(&self, cx: &Context<'_>) -> SenderGuard<'_> {
        let mut locked = self.enter();
        let replaced = match &locked.waker {
            Some(waker) if waker.will_wake(cx.waker()) => None,
            Some(_) | None => locked.waker.replace(cx.waker().clone()),
        };
        SenderGuard {
            locked,
            _replaced: replaced,
        }
    }

    /// The connection is gone: what is sent from now on is refused, and nobody is woken.
    pub fn retire(&self) {
        let mut locked = self.enter();
        locked.sender.abort();
        let waker = locked.waker.take();
        drop(locked);
        // Outside the lock: the last waker of a task frees it.
        drop(waker);
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

    /// The message deflated. A look at the queue goes before that work: a peer that does not read is
    /// sent to in vain, and perhaps often.
    pub(crate) fn deflated<'a>(&self, message: Message<'a>) -> Result<Outgoing<'a>, SendError<'a>> {
        let message = self.lock().admit(message)?;
        let deflater = self.deflate().and_then(PermessageDeflate::deflater);
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
        wake(locked);
    }

    /// Asks the sender for something, and wakes the driver unless it was refused: a full queue
    /// that many send to would keep its task busy with nothing.
    pub(crate) fn request<E>(
        &self,
        request: impl FnOnce(&mut Sender) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut locked = self.enter();
        request(&mut locked.sender)?;
        wake(locked);
        Ok(())
    }

    /// Ends the connection and wakes the driver.
    pub(crate) fn abort(&self) {
        let mut locked = self.enter();
        locked.sender.abort();
        self.shared.aborted.store(true, Ordering::Release);
        wake(locked);
    }

    /// Whether the connection was aborted: even a pending callback is to be dropped.
    #[must_use]
    pub fn is_aborted(&self) -> bool {
        self.shared.aborted.load(Ordering::Acquire)
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

/// Access to the [`Sender`] of an [`Outlet`].
#[derive(Debug)]
pub struct SenderGuard<'a> {
    locked: MutexGuard<'a, Locked>,
    /// Of a task that the connection has left. It comes after the lock, so it is dropped after it is
    /// free: the last waker of a task frees that, and what it holds may use this connection.
    _replaced: Option<Waker>,
}

impl Deref for SenderGuard<'_> {
    type Target = Sender;

    fn deref(&self) -> &Sender {
        &self.locked.sender
    }
}

impl DerefMut for SenderGuard<'_> {
    fn deref_mut(&mut self) -> &mut Sender {
        &mut self.locked.sender
    }
}

/// The waker is called outside the lock: it may run anything.
fn wake(mut locked: MutexGuard<'_, Locked>) {
    let waker = locked.waker.take();
    drop(locked);
    if let Some(waker) = waker {
        waker.wake();
    }
}
