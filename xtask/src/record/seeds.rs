//! What recordings become: inputs of the fuzz targets, in the forms that their bodies document.

use std::collections::{BTreeMap, BTreeSet};

use super::frame::Frame;
use super::head;
use super::recording::{Recording, Stream};

/// What stands in front of the text: cuts into pieces of 1, 7 and 64 bytes and the rest.
const UTF8_STREAM: &[u8] = &[1, 7, 64, 0];

/// What stands in front of the payload: a masking-key, the same cuts, an offset of eight bytes, a shift.
const MASK: &[u8] = &[
    0x37, 0xfa, 0x21, 0x3d, 1, 7, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

/// What stands in front of the frames: the role of a server, no limits, the same cuts, no message before.
const FRAME_STREAM: &[u8] = &[0, 0, 0, 0, 1, 7, 64, 0, 0];

/// The same for a client.
const FRAME_STREAM_OF_CLIENT: &[u8] = &[1, 0, 0, 0, 1, 7, 64, 0, 0];

/// What stands in front of the frames: no limits, the end of the peer's direction, a plan that reads all there is.
const CONNECTION: &[u8] = &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// What stands in front of the head: no limits, the cuts.
const HANDSHAKE: &[u8] = &[0, 0, 1, 7, 64, 0];

/// What stands in front of the stream: it has a request of its own; no drop, no steps, no actions.
const SERVER_IO: &[u8] = &[1, 0, 0, 0, 0];

/// What stands in front of the frames: the role, and a limit that few messages pass.
const DIFF_TUNGSTENITE: &[u8] = &[0b100];
const DIFF_TUNGSTENITE_OF_CLIENT: &[u8] = &[0b101];

/// Opcodes of RFC 6455 11.8.
const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;

/// Seeds by the name of their target.
#[derive(Debug, Default)]
pub(super) struct Seeds {
    by_target: BTreeMap<&'static str, Vec<Seed>>,
    seen: BTreeSet<(&'static str, Vec<u8>)>,
    largest: usize,
}

/// One input of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seed {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

impl Seeds {
    /// The seeds of all recordings, each once, and under the name of the first case that has it. Longer ones than
    /// `largest` are cut.
    pub(super) fn of(recordings: &[Recording], largest: usize) -> Self {
        let mut seeds = Self {
            largest,
            ..Self::default()
        };
        for recording in recordings {
            seeds.take(recording);
        }
        seeds
    }

    /// Each target with its seeds.
    pub(super) fn by_target(&self) -> impl Iterator<Item = (&'static str, &[Seed])> {
        self.by_target
            .iter()
            .map(|(target, seeds)| (*target, seeds.as_slice()))
    }

    fn take(&mut self, recording: &Recording) {
        let name = format!("autobahn-{}", recording.case);
        let Recording { client, server, .. } = recording;
        self.add("handshake_request", &name, &[HANDSHAKE, &client.head]);
        self.add("handshake_response", &name, &[HANDSHAKE, &server.head]);
        let lists = head::lists(&client.head);
        self.add("header_lists", &name, &[&lists]);
        let (sent, received) = (client.bytes(), server.bytes());
        self.add("connection_server", &name, &[CONNECTION, &sent]);
        self.add("connection_client", &name, &[CONNECTION, &received]);
        self.add("frame_stream", &name, &[FRAME_STREAM, &sent]);
        self.add("server_io", &name, &[SERVER_IO, &client.head, &sent]);
        self.add("diff_tungstenite", &name, &[DIFF_TUNGSTENITE, &sent]);
        let of_client = format!("{name}-server");
        self.add(
            "frame_stream",
            &of_client,
            &[FRAME_STREAM_OF_CLIENT, &received],
        );
        self.add(
            "diff_tungstenite",
            &of_client,
            &[DIFF_TUNGSTENITE_OF_CLIENT, &received],
        );
        for (side, stream) in [("", client), ("-server", server)] {
            for (i, frame) in stream.frames.iter().enumerate() {
                self.take_frame(&format!("{name}{side}-frame-{}", i + 1), frame);
            }
        }
    }

    fn take_frame(&mut self, name: &str, frame: &Frame) {
        self.add("frame_header", name, &[&frame.header()]);
        self.add("mask", name, &[MASK, frame.payload()]);
        match frame.opcode() {
            TEXT | CONTINUATION => self.add("utf8_stream", name, &[UTF8_STREAM, frame.payload()]),
            CLOSE => self.add("close_payload", name, &[frame.payload()]),
            _ => {}
        }
    }

    fn add(&mut self, target: &'static str, name: &str, parts: &[&[u8]]) {
        let mut bytes = parts.concat();
        bytes.truncate(self.largest);
        if self.seen.insert((target, bytes.clone())) {
            let name = name.to_owned();
            let seeds = self.by_target.entry(target).or_default();
            seeds.push(Seed { name, bytes });
        }
    }
}

/// At most so many of the seeds, evenly spread.
pub(super) fn spread(seeds: &[Seed], most: usize) -> Vec<&Seed> {
    let count = seeds.len().min(most);
    (0..count)
        .map(|i| &seeds[i * seeds.len() / count])
        .collect()
}

impl Stream {
    fn bytes(&self) -> Vec<u8> {
        self.frames.iter().flat_map(Frame::bytes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame;
    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\n\r\n";

    /// "hi" and a Close, and their echoes.
    fn recording(case: &str) -> Recording {
        let client = b"\x81\x82\0\0\0\0hi\x88\x82\0\0\0\0\x03\xe8";
        let stream = |bytes: &[u8]| Stream {
            head: head::settled(REQUEST),
            frames: frame::split(bytes),
        };
        Recording {
            case: case.parse().expect("a number"),
            client: stream(client),
            server: stream(b"\x81\x02hi\x88\x02\x03\xe8"),
        }
    }

    fn of_target<'a>(seeds: &'a Seeds, target: &str) -> Vec<(&'a str, &'a [u8])> {
        let (_, seeds) = seeds
            .by_target()
            .find(|(name, _)| *name == target)
            .expect("it has seeds");
        let seeds = seeds.iter();
        seeds.map(|seed| (&*seed.name, &*seed.bytes)).collect()
    }

    #[test]
    fn a_recording_becomes_inputs_in_the_form_of_each_target() {
        let seeds = Seeds::of(&[recording("1.1.1")], 1000);
        assert_eq!(
            of_target(&seeds, "handshake_request"),
            [("autobahn-1.1.1", &*[HANDSHAKE, REQUEST].concat())]
        );
        assert_eq!(
            of_target(&seeds, "diff_tungstenite")[1],
            (
                "autobahn-1.1.1-server",
                &b"\x05\x81\x02hi\x88\x02\x03\xe8"[..]
            )
        );
        assert_eq!(
            of_target(&seeds, "frame_header"),
            [
                ("autobahn-1.1.1-frame-1", &b"\x81\x82\x37\xfa\x21\x3d"[..]),
                ("autobahn-1.1.1-frame-2", b"\x88\x82\x37\xfa\x21\x3d"),
                ("autobahn-1.1.1-server-frame-1", b"\x81\x02"),
                ("autobahn-1.1.1-server-frame-2", b"\x88\x02"),
            ]
        );
        assert_eq!(
            of_target(&seeds, "close_payload"),
            [("autobahn-1.1.1-frame-2", &b"\x03\xe8"[..])]
        );
    }

    #[test]
    fn what_two_cases_have_in_common_is_there_once_and_long_ones_are_cut() {
        let recordings = [recording("1.1.1"), recording("1.1.2")];
        let seeds = Seeds::of(&recordings, 6);
        assert_eq!(
            of_target(&seeds, "utf8_stream"),
            [("autobahn-1.1.1-frame-1", &b"\x01\x07\x40\x00hi"[..])]
        );
        assert_eq!(
            of_target(&seeds, "server_io"),
            [("autobahn-1.1.1", &b"\x01\0\0\0\0G"[..])]
        );
    }

    #[test]
    fn a_few_of_many_seeds_are_spread_over_all() {
        let seeds: Vec<Seed> = (0..10)
            .map(|i| Seed {
                name: i.to_string(),
                bytes: Vec::new(),
            })
            .collect();
        let names = |most| -> String {
            let spread = spread(&seeds, most).into_iter();
            spread.map(|seed| seed.name.as_str()).collect()
        };
        assert_eq!(names(3), "036");
        assert_eq!(names(100), "0123456789");
        assert_eq!(names(0), "");
    }
}
