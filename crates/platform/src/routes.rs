//! The routes that every kind of room shares, and the platform as one handle.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Path, Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use chorus_socketio::{Handshake, RemoteAddress};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::database::Database;
use crate::identity::{Guest, GuestId, Identity, session};
use crate::limits::{Lookups, Newcomers};
use crate::origin::{self, Origins};
use crate::rooms::{JoinCode, Role, Room, Rooms};
use crate::{Error, Result, clock};

/// What every kind of room is built on. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    /// The database.
    pub database: Arc<Database>,
    /// The guests.
    pub identity: Arc<Identity>,
    /// The rooms.
    pub rooms: Arc<Rooms>,
    /// Which pages may talk to the server.
    pub origins: Arc<Origins>,
    pub(crate) newcomers: Arc<Newcomers>,
    lookups: Arc<Lookups>,
}

impl Platform {
    /// A platform over a database. Starts its look-up tasks.
    pub fn new(database: Database, origins: Origins) -> Self {
        let database = Arc::new(database);
        Self {
            identity: Arc::new(Identity::new(Arc::clone(&database))),
            rooms: Arc::new(Rooms::new(Arc::clone(&database))),
            origins: Arc::new(origins),
            newcomers: Arc::default(),
            lookups: Arc::default(),
            database,
        }
    }

    /// The room of a code as somebody typed it.
    ///
    /// Guessing is limited: who has guessed too often finds only the rooms he is a member of. The
    /// two are one query then, so that its time does not tell whether a room is there.
    pub async fn room(&self, code: &str, asking: Asking) -> Result<Arc<Room>> {
        let code = JoinCode::parse(code);
        if !self.lookups.has_left(asking) {
            let known = match (&code, asking.guest) {
                (Ok(code), Some(guest)) => self.rooms.has_member(code, guest).await?,
                _ => false,
            };
            return if known { self.rooms.find(&code?).await } else { Err(Error::TooManyAttempts) };
        }
        let found = match code {
            Ok(code) => self.rooms.find(&code).await,
            Err(error) => Err(error),
        };
        if matches!(found, Err(Error::UnknownRoom)) {
            self.lookups.spend(asking);
        }
        found
    }

    /// Who asks, by the headers of a request or a handshake.
    pub async fn asking(
        &self,
        cookie: Option<&str>,
        headers: &HeaderMap,
        peer: Option<IpAddr>,
    ) -> Result<Asking> {
        Ok(Asking { guest: self.identity.find(cookie).await?, address: self.origins.address(headers, peer) })
    }

    /// Who opened a connection.
    pub async fn asking_over(&self, handshake: &Handshake) -> Result<Asking> {
        let forwarded: HeaderMap = handshake
            .headers()
            .filter(|(name, _)| *name == "x-forwarded-for")
            .filter_map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, value.parse().ok()?)))
            .collect();
        let peer = handshake.address().map(|address| address.ip());
        self.asking(handshake.header("cookie"), &forwarded, peer).await
    }

    /// `/api/session` and `/api/rooms`.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/api/session", post(session))
            .route("/api/rooms/{code}", get(show))
            .route("/api/rooms/{code}/keys", post(create_key))
            .route("/api/rooms/{code}/claim", post(claim))
            .with_state(self.clone())
    }

    /// Puts the check of origins in front of routes, and has no answer of theirs stored.
    pub fn guard(&self, routes: Router) -> Router {
        let guard = middleware::from_fn_with_state(Arc::clone(&self.origins), origin::guard);
        routes.layer(guard).layer(middleware::map_response(private))
    }
}

/// How long the body of a request may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// Answers are for one person and one moment.
async fn private(mut response: Response) -> Response {
    let value = HeaderValue::from_static("no-store");
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(value);
    response
}

/// Who asks: a guest if there is a session, from an address if it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asking {
    /// The guest.
    pub guest: Option<GuestId>,
    /// The address.
    pub address: Option<IpAddr>,
}

impl<S> FromRequestParts<S> for Asking
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let platform = Platform::from_ref(state);
        let peer = parts.extensions.get::<RemoteAddress>();
        let peer = peer.map(|RemoteAddress(peer)| peer.ip());
        let cookie = parts.headers.get(header::COOKIE);
        let cookie = cookie.and_then(|cookie| cookie.to_str().ok());
        platform.asking(cookie, &parts.headers, peer).await
    }
}

/// A JSON body; what is wrong with it is told in the wire shape of errors.
#[derive(Debug)]
pub struct Input<T>(pub T);

impl<S, T> FromRequest<S> for Input<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let json = tokio::time::timeout(BODY_TIMEOUT, Json::from_request(request, state)).await;
        let json = json.map_err(|_| {
            let message = "The request took too long to arrive.";
            Error::refused(StatusCode::REQUEST_TIMEOUT, "timeout", message)
        })?;
        let Json(input) = json.map_err(|rejection: JsonRejection| {
            let status = match rejection {
                JsonRejection::JsonDataError(_) => StatusCode::BAD_REQUEST,
                ref other => other.status(),
            };
            Error::refused(status, "invalid", words(&rejection))
        })?;
        Ok(Self(input))
    }
}

/// What is wrong with a body: the place and the fault, without the words of the parser around.
fn words(rejection: &JsonRejection) -> String {
    let text = rejection.body_text();
    match rejection {
        JsonRejection::JsonSyntaxError(_) => "This is not valid JSON.".to_owned(),
        JsonRejection::JsonDataError(_) => {
            let fault = text.split_once(": ").map_or(text.as_str(), |(_, fault)| fault);
            fault.rsplit_once(" at line ").map_or(fault, |(fault, _)| fault).to_owned()
        }
        _ => text,
    }
}

#[derive(Serialize)]
struct Shown {
    code: String,
    kind: String,
    title: String,
    role: Option<Role>,
    ended: bool,
}

async fn show(
    State(platform): State<Platform>,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<Json<Shown>> {
    let room = platform.room(&code, asking).await?;
    let member = match asking.guest {
        Some(guest) => platform.rooms.member(room.id, guest).await?,
        None => None,
    };
    Ok(Json(Shown {
        code: room.code.to_string(),
        kind: room.kind.clone(),
        title: room.title.clone(),
        role: member.map(|member| member.role),
        ended: room.is_closed(clock::now()),
    }))
}

#[derive(Deserialize)]
struct KeyFor {
    role: Role,
}

#[derive(Serialize)]
struct Key {
    role: Role,
    key: String,
}

async fn create_key(
    State(platform): State<Platform>,
    Guest(guest): Guest,
    asking: Asking,
    Path(code): Path<String>,
    Input(KeyFor { role }): Input<KeyFor>,
) -> Result<Json<Key>> {
    let room = platform.room(&code, asking).await?;
    platform.rooms.require(room.id, guest, Role::Host).await?;
    if role == Role::Participant {
        return Err(Error::invalid("Nobody needs a key to take part."));
    }
    let key = platform.rooms.create_key(room.id, role).await?;
    Ok(Json(Key { role, key }))
}

#[derive(Deserialize)]
struct Claim {
    key: String,
}

#[derive(Serialize)]
struct Claimed {
    role: Role,
}

async fn claim(
    State(platform): State<Platform>,
    Guest(guest): Guest,
    asking: Asking,
    Path(code): Path<String>,
    Input(Claim { key }): Input<Claim>,
) -> Result<Json<Claimed>> {
    let room = platform.room(&code, asking).await?;
    let member = platform.rooms.claim(room.id, guest, &key).await?;
    Ok(Json(Claimed { role: member.role }))
}
