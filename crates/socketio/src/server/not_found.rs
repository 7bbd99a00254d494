//! For a server that stands alone.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Empty;
use tower::Service;

/// Answers 404.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use chorus_socketio::{NotFound, Server};
/// use http::{Request, StatusCode};
/// use tower::{Layer, ServiceExt};
///
/// let service = Server::new().layer().layer(NotFound); // what `Server::service` is
/// let request = Request::get("/elsewhere").body(String::new()).unwrap();
/// assert_eq!(service.oneshot(request).await.unwrap().status(), StatusCode::NOT_FOUND);
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct NotFound;

impl<B> Service<Request<B>> for NotFound {
    type Response = Response<Empty<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        let mut response = Response::new(Empty::new());
        *response.status_mut() = StatusCode::NOT_FOUND;
        ready(Ok(response))
    }
}
