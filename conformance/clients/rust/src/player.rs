//! The two clients behind one face, so that each scene is written once.

use std::sync::{LazyLock, mpsc};

use futures_util::{FutureExt, future::ready};
use rust_socketio::{
    ClientBuilder, Event, Payload, TransportType,
    asynchronous::{self, ClientBuilder as AsyncClientBuilder},
    client::Client,
};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::inbox::{Inbox, PATIENCE};

/// What a client needs to come in.
pub struct Ticket {
    /// The server, or a line to it.
    pub url: String,
    /// A client of this library is in one namespace.
    pub namespace: String,
    /// What it says of itself.
    pub auth: Value,
    /// How it travels.
    pub transport: TransportType,
    /// Whether it comes back when its connection is lost.
    pub comes_back: bool,
}

/// A client and what it heard.
pub trait Player: Sized {
    /// Knocks; whether it was let in is an event.
    fn knock(ticket: Ticket) -> Self;
    /// What it has heard.
    fn inbox(&self) -> &Inbox;
    /// Emits an event.
    fn emit(&self, event: &str, payload: Payload);
    /// Emits an event and waits for the server's answer: a list in JSON.
    fn ask(&self, event: &str, payload: Payload) -> Payload;
    /// Ends the connection.
    fn disconnect(&self);

    /// The next event of that name.
    fn next(&self, event: impl Into<Event>) -> Payload {
        self.inbox().next(event)
    }

    /// Whether all of that name was taken out of the inbox.
    fn silent(&self, event: impl Into<Event>) -> bool {
        self.inbox().silent(event)
    }
}

/// The client that blocks.
pub struct Blocking {
    client: Client,
    inbox: Inbox,
}

impl Player for Blocking {
    fn knock(ticket: Ticket) -> Self {
        let inbox = Inbox::default();
        // told not to reconnect, it would spin from the end of its connection to that of the process
        let delay = if ticket.comes_back { SOON } else { NEVER };
        let mut builder = ClientBuilder::new(ticket.url)
            .namespace(ticket.namespace)
            .auth(ticket.auth)
            .transport_type(ticket.transport)
            .reconnect_delay(delay, delay);
        for event in [Event::Connect, Event::Close, Event::Error] {
            let inbox = inbox.clone();
            builder = builder.on(event.clone(), move |payload, _| inbox.put(event.clone(), payload));
        }
        let any = inbox.clone();
        let builder = builder.on_any(move |event, payload, _| any.put(event, payload));
        Self { client: builder.connect().expect("the server is there"), inbox }
    }

    fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    fn emit(&self, event: &str, payload: Payload) {
        self.client.emit(event, payload).expect("it is sent");
    }

    fn ask(&self, event: &str, payload: Payload) -> Payload {
        let (sender, answer) = mpsc::channel();
        let take = move |payload, _| {
            let _ = sender.send(payload);
        };
        self.client.emit_with_ack(event, payload, PATIENCE, take).expect("it is sent");
        answer.recv_timeout(PATIENCE).expect("the server answers")
    }

    fn disconnect(&self) {
        self.client.disconnect().expect("it is sent");
    }
}

/// The client that is awaited.
pub struct Asynchronous {
    client: asynchronous::Client,
    inbox: Inbox,
}

impl Player for Asynchronous {
    fn knock(ticket: Ticket) -> Self {
        let inbox = Inbox::default();
        let mut builder = AsyncClientBuilder::new(ticket.url)
            .namespace(ticket.namespace)
            .auth(ticket.auth)
            .transport_type(ticket.transport)
            .reconnect(ticket.comes_back)
            .reconnect_delay(SOON, SOON);
        for event in [Event::Connect, Event::Close, Event::Error] {
            let inbox = inbox.clone();
            builder = builder.on(event.clone(), move |payload, _| {
                inbox.put(event.clone(), payload);
                ready(()).boxed()
            });
        }
        let any = inbox.clone();
        let builder = builder.on_any(move |event, payload, _| {
            any.put(event, payload);
            ready(()).boxed()
        });
        Self { client: RUNTIME.block_on(builder.connect()).expect("the server is there"), inbox }
    }

    fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    fn emit(&self, event: &str, payload: Payload) {
        RUNTIME.block_on(self.client.emit(event, payload)).expect("it is sent");
    }

    fn ask(&self, event: &str, payload: Payload) -> Payload {
        let (sender, answer) = mpsc::channel();
        let take = move |payload, _| {
            let _ = sender.send(payload);
            ready(()).boxed()
        };
        RUNTIME.block_on(self.client.emit_with_ack(event, payload, PATIENCE, take)).expect("it is sent");
        answer.recv_timeout(PATIENCE).expect("the server answers")
    }

    fn disconnect(&self) {
        RUNTIME.block_on(self.client.disconnect()).expect("it is sent");
    }
}

/// Delays before an attempt to reconnect, in milliseconds.
const SOON: u64 = 100;
const NEVER: u64 = 500_000;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime starts"));
