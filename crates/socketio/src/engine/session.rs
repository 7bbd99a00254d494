//! A session as seen from outside its task: an id, an outbox, and a way to close it.

use std::{
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use chorus_protocol::{
    engineio::{Revision, Transport},
    socketio::{Form, Frames},
    websocket::deflate,
};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::{
    CloseReason,
    link::Opening,
    outbox::{Delivery, Outbox, Topic},
};

/// The id of an Engine.IO session.
///
/// It is a secret of the client's: who knows it can take the session over.
///
/// ```
/// use chorus_socketio::engine::SessionId;
///
/// let id: SessionId = "p0l5x2Jw8dYzXk-LAAAB".parse()?;
/// assert_eq!(id.as_str(), "p0l5x2Jw8dYzXk-LAAAB");
/// assert_eq!(format!("{id:?}"), "p0l5…"); // a log is no place for secrets
/// # Ok::<_, chorus_socketio::engine::SessionIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId([u8; 20]);

impl SessionId {
    /// A new one, from 120 bits of the system's randomness.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut random = [0; 15];
        getrandom::fill(&mut random)?;
        let mut id = [b'-'; 20];
        // 15 bytes are exactly 20 characters
        let _ = URL_SAFE_NO_PAD.encode_slice(random, &mut id);
        Ok(Self(id))
    }

    /// The id as text.
    ///
    /// ```
    /// use chorus_socketio::engine::SessionId;
    ///
    /// let id: SessionId = "p0l5x2Jw8dYzXk-LAAAB".parse()?;
    /// assert_eq!(id.as_str().len(), 20);
    /// # Ok::<_, chorus_socketio::engine::SessionIdError>(())
    /// ```
    pub fn as_str(&self) -> &str {
        // made of base64 characters only
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A string that cannot be a session's id.
///
/// ```
/// use chorus_socketio::engine::{SessionId, SessionIdError};
///
/// assert_eq!("20 characters, but …".parse::<SessionId>(), Err(SessionIdError));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a session id")]
pub struct SessionIdError;

impl FromStr for SessionId {
    type Err = SessionIdError;

    fn from_str(text: &str) -> Result<Self, SessionIdError> {
        let id: [u8; 20] = text.as_bytes().try_into().map_err(|_| SessionIdError)?;
        let base64 = id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if base64 { Ok(Self(id)) } else { Err(SessionIdError) }
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // it is a secret: enough to tell sessions apart in a log, not enough to use one
        write!(f, "{}…", &self.as_str()[..4])
    }
}

/// What the sessions of a server have in common.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) max_outbox_size: usize,
    pub(super) deflate: Option<deflate::Config>,
}

/// A session of a client. Cheap to clone; it outlives the session itself.
///
/// ```
/// use std::sync::Arc;
/// use chorus_socketio::engine::{Config, Engine, Handshake, Session};
/// # use chorus_socketio::engine::{Application, Close};
/// # struct Nothing;
/// # impl Application for Nothing {
/// #     fn text(&mut self, _: &str) -> Result<(), Close> { Ok(()) }
/// #     fn binary(&mut self, _: bytes::Bytes) -> Result<(), Close> { Ok(()) }
/// # }
///
/// let clock = Engine::new(Config::new("/clock/"), |session: &Session, _: Arc<Handshake>| {
///     println!("{:?}: {:?}, {:?}", session.id(), session.transport(), session.revision());
///     let session = session.clone(); // anyone may send
///     std::thread::spawn(move || {
///         while !session.is_closed() {
///             session.send_text("tick");
///             std::thread::sleep(std::time::Duration::from_secs(1));
///         }
///     });
///     Nothing
/// });
/// ```
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    id: SessionId,
    /// Whether what is sent is compressed: once a WebSocket that agreed to it carries the session.
    deflates: AtomicBool,
    /// A WebSocket carries the session.
    websocket: AtomicBool,
    form: Form,
    options: Arc<Options>,
    mailbox: Mutex<Mailbox>,
}

/// What waits for the session's task.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent of each other, and there is one for each session"
)]
pub(super) struct Mailbox {
    pub(super) outbox: Outbox,
    pub(super) requests: Vec<Request>,
    /// Set once: the task is to end the session.
    pub(super) close: Option<CloseReason>,
    /// The task has ended the session and takes nothing more.
    pub(super) ended: bool,
    /// The server closes: an end that was begun before is not to wait for the client.
    pub(super) hurried: bool,
    /// The application is to be polled.
    pub(super) poked: bool,
    /// A POST is being received.
    pub(super) posting: bool,
    /// Present while the task sleeps.
    pub(super) waker: Option<Waker>,
}

/// A request of a client to its session.
pub(super) enum Request {
    /// A GET waits for packets.
    Poll(oneshot::Sender<Polled>),
    /// A POST brought packets.
    Post(PostBody, oneshot::Sender<Posted>),
    /// A POST cannot be taken, for the stated reason.
    BadPost(&'static str),
    /// A WebSocket wants to take over.
    Upgrade(Opening, oneshot::Sender<Upgraded>),
}

/// The body of a POST.
pub(super) enum PostBody {
    /// Text, unchecked.
    Text(Bytes),
    /// Engine.IO 3's binary form.
    Binary(Bytes),
}

/// What a GET is answered with.
pub(super) enum Polled {
    /// Packets, each in a frame.
    Packets(Vec<Bytes>),
    /// Another GET is parked already.
    Overlap,
    /// The session is carried by a WebSocket.
    Mismatch,
}

/// What a POST is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Posted {
    /// `ok`
    Accepted,
    /// Its body could not be read; the session is closed.
    Malformed,
    /// The session is carried by a WebSocket.
    Mismatch,
}

/// What an upgrade is answered with.
pub(super) enum Upgraded {
    /// The session waits for the WebSocket.
    Accepted,
    /// The session has or expects another one; the request is given back.
    Refused(Opening),
}

impl Session {
    pub(super) fn new(id: SessionId, form: Form, options: Arc<Options>) -> Self {
        let deflates = AtomicBool::new(false);
        let websocket = AtomicBool::new(false);
        Self(Arc::new(Inner { id, deflates, websocket, form, options, mailbox: Mutex::default() }))
    }

    /// Compresses from now on.
    pub(super) fn deflate(&self) {
        self.0.deflates.store(true, Ordering::Relaxed);
    }

    /// A WebSocket carries it from now on.
    pub(super) fn upgraded(&self) {
        self.0.websocket.store(true, Ordering::Relaxed);
    }

    /// What carries it at present.
    ///
    /// ```
    /// # use chorus_socketio::engine::Session;
    /// fn describe(session: &Session) -> String {
    ///     format!("over {}", session.transport().name())
    /// }
    /// ```
    pub fn transport(&self) -> Transport {
        if self.0.websocket.load(Ordering::Relaxed) { Transport::WebSocket } else { Transport::Polling }
    }

    /// The secret id.
    ///
    /// ```
    /// # use {chorus_socketio::engine::{Session, SessionId}, std::collections::HashMap};
    /// /// A name for each session; for logs, `{:?}` shows no more than its beginning.
    /// fn name(names: &mut HashMap<SessionId, String>, session: &Session, name: &str) {
    ///     names.insert(session.id(), name.to_owned());
    /// }
    /// ```
    pub fn id(&self) -> SessionId {
        self.0.id
    }

    /// The revision of the protocol that the client speaks.
    ///
    /// ```
    /// # use chorus_socketio::engine::Session;
    /// fn describe(session: &Session) -> String {
    ///     format!("Engine.IO {:?}", session.revision())
    /// }
    /// ```
    pub fn revision(&self) -> Revision {
        self.0.form.revision
    }

    /// Puts a packet into the outbox. It is dropped when the session has ended.
    ///
    /// All packets sent like this are on one topic.
    ///
    /// ```
    /// # use chorus_socketio::engine::{Frames, Session};
    /// use chorus_socketio::Delivery;
    ///
    /// fn tell_all(sessions: &[Session], message: &str) {
    ///     let frames = Frames::text(&format!("4{message}")).shared(); // 4 is a message in Engine.IO
    ///     sessions.iter().for_each(|session| session.send(&frames, Delivery::Volatile));
    /// }
    /// # tell_all(&[], "tick");
    /// ```
    pub fn send(&self, frames: &Frames, delivery: Delivery) {
        self.send_on(Topic::default(), frames, delivery);
    }

    /// As [`Session::send`], with the topic that [`Delivery::Latest`] asks for.
    pub(crate) fn send_on(&self, topic: Topic, frames: &Frames, delivery: Delivery) {
        let deflate = self.0.deflates.load(Ordering::Relaxed);
        let frames = frames.form(Form { deflate, ..self.0.form }, self.0.options.deflate.as_ref());
        let mut mailbox = self.0.mailbox.lock();
        if mailbox.ended || mailbox.close.is_some() {
            return;
        }
        if !mailbox.outbox.push(frames, delivery, topic, self.0.options.max_outbox_size) {
            mailbox.close = Some(CloseReason::SlowConsumer);
        } else if mailbox.outbox.blocked {
            // the task takes it once the transport takes more
            return;
        }
        wake(mailbox);
    }

    /// How many bytes may still wait in the outbox.
    pub(crate) fn free_bytes(&self) -> usize {
        self.0.options.max_outbox_size.saturating_sub(self.0.mailbox.lock().outbox.bytes())
    }

    /// Sends a text message.
    ///
    /// ```
    /// # use chorus_socketio::engine::Session;
    /// fn greet(session: &Session) {
    ///     session.send_text("welcome");
    /// }
    /// ```
    pub fn send_text(&self, message: &str) {
        self.send(&Frames::text(&format!("4{message}")), Delivery::Reliable);
    }

    /// Sends a binary message.
    ///
    /// ```
    /// # use chorus_socketio::engine::Session;
    /// fn send_frame(session: &Session, pixels: &[u8; 64]) {
    ///     session.send_binary(pixels);
    /// }
    /// ```
    pub fn send_binary(&self, message: &[u8]) {
        self.send(&Frames::binary(message), Delivery::Reliable);
    }

    /// Makes the task poll its application.
    ///
    /// ```
    /// # use {chorus_socketio::engine::Session, std::sync::mpsc};
    /// /// Puts work where the application's `poll` looks for it.
    /// fn hand_over(work: String, queue: &mpsc::Sender<String>, session: &Session) {
    ///     if queue.send(work).is_ok() {
    ///         session.wake();
    ///     }
    /// }
    /// ```
    pub fn wake(&self) {
        let mut mailbox = self.0.mailbox.lock();
        // the task may be running, past the point where it polls the application
        mailbox.poked = true;
        wake(mailbox);
    }

    /// Ends the session, after what is in the outbox.
    ///
    /// ```
    /// # use chorus_socketio::engine::Session;
    /// fn sign_off(session: &Session) {
    ///     session.send_text("goodbye"); // is still delivered
    ///     session.close();
    /// }
    /// ```
    pub fn close(&self) {
        let mut mailbox = self.0.mailbox.lock();
        if mailbox.ended || mailbox.close.is_some() {
            return;
        }
        mailbox.close = Some(CloseReason::ForcedClose);
        wake(mailbox);
    }

    /// Ends the session with the server. One that is ending already is no longer waited for.
    pub(super) fn shut_down(&self) {
        let mut mailbox = self.0.mailbox.lock();
        if mailbox.ended {
            return;
        }
        if mailbox.close.is_some() {
            mailbox.hurried = true;
        } else {
            mailbox.close = Some(CloseReason::ServerShutdown);
        }
        wake(mailbox);
    }

    /// Whether the session has ended or is about to.
    ///
    /// ```
    /// # use chorus_socketio::engine::Session;
    /// fn tick(sessions: &mut Vec<Session>) {
    ///     sessions.retain(|session| !session.is_closed());
    /// }
    /// ```
    pub fn is_closed(&self) -> bool {
        let mailbox = self.0.mailbox.lock();
        mailbox.ended || mailbox.close.is_some()
    }

    /// Hands a request to the task; given back when there is none any more.
    pub(super) fn request(&self, request: Request) -> Result<(), Request> {
        let mut mailbox = self.0.mailbox.lock();
        if mailbox.ended {
            return Err(request);
        }
        mailbox.requests.push(request);
        wake(mailbox);
        Ok(())
    }

    /// Marks the start of a POST. Not granted while another one is being received.
    pub(super) fn start_post(&self) -> bool {
        let mut mailbox = self.0.mailbox.lock();
        !std::mem::replace(&mut mailbox.posting, true)
    }

    pub(super) fn end_post(&self) {
        self.0.mailbox.lock().posting = false;
    }

    pub(super) fn mailbox(&self) -> parking_lot::MutexGuard<'_, Mailbox> {
        self.0.mailbox.lock()
    }
}

/// Wakes the task, once until it sleeps again, after letting go of the lock.
fn wake(mut mailbox: parking_lot::MutexGuard<'_, Mailbox>) {
    let waker = mailbox.waker.take();
    drop(mailbox);
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Session").field(&self.0.id).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_parse_back() {
        let ids: std::collections::HashSet<_> = (0..10_000).map(|_| SessionId::random().unwrap()).collect();
        assert_eq!(ids.len(), 10_000);
        for id in ids.iter().take(100) {
            assert_eq!(id.as_str().parse(), Ok(*id));
            assert!(!format!("{id:?}").contains(id.as_str()), "a log does not tell the secret");
        }
    }

    #[test]
    fn other_strings_are_no_ids() {
        for text in ["", "abc", "__proto__", "aaaaaaaaaaaaaaaaaaa/", "aaaaaaaaaaaaaaaaaaaaa", "ääääääääää"]
        {
            assert_eq!(text.parse::<SessionId>(), Err(SessionIdError), "{text}");
        }
    }
}
