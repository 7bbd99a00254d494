//! The whole: database, polls, sockets, pages; started and ended in order.

use std::io::{self, Write};
use std::iter;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use axum::middleware::map_response;
use axum::routing::get;
use axum::{Json, Router};
use chorus_exercise::Exercises;
use chorus_exercise::classic::Options as CyberSim;
use chorus_platform::database::{Database, OpenError};
use chorus_platform::kind::Options;
use chorus_platform::origin::{Origins, Proxy};
use chorus_platform::{Error, Platform};
use chorus_poll::Polls;
use chorus_socketio::{Cors, Origins as Pages, Recovery, Server, ServerBuilder};
use serde::Serialize;
use tokio::net::TcpListener;
use tower::Layer;

use crate::config::{Config, ConfigError, Dialect, Migration};
use crate::shutdown::{self, Ending};
use crate::{MIGRATIONS, telemetry, ui};

/// The largest message of a client: a question is at most some 12 KB.
const LARGEST_MESSAGE: usize = 100_000;
/// How long sockets may take to close when the server ends; phones out of reach never do.
const END_TIMEOUT: Duration = Duration::from_secs(3);
/// What `--keep-days` counts.
const DAY: Duration = Duration::from_hours(24);
/// An address that is nobody's (RFC 5737).
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
/// How often it is noted that the server is there, for clocks that stand still when it is not.
const ALIVE: Duration = Duration::from_secs(3);
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
    #[error("the exercises that were running cannot be taken up: {0}")]
    Resume(Error),
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
    let platform = Platform::new(Database::open(&config.data, MIGRATIONS).await?, origins);
    let io = sockets(&platform).build();
    let keep = config.keep_days.map(|days| DAY.saturating_mul(days));
    let options = Options { max_people: config.max_people, keep, ..Options::default() };
    let polls = Polls::new(platform.clone(), &io, options);
    let exercises = Exercises::new(platform.clone(), &io, options);
    exercises.resume().await.map_err(ServeError::Resume)?;
    let urls = match &config.public_url {
        Some(url) => vec![url.clone()],
        None => reachable(address).map(|address| format!("http://{address}")).collect(),
    };
    let url = urls.last().map_or("", String::as_str);

    let mut ends = vec![io.clone()];
    let mut serving = tokio::task::JoinSet::new();
    for classic in &config.classic {
        let listener = bind(SocketAddr::new(config.listen.ip(), classic.port)).await?;
        let port = listener.local_addr().map_or(classic.port, |address| address.port());
        // pages of their time bring a Socket.IO client of their own
        let io = sockets(&platform).allow_eio3(true);
        let (io, app) = match &classic.dialect {
            Dialect::AskTheAudience => open_audience(&polls, io, port, url).await?,
            Dialect::CyberSim { scenario } => {
                let options = cybersim(scenario.clone(), &config.migration, url);
                open_cybersim(&exercises, io, port, options).await?
            }
        };
        serving.spawn(listen(listener, &io, app, ending.clone()));
        ends.push(io);
    }
    let cybersim = config.classic.iter().any(|classic| matches!(classic.dialect, Dialect::CyberSim { .. }));
    let public = Public { url: config.public_url, cybersim };
    let app = routes(&platform, &polls, &exercises, public);
    serving.spawn(listen(listener, &io, app, ending.clone()));
    say(&format!("Chorus is at {}", urls.join(" and ")));
    end(ending, &polls, &exercises, &ends).await;
    serving.join_all().await;
    polls.close().await;
    exercises.close().await;
    platform.database.close().await;
    Ok(())
}

/// Serves sockets and pages until the end.
fn listen(
    listener: TcpListener,
    io: &Server,
    app: Router,
    mut ending: Ending,
) -> impl Future<Output = ()> + use<> {
    let service = io.layer().layer(app);
    chorus_socketio::serve(listener, service)
        .with_graceful_shutdown(async move { shutdown::ended(&mut ending).await })
}

/// Waits for the end, sweeping now and then; then closes the sockets.
async fn end(mut ending: Ending, polls: &Polls, exercises: &Exercises, servers: &[Server]) {
    let mut sweep = tokio::time::interval(SWEEP);
    let mut alive = tokio::time::interval(ALIVE);
    loop {
        tokio::select! {
            () = shutdown::ended(&mut ending) => break,
            _ = sweep.tick() => if let Err(error) = polls.sweep().await.and(exercises.sweep().await) {
                tracing::error!(%error, "expired rooms were not erased");
            },
            _ = alive.tick() => if let Err(error) = exercises.note_alive().await {
                tracing::error!(%error, "it was not noted that the server is there");
            },
        }
    }
    for io in servers {
        if tokio::time::timeout(END_TIMEOUT, io.close()).await.is_err() {
            tracing::warn!("some sockets did not close in time");
        }
    }
}

fn routes(platform: &Platform, polls: &Polls, exercises: &Exercises, public: Public) -> Router {
    let database = platform.database.clone();
    let health = get(async move || database.is_alive().await.map(|()| "ok"));
    let public = Json(public);
    let public = Router::new().route("/api/config", get(async move || public));
    let rooms = platform.routes().merge(polls.routes()).merge(exercises.routes());
    let api = platform.guard(rooms.merge(public));
    api.route("/healthz", health).fallback(ui::page).layer(map_response(ui::secure))
}

/// What the page has to know: `GET /api/config`.
#[derive(Clone, Serialize)]
struct Public {
    /// The address by which people reach the server, if it was configured.
    url: Option<String>,
    /// Whether `CyberSim`'s clients are served, so that their games can be found by name.
    cybersim: bool,
}

/// A Socket.IO server with the official client's files, for pages that may talk to us.
fn sockets(platform: &Platform) -> ServerBuilder {
    let origins = platform.origins.clone();
    let mut builder = Server::builder().max_http_buffer_size(LARGEST_MESSAGE);
    if !origins.allowed().is_empty() {
        builder = builder.cors(Cors::origins(origins.allowed()).credentials());
    }
    // behind a trusted proxy the own host is the one that the proxy was asked for
    let builder = builder.origins(Pages::checked_by(move |headers| origins.check(headers).is_ok()));
    ui::client_files()
        .fold(builder, |builder, (name, content)| builder.client_file(&name, content.into_owned()))
}

async fn open_audience(
    polls: &Polls,
    io: ServerBuilder,
    port: u16,
    url: &str,
) -> Result<(Server, Router), ServeError> {
    let io = io.build();
    let opened = polls.classic(&io).await.map_err(ServeError::Classic)?;
    let (code, key) = (opened.code, opened.host_key);
    say(&format!(
        "Ask the Audience is on port {port}; its room is {url}/{code}, its host link {url}/host/{code}#key={key}"
    ));
    Ok((io, opened.routes.layer(map_response(ui::secure))))
}

fn cybersim(scenario: Option<String>, migration: &Migration, url: &str) -> CyberSim {
    let Migration { password, airtable } = migration.clone();
    CyberSim { scenario, password, airtable, home: url.to_owned() }
}

/// Its pages are served from anywhere, as the original's are, and come back after a restart.
async fn open_cybersim(
    exercises: &Exercises,
    io: ServerBuilder,
    port: u16,
    options: CyberSim,
) -> Result<(Server, Router), ServeError> {
    // no cookie says who somebody is: whoever knows the name of a game may play it
    let io = io.cors(Cors::any()).origins(Pages::any());
    let io = io.connection_state_recovery(Recovery::default()).build();
    let opened = exercises.classic(&io, options).await.map_err(ServeError::Classic)?;
    say(&format!("CyberSim is on port {port}; new games are played with “{}”", opened.scenario));
    Ok((io, opened.routes.layer(map_response(ui::secure))))
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// Tells the operator; it is no matter when nobody listens.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// The address as somebody on this machine would type it, and as others in its network would.
fn reachable(address: SocketAddr) -> impl Iterator<Item = SocketAddr> {
    let (first, second) = if address.ip().is_unspecified() {
        (Ipv4Addr::LOCALHOST.into(), in_network())
    } else {
        (address.ip(), None)
    };
    iter::once(first).chain(second).map(move |ip| SocketAddr::new(ip, address.port()))
}

/// The machine's own address on the way out: the system chooses it, and nothing is sent.
fn in_network() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((OUTSIDE, 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified() && !address.is_loopback()).then_some(address)
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "another program listens there; choose another port".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
