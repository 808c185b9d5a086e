use bytes::{Buf, Bytes};
use ws_frame::{CloseFrame, Opcode};

use crate::{
    Batch, Config, Encoded, Message, MessageKind,
    batch::Segment,
    control_payload::ControlPayload,
    lane::{Lane, encode_control},
    masks::Masks,
    moment::Moment,
    queue::Queue,
    untold::Controls,
    waiting::Waiting,
};

/// All that is on its way out: what waits, and how much of the batch under way is left.
#[derive(Debug)]
pub(crate) struct Outbox {
    masks: Masks,
    queue: Queue,
    lane: Option<Box<Lane>>,
    /// Bytes of the last batch that were not written when the caller last came by.
    in_flight: usize,
    /// Since when they have not become less, where there are any.
    stalled: Moment,
}

/// What is put in.
impl Outbox {
    pub(crate) fn new(masks: Masks) -> Self {
        Self {
            masks,
            queue: Queue::default(),
            lane: None,
            in_flight: 0,
            stalled: Moment::START,
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, message: Message<'_>, config: &Config) {
        let fragment_size = config.fragment_size();
        self.queue.push(message, fragment_size, &mut self.masks);
    }

    pub(crate) fn push_encoded(&mut self, kind: MessageKind, encoded: Encoded, config: &Config) {
        let fragment_size = config.fragment_size();
        let masks = &mut self.masks;
        self.queue.push_encoded(kind, encoded, fragment_size, masks);
    }

    /// A message that may give way until it leaves, in the place of the one with its key if there is
    /// one, which comes back.
    pub(crate) fn place(&mut self, message: Waiting) -> Option<Waiting> {
        match self.queue.replace(message) {
            Ok(old) => Some(old),
            Err(message) => {
                self.queue.push_waiting(message);
                None
            }
        }
    }

    pub(crate) fn drop_oldest(&mut self) -> Option<Waiting> {
        self.queue.drop_oldest()
    }

    pub(crate) fn push_pong(&mut self, payload: &[u8]) {
        self.lane.get_or_insert_default().push_pong(payload);
    }

    /// `false` when too many wait.
    pub(crate) fn push_ping(&mut self, payload: &[u8]) -> bool {
        self.lane.get_or_insert_default().push_ping(payload)
    }

    /// Drops what has not begun to leave.
    pub(crate) fn clear(&mut self) {
        self.queue.clear();
        self.lane = None;
    }

    /// Drops everything.
    pub(crate) fn abort(&mut self) {
        self.clear();
        self.in_flight = 0;
    }
}

/// What is taken out.
impl Outbox {
    /// Notes that `left` bytes of the last batch are not written yet.
    #[inline]
    pub(crate) fn note_left(&mut self, now: Moment, left: usize) {
        if left != self.in_flight {
            self.in_flight = left;
            self.stalled = now;
        }
    }

    /// Fills an empty batch, pings and pongs first: so many.
    #[inline]
    pub(crate) fn fill(&mut self, batch: &mut Batch, config: &Config) -> Controls {
        let mut controls = Controls::default();
        let mut spare = batch.take_spare();
        if let Some(mut lane) = self.lane.take() {
            controls = lane.encode(&mut self.masks, &mut spare);
            push_head(batch, std::mem::take(&mut spare));
        }
        let fragment_size = config.fragment_size();
        self.queue
            .take(batch, spare, fragment_size, &mut self.masks);
        controls
    }

    /// Appends a Close to a batch that took all that waited before.
    pub(crate) fn fill_close(&mut self, frame: Option<&CloseFrame>, batch: &mut Batch) {
        let mut payload = Vec::new();
        if let Some(frame) = frame {
            frame.encode(&mut payload);
        }
        let mut head = Vec::new();
        let payload = ControlPayload::from_slice(&payload);
        encode_control(Opcode::Close, &payload, &mut self.masks, &mut head);
        push_head(batch, head);
    }

    /// The batch is on its way; an empty one means that no buffer is needed any more.
    #[inline]
    pub(crate) fn note_filled(&mut self, now: Moment, batch: &mut Batch) {
        if batch.has_remaining() {
            self.in_flight = batch.remaining();
            self.stalled = now;
        } else {
            batch.release();
            self.queue.release();
        }
    }

    pub(crate) fn assume_written(&mut self) {
        self.in_flight = 0;
        self.queue.release();
    }
}

/// What is known.
impl Outbox {
    /// Bytes that wait or are under way.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        let lane = self.lane.as_ref().map_or(0, |lane| lane.len(&self.masks));
        self.in_flight + self.queue.len() + lane
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.in_flight == 0 && self.queue.is_empty() && self.lane.is_none()
    }

    /// What all counts that may be dropped.
    pub(crate) fn droppable(&self) -> usize {
        self.queue.droppable()
    }

    /// The message with this key that has not begun to leave.
    pub(crate) fn waiting(&self, key: u64) -> Option<&Waiting> {
        self.queue.waiting(key)
    }

    /// Whether no message waits, so that a Close may follow.
    pub(crate) fn has_no_messages(&self) -> bool {
        self.queue.is_empty()
    }

    pub(crate) fn is_in_flight(&self) -> bool {
        self.in_flight > 0
    }

    pub(crate) fn stalled(&self) -> Option<Moment> {
        self.is_in_flight().then_some(self.stalled)
    }
}

fn push_head(batch: &mut Batch, head: Vec<u8>) {
    let body = Bytes::new();
    batch.push(Segment { head, body });
}
