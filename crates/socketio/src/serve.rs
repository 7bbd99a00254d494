//! Connections: accepted, served by HTTP/1.1, ended in order. For those without a loop of their own.

mod stream;

use std::{
    error::Error,
    future::{Future, IntoFuture, pending},
    io::{self, ErrorKind},
    net::SocketAddr,
    pin::{Pin, pin},
    time::Duration,
};

use http::{Request, Response};
use http_body::Body;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::{Service, ServiceExt};

pub(crate) use self::stream::Stream;
use crate::{RemoteAddress, engine::FOREVER};

/// Serves whoever connects, by HTTP/1.1, until the future is dropped.
///
/// The service is an axum router or any other, with a [`Server`](crate::Server)'s layer around it. Each
/// request has the peer's [`RemoteAddress`] in its extensions. Clients that are too slow are
/// disconnected, and without file descriptors for newcomers it waits for some.
///
/// ```no_run
/// use axum::Router;
/// use chorus_socketio::{Server, serve};
///
/// # async fn example() -> std::io::Result<()> {
/// let io = Server::new();
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
/// let app = Router::new().layer(io.layer());
/// serve(listener, app)
///     .with_graceful_shutdown(async {
///         let _ = tokio::signal::ctrl_c().await;
///         io.close().await;
///     })
///     .await;
/// # Ok(())
/// # }
/// ```
pub fn serve<S>(listener: TcpListener, service: S) -> Serve<S> {
    Serve { listener, service, limits: Limits::default() }
}

/// See [`serve`]; to be awaited.
///
/// ```
/// use {chorus_socketio::{Server, serve}, std::time::Duration};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let io = Server::new();
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// let serving = serve(listener, io.service())
///     .header_timeout(Duration::from_secs(10))
///     .max_header_size(16 << 10)
///     .write_timeout(Duration::from_secs(10))
///     .end_timeout(Duration::from_secs(5));
/// serving.with_graceful_shutdown(async move { io.close().await }).await;
/// # Ok(())
/// # }
/// ```
#[must_use = "await it"]
#[derive(Debug)]
pub struct Serve<S> {
    listener: TcpListener,
    service: S,
    limits: Limits,
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    header_timeout: Duration,
    max_header_size: usize,
    write_timeout: Duration,
    end_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(30),
            max_header_size: 64 << 10,
            write_timeout: Duration::from_secs(30),
            end_timeout: Duration::from_secs(2),
        }
    }
}

impl<S> Serve<S> {
    /// How long the head of a request may take. 30 s
    ///
    /// So long a connection is kept between two requests, too.
    ///
    /// ```
    /// # use {axum::Router, chorus_socketio::serve, std::time::Duration};
    /// # async fn run(listener: tokio::net::TcpListener, app: Router) {
    /// serve(listener, app).header_timeout(Duration::from_secs(10)).await;
    /// # }
    /// ```
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.limits.header_timeout = timeout.min(FOREVER);
        self
    }

    /// The largest head of a request, in bytes; at least 8 KiB. 64 KiB
    ///
    /// ```
    /// # use {axum::Router, chorus_socketio::serve, std::time::Duration};
    /// # async fn run(listener: tokio::net::TcpListener, app: Router) {
    /// serve(listener, app).max_header_size(16 << 10).await;
    /// # }
    /// ```
    pub fn max_header_size(mut self, bytes: usize) -> Self {
        self.limits.max_header_size = bytes.max(SMALLEST_BUFFER);
        self
    }

    /// How long a client may take nothing of an answer. 30 s
    ///
    /// A WebSocket has limits of its own: the heartbeat and `max_outbox_size`.
    ///
    /// ```
    /// # use {axum::Router, chorus_socketio::serve, std::time::Duration};
    /// # async fn run(listener: tokio::net::TcpListener, app: Router) {
    /// serve(listener, app).write_timeout(Duration::from_secs(10)).await;
    /// # }
    /// ```
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.limits.write_timeout = timeout.min(FOREVER);
        self
    }

    /// How long requests may still take in a graceful shutdown. 2 s
    ///
    /// ```
    /// # use {axum::Router, chorus_socketio::serve, std::time::Duration};
    /// # async fn run(listener: tokio::net::TcpListener, app: Router) {
    /// serve(listener, app).end_timeout(Duration::from_secs(30)).await;
    /// # }
    /// ```
    pub fn end_timeout(mut self, timeout: Duration) -> Self {
        self.limits.end_timeout = timeout.min(FOREVER);
        self
    }
}

impl<S, B> Serve<S>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    /// Serves until `ended` is ready. Then nobody new is let in, and requests may end.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use {chorus_socketio::{Server, serve}, std::time::Duration};
    ///
    /// let io = Server::new();
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    /// # let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    /// # drop(stop);
    /// serve(listener, io.service())
    ///     .with_graceful_shutdown(async {
    ///         let _ = stopped.await; // a signal, or whoever deploys
    ///         io.drain(Duration::from_secs(20)).await;
    ///     })
    ///     .await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn with_graceful_shutdown(self, ended: impl Future<Output = ()> + Send) {
        let Self { listener, service, limits } = self;
        let (end, ending) = watch::channel(());
        let mut connections = JoinSet::new();
        let mut ended = pin!(ended);
        let mut acceptor = Acceptor { listener, failing: false };
        loop {
            tokio::select! {
                (stream, peer) = acceptor.accept() => {
                    connections.spawn(connection(stream, peer, service.clone(), limits, ending.clone()));
                }
                Some(_) = connections.join_next() => {}
                () = &mut ended => break,
            }
        }
        drop(acceptor);
        drop(end);
        let rest = async { while connections.join_next().await.is_some() {} };
        // what has not ended by then is dropped with the set
        let _ = timeout(limits.end_timeout, rest).await;
    }
}

impl<S, B> IntoFuture for Serve<S>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Output = ();
    type IntoFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.with_graceful_shutdown(pending()))
    }
}

/// A listener, and whether it failed last time.
struct Acceptor {
    listener: TcpListener,
    failing: bool,
}

impl Acceptor {
    /// The next connection. Cancel safe.
    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok(accepted) => {
                    self.failing = false;
                    return accepted;
                }
                Err(error) if is_peers(&error) => {}
                Err(error) => {
                    // there are no file descriptors, and may be none for a while
                    if !std::mem::replace(&mut self.failing, true) {
                        tracing::warn!(%error, "no connections are accepted");
                    }
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

async fn connection<S, B>(
    stream: TcpStream,
    peer: SocketAddr,
    service: S,
    limits: Limits,
    mut ending: watch::Receiver<()>,
) where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    // packets are small and each is waited for
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(RemoteAddress(peer));
        service.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(limits.max_header_size)
        .serve_connection(TokioIo::new(Stream::new(stream, limits.write_timeout)), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        // the sender is dropped at the end
        _ = ending.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection broke off");
    }
}

/// Whether accepting failed because of one peer, and not of this process.
fn is_peers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

/// The least that hyper reads into.
const SMALLEST_BUFFER: usize = 8 << 10;

/// How long to wait when no connection can be accepted.
const PAUSE: Duration = Duration::from_millis(50);
