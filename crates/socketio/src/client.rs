//! The Socket.IO side of a connection: packets in, handlers run, in the session's task.

mod lane;

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Instant,
};

use bytes::Bytes;
use chorus_protocol::socketio::{Header, Packet};

use self::lane::Lane;
use crate::{
    ConnectError, Delivery, DisconnectReason, Handshake, Namespace, Socket,
    adapter::SavedSession,
    engine::{Application, Close, CloseReason, Revision, Session},
    handler::BoxFuture,
    parser::{ReadError, Reader},
    server::ServerInner,
};

/// What the sockets of a connection share.
pub(crate) struct Link {
    pub(crate) session: Session,
    pub(crate) handshake: Arc<Handshake>,
    /// The server wants to be rid of the client.
    closing: AtomicBool,
}

impl Link {
    /// Has all sockets disconnected and the connection closed.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.session.wake();
    }
}

/// A connection. Each of its sockets has a lane, in which its events are handled in order.
pub struct Client {
    server: Arc<ServerInner>,
    link: Arc<Link>,
    reader: Box<dyn Reader>,
    lanes: Vec<Lane>,
    /// By when the first namespace is to be joined.
    connect_by: Option<Instant>,
    /// CONNECTs to namespaces that do not exist.
    refused: u32,
    /// CONNECTs to namespaces that may come into being.
    resolving: Option<Box<Resolving>>,
}

/// A namespace that a client asked for, until it is known whether there is one. The next one waits
/// for its turn behind it.
struct Resolving {
    name: Box<str>,
    auth: Box<str>,
    answer: BoxFuture<Option<Namespace>>,
    next: Option<Box<Resolving>>,
}

impl Client {
    pub(crate) fn new(server: Arc<ServerInner>, session: &Session, handshake: Arc<Handshake>) -> Self {
        let connect_by = Some(Instant::now() + server.common.options.connect_timeout);
        let link = Arc::new(Link { session: session.clone(), handshake, closing: AtomicBool::new(false) });
        let reader = server.common.parser.reader(server.common.options.max_attachments);
        let mut client =
            Self { server, link, reader, lanes: Vec::new(), connect_by, refused: 0, resolving: None };
        if session.revision() == Revision::V3 {
            // revision 4 of the protocol joins the main namespace without being asked
            let _ = client.connect("/", "{}".into());
        }
        client
    }

    fn read(&mut self, read: Result<Option<(Header, Packet)>, ReadError>) -> Result<(), Close> {
        match read {
            Ok(Some((header, packet))) if self.link.session.revision() == Revision::V3 => {
                let (namespace, query) = header.namespace.split_once('?').unwrap_or((&header.namespace, ""));
                let packet = match packet {
                    Packet::Connect(_) => Packet::Connect(query_to_json(query)),
                    packet => packet,
                };
                self.packet(namespace, packet)
            }
            Ok(Some((header, packet))) => self.packet(&header.namespace, packet),
            Ok(None) => Ok(()),
            Err(error) => Err(Close::new(CloseReason::ParseError, error.to_string())),
        }
    }

    fn packet(&mut self, namespace: &str, packet: Packet) -> Result<(), Close> {
        if self.is_resolving(namespace) {
            return Err(forced(OUT_OF_PLACE));
        }
        let lane = self.lanes.iter_mut().find(|lane| lane.takes_packets(namespace));
        match (packet, lane) {
            (Packet::Connect(auth), None) => self.connect(namespace, auth),
            (Packet::Event(name, payload, ack), Some(lane)) if lane.socket().is_connected() => {
                lane.event(name, payload, ack)?;
                self.check_queue()
            }
            (Packet::Ack(id, payload), Some(lane)) if lane.socket().is_connected() => {
                lane.socket().answered(id, payload);
                Ok(())
            }
            (Packet::Disconnect, Some(lane)) if lane.socket().is_connected() => {
                lane.leave(DisconnectReason::ClientNamespaceDisconnect, None);
                Ok(())
            }
            _ => Err(forced(OUT_OF_PLACE)),
        }
    }

    /// How many events wait, and their size.
    fn queued(&self) -> (usize, usize) {
        self.lanes
            .iter()
            .fold((0, 0), |(count, bytes), lane| (count + lane.queued(), bytes + lane.queued_bytes()))
    }

    fn awaits_answer(&self) -> bool {
        self.lanes.iter().any(|lane| lane.socket().awaits_answer())
    }

    /// Reading goes on while an answer is awaited, but not for ever.
    fn check_queue(&self) -> Result<(), Close> {
        let (count, bytes) = self.queued();
        let max_bytes = self.server.common.options.max_queued_bytes.saturating_mul(AWAITING_FACTOR);
        if (count > MAX_QUEUED_AWAITING || bytes > max_bytes) && self.awaits_answer() {
            return Err(forced("too many events while an answer is awaited"));
        }
        Ok(())
    }

    fn connect(&mut self, name: &str, auth: Box<str>) -> Result<(), Close> {
        let Some(namespace) = self.server.enter(name) else {
            let resolved =
                if name.len() > MAX_NAMESPACE_NAME { None } else { self.server.resolve(name, &auth) };
            let Some(answer) = resolved else { return self.refuse(name) };
            if self.lanes.len() + self.resolving_count() >= MAX_NAMESPACES {
                return Err(forced("too many namespaces"));
            }
            let mut last = &mut self.resolving;
            while let Some(resolving) = last {
                last = &mut resolving.next;
            }
            *last = Some(Box::new(Resolving { name: name.into(), auth, answer, next: None }));
            return Ok(());
        };
        self.enter(namespace, auth)
    }

    fn resolving(&self) -> impl Iterator<Item = &Resolving> {
        std::iter::successors(self.resolving.as_deref(), |resolving| resolving.next.as_deref())
    }

    fn is_resolving(&self, name: &str) -> bool {
        self.resolving().any(|resolving| *resolving.name == *name)
    }

    fn resolving_count(&self) -> usize {
        self.resolving().count()
    }

    /// Tells the client that there is no such namespace, but not for ever.
    fn refuse(&mut self, name: &str) -> Result<(), Close> {
        self.refused += 1;
        if self.refused > MAX_REFUSED {
            return Err(forced("too many unknown namespaces"));
        }
        let error = ConnectError::new("Invalid namespace").to_json();
        if let Ok(frames) = self.server.common.parser.connect_error(name, &error) {
            self.link.session.send(&frames, Delivery::Reliable);
        }
        Ok(())
    }

    /// Goes on with the first of the namespaces that may come into being.
    fn resolve(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Some(resolving) = &mut self.resolving {
            // a function of the application's that panics allows nothing
            let answer = catch_unwind(AssertUnwindSafe(|| resolving.answer.as_mut().poll(cx)));
            let found = ready!(answer.unwrap_or(Poll::Ready(None)));
            let Some(resolved) = self.resolving.take() else { break };
            let Resolving { name, auth, next, .. } = *resolved;
            self.resolving = next;
            let entered = match found {
                Some(namespace) => self.enter(namespace, auth),
                None => self.refuse(&name),
            };
            if let Err(close) = entered {
                tracing::debug!(session = ?self.link.session.id(), %close, "a namespace was not joined");
                self.link.session.close();
            }
        }
        Poll::Ready(())
    }

    fn enter(&mut self, namespace: Namespace, auth: Box<str>) -> Result<(), Close> {
        let kept: usize = self.lanes.iter().map(|lane| lane.socket().auth_json().len()).sum();
        if self.lanes.len() >= MAX_NAMESPACES
            || kept + auth.len() > self.server.common.options.max_queued_bytes.saturating_add(MIN_AUTH)
        {
            self.server.exit(&namespace);
            return Err(forced("too many namespaces"));
        }
        let socket = match recovered(&namespace, &auth) {
            Some((session, offset)) => {
                Ok(Socket::recover(session, offset, namespace, self.link.clone(), auth))
            }
            None => Socket::new(namespace, self.link.clone(), auth),
        };
        let socket = socket.map_err(|_| forced("the system's randomness is out of order"))?;
        // most connections join one namespace: the usual growth would make room for four
        self.lanes.reserve_exact(1);
        self.lanes.push(Lane::new(socket));
        Ok(())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        for lane in &self.lanes {
            self.server.exit(lane.socket().namespace());
        }
    }
}

impl Application for Client {
    fn text(&mut self, message: &str) -> Result<(), Close> {
        let read = self.reader.text(message);
        self.read(read)
    }

    fn binary(&mut self, message: Bytes) -> Result<(), Close> {
        let read = self.reader.binary(message);
        self.read(read)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.link.closing.swap(false, Ordering::AcqRel) {
            for lane in &self.lanes {
                lane.socket().disconnect();
            }
            self.link.session.close();
        }
        let mut idle = self.resolve(cx).is_ready();
        self.lanes.retain_mut(|lane| {
            idle &= lane.poll(cx).is_ready();
            if lane.is_over() {
                self.server.exit(lane.socket().namespace());
            }
            !lane.is_over()
        });
        if self.connect_by.is_some() && self.lanes.iter().any(|lane| lane.socket().is_connected()) {
            self.connect_by = None;
        }
        if idle { Poll::Ready(()) } else { Poll::Pending }
    }

    fn ready(&self) -> bool {
        let (count, bytes) = self.queued();
        if self.resolving_count() > MAX_RESOLVING {
            return false;
        }
        // the answer may be behind many events: a handler that waits for it must not block it
        self.awaits_answer() || (count < MAX_QUEUED && bytes <= self.server.common.options.max_queued_bytes)
    }

    fn wake_at(&self) -> Option<Instant> {
        self.connect_by
    }

    fn on_timeout(&mut self, _now: Instant) -> Result<(), Close> {
        self.connect_by = None;
        Err(forced("no namespace joined in time"))
    }

    fn closed(&mut self, close: Close) {
        tracing::debug!(session = ?self.link.session.id(), %close, "closed");
        self.connect_by = None;
        self.resolving = None;
        let reason = match close.reason {
            CloseReason::ForcedClose => DisconnectReason::ForcedServerClose,
            reason => DisconnectReason::Transport(reason),
        };
        for lane in &mut self.lanes {
            lane.leave(reason, close.description.clone());
        }
    }
}

/// The client broke a rule, or met a limit.
fn forced(description: &'static str) -> Close {
    Close::new(CloseReason::ForcedClose, description)
}

/// The session that a client comes back to, and the last offset it has seen.
fn recovered(namespace: &Namespace, auth: &str) -> Option<(SavedSession, Box<str>)> {
    #[derive(serde::Deserialize)]
    struct Claim<'a> {
        #[serde(borrow)]
        pid: Cow<'a, str>,
        #[serde(borrow)]
        offset: Cow<'a, str>,
    }
    if !namespace.recovers() {
        return None;
    }
    let claim: Claim<'_> = serde_json::from_str(auth).ok()?;
    let session = namespace.adapter().claim(&claim.pid, &claim.offset)?;
    Some((session, claim.offset.as_ref().into()))
}

/// What protocol revision 4 has in place of `auth`: the query behind the namespace's name.
fn query_to_json(query: &str) -> Box<str> {
    let fields: serde_json::Map<_, _> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    serde_json::Value::Object(fields).to_string().into()
}

/// What is said of a packet for a namespace that is not joined, or joined already.
const OUT_OF_PLACE: &str = "packet out of place";

/// Events that wait for their turn before the transport is no longer read.
const MAX_QUEUED: usize = 128;

/// The most while a handler waits for an answer of this client, and by how much more bytes may wait,
/// before the connection is closed.
const MAX_QUEUED_AWAITING: usize = 1 << 16;
const AWAITING_FACTOR: usize = 8;

/// Namespaces one connection may join at a time.
const MAX_NAMESPACES: usize = 255;

/// What clients may keep on the server as `auth`, in bytes and in all their namespaces together,
/// besides the size of one message.
const MIN_AUTH: usize = 1 << 16;

/// The longest name of a namespace that comes into being, in bytes.
const MAX_NAMESPACE_NAME: usize = 1024;

/// CONNECTs that wait for a namespace to come into being before the transport is no longer read.
const MAX_RESOLVING: usize = 8;

/// CONNECTs to namespaces that do not exist before a connection is closed.
const MAX_REFUSED: u32 = 100;
