//! The original over HTTP: the setup tables, whether it is there, and a page for who looks.

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::json;

use super::migrate::migrate;
use super::setup::Tables;
use crate::Exercises;

/// The page, with a place for the address of the new UI.
const PAGE: &str = include_str!("page.html");

/// Everything the original answers; all of it for pages of any origin.
pub(super) fn routes(exercises: &Exercises) -> Router {
    Router::new()
        .route("/", get(root))
        .route("/systems", table(|tables| tables.systems.clone()))
        .route("/mitigations", table(|tables| tables.mitigations.clone()))
        .route("/responses", table(|tables| tables.responses.clone()))
        .route("/injections", table(|tables| tables.injections.clone()))
        .route("/actions", table(|tables| tables.actions.clone()))
        .route("/curveballs", table(|tables| tables.curveballs.clone()))
        .route("/locations", table(|tables| tables.locations.clone()))
        .route("/dictionary", table(|tables| tables.dictionary.clone()))
        .route("/migrate", post(migrate))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(middleware::from_fn(cors))
        .with_state(exercises.clone())
}

fn table(of: fn(&Tables) -> String) -> MethodRouter<Exercises> {
    get(async move |State(exercises): State<Exercises>| {
        let tables = exercises.hall().map(|hall| of(&hall.setup.read().tables));
        tables.map(|json| ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], json))
    })
}

/// Programs are told whether it works, people what it is.
async fn root(State(exercises): State<Exercises>, request: HeaderMap) -> Response {
    if let Err(error) = exercises.platform().database.is_alive().await {
        tracing::error!(%error, "the database does not answer");
        let status = Json(json!({ "status": "not ok" }));
        return (StatusCode::INTERNAL_SERVER_ERROR, status).into_response();
    }
    let accepts = request.get(header::ACCEPT).and_then(|accepts| accepts.to_str().ok());
    let vary = [(header::VARY, "Accept")];
    if accepts.is_some_and(|accepts| accepts.contains("text/html")) {
        let home = exercises.hall().map(|hall| hall.options.home.as_str()).unwrap_or_default();
        return (vary, Html(PAGE.replace("{home}", &escaped(home)))).into_response();
    }
    (vary, Json(json!({ "status": "ok" }))).into_response()
}

async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, Html(include_str!("not_found.html"))).into_response()
}

/// Anybody's pages may ask: there is nothing here that belongs to one person.
async fn cors(request: Request, next: Next) -> Response {
    let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let mut response = if request.method() == Method::OPTIONS {
        let methods = [(header::ACCESS_CONTROL_ALLOW_METHODS, "GET,HEAD,PUT,PATCH,POST,DELETE")];
        (StatusCode::NO_CONTENT, methods).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Some(asked) = asked {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
        headers.append(header::VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
    }
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
