//! At the limit of descriptors the server stays up, does not spin, and serves again as soon as there is room (A41).
//!
//! The server runs in a process of its own, with a limit of 64.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use ws_server::{Client, Handler, Message, Server};
use ws_testing::{
    naive::Frame,
    peer::{REQUEST, masked},
};

#[derive(Clone)]
struct Echo;

impl Handler for Echo {
    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        client.send(message);
    }
}

/// Serves until its standard input ends.
#[tokio::test]
#[ignore = "it is the server that the tests below start"]
async fn echo_with_no_workers() {
    echo(0).await;
}

/// Serves until its standard input ends.
#[tokio::test]
#[ignore = "it is the server that the tests below start"]
async fn echo_with_two_workers() {
    echo(2).await;
}

async fn echo(workers: usize) {
    let builder = Server::builder().workers(workers);
    let server = builder.bind("127.0.0.1:0").await.expect("a free port");
    println!("\nlistening on {}", server.local_addr().expect("bound"));
    let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let signal = async {
        let _ = end.await;
    };
    let served = server.serve_with_shutdown(Echo, signal).await;
    served.expect("workers that start");
}

struct Process {
    child: Child,
    addr: SocketAddr,
}

impl Process {
    /// Runs one of the ignored tests of this program, with 64 descriptors.
    fn start(test: &str) -> Self {
        let program = std::env::current_exe().expect("a program");
        let mut child = Command::new("sh")
            .args(["-c", "ulimit -n 64 && exec \"$0\" \"$@\""])
            .arg(program)
            .args(["--ignored", "--exact", "--nocapture", test])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let output = child.stdout.take().expect("piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let addr = lines.find_map(|line| line.strip_prefix("listening on ")?.parse().ok());
        // Read on, so that the process can write.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            addr: addr.expect("it listens"),
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.addr).expect("the backlog has room");
        let wait = Some(Duration::from_secs(10));
        stream.set_read_timeout(wait).expect("a socket");
        stream
    }

    /// The processor time of all its threads so far.
    fn cpu(&self) -> Duration {
        let tasks = format!("/proc/{}/task", self.child.id());
        let tasks = fs::read_dir(tasks).expect("it runs");
        let nanos = tasks.filter_map(|task| {
            let stat = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            stat.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanos.sum())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It would end by itself when its input ends; this is for a test that failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Opens a connection and gets an echo.
fn assert_served(mut stream: TcpStream) -> TcpStream {
    stream.write_all(REQUEST.as_bytes()).expect("open");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("an answer");
        head.extend(byte);
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    let message = masked(Frame::text("fine"));
    stream.write_all(&message).expect("open");
    let mut echo = [0; 6];
    stream.read_exact(&mut echo).expect("an echo");
    assert_eq!(&echo, b"\x81\x04fine");
    stream
}

fn assert_survives_its_limit(test: &str) {
    let process = Process::start(test);
    let mut first = assert_served(process.connect());
    let crowd: Vec<TcpStream> = (0..120).map(|_| process.connect()).collect();
    sleep(Duration::from_millis(300));

    // It waits, and does not spin: less than 2 % of a processor.
    let (before, start) = (process.cpu(), Instant::now());
    sleep(Duration::from_secs(1));
    let (used, took) = (process.cpu() - before, start.elapsed());
    assert!(used < took / 50, "{used:?} of {took:?}");

    // Who is in goes on.
    first.write_all(&masked(Frame::text("fine"))).expect("open");
    first.read_exact(&mut [0; 6]).expect("an echo");

    // Who waits is not served; this one is, soon after there is room. The machine may be busy, so the best of
    // several counts.
    let mut best = Duration::MAX;
    let mut crowd = crowd;
    for _ in 0..5 {
        drop(crowd);
        let start = Instant::now();
        drop(assert_served(process.connect()));
        best = best.min(start.elapsed());
        crowd = (0..120).map(|_| process.connect()).collect();
        sleep(Duration::from_millis(150));
    }
    assert!(best <= Duration::from_millis(200), "{best:?}");
}

#[test]
fn a_server_in_one_runtime_survives_the_limit_of_descriptors() {
    assert_survives_its_limit("echo_with_no_workers");
}

#[test]
fn a_server_with_workers_survives_the_limit_of_descriptors() {
    assert_survives_its_limit("echo_with_two_workers");
}
