use ws_handshake::{Excerpt, Extension};

use crate::answer_error::AnswerError;
use crate::parameter::Parameter;
use crate::takeover::Takeover;
use crate::window_bits::WindowBits;

/// The name of the extension (RFC 7692 7).
///
/// Names are compared byte by byte. RFC 6455 9.1 makes them tokens and says nothing of their case,
/// as it does where case does not count: "an ASCII case-insensitive match" (4.1).
pub(crate) const NAME: &str = "permessage-deflate";

/// The parameters of one permessage-deflate, offered or answered: each is known, comes once and
/// has a legal value (RFC 7692 7).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Params {
    pub(crate) server_takeover: Takeover,
    pub(crate) client_takeover: Takeover,
    pub(crate) server_max_window_bits: Option<WindowBits>,
    pub(crate) client_max_window_bits: Option<ClientWindow>,
}

/// What `client_max_window_bits` says. 7.1.2.2: "This parameter has no value or a decimal integer
/// value"; the former is for offers only.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ClientWindow {
    Any,
    AtMost(WindowBits),
}

impl Params {
    /// # Errors
    ///
    /// Those of [`AnswerError`] that are about one parameter. In an offer they decline it.
    pub(crate) fn of(extension: &Extension) -> Result<Self, AnswerError> {
        let mut params = Self {
            server_takeover: Takeover::On,
            client_takeover: Takeover::On,
            server_max_window_bits: None,
            client_max_window_bits: None,
        };
        let mut seen = Vec::with_capacity(Parameter::ALL.len());
        for (name, value) in extension.params() {
            let parameter =
                Parameter::from_name(name).ok_or_else(|| AnswerError::UnknownParameter {
                    seen: Excerpt::of(name),
                })?;
            if seen.contains(&parameter) {
                return Err(AnswerError::RepeatedParameter { parameter });
            }
            seen.push(parameter);
            params.take(parameter, value)?;
        }
        Ok(params)
    }

    fn take(&mut self, parameter: Parameter, value: Option<&str>) -> Result<(), AnswerError> {
        match parameter {
            Parameter::ServerNoContextTakeover => {
                self.server_takeover = off(parameter, value)?;
            }
            Parameter::ClientNoContextTakeover => {
                self.client_takeover = off(parameter, value)?;
            }
            Parameter::ServerMaxWindowBits => {
                let value = value.ok_or(AnswerError::MissingValue { parameter })?;
                self.server_max_window_bits = Some(bits(parameter, value)?);
            }
            Parameter::ClientMaxWindowBits => {
                self.client_max_window_bits = Some(match value {
                    Some(value) => ClientWindow::AtMost(bits(parameter, value)?),
                    None => ClientWindow::Any,
                });
            }
        }
        Ok(())
    }
}

/// RFC 7692 7.1.1.1: "This extension parameter has no value."
fn off(parameter: Parameter, value: Option<&str>) -> Result<Takeover, AnswerError> {
    match value {
        None => Ok(Takeover::Off),
        Some(value) => Err(AnswerError::UnexpectedValue {
            parameter,
            seen: Excerpt::of(value),
        }),
    }
}

fn bits(parameter: Parameter, value: &str) -> Result<WindowBits, AnswerError> {
    WindowBits::from_value(value).ok_or_else(|| AnswerError::WindowBits {
        parameter,
        seen: Excerpt::of(value),
    })
}
