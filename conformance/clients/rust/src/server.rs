//! Starts the server that is played with: ours, or with `SUBJECT=oracle` npm `socket.io`, which shows what is the
//! client's own doing.

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A server of its own on a free port.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub url: String,
}

impl Server {
    /// `knobs` are those of the conformance servers.
    pub fn start(knobs: &[(&str, &str)]) -> Self {
        let mut process = command()
            .envs(knobs.iter().copied())
            .envs([("PORT", "0"), ("HOST", "127.0.0.1")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut said = String::new();
        let stdout = process.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut said).expect("the server says where it listens");
        let url = said.split_whitespace().last().expect("an address").to_owned();
        Self { process, url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command() -> Command {
    let conformance = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if env::var("SUBJECT").as_deref() == Ok("oracle") {
        let mut node = Command::new("node");
        node.arg(conformance.join("differential/oracle.mjs"));
        return node;
    }
    let built = conformance.join("../target/debug/differential").into_os_string();
    Command::new(env::var_os("DIFFERENTIAL_BIN").unwrap_or(built))
}
