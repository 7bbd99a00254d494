//! Events that clients send again, handled once.

use std::{
    collections::{HashMap, VecDeque},
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
/// Ids are those of a user ([`Socket::set_user`]), or else of an address: nobody gets another's answer.
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
    pub fn by_last_argument() -> Self {
        Self::by(|_, payload| {
            let mut args: Vec<serde_json::Value> = payload.parse().ok()?;
            match args.pop()? {
                serde_json::Value::String(id) => Some(id),
                _ => None,
            }
        })
    }

    /// By what a function of the event's name and arguments finds; none for events that are handled
    /// each time.
    pub fn by(id: impl Fn(&str, &Payload) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { id: Arc::new(id), keep: Duration::from_mins(5), max_answers: 10_000 }
    }

    /// For how long an answer is known: longer than clients go on trying. 5 min
    pub fn keep(mut self, time: Duration) -> Self {
        self.keep = time;
        self
    }

    /// How many answers are known, in 16 MiB at most; the oldest are forgotten first. 10,000
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
    entries: HashMap<Id, (Instant, Entry)>,
    /// Ids in the order they came; those that were forgotten since are still here.
    order: VecDeque<(Instant, Id)>,
    /// What ids and answers take.
    bytes: usize,
}

/// Whose, in which namespace, and what the client calls it.
type Id = Arc<(Box<str>, Box<str>, String)>;

enum Entry {
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
        let id = (self.how.id)(event, payload)?;
        let id: Id = Arc::new((owner(ack.socket()), ack.socket().namespace().name().into(), id));
        let mut known = self.known.lock();
        match known.entries.get_mut(&id).map(|(_, entry)| entry) {
            Some(Entry::Pending(waiting)) => {
                if waiting.len() < MAX_WAITING {
                    waiting.push(ack);
                }
                Some(Verdict::Repeated)
            }
            Some(Entry::Answered(answer)) => {
                let answer = answer.clone();
                drop(known);
                // it was sent before, so it is JSON
                let _ = ack.send(answer);
                Some(Verdict::Repeated)
            }
            None => {
                known.insert(id.clone(), Instant::now(), &self.how);
                let answers = Arc::downgrade(self);
                Some(Verdict::New(Receipt { answers, id, answered: AtomicBool::new(false) }))
            }
        }
    }
}

impl Known {
    fn insert(&mut self, id: Id, now: Instant, how: &Deduplicate) {
        self.bytes += size(&id);
        self.entries.insert(id.clone(), (now, Entry::Pending(Vec::new())));
        self.order.push_back((now, id));
        while let Some((at, _)) = self.order.front()
            && (self.order.len() > how.max_answers
                || self.bytes > MAX_BYTES
                || now.duration_since(*at) > how.keep)
        {
            let Some((at, id)) = self.order.pop_front() else { break };
            if self.entries.get(&id).is_some_and(|(since, _)| *since == at) {
                self.remove(&id);
            }
        }
    }

    fn answer(&mut self, id: &Id, answer: &Payload) -> Vec<Ack> {
        let Some((_, entry)) = self.entries.get_mut(id) else { return Vec::new() };
        self.bytes += answer.size();
        match std::mem::replace(entry, Entry::Answered(answer.clone())) {
            Entry::Pending(waiting) => waiting,
            Entry::Answered(_) => Vec::new(),
        }
    }

    fn remove(&mut self, id: &Id) -> Option<Entry> {
        let (_, entry) = self.entries.remove(id)?;
        self.bytes -= size(id);
        if let Entry::Answered(answer) = &entry {
            self.bytes -= answer.size();
        }
        Some(entry)
    }
}

fn size(id: &Id) -> usize {
    id.2.len() + 256
}

/// Takes the answer to an event that may come again.
#[derive(Debug)]
pub(crate) struct Receipt {
    answers: Weak<Answers>,
    id: Id,
    answered: AtomicBool,
}

impl Receipt {
    /// Keeps the answer and gives it to those who wait for it.
    pub(crate) fn answer(&self, answer: &Payload) {
        self.answered.store(true, Ordering::Release);
        let Some(answers) = self.answers.upgrade() else { return };
        let waiting = answers.known.lock().answer(&self.id, answer);
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
            let unanswered = answers.known.lock().remove(&self.id);
            drop(unanswered);
        }
    }
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answers").finish_non_exhaustive()
    }
}

fn owner(socket: &Socket) -> Box<str> {
    let address = || socket.handshake().address().map_or(String::new(), |address| address.ip().to_string());
    socket.user().map_or_else(|| format!("@{}", address()), |user| format!("#{user}")).into()
}

/// What is known of answers, in bytes; the oldest are forgotten first.
const MAX_BYTES: usize = 16 << 20;

/// Repetitions that wait for the first one's answer; more than any client makes.
const MAX_WAITING: usize = 16;
