//! Work is linear: twice the head takes twice the CPU time of the thread, not four times (A4, A5).

use std::{iter, time::Duration};

use rustix::time::{ClockId, clock_gettime};
use ws_handshake::{Limits, Request, head_end};

/// Quadratic work would take four times as long.
const MOST: f64 = 3.0;

/// The least of so many runs counts: whatever disturbs a run makes it longer.
const RUNS: usize = 3;

/// So often are both sizes tried.
const PAIRS: usize = 10;

/// Below this the caches of the processor count as much as the work.
const ENOUGH: Duration = Duration::from_millis(4);

/// Enough for a few milliseconds in release; unoptimised code takes ten times as long.
const SIZE: usize = if cfg!(debug_assertions) {
    20_000
} else {
    200_000
};

fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        now.tv_sec.unsigned_abs(),
        u32::try_from(now.tv_nsec).expect("less than a second"),
    )
}

fn least_time<T>(size: usize, prepare: &impl Fn(usize) -> T, work: &impl Fn(T)) -> Duration {
    let run = |_| {
        let input = prepare(size);
        let start = cpu_time();
        work(input);
        cpu_time() - start
    };
    (0..RUNS).map(run).min().expect("there are runs")
}

/// From `SIZE` on, what takes long enough to be measured.
fn decide<T>(what: &str, prepare: impl Fn(usize) -> T, work: impl Fn(T)) {
    let is_short = |size: &usize| least_time(*size, &prepare, &work) < ENOUGH;
    let mut sizes = iter::successors(Some(SIZE), |size| Some(2 * size));
    let size = sizes.find(|size| !is_short(size)).expect("it has no end");
    compare(what, size, prepare, work);
}

fn compare<T>(what: &str, size: usize, prepare: impl Fn(usize) -> T, work: impl Fn(T)) {
    let (mut once, mut twice) = (Duration::MAX, Duration::MAX);
    let mut ratio = f64::INFINITY;
    // By turns, so that what disturbs one disturbs the other; quadratic work never gets below.
    for _ in 0..PAIRS {
        once = once.min(least_time(size, &prepare, &work));
        twice = twice.min(least_time(2 * size, &prepare, &work));
        ratio = twice.as_secs_f64() / once.as_secs_f64();
        if ratio < MOST {
            break;
        }
    }
    assert!(ratio < MOST, "{what}: {once:?}, twice as many {twice:?}");
    println!("decided: {size} {what}; twice as many took {ratio:.2} times as long");
}

fn limits() -> Limits {
    Limits::default()
        .with_max_head(usize::MAX)
        .with_max_headers(Limits::MOST_HEADERS)
}

fn head(lines: &str) -> Vec<u8> {
    format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n").into_bytes()
}

/// As a driver does it that reads one byte at a time.
#[test]
fn a_head_that_comes_byte_by_byte() {
    let prepare = |size| head(&format!("X: {}\r\n", "x".repeat(size)));
    decide("bytes of a head, read one by one", prepare, |bytes| {
        let ends = |len| head_end(&bytes[..len], len - 1);
        let end = (1..=bytes.len()).find_map(ends);
        assert_eq!(end, Some(bytes.len()));
        let decoded = Request::decode(&bytes, &limits()).expect("legal");
        assert!(decoded.is_some());
    });
}

#[test]
fn header_lines() {
    let prepare = |size: usize| head(&"a:\r\n".repeat(size - 1));
    // More of them than `Limits::MOST_HEADERS` are refused.
    let size = Limits::MOST_HEADERS / 2;
    compare("header lines", size, prepare, |bytes| {
        let decoded = Request::decode(&bytes, &limits()).expect("legal");
        assert!(decoded.is_some());
    });
}

/// Requests whose list has so many elements and a last one.
fn list_of(name: &str, element: &str) -> impl Fn(usize) -> Request {
    move |size| {
        let list = format!("{name}: {}z\r\n", element.repeat(size));
        let decoded = Request::decode(&head(&list), &limits()).expect("legal");
        decoded.expect("whole").0
    }
}

/// Short lists, read again and again: what a long one allocates costs the system more than its share.
#[test]
fn a_list_of_extensions() {
    let (name, size) = ("Sec-WebSocket-Extensions", 1_000);
    let again = SIZE / 1_000;
    let what = "extensions of a list";
    compare(what, size, list_of(name, "a;b=\"c\","), |request| {
        for _ in 0..again {
            let extensions = request.extensions().expect("legal");
            assert!(extensions.len() > size);
        }
    });
}

#[test]
fn a_list_of_subprotocols() {
    let name = "Sec-WebSocket-Protocol";
    decide("subprotocols of a list", list_of(name, "a,"), |request| {
        assert!(request.subprotocols().count() > SIZE);
    });
}

#[test]
fn a_list_of_commas() {
    let name = "Sec-WebSocket-Protocol";
    decide("empty elements of a list", list_of(name, ","), |request| {
        assert_eq!(request.subprotocols().count(), 1);
    });
}
