#![doc = include_str!("../README.md")]

pub mod deflate;
pub mod engine;

mod ack;
mod adapter;
mod broadcast;
mod client;
mod deduplicate;
mod error;
mod extract;
mod handler;
mod limit;
mod listeners;
mod namespace;
mod parent;
pub mod parser;
mod presence;
mod remote;
mod room;
mod serve;
mod server;
mod socket;

#[doc(inline)]
pub use chorus_protocol::socketio::{Args, Binary, FromArgs, Payload, ToArgs};

pub use self::{
    ack::{Ack, AckError, IntoReply, PartialAcks, Reply},
    adapter::{
        Adapter, InMemoryAdapter, Joined, Offset, Packet, RoomHistory, SavedSession, ServerAnswers, Target,
    },
    broadcast::Broadcast,
    deduplicate::Deduplicate,
    engine::{
        ConnectionError, Cookie, Cors, Delivery, Handshake, Origins, RemoteAddress, SameSite, Secure, Topic,
        Transport,
    },
    error::{ConnectError, DisconnectReason},
    extract::{Data, Description, EventName, FromEvent, Rejection, State},
    handler::{Event, Handler},
    limit::RateLimit,
    namespace::Namespace,
    parent::ParentNamespace,
    presence::{Presence, Present},
    remote::RemoteSocket,
    room::{IntoRooms, Room},
    serve::{Serve, serve},
    server::{NotFound, Recovery, Server, ServerBuilder, ServerLayer, Stats},
    socket::{Emitter, Socket, SocketId},
};
