//! The product's binary, and the parts of its HTTP interface that are needed.

use std::{env, fs, net::SocketAddr, path::PathBuf, thread};

use serde::Deserialize;
use serde_json::json;

use super::{OPTIONS, round::Numbers};
use crate::{
    Result,
    process::Process,
    rest::Http,
    server::{Places, Server, built, free_port},
};

/// Requests under way at the same time while guests introduce themselves.
const LINES: usize = 16;

/// The product on data of its own, which are removed in the end.
pub(super) struct Product {
    program: PathBuf,
    data: PathBuf,
    port: u16,
    server: Option<Server>,
    /// The cookie of the host.
    host: String,
    code: String,
}

#[derive(Deserialize)]
struct Created {
    code: String,
}

#[derive(Deserialize)]
struct PollFile {
    questions: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    results: Results,
}

#[derive(Deserialize)]
struct Results {
    voted: u32,
    counts: [u32; OPTIONS],
}

impl Product {
    pub(super) fn start(places: &Places) -> Result<Self> {
        // Beside the build, not in the system's temporary folder, which may be memory.
        let data = env::current_exe()?.with_file_name(format!("bench-data-{}", std::process::id()));
        let (program, port) = (built("chorus")?, free_port()?);
        let mut product =
            Self { program, data, port, server: None, host: String::new(), code: String::new() };
        product.restart(places)?;
        Ok(product)
    }

    /// Starts the server on the data that are there.
    pub(super) fn restart(&mut self, places: &Places) -> Result<()> {
        let listen = format!("127.0.0.1:{}", self.port);
        let data = self.data.clone();
        self.server = Some(places.spawn(&self.program, self.port, |command| {
            command.arg("serve").arg("--listen").arg(listen).arg("--data").arg(data);
        })?);
        Ok(())
    }

    pub(super) fn kill(&mut self) -> Result<()> {
        self.server.take().map_or(Ok(()), Server::kill)
    }

    /// Makes a poll with three questions; returns the cookies of its host and of its voters.
    pub(super) fn open_room(&mut self, voters: usize) -> Result<Vec<String>> {
        let guests = self.guests(1 + voters)?;
        self.host = guests.first().cloned().unwrap_or_default();
        let question = |text| json!({"text": text, "kind": "single", "options": ["A", "B", "C", "D"]});
        let questions = ["one", "two", "three"].map(question);
        let poll = json!({"title": "Load", "questions": questions});
        let created = self.http()?.post("/api/polls", Some(&self.host), &poll.to_string())?;
        let Created { code } = serde_json::from_slice(&created.body)?;
        self.code = code;
        Ok(guests)
    }

    /// The numbers of each question, as the host exports them.
    pub(super) fn results(&self) -> Result<Vec<Numbers>> {
        let path = format!("/api/polls/{}/poll.json", self.code);
        let exported = self.http()?.get(&path, Some(&self.host))?;
        let PollFile { questions } = serde_json::from_slice(&exported.body)?;
        let numbers = |Question { results: Results { voted, counts } }| Numbers { voted, counts };
        Ok(questions.into_iter().map(numbers).collect())
    }

    pub(super) fn code(&self) -> &str {
        &self.code
    }

    pub(super) fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    pub(super) fn process(&self) -> Result<Process> {
        Ok(self.server.as_ref().ok_or("the server is not running")?.process())
    }

    /// The cookies of so many new guests.
    fn guests(&self, count: usize) -> Result<Vec<String>> {
        thread::scope(|scope| {
            let line = |line| scope.spawn(move || self.introduce((line..count).step_by(LINES).count()));
            let lines: Vec<_> = (0..LINES).map(line).collect();
            let mut guests = Vec::with_capacity(count);
            for line in lines {
                guests.extend(line.join().map_err(|_| "a line has broken")??);
            }
            Ok(guests)
        })
    }

    fn introduce(&self, count: usize) -> Result<Vec<String>> {
        let mut http = self.http()?;
        (0..count).map(|_| Ok(http.post("/api/session", None, "")?.cookie.ok_or("no cookie")?)).collect()
    }

    fn http(&self) -> Result<Http> {
        Http::connect(self.address())
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        self.server = None;
        // Left behind they are harmless: `cargo clean` takes them.
        let _ = fs::remove_dir_all(&self.data);
    }
}
