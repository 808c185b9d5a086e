//! One endpoint of the WebSocket protocol as a state machine: bytes to events, messages to bytes; no I/O, no clock
