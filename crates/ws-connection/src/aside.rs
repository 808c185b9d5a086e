use crate::{agreed::Agreed, control_payload::ControlPayload};

/// What few receivers have at a time, so that the others are smaller.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    /// Of a control frame that came in pieces, until it was handed out.
    pub(crate) control: Option<Box<ControlPayload>>,
    pub(crate) agreed: Option<Agreed>,
}
