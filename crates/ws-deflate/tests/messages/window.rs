//! References that go back as far as the window does, which no compressor of ours makes: zlib stops 262 bytes before.

use ws_connection::Config;
use ws_deflate::{Deflate, Takeover, WindowBits};

use crate::peer::{Peer, Told};

/// The bits of a block, the first of an octet its lowest.
#[derive(Default)]
struct Bits {
    octets: Vec<u8>,
    len: usize,
}

impl Bits {
    fn push(&mut self, bit: u8) {
        if self.len.is_multiple_of(8) {
            self.octets.push(0);
        }
        let last = self.octets.last_mut().expect("there is room");
        *last |= bit << (self.len % 8);
        self.len += 1;
    }

    /// A code of the fixed ones: its highest bit comes first.
    fn code(&mut self, code: u8, len: u32) {
        for at in (0..len).rev() {
            self.push(code >> at & 1);
        }
    }

    /// 258 bytes from 2^bits bytes back: the last distance of its code, whose extra bits are all set.
    fn match_at_the_edge(&mut self, bits: u8) {
        self.code(0b1100_0101, 8);
        self.code(2 * bits - 1, 5);
        for _ in 2..bits {
            self.push(1);
        }
    }

    /// The same, from one byte further back: the first distance of the next code.
    fn match_beyond_the_edge(&mut self, bits: u8) {
        self.code(0b1100_0101, 8);
        self.code(2 * bits, 5);
        for _ in 1..bits {
            self.push(0);
        }
    }

    /// A block with fixed codes, and the beginning of the empty one behind it.
    fn block(matches: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut bits = Self::default();
        for bit in [0, 1, 0] {
            bits.push(bit);
        }
        matches(&mut bits);
        bits.code(0, 7);
        for _ in 0..3 {
            bits.push(0);
        }
        bits.octets
    }
}

/// So many letters of which no few come again in the same order.
fn letters(len: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + (state >> 24) as u8 % 26
    };
    (0..len).map(|_| letter()).collect()
}

/// A peer that has received these letters in several messages, as they stand in blocks that are not compressed.
fn peer(bits: u8, letters: &[u8]) -> Peer {
    let bits = WindowBits::new(bits).expect("8 to 15");
    let settings = Deflate::default()
        .with_peer_takeover(Takeover::On)
        .with_peer_window_bits(bits);
    let mut peer = Peer::with(settings, Config::default());
    for message in letters.chunks(bits.bytes() - 7) {
        let len = message.len() as u16;
        let head = [&[0][..], &len.to_le_bytes(), &(!len).to_le_bytes()].concat();
        let told = peer.text(&[&[&head, message, &[0]].concat()]);
        let text = String::from_utf8(message.to_vec()).expect("letters");
        assert_eq!(told, Told::Text(text));
    }
    peer
}

#[test]
fn a_reference_may_go_as_far_back_as_the_window_does() {
    for bits in 8..=15 {
        let window = 1 << bits;
        let mut all = letters(2 * window + 100);
        let mut peer = peer(bits, &all);
        let before = all.len();
        for _ in 0..2 * 258 {
            all.push(all[all.len() - window]);
        }
        let block = Bits::block(|block| {
            block.match_at_the_edge(bits);
            block.match_at_the_edge(bits);
        });
        let text = String::from_utf8(all.split_off(before)).expect("letters");
        assert_eq!(peer.text(&[&block]), Told::Text(text), "{bits}");
    }
}

#[test]
fn a_reference_beyond_the_window_is_1007() {
    // 2^15 is the largest distance that DEFLATE has.
    for bits in 8..15 {
        let mut peer = peer(bits, &letters((2 << bits) + 100));
        let block = Bits::block(|block| block.match_beyond_the_edge(bits));
        assert_eq!(peer.text(&[&block]), Told::Failed(1007), "{bits}");
    }
}
