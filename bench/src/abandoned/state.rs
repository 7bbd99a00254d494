//! The half-done states that a session is left in.

use clap::ValueEnum;

/// How far a client goes before it is heard of no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum State {
    /// It has a session over polling and makes no further request.
    Handshake,
    /// It probed a WebSocket and was answered, but never completes the upgrade.
    Probe,
    /// It opened a WebSocket and joins no namespace.
    Open,
    /// Its poll is parked when the connection breaks off.
    ParkedPoll,
    /// It joined a namespace over polling and fetches nothing.
    Joined,
    /// It has sent the head of a POST, and its body never comes.
    Post,
}

/// What a client does when it has come to its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Its connection breaks off.
    BreaksOff,
    /// As before, after a moment in which the request gets to where it waits.
    BreaksOffLater,
    /// Its connection stays, for the server to end.
    Stays,
}

/// Something to send, and how an answer shows that the server has come as far.
pub(super) struct Step {
    pub(super) send: Send,
    /// None when it is not to be answered.
    pub(super) answer: Option<&'static str>,
}

/// What is sent.
#[derive(Clone, Copy)]
pub(super) enum Send {
    /// The head of a request, and a body that may follow; `{sid}` stands for the session's id.
    Request(&'static str),
    /// A text message over the WebSocket.
    Message(&'static str),
}

impl State {
    /// What a client does, one step after the other.
    pub(super) const fn steps(self) -> &'static [Step] {
        match self {
            Self::Handshake => &[HANDSHAKE],
            Self::Probe => &[HANDSHAKE, UPGRADE, PROBE],
            Self::Open => &[OPEN],
            Self::ParkedPoll => &[HANDSHAKE, POLL],
            Self::Joined => &[HANDSHAKE, CONNECT],
            Self::Post => &[HANDSHAKE, POST],
        }
    }

    /// How the client of this number leaves. A WebSocket does both, for they end in other ways.
    pub(super) const fn manner(self, client: usize) -> Manner {
        match self {
            Self::Probe | Self::Open if client.is_multiple_of(2) => Manner::Stays,
            Self::ParkedPoll => Manner::BreaksOffLater,
            _ => Manner::BreaksOff,
        }
    }
}

const HANDSHAKE: Step = Step {
    send: Send::Request("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    answer: OPENED,
};

const OPEN: Step = Step {
    send: Send::Request(concat!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\n",
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    )),
    answer: OPENED,
};

const UPGRADE: Step = Step {
    send: Send::Request(concat!(
        "GET /socket.io/?EIO=4&transport=websocket&sid={sid} HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\n",
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    )),
    answer: Some("HTTP/1.1 101"),
};

const PROBE: Step = Step { send: Send::Message("2probe"), answer: Some("3probe") };

const POLL: Step = Step {
    send: Send::Request(
        "GET /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ),
    answer: None,
};

const CONNECT: Step = Step {
    send: Send::Request(concat!(
        "POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n40",
    )),
    answer: Some("\r\n\r\nok"),
};

/// Asks whether to go on, for that is answered when the server begins to wait for the body.
const POST: Step = Step {
    send: Send::Request(concat!(
        "POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        "Content-Type: text/plain\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
    )),
    answer: Some("HTTP/1.1 100"),
};

/// The end of the open packet, behind the session's id.
const OPENED: Option<&str> = Some("\"maxPayload\":");
