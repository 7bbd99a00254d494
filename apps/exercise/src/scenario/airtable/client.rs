//! One request after the other, at Airtable's pace.

use std::time::Duration;

use axum::body::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, HeaderValue, RETRY_AFTER};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::{Interval, MissedTickBehavior};

use super::Error;
use super::names::VIEW;

/// Airtable takes 5 requests per second and base.
const STEP: Duration = Duration::from_millis(200);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one waits who was too fast, when Airtable does not say.
const PENANCE: Duration = Duration::from_secs(30);
/// How often a request is made again that was too fast.
const RETRIES: usize = 3;
/// The largest page, in bytes.
const LARGEST: usize = 4_000_000;
/// How many pages of 100 records a table may have.
const PAGES: usize = 20;

pub(super) struct Client {
    http: hyper_util::client::legacy::Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    endpoint: String,
    authorization: HeaderValue,
    pace: Mutex<Interval>,
}

/// A row of a table.
#[derive(Debug, Deserialize)]
pub(super) struct Record {
    pub(super) id: String,
    #[serde(default)]
    pub(super) fields: Map<String, Value>,
}

#[derive(Deserialize)]
struct Page {
    records: Vec<Record>,
    offset: Option<String>,
}

impl Client {
    pub(super) fn new(endpoint: &str, token: &str) -> Result<Self, Error> {
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        if !may_have_tokens(&endpoint) {
            return Err(Error::Endpoint(endpoint));
        }
        let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        let authorization = format!("Bearer {token}").parse::<HeaderValue>();
        let mut authorization = authorization.ok().filter(|_| is_token).ok_or(Error::Token)?;
        authorization.set_sensitive(true);
        let connector = HttpsConnectorBuilder::new().with_native_roots().map_err(Error::Certificates)?;
        let connector = connector.https_or_http().enable_http1().build();
        let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build(connector);
        let mut pace = tokio::time::interval(STEP);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self { http, endpoint, authorization, pace: Mutex::new(pace) })
    }

    /// All records of a table; none when there is no such table, or no such view of it.
    pub(super) async fn records(
        &self,
        base: &str,
        table: &'static str,
    ) -> Result<Option<Vec<Record>>, Error> {
        let mut records = Vec::new();
        let mut offset = None;
        for _ in 0..PAGES {
            let Some(page) = self.page(base, table, offset.as_deref()).await? else { return Ok(None) };
            records.extend(page.records);
            offset = page.offset;
            if offset.is_none() {
                return Ok(Some(records));
            }
        }
        Err(Error::TooLarge(table))
    }

    async fn page(
        &self,
        base: &str,
        table: &'static str,
        offset: Option<&str>,
    ) -> Result<Option<Page>, Error> {
        let address = format!("{}/v0/{base}/{table}?{}", self.endpoint, query(offset));
        let address: Uri = address.parse().map_err(|_| Error::Endpoint(self.endpoint.clone()))?;
        let answered = |answer: String| Error::Answer { table, answer };
        let (status, body) = self.request(&address, table).await?;
        match status {
            StatusCode::OK => {
                let page = serde_json::from_slice(&body);
                Ok(Some(page.map_err(|error| answered(format!("what is no page of records: {error}")))?))
            }
            StatusCode::UNAUTHORIZED => Err(Error::Token),
            // what a token may not see is not told from what is not there
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY => Ok(None),
            other => Err(answered(other.to_string())),
        }
    }

    /// An answer; one that says we were too fast is waited for, and asked again.
    async fn request(&self, address: &Uri, table: &'static str) -> Result<(StatusCode, Bytes), Error> {
        for _ in 0..RETRIES {
            self.pace.lock().await.tick().await;
            let request = Request::get(address).header(AUTHORIZATION, &self.authorization);
            let request = request.header(ACCEPT, "application/json").body(Empty::new());
            let request = request.map_err(|error| Error::Unreachable(error.to_string()))?;
            let answer = tokio::time::timeout(PATIENCE, self.http.request(request)).await;
            let answer = answer.map_err(late)?.map_err(|error| Error::Unreachable(cause(&error)))?;
            let status = answer.status();
            if status == StatusCode::TOO_MANY_REQUESTS {
                let said =
                    answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
                tokio::time::sleep(said.map_or(PENANCE, Duration::from_secs).min(PENANCE)).await;
                continue;
            }
            let body =
                tokio::time::timeout(PATIENCE, Limited::new(answer.into_body(), LARGEST).collect()).await;
            let body = body.map_err(late)?.map_err(|error| {
                if error.is::<http_body_util::LengthLimitError>() {
                    Error::TooLarge(table)
                } else {
                    Error::Unreachable(error.to_string())
                }
            })?;
            return Ok((status, body.to_bytes()));
        }
        Err(Error::Answer { table, answer: StatusCode::TOO_MANY_REQUESTS.to_string() })
    }
}

fn query(offset: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("view", VIEW).append_pair("pageSize", "100");
    if let Some(offset) = offset {
        query.append_pair("offset", offset);
    }
    query.finish()
}

/// Whether a token may be sent there: nobody on the way may read it.
fn may_have_tokens(endpoint: &str) -> bool {
    let Ok(address) = endpoint.parse::<Uri>() else { return false };
    let here = ["127.0.0.1", "localhost", "[::1]"];
    match address.scheme_str() {
        Some("https") => address.host().is_some(),
        Some("http") => address.host().is_some_and(|host| here.contains(&host)),
        _ => false,
    }
}

fn late(_: tokio::time::error::Elapsed) -> Error {
    Error::Unreachable("it took too long".to_owned())
}

/// The innermost reason, for the outer ones say only that there is one.
fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_go_by_https_or_stay_on_this_machine() {
        for (endpoint, may) in [
            ("https://api.airtable.com", true),
            ("http://127.0.0.1:3000", true),
            ("http://localhost:3000/airtable", true),
            ("http://api.airtable.com", false),
            ("http://127.0.0.1.evil.test", false),
            ("ftp://localhost", false),
            ("api.airtable.com", false),
            ("", false),
        ] {
            assert_eq!(may_have_tokens(endpoint), may, "{endpoint}");
        }
    }
}
