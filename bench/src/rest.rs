//! HTTP/1.1 requests, one after the other on one connection.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use crate::Result;

const TIMEOUT: Duration = Duration::from_secs(30);

/// A connection to a server.
pub(crate) struct Http {
    stream: BufReader<TcpStream>,
}

/// An answer of any status.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// `name=value` of the first `Set-Cookie`.
    pub(crate) cookie: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Http {
    pub(crate) fn connect(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// The answer to a GET; an error if that is not 2xx.
    pub(crate) fn get(&mut self, path: &str, cookie: Option<&str>) -> Result<Response> {
        self.request("GET", path, cookie, "")
    }

    /// The answer to a POST of JSON, or of nothing; an error if that is not 2xx.
    pub(crate) fn post(&mut self, path: &str, cookie: Option<&str>, body: &str) -> Result<Response> {
        self.request("POST", path, cookie, body)
    }

    fn request(&mut self, method: &str, path: &str, cookie: Option<&str>, body: &str) -> Result<Response> {
        let length = body.len();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
        let cookie = cookie.map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n{kind}{cookie}\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let response = self.response()?;
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        let body = String::from_utf8_lossy(&response.body);
        Err(format!("{method} {path}: status {} {body}", response.status).into())
    }

    fn response(&mut self) -> Result<Response> {
        let status =
            self.line()?.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("no status")?;
        let mut response = Response { status, cookie: None, body: Vec::new() };
        let mut length = Some(0);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = Some(value.parse()?),
                "transfer-encoding" => length = None,
                "set-cookie" => response.cookie = value.split(';').next().map(str::to_owned),
                _ => {}
            }
        }
        match length {
            Some(length) => self.read(length, &mut response.body)?,
            None => self.read_chunks(&mut response.body)?,
        }
        Ok(response)
    }

    fn read_chunks(&mut self, body: &mut Vec<u8>) -> Result<()> {
        loop {
            let size = usize::from_str_radix(&self.line()?, 16)?;
            self.read(size, body)?;
            self.line()?;
            if size == 0 {
                return Ok(());
            }
        }
    }

    fn read(&mut self, length: usize, body: &mut Vec<u8>) -> Result<()> {
        let start = body.len();
        body.resize(start + length, 0);
        Ok(self.stream.read_exact(&mut body[start..])?)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err("connection closed".into());
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }
}
