//! A real server in a process of its own, and small clients for HTTP and Socket.IO.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(unreachable_pub, missing_docs, reason = "shared by test files, each a crate of its own")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

pub mod poll;
pub mod socket;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long anything may take before a test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A server. Dropping it kills it.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// What it printed before it was ready.
    pub said: Vec<String>,
}

impl Server {
    /// Starts `chorus serve` on a free port and waits until it says where it listens.
    pub fn start(data: &Path, more: &[&str]) -> Self {
        Self::run(command(data, more))
    }

    /// Runs a command and waits until it says where it listens.
    pub fn run(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = Vec::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the server ended").unwrap();
            said.push(line.clone());
            if let Some(address) = line.strip_prefix("Chorus is at http://") {
                let first = address.split(' ').next().unwrap_or_default();
                break first.parse().unwrap();
            }
        };
        // keep the pipe empty, so that the server never blocks on it
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address, said }
    }

    /// Where the classic dialect listens.
    pub fn classic(&self) -> SocketAddr {
        let line = self.said.iter().find(|line| line.starts_with("Ask the Audience")).unwrap();
        let port = line.split("port ").nth(1).unwrap().split(';').next().unwrap();
        SocketAddr::new(self.address.ip(), port.parse().unwrap())
    }

    /// Ends it at once, without waiting for its end.
    pub fn signal_9(&mut self) {
        self.child.kill().unwrap();
    }

    /// Ends it at once, as a power loss would.
    pub fn kill_9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and returns its exit code.
    pub async fn terminate(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let patience = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(tokio::time::Instant::now() < patience, "the server does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A request, answered with status, headers and body.
    pub async fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        request(self.address, method, path, headers, body).await
    }

    /// A person with a session.
    pub async fn guest(&self) -> Guest {
        session(self.address).await
    }

    /// A host with a poll of some questions.
    pub async fn poll(&self, questions: Value) -> (Guest, String) {
        let host = self.guest().await;
        let body = json!({ "title": "A poll", "questions": questions });
        let answer = host.post("/api/polls", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        (host, answer.json()["code"].as_str().unwrap().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `chorus serve` on a free port, without the environment of whoever runs the tests.
pub fn command(data: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chorus"));
    command.arg("serve").args(["--log", "error", "--data"]).arg(data).args(more);
    if !more.contains(&"--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    for (name, _) in std::env::vars_os() {
        if name == "PORT" || name.to_string_lossy().starts_with("CHORUS_") {
            command.env_remove(name);
        }
    }
    command
}

/// A folder for the data of one test.
pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A person with a session at an address.
pub async fn session(address: SocketAddr) -> Guest {
    let answer = request(address, "POST", "/api/session", &[], "").await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    let cookie = answer.header("set-cookie").expect("a cookie");
    Guest { address, cookie: cookie.split(';').next().unwrap().to_owned() }
}

/// A person.
#[derive(Debug, Clone)]
pub struct Guest {
    pub address: SocketAddr,
    pub cookie: String,
}

impl Guest {
    /// Somebody without a session.
    pub fn nobody(server: &Server) -> Self {
        Self { address: server.address, cookie: String::new() }
    }

    /// The same person at a server started anew.
    pub fn at(&self, server: &Server) -> Self {
        Self { address: server.address, cookie: self.cookie.clone() }
    }

    pub async fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("content-type", "application/json")];
        request(self.address, method, path, &headers, body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &body.to_string()).await
    }
}

/// The answer to a request.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The code of an error.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// One HTTP request on a connection of its own.
pub async fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    let _ = write!(text, "content-length: {}\r\n\r\n{body}", body.len());
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    read.expect("an answer in time").unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// A question with three options.
pub fn single(text: &str) -> Value {
    json!({ "text": text, "kind": "single", "options": ["yes", "no", "maybe"] })
}
