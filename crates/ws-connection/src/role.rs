/// Which side of the connection an endpoint is (RFC 6455 5.1): a client masks every frame it
/// sends, a server none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The side that accepted the connection.
    Server,
    /// The side that opened the connection.
    Client,
}
