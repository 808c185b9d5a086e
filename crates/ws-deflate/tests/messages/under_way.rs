//! A message under way holds what came of it (A26), and is judged as if it had come at once.
//!
//! The allocator counts per thread, so the tests may run beside one another.

use ws_connection::Config;
use ws_deflate::{Deflate, Takeover};

use crate::{
    limits::{measure, zeros},
    peer::{Peer, Told},
    vectors::each_cut,
};

/// From so many bytes on a message that comes in pieces has an inflater.
const COLLECTED: usize = 4 << 10;

/// What a receiver notes of a message under way, whatever its length.
const NOTES: usize = 256;

/// What an inflater takes: 47,552 bytes.
const INFLATER: usize = 47 << 10;

/// Where it puts what comes of the first bytes.
const ROOM: usize = 32 << 10;

/// This text as it stands, in a block that is not compressed.
fn stored(text: &[u8]) -> Vec<u8> {
    let len = text.len() as u16;
    let head = [&[0][..], &len.to_le_bytes(), &(!len).to_le_bytes()].concat();
    [&head, text, &[0]].concat()
}

/// A text with a byte that no text has, at this place.
fn bad_text(len: usize, at: usize) -> Vec<u8> {
    let mut text = vec![b'x'; len];
    text[at] = 0xff;
    text
}

#[test]
fn ten_thousand_messages_of_which_one_byte_came_hold_little() {
    const PEERS: usize = 10_000;
    let mut peers: Vec<Peer> = (0..PEERS).map(|_| Peer::new(Takeover::Off)).collect();
    let hello = b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00";
    // Warms the pool.
    assert_eq!(peers[0].bytes(hello), Told::Text("Hello".to_owned()));
    let ((), begun) = measure(|| {
        for peer in &mut peers {
            assert_eq!(peer.bytes(&[0x41, 1, hello[2]]), Told::Nothing);
        }
    });
    let each = begun.bytes_current as usize / PEERS;
    println!("a message under way of one byte: {each} bytes");
    assert!(each <= NOTES, "{each} bytes each");
    let ((), ended) = measure(|| {
        for peer in &mut peers {
            let told = peer.bytes(&[&[0x80, 6], &hello[3..]].concat());
            assert_eq!(told, Told::Text("Hello".to_owned()));
        }
    });
    assert_eq!(ended.bytes_current, -begun.bytes_current);
}

#[test]
fn a_message_under_way_holds_what_came_and_from_four_kib_on_an_inflater() {
    let payload = stored(&[b'x'; 9000]);
    // Warms the pool, and takes what it keeps, so that the next one has to be made.
    let mut others: Vec<Peer> = (0..8).map(|_| Peer::new(Takeover::Off)).collect();
    for other in &mut others {
        assert_eq!(other.begin(&payload[..6000]), Told::Nothing);
    }
    let mut peer = Peer::new(Takeover::Off);
    let mut held = 0;
    for (at, byte) in payload[..6000].iter().enumerate() {
        let first = if at == 0 { 0x41 } else { 0 };
        let (told, info) = measure(|| peer.bytes(&[first, 1, *byte]));
        assert_eq!(told, Told::Nothing);
        held += info.bytes_current as usize;
        let came = at + 1;
        let most = match came {
            0..COLLECTED => 2 * came + NOTES,
            _ => INFLATER + ROOM + 2 * came + NOTES,
        };
        assert!(held <= most, "{held} bytes when {came} had come");
        if came == COLLECTED {
            println!("a message under way of {came} bytes: {held} bytes");
            assert!(held >= 40 << 10, "{held} bytes: it has no inflater");
        }
    }
    // They fill the pool, which takes no other then.
    drop(others);
    let ((), info) = measure(|| drop(peer));
    assert!(-info.bytes_current as usize >= held, "{info:?}, {held}");
}

#[test]
fn what_is_told_does_not_depend_on_the_cut_however_much_is_collected() {
    let small = Config::default().with_max_message(2500);
    let strict = Deflate::default().with_max_ratio(Some(100));
    let mut cases = vec![
        (zeros(70 << 10), Config::default(), Told::Failed(1008)),
        (stored(&[b'x'; 2500]), small.clone(), text(2500)),
        (stored(&[b'x'; 2501]), small.clone(), Told::Failed(1009)),
        (
            stored(&bad_text(2900, 2499)),
            small.clone(),
            Told::Failed(1007),
        ),
        (
            stored(&bad_text(2900, 2500)),
            small.clone(),
            Told::Failed(1009),
        ),
        (
            stored(&bad_text(4200, 2499)),
            small.clone(),
            Told::Failed(1007),
        ),
        (stored(&[b'x'; 4200]), small, Told::Failed(1009)),
    ];
    // Up to one byte less than is collected, as much, and more.
    for len in [4089, 4090, 4091, 4200] {
        let payload = stored(&vec![b'x'; len]);
        let without_end = payload[..payload.len() - 2].to_vec();
        let reserved_block = [&payload[..payload.len() - 1], &[0x06]].concat();
        let config = Config::default;
        cases.push((payload, config(), text(len)));
        cases.push((without_end, config(), Told::Failed(1007)));
        cases.push((reserved_block, config(), Told::Failed(1007)));
        for at in [0, 4087, len - 1] {
            let payload = stored(&bad_text(len, at));
            cases.push((payload, config(), Told::Failed(1007)));
        }
    }
    for (payload, config, told) in cases {
        each_cut(&payload, |pieces| {
            let mut peer = Peer::with(strict.clone(), config.clone());
            let first = pieces[0].len();
            assert_eq!(peer.text(pieces), told, "{first} of {}", payload.len());
        });
    }
}

fn text(len: usize) -> Told {
    Told::Text("x".repeat(len))
}

#[test]
fn what_is_wrong_is_told_when_four_kib_came_or_the_message_ends() {
    let payload = stored(&bad_text(9000, 0));
    let (first, second) = payload.split_at(COLLECTED - 1);
    let mut peer = Peer::new(Takeover::Off);
    assert_eq!(peer.begin(first), Told::Nothing);
    assert_eq!(peer.go_on(&second[..1]), Told::Failed(1007));
    let mut peer = Peer::new(Takeover::Off);
    assert_eq!(peer.begin(first), Told::Nothing);
    assert_eq!(peer.bytes(b"\x80\x00"), Told::Failed(1007));
    // So it is behind them, too.
    let payload = stored(&bad_text(9000, 5000));
    let mut peer = Peer::new(Takeover::Off);
    assert_eq!(peer.begin(&payload[..COLLECTED]), Told::Nothing);
    assert_eq!(
        peer.go_on(&payload[COLLECTED..][..COLLECTED - 1]),
        Told::Nothing
    );
    assert_eq!(
        peer.go_on(&payload[2 * COLLECTED - 1..][..1]),
        Told::Failed(1007)
    );
}

/// What it costs to receive a frame of a compressed text in so many reads.
fn cost(frame: &[u8], cut: usize) -> usize {
    let mut peer = Peer::new(Takeover::Off);
    let mut cost = 0;
    // The first time warms the pool.
    for _ in 0..2 {
        let mut frame = frame.to_vec();
        let (first, second) = frame.split_at_mut(cut);
        let (events, info) = measure(|| peer.events(first) + peer.events(second));
        assert_eq!(events, 1);
        cost = info.bytes_total as usize;
    }
    cost
}

#[test]
fn a_message_that_lies_whole_in_one_read_is_inflated_where_it_lies() {
    let payload = stored(&[b'x'; 900]);
    let head = [&b"\xc1\x7e"[..], &(payload.len() as u16).to_be_bytes()].concat();
    let frame = [&head[..], &payload].concat();
    let whole = cost(&frame, 0);
    assert_eq!(cost(&frame, head.len()), whole);
    // What came before is put aside; two pieces may need one more step.
    for came in [8, 100, 900] {
        let cost = cost(&frame, head.len() + came);
        assert!(cost <= whole + came + 2048, "{came}: {cost}, {whole}");
    }
}
