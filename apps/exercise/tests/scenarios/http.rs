//! Scenarios over HTTP.

use axum::Router;
use axum::body::{Body, to_bytes};
use chorus_exercise::library::{Library, MIGRATIONS};
use chorus_exercise::scenario::Document;
use chorus_platform::Platform;
use chorus_platform::database::Database;
use chorus_platform::origin::Origins;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use super::support::{folder, shipped};

#[tokio::test]
async fn a_scenario_is_kept_changed_and_deleted() {
    let (me, other, _folder) = guests().await;
    let created = me.post("/api/scenarios", &json!({ "document": small("One") })).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(created.json()["version"], 1);
    let path = format!("/api/scenarios/{id}");
    let shown = me.get(&path).await.json();
    assert_eq!((&shown["from"], &shown["document"]["title"]), (&json!("mine"), &json!("One")));
    let put = json!({ "version": 1, "document": small("Two") });
    assert_eq!(me.send("PUT", &path, Some(&put)).await.json(), json!({ "id": id, "version": 2 }));
    let again = me.send("PUT", &path, Some(&put)).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "changed".to_owned()));
    assert_eq!(other.get(&path).await.code(), "unknown_scenario");
    assert_eq!(other.send("DELETE", &path, None).await.status, StatusCode::NOT_FOUND);
    let list = me.get("/api/scenarios").await.json();
    let mine = list.as_array().unwrap().iter().find(|listed| listed["id"] == json!(id)).unwrap();
    assert_eq!(
        (&mine["title"], &mine["counts"]["threats"], &mine["settings"]["budget"]),
        (&json!("Two"), &json!(0), &json!(6000))
    );
    assert_eq!(me.send("DELETE", &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(me.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(me.send("DELETE", "/api/scenarios/election", None).await.code(), "read_only");
}

#[tokio::test]
async fn a_faulty_document_is_refused_with_every_fault() {
    let (me, _, _folder) = guests().await;
    let document =
        json!({ "format": "chorus-scenario/1", "title": "", "systems": [{ "id": "S 1", "name": 3 }] });
    let faults = json!([
        { "table": "systems", "row": "S 1", "field": "id", "message": "An id has 1 to 64 letters, digits, _ or -." },
        { "table": "systems", "row": "S 1", "field": "name", "message": "This must be text, not 3: put it in quotes." },
        { "table": "", "row": "", "field": "title", "message": "This must not be empty." },
    ]);
    let refused = me.post("/api/scenarios", &json!({ "document": document })).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "faults".to_owned()));
    assert_eq!(refused.json()["faults"], faults);
    let checked = me.post("/api/scenarios/check", &json!({ "document": document })).await;
    assert_eq!((checked.status, &checked.json()["faults"]), (StatusCode::OK, &faults));
    for odd in [json!(3), json!([]), json!(null), json!("x")] {
        let checked = me.post("/api/scenarios/check", &json!({ "document": odd })).await;
        assert_eq!(checked.json()["faults"].as_array().unwrap().len(), 1, "{odd}");
    }
    let fine = me.post("/api/scenarios/check", &json!({ "document": shipped()[0] })).await;
    assert_eq!(fine.json(), json!({ "faults": [] }));
}

#[tokio::test]
async fn files_are_imported_after_a_check() {
    let (me, _, _folder) = guests().await;
    let files: Vec<_> = folder("cybersim-v1")
        .into_iter()
        .map(|file| json!({ "name": file.name, "content": String::from_utf8(file.content).unwrap() }))
        .collect();
    let checked = me.post("/api/scenarios/import", &json!({ "files": files, "check": true })).await;
    assert_eq!(checked.status, StatusCode::OK);
    let counts = json!({ "systems": 2, "mitigations": 2, "responses": 2, "threats": 3, "roles": 3, "actions": 1, "curveballs": 2, "learning": 0 });
    assert_eq!(checked.json(), json!({ "title": "cybersim-v1", "counts": counts, "faults": [] }));
    assert_eq!(me.get("/api/scenarios").await.json().as_array().unwrap().len(), 2, "a check keeps nothing");
    let imported = me.post("/api/scenarios/import", &json!({ "files": files })).await;
    assert_eq!(imported.status, StatusCode::CREATED);
    assert_eq!(imported.json()["title"], "cybersim-v1");
    let id = imported.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(me.get(&format!("/api/scenarios/{id}")).await.json()["document"]["threats"][0]["id"], "I1");

    let broken = json!({ "files": [{ "name": "x.yaml", "content": "title: [" }] });
    let refused = me.post("/api/scenarios/import", &broken).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "faults".to_owned()));
    assert_eq!(refused.json()["faults"][0]["row"], "line 1");
    assert_eq!(me.post("/api/scenarios/import", &json!({ "files": [] })).await.code(), "invalid");
    let long = "x".repeat(8_000_001);
    let large =
        me.post("/api/scenarios/import", &json!({ "files": [{ "name": "x", "content": long }] })).await;
    assert_eq!((large.status, large.code()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large".to_owned()));
    let larger = me
        .post(
            "/api/scenarios/import",
            &json!({ "files": [{ "name": "x", "content": "x".repeat(16_000_001) }] }),
        )
        .await;
    assert_eq!(larger.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_scenario_is_downloaded_and_imported_again() {
    let (me, _, _folder) = guests().await;
    for (path, kind) in [("scenario.yaml", "application/yaml"), ("scenario.json", "application/json")] {
        let download = me.get(&format!("/api/scenarios/election/{path}")).await;
        assert_eq!((download.status, download.kind.as_str()), (StatusCode::OK, kind));
        let ending = path.rsplit_once('.').unwrap().1;
        assert_eq!(download.disposition, format!("attachment; filename=\"election.{ending}\""));
        let files = json!({ "files": [{ "name": path, "content": download.body }] });
        let id = me.post("/api/scenarios/import", &files).await.json()["id"].as_str().unwrap().to_owned();
        let stored = me.get(&format!("/api/scenarios/{id}")).await.json();
        assert_eq!(serde_json::from_value::<Document>(stored["document"].clone()).unwrap(), shipped()[0]);
    }
    let schema = me.get("/api/scenarios/schema.json").await;
    assert_eq!((schema.kind.as_str(), schema.body), ("application/schema+json", Document::schema()));
}

#[tokio::test]
async fn who_has_no_session_is_told() {
    let (me, _, _folder) = guests().await;
    let nobody = Guest { cookie: String::new(), app: me.app.clone() };
    for path in ["/api/scenarios", "/api/scenarios/election", "/api/scenarios/election/scenario.yaml"] {
        assert_eq!(nobody.get(path).await.code(), "no_session");
    }
    for path in ["/api/scenarios", "/api/scenarios/check", "/api/scenarios/import"] {
        assert_eq!(nobody.post(path, &json!({ "document": 1, "files": [] })).await.code(), "no_session");
    }
}

struct Guest {
    cookie: String,
    app: Router,
}

struct Answer {
    status: StatusCode,
    kind: String,
    disposition: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Guest {
    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body)).await
    }

    async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("cookie", &self.cookie);
        let body = Body::from(body.map(Value::to_string).unwrap_or_default());
        let answer = self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let header = |name| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (kind, disposition) = (header("content-type"), header("content-disposition"));
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        Answer { status, kind, disposition, body: String::from_utf8(body.to_vec()).unwrap() }
    }
}

async fn guests() -> (Guest, Guest, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path(), &[&MIGRATIONS]).await.unwrap();
    let platform = Platform::new(database, Origins::default());
    let app = Library::new(platform.database.clone()).routes(&platform);
    let mut guests = Vec::new();
    for _ in 0..2 {
        let (_, secret) = platform.identity.create().await.unwrap();
        guests.push(Guest { cookie: format!("chorus_guest={secret}"), app: app.clone() });
    }
    (guests.remove(0), guests.remove(0), folder)
}

fn small(title: &str) -> Value {
    json!({ "format": "chorus-scenario/1", "title": title })
}
