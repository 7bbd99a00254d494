//! Connections: accepted, served by HTTP/1.1, ended in order.
//!
//! Not `axum::serve`: a slow request header must time out, an address must be known to the
//! Socket.IO server too, and a process out of file descriptors must wait instead of spin.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use chorus_socketio::RemoteAddress;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::{Service, ServiceExt};

use crate::shutdown::{self, Ending};

/// How long a client may take for the header of a request; also how long a connection is kept
/// between two requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest header.
const HEADER_SIZE: usize = 64 * 1024;
/// How long open requests may take when the server ends.
const END_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait when there are no file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves a listener until the end.
pub(crate) async fn serve<S, B>(listener: TcpListener, service: S, mut ending: Ending)
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(stream, peer, service.clone(), ending.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = shutdown::ended(&mut ending) => break,
        }
    }
    drop(listener);
    let rest = async { while connections.join_next().await.is_some() {} };
    // what has not ended by then is dropped with the set
    let _ = tokio::time::timeout(END_TIMEOUT, rest).await;
}

async fn connection<S, B>(stream: TcpStream, peer: SocketAddr, service: S, mut ending: Ending)
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(RemoteAddress(peer));
        request.extensions_mut().insert(ConnectInfo(peer));
        service.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEADER_SIZE)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown::ended(&mut ending) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection broke off");
    }
}
