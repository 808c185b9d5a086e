//! Bytes from anywhere become headers and payloads.

use std::io::{ErrorKind, Read};

use ws_frame::FrameHeader;

use crate::error::Error;

/// A payload that is announced as longer is refused: a length is a number that the peer chose.
pub(crate) const LIMIT: u64 = 1 << 20;

/// Reads frames piece by piece. Call [`header`](Self::header), then [`payload`](Self::payload)
/// until it returns `None`, and so on.
#[derive(Debug)]
pub(crate) struct FrameReader<R> {
    from: R,
    /// Read and not decoded: a part of a header, or what came with one.
    bytes: Vec<u8>,
    /// How much is read at once.
    piece: usize,
    /// The frame under way, and how much of its payload was handed out.
    frame: Option<(FrameHeader, u64)>,
}

impl<R: Read> FrameReader<R> {
    pub(crate) fn new(from: R, piece: usize) -> Self {
        Self {
            from,
            bytes: Vec::new(),
            piece,
            frame: None,
        }
    }

    /// The next header; `None` at the end, if that is between two frames.
    pub(crate) fn header(&mut self) -> Result<Option<FrameHeader>, Error> {
        loop {
            if let Some((header, len)) = FrameHeader::decode(&self.bytes)? {
                self.bytes.drain(..len);
                let len = header.payload_len();
                if len > LIMIT {
                    return Err(Error::TooBig { len, limit: LIMIT });
                }
                self.frame = Some((header, 0));
                return Ok(Some(header));
            }
            if !self.read()? {
                return match self.bytes.is_empty() {
                    true => Ok(None),
                    false => Err(Error::Cut),
                };
            }
        }
    }

    /// More of the payload, unmasked; `None` when all of it was handed out.
    pub(crate) fn payload(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let Some((header, taken)) = self.frame else {
            return Ok(None);
        };
        let left = header.payload_len() - taken;
        if left == 0 {
            self.frame = None;
            return Ok(None);
        }
        if self.bytes.is_empty() && !self.read()? {
            return Err(Error::Cut);
        }
        let len = usize::try_from(left).map_or(self.bytes.len(), |left| left.min(self.bytes.len()));
        let mut payload: Vec<u8> = self.bytes.drain(..len).collect();
        if let Some(key) = header.masking_key() {
            // The place in the frame says which byte of the key is next.
            key.apply(&mut payload, taken as usize);
        }
        self.frame = Some((header, taken + len as u64));
        Ok(Some(payload))
    }

    /// Whether there was something to read.
    fn read(&mut self) -> Result<bool, Error> {
        let start = self.bytes.len();
        self.bytes.resize(start + self.piece, 0);
        let read = loop {
            match self.from.read(&mut self.bytes[start..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.bytes.truncate(start + *read.as_ref().unwrap_or(&0));
        Ok(read? > 0)
    }
}

#[cfg(test)]
mod tests {
    use ws_frame::{Frame, MaskingKey};

    use super::*;

    #[test]
    fn a_frame_is_the_same_in_pieces_of_any_size() {
        let payload: Vec<u8> = (0..=255).cycle().take(300).collect();
        let mut wire = Vec::new();
        let frame = Frame::binary(&payload).with_masking_key(MaskingKey::new([1, 2, 3, 4]));
        frame.encode(&mut wire);
        frame.encode(&mut wire);
        for piece in 1..wire.len() + 2 {
            let mut reader = FrameReader::new(&wire[..], piece);
            for _ in 0..2 {
                let header = reader.header().expect("legal").expect("there is one");
                assert_eq!(header, frame.header());
                let mut read = Vec::new();
                while let Some(bytes) = reader.payload().expect("it is there") {
                    read.extend(bytes);
                }
                assert_eq!(read, payload);
            }
            assert!(reader.header().expect("a regular end").is_none());
        }
    }

    #[test]
    fn an_end_inside_a_frame_is_an_error() {
        for cut in [1, 3, 6] {
            let mut reader = FrameReader::new(&b"\x82\x7e\x01\x00abc"[..cut], 4);
            let read = reader.header().and_then(|_| {
                while reader.payload()?.is_some() {}
                Ok(())
            });
            assert!(matches!(read, Err(Error::Cut)), "{cut}");
        }
    }

    #[test]
    fn a_length_above_the_limit_is_refused_before_its_payload_comes() {
        let mut wire = Vec::new();
        FrameHeader::binary(LIMIT as usize + 1).encode(&mut wire);
        let error = FrameReader::new(&wire[..], 64).header();
        assert!(matches!(error, Err(Error::TooBig { .. })));
        wire.clear();
        FrameHeader::binary(LIMIT as usize).encode(&mut wire);
        assert!(FrameReader::new(&wire[..], 64).header().is_ok());
    }
}
