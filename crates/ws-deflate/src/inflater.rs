use std::{mem, sync::Arc};

use ws_connection::{Decoded, Decoder, ExtensionError, ProtocolError};
use ws_frame::CloseCode;
use zlib_rs::{InflateFlush, Status};

use crate::{Deflate, Traffic, WindowBits, history::History, pool::Rent};

/// What a sender has cut off the end of a message (RFC 7692 7.2.1), and a block that ends the
/// stream: a message that is whole ends right there.
const END: &[u8] = b"\x00\x00\xff\xff\x01\x00\x00\xff\xff";

/// Up to this length a message may inflate however much.
const RATIO_FROM: usize = 64 << 10;

/// The ratio is looked at behind so many bytes, again and again, and at the end: at the same places
/// wherever the message is cut.
const RATIO_EVERY: u64 = 256;

/// A message may end its stream so often, and once more for each [`BYTES_OF_A_STREAM`]: each time
/// costs the window.
const STREAMS: u64 = 4;
const BYTES_OF_A_STREAM: u64 = 1 << 10;

/// Pieces of a message are put together until they are so many bytes, or all. Each has a price of
/// its own, and the first needs an inflater of 46 KiB until the message ends: it is to be worth it.
const COLLECTED: usize = 4 << 10;

/// So many bytes, as a guess, come of one at first. A wrong one costs another step.
const EXPANSION: u64 = 8;

/// Least room for what comes of a piece: zlib is slow where less than 258 bytes of it are left.
const ROOM_AT_LEAST: u64 = 512;

/// Most room for it.
const ROOM_AT_MOST: u64 = 64 << 10;

/// Inflates the messages of one connection (RFC 7692 7.2.2).
///
/// Between messages it holds no inflater, and the window only where the peer may refer to it.
#[derive(Debug)]
pub(crate) struct Inflater {
    /// Pieces that are not inflated yet, fewer bytes than [`COLLECTED`].
    collected: Vec<u8>,
    /// From the first piece that is inflated until the message ends.
    rent: Option<Rent>,
    /// With context takeover.
    history: Option<History>,
    max_ratio: Option<u32>,
    message: Message,
    traffic: Option<Arc<Traffic>>,
}

/// What is known of the message that is under way.
#[derive(Debug, Default)]
struct Message {
    /// Bytes taken.
    taken: u64,
    /// How often a block with BFINAL has ended the stream.
    streams: u64,
    /// Such a block was the last.
    at_end: bool,
}

impl Inflater {
    /// `window` is the one that survives from message to message.
    pub(crate) fn new(
        settings: &Deflate,
        window: Option<WindowBits>,
        traffic: Option<Arc<Traffic>>,
    ) -> Self {
        Self {
            collected: Vec::new(),
            rent: None,
            history: window.map(|bits| History::new(bits.bytes())),
            max_ratio: settings.max_ratio(),
            message: Message::default(),
            traffic,
        }
    }

    /// An inflater that knows the messages before and, behind a block with BFINAL, what came of
    /// this one.
    fn begin(&mut self, output: &Decoded<'_>) -> Result<(), ProtocolError> {
        self.rent = None;
        let mut rent = Rent::take();
        let [first, second] = self.history.as_ref().map_or([&[][..]; 2], History::pieces);
        for piece in [first, second, output.as_slice()] {
            if !piece.is_empty() {
                rent.get()
                    .set_dictionary(piece)
                    .map_err(|_| undecodable())?;
            }
        }
        self.rent = Some(rent);
        Ok(())
    }

    /// Inflates what was collected, and this piece.
    fn inflate_all(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
        let mut collected = mem::take(&mut self.collected);
        self.inflate_within_ratio(&collected, output)?;
        collected.clear();
        self.collected = collected;
        self.inflate_within_ratio(piece, output)
    }

    fn inflate_within_ratio(
        &mut self,
        piece: &[u8],
        output: &mut Decoded<'_>,
    ) -> Result<(), ProtocolError> {
        let mut rest = piece;
        while self.max_ratio.is_some() && !rest.is_empty() {
            let most = RATIO_EVERY - self.message.taken % RATIO_EVERY;
            let (now, later) = rest.split_at(rest.len().min(most as usize));
            self.inflate(now, output)?;
            if now.len() as u64 == most {
                self.check_ratio(output)?;
            }
            rest = later;
        }
        self.inflate(rest, output)
    }

    /// Inflates all of a piece.
    fn inflate(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
        let mut piece = piece;
        if piece.is_empty() {
            return Ok(());
        }
        if self.rent.is_none() {
            self.begin(output)?;
        }
        loop {
            if self.message.at_end {
                self.begin_again(output)?;
            }
            let room = self.room_for(piece, output);
            match self.step(&mut piece, room, output)? {
                Progress::NeedsRoom => {}
                Progress::NeedsInput => return all_taken(piece),
                Progress::StreamEnd => {
                    self.message.at_end = true;
                    if piece.is_empty() {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// How much room a step gets, since room that stays empty is zeroed for nothing.
    fn room_for(&self, piece: &[u8], output: &Decoded<'_>) -> usize {
        let len = output.as_slice().len() as u64;
        let ratio = len.checked_div(self.message.taken);
        let times = ratio.map_or(EXPANSION, |ratio| ratio + 2);
        let likely = times.saturating_mul(piece.len() as u64);
        likely.clamp(ROOM_AT_LEAST, ROOM_AT_MOST) as usize
    }

    /// Inflates what finds room, and moves `piece` past what it took.
    fn step(
        &mut self,
        piece: &mut &[u8],
        room: usize,
        output: &mut Decoded<'_>,
    ) -> Result<Progress, ProtocolError> {
        let rent = self.rent.as_mut().expect("begun with the message");
        let inflate = rent.get();
        let mut status = Ok(Status::Ok);
        let mut offered = 0;
        let before = inflate.total_in();
        let filled = output.fill(room, |room| {
            offered = room.len();
            let before = inflate.total_out();
            status = inflate.decompress(piece, room, InflateFlush::SyncFlush);
            // Also in front of an error, so that what is too long is that wherever it is cut.
            Ok((inflate.total_out() - before) as usize)
        })?;
        let taken = inflate.total_in() - before;
        self.message.taken += taken;
        *piece = &piece[taken as usize..];
        Ok(match status.map_err(|_| undecodable())? {
            Status::StreamEnd => Progress::StreamEnd,
            Status::Ok | Status::BufError if filled < offered => Progress::NeedsInput,
            Status::Ok | Status::BufError => Progress::NeedsRoom,
        })
    }

    /// Whether the message is whole. Nothing comes of its end.
    fn ends_here(&mut self, output: &mut Decoded<'_>) -> Result<bool, ProtocolError> {
        if self.rent.is_none() {
            return Ok(false);
        }
        let mut end = END;
        let before = output.as_slice().len();
        let progress = self.step(&mut end, 1, output)?;
        self.message.taken -= (END.len() - end.len()) as u64;
        // The first four octets may have been cut off a block with BFINAL set.
        let is_whole = end.is_empty() || end == &END[4..];
        Ok(progress == Progress::StreamEnd && is_whole && output.as_slice().len() == before)
    }

    fn check_ratio(&self, output: &Decoded<'_>) -> Result<(), ProtocolError> {
        let len = output.as_slice().len();
        let most = |ratio: u32| self.message.taken.saturating_mul(ratio.into());
        match self.max_ratio {
            Some(ratio) if len > RATIO_FROM && len as u64 > most(ratio) => {
                let what = format!("message that inflates to more than {ratio} times its bytes");
                Err(ExtensionError::new(CloseCode::POLICY_VIOLATION, what).into())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Behind a block with BFINAL another stream begins, with the same window.
    fn begin_again(&mut self, output: &Decoded<'_>) -> Result<(), ProtocolError> {
        self.message.streams += 1;
        if self.message.streams > STREAMS + self.message.taken / BYTES_OF_A_STREAM {
            let what = "compressed message with too many blocks that have BFINAL set";
            return Err(ExtensionError::new(CloseCode::POLICY_VIOLATION, what).into());
        }
        self.message.at_end = false;
        self.begin(output)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    NeedsInput,
    NeedsRoom,
    StreamEnd,
}

impl Decoder for Inflater {
    fn decode(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
        if self.collected.len() + piece.len() < COLLECTED {
            self.collected.extend_from_slice(piece);
            return Ok(());
        }
        self.inflate_all(piece, output)
    }

    fn finish(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
        self.inflate_all(piece, output)?;
        if !self.message.at_end && !self.ends_here(output)? {
            return Err(undecodable());
        }
        self.check_ratio(output)?;
        self.rent = None;
        self.collected = Vec::new();
        let message = mem::take(&mut self.message);
        if let Some(traffic) = &self.traffic {
            traffic.add_received(output.as_slice().len(), message.taken);
        }
        if let Some(history) = &mut self.history {
            history.append(output.as_slice());
        }
        Ok(())
    }
}

/// An inflater that leaves input behind though it has room will never take it.
fn all_taken(piece: &[u8]) -> Result<(), ProtocolError> {
    piece.is_empty().then_some(()).ok_or_else(undecodable)
}

fn undecodable() -> ProtocolError {
    let what = "compressed message that is no DEFLATE data, or not all of it";
    ExtensionError::new(CloseCode::INVALID_PAYLOAD, what).into()
}
