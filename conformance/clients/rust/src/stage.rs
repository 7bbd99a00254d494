//! Where a scene plays.

use std::{
    marker::PhantomData,
    sync::atomic::{AtomicUsize, Ordering},
};

use rust_socketio::{Event, TransportType};
use serde_json::{Value, json};

use crate::{Player, Server, Ticket};

/// A server, and what the clients of a scene have in common.
pub struct Stage<P> {
    /// For this scene alone.
    pub server: Server,
    /// How its clients travel.
    pub transport: TransportType,
    play: String,
    player: PhantomData<P>,
}

impl<P: Player> Stage<P> {
    /// A stage for a scene over this transport.
    pub fn new(transport: TransportType) -> Self {
        static PLAYS: AtomicUsize = AtomicUsize::new(0);
        let play = format!("play {}", PLAYS.fetch_add(1, Ordering::Relaxed));
        Self { server: Server::start(&[]), transport, play, player: PhantomData }
    }

    /// A ticket to the main namespace for somebody whose end the observer is told.
    pub fn ticket(&self, tag: &str) -> Ticket {
        Ticket {
            url: self.server.url.clone(),
            namespace: "/".to_owned(),
            auth: json!({ "play": self.play, "tag": tag }),
            transport: self.transport.clone(),
            comes_back: false,
        }
    }

    /// A client in the main namespace.
    pub fn enter(&self, tag: &str) -> P {
        admit(self.ticket(tag))
    }

    /// A client in another namespace.
    pub fn enter_namespace(&self, namespace: &str, auth: Value) -> P {
        admit(Ticket { namespace: namespace.to_owned(), auth, ..self.ticket("") })
    }

    /// Somebody who sees how the server's side of other connections ends.
    pub fn observer(&self) -> P {
        self.enter_namespace("/observe", json!({ "play": self.play }))
    }
}

/// A client that was let in.
pub fn admit<P: Player>(ticket: Ticket) -> P {
    let player = P::knock(ticket);
    player.next(Event::Connect);
    player
}
