use std::fmt;

use ws_handshake::Excerpt;

use crate::parameter::Parameter;
use crate::window_bits::WindowBits;

/// Why a client cannot take the answer that a server gives to its offer (RFC 7692 7): it "MUST
/// _Fail the WebSocket Connection_". The fault is the server's.
///
/// ```
/// use ws_deflate::Deflate;
///
/// let answer = "permessage-deflate; server_max_window_bits=16".parse()?;
/// let error = Deflate::default().check(&[answer]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "server_max_window_bits is \"16\", and 8 to 15 are allowed"
/// );
/// # Ok::<(), ws_handshake::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerError {
    /// The extension is accepted more than once: both would use RSV1 (5).
    Repeated,
    /// There is a parameter that permessage-deflate does not have.
    UnknownParameter {
        /// The parameter's name.
        seen: Excerpt,
    },
    /// There are "multiple extension parameters with the same name" (7).
    RepeatedParameter {
        /// The parameter that comes again.
        parameter: Parameter,
    },
    /// A parameter has a value that must have none (7.1.1).
    UnexpectedValue {
        /// The parameter.
        parameter: Parameter,
        /// Its value.
        seen: Excerpt,
    },
    /// A parameter has no value that must have one (7.1.2).
    MissingValue {
        /// The parameter.
        parameter: Parameter,
    },
    /// The value is not the decimal digits of 8 to 15 (7.1.2).
    WindowBits {
        /// The parameter.
        parameter: Parameter,
        /// Its value.
        seen: Excerpt,
    },
    /// `server_no_context_takeover` was offered and is not in the answer, which is how a server
    /// accepts it (7.1.1.1).
    TakeoverNotGranted,
    /// `server_max_window_bits` was offered and is not in the answer, which is how a server
    /// accepts it (7.1.2.1).
    WindowNotGranted {
        /// What was offered.
        offered: WindowBits,
    },
    /// The answer must have "the same or smaller value as the offer" (7.1.2.1).
    WindowTooLarge {
        /// What the server answers.
        seen: WindowBits,
        /// What was offered.
        offered: WindowBits,
    },
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnswerError::Repeated => {
                write!(
                    f,
                    "permessage-deflate is accepted more than once, and once is allowed"
                )
            }
            AnswerError::UnknownParameter { seen } => {
                write!(f, "parameter \"{seen}\" is unknown, and only ")?;
                let [others @ .., last] = Parameter::ALL;
                for parameter in others {
                    write!(f, "{parameter}, ")?;
                }
                write!(f, "and {last} are allowed")
            }
            AnswerError::RepeatedParameter { parameter } => {
                write!(f, "{parameter} comes more than once, and once is allowed")
            }
            AnswerError::UnexpectedValue { parameter, seen } => {
                write!(f, "{parameter} is \"{seen}\", and no value is allowed")
            }
            AnswerError::MissingValue { parameter } => {
                write!(f, "{parameter} has no value, and 8 to 15 are allowed")
            }
            AnswerError::WindowBits { parameter, seen } => {
                write!(f, "{parameter} is \"{seen}\", and 8 to 15 are allowed")
            }
            AnswerError::TakeoverNotGranted => write!(
                f,
                "server_no_context_takeover is not in the answer, and must be, as it was offered"
            ),
            AnswerError::WindowNotGranted { offered } => write!(
                f,
                "server_max_window_bits is not in the answer, and must be {offered} or less"
            ),
            AnswerError::WindowTooLarge { seen, offered } => write!(
                f,
                "server_max_window_bits is {seen}, and {offered}, which was offered, or less is allowed"
            ),
        }
    }
}

impl std::error::Error for AnswerError {}
