//! The replies of one connection: server frames are parsed and whole messages counted.

use super::coding::Coding;
use super::deflated::Deflated;
use super::frames::Frames;
use super::reply_error::ReplyError;

/// The longest header of a server's frame: two bytes and eight of length.
const LONGEST_HEADER: usize = 10;

/// How closely a reply is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// Opcode and length.
    Shape,
    /// The bytes of the payload too.
    Payload,
}

/// Where the parser stands in the stream of one server.
///
/// A reply may come in fragments, and control frames may stand between them; pings and pongs are passed over.
#[derive(Debug)]
pub(crate) struct Replies {
    check: Check,
    partial: [u8; LONGEST_HEADER],
    partial_length: usize,
    frame: Frame,
    /// Payload of the frame that is still to come.
    remaining: usize,
    /// Payload of the message that has come.
    arrived: usize,
    fragmented: bool,
    /// On a connection that has agreed on compression.
    deflated: Option<Box<Deflated>>,
}

#[derive(Debug)]
enum Frame {
    None,
    Data { fin: bool },
    Control { opcode: u8, payload: Vec<u8> },
}

impl Replies {
    pub(crate) fn new(check: Check, coding: Coding) -> Self {
        Self {
            check,
            partial: [0; LONGEST_HEADER],
            partial_length: 0,
            frame: Frame::None,
            remaining: 0,
            arrived: 0,
            fragmented: false,
            deflated: Deflated::agreed(coding),
        }
    }

    /// Takes what was read and says how many messages have become whole.
    pub(crate) fn receive(
        &mut self,
        mut input: &[u8],
        frames: &Frames,
    ) -> Result<usize, ReplyError> {
        let mut whole = 0;
        while !input.is_empty() {
            if matches!(self.frame, Frame::None) {
                if self.partial_length == 0 && !self.fragmented {
                    whole += self.pass_whole(&mut input, frames)?;
                }
                if !self.take_header(&mut input, frames)? {
                    break;
                }
            }
            whole += self.take_payload(&mut input, frames)?;
        }
        Ok(whole)
    }

    /// The fast path: replies that lie whole in the input and look as foreseen.
    fn pass_whole(&self, input: &mut &[u8], frames: &Frames) -> Result<usize, ReplyError> {
        let header = frames.reply_header();
        let length = header.len() + frames.payload().len();
        // One comparison for many small replies: the generator has to be faster than the server.
        let foreseen = frames.replies().len().min(input.len() / length * length);
        if foreseen > 0 && input.starts_with(&frames.replies()[..foreseen]) {
            *input = &input[foreseen..];
            return Ok(foreseen / length);
        }
        let mut whole = 0;
        while input.len() >= length && input.starts_with(header) {
            let (reply, rest) = input.split_at(length);
            if self.check == Check::Payload {
                compare(&reply[header.len()..], frames.payload(), 0)?;
            }
            *input = rest;
            whole += 1;
        }
        Ok(whole)
    }

    /// Takes a header byte by byte; false if it goes on in the next read.
    fn take_header(&mut self, input: &mut &[u8], frames: &Frames) -> Result<bool, ReplyError> {
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            self.partial[self.partial_length] = byte;
            self.partial_length += 1;
            if self.partial_length >= 2 && self.partial_length == header_length(self.partial[1]) {
                let length = payload_length(&self.partial[1..self.partial_length]);
                self.partial_length = 0;
                self.begin(length, frames)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn begin(&mut self, length: usize, frames: &Frames) -> Result<(), ReplyError> {
        let [first, second, ..] = self.partial;
        if second & 0x80 != 0 {
            return Err(ReplyError::Masked);
        }
        let opcode = first & 0x0f;
        let is_compressed = self.begin_compressed(first)?;
        self.remaining = length;
        if opcode >= 8 {
            let payload = Vec::new();
            self.frame = Frame::Control { opcode, payload };
            return Ok(());
        }
        let expected = if self.fragmented {
            0
        } else {
            frames.kind().opcode()
        };
        if opcode != expected {
            return Err(ReplyError::Opcode {
                seen: opcode,
                expected,
            });
        }
        let fin = first & 0x80 != 0;
        if is_compressed {
            self.frame = Frame::Data { fin };
            return Ok(());
        }
        let seen = self.arrived.saturating_add(length);
        let expected = frames.payload().len();
        if seen > expected || (fin && seen < expected) {
            return Err(ReplyError::Length { seen, expected });
        }
        self.frame = Frame::Data { fin };
        Ok(())
    }

    /// Whether the frame that begins belongs to a compressed message; RSV1 says so of the first one (RFC 7692 6).
    fn begin_compressed(&mut self, first: u8) -> Result<bool, ReplyError> {
        let is_control = first & 0x08 != 0;
        match (&mut self.deflated, first & 0x70) {
            (Some(deflated), 0) if !is_control => Ok(self.fragmented && deflated.is_under_way()),
            (_, 0) => Ok(false),
            (Some(deflated), 0x40) if !is_control && !self.fragmented => {
                deflated.begin();
                Ok(true)
            }
            (_, _) => Err(ReplyError::Reserved(first)),
        }
    }

    /// Takes what there is of the frame's payload; 1 if a message has become whole with it.
    fn take_payload(&mut self, input: &mut &[u8], frames: &Frames) -> Result<usize, ReplyError> {
        let (now, rest) = input.split_at(self.remaining.min(input.len()));
        *input = rest;
        self.remaining -= now.len();
        match &mut self.frame {
            Frame::None => return Ok(0),
            Frame::Data { .. } => {
                let is_compressed = self.deflated.as_mut().is_some_and(|it| it.take(now));
                if !is_compressed && self.check == Check::Payload {
                    compare(now, &frames.payload()[self.arrived..], self.arrived)?;
                }
                self.arrived += now.len();
            }
            Frame::Control { payload, .. } => payload.extend(now),
        }
        if self.remaining > 0 {
            return Ok(0);
        }
        self.end(frames)
    }

    fn end(&mut self, frames: &Frames) -> Result<usize, ReplyError> {
        match std::mem::replace(&mut self.frame, Frame::None) {
            Frame::Control { opcode: 8, payload } => Err(ReplyError::closed(&payload)),
            Frame::Data { fin: true } => {
                if let Some(deflated) = &mut self.deflated {
                    deflated.finish(frames.payload())?;
                }
                self.arrived = 0;
                self.fragmented = false;
                Ok(1)
            }
            Frame::Data { fin: false } => {
                self.fragmented = true;
                Ok(0)
            }
            Frame::None | Frame::Control { .. } => Ok(0),
        }
    }
}

fn header_length(second: u8) -> usize {
    match second & 0x7f {
        126 => 4,
        127 => 10,
        _ => 2,
    }
}

/// The length in the bytes of a header from its second on.
fn payload_length(bytes: &[u8]) -> usize {
    let extended = &bytes[1..];
    if extended.is_empty() {
        return usize::from(bytes[0] & 0x7f);
    }
    extended.iter().fold(0, |length: usize, &byte| {
        length.saturating_mul(256).saturating_add(usize::from(byte))
    })
}

/// Compares with the beginning of `expected`, which is the payload from `offset` on.
fn compare(seen: &[u8], expected: &[u8], offset: usize) -> Result<(), ReplyError> {
    if expected.starts_with(seen) {
        return Ok(());
    }
    let differs = seen.iter().zip(expected).position(|(a, b)| a != b);
    Err(ReplyError::Payload {
        at: offset + differs.unwrap_or(expected.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::generator::frames::Kind;

    fn reply(frames: &Frames) -> Vec<u8> {
        [frames.reply_header(), frames.payload()].concat()
    }

    fn count(stream: &[u8], frames: &Frames, step: usize) -> Result<usize, ReplyError> {
        let mut replies = Replies::new(Check::Payload, Coding::Plain);
        stream
            .chunks(step)
            .try_fold(0, |sum, chunk| Ok(sum + replies.receive(chunk, frames)?))
    }

    #[test]
    fn replies_are_counted_whatever_the_reads_cut() {
        for size in [0, 1, 125, 126, 300, 65_536] {
            let frames = Frames::new(Kind::Binary, size, 1, Coding::Plain);
            let stream = reply(&frames).repeat(3);
            for step in [1, 2, 3, 7, 100, 4096, stream.len()] {
                assert_eq!(
                    count(&stream, &frames, step),
                    Ok(3),
                    "size {size}, step {step}"
                );
            }
        }
    }

    #[test]
    fn fragments_are_one_reply_and_control_frames_are_none() {
        let frames = Frames::new(Kind::Text, 5, 1, Coding::Plain);
        let payload = frames.payload();
        let mut stream = vec![0x01, 2];
        stream.extend(&payload[..2]);
        stream.extend([0x89, 1, b'?', 0x00, 0, 0x80, 3]);
        stream.extend(&payload[2..]);
        stream.extend(reply(&frames));
        for step in 1..=stream.len() {
            assert_eq!(count(&stream, &frames, step), Ok(2), "step {step}");
        }
    }

    #[test]
    fn a_wrong_opcode_length_mask_or_payload_is_refused() {
        let frames = Frames::new(Kind::Text, 2, 1, Coding::Plain);
        let seen = |bytes: &[u8]| count(bytes, &frames, bytes.len()).unwrap_err();
        assert_eq!(
            seen(&[0x82, 2]),
            ReplyError::Opcode {
                seen: 2,
                expected: 1
            }
        );
        assert_eq!(
            seen(&[0x80, 2]),
            ReplyError::Opcode {
                seen: 0,
                expected: 1
            }
        );
        assert_eq!(
            seen(&[0x81, 3]),
            ReplyError::Length {
                seen: 3,
                expected: 2
            }
        );
        assert_eq!(
            seen(&[0x81, 1]),
            ReplyError::Length {
                seen: 1,
                expected: 2
            }
        );
        assert_eq!(seen(&[0x81, 0x82]), ReplyError::Masked);
        assert_eq!(seen(&[0xc1, 2]), ReplyError::Reserved(0xc1));
        assert_eq!(
            seen(&[0x81, 2, frames.payload()[0], b'!']),
            ReplyError::Payload { at: 1 }
        );
    }

    #[test]
    fn the_shape_alone_can_be_checked() {
        let frames = Frames::new(Kind::Text, 2, 1, Coding::Plain);
        let mut replies = Replies::new(Check::Shape, Coding::Plain);
        assert_eq!(replies.receive(&[0x81, 2, b'!', b'!'], &frames), Ok(1));
    }

    #[test]
    fn a_close_tells_its_code_and_reason() {
        let frames = Frames::new(Kind::Text, 2, 1, Coding::Plain);
        let error = count(b"\x88\x05\x03\xf1big", &frames, 3).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the server closed the connection with code 1009 \"big\""
        );
        assert_eq!(
            count(&[0x88, 0], &frames, 1).unwrap_err().to_string(),
            "the server closed the connection without a code"
        );
    }
}
