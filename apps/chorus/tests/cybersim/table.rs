//! A server with the scenario of the original's own tests, and its clients.

use std::net::SocketAddr;
use std::path::Path;

use chorus_exercise::library::{Library, MIGRATIONS};
use chorus_exercise::scenario::Scenario;
use chorus_platform::database::Database;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::common::socket::Socket;
use crate::common::{Answer, Guest, Server, folder, request};

/// A server and its data.
pub(crate) struct Table {
    pub(crate) server: Server,
    data: TempDir,
}

/// The scenario of the original's own tests.
pub(crate) fn scenario() -> Value {
    json!({
        "format": "chorus-scenario/1", "title": "Fixture",
        "systems": [{ "id": "S1", "name": "Website", "at": "party" }, { "id": "S2", "name": "Mail", "at": "hq" }],
        "mitigations": [
            { "id": "M1", "name": "Locks", "category": "Operation", "cost": { "hq": 500, "local": 1000 } },
            { "id": "M2", "name": "Backup", "category": "Devices", "cost": { "local": 1200 } },
        ],
        "responses": [
            { "id": "RP1", "text": "Change locks", "cost": 0, "at": "local", "restores": ["S2"],
              "requires": "M1", "requires_at": "local" },
            { "id": "RP2", "text": "Set a backup up", "at": "local", "mitigation": "M2", "mitigation_at": "local" },
        ],
        "threats": [
            { "id": "I1", "title": "Theft", "at": "2:00", "place": "local", "support": -0.5, "disables": ["S1"],
              "prevented_by": "M1", "prevented_at": "local", "followup": "I2", "responses": ["RP1"] },
            { "id": "I2", "title": "Leak", "at": "1:00", "kind": "board", "support": -0.5, "responses": ["RP2"] },
            { "id": "I3", "title": "Loss", "at": "3:00", "place": "hq", "kind": "background",
              "prevented_by": "M2", "prevented_at": "local" },
        ],
        "roles": [{ "id": "R1", "name": "Candidate" }, { "id": "R2", "name": "Treasurer" }],
        "actions": [
            { "id": "A1", "text": "Rally", "at": "hq", "cost": 1000, "support": 5, "needs": ["S1", "S2"],
              "roles": ["R1", "R2"] },
            { "id": "A2", "text": "Ask for money", "at": "local", "gain": 200 },
        ],
        "curveballs": [
            { "id": "C4", "text": "Crash", "budget": -1000, "support": -10 },
            { "id": "C7", "text": "Gift", "budget": 1500, "support": 10 },
            { "id": "C8", "text": "Theft of the till", "lose_budget": true },
        ],
    })
}

/// Taken while a process is started or a database is open here: a process that is just being started
/// holds the locks of this one for a moment.
static STARTING: Mutex<()> = Mutex::const_new(());

/// Keeps a scenario for everybody on a server that does not run, and starts one.
pub(crate) async fn import_and_start(data: &Path, name: &str, document: Value, more: &[&str]) -> Server {
    let _starting = STARTING.lock().await;
    import(data, name, document).await;
    Server::start(data, more)
}

/// Keeps a scenario for everybody on a server that does not run.
async fn import(data: &Path, name: &str, document: Value) {
    let database = std::sync::Arc::new(Database::open(data, &[&MIGRATIONS]).await.unwrap());
    let scenario = Scenario::new(serde_json::from_value(document).unwrap()).unwrap();
    Library::new(database.clone()).import(name, &scenario).await.unwrap();
    database.close().await;
}

impl Table {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(more: &[&str]) -> Self {
        let data = folder();
        let mut arguments = vec!["--classic", "cybersim=0,scenario=fixture"];
        arguments.extend_from_slice(more);
        let server = import_and_start(data.path(), "fixture", scenario(), &arguments).await;
        Self { server, data }
    }

    /// Ends the server at once and starts it again, on the same ports.
    pub(crate) async fn restart(&mut self) {
        let (main, port) = (self.server.address, self.address().port());
        self.server.kill_9();
        self.start_at(main, port).await;
    }

    /// Ends the server in good order and starts it again, on the same ports.
    pub(crate) async fn end_and_start(&mut self) {
        let (main, port) = (self.server.address, self.address().port());
        assert_eq!(self.server.terminate().await, Some(0));
        self.start_at(main, port).await;
    }

    async fn start_at(&mut self, main: SocketAddr, port: u16) {
        let _starting = STARTING.lock().await;
        let (main, classic) = (main.to_string(), format!("cybersim={port},scenario=fixture"));
        self.server = Server::start(self.data.path(), &["--listen", &main, "--classic", &classic]);
    }

    /// Has another scenario in the place of one, and starts anew.
    pub(crate) async fn replace(&mut self, name: &str, document: Value) {
        self.server.kill_9();
        let classic = ["--classic", "cybersim=0,scenario=fixture"];
        self.server = import_and_start(self.data.path(), name, document, &classic).await;
    }

    /// Where `CyberSim` listens.
    pub(crate) fn address(&self) -> SocketAddr {
        address(&self.server)
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address(), &json!({})).await
    }

    /// An article's client in a new game.
    pub(crate) async fn v1(&self, name: &str) -> Client {
        let mut client = self.client().await;
        client.ok("createGame", &[json!(name)]).await;
        client
    }

    /// One of today's clients in a new game.
    pub(crate) async fn v2(&self, name: &str, budget: i64, support: f64) -> Client {
        let mut client = self.client().await;
        client.ok("createGame", &[json!(name), json!(budget), json!(support)]).await;
        client
    }

    /// An article's client in a game that has begun with all its money: 7,000, and a support of 40.
    pub(crate) async fn simulation(&self) -> Client {
        let (_, _, mut client) = self.prepared().await;
        client.ok("startSimulation", &[]).await;
        client.socket.events.clear();
        client
    }

    /// As above, before it begins; with its facilitator and its code.
    pub(crate) async fn prepared(&self) -> (Guest, String, Client) {
        let (host, code) = self.exercise("fixture").await;
        let opened = host.post(&format!("/api/exercises/{code}/classic"), &json!({ "name": "game" })).await;
        assert_eq!(opened.status, 204, "{}", opened.body);
        let mut client = self.client().await;
        client.ok("joinGame", &[json!("game")]).await;
        (host, code, client)
    }

    /// An exercise of the new UI that keeps its money at the start.
    pub(crate) async fn exercise(&self, scenario: &str) -> (Guest, String) {
        let host = self.server.guest().await;
        let settings = json!({
            "budget": 7000, "support": 40, "support_min": 0, "support_max": 100, "duration": "75:00", "speed": 100,
            "carry_over": true, "delivery": "manual", "resale": "preparation", "restart": "keep",
        });
        let made = host.post("/api/exercises", &json!({ "scenario": scenario, "settings": settings })).await;
        assert_eq!(made.status, 201, "{}", made.body);
        (host, made.json()["code"].as_str().unwrap().to_owned())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        request(self.address(), "GET", path, &[], "").await
    }
}

/// Where `CyberSim` listens.
pub(crate) fn address(server: &Server) -> SocketAddr {
    let line = server.said.iter().find(|line| line.starts_with("CyberSim is on port")).unwrap();
    let port = line["CyberSim is on port ".len()..].split(';').next().unwrap();
    SocketAddr::new(server.address.ip(), port.parse().unwrap())
}

/// A client of the original.
pub(crate) struct Client {
    pub(crate) socket: Socket,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr, auth: &Value) -> Self {
        Self { socket: Socket::connect(address, "", "/", auth).await.unwrap() }
    }

    /// Sends an event that is done; the answer is the game, and nothing else.
    pub(crate) async fn ok(&mut self, event: &str, arguments: &[Value]) -> Value {
        let answer = self.socket.emit_with_ack(event, arguments).await;
        assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["game"], "{event}: {answer}");
        answer["game"].clone()
    }

    /// Sends an event that is refused; the answer is the error, and nothing else.
    pub(crate) async fn error(&mut self, event: &str, arguments: &[Value]) -> String {
        let answer = self.socket.emit_with_ack(event, arguments).await;
        assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["error"], "{event}: {answer}");
        answer["error"].as_str().unwrap().to_owned()
    }

    /// The next game that everybody is told.
    pub(crate) async fn told(&mut self) -> Value {
        self.socket.next("gameUpdated").await
    }

    /// The game as it is now, by joining it again.
    pub(crate) async fn game(&mut self, name: &str) -> Value {
        self.ok("joinGame", &[json!(name)]).await
    }

    pub(crate) async fn act(&mut self, action: &str) -> Value {
        self.ok("performAction", &[json!({ "actionId": action })]).await
    }

    pub(crate) async fn throw(&mut self, curveball: &str) -> Value {
        self.ok("performCurveball", &[json!({ "curveballId": curveball })]).await
    }

    pub(crate) async fn deliver(&mut self, injection: &str) -> Value {
        self.ok("deliverInjection", &[json!({ "injectionId": injection })]).await
    }

    pub(crate) async fn respond(&mut self, injection: &str, responses: &[&str]) -> Value {
        let respond = json!({ "injectionId": injection, "responseIds": responses });
        self.ok("respondToInjection", &[respond]).await
    }

    /// Buys or sells at a place, as the article's clients do.
    pub(crate) async fn change(&mut self, id: &str, place: &str, value: bool) -> Value {
        self.ok("changeMitigation", &[json!({ "id": id, "type": place, "value": value })]).await
    }
}

pub(crate) fn injection<'a>(game: &'a Value, id: &str) -> &'a Value {
    row(game, "injections", &[("injection_id", id)])
}

pub(crate) fn system(game: &Value, id: &str) -> bool {
    row(game, "systems", &[("system_id", id)])["state"].as_bool().unwrap()
}

/// The row of a mitigation at a place.
pub(crate) fn mitigation<'a>(game: &'a Value, id: &str, place: &str) -> &'a Value {
    row(game, "mitigations", &[("mitigation_id", id), ("location", place)])
}

/// The rows of the log of a type.
pub(crate) fn logged<'a>(game: &'a Value, kind: &str) -> Vec<&'a Value> {
    let rows = game["logs"].as_array().map_or(&[][..], Vec::as_slice);
    rows.iter().filter(|row| row["type"] == kind).collect()
}

fn row<'a>(game: &'a Value, table: &str, of: &[(&str, &str)]) -> &'a Value {
    let rows = game[table].as_array().unwrap();
    let mut found = rows.iter().filter(|row| of.iter().all(|(column, value)| row[*column] == *value));
    let first = found.next().unwrap_or_else(|| panic!("no {of:?} in {table}: {rows:?}"));
    assert!(found.next().is_none(), "{of:?} is there twice");
    first
}
