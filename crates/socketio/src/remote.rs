//! A socket as all servers know it.

use std::sync::Arc;

use serde_json::Value;

use crate::{Handshake, Room, Socket, SocketId};

/// What is known of a socket that may be on another server.
///
/// To send to it, or have it join, leave or disconnect, aim at the room that is named by its id:
/// `namespace.to(socket.id)`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let io = chorus_socketio::Server::new();
/// let lobby = io.of("/chat").to("lobby");
/// for socket in lobby.fetch_sockets().await {
///     let agent = socket.handshake.header("user-agent").unwrap_or("unknown");
///     println!("{} in {} rooms, {}, with {agent}", socket.id, socket.rooms.len(), socket.data);
/// }
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct RemoteSocket {
    /// The public id.
    pub id: SocketId,
    /// The rooms it is in, besides the one named by its id.
    pub rooms: Vec<Room>,
    /// What [`Socket::set_shared_data`] kept; null when it kept nothing.
    pub data: Arc<Value>,
    /// The request that opened the connection.
    pub handshake: Arc<Handshake>,
}

impl RemoteSocket {
    /// What others are told of a socket of this server.
    pub(crate) fn of(socket: &Socket) -> Self {
        Self {
            id: socket.id(),
            rooms: socket.rooms(),
            data: socket.shared_data(),
            handshake: socket.shared_handshake(),
        }
    }
}
