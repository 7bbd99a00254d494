//! What the test suite of the official Engine.IO client expects of a server.

use std::{
    collections::HashMap,
    error::Error,
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use axum::{Router, extract::Request, middleware};
use bytes::Bytes;
use chorus_socketio::{
    Origins,
    engine::{Application, Close, Config, Engine, Handshake, Session, SessionId},
};
use conformance::Knobs;
use http::{HeaderMap, HeaderValue, Method, header, request::Parts};
use serde_json::{Map, Value};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let own =
        Knobs { ping_interval: Duration::from_millis(500), max_http_buffer_size: 100, ..Knobs::default() };
    let knobs = own.or_env()?;
    let mut config = Config {
        ping_interval: knobs.ping_interval,
        ping_timeout: knobs.ping_timeout,
        upgrade_timeout: knobs.upgrade_timeout,
        max_http_buffer_size: knobs.max_http_buffer_size,
        allow_eio3: knobs.allow_eio3,
        origins: Origins::any(),
        ..Config::new("/engine.io")
    };
    config.allow_request(|head| ready(if is_denied(head) { Err(String::new()) } else { Ok(()) }));
    config.initial_headers(|headers, _| set_cookies(headers));

    let posts = Posts::default();
    let seen = posts.clone();
    let open = move |session: &Session, _: Arc<Handshake>| Suite::new(session.clone(), posts.clone());
    let watch = middleware::map_request(move |request: Request| {
        seen.see(&request);
        ready(request)
    });
    Ok(knobs.serve(Router::new().layer(Engine::new(config, open).layer()).layer(watch)).await?)
}

fn is_denied(head: &Parts) -> bool {
    head.uri.query().unwrap_or_default().split('&').any(|pair| pair.split('=').next() == Some("deny"))
}

fn set_cookies(headers: &mut HeaderMap) {
    let now = httpdate::fmt_http_date(SystemTime::now());
    for cookie in [
        "1=1; Max-Age=86400",
        "2=2; SameSite=Strict; Path=/; HttpOnly; Secure",
        "3=3; Max-Age=0",
        &format!("4=4; Expires={now}"),
    ] {
        if let Ok(cookie) = HeaderValue::from_str(cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

/// The headers of the last POST of each session that is open.
#[derive(Clone, Default)]
struct Posts(Arc<Mutex<HashMap<SessionId, Value>>>);

impl Posts {
    fn see(&self, request: &Request) {
        let query = request.uri().query().unwrap_or_default();
        let session = query.split('&').find_map(|pair| pair.strip_prefix("sid=")?.parse().ok());
        if let (&Method::POST, Some(session)) = (request.method(), session)
            && let Some(headers) = self.lock().get_mut(&session)
        {
            *headers = to_json(request.headers());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn to_json(headers: &HeaderMap) -> Value {
    let texts = headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    Value::Object(texts.map(|(name, value)| (name.to_owned(), value.into())).collect())
}

/// Says hi, answers what the suite asks for, and sends everything else back.
struct Suite {
    session: Session,
    posts: Posts,
}

impl Suite {
    fn new(session: Session, posts: Posts) -> Self {
        session.send_text("hi");
        posts.lock().insert(session.id(), Value::Object(Map::new()));
        Self { session, posts }
    }
}

impl Application for Suite {
    fn text(&mut self, message: &str) -> Result<(), Close> {
        match message {
            "give binary" => self.session.send_binary(&[0, 1, 2, 3, 4]),
            "give utf8" => self.session.send_text("пойду спать всем спокойной ночи"),
            "sendHeaders" => {
                let headers = self.posts.lock().get(&self.session.id()).map(Value::to_string);
                self.session.send_text(&headers.unwrap_or_default());
            }
            message => self.session.send_text(message),
        }
        Ok(())
    }

    fn binary(&mut self, message: Bytes) -> Result<(), Close> {
        self.session.send_binary(&message);
        Ok(())
    }
}

impl Drop for Suite {
    fn drop(&mut self) {
        self.posts.lock().remove(&self.session.id());
    }
}
