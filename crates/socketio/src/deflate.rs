//! Compression of WebSocket messages (RFC 7692), for [`per_message_deflate`].
//!
//! A broadcast is compressed once for all who can read it. That is why the server keeps no context,
//! whatever is configured for the client.
//!
//! ```
//! use chorus_socketio::{Server, deflate::Config};
//!
//! // of events of half a kilobyte and more
//! let io = Server::builder().per_message_deflate(Config { threshold: 512, ..Config::default() }).build();
//! ```
//!
//! [`per_message_deflate`]: crate::ServerBuilder::per_message_deflate

#[doc(inline)]
pub use chorus_protocol::websocket::deflate::{Config, Context, WindowBits};
