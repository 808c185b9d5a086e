use std::{collections::VecDeque, mem};

use ws_frame::{FrameHeader, Opcode};

use crate::{control_payload::ControlPayload, masks::Masks, untold::Controls};

/// Pongs, and pings, that may wait at the same time.
pub(crate) const LANE_FRAMES: usize = 32;

/// Pings and pongs on their way out; they overtake queued data at a frame boundary.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    pings: VecDeque<ControlPayload>,
    pongs: VecDeque<ControlPayload>,
}

impl Lane {
    /// Queues the answer to a ping. "If an endpoint receives a Ping frame and has not yet sent
    /// Pong frame(s) in response to previous Ping frame(s), the endpoint MAY elect to send a Pong
    /// frame for only the most recently processed Ping frame" (RFC 6455 5.5.3): the oldest gives
    /// way when too many wait.
    pub(crate) fn push_pong(&mut self, payload: &[u8]) {
        if self.pongs.len() >= LANE_FRAMES {
            self.pongs.pop_front();
        }
        self.pongs.push_back(ControlPayload::from_slice(payload));
    }

    /// Queues a ping; `false` when too many wait.
    pub(crate) fn push_ping(&mut self, payload: &[u8]) -> bool {
        let room = self.pings.len() < LANE_FRAMES;
        if room {
            self.pings.push_back(ControlPayload::from_slice(payload));
        }
        room
    }

    /// Bytes that wait, frame headers included.
    pub(crate) fn len(&self, masks: &Masks) -> usize {
        let header = if masks.is_none() { 2 } else { 6 };
        let frames = self.pings.iter().chain(&self.pongs);
        frames
            .map(|payload| header + payload.as_slice().len())
            .sum()
    }

    /// Appends all that waits to `dst` and frees its own memory.
    pub(crate) fn encode(&mut self, masks: &mut Masks, dst: &mut Vec<u8>) -> Controls {
        let Lane { pings, pongs } = mem::take(self);
        let controls = Controls {
            pings: pings.len() as u16,
            pongs: pongs.len() as u16,
        };
        let pongs = pongs.iter().map(|payload| (Opcode::Pong, payload));
        let pings = pings.iter().map(|payload| (Opcode::Ping, payload));
        for (opcode, payload) in pongs.chain(pings) {
            encode_control(opcode, payload, masks, dst);
        }
        controls
    }
}

pub(crate) fn encode_control(
    opcode: Opcode,
    payload: &ControlPayload,
    masks: &mut Masks,
    dst: &mut Vec<u8>,
) {
    let payload = payload.as_slice();
    let header = FrameHeader::new(opcode, payload.len() as u64)
        .expect("a control payload is never longer than 125 bytes");
    masks.encode(header, payload, dst);
}
