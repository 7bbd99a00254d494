//! The page of the classic dialect: our own, on the original's wire.

use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use chorus_platform::{Asking, Result};
use http::{HeaderMap, header};

use crate::polls::Polls;

/// `/`, `/index.html` and the page's script; everything else is 404.
pub(super) fn routes(polls: &Polls) -> Router {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    Router::new()
        .route("/", get(page))
        .route("/index.html", get(page))
        .route("/page.js", get(async move || (kind, include_str!("page.js"))))
        .with_state(polls.clone())
}

/// The page makes its reader a guest, so that a reload or a second tab is the same voter.
async fn page(State(polls): State<Polls>, asking: Asking, request: HeaderMap) -> Result<Response> {
    let headers = polls.platform().greet(asking, &request).await?;
    Ok((headers, Html(include_str!("page.html"))).into_response())
}
