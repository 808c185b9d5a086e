use std::sync::Arc;

use bytes::BufMut;
use ws_frame::{CloseFrame, FrameHeader, Opcode, validate_utf8};

use crate::{
    Config, Event, Extension, Message, MessageKind, ProtocolError, Role, Tally,
    agreed::{Agreed, Form, check_reserved_bits},
    aside::Aside,
    assembly::Assembly,
    partial_header::PartialHeader,
    step::Step,
    take::{take, take_whole},
};

/// The receiving half of an endpoint: bytes become [`Event`]s.
///
/// It consumes all that it is given and keeps at most a partial header, a partial control
/// payload and the unfinished message, so its memory follows the bytes that arrived. A message
/// that lies whole and unfragmented in the input is unmasked in place and handed out borrowed.
///
/// After a [`ProtocolError`] or a Close all further input is discarded (RFC 6455 5.5.1, 7.1.7).
///
/// ```
/// use std::sync::Arc;
/// use ws_connection::{Config, Event, Receiver};
///
/// let mut receiver = Receiver::client(Arc::new(Config::default()));
/// let mut bytes = *b"\x81\x02hi\x81\x05split";
/// let mut input = &mut bytes[..];
/// match receiver.receive(&mut input)? {
///     Some(Event::Message(message)) => assert_eq!(message.as_text(), Some("hi")),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), ws_connection::ProtocolError>(())
/// ```
#[derive(Debug)]
pub struct Receiver {
    config: Arc<Config>,
    role: Role,
    stage: Stage,
    received: Tally,
    aside: Option<Box<Aside>>,
    /// The message that is put together, from its first frame until it was handed out.
    message: Option<Box<Assembly>>,
}

#[derive(Debug)]
enum Stage {
    /// Between frames, or inside a header.
    Header(PartialHeader),
    /// Inside a frame whose payload did not come whole with its header.
    Payload {
        header: FrameHeader,
        taken: u64,
    },
    Discard,
}

impl Stage {
    const BETWEEN_FRAMES: Self = Stage::Header(PartialHeader::EMPTY);
}

impl Receiver {
    /// The receiving half of a server: frames must be masked.
    #[must_use]
    pub fn server(config: impl Into<Arc<Config>>) -> Self {
        Self::new(Role::Server, config.into())
    }

    /// The receiving half of a client: frames must not be masked.
    #[must_use]
    pub fn client(config: impl Into<Arc<Config>>) -> Self {
        Self::new(Role::Client, config.into())
    }

    fn new(role: Role, config: Arc<Config>) -> Self {
        Self {
            config,
            role,
            stage: Stage::BETWEEN_FRAMES,
            received: Tally::default(),
            aside: None,
            message: None,
        }
    }

    /// Receives messages in the form of an extension that was agreed on.
    #[must_use]
    pub fn with_extension(mut self, extension: &(impl Extension + ?Sized)) -> Self {
        self.aside.get_or_insert_default().agreed = Some(Agreed::new(extension));
        self
    }

    /// Messages that were received whole.
    #[must_use]
    pub fn received(&self) -> Tally {
        self.received
    }

    /// The next event in `input`, which is moved past what was taken; `None` when all of it was
    /// taken. Call it until then: the last call also frees the buffer of the last message.
    ///
    /// # Errors
    ///
    /// What the peer did wrong; hand it to [`Sender::fail`](crate::Sender::fail). The rest of the
    /// input is gone, and later input is discarded.
    pub fn receive<'r, 'i: 'r>(
        &'r mut self,
        input: &mut &'i mut [u8],
    ) -> Result<Option<Event<'r>>, ProtocolError> {
        self.release();
        match self.step(input) {
            Ok(step) => Ok(self.event(step)),
            Err(error) => {
                self.discard();
                *input = &mut [];
                Err(error)
            }
        }
    }

    /// Where the bytes that come next may be read to without a copy, when a large message is
    /// under way: read into it, then call [`receive`](Self::receive) (with no input). `None`: read
    /// into a buffer of your own.
    pub fn payload_room(&mut self) -> Option<impl BufMut + '_> {
        match &self.stage {
            Stage::Payload { header, taken } if header.opcode().is_data() => {
                let left = header.payload_len() - taken;
                let left = usize::try_from(left).unwrap_or(usize::MAX);
                self.message.as_mut()?.room(left)
            }
            Stage::Payload { .. } | Stage::Header(_) | Stage::Discard => None,
        }
    }

    /// Throws away the unfinished message and all that is still to come.
    pub fn discard(&mut self) {
        self.stage = Stage::Discard;
        self.message = None;
        self.aside = None;
    }

    /// Whether input is thrown away because the peer closed or the connection failed.
    #[must_use]
    pub fn is_discarding(&self) -> bool {
        matches!(self.stage, Stage::Discard)
    }

    /// Frees what the last event borrowed.
    fn release(&mut self) {
        self.message.take_if(|message| message.is_delivered());
        if matches!(self.stage, Stage::Header(_))
            && let Some(aside) = &mut self.aside
        {
            aside.control = None;
            self.aside.take_if(|aside| aside.agreed.is_none());
        }
    }

    fn event<'r, 'i: 'r>(&'r mut self, step: Step<'i>) -> Option<Event<'r>> {
        match step {
            Step::NeedMore => None,
            Step::Whole(message) => {
                self.received.count(message.len());
                Some(Event::Message(message))
            }
            Step::Assembled => {
                let message = self.message.as_mut()?.message();
                self.received.count(message.len());
                Some(Event::Message(message))
            }
            Step::Ping(payload) => Some(Event::Ping(payload)),
            Step::Pong(payload) => Some(Event::Pong(payload)),
            Step::AssembledPing => Some(Event::Ping(self.assembled_control())),
            Step::AssembledPong => Some(Event::Pong(self.assembled_control())),
            Step::Close(frame) => {
                self.discard();
                Some(Event::Close(frame))
            }
        }
    }

    fn assembled_control(&self) -> &[u8] {
        let control = self.aside.as_ref().and_then(|aside| aside.control.as_ref());
        control.map_or(&[], |control| control.as_slice())
    }

    fn step<'i>(&mut self, input: &mut &'i mut [u8]) -> Result<Step<'i>, ProtocolError> {
        loop {
            match &mut self.stage {
                Stage::Discard => {
                    *input = &mut [];
                    return Ok(Step::NeedMore);
                }
                Stage::Header(partial) => {
                    let Some(header) = partial.decode(input)? else {
                        return Ok(Step::NeedMore);
                    };
                    self.check(&header)?;
                    if let Some(step) = self.whole_frame(&header, input)? {
                        return Ok(step);
                    }
                    self.begin(&header);
                    self.stage = Stage::Payload { header, taken: 0 };
                }
                &mut Stage::Payload { header, taken } => {
                    if let Some(step) = self.payload(&header, taken, input)? {
                        return Ok(step);
                    }
                }
            }
        }
    }

    /// The rules of RFC 6455 5.1, 5.2 and 5.4 first, then the limits.
    fn check(&mut self, header: &FrameHeader) -> Result<(), ProtocolError> {
        let agreed = self.aside.as_ref().and_then(|aside| aside.agreed.as_ref());
        check_reserved_bits(agreed, header)?;
        match (self.role, header.masking_key()) {
            (Role::Server, None) => return Err(ProtocolError::MaskMissing),
            (Role::Client, Some(_)) => return Err(ProtocolError::MaskUnexpected),
            (Role::Server, Some(_)) | (Role::Client, None) => {}
        }
        match header.opcode() {
            Opcode::Close | Opcode::Ping | Opcode::Pong => return Ok(()),
            Opcode::Continuation if self.message.is_none() => {
                return Err(ProtocolError::UnexpectedContinuation);
            }
            Opcode::Text | Opcode::Binary if self.message.is_some() => {
                return Err(ProtocolError::UnfinishedMessage(header.opcode()));
            }
            Opcode::Continuation | Opcode::Text | Opcode::Binary => {}
        }
        self.check_limits(header)
    }

    fn check_limits(&mut self, header: &FrameHeader) -> Result<(), ProtocolError> {
        let len = header.payload_len();
        if let Some(limit) = self.config.max_frame().filter(|&limit| len > limit) {
            return Err(ProtocolError::FrameTooBig { len, limit });
        }
        let (form, before) = match &self.message {
            Some(message) => (message.form(), message.len()),
            None => (Form::begun_by(header), 0),
        };
        let limit = form.limit(self.config.max_message());
        let whole = len.saturating_add(before);
        if whole > limit {
            return Err(ProtocolError::MessageTooBig { len: whole, limit });
        }
        if let Some(message) = &mut self.message {
            message.charge(len, self.config.max_cost())?;
        }
        match &mut self.message {
            Some(message) if len > 0 => message.end_empty_fragments(),
            Some(message) if !header.is_final() => {
                message.count_empty_fragment(self.config.max_empty_fragments())?;
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    /// The road of most frames: all of it lies in `input` and nothing is to be put together.
    fn whole_frame<'i>(
        &mut self,
        header: &FrameHeader,
        input: &mut &'i mut [u8],
    ) -> Result<Option<Step<'i>>, ProtocolError> {
        let fits = header.payload_len() <= input.len() as u64;
        if !(fits && header.is_final() && header.rsv().is_empty()) {
            return Ok(None);
        }
        Ok(Some(match header.opcode() {
            Opcode::Continuation => return Ok(None),
            Opcode::Text => {
                let text = validate_utf8(take_whole(header, input))
                    .map_err(|_| ProtocolError::InvalidUtf8)?;
                Step::Whole(Message::from(text))
            }
            Opcode::Binary => Step::Whole(Message::from(take_whole(header, input))),
            Opcode::Ping => Step::Ping(take_whole(header, input)),
            Opcode::Pong => Step::Pong(take_whole(header, input)),
            Opcode::Close => Step::Close(CloseFrame::decode(take_whole(header, input))?),
        }))
    }

    fn begin(&mut self, header: &FrameHeader) {
        let kind = match header.opcode() {
            Opcode::Text => MessageKind::Text,
            Opcode::Binary => MessageKind::Binary,
            Opcode::Continuation | Opcode::Close | Opcode::Ping | Opcode::Pong => return,
        };
        self.message = Some(Box::new(Assembly::new(kind, Form::begun_by(header))));
    }

    /// The payload of a frame that did not come whole with its header; `None` at the end of a
    /// fragment that is not the last.
    fn payload(
        &mut self,
        header: &FrameHeader,
        taken: u64,
        input: &mut &mut [u8],
    ) -> Result<Option<Step<'static>>, ProtocolError> {
        let whole = |payload: Option<&[u8]>, step| payload.map_or(Step::NeedMore, |_| step);
        Ok(Some(match header.opcode() {
            Opcode::Continuation | Opcode::Text | Opcode::Binary => {
                return self.data_payload(header, taken, input);
            }
            Opcode::Ping => whole(
                self.control_payload(header, taken, input),
                Step::AssembledPing,
            ),
            Opcode::Pong => whole(
                self.control_payload(header, taken, input),
                Step::AssembledPong,
            ),
            Opcode::Close => match self.control_payload(header, taken, input) {
                Some(payload) => Step::Close(CloseFrame::decode(payload)?),
                None => Step::NeedMore,
            },
        }))
    }

    /// All of a control frame's payload, once it is there.
    fn control_payload(
        &mut self,
        header: &FrameHeader,
        taken: u64,
        input: &mut &mut [u8],
    ) -> Option<&[u8]> {
        let chunk = take(input, header.payload_len() - taken);
        let taken = taken + chunk.len() as u64;
        let aside = self.aside.get_or_insert_default();
        let control = aside.control.get_or_insert_default();
        control.append(chunk);
        if taken < header.payload_len() {
            self.stage = Stage::Payload {
                header: *header,
                taken,
            };
            return None;
        }
        if let Some(key) = header.masking_key() {
            key.apply(control.as_mut_slice(), 0);
        }
        self.stage = Stage::BETWEEN_FRAMES;
        Some(control.as_slice())
    }

    fn data_payload(
        &mut self,
        header: &FrameHeader,
        taken: u64,
        input: &mut &mut [u8],
    ) -> Result<Option<Step<'static>>, ProtocolError> {
        let message = self.message.as_mut();
        let message = message.expect("begun with its first frame, kept until it is handed out");
        let aside = self.aside.as_mut();
        let agreed = aside.and_then(|aside| aside.agreed.as_mut());
        let agreed = agreed.filter(|_| message.form() == Form::Encoded);
        let limit = self.config.max_message();
        let left = header.payload_len() - taken - message.unsettled() as u64;
        let piece = take(input, left);
        let is_whole = piece.len() as u64 == left;
        let is_last = is_whole && header.is_final();
        let fresh = match agreed {
            Some(Agreed { decoder, .. }) => {
                if let Some(key) = header.masking_key() {
                    key.apply(piece, taken as usize);
                }
                match is_last {
                    true => message.decode_last(piece, &mut **decoder, limit)?,
                    false => message.decode(piece, &mut **decoder, limit)?,
                }
                piece.len() as u64
            }
            None => {
                message.append(piece);
                message.settle(header.masking_key(), taken as usize)?
            }
        };
        if !is_whole {
            let taken = taken + fresh;
            self.stage = Stage::Payload {
                header: *header,
                taken,
            };
            return Ok(Some(Step::NeedMore));
        }
        self.stage = Stage::BETWEEN_FRAMES;
        if !is_last {
            return Ok(None);
        }
        message.finish()?;
        Ok(Some(Step::Assembled))
    }
}
