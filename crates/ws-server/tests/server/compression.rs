//! permessage-deflate between the server and a client of the lower crates (RFC 7692).

use std::{sync::Arc, time::Instant};

use bytes::Buf;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use ws_connection::{Batch, Config as ConnectionConfig, Event, Receiver, Role, Sender};
use ws_deflate::PermessageDeflate;
use ws_frame::MaskingKey;
use ws_handshake::{ClientRequest, Limits, Response};
use ws_server::{
    Agreement, Client, Compress, Config, Deflate, Handle, Handler, Message, Peer, Prepared,
    Takeover, WindowBits, serve_connection,
};

/// A text that is worth compressing.
fn text(what: &str) -> String {
    format!("{what}, said again and again; ").repeat(40)
}

/// Sends back what comes, and lends what it has.
#[derive(Clone)]
struct Echo {
    told: tokio::sync::mpsc::UnboundedSender<(Handle, Option<Agreement>)>,
}

impl Handler for Echo {
    async fn on_open(&mut self, client: &mut Client) {
        let _ = self.told.send((client.handle(), client.deflate()));
    }

    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        client.send(message);
    }
}

/// A client with compression of its own.
struct Browser {
    io: DuplexStream,
    sender: Sender,
    receiver: Receiver,
    batch: Batch,
    /// Bytes read of frames since it was last asked.
    read: usize,
    handle: Handle,
    told: Option<Agreement>,
    agreed: Option<Agreement>,
}

impl Browser {
    /// `None` offers nothing.
    async fn open(offers: Option<Deflate>, config: &Config) -> Self {
        let (mut io, far) = duplex(1 << 20);
        let (told, mut hear) = tokio::sync::mpsc::unbounded_channel();
        let config = Arc::new(config.clone());
        tokio::spawn(serve_connection(far, Peer::UNKNOWN, Echo { told }, config));

        let mut request =
            ClientRequest::new("example.com", "/", *b"the sample nonce").expect("a legal request");
        if let Some(settings) = &offers {
            request = request.extension(settings.offer());
        }
        let mut head = Vec::new();
        request.encode(&mut head);
        io.write_all(&head).await.expect("the server reads");
        let mut head = Vec::new();
        let response = loop {
            head.push(io.read_u8().await.expect("the server answers"));
            if let Some((response, _)) = Response::decode(&head, &Limits::default()).expect("legal")
            {
                break response;
            }
        };
        let accepted = request.check(response).expect("it opens");
        let (handle, told) = hear.recv().await.expect("on_open");

        let limits = ConnectionConfig::default();
        let mut sender = Sender::client(limits.clone(), || MaskingKey::new([1, 2, 3, 4]));
        let mut receiver = Receiver::client(limits);
        let settings = offers.unwrap_or_default();
        let agreed = settings
            .check(accepted.extensions())
            .expect("a legal answer");
        if let Some(agreement) = agreed {
            let deflate = PermessageDeflate::new(Arc::new(settings), agreement, Role::Client);
            sender = sender.with_extension(&deflate);
            receiver = receiver.with_extension(&deflate);
        }
        Self {
            io,
            sender,
            receiver,
            batch: Batch::default(),
            read: 0,
            handle,
            told,
            agreed,
        }
    }

    /// Sends a message; how many bytes that took.
    async fn say(&mut self, message: Message<'_>) -> usize {
        self.sender.send(message).expect("open");
        self.sender.transmit(Instant::now(), &mut self.batch);
        let bytes = self.batch.copy_to_bytes(self.batch.remaining());
        self.io.write_all(&bytes).await.expect("the server reads");
        bytes.len()
    }

    /// The next message, and how many bytes it took.
    async fn hear(&mut self) -> (String, usize) {
        loop {
            let mut byte = [self.io.read_u8().await.expect("the server answers")];
            self.read += 1;
            match self.receiver.receive(&mut &mut byte[..]).expect("legal") {
                None => {}
                Some(Event::Message(message)) => {
                    let text = message.as_text().expect("text").to_owned();
                    return (text, std::mem::take(&mut self.read));
                }
                Some(other) => panic!("{other:?}"),
            }
        }
    }
}

fn config(settings: Deflate) -> Config {
    Config::default().with_deflate(settings)
}

/// Settings of an endpoint that keeps all windows.
fn with_takeover() -> Deflate {
    Deflate::default()
        .with_takeover(Takeover::On)
        .with_peer_takeover(Takeover::On)
}

#[tokio::test(start_paused = true)]
async fn messages_are_compressed_both_ways_and_the_handler_knows() {
    let config = config(Deflate::default());
    let mut browser = Browser::open(Some(with_takeover()), &config).await;
    let agreed = browser.agreed.expect("it was offered");
    assert_eq!(browser.told, Some(agreed));
    assert_eq!(agreed.server_takeover(), Takeover::Off);
    assert_eq!(agreed.client_takeover(), Takeover::Off);

    let text = text("hello");
    for _ in 0..3 {
        let sent = browser.say(Message::from(&text)).await;
        let (reply, received) = browser.hear().await;
        assert_eq!(reply, text);
        assert!(sent < 100 && received < 100, "{sent}, {received}");
    }
    let traffic = config.traffic();
    let plain = 3 * text.len() as u64;
    assert_eq!(
        (traffic.sent().plain, traffic.received().plain),
        (plain, plain)
    );
    assert!(traffic.sent().deflated < 300 && traffic.received().deflated < 300);
}

#[tokio::test(start_paused = true)]
async fn with_takeover_a_message_that_comes_again_costs_next_to_nothing() {
    let config = config(with_takeover());
    let mut browser = Browser::open(Some(with_takeover()), &config).await;
    let agreed = browser.agreed.expect("it was offered");
    assert_eq!(agreed.server_takeover(), Takeover::On);
    let text: String = (0..300).map(|i| format!("{}, ", i * i)).collect();
    browser.say(Message::from(&text)).await;
    let (reply, first) = browser.hear().await;
    assert_eq!(reply, text);
    let sent = browser.say(Message::from(&text)).await;
    let (reply, second) = browser.hear().await;
    assert_eq!(reply, text);
    assert!(
        first > 500 && second < 50 && sent < 50,
        "{first}, {second}, {sent}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_short_or_says_so_is_not_compressed() {
    let config = config(Deflate::default());
    let mut browser = Browser::open(Some(Deflate::default()), &config).await;
    browser.say(Message::from("hello")).await;
    assert_eq!(browser.hear().await, ("hello".to_owned(), 7));
    let text = text("secret");
    let message = Message::from(&text).with_compress(Compress::Never);
    browser.handle.send(message).expect("open");
    assert_eq!(browser.hear().await, (text.clone(), text.len() + 4));
}

#[tokio::test(start_paused = true)]
async fn who_offers_nothing_or_nothing_legal_gets_plain_messages() {
    let config = config(Deflate::default());
    let mut browser = Browser::open(None, &config).await;
    assert_eq!((browser.told, browser.agreed), (None, None));
    let text = text("plain");
    let sent = browser.say(Message::from(&text)).await;
    assert!(sent > text.len());
    let (reply, received) = browser.hear().await;
    assert_eq!((reply, received), (text.clone(), text.len() + 4));

    let mut browser = Browser::open(Some(Deflate::default()), &Config::default()).await;
    assert_eq!((browser.told, browser.agreed), (None, None));
    browser.say(Message::from(&text)).await;
    assert_eq!(browser.hear().await, (text.clone(), text.len() + 4));
    assert_eq!(config.traffic().sent().plain, 0);
}

#[tokio::test(start_paused = true)]
async fn a_prepared_message_goes_to_all_whatever_they_agreed_on() {
    let keeps = config(with_takeover());
    let forgets = config(Deflate::default());
    let narrow = WindowBits::new(9).expect("legal");
    let mut browsers = [
        Browser::open(None, &forgets).await,
        Browser::open(Some(Deflate::default()), &forgets).await,
        Browser::open(Some(with_takeover()), &keeps).await,
        Browser::open(Some(with_takeover().with_peer_window_bits(narrow)), &keeps).await,
    ];
    let prepared = Prepared::new(text("to all"));
    for round in 0..3 {
        for browser in &mut browsers {
            // What the server compresses itself, before and after.
            let own = text(&format!("round {round}"));
            browser.say(Message::from(&own)).await;
            assert_eq!(browser.hear().await.0, own);
            browser.handle.send_prepared(&prepared).expect("open");
            let (heard, len) = browser.hear().await;
            assert_eq!(heard, text("to all"));
            let is_compressed = browser.agreed.is_some();
            assert_eq!(len < 200, is_compressed, "{len}");
            browser.say(Message::from(&own)).await;
            assert_eq!(browser.hear().await.0, own);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_inflated_is_1007_and_ends_this_connection_alone() {
    let config = config(Deflate::default());
    let mut broken = Browser::open(Some(Deflate::default()), &config).await;
    let mut other = Browser::open(Some(Deflate::default()), &config).await;
    // Masked with zeros: a block of the reserved type.
    let frame = b"\xC1\x82\x00\x00\x00\x00\x06\x00";
    broken.io.write_all(frame).await.expect("the server reads");
    let mut close = [0; 4];
    broken.io.read_exact(&mut close).await.expect("a Close");
    assert_eq!((close[0], &close[2..]), (0x88, &1007_u16.to_be_bytes()[..]));

    let text = text("still here");
    other.say(Message::from(&text)).await;
    assert_eq!(other.hear().await.0, text);
}
