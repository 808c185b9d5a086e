/// Whether a connection that was accepted by the listener may become a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Granted,
    /// Its request is answered with 503 and this reason.
    Refused(&'static str),
}
