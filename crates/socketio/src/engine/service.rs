//! The Tower layer.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::{Method, Request, Response};
use http_body::Body;
use tower::{Layer, Service};

use super::{Applications, Engine, ResponseBody, http::file};

/// Answers requests below the engine's path.
///
/// It wraps a service that answers all others.
///
/// ```
/// use axum::{Router, routing::get};
/// use chorus_socketio::Server;
///
/// let io = Server::new();
/// // the routes stay, and what is below /socket.io/ is the server's
/// let app: Router = Router::new().route("/", get(|| async { "hello" })).layer(io.layer());
/// ```
pub struct EngineLayer<A>(Engine<A>);

/// See [`EngineLayer`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use http::{Request, StatusCode};
/// use tower::ServiceExt;
///
/// let service = chorus_socketio::Server::new().service();
/// let request = Request::get("/socket.io/?EIO=4&transport=polling").body(String::new()).unwrap();
/// assert_eq!(service.oneshot(request).await.unwrap().status(), StatusCode::OK);
/// # }
/// ```
pub struct EngineService<A, S> {
    engine: Engine<A>,
    inner: S,
}

impl<A> EngineLayer<A> {
    pub(super) fn new(engine: Engine<A>) -> Self {
        Self(engine)
    }
}

impl<A> Clone for EngineLayer<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A, S: Clone> Clone for EngineService<A, S> {
    fn clone(&self) -> Self {
        Self { engine: self.engine.clone(), inner: self.inner.clone() }
    }
}

impl<A, S> Layer<S> for EngineLayer<A> {
    type Service = EngineService<A, S>;

    fn layer(&self, inner: S) -> Self::Service {
        EngineService { engine: self.0.clone(), inner }
    }
}

impl<A, S, Q, R> Service<Request<Q>> for EngineService<A, S>
where
    A: Applications,
    S: Service<Request<Q>, Response = Response<R>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    R: Send + 'static,
    Q: Body + Send + 'static,
    Q::Data: Send,
    Q::Error: Send,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let config = &self.engine.0.config;
        let Some(name) = config.below(request.uri().path()) else {
            let inner = self.inner.call(request);
            return Box::pin(async { Ok(inner.await?.map(ResponseBody::inner)) });
        };
        if let Some(found) =
            config.client_files.get(name).filter(|_| matches!(*request.method(), Method::GET | Method::HEAD))
        {
            let mut response = file(name, found, request.headers());
            if let Some(cors) = &config.cors {
                cors.apply(request.headers(), response.headers_mut());
            }
            return Box::pin(async { Ok(response.map(ResponseBody::own)) });
        }
        let engine = self.engine.clone();
        Box::pin(async move { Ok(engine.respond(request).await.map(ResponseBody::own)) })
    }
}
