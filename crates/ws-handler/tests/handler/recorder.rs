//! A handler that writes down which callbacks ran, and fails where it is told to.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use ws_handler::{
    Acceptance, Client, CloseInfo, Handler, Message, ProtocolError, Rejection, Upgrade,
};

/// What the callbacks wrote down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn note(&self, line: impl Into<String>) {
        self.0.lock().expect("not poisoned").push(line.into());
    }

    /// What was written down since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("not poisoned"))
    }
}

/// Where in a callback the recorder panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Before the callback has returned its future.
    Call,
    /// In the future, after it was pending once.
    Await,
}

/// Every callback is pending once, and notes its beginning and its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder {
    pub(crate) log: Log,
    pub(crate) fault: Option<(&'static str, Moment)>,
}

impl Recorder {
    /// The callback `name`; `begin` is what it notes at once.
    fn run<'a>(&self, name: &'a str, begin: String) -> impl Future<Output = ()> + Send + use<'a> {
        let fault = self
            .fault
            .filter(|(faulty, _)| *faulty == name)
            .map(|f| f.1);
        assert_ne!(fault, Some(Moment::Call), "{name} fails");
        let log = self.log.clone();
        async move {
            log.note(begin);
            pending_once().await;
            assert_ne!(fault, Some(Moment::Await), "{name} fails");
            log.note(format!("{name} returns"));
        }
    }
}

impl Handler for Recorder {
    fn on_upgrade(
        &mut self,
        upgrade: &Upgrade<'_>,
    ) -> impl Future<Output = Result<Acceptance, Rejection>> + Send {
        let path = upgrade.request().path();
        let run = self.run("on_upgrade", format!("on_upgrade {path}"));
        let acceptance = upgrade.accept();
        async move {
            run.await;
            Ok(acceptance)
        }
    }

    fn on_open(&mut self, _: &mut Client) -> impl Future<Output = ()> + Send {
        self.run("on_open", "on_open".to_owned())
    }

    fn on_message(&mut self, _: &mut Client, message: Message<'_>) -> impl Future<Output = ()> {
        self.run("on_message", format!("on_message {message:?}"))
    }

    fn on_ping(&mut self, _: &mut Client, payload: &[u8]) -> impl Future<Output = ()> + Send {
        self.run("on_ping", format!("on_ping {payload:?}"))
    }

    fn on_pong(&mut self, _: &mut Client, payload: &[u8]) -> impl Future<Output = ()> + Send {
        self.run("on_pong", format!("on_pong {payload:?}"))
    }

    fn on_drain(&mut self, _: &mut Client) -> impl Future<Output = ()> + Send {
        self.run("on_drain", "on_drain".to_owned())
    }

    fn on_error(
        &mut self,
        _: &mut Client,
        error: &ProtocolError,
    ) -> impl Future<Output = ()> + Send {
        self.run("on_error", format!("on_error {error}"))
    }

    fn on_close(&mut self, close: &CloseInfo) -> impl Future<Output = ()> + Send {
        self.run("on_close", format!("on_close {close}"))
    }
}

/// Polls until ready; a future that is pending without having been woken has no place here.
pub(crate) fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..10 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the future does not end")
}

async fn pending_once() {
    let mut polled = false;
    poll_fn(|context| {
        if polled {
            return Poll::Ready(());
        }
        polled = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
