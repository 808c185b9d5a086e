//! The closing handshake of RFC 6455 7 against an abstract machine: any steps of two applications, of the network
//! between them and of time lead both endpoints to where the machine is.

mod machine;
mod pair;
