use std::time::Instant;

use bytes::Buf;
use ws_connection::{Batch, Event, Receiver, Role, Sender};
use ws_frame::MaskingKey;
use ws_testing::naive;

use super::{
    seen::{End, Seen},
    setting::Setting,
};

/// Our endpoint, which gets the bytes at once and answers as a driver lets it.
pub(super) fn run(setting: Setting, bytes: &[u8]) -> Seen {
    let config = setting.ours();
    let mut receiver = match setting.role {
        Role::Server => Receiver::server(config.clone()),
        Role::Client => Receiver::client(config.clone()),
    };
    let mut sender = match setting.role {
        Role::Server => Sender::server(config),
        Role::Client => Sender::client(config, || MaskingKey::new([1, 2, 3, 4])),
    };
    let mut bytes = bytes.to_vec();
    let mut input = &mut bytes[..];
    let (mut events, mut written) = (Vec::new(), Vec::new());
    // The time does not matter: no timer is looked at.
    let now = Instant::now();
    let end = loop {
        match receiver.receive(&mut input) {
            Ok(None) => break End::Open,
            Ok(Some(event)) => {
                events.push(naive::Event::from(&event));
                sender.on_event(now, &event);
                let is_close = matches!(event, Event::Close(_));
                write(&mut sender, now, &mut written);
                if is_close {
                    break End::Closed;
                }
            }
            Err(error) => {
                sender.fail(&error);
                break End::Failed(error.close_code().get());
            }
        }
    };
    write(&mut sender, now, &mut written);
    Seen::new(events, end, &written)
}

fn write(sender: &mut Sender, now: Instant, written: &mut Vec<u8>) {
    let mut batch = Batch::default();
    loop {
        sender.transmit(now, &mut batch);
        if !batch.has_remaining() {
            return;
        }
        while batch.has_remaining() {
            let chunk = batch.chunk();
            written.extend_from_slice(chunk);
            let len = chunk.len();
            batch.advance(len);
        }
    }
}
