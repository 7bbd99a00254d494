#![doc = include_str!("../README.md")]

pub mod engine;

mod ack;
mod adapter;
mod broadcast;
mod client;
mod error;
mod extract;
mod handler;
mod namespace;
mod parent;
pub mod parser;
mod room;
mod server;
mod socket;

pub use chorus_protocol::{
    socketio::{Args, Binary, FromArgs, Payload, ToArgs},
    websocket::deflate,
};

pub use self::{
    ack::{Ack, AckError, IntoReply, PartialAcks, Reply},
    adapter::{Adapter, InMemoryAdapter, Offset, Packet, SavedSession, Target},
    broadcast::Broadcast,
    engine::{Cookie, Cors, Delivery, Handshake, RemoteAddress, SameSite, Transport},
    error::{ConnectError, DisconnectReason},
    extract::{Data, EventName, FromEvent, Rejection, State},
    handler::{Event, Handler},
    namespace::Namespace,
    parent::ParentNamespace,
    room::{IntoRooms, Room},
    server::{NotFound, Recovery, Server, ServerBuilder, ServerLayer, Stats},
    socket::{Emitter, Socket, SocketId},
};
