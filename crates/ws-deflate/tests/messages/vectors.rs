//! The examples of RFC 7692 7.2.3, whole and in every two pieces, and what must not be taken for DEFLATE data.

use ws_deflate::Takeover;

use crate::peer::{Peer, Told};

/// RFC 7692 7.2.3.1.
const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";

/// RFC 7692 7.2.3.2, with reference to the one before.
const HELLO_AGAIN: &[u8] = b"\xf2\x00\x11\x00\x00";

/// RFC 7692 7.2.3.4: a block with BFINAL, and the empty block behind it.
const HELLO_FINAL: &[u8] = b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00";

/// Calls with the message in one frame, in two for each cut, and in one for each byte.
pub(crate) fn each_cut(payload: &[u8], check: impl Fn(&[&[u8]])) {
    check(&[payload]);
    for cut in 0..=payload.len() {
        let (first, second) = payload.split_at(cut);
        check(&[first, second]);
    }
    if !payload.is_empty() {
        let bytes: Vec<&[u8]> = payload.chunks(1).collect();
        check(&bytes);
    }
}

#[test]
fn the_examples_are_hello_however_they_are_cut() {
    for payload in [
        HELLO,
        // 7.2.3.3: a block that stores.
        b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00",
        HELLO_FINAL,
        // 7.2.3.5: two blocks.
        b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
    ] {
        each_cut(payload, |pieces| {
            let mut peer = Peer::new(Takeover::Off);
            assert_eq!(peer.text(pieces), Told::Text("Hello".to_owned()));
        });
    }
}

#[test]
fn an_empty_message_is_one_octet() {
    each_cut(b"\x00", |pieces| {
        let mut peer = Peer::new(Takeover::Off);
        assert_eq!(peer.text(pieces), Told::Text(String::new()));
    });
}

#[test]
fn a_message_may_refer_to_the_one_before_with_context_takeover_only() {
    each_cut(HELLO_AGAIN, |pieces| {
        let mut peer = Peer::new(Takeover::On);
        assert_eq!(peer.text(&[HELLO]), Told::Text("Hello".to_owned()));
        assert_eq!(peer.text(pieces), Told::Text("Hello".to_owned()));
        assert_eq!(peer.text(pieces), Told::Text("Hello".to_owned()));

        let mut peer = Peer::new(Takeover::Off);
        assert_eq!(peer.text(&[HELLO]), Told::Text("Hello".to_owned()));
        assert_eq!(peer.text(pieces), Told::Failed(1007));
    });
}

#[test]
fn the_window_survives_a_block_with_bfinal_set() {
    // Two final blocks; the second refers to the first, as 7.2.3.2 does.
    let twice = b"\xf3\x48\xcd\xc9\xc9\x07\x00\xf3\x00\x11\x00\x00";
    each_cut(twice, |pieces| {
        let mut peer = Peer::new(Takeover::Off);
        assert_eq!(peer.text(pieces), Told::Text("HelloHello".to_owned()));
    });
    each_cut(HELLO_AGAIN, |pieces| {
        let mut peer = Peer::new(Takeover::On);
        assert_eq!(peer.text(&[HELLO_FINAL]), Told::Text("Hello".to_owned()));
        assert_eq!(peer.text(pieces), Told::Text("Hello".to_owned()));
    });
}

#[test]
fn a_block_with_bfinal_set_may_be_the_end_of_the_message() {
    each_cut(&HELLO_FINAL[..7], |pieces| {
        let mut peer = Peer::new(Takeover::On);
        assert_eq!(peer.text(pieces), Told::Text("Hello".to_owned()));
        assert_eq!(peer.text(&[HELLO_AGAIN]), Told::Text("Hello".to_owned()));
    });
    // One that is stored and empty, with its four octets cut off (7.2.1).
    each_cut(b"\xf2\x48\xcd\xc9\xc9\x07\x04", |pieces| {
        let mut peer = Peer::new(Takeover::On);
        assert_eq!(peer.text(pieces), Told::Text("Hello".to_owned()));
        assert_eq!(peer.text(&[HELLO_AGAIN]), Told::Text("Hello".to_owned()));
    });
}

#[test]
fn a_message_with_very_many_final_blocks_is_against_the_policy() {
    let most = [&b"\x03\x00".repeat(4)[..], b"\x00"].concat();
    let mut peer = Peer::new(Takeover::Off);
    assert_eq!(peer.text(&[&most]), Told::Text(String::new()));
    let more = [&b"\x03\x00".repeat(5)[..], b"\x00"].concat();
    each_cut(&more, |pieces| {
        let mut peer = Peer::new(Takeover::Off);
        assert_eq!(peer.text(pieces), Told::Failed(1008));
    });
}

/// These letters as they stand, and empty final blocks behind them.
fn stored_and_final_blocks(len: u16, blocks: usize) -> Vec<u8> {
    let head = [&[0][..], &len.to_le_bytes(), &(!len).to_le_bytes()].concat();
    let letters = vec![b'x'; len.into()];
    [&head[..], &letters, &b"\x03\x00".repeat(blocks), b"\x00"].concat()
}

#[test]
fn each_kib_of_a_message_allows_another_final_block() {
    for kib in 1..=5 {
        let blocks = 4 + usize::from(kib);
        // So many bytes end where the last block does.
        let len = kib * 1024 - 5 - 2 * blocks as u16;
        let told = |len, blocks| {
            let mut peer = Peer::new(Takeover::Off);
            peer.text(&[&stored_and_final_blocks(len, blocks)])
        };
        assert_eq!(told(len, blocks), Told::Text("x".repeat(len.into())));
        assert_eq!(told(len - 1, blocks), Told::Failed(1008), "{kib}");
        assert_eq!(told(len, blocks + 1), Told::Failed(1008), "{kib}");
    }
}

#[test]
fn what_is_no_deflate_data_or_not_all_of_it_is_1007() {
    let stored = b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00";
    let mut bad: Vec<Vec<u8>> = vec![
        // A block of the reserved type.
        vec![0x06, 0x00],
        // A length that is not its complement's.
        vec![0x00, 0x05, 0x00, 0xfa, 0xfe],
        // A distance beyond all that came.
        HELLO_AGAIN.to_vec(),
        // Behind the last block stands something else.
        [HELLO, b"\x00\x00\xff\xff"].concat(),
        [HELLO, b"\x12"].concat(),
        // Nothing at all.
        Vec::new(),
    ];
    // What is cut off before its end; the first octet of `stored` alone would be an empty message.
    bad.extend((1..HELLO.len()).map(|len| HELLO[..len].to_vec()));
    bad.extend((2..stored.len()).map(|len| stored[..len].to_vec()));
    for payload in &bad {
        each_cut(payload, |pieces| {
            let mut peer = Peer::new(Takeover::Off);
            assert_eq!(peer.text(pieces), Told::Failed(1007), "{payload:x?}");
        });
    }
}

#[test]
fn text_that_is_not_utf8_when_it_is_inflated_is_1007() {
    let stored = b"\x00\x05\x00\xfa\xff\x48\x65\xff\x6c\x6f\x00";
    each_cut(stored, |pieces| {
        let mut peer = Peer::new(Takeover::Off);
        assert_eq!(peer.text(pieces), Told::Failed(1007));
    });
}

#[test]
fn reserved_bits_are_for_the_first_frame_of_a_message_only() {
    for frame in [
        // RSV2, RSV3; RSV1 with another.
        &b"\xa1\x00"[..],
        b"\x91\x00",
        b"\xe1\x00",
        // RSV1 on a continuation, a ping, a pong and a Close.
        b"\x01\x00\xc0\x00",
        b"\xc9\x00",
        b"\xca\x00",
        b"\xc8\x00",
    ] {
        let mut peer = Peer::new(Takeover::Off);
        assert_eq!(peer.bytes(frame), Told::Failed(1002), "{frame:x?}");
    }
}

#[test]
fn a_message_that_is_not_compressed_is_no_part_of_the_window() {
    let mut peer = Peer::new(Takeover::On);
    assert_eq!(peer.text(&[HELLO]), Told::Text("Hello".to_owned()));
    assert_eq!(peer.bytes(b"\x81\x03abc"), Told::Text("abc".to_owned()));
    assert_eq!(peer.text(&[HELLO_AGAIN]), Told::Text("Hello".to_owned()));
}

#[test]
fn pings_come_between_the_pieces_of_a_compressed_message() {
    let mut peer = Peer::new(Takeover::Off);
    assert_eq!(peer.bytes(b"\x41\x03\xf2\x48\xcd"), Told::Nothing);
    assert_eq!(peer.bytes(b"\x89\x01p"), Told::Ping);
    assert_eq!(
        peer.bytes(b"\x80\x04\xc9\xc9\x07\x00"),
        Told::Text("Hello".to_owned())
    );
}
