//! What is logged while a connection is served says to which one it happened.

use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::{Arc, Mutex, Once},
};

use tokio::io::{DuplexStream, duplex};
use tracing_subscriber::fmt::MakeWriter;
use ws_server::{
    Acceptance, AddrHeader, Client, CloseInfo, Config, Handler, Message, ProxyProtocol, Rejection,
    TrustedProxies, Upgrade, serve_connection,
};
use ws_testing::{
    naive::Frame,
    peer::{Peer, REQUEST},
};

/// All that is logged by the tests of this program.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Written {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The lines that hold these words, of all that was logged until now.
fn lines_with(words: &str) -> Vec<String> {
    static SET: Once = Once::new();
    static WRITTEN: Mutex<Option<Written>> = Mutex::new(None);
    SET.call_once(|| {
        let written = Written::default();
        tracing_subscriber::fmt()
            .with_ansi(false)
            .without_time()
            .with_target(false)
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(written.clone())
            .init();
        *WRITTEN.lock().expect("no panic") = Some(written);
    });
    let written = WRITTEN
        .lock()
        .expect("no panic")
        .clone()
        .expect("it is set");
    let bytes = written.0.lock().expect("no panic").clone();
    let text = String::from_utf8(bytes).expect("text");
    let lines = text.lines().filter(|line| line.contains(words));
    lines.map(|line| line.trim_start().to_owned()).collect()
}

/// Logs what comes.
struct Teller;

impl Handler for Teller {
    async fn on_upgrade(&mut self, upgrade: &Upgrade<'_>) -> Result<Acceptance, Rejection> {
        Ok(upgrade.accept().select_subprotocol(&["news"]))
    }

    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        tokio::task::yield_now().await;
        let text = message.as_text().expect("text");
        assert_ne!(text, "cherries", "there are none");
        tracing::info!("{text} came");
        client.send("done");
    }

    async fn on_close(&mut self, close: &CloseInfo) {
        tracing::info!("{} is over", close.reason());
    }
}

fn request(headers: &str) -> String {
    REQUEST.replacen("\r\n", &format!("\r\n{headers}"), 1)
}

/// A connection on which this was said, and no answer read.
async fn connect(addr: &str, said: impl AsRef<[u8]>, config: Config) -> Peer<DuplexStream> {
    let (near, far) = duplex(10_000);
    let addr: SocketAddr = addr.parse().expect("an address");
    tokio::spawn(serve_connection(far, addr, Teller, Arc::new(config)));
    let mut peer = Peer::new(near);
    peer.write(said).await;
    peer
}

async fn open(addr: &str, headers: &str, config: Config) -> Peer<DuplexStream> {
    let mut peer = connect(addr, request(headers), config).await;
    assert!(peer.read_head().await.starts_with("HTTP/1.1 101"));
    peer
}

fn proxies() -> TrustedProxies {
    let proxies = TrustedProxies::none().trust("192.0.2.3");
    let proxies = proxies.expect("an address");
    proxies.with_header(AddrHeader::Forwarded)
}

async fn say(peer: &mut Peer<DuplexStream>, text: &str) {
    peer.send(Frame::text(text)).await;
    assert_eq!(peer.read_line().await, "text 'done'");
}

#[tokio::test]
async fn what_callbacks_log_is_in_the_span_of_their_connection() {
    let _ = lines_with("");
    let mut first = open("192.0.2.1:1", "", Config::default()).await;
    let offer = "Sec-WebSocket-Protocol: news\r\n";
    let mut second = open("192.0.2.2:2", offer, Config::default()).await;
    say(&mut second, "apples").await;
    say(&mut first, "pears").await;
    for (peer, reason) in [(&mut first, "autumn"), (&mut second, "winter")] {
        peer.send(Frame::close(1000, reason)).await;
        let lines = peer.read_lines().await;
        assert_eq!(lines.last().map(String::as_str), Some("end"));
    }
    let plain = "INFO connection{peer=192.0.2.1:1 path=\"/chat\"}: ";
    let spoken = "INFO connection{peer=192.0.2.2:2 path=\"/chat\" subprotocol=\"news\"}: ";
    assert_eq!(lines_with("apples"), [format!("{spoken}apples came")]);
    assert_eq!(lines_with("pears"), [format!("{plain}pears came")]);
    assert_eq!(lines_with("autumn"), [format!("{plain}autumn is over")]);
    assert_eq!(lines_with("winter"), [format!("{spoken}winter is over")]);
}

#[tokio::test]
async fn behind_a_proxy_the_span_names_it_and_the_peer_is_its_client() {
    let _ = lines_with("");
    let config = || Config::default().with_trusted_proxies(proxies());
    let header = "Forwarded: for=198.51.100.7\r\n";
    let mut peer = open("192.0.2.3:3", header, config()).await;
    say(&mut peer, "plums").await;
    let span = "connection{transport=192.0.2.3:3 peer=198.51.100.7:0 path=\"/chat\"}";
    assert_eq!(lines_with("plums"), [format!("INFO {span}: plums came")]);

    // It may say nothing; and what others say means nothing.
    let mut peer = open("192.0.2.3:4", "", config()).await;
    say(&mut peer, "quinces").await;
    let span = "connection{transport=192.0.2.3:4 peer=192.0.2.3:4 path=\"/chat\"}";
    let line = format!("INFO {span}: quinces came");
    assert_eq!(lines_with("quinces"), [line]);
    let mut peer = open("192.0.2.5:5", header, config()).await;
    say(&mut peer, "medlars").await;
    let line = "INFO connection{peer=192.0.2.5:5 path=\"/chat\"}: medlars came";
    assert_eq!(lines_with("medlars"), [line]);
}

/// The nearest is known by its address, the next one by what the nearest says, the client by a header.
#[tokio::test]
async fn the_peer_is_named_once_and_as_soon_as_it_is_known() {
    let _ = lines_with("");
    let proxies = proxies().with_proxy_protocol(ProxyProtocol::Required);
    let config = || Config::default().with_trusted_proxies(proxies.clone());
    let said = "PROXY TCP4 198.51.100.8 192.0.2.1 8 80\r\nGET /mulberries\r\n\r\n";
    let mut peer = connect("192.0.2.3:8", said, config()).await;
    assert!(peer.read_head().await.starts_with("HTTP/1.1 400"));
    let span = "DEBUG connection{transport=192.0.2.3:8 peer=198.51.100.8:8}: handshake refused";
    let lines = lines_with("mulberries");
    assert!(lines[0].starts_with(span) && lines.len() == 1, "{lines:?}");

    let said = "PROXY TCP4 192.0.2.3 192.0.2.1 9 80\r\n";
    let said = said.to_owned() + &request("Forwarded: for=198.51.100.9\r\n");
    let mut peer = connect("192.0.2.3:9", said, config()).await;
    peer.read_head().await;
    say(&mut peer, "grapes").await;
    let span = "connection{transport=192.0.2.3:9 peer=198.51.100.9:0 path=\"/chat\"}";
    assert_eq!(lines_with("grapes"), [format!("INFO {span}: grapes came")]);
}

#[tokio::test]
async fn what_the_span_says_its_events_do_not_say_again() {
    let _ = lines_with("");
    let mut peer = open("192.0.2.6:6", "", Config::default()).await;
    peer.send(Frame::text("cherries")).await;
    let lines = peer.read_lines().await;
    assert_eq!(lines.last().map(String::as_str), Some("end"));
    let span = "ERROR connection{peer=192.0.2.6:6 path=\"/chat\"}";
    let lines = lines_with("there are none");
    assert!(
        lines[0].starts_with(&format!("{span}: 1006 (a callback panicked")),
        "{lines:?}"
    );
    assert!(
        !lines[0].contains("192.0.2.6:6 1006") && lines.len() == 1,
        "{lines:?}"
    );
}

#[tokio::test]
async fn what_others_log_meanwhile_is_in_no_span_of_a_connection() {
    let _ = lines_with("");
    let mut peer = open("192.0.2.4:4", "", Config::default()).await;
    say(&mut peer, "figs").await;
    tracing::info!("no figs here");
    assert_eq!(lines_with("no figs"), ["INFO no figs here"]);
}
