//! With context takeover the sender's window is the one that its peer has, whatever became of the messages.

use ws_connection::{Compress, Config, Event, Message, Receiver, SendError, Sender};
use ws_deflate::{Takeover, Volume};

use crate::sent::{Ends, ends, noise, text, written};

/// Both ends of a connection on which our side keeps its window.
struct Pair {
    sender: Sender,
    receiver: Receiver,
    ends: Ends,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Deflated,
}

impl Pair {
    fn new(config: Config) -> Self {
        let ends = ends(Takeover::On, 15);
        Self {
            sender: Sender::server(config).with_extension(&ends.server),
            receiver: Receiver::client(Config::default()).with_extension(&ends.client),
            ends,
        }
    }

    /// Sends a message, which must arrive; how it travelled, and the length of its frame.
    fn exchange(&mut self, message: Message<'_>) -> (Form, usize) {
        let payload = message.as_bytes().to_vec();
        self.sender.send(message).expect("open, and there is room");
        self.deliver(&payload)
    }

    fn deliver(&mut self, payload: &[u8]) -> (Form, usize) {
        let mut bytes = written(&mut self.sender);
        assert!(written(&mut self.sender).is_empty(), "all is written");
        let form = match bytes[0] & 0x70 {
            0x40 => Form::Deflated,
            0 => Form::Plain,
            other => panic!("{other:x}"),
        };
        let len = bytes.len();
        match self.receiver.receive(&mut &mut bytes[..]).expect("legal") {
            Some(Event::Message(message)) => assert_eq!(message.as_bytes(), payload),
            other => panic!("{other:?}"),
        }
        (form, len)
    }
}

#[test]
fn what_did_not_become_shorter_is_no_part_of_the_window() {
    let mut pair = Pair::new(Config::default());
    let abc = "abc".repeat(200).into_bytes();
    let noise = noise(400);
    let both = [&noise[..], &noise, &abc].concat();
    let (form, _) = pair.exchange(Message::from(&abc[..]));
    assert_eq!(form, Form::Deflated);
    let (form, len) = pair.exchange(Message::from(&noise[..]));
    assert_eq!((form, len), (Form::Plain, 404));
    let (form, len) = pair.exchange(Message::from(&both[..]));
    assert!(form == Form::Deflated && len > 400, "{form:?}, {len}");
}

#[test]
fn what_leaves_as_it_is_by_its_own_wish_is_no_part_of_the_window() {
    let mut pair = Pair::new(Config::default());
    let (one, two) = (text("one"), text("two"));
    pair.exchange(Message::from(&one));
    pair.exchange(Message::from(&two).with_compress(Compress::Never));
    pair.exchange(Message::from("short"));
    let (form, first) = pair.exchange(Message::from(&two));
    let (_, again) = pair.exchange(Message::from(&two));
    assert!(form == Form::Deflated && again < first, "{first}, {again}");
}

#[test]
fn what_was_refused_is_no_part_of_the_window_and_not_counted() {
    let mut pair = Pair::new(Config::default().with_max_queue(1));
    let mut sent = Volume::default();
    for round in 0..20 {
        let taken = text(&format!("round {round}"));
        pair.sender.send(&taken).expect("there is room");
        for attempt in 0..5 {
            let refused = text(&format!("refused {round} {attempt}"));
            let error = pair.sender.send(&refused).expect_err("the queue is full");
            assert!(matches!(&error, SendError::Full(_)), "{error:?}");
            assert_eq!(error.into_message().as_text(), Some(&*refused));
        }
        let (form, len) = pair.deliver(taken.as_bytes());
        assert_eq!(form, Form::Deflated);
        sent.plain += taken.len() as u64;
        sent.deflated += len as u64 - if len < 128 { 2 } else { 4 };
        assert_eq!(pair.ends.at_server.sent(), sent);
    }
}
