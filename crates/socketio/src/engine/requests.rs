//! What each request of a client leads to.

mod receive;
mod target;
mod websocket;

use std::{iter, sync::Arc, time::Instant};

use bytes::Bytes;
use chorus_protocol::{
    engineio::{Revision, Session as Machine, v3::jsonp},
    socketio::{Form, Frames},
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use http_body::Body;
use tokio::sync::oneshot;

use self::{
    receive::{BodyError, Posting, receive},
    target::{Target, names_session},
};
use super::{
    Applications, Config, ConnectionError, Engine, Handshake, Session, SessionId, Transport,
    compression::{Compression, compress},
    connection::Connection,
    http::{Refusal, answer, empty},
    link::Link,
    payload,
    polling::Polling,
    registry::Rejected,
    session::{Polled, PostBody, Posted, Request as SessionRequest},
    upgrade::is_websocket,
};

impl<A: Applications> Engine<A> {
    /// Answers a request below the path.
    pub(super) async fn respond<Q: Body>(self, mut request: Request<Q>) -> Response<Bytes> {
        if is_websocket(request.version(), request.headers()) {
            let upgrade = hyper::upgrade::on(&mut request);
            let (parts, _) = request.into_parts();
            return match self.websocket(&parts, upgrade).await {
                Ok(response) => self.add_headers(&parts, response),
                Err(refusal) => {
                    self.tell(&refusal, &parts);
                    refusal.upgrade_response()
                }
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
            Err(refusal) => {
                self.tell(&refusal, &parts);
                refusal.response()
            }
        };
        if let Some(cors) = &self.0.config.cors {
            cors.apply(&parts.headers, response.headers_mut());
        }
        self.add_headers(&parts, response)
    }

    async fn polling<Q: Body>(&self, parts: &Parts, body: Q) -> Result<Response<Bytes>, Refusal> {
        let target = self.target(parts)?;
        if let Some(id) = &target.session {
            let session = self.find(id)?;
            if target.transport != Transport::Polling {
                return Err(Refusal::BadRequest);
            }
            return match parts.method {
                Method::GET => {
                    let compression = Compression::of(&parts.headers, self.0.config.http_compression);
                    poll(&session, &target, compression).await
                }
                Method::POST => self.post(&session, parts, &target, body).await,
                _ => Err(Refusal::BadRequest),
            };
        }
        if parts.method != Method::GET {
            return Err(Refusal::BadHandshakeMethod);
        }
        if target.transport == Transport::WebSocket {
            return Err(Refusal::BadRequest);
        }
        self.allow(parts).await?;
        self.open_polling(parts, &target)
    }

    fn open_polling(&self, parts: &Parts, target: &Target) -> Result<Response<Bytes>, Refusal> {
        let (session, connection) = self.open(parts, target, Link::Polling(Polling::default()))?;
        let first: Vec<_> = self
            .first_packets(&session, Transport::Polling)
            .map(|packet| packet.as_bytes().clone())
            .collect();
        tokio::spawn(connection);
        let mut response = packets(&session, target, &first);
        self.set_cookie(&session, response.headers_mut());
        Ok(response)
    }

    async fn post<Q: Body>(
        &self,
        session: &Session,
        parts: &Parts,
        target: &Target,
        body: Q,
    ) -> Result<Response<Bytes>, Refusal> {
        let binary = parts.headers.get(header::CONTENT_TYPE).is_some_and(|t| t == "application/octet-stream");
        // Engine.IO 4 has no binary bodies, and a client sends one POST at a time
        let posting = if binary && session.revision() == Revision::V4 {
            Err("invalid content")
        } else {
            Posting::start(session).ok_or("data request overlap from client")
        };
        let guard = match posting {
            Ok(guard) => guard,
            Err(why) => {
                let _ = session.request(SessionRequest::BadPost(why));
                return Ok(empty(StatusCode::BAD_REQUEST));
            }
        };
        let body = match receive(body, &parts.headers, &self.0.config).await {
            Ok(body) => body,
            Err(BodyError::TooLarge) => {
                guard.finish();
                return Ok(empty(StatusCode::PAYLOAD_TOO_LARGE));
            }
            Err(BodyError::Broken) => return Ok(empty(StatusCode::BAD_REQUEST)),
            Err(BodyError::TooSlow) => {
                let mut response = empty(StatusCode::REQUEST_TIMEOUT);
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                return Ok(response);
            }
        };
        let body = match &target.jsonp {
            Some(_) => match jsonp::decode(&body) {
                Ok(body) => PostBody::Text(body.into()),
                // as in Node: nothing was sent
                Err(_) => PostBody::Text(Bytes::new()),
            },
            None if binary => PostBody::Binary(body),
            None => PostBody::Text(body),
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

    fn open(&self, parts: &Parts, target: &Target, link: Link) -> Result<(Session, Connection<A>), Refusal> {
        let config = &self.0.config;
        let revision = target.revision(config)?;
        let id = SessionId::random().map_err(|_| Refusal::BadRequest)?;
        let form = Form { revision, base64: target.base64, deflate: false };
        let session = Session::new(id, form, self.0.session_options.clone());
        let handshake = Handshake::new(parts, config.max_header_size).map_err(|_| Refusal::HeadTooLarge)?;
        let address = handshake.address().map(|address| address.ip());
        let app = self.0.applications.open(&session, Arc::new(handshake));
        let machine = Machine::new(revision, target.transport, &config.timing(), Instant::now());
        // last, so that a panic above leaves nothing behind
        self.0.sessions.insert(&session, address).map_err(|rejected| {
            let reason = match rejected {
                Rejected::Closing => "server is shutting down",
                Rejected::TooMany => "too many connections",
            };
            Refusal::Forbidden(reason.to_owned())
        })?;
        Ok((session.clone(), Connection::new(self.0.clone(), session, machine, app, link)))
    }

    /// The answer to a handshake, and what every session starts with.
    fn first_packets(&self, session: &Session, transport: Transport) -> impl Iterator<Item = Frames> {
        let open = Frames::text(&self.open_packet(session, transport));
        iter::once(open).chain(self.0.initial_packet.clone())
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
        let cookie = self.0.config.cookie.as_ref();
        if let Some(value) = cookie.and_then(|cookie| cookie.header(session.id().as_str())) {
            headers.append(header::SET_COOKIE, value);
        }
    }

    /// What a request asks for, if it comes from where it may.
    fn target(&self, parts: &Parts) -> Result<Target, Refusal> {
        let config = &self.0.config;
        if !config.origins.allow(parts, config.cors.as_ref()) {
            return Err(Refusal::Forbidden("origin not allowed".to_owned()));
        }
        Target::parse(parts, config)
    }

    /// Lets the application change the headers of a session's answer.
    fn add_headers(&self, request: &Parts, mut response: Response<Bytes>) -> Response<Bytes> {
        let Config { initial_headers, headers, .. } = &self.0.config;
        let status = response.status();
        if !status.is_success() && status != StatusCode::SWITCHING_PROTOCOLS {
            return response;
        }
        let initial = initial_headers.as_deref().filter(|_| !names_session(request));
        for add in initial.into_iter().chain(headers.as_deref()) {
            add(response.headers_mut(), request);
        }
        response
    }

    /// Tells the application of a refusal.
    fn tell(&self, refusal: &Refusal, request: &Parts) {
        let (code, message) = (refusal.code(), refusal.message());
        tracing::debug!(code, message, "a request was refused");
        if let Some(tell) = &self.0.config.connection_error {
            tell(&ConnectionError { code, message, request });
        }
    }

    fn find(&self, id: &str) -> Result<Session, Refusal> {
        id.parse().ok().and_then(|id| self.0.sessions.find(id)).ok_or(Refusal::UnknownSession)
    }

    async fn allow(&self, parts: &Parts) -> Result<(), Refusal> {
        match &self.0.config.allow_request {
            Some(allow) => allow(parts).await.map_err(Refusal::Forbidden),
            None => Ok(()),
        }
    }
}

async fn poll(
    session: &Session,
    target: &Target,
    compression: Option<Compression>,
) -> Result<Response<Bytes>, Refusal> {
    let (reply, polled) = oneshot::channel();
    session.request(SessionRequest::Poll(reply)).map_err(|_| Refusal::UnknownSession)?;
    match polled.await {
        Ok(Polled::Packets(frames)) => Ok(compress(packets(session, target, &frames), compression)),
        Ok(Polled::Overlap) => Ok(empty(StatusCode::BAD_REQUEST)),
        Ok(Polled::Mismatch) => Err(Refusal::BadRequest),
        Err(_) => Err(Refusal::UnknownSession),
    }
}

/// The answer to a GET, in the form that the client's revision has for it.
fn packets(session: &Session, target: &Target, frames: &[Bytes]) -> Response<Bytes> {
    let mut response = match (payload::encode(session.revision(), frames), &target.jsonp) {
        (payload::Body::Text(text), Some(index)) => {
            let script = jsonp::response(index, &String::from_utf8_lossy(&text));
            answer(StatusCode::OK, "text/javascript; charset=UTF-8", script)
        }
        (payload::Body::Text(text), None) => answer(StatusCode::OK, "text/plain; charset=UTF-8", text),
        (payload::Body::Binary(bytes), _) => answer(StatusCode::OK, "application/octet-stream", bytes),
    };
    no_store(response.headers_mut());
    response
}

fn no_store(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
