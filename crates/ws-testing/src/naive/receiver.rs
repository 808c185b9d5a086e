use ws_connection::{Config, Role};

use super::{End, Event, Header, Run, Text, Violation, opcode, read_close};

/// The receiving half of an endpoint, one byte at a time.
#[derive(Debug)]
pub struct Receiver {
    role: Role,
    config: Config,
    head: Vec<u8>,
    frame: Option<(Header, Vec<u8>)>,
    message: Option<Unfinished>,
    empty_fragments: u32,
}

#[derive(Debug)]
struct Unfinished {
    opcode: u8,
    payload: Vec<u8>,
    frames: u64,
    text: Text,
}

impl Receiver {
    /// An endpoint of this role with these limits.
    #[must_use]
    pub fn new(role: Role, config: &Config) -> Self {
        Self {
            role,
            config: config.clone(),
            head: Vec::new(),
            frame: None,
            message: None,
            empty_fragments: 0,
        }
    }

    /// What such an endpoint must make of `bytes`, in however many reads they come.
    #[must_use]
    pub fn run(role: Role, config: &Config, bytes: &[u8]) -> Run {
        let mut receiver = Self::new(role, config);
        let mut events = Vec::new();
        for &byte in bytes {
            match receiver.push(byte) {
                Ok(None) => {}
                Ok(Some(event)) => {
                    let is_close = matches!(event, Event::Close(_));
                    events.push(event);
                    if is_close {
                        let end = End::Closed;
                        return Run { events, end };
                    }
                }
                Err(violation) => {
                    let end = End::Failed(violation);
                    return Run { events, end };
                }
            }
        }
        let end = End::Open;
        Run { events, end }
    }

    /// Takes one byte; an event when this byte ends one. Not to be asked again after a violation or a Close.
    ///
    /// # Errors
    ///
    /// The rule that this byte breaks.
    pub fn push(&mut self, byte: u8) -> Result<Option<Event>, Violation> {
        match self.frame.take() {
            None => {
                self.head.push(byte);
                let Some(header) = Header::read(&self.head)? else {
                    return Ok(None);
                };
                self.head.clear();
                self.judge(&header)?;
                self.begin(&header);
                self.end_frame(header, Vec::new())
            }
            Some((header, mut payload)) => {
                let key = header.mask.unwrap_or_default();
                let byte = byte ^ key[payload.len() % 4];
                payload.push(byte);
                if !opcode::is_control(header.opcode) {
                    self.take_data(byte)?;
                }
                self.end_frame(header, payload)
            }
        }
    }

    fn judge(&mut self, header: &Header) -> Result<(), Violation> {
        if header.rsv != 0 {
            return Err(Violation::ReservedBits);
        }
        match self.role {
            // "The server MUST close the connection upon receiving a frame that is not masked." (5.1)
            Role::Server if header.mask.is_none() => return Err(Violation::MaskMissing),
            // "A client MUST close a connection if it detects a masked frame." (5.1)
            Role::Client if header.mask.is_some() => return Err(Violation::MaskUnexpected),
            Role::Server | Role::Client => {}
        }
        match (header.opcode, &self.message) {
            (opcode::CONTINUATION, None) => Err(Violation::UnexpectedContinuation),
            (opcode::TEXT | opcode::BINARY, Some(_)) => Err(Violation::UnfinishedMessage),
            (opcode, _) if opcode::is_control(opcode) => Ok(()),
            _ => self.judge_limits(header),
        }
    }

    fn judge_limits(&mut self, header: &Header) -> Result<(), Violation> {
        if self.config.max_frame().is_some_and(|max| header.len > max) {
            return Err(Violation::FrameTooBig);
        }
        let before = self.message.as_ref().map_or(0, |m| m.payload.len());
        let whole = u128::from(header.len) + before as u128;
        if whole > self.config.max_message() as u128 {
            return Err(Violation::MessageTooBig);
        }
        if let Some(message) = &mut self.message {
            message.frames += 1;
            if whole + u128::from(message.frames) > u128::from(self.config.max_cost()) {
                return Err(Violation::TooCostly);
            }
        }
        if header.opcode != opcode::CONTINUATION || header.len > 0 {
            self.empty_fragments = 0;
        } else if !header.fin {
            self.empty_fragments += 1;
        }
        if self.empty_fragments > self.config.max_empty_fragments() {
            return Err(Violation::EmptyFragments);
        }
        Ok(())
    }

    fn begin(&mut self, header: &Header) {
        if matches!(header.opcode, opcode::TEXT | opcode::BINARY) {
            self.message = Some(Unfinished {
                opcode: header.opcode,
                payload: Vec::new(),
                frames: 1,
                text: Text::default(),
            });
        }
    }

    fn take_data(&mut self, byte: u8) -> Result<(), Violation> {
        let message = self.message.as_mut().expect("data belongs to a message");
        message.payload.push(byte);
        if message.opcode == opcode::TEXT && !message.text.push(byte) {
            return Err(Violation::InvalidText);
        }
        Ok(())
    }

    fn end_frame(&mut self, header: Header, payload: Vec<u8>) -> Result<Option<Event>, Violation> {
        if (payload.len() as u64) < header.len {
            self.frame = Some((header, payload));
            return Ok(None);
        }
        match header.opcode {
            opcode::PING => Ok(Some(Event::Ping(payload))),
            opcode::PONG => Ok(Some(Event::Pong(payload))),
            opcode::CLOSE => Ok(Some(Event::Close(read_close(&payload)?))),
            _ if header.fin => self.end_message().map(Some),
            _ => Ok(None),
        }
    }

    fn end_message(&mut self) -> Result<Event, Violation> {
        let message = self.message.take().expect("a data frame began one");
        if message.opcode == opcode::BINARY {
            return Ok(Event::Binary(message.payload));
        }
        if !message.text.is_complete() {
            return Err(Violation::InvalidText);
        }
        let text = String::from_utf8(message.payload);
        Ok(Event::Text(text.expect("every byte was checked")))
    }
}
