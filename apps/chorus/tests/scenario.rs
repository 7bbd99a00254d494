//! The binary: `chorus scenario`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use axum::extract::{Path as Named, Request};
use axum::routing::get;
use axum::{Json, Router};
use common::{Server, folder};
use serde_json::{Value, json};

#[test]
fn a_check_tells_every_fault_on_a_line() {
    let folder = folder();
    let file = folder.path().join("fire.yaml");
    std::fs::write(&file, "format: chorus-scenario/1\ntitle: A fire\nthreats:\n  - {id: T1, title: 3, at: soon, disables: [S1]}\n").unwrap();
    let output = chorus(&["scenario", "check", path(&file)]);
    let said = fails(&output);
    let lines: Vec<_> = said.lines().collect();
    let place = format!("{} › threats › T1 ›", file.display());
    assert_eq!(lines.len(), 4, "{said}");
    assert!(lines[0].starts_with(&format!("{place} at: This must be a time")), "{said}");
    assert_eq!(lines[1], format!("{place} title: This must be text, not 3: put it in quotes."));
    assert_eq!(lines[2], format!("{place} disables: There is no system S1."));
    assert_eq!(lines[3], "chorus: there are 3 faults in this scenario");
    assert!(output.stdout.is_empty());

    std::fs::write(&file, "format: chorus-scenario/1\ntitle: A fire\n").unwrap();
    let said = does(&chorus(&["scenario", "check", path(&file)]));
    let counts = "“A fire”, 0 threats, 0 mitigations, 0 responses, 0 systems, 0 actions, 0 roles, 0 curveballs, 0 learning points";
    assert_eq!(said, format!("There is no fault in {}: {counts}.\n", file.display()));
    let said = fails(&chorus(&["scenario", "check", "/nonexistent.yaml"]));
    assert!(said.starts_with("chorus: /nonexistent.yaml cannot be read: "), "{said}");
    std::fs::write(&file, "x".repeat(8_000_001)).unwrap();
    assert!(fails(&chorus(&["scenario", "check", path(&file)])).contains("is more than a scenario may have"));
}

#[tokio::test]
async fn a_folder_of_cybersim_is_imported_after_a_dry_run_and_replaced() {
    let data = folder();
    let tables = fixture("cybersim-v1");
    let data_folder = data.path().join("server");
    let import = ["scenario", "import", path(&tables), "--name", "shop", "--data", path(&data_folder)];
    let said = does(&chorus(&[&import[..], &["--dry-run"]].concat()));
    assert!(
        said.starts_with("This would be imported as shop: “cybersim-v1”, 3 threats, 2 mitigations, "),
        "{said}"
    );
    assert!(!data_folder.exists(), "a dry run touches nothing");
    let said = does(&chorus(&import));
    assert!(said.starts_with("Imported as shop, version 1: “cybersim-v1”, 3 threats, "), "{said}");
    let said = does(&chorus(&[&import[..], &["--title", "A shop"]].concat()));
    assert!(said.starts_with("Imported as shop, version 2: “A shop”, "), "{said}");

    let server = Server::start(&data_folder, &[]);
    let list = server.guest().await.get("/api/scenarios").await.json();
    let shop = list.as_array().unwrap().iter().find(|listed| listed["id"] == "shop").unwrap();
    assert_eq!(
        (&shop["from"], &shop["version"], &shop["title"]),
        (&json!("server"), &json!(2), &json!("A shop"))
    );
    for asked in [&import[..], &["scenario", "export", "shop", "--data", path(&data_folder)]] {
        let said = fails(&chorus(asked));
        assert!(said.contains("is in use by another server; stop it first"), "{said}");
        assert_eq!(said.lines().count(), 1);
    }
    let said = does(&chorus(&["scenario", "export", "demonstration", "--data", path(&data_folder)]));
    assert!(said.starts_with("format: chorus-scenario/1\n"), "what comes with Chorus needs no data");
}

#[test]
fn what_is_exported_is_imported_again_in_every_format() {
    let data = folder();
    let data_folder = path(data.path());
    let name = ["--data", data_folder, "--name"];
    does(&chorus(&[&["scenario", "import", path(&fixture("cybersim-v2"))], &name[..], &["shop"]].concat()));
    let first = does(&chorus(&["scenario", "export", "shop", "--data", data_folder]));
    for (format, out) in [("yaml", "shop.yaml"), ("json", "shop.json"), ("csv", "shop")] {
        let out = data.path().join(out);
        let export =
            ["scenario", "export", "shop", "--data", data_folder, "--format", format, "--out", path(&out)];
        assert_eq!(does(&chorus(&export)), "", "{format}");
        does(&chorus(&[&["scenario", "import", path(&out)], &name[..], &["again"]].concat()));
        assert_eq!(does(&chorus(&["scenario", "export", "again", "--data", data_folder])), first, "{format}");
        if format == "csv" {
            assert!(out.join("scenario.csv").is_file() && out.join("threats.csv").is_file());
            assert!(fails(&chorus(&export)).ends_with("is not empty\n"));
        }
    }
    let csv = chorus(&["scenario", "export", "shop", "--format", "csv"]);
    assert_eq!(csv.status.code(), Some(2), "a folder must be said");
}

#[test]
fn nothing_is_imported_when_something_is_wrong() {
    let data = folder();
    let file = data.path().join("x.yaml");
    std::fs::write(&file, "format: chorus-scenario/1\ntitle: A fire\nhats: 1\n").unwrap();
    let server = data.path().join("server");
    let import = |file: &str, name: &str| {
        fails(&chorus(&["scenario", "import", file, "--name", name, "--data", path(&server)]))
    };
    let said = import(path(&file), "fire");
    assert!(said.ends_with("chorus: there is a fault in this scenario\n"), "{said}");
    assert!(!server.exists());
    std::fs::write(&file, "format: chorus-scenario/1\ntitle: A fire\n").unwrap();
    assert_eq!(import(path(&file), "a fire"), "chorus: A name has 1 to 64 letters, digits, _ or -.\n");
    assert_eq!(import(path(&file), "election"), "chorus: This name is taken by another scenario.\n");
    let export = |name: &str| fails(&chorus(&["scenario", "export", name, "--data", path(&server)]));
    assert_eq!(export("fire"), format!("chorus: there is no data in the folder {}\n", server.display()));
    does(&chorus(&["scenario", "import", path(&file), "--name", "fire", "--data", path(&server)]));
    assert_eq!(export("water"), "chorus: There is no scenario with this name.\n");
}

#[test]
fn the_schema_is_printed() {
    let schema: Value = serde_json::from_str(&does(&chorus(&["scenario", "schema"]))).unwrap();
    assert_eq!(schema["properties"]["threats"]["type"], "array");
}

#[tokio::test]
async fn an_airtable_base_is_imported_with_a_token_from_a_file() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().route("/v0/appOne/{table}", get(airtable));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let data = folder();
    let token = data.path().join("token");
    let import = |token: String, base: &'static str, path_of_token: &Path| {
        std::fs::write(path_of_token, token).unwrap();
        let arguments = ["scenario", "import", "--airtable", base, "--token-file", path(path_of_token)];
        let more = ["--endpoint", &endpoint, "--name", "fire", "--data", path(data.path())];
        let mut command = command();
        command.args(arguments).args(more);
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    let said = does(&import("pat.secret\n".to_owned(), "appOne", &token).await.unwrap());
    assert!(said.starts_with("Imported as fire, version 1: “fire”, 1 threat, 0 mitigations, "), "{said}");
    let said = fails(&import("wrong".to_owned(), "appOne", &token).await.unwrap());
    assert_eq!(said, "chorus: the Airtable access token is not valid\n");
    let said = fails(&import("pat.secret".to_owned(), "app/../x", &token).await.unwrap());
    assert_eq!(said, "chorus: the Airtable base id is not valid, or the token may not read this base\n");
    for wrong in [&["--airtable", "appOne"][..], &["--endpoint", "http://x", "path"], &[]] {
        let said = chorus(&[&["scenario", "import", "--name", "x"], wrong].concat());
        assert_eq!(said.status.code(), Some(2), "{wrong:?}");
    }
}

/// A base with one event in it.
async fn airtable(Named(table): Named<String>, request: Request) -> Result<Json<Value>, http::StatusCode> {
    if request.headers().get("authorization").is_none_or(|value| value != "Bearer pat.secret") {
        return Err(http::StatusCode::UNAUTHORIZED);
    }
    let events = json!([{ "id": "recE1", "fields": { "title": "Fire", "description": "It burns.", "trigger_time": 60 } }]);
    Ok(Json(json!({ "records": if table == "events" { events } else { json!([]) } })))
}

/// `chorus`, without the environment of whoever runs the tests.
fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chorus"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CHORUS_") {
            command.env_remove(name);
        }
    }
    command
}

fn chorus(arguments: &[&str]) -> Output {
    command().args(arguments).output().unwrap()
}

/// What a command that does its work says.
fn does(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), said.as_str()), (Some(0), ""));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a command that fails says.
fn fails(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    said
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Tables that the exercise tests with.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../exercise/tests/fixtures").join(name)
}
