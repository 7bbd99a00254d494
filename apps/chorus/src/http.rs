//! What the REST routes have to know of a connection.

use axum::extract::{ConnectInfo, Request};
use chorus_socketio::RemoteAddress;

/// Tells axum's extractors the peer's address.
pub(crate) async fn tell_address(mut request: Request) -> Request {
    if let Some(&RemoteAddress(peer)) = request.extensions().get() {
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    request
}
