//! WebSocket, Engine.IO and Socket.IO as pure functions and state machines: bytes in, bytes out.
//!
//! Nothing here owns a socket, reads a clock or spawns a task. A caller feeds input and the time,
//! takes what comes out, and asks when to come back. That makes every rule testable with a virtual
//! clock, and lets one implementation serve every transport.
//!
//! - [`websocket`]: RFC 6455 frames and messages
//! - [`engineio`]: Engine.IO 4 packets, polling payloads and the session machine
//! - [`socketio`]: Socket.IO 5 packets, arguments and binary attachments

pub mod engineio;
pub mod socketio;
pub mod websocket;
