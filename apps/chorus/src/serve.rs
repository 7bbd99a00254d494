//! The whole: database, polls, sockets, pages; started and ended in order.

use std::future::ready;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::middleware::map_response;
use axum::routing::get;
use chorus_platform::database::{Database, OpenError};
use chorus_platform::origin::{Origins, Proxy};
use chorus_platform::{Error, Platform};
use chorus_poll::{Options, Polls};
use chorus_socketio::Server;
use tokio::net::TcpListener;
use tower::Layer;

use crate::config::{Classic, Config, ConfigError};
use crate::shutdown::{self, Ending};
use crate::{http, telemetry, ui};

/// The largest message of a client: a question is at most some 12 KB.
const LARGEST_MESSAGE: usize = 100_000;
/// How long sockets may take to close when the server ends; phones out of reach never do.
const END_TIMEOUT: Duration = Duration::from_secs(3);
/// How often rooms whose time is over are erased.
const SWEEP: Duration = Duration::from_mins(10);

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Database(#[from] OpenError),
    #[error("cannot listen on {address}: {}", reason(.source))]
    Listen { address: SocketAddr, source: io::Error },
    #[error("signals cannot be listened to: {0}")]
    Signals(io::Error),
    #[error("the classic dialect cannot be opened: {0}")]
    Classic(Error),
}

/// Serves until SIGTERM or SIGINT.
pub(crate) async fn serve(config: Config) -> Result<(), ServeError> {
    telemetry::start(config.log.as_deref());
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit on open files cannot be raised");
    }
    let ending = shutdown::listen().map_err(ServeError::Signals)?;
    let listener = bind(config.listen).await?;
    let address = listener.local_addr().unwrap_or(config.listen);
    let proxy = if config.trust_proxy { Proxy::Trusted } else { Proxy::Untrusted };
    let origins = Origins::new(config.origins.iter().cloned(), proxy);
    let platform = Platform::new(Database::open(&config.data).await?, origins);
    let io = sockets(&platform);
    let options = Options { max_people: config.max_people, ..Options::default() };
    let polls = Polls::new(platform.clone(), &io, options);
    let url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(address)));

    let mut ends = vec![io.clone()];
    let mut serving = tokio::task::JoinSet::new();
    for classic in &config.classic {
        let (listener, io) =
            (bind(SocketAddr::new(config.listen.ip(), classic.port)).await?, sockets(&platform));
        let app = open_classic(&polls, &io, &listener, *classic, &url).await?;
        serving.spawn(http::serve(listener, io.layer().layer(app), ending.clone()));
        ends.push(io);
    }
    let app = routes(&platform, &polls);
    serving.spawn(http::serve(listener, io.layer().layer(app), ending.clone()));
    say(&format!("Chorus is at {url}"));
    end(ending, &polls, &ends).await;
    serving.join_all().await;
    polls.close().await;
    platform.database.close().await;
    Ok(())
}

/// Waits for the end, sweeping now and then; then closes the sockets.
async fn end(mut ending: Ending, polls: &Polls, servers: &[Server]) {
    let mut sweep = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            () = shutdown::ended(&mut ending) => break,
            _ = sweep.tick() => if let Err(error) = polls.sweep().await {
                tracing::error!(%error, "expired rooms were not erased");
            },
        }
    }
    for io in servers {
        if tokio::time::timeout(END_TIMEOUT, io.close()).await.is_err() {
            tracing::warn!("some sockets did not close in time");
        }
    }
}

fn routes(platform: &Platform, polls: &Polls) -> Router {
    let database = platform.database.clone();
    let health = get(async move || database.is_alive().await.map(|()| "ok"));
    let api = platform.guard(platform.routes().merge(polls.routes()));
    api.route("/healthz", health).fallback(ui::page).layer(map_response(ui::secure))
}

/// A Socket.IO server with the official client's files, for pages that may talk to us.
fn sockets(platform: &Platform) -> Server {
    let origins = platform.origins.clone();
    let builder = Server::builder()
        .max_http_buffer_size(LARGEST_MESSAGE)
        .allow_request(move |head| ready(origins.check(&head.headers).map_err(|error| error.to_string())));
    ui::client_files()
        .fold(builder, |builder, (name, content)| builder.client_file(&name, content.into_owned()))
        .build()
}

async fn open_classic(
    polls: &Polls,
    io: &Server,
    listener: &TcpListener,
    classic: Classic,
    url: &str,
) -> Result<Router, ServeError> {
    let opened = polls.classic(io).await.map_err(ServeError::Classic)?;
    let port = listener.local_addr().map_or(classic.port, |address| address.port());
    let (code, key) = (opened.code, opened.host_key);
    say(&format!(
        "Ask the Audience is on port {port}; its room is {url}/{code}, its host link {url}/host/{code}#key={key}"
    ));
    Ok(opened.routes)
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// Tells the operator; it is no matter when nobody listens.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// The address as somebody on this machine would type it.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip([127, 0, 0, 1].into());
    }
    address
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "another program listens there; choose another port".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
