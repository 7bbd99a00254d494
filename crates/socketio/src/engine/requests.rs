//! What each request of a client leads to.

use std::{sync::Arc, time::Instant};

use bytes::{Buf, Bytes};
use chorus_protocol::{engineio::Session as Machine, socketio::Frames};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use http_body::Body;
use http_body_util::BodyExt;
use hyper::upgrade::OnUpgrade;
use tokio::sync::oneshot;

use super::{
    Applications, Engine, Handshake, Session, SessionId, Transport,
    connection::{BinaryForm, Connection},
    http::{Refusal, answer, empty, query},
    link::Link,
    polling::Polling,
    session::{Polled, Posted, Request as SessionRequest, Upgraded},
    upgrade::{close_websocket, is_websocket, switching},
    websocket::WebSocket,
};

impl<A: Applications> Engine<A> {
    /// Answers a request below the path.
    pub(super) async fn respond<Q: Body>(self, mut request: Request<Q>) -> Response<Bytes> {
        if is_websocket(request.headers()) {
            let upgrade = hyper::upgrade::on(&mut request);
            let (parts, _) = request.into_parts();
            return match self.websocket(&parts, upgrade).await {
                Ok(response) => response,
                Err(refusal) => refusal.upgrade_response(),
            };
        }
        let (parts, body) = request.into_parts();
        if let (Some(cors), &Method::OPTIONS) = (&self.0.config.cors, &parts.method) {
            let mut response = empty(StatusCode::NO_CONTENT);
            cors.apply_preflight(&parts.headers, response.headers_mut());
            return response;
        }
        let mut response = match self.polling(&parts, body).await {
            Ok(response) => response,
            Err(refusal) => refusal.response(),
        };
        if let Some(cors) = &self.0.config.cors {
            cors.apply(&parts.headers, response.headers_mut());
        }
        response
    }

    async fn polling<Q: Body>(&self, parts: &Parts, body: Q) -> Result<Response<Bytes>, Refusal> {
        let target = self.target(parts)?;
        if let Some(id) = &target.session {
            let session = self.find(id)?;
            if target.transport != Transport::Polling {
                return Err(Refusal::BadRequest);
            }
            return match parts.method {
                Method::GET => poll(&session).await,
                Method::POST => self.post(&session, parts, body).await,
                _ => Err(Refusal::BadRequest),
            };
        }
        if parts.method != Method::GET {
            return Err(Refusal::BadHandshakeMethod);
        }
        if target.transport == Transport::WebSocket {
            return Err(Refusal::BadRequest);
        }
        self.allow(parts)?;
        target.check_version()?;
        self.open_polling(parts)
    }

    fn open_polling(&self, parts: &Parts) -> Result<Response<Bytes>, Refusal> {
        let (session, connection) =
            self.open(parts, Transport::Polling, Link::Polling(Polling::default()))?;
        let open = self.open_packet(&session, Transport::Polling);
        tokio::spawn(connection);
        let mut response = packets(open.into_bytes());
        self.set_cookie(&session, response.headers_mut());
        Ok(response)
    }

    async fn post<Q: Body>(
        &self,
        session: &Session,
        parts: &Parts,
        body: Q,
    ) -> Result<Response<Bytes>, Refusal> {
        let binary = parts.headers.get(header::CONTENT_TYPE).is_some_and(|t| t == "application/octet-stream");
        if binary || !session.start_post() {
            // Engine.IO 4 has no binary bodies, and one POST at a time
            let _ = session.request(SessionRequest::BadPost);
            return Ok(empty(StatusCode::BAD_REQUEST));
        }
        let guard = Posting { session, done: false };
        let body = match receive(body, &parts.headers, self.0.config.max_http_buffer_size).await {
            Ok(body) => body,
            Err(BodyError::TooLarge) => {
                guard.finish();
                return Ok(empty(StatusCode::PAYLOAD_TOO_LARGE));
            }
            Err(BodyError::Broken) => return Ok(empty(StatusCode::BAD_REQUEST)),
        };
        let (reply, posted) = oneshot::channel();
        let sent = session.request(SessionRequest::Post(body, reply));
        let posted = if sent.is_ok() { posted.await.ok() } else { None };
        guard.finish();
        match posted {
            Some(Posted::Accepted) => {
                let mut response = answer(StatusCode::OK, "text/html", "ok");
                no_store(response.headers_mut());
                Ok(response)
            }
            Some(Posted::Malformed) => Ok(empty(StatusCode::BAD_REQUEST)),
            Some(Posted::Mismatch) => Err(Refusal::BadRequest),
            None => Err(Refusal::UnknownSession),
        }
    }

    async fn websocket(&self, parts: &Parts, upgrade: OnUpgrade) -> Result<Response<Bytes>, Refusal> {
        let target = self.target(parts)?;
        if target.transport != Transport::WebSocket || parts.method != Method::GET {
            return Err(Refusal::BadRequest);
        }
        let session = target.session.as_deref().map(|id| self.find(id)).transpose()?;
        let response = switching(&parts.headers).ok_or(Refusal::BadRequest)?;
        self.allow(parts)?;
        target.check_version()?;
        match session {
            Some(session) => self.upgrade(&session, upgrade, response).await,
            None => self.open_websocket(parts, upgrade, response),
        }
    }

    fn open_websocket(
        &self,
        parts: &Parts,
        upgrade: OnUpgrade,
        mut response: Response<Bytes>,
    ) -> Result<Response<Bytes>, Refusal> {
        let (session, mut connection) = self.open(parts, Transport::WebSocket, Link::Opening(upgrade))?;
        connection.greet(Frames::text(&self.open_packet(&session, Transport::WebSocket)));
        tokio::spawn(connection);
        self.set_cookie(&session, response.headers_mut());
        Ok(response)
    }

    async fn upgrade(
        &self,
        session: &Session,
        upgrade: OnUpgrade,
        response: Response<Bytes>,
    ) -> Result<Response<Bytes>, Refusal> {
        let (reply, upgraded) = oneshot::channel();
        let refused = if self.0.config.may_upgrade() {
            let request = SessionRequest::Upgrade(upgrade, reply);
            session.request(request).map_err(|_| Refusal::UnknownSession)?;
            match upgraded.await.map_err(|_| Refusal::UnknownSession)? {
                Upgraded::Accepted => None,
                Upgraded::Refused(upgrade) => Some(upgrade),
            }
        } else {
            Some(upgrade)
        };
        if let Some(upgrade) = refused {
            // as Node does: accepted, then closed, since browsers tell nothing of a refused request
            tokio::spawn(async move {
                if let Ok(upgraded) = upgrade.await {
                    close_websocket(WebSocket::new(upgraded, 0).0);
                }
            });
        }
        Ok(response)
    }

    fn open(
        &self,
        parts: &Parts,
        transport: Transport,
        link: Link,
    ) -> Result<(Session, Connection<A>), Refusal> {
        let config = &self.0.config;
        let id = SessionId::random().map_err(|_| Refusal::BadRequest)?;
        let session = Session::new(id, config.max_outbox_size);
        if !self.0.sessions.insert(&session) {
            return Err(Refusal::Forbidden("server is shutting down".to_owned()));
        }
        let handshake = Arc::new(Handshake::new(parts));
        let binary = match handshake.query("b64") {
            Some(b64) if !b64.is_empty() => BinaryForm::Base64,
            _ => BinaryForm::Raw,
        };
        let app = self.0.applications.open(&session, handshake);
        let machine = Machine::new(transport, &config.timing(), Instant::now());
        Ok((session.clone(), Connection::new(self.0.clone(), session, machine, app, link, binary)))
    }

    /// `0` and the handshake's data.
    fn open_packet(&self, session: &Session, transport: Transport) -> String {
        let config = &self.0.config;
        let upgrades =
            if transport == Transport::Polling && config.may_upgrade() { "\"websocket\"" } else { "" };
        format!(
            r#"0{{"sid":"{}","upgrades":[{upgrades}],"pingInterval":{},"pingTimeout":{},"maxPayload":{}}}"#,
            session.id().as_str(),
            config.ping_interval.as_millis(),
            config.ping_timeout.as_millis(),
            config.max_http_buffer_size,
        )
    }

    fn set_cookie(&self, session: &Session, headers: &mut HeaderMap) {
        let cookie = self.0.config.cookie.as_ref().map(|cookie| cookie.header(session.id().as_str()));
        if let Some(value) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
            headers.append(header::SET_COOKIE, value);
        }
    }

    fn find(&self, id: &str) -> Result<Session, Refusal> {
        id.parse().ok().and_then(|id| self.0.sessions.find(id)).ok_or(Refusal::UnknownSession)
    }

    fn allow(&self, parts: &Parts) -> Result<(), Refusal> {
        match &self.0.config.allow_request {
            Some(allow) => allow(parts).map_err(Refusal::Forbidden),
            None => Ok(()),
        }
    }

    fn target(&self, parts: &Parts) -> Result<Target, Refusal> {
        let mut target = Target { transport: Transport::Polling, session: None, version: None };
        let mut transport = None;
        for (name, value) in query(parts.uri.query().unwrap_or_default()) {
            match &*name {
                "transport" => transport = Some(value),
                "sid" => target.session = Some(value.into_owned()),
                "EIO" => target.version = Some(value.into_owned()),
                _ => {}
            }
        }
        target.transport = [Transport::Polling, Transport::WebSocket]
            .into_iter()
            .find(|known| {
                transport.as_deref() == Some(known.name()) && self.0.config.transports.contains(known)
            })
            .ok_or(Refusal::UnknownTransport)?;
        Ok(target)
    }
}

/// What the query asks for.
struct Target {
    transport: Transport,
    session: Option<String>,
    version: Option<String>,
}

impl Target {
    fn check_version(&self) -> Result<(), Refusal> {
        if self.version.as_deref() == Some("4") { Ok(()) } else { Err(Refusal::UnsupportedVersion) }
    }
}

async fn poll(session: &Session) -> Result<Response<Bytes>, Refusal> {
    let (reply, polled) = oneshot::channel();
    session.request(SessionRequest::Poll(reply)).map_err(|_| Refusal::UnknownSession)?;
    match polled.await {
        Ok(Polled::Packets(body)) => Ok(packets(body)),
        Ok(Polled::Overlap) => Ok(empty(StatusCode::BAD_REQUEST)),
        Ok(Polled::Mismatch) => Err(Refusal::BadRequest),
        Err(_) => Err(Refusal::UnknownSession),
    }
}

/// Ends the session when the POST it stands for breaks off.
struct Posting<'a> {
    session: &'a Session,
    done: bool,
}

impl Posting<'_> {
    fn finish(mut self) {
        self.done = true;
        self.session.end_post();
    }
}

impl Drop for Posting<'_> {
    fn drop(&mut self) {
        if !self.done {
            let _ = self.session.request(SessionRequest::BadPost);
        }
    }
}

enum BodyError {
    TooLarge,
    Broken,
}

async fn receive<Q: Body>(body: Q, headers: &HeaderMap, limit: usize) -> Result<Bytes, BodyError> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > limit as u64) {
        return Err(BodyError::TooLarge);
    }
    let mut received = Vec::new();
    let mut body = std::pin::pin!(body);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        let mut data = data;
        while Buf::has_remaining(&data) {
            let chunk = Buf::chunk(&data);
            if received.len() + chunk.len() > limit {
                return Err(BodyError::TooLarge);
            }
            received.extend_from_slice(chunk);
            let taken = chunk.len();
            Buf::advance(&mut data, taken);
        }
    }
    Ok(received.into())
}

fn packets(body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = answer(StatusCode::OK, "text/plain; charset=UTF-8", body);
    no_store(response.headers_mut());
    response
}

fn no_store(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
