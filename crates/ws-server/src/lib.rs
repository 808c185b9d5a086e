//! A complete WebSocket server on tokio: implement one callback and you have a server
