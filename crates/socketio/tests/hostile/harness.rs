//! What every test here needs: a server with a bystander, hostile clients, and counts of what is left.

mod bystander;
mod http;
mod memory;
mod peer;
mod reader;
mod scene;

pub(crate) use self::{
    http::{Poller, ask, connection, get, post, upgrade_head},
    memory::{Watch, mib},
    peer::{BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, Peer, RSV1, TEXT, frame},
    reader::Received,
    scene::{Scene, impatient, within},
};
