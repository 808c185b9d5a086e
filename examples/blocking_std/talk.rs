//! What the client does with its connection.

use std::{
    io::{self, BufRead, Write},
    sync::Arc,
    thread,
};

use ws_connection::{ClosingHandshake, Message, MessageKind};
use ws_frame::{CloseCode, CloseFrame};

use crate::{error::Error, opening, options::Settings, outlet::Outlet, url::Url};

/// Sends messages, or lines of standard input if there are none, and prints what comes.
pub(crate) fn talk(url: &Url, messages: Vec<String>, settings: &Settings) -> Result<(), Error> {
    let connection = opening::connect(url, settings)?;
    let outlet = connection.outlet();
    // Nobody waits for this thread: it may hang in a read of standard input for ever.
    thread::spawn(move || {
        if messages.is_empty() {
            send_all(&outlet, io::stdin().lock().lines());
        } else {
            send_all(&outlet, messages.into_iter().map(Ok));
        }
        // It leaves after what was sent, so the replies to all of it come before the end.
        outlet.change(|sender| sender.close(CloseFrame::from(CloseCode::NORMAL)));
    });
    let closing = connection.run(|_, message| print(&message).map_err(Error::Output))?;
    report(&closing);
    Ok(())
}

/// Sends back what comes, until the server closes.
pub(crate) fn echo(url: &Url, settings: &Settings) -> Result<(), Error> {
    let closing = opening::connect(url, settings)?.run(|outlet, message| {
        // It is refused when a Close was sent or came, and then the end is near.
        let _ = outlet.send(message);
        Ok(())
    })?;
    report(&closing);
    Ok(())
}

fn send_all(outlet: &Arc<Outlet>, texts: impl Iterator<Item = io::Result<String>>) {
    for text in texts {
        match text {
            Ok(text) => {
                if outlet.send(text).is_err() {
                    return;
                }
            }
            Err(error) => return eprintln!("blocking_std: standard input: {error}"),
        }
    }
}

/// Text as a line; of other messages the length.
fn print(message: &Message<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match message.kind() {
        MessageKind::Text => out.write_all(message.as_bytes())?,
        MessageKind::Binary => write!(out, "(a binary message of {} bytes)", message.len())?,
    }
    out.write_all(b"\n")
}

fn report(closing: &ClosingHandshake) {
    match closing.received().flatten() {
        Some(frame) => eprintln!("closed: {frame}"),
        None => eprintln!("closed without a status code"),
    }
}
