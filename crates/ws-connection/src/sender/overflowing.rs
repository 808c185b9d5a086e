use ws_frame::Rsv;

use super::Sender;
use crate::{
    Dropped, Encoded, Message, Overflow, Overrun, Queued, SendError, SendOptions, start::Start,
    state::State, waiting::Waiting,
};

/// What gives way when the queue is full.
impl Sender {
    /// The message back when it could be sent now in this way: a look before the work of encoding it.
    /// What gives way for it does so only when it is sent. Where a message with its key waits it comes
    /// back always: whether the queue becomes longer by it is known when it is encoded.
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send). It counts as sent in vain, and [`Overflow::Close`] closes the
    /// connection.
    #[inline]
    pub fn admit<'a>(
        &mut self,
        message: Message<'a>,
        options: SendOptions,
    ) -> Result<Message<'a>, SendError<'a>> {
        if self.state == State::Open && self.outbox.len() < self.config.max_queue() {
            return Ok(message);
        }
        self.admit_unencoded(message, options)
    }

    #[cold]
    fn admit_unencoded<'a>(
        &mut self,
        message: Message<'a>,
        options: SendOptions,
    ) -> Result<Message<'a>, SendError<'a>> {
        if self.state == State::Open && self.replaced_by(options).is_some() {
            return Ok(message);
        }
        let len = message.len();
        self.admit_at_limit(message, len, options)
    }

    #[cold]
    fn admit_at_limit<'a>(
        &mut self,
        message: Message<'a>,
        len: usize,
        options: SendOptions,
    ) -> Result<Message<'a>, SendError<'a>> {
        if self.state != State::Open {
            return Err(SendError::Closed(message));
        }
        if self.has_room(len, options) {
            return Ok(message);
        }
        let (queued, limit) = (self.queued(), self.config.max_queue());
        match options.overflow().unwrap_or(self.config.overflow()) {
            Overflow::DropOldest if queued - self.outbox.droppable() < limit => Ok(message),
            Overflow::DropNewest | Overflow::DropOldest => {
                self.count_dropped().newest.count(message.len());
                Err(SendError::Full(message))
            }
            Overflow::Close => {
                let overrun = Overrun { queued, limit };
                self.closing_mut().overrun = Some(overrun);
                self.fail_with(overrun.close_frame());
                Err(SendError::Closed(message))
            }
        }
    }

    /// Whether a payload of this length can be queued and nothing but the message with its key gives
    /// way.
    fn has_room(&self, len: usize, options: SendOptions) -> bool {
        let old = self.replaced_by(options).map_or(0, Waiting::cost);
        self.queued() - old < self.config.max_queue() || len + SendOptions::CHARGE <= old
    }

    /// The message with the same key.
    fn replaced_by(&self, options: SendOptions) -> Option<&Waiting> {
        self.outbox.waiting(options.key()?)
    }

    /// Queues a message that may give way until it leaves.
    pub(super) fn queue_apart<'a>(
        &mut self,
        message: Message<'a>,
        encoded: Option<Encoded>,
        options: SendOptions,
    ) -> Result<Queued, SendError<'a>> {
        let encoded = encoded.filter(|encoded| self.may_be_encoded(encoded.rsv, options));
        let len = encoded.as_ref().map_or(message.len(), |e| e.payload.len());
        let message = self.admit_at_limit(message, len, options)?;
        let kind = message.kind();
        let mut messages = 0;
        while !self.has_room(len, options)
            && let Some(old) = self.outbox.drop_oldest()
        {
            self.count_dropped().oldest.count(old.plain);
            messages += 1;
        }
        let new = self.waiting(message, encoded, options);
        self.count_sent(kind, new.plain);
        let replaced = self.outbox.place(new);
        if let Some(old) = &replaced {
            self.count_dropped().conflated.count(old.plain);
        }
        self.marks.rise(self.outbox.len(), &self.config);
        Ok(match (messages, replaced) {
            (0, None) => Queued::Last,
            (0, Some(_)) => Queued::Replaced,
            (messages, replaced) => Queued::Displaced {
                messages: messages + usize::from(replaced.is_some()),
            },
        })
    }

    /// Whether the message may stand in its place in the form with these bits.
    ///
    /// What the encoder makes later refers to nothing before a message that it has not made. So where one
    /// stood already that left nothing in the peer's memory, because it was in its own form, no other
    /// form may take its place: what was encoded since may reach back over it.
    fn may_be_encoded(&self, rsv: Rsv, options: SendOptions) -> bool {
        let old = self.replaced_by(options);
        let encoder = self.rare.as_ref().and_then(|rare| rare.encoder.as_ref());
        let is_fixed = encoder.is_some() && old.is_some_and(Waiting::is_plain);
        rsv == self.rsv && !rsv.is_empty() && !is_fixed
    }

    fn waiting(
        &mut self,
        message: Message<'_>,
        encoded: Option<Encoded>,
        options: SendOptions,
    ) -> Waiting {
        let is_new = self.replaced_by(options).is_none();
        if let (Some(encoder), Some(_), true) = (self.encoder(), &encoded, is_new) {
            encoder.skip();
        }
        let opcode = message.kind().opcode();
        let plain = message.len();
        let Encoded { rsv, payload } =
            encoded.unwrap_or_else(|| Encoded::new(Rsv::NONE, message.into_bytes()));
        Waiting {
            first: Start { opcode, rsv },
            payload,
            plain,
            key: options.key(),
            is_droppable: options.overflow().unwrap_or(self.config.overflow())
                == Overflow::DropOldest,
        }
    }

    fn count_dropped(&mut self) -> &mut Dropped {
        &mut self.rare.get_or_insert_default().dropped
    }
}
