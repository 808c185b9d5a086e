//! One connection that always has something to read does not keep the others of its thread waiting.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use tokio::{io::AsyncReadExt, net::TcpListener, task::yield_now};
use ws_deflate::{Deflate, Deflater, WindowBits};
use ws_server::{Client, Config, Handler, Message, Peer, serve_connection};
use ws_testing::{
    io::Script,
    naive::{Frame, opcode},
    peer::{REQUEST, masked},
};

use crate::served::Served;

struct Quiet;

impl Handler for Quiet {
    async fn on_message(&mut self, _: &mut Client, _: Message<'_>) {}
}

/// Bytes of one read of the flood.
const READ: usize = 64 << 10;

/// A flood of these frames, and what is read of it: 64 KiB at a time, a hundred times.
fn flood_of(frame: Frame) -> (Vec<u8>, Script) {
    const READS: usize = 100;
    let frame = masked(frame);
    let flood = frame.repeat(READS * READ / frame.len());
    let script = Script::new()
        .read(REQUEST)
        .read_in_pieces(&flood, READ)
        .end();
    (flood, script)
}

/// How many reads a flood of these frames had before another connection's single message was answered.
async fn reads_before_an_answer(frame: Frame) -> usize {
    let mut other = Served::open().await;
    let (flood, script) = flood_of(frame);
    let (io, record) = script.start();
    let config = Arc::new(Config::default());
    let flooder = tokio::spawn(serve_connection(io, Peer::UNKNOWN, Quiet, config));
    // A task among others: the runtime looks at the test itself only now and then.
    let client = tokio::spawn(async move {
        while record.unread() >= flood.len() {
            yield_now().await;
        }
        let begun = record.unread();
        other.say("one").await;
        assert_eq!(other.peer.read_line().await, "text 'one'");
        assert!(record.unread() > 0, "the flood is over");
        (begun - record.unread()) / READ
    });
    let reads = client.await.expect("it is answered");
    flooder.abort();
    reads
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_tiny_messages_lets_others_be_answered_after_few_reads() {
    let reads = reads_before_an_answer(Frame::text("x")).await;
    assert!(reads <= 6, "{reads}");
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_large_messages_lets_others_be_answered_after_few_reads() {
    let reads = reads_before_an_answer(Frame::binary(vec![7; 1 << 20])).await;
    assert!(reads <= 6, "{reads}");
}

/// Writes to somebody else's socket when the first message comes.
struct Ring(Option<std::net::TcpStream>);

impl Handler for Ring {
    async fn on_message(&mut self, _: &mut Client, _: Message<'_>) {
        if let Some(mut socket) = self.0.take() {
            socket.write_all(b"!").expect("it is open");
        }
    }
}

/// Who waits for the system, and not for another task, is found when the runtime asks it: by itself it
/// does so once in 61 turns while some task is ready.
#[tokio::test]
async fn a_flood_lets_the_runtime_see_which_sockets_are_ready() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("bound");
    let ring = std::net::TcpStream::connect(addr).expect("it listens");
    let (mut rung, _) = listener.accept().await.expect("it has connected");
    let (flood, script) = flood_of(Frame::text("x"));
    let (io, record) = script.start();
    let config = Arc::new(Config::default());
    let handler = Ring(Some(ring));
    let waiting = tokio::spawn(async move {
        rung.read_u8().await.expect("it is rung");
        (flood.len() - record.unread()) / READ
    });
    let flooder = tokio::spawn(serve_connection(io, Peer::UNKNOWN, handler, config));
    let reads = waiting.await.expect("it is rung");
    assert!(reads <= 6, "{reads}");
    flooder.abort();
}

/// Bytes of each message of a flood that is compressed.
const INFLATED: usize = 1 << 20;

/// Counts what comes.
struct Count(Arc<AtomicUsize>);

impl Handler for Count {
    async fn on_message(&mut self, _: &mut Client, message: Message<'_>) {
        assert_eq!(message.len(), INFLATED);
        self.0.fetch_add(1, Relaxed);
    }
}

/// A message that is a thousandth as long as what it becomes.
fn bomb() -> Vec<u8> {
    let deflater = Deflater::new(&Deflate::default().with_level(9), WindowBits::MAX);
    let encoded = deflater.encode(&Message::from(&vec![0; INFLATED][..]));
    let payload = encoded.expect("shorter").payload().clone();
    masked(Frame::new(opcode::BINARY, payload).with_rsv(0b100))
}

/// How many messages a flood in reads of this length had before another connection's single message was answered.
async fn bombs_before_an_answer(read: usize) -> usize {
    let mut other = Served::open().await;
    let config = Config::default().with_deflate(Deflate::default());
    let offer = Deflate::default().offer();
    let request = format!(
        "{}\r\nSec-WebSocket-Extensions: {offer}\r\n\r\n",
        REQUEST.trim_end()
    );
    let bomb = bomb();
    let each = read / bomb.len();
    let reads = 63_usize.div_ceil(each);
    let flood = bomb.repeat(each);
    let script = (0..reads).fold(Script::new().read(request), |script, _| script.read(&flood));
    let (io, _record) = script.end().start();
    let counted = Arc::new(AtomicUsize::new(0));
    let handler = Count(counted.clone());
    let flooder = tokio::spawn(serve_connection(
        io,
        Peer::UNKNOWN,
        handler,
        Arc::new(config),
    ));
    let handed_out = counted.clone();
    let client = tokio::spawn(async move {
        while handed_out.load(Relaxed) == 0 {
            yield_now().await;
        }
        other.say("one").await;
        assert_eq!(other.peer.read_line().await, "text 'one'");
        handed_out.load(Relaxed)
    });
    let before = client.await.expect("it is answered");
    flooder.await.expect("it ends with its script");
    assert_eq!(counted.load(Relaxed), reads * each, "all have come");
    before
}

#[tokio::test(start_paused = true)]
async fn a_read_that_becomes_much_lets_others_be_answered_after_few_mib() {
    let messages = bombs_before_an_answer(READ).await;
    assert!(messages <= 6, "{messages}");
}

#[tokio::test(start_paused = true)]
async fn small_reads_that_become_much_let_others_be_answered_after_few_mib() {
    for read in [1100, 4 << 10] {
        let messages = bombs_before_an_answer(read).await;
        assert!(messages <= 6, "{messages} in reads of {read} bytes");
    }
}
