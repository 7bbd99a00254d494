//! The product's binary, and its guests.

use std::{env, fs, net::SocketAddr, path::PathBuf, thread};

use crate::{
    Result,
    process::Process,
    rest::Http,
    server::{Places, Server, built, free_port},
};

/// Requests under way at the same time while guests introduce themselves.
const LINES: usize = 16;

/// The product on data of its own, which are removed in the end.
pub(crate) struct Product {
    program: PathBuf,
    data: PathBuf,
    port: u16,
    server: Option<Server>,
}

impl Product {
    pub(crate) fn start(places: &Places) -> Result<Self> {
        // Beside the build, not in the system's temporary folder, which may be memory.
        let data = env::current_exe()?.with_file_name(format!("bench-data-{}", std::process::id()));
        let (program, port) = (built("chorus")?, free_port()?);
        let mut product = Self { program, data, port, server: None };
        product.restart(places)?;
        Ok(product)
    }

    /// Starts the server on the data that are there.
    pub(crate) fn restart(&mut self, places: &Places) -> Result<()> {
        let listen = format!("127.0.0.1:{}", self.port);
        let data = self.data.clone();
        self.server = Some(places.spawn(&self.program, self.port, |command| {
            command.arg("serve").arg("--listen").arg(listen).arg("--data").arg(data);
        })?);
        Ok(())
    }

    pub(crate) fn kill(&mut self) -> Result<()> {
        self.server.take().map_or(Ok(()), Server::kill)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    pub(crate) fn process(&self) -> Result<Process> {
        Ok(self.server.as_ref().ok_or("the server is not running")?.process())
    }

    /// The cookies of so many new guests.
    pub(crate) fn guests(&self, count: usize) -> Result<Vec<String>> {
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

    pub(crate) fn http(&self) -> Result<Http> {
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
