//! What a WebSocket application implements and holds: the Handler trait, Client and Handle; no runtime
