//! Events that clients send again, handled once.

use std::{
    collections::{HashMap, VecDeque},
    mem,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use chorus_protocol::socketio::Payload;
use parking_lot::Mutex;

use crate::{Ack, Socket};

/// How an event is known that was sent before. See
/// [`Namespace::deduplicate`](crate::Namespace::deduplicate).
///
/// The official client's option `retries` sends an event again until it is answered, so that the
/// server may get it twice, and the protocol does not tell that it is the same one. The client has
/// to give each event an id of its own, for instance as its last argument:
///
/// ```js
/// const socket = io({ retries: 3, ackTimeout: 5000 });
/// socket.emit("order", { item: 7 }, crypto.randomUUID(), (error, answer) => { /* … */ });
/// ```
///
/// Then the handlers run once for each id, and what they answer is the answer to all that carry it.
/// An event that is not answered, because its handler panicked, is handled again. Only events that
/// ask for an answer are looked at.
///
/// Ids are those of a user ([`Socket::set_user`]), or else of a socket: nobody gets another's answer.
/// Without a user, what is sent again over a new connection is handled again, unless that was
/// [recovered](Socket::recovered).
///
/// ```
/// use std::time::Duration;
/// use chorus_socketio::{Data, Deduplicate, Reply, Server};
///
/// let io = Server::new();
/// io.of("/shop")
///     .deduplicate(Deduplicate::by_last_argument().keep(Duration::from_mins(10)))
///     .on("order", |Data(order): Data<serde_json::Value>| async move {
///         Reply(format!("item {} is ordered", order["item"]))
///     });
/// ```
#[derive(Clone)]
#[must_use = "give it to `Namespace::deduplicate`"]
pub struct Deduplicate {
    id: Arc<IdOf>,
    keep: Duration,
    max_answers: usize,
}

type IdOf = dyn Fn(&str, &Payload) -> Option<String> + Send + Sync;

impl Deduplicate {
    /// By the last argument, if that is a string.
    ///
    /// ```
    /// # use chorus_socketio::{Deduplicate, Server};
    /// # let io = Server::new();
    /// // in the browser: socket.emit("order", { item: 7 }, crypto.randomUUID(), (answer) => { … })
    /// io.of("/shop").deduplicate(Deduplicate::by_last_argument());
    /// ```
    pub fn by_last_argument() -> Self {
        Self::by(|_, payload| {
            let mut args: Vec<serde_json::Value> = payload.parse().ok()?;
            match args.pop()? {
                serde_json::Value::String(id) => Some(id),
                _ => None,
            }
        })
    }

    /// By what a function of the event's name and arguments finds.
    ///
    /// None is for events that are handled each time.
    ///
    /// ```
    /// # use chorus_socketio::{Deduplicate, Server};
    /// # let io = Server::new();
    /// // in the browser: socket.emit("order", { id: crypto.randomUUID(), item: 7 }, (answer) => { … })
    /// io.of("/shop").deduplicate(Deduplicate::by(|event, payload| {
    ///     if event != "order" {
    ///         return None;
    ///     }
    ///     let (order,): (serde_json::Value,) = payload.parse().ok()?;
    ///     Some(order["id"].as_str()?.to_owned())
    /// }));
    /// ```
    pub fn by(id: impl Fn(&str, &Payload) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { id: Arc::new(id), keep: Duration::from_mins(5), max_answers: 10_000 }
    }

    /// For how long an answer is known: longer than clients go on trying. 5 min
    ///
    /// ```
    /// # use {chorus_socketio::{Deduplicate, Server}, std::time::Duration};
    /// # let io = Server::new();
    /// io.of("/shop").deduplicate(Deduplicate::by_last_argument().keep(Duration::from_mins(30)));
    /// ```
    pub fn keep(mut self, time: Duration) -> Self {
        self.keep = time;
        self
    }

    /// How many answers are known, in 16 MiB at most. 10,000
    ///
    /// The oldest are forgotten first.
    ///
    /// ```
    /// # use chorus_socketio::{Deduplicate, Server};
    /// # let io = Server::new();
    /// io.of("/shop").deduplicate(Deduplicate::by_last_argument().max_answers(1000));
    /// ```
    pub fn max_answers(mut self, count: usize) -> Self {
        self.max_answers = count;
        self
    }
}

/// The answers that were given.
pub(crate) struct Answers {
    how: Deduplicate,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    entries: HashMap<Arc<Id>, Entry>,
    /// Those that are answered, in the order of their answers; some were forgotten since.
    answered: VecDeque<(Instant, u64, Arc<Id>)>,
    /// What ids and answers take.
    bytes: usize,
    /// Tells an entry from its successor under the same id.
    next: u64,
}

/// Whose, where, and what the client calls it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Id {
    owner: String,
    namespace: Box<str>,
    event: Box<str>,
    given: String,
}

struct Entry {
    number: u64,
    state: State,
}

enum State {
    /// A handler is at work; these wait for its answer, too.
    Pending(Vec<Ack>),
    Answered(Payload),
}

/// What becomes of an event.
pub(crate) enum Verdict {
    /// It is new. Its answer goes to the receipt; without one, it may be handled again.
    New(Receipt),
    /// It was answered, or will be with the first of its kind.
    Repeated,
}

impl Answers {
    pub(crate) fn new(how: Deduplicate) -> Self {
        Self { how, known: Mutex::default() }
    }

    /// Looks whether an event is known; none if it has no id.
    pub(crate) fn look_up(self: &Arc<Self>, event: &str, payload: &Payload, ack: Ack) -> Option<Verdict> {
        let given = (self.how.id)(event, payload)?;
        let (owner, namespace) = (owner(ack.socket()), ack.socket().namespace().name().into());
        let id = Arc::new(Id { owner, namespace, event: event.into(), given });
        let mut known = self.known.lock();
        match known.entries.get_mut(&id).map(|entry| &mut entry.state) {
            Some(State::Pending(waiting)) => {
                if waiting.len() < MAX_WAITING {
                    waiting.push(ack);
                }
                Some(Verdict::Repeated)
            }
            Some(State::Answered(answer)) => {
                let answer = answer.clone();
                drop(known);
                // it was sent before, so it is JSON
                let _ = ack.send(answer);
                Some(Verdict::Repeated)
            }
            None => {
                let number = known.insert(id.clone());
                let answers = Arc::downgrade(self);
                Some(Verdict::New(Receipt { answers, id, number, answered: AtomicBool::new(false) }))
            }
        }
    }
}

impl Known {
    /// An entry that is pending stays as long as its handler is at work.
    fn insert(&mut self, id: Arc<Id>) -> u64 {
        self.next += 1;
        self.bytes += id.size();
        self.entries.insert(id, Entry { number: self.next, state: State::Pending(Vec::new()) });
        self.next
    }

    /// Keeps an answer, and returns who waits for it.
    fn answer(
        &mut self,
        id: &Arc<Id>,
        number: u64,
        answer: &Payload,
        how: &Deduplicate,
        now: Instant,
    ) -> Vec<Ack> {
        let entry = self.entries.get_mut(id).filter(|entry| entry.number == number);
        let Some(entry) = entry else { return Vec::new() };
        let State::Pending(waiting) = mem::replace(&mut entry.state, State::Answered(answer.clone())) else {
            return Vec::new();
        };
        self.bytes += answer.size();
        self.answered.push_back((now, number, id.clone()));
        while let Some((at, ..)) = self.answered.front()
            && (self.answered.len() > how.max_answers
                || self.bytes > MAX_BYTES
                || now.duration_since(*at) > how.keep)
        {
            let Some((_, number, id)) = self.answered.pop_front() else { break };
            self.remove(&id, number);
        }
        waiting
    }

    fn remove(&mut self, id: &Id, number: u64) -> Option<State> {
        self.entries.get(id).filter(|entry| entry.number == number)?;
        let entry = self.entries.remove(id)?;
        self.bytes -= id.size();
        if let State::Answered(answer) = &entry.state {
            self.bytes -= answer.size();
        }
        Some(entry.state)
    }
}

impl Id {
    fn size(&self) -> usize {
        self.owner.len() + self.namespace.len() + self.event.len() + self.given.len() + 256
    }
}

/// Takes the answer to an event that may come again.
#[derive(Debug)]
pub(crate) struct Receipt {
    answers: Weak<Answers>,
    id: Arc<Id>,
    number: u64,
    answered: AtomicBool,
}

impl Receipt {
    /// Keeps the answer and gives it to those who wait for it.
    pub(crate) fn answer(&self, answer: &Payload) {
        self.answered.store(true, Ordering::Release);
        let Some(answers) = self.answers.upgrade() else { return };
        let now = Instant::now();
        let waiting = answers.known.lock().answer(&self.id, self.number, answer, &answers.how, now);
        for ack in waiting {
            let _ = ack.send(answer);
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        if *self.answered.get_mut() {
            return;
        }
        if let Some(answers) = self.answers.upgrade() {
            let unanswered = answers.known.lock().remove(&self.id, self.number);
            drop(unanswered);
        }
    }
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answers").finish_non_exhaustive()
    }
}

/// A user, or else a socket: what strangers share, as an address, does not make them one.
fn owner(socket: &Socket) -> String {
    socket.user().map_or_else(|| format!("!{}", socket.id()), |user| format!("#{user}"))
}

/// What is known of answers, in bytes; the oldest are forgotten first.
const MAX_BYTES: usize = 16 << 20;

/// Repetitions that wait for the first one's answer; more than any client makes.
const MAX_WAITING: usize = 16;
