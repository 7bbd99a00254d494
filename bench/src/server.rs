//! The servers under measurement, one process at a time.

use std::{
    env,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use clap::ValueEnum;
use serde::Deserialize;

use crate::{Result, process::Process, rest::Http};

/// How long a server may take to listen.
const START_TIMEOUT: Duration = Duration::from_secs(20);

/// A server that does the work of the load server (kind F).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Bare sockets on tokio, one task each, with no more protocol than the work needs.
    Floor,
    /// Ours.
    Chorus,
    /// The Rust peer.
    Socketioxide,
    /// The official server.
    Node,
}

/// Where things are, and where they run.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Places {
    /// The processor that servers are bound to; unbound when not given.
    #[arg(long, env = "BENCH_SERVER_CPU", global = true)]
    server_cpu: Option<u32>,
    /// The folder that results are appended to, as lines of JSON.
    #[arg(long, env = "BENCH_RESULTS", global = true, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/results"))]
    pub(crate) results: PathBuf,
}

/// A running server, ended when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// What `GET /stats` of our load server tells.
#[derive(Debug, Deserialize)]
pub(crate) struct Stats {
    /// Broadcasts that were serialised and framed into shared bytes, since its start.
    pub(crate) encodes: u64,
    /// Times that such bytes were put into an outbox, since its start.
    pub(crate) deliveries: u64,
    /// Engine.IO sessions that live.
    pub(crate) sessions: usize,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Chorus => "chorus",
            Self::Socketioxide => "socketioxide",
            Self::Node => "node",
        }
    }

    /// The program and its arguments.
    fn program(self) -> Result<(PathBuf, Vec<PathBuf>)> {
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        Ok(match self {
            Self::Floor => (env::current_exe()?, vec!["floor".into()]),
            Self::Chorus => (built("load")?, vec![]),
            Self::Socketioxide => (built("../peers/release/peer-socketioxide")?, vec![]),
            Self::Node => ("node".into(), vec![peers.join("node/server.js")]),
        })
    }
}

impl Places {
    /// Starts a load server on a free port and waits until it listens.
    pub(crate) fn start(&self, kind: Kind) -> Result<Server> {
        self.start_with(kind, &[])
    }

    /// As [`Places::start`], with knobs that ours takes from its environment.
    pub(crate) fn start_with(&self, kind: Kind, knobs: &[(&str, &str)]) -> Result<Server> {
        let (program, arguments) = kind.program()?;
        let port = free_port()?;
        self.spawn(&program, port, |command| {
            command.args(arguments).env("PORT", port.to_string()).envs(knobs.iter().copied());
        })
    }

    /// Starts a program that will listen on `port` of 127.0.0.1, and waits until it does.
    pub(crate) fn spawn(
        &self,
        program: &Path,
        port: u16,
        prepare: impl FnOnce(&mut Command),
    ) -> Result<Server> {
        let mut command = match self.server_cpu {
            Some(cpu) => {
                let mut taskset = Command::new("taskset");
                taskset.arg("-c").arg(cpu.to_string()).arg(program);
                taskset
            }
            None => Command::new(program),
        };
        prepare(&mut command);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let child = child.map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let mut server = Server { child, address: (Ipv4Addr::LOCALHOST, port).into() };
        server.wait_until_listening().map_err(|error| format!("{}: {error}", program.display()))?;
        Ok(server)
    }
}

impl Server {
    pub(crate) fn process(&self) -> Process {
        Process::new(self.child.id())
    }

    /// What it tells of itself, if it is ours.
    pub(crate) fn stats(&self) -> Result<Stats> {
        Ok(serde_json::from_slice(&Http::connect(self.address)?.get("/stats", None)?.body)?)
    }

    /// Ends it without a warning, as a power cut would.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn wait_until_listening(&mut self) -> Result<()> {
        let start = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("ended early ({status})").into());
            }
            if start.elapsed() > START_TIMEOUT {
                return Err("does not listen".into());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is to be done about a process that has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program of this build, beside this one.
pub(crate) fn built(name: &str) -> Result<PathBuf> {
    let path = env::current_exe()?.with_file_name(name);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!("{} is not built; see bench/run", path.display()).into())
    }
}

/// A port that is free now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
