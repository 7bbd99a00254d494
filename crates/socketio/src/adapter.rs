//! Who is in which room, and how a broadcast reaches them.

mod history;
mod memory;
mod room_history;

use std::{any::Any, sync::Arc, time::Duration};

use bytes::Bytes;
use chorus_protocol::socketio::{Frames, Payload, ToArgs};
use futures_util::future::BoxFuture;
use serde_json::Value;

pub use self::{memory::InMemoryAdapter, room_history::RoomHistory};
use crate::{Delivery, RemoteSocket, Room, Socket, SocketId, engine::Topic};

/// A broadcast, encoded.
///
/// ```
/// use chorus_socketio::{Delivery, Packet, engine::Frames};
///
/// // an adapter was given this event, encoded, by another server
/// let packet = Packet::new(Frames::text(r#"42["voted",2]"#).shared());
/// assert_eq!(packet.delivery, Some(Delivery::Reliable));
/// assert!(packet.offset.is_none(), "it is not kept");
/// ```
#[derive(Debug, Clone)]
pub struct Packet {
    /// The frames that every recipient gets.
    pub frames: Frames,
    /// What becomes of it for a slow recipient.
    ///
    /// None: as the socket has it ([`Socket::set_delivery`]).
    pub delivery: Option<Delivery>,
    /// What it is about, for [`Delivery::Latest`].
    pub topic: Topic,
    /// Its place in the namespace's history; present when it is kept.
    ///
    /// Its frames tell it the client as the last argument. It is kept for connection state recovery, or as
    /// the history of a room.
    pub offset: Option<Offset>,
}

impl Packet {
    /// Frames that are delivered reliably and not kept.
    ///
    /// ```
    /// use chorus_socketio::{Args, Packet, parser::{JsonParser, Parser}};
    ///
    /// // what an adapter has from another server goes to its own sockets
    /// let frames = JsonParser.event("/", "news", &Args(("ada",)), None)?;
    /// assert!(Packet::new(frames).offset.is_none());
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn new(frames: Frames) -> Self {
        Self { frames, delivery: Some(Delivery::Reliable), topic: Topic::default(), offset: None }
    }

    /// What it takes in a history: its frames, and about as much again for what belongs to it.
    pub(crate) fn size(&self) -> usize {
        self.frames.as_bytes().len() + 256
    }
}

/// How a socket joined a room whose history is kept.
///
/// ```
/// use chorus_socketio::{Data, Reply, Server, Socket};
///
/// let io = Server::new();
/// io.of("/news").on("read", |socket: Socket, Data(offset): Data<Option<String>>| async move {
///     let joined = socket.join_after("sports", offset.as_deref());
///     Reply(match joined {
///         Some(joined) if joined.replayed.is_some() => "here is what you missed",
///         Some(_) => "load the page anew",
///         None => "no such room",
///     })
/// });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The place of the newest event in the history: what the client knows now.
    pub offset: Offset,
    /// How many missed events were sent again.
    ///
    /// None when it is no longer known what was missed, or no offset was given: then the client needs a
    /// fresh start.
    pub replayed: Option<usize>,
}

/// A packet's name in the history of a namespace.
///
/// ```
/// use chorus_socketio::{Offset, Packet, engine::Frames};
///
/// let offset: Offset = "run1-2a".into();
/// let packet = Packet { offset: Some(offset), ..Packet::new(Frames::text(r#"42["goal","run1-2a"]"#)) };
/// ```
pub type Offset = Arc<str>;

/// What is kept of a socket whose connection broke off.
///
/// With it the client can come back.
///
/// ```
/// use std::{collections::HashMap, sync::Arc};
/// use chorus_socketio::{SavedSession, SocketId};
///
/// // what an adapter does in `save` and `claim`
/// let mut saved: HashMap<SocketId, SavedSession> = HashMap::new();
/// let (id, pid): (SocketId, SocketId) = ("p0l5x2Jw8dYzXk-LAAAB".parse()?, "YwK3s9v_QmZr-x71AAAC".parse()?);
/// # let (data, shared_data, user) = (None, Arc::default(), Some("ada".into()));
/// let session = SavedSession { id, pid, rooms: vec!["lobby".into()], data, shared_data, user };
/// saved.insert(session.pid, session);
/// assert!(saved.remove(&pid).is_some());
/// assert!(saved.remove(&pid).is_none(), "once");
/// # Ok::<_, chorus_socketio::engine::SessionIdError>(())
/// ```
#[derive(Clone)]
pub struct SavedSession {
    /// The public id.
    pub id: SocketId,
    /// The private id by which the client proves that it is the one.
    pub pid: SocketId,
    /// The rooms it was in.
    pub rooms: Vec<Room>,
    /// What [`Socket::set_data`] kept.
    pub data: Option<Arc<dyn Any + Send + Sync>>,
    /// What [`Socket::set_shared_data`] kept.
    pub shared_data: Arc<Value>,
    /// What [`Socket::set_user`] said.
    pub user: Option<Arc<str>>,
}

/// Whom a broadcast is for.
///
/// ```
/// use chorus_socketio::{Adapter, InMemoryAdapter, Target};
///
/// // what `to("lobby").except("muted")` means
/// let target = Target { rooms: vec!["lobby".into()], except: vec!["muted".into()], ..Target::default() };
/// assert!(!target.local);
/// assert!(InMemoryAdapter::default().sockets(&target).is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Sockets in any of these rooms; all sockets when there is none.
    pub rooms: Vec<Room>,
    /// But not those in any of these.
    pub except: Vec<Room>,
    /// Those of this server only.
    pub local: bool,
}

/// What the other servers answered.
///
/// ```
/// use chorus_socketio::{Payload, ServerAnswers};
///
/// // three servers were asked, and two answered in time
/// let answers = vec![Payload::object("12"), Payload::object("30")];
/// let answered = ServerAnswers { answers, missing: 1 };
/// let counts: Vec<(u32,)> = answered.answers.iter().filter_map(|answer| answer.parse().ok()).collect();
/// assert_eq!(counts, [(12,), (30,)]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct ServerAnswers {
    /// One for each server that answered.
    pub answers: Vec<Payload>,
    /// How many servers did not.
    pub missing: usize,
}

/// The membership of one namespace, and the delivery of its broadcasts.
///
/// An implementation for several servers keeps this server's sockets in an [`InMemoryAdapter`] and
/// passes broadcasts on to the others. A socket's own id is a room of its own without being joined.
/// Each recipient gets a broadcast once, however many of the rooms it is in; broadcasts of one
/// thread reach a socket in their order.
///
/// ```
/// use std::sync::{Arc, mpsc};
/// use chorus_socketio::{Adapter, InMemoryAdapter, Packet, Server, Target};
/// # use chorus_socketio::{Room, Socket, SocketId};
///
/// struct Cluster {
///     here: InMemoryAdapter,
///     others: mpsc::Sender<(Packet, Target)>,
/// }
///
/// impl Adapter for Cluster {
///     fn broadcast(&self, packet: &Packet, target: &Target) -> usize {
///         if !target.local {
///             let _ = self.others.send((packet.clone(), target.clone()));
///         }
///         self.here.broadcast(packet, target)
///     }
///
///     // and so on: `self.here` knows this server's sockets
/// #     fn add(&self, socket: &Socket, rooms: &[Room], after: Option<&str>) -> bool {
/// #         self.here.add(socket, rooms, after)
/// #     }
/// #     fn remove(&self, socket: &Socket, rooms: &[Room]) { self.here.remove(socket, rooms) }
/// #     fn join(&self, socket: &Socket, room: Room) -> bool { self.here.join(socket, room) }
/// #     fn leave(&self, socket: &Socket, room: &Room) { self.here.leave(socket, room) }
/// #     fn sockets(&self, target: &Target) -> Vec<Socket> { self.here.sockets(target) }
/// #     fn socket(&self, id: SocketId) -> Option<Socket> { self.here.socket(id) }
/// #     fn len(&self) -> usize { self.here.len() }
/// }
///
/// let (others, wire) = mpsc::channel();
/// let io = Server::builder()
///     .adapter(move |_| Arc::new(Cluster { here: InMemoryAdapter::default(), others: others.clone() }))
///     .build();
/// io.to("poll-7").emit("voted", 2)?;
/// assert_eq!(wire.recv()?.1.rooms, ["poll-7".into()]);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub trait Adapter: Send + Sync + 'static {
    /// Adds a socket that is let in, to the namespace and to `rooms`.
    ///
    /// It [greets](Socket::greet) the socket before anything else is delivered to it. With an offset, it
    /// delivers what came after that to these rooms next; no packet may get lost or doubled in between.
    /// False, and nothing is done, when the offset is no longer known.
    fn add(&self, socket: &Socket, rooms: &[Room], after: Option<&str>) -> bool;

    /// Keeps a session of a connection that broke off. Those that cannot, forget it.
    fn save(&self, _session: SavedSession) {}

    /// Hands a saved session out, once.
    ///
    /// None if it is too old, or the offset is no longer known.
    fn claim(&self, _pid: &str, _offset: &str) -> Option<SavedSession> {
        None
    }

    /// Removes a socket from the namespace and from `rooms`, which are all it was in.
    fn remove(&self, socket: &Socket, rooms: &[Room]);

    /// Puts a socket into a room. False when it was in it.
    fn join(&self, socket: &Socket, room: Room) -> bool;

    /// Keeps the history of a room. Those that cannot, do not.
    ///
    /// `start` stands for the time before its first packet.
    fn keep_history(&self, _room: Room, _history: RoomHistory, _start: Offset) {}

    /// Ends [`Adapter::keep_history`].
    fn forget_history(&self, _room: &Room) {}

    /// Whether the target has a room whose history is kept.
    fn keeps(&self, _target: &Target) -> bool {
        false
    }

    /// Puts a socket into a room and delivers the packets after an offset first.
    ///
    /// The socket is in the rooms `others`. No packet may get lost or doubled in between. None if the room
    /// has no history: then nothing is done.
    fn join_after(
        &self,
        _socket: &Socket,
        _room: &Room,
        _others: &[Room],
        _offset: Option<&str>,
    ) -> Option<Joined> {
        None
    }

    /// Takes a socket out of a room.
    fn leave(&self, socket: &Socket, room: &Room);

    /// Delivers a packet and returns how many sockets of this server it went to.
    fn broadcast(&self, packet: &Packet, target: &Target) -> usize;

    /// This server's sockets in the target.
    fn sockets(&self, target: &Target) -> Vec<Socket>;

    /// The sockets in the target, those of other servers included unless it is local.
    fn fetch_sockets(&self, target: &Target) -> BoxFuture<'_, Vec<RemoteSocket>> {
        let sockets = self.sockets(target).iter().map(RemoteSocket::of).collect();
        Box::pin(std::future::ready(sockets))
    }

    /// Sends an event to the other servers of the namespace, which handle it by
    /// [`Namespace::on_server_side_emit`](crate::Namespace::on_server_side_emit). A server that is alone
    /// has none.
    fn server_side_emit(&self, _event: &str, _payload: &Payload) {}

    /// As [`Adapter::server_side_emit`], and gathers the answers.
    ///
    /// It waits for those of the other servers for `timeout` at the most.
    fn server_side_ask(
        &self,
        _event: &str,
        _payload: &Payload,
        _timeout: Duration,
    ) -> BoxFuture<'_, ServerAnswers> {
        Box::pin(std::future::ready(ServerAnswers::default()))
    }

    /// This server's socket of that id.
    fn socket(&self, id: SocketId) -> Option<Socket>;

    /// The number of this server's sockets.
    fn len(&self) -> usize;

    /// Whether this server has no socket.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Arguments, and behind them the offset that official clients look for there.
pub(crate) struct WithOffset<'a, T>(pub(crate) &'a T, pub(crate) &'a str);

impl<T: ToArgs> ToArgs for WithOffset<'_, T> {
    fn write(&self, json: &mut Vec<u8>) -> Result<&[Bytes], serde_json::Error> {
        let attachments = self.0.write(json)?;
        json.push(b',');
        serde_json::to_writer(json, self.1)?;
        Ok(attachments)
    }
}
