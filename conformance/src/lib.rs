//! What the conformance servers share: their knobs, read from the environment, and how they listen.

pub mod client_suite;

use std::{
    env, fmt,
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
    time::Duration,
};

use axum::Router;
use chorus_socketio::{Server, ServerBuilder, serve};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// How a conformance server listens and times; the defaults are those of the official server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knobs {
    /// `HOST`
    pub host: IpAddr,
    /// `PORT`; 0 takes a free one
    pub port: u16,
    /// `PING_INTERVAL`, in milliseconds
    pub ping_interval: Duration,
    /// `PING_TIMEOUT`, in milliseconds
    pub ping_timeout: Duration,
    /// `UPGRADE_TIMEOUT`, in milliseconds
    pub upgrade_timeout: Duration,
    /// `CONNECT_TIMEOUT`, in milliseconds
    pub connect_timeout: Duration,
    /// `MAX_HTTP_BUFFER_SIZE`, in bytes
    pub max_http_buffer_size: usize,
    /// `ALLOW_EIO3`, 1 or 0
    pub allow_eio3: bool,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 3000,
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            upgrade_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(45),
            max_http_buffer_size: 1_000_000,
            allow_eio3: true,
        }
    }
}

/// A knob that cannot be read.
#[derive(PartialEq, Eq)]
pub struct KnobError {
    name: &'static str,
    value: String,
}

impl fmt::Display for KnobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}={}", self.name, self.value)
    }
}

/// The same words, for a `main` that returns it.
impl fmt::Debug for KnobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for KnobError {}

impl Knobs {
    /// These values, but for what the environment says.
    pub fn or_env(self) -> Result<Self, KnobError> {
        self.or(|name| env::var(name).ok())
    }

    fn or(self, look_up: impl Fn(&str) -> Option<String>) -> Result<Self, KnobError> {
        let source = Source(look_up);
        Ok(Self {
            host: source.read("HOST", self.host)?,
            port: source.read("PORT", self.port)?,
            ping_interval: source.milliseconds("PING_INTERVAL", self.ping_interval)?,
            ping_timeout: source.milliseconds("PING_TIMEOUT", self.ping_timeout)?,
            upgrade_timeout: source.milliseconds("UPGRADE_TIMEOUT", self.upgrade_timeout)?,
            connect_timeout: source.milliseconds("CONNECT_TIMEOUT", self.connect_timeout)?,
            max_http_buffer_size: source.read("MAX_HTTP_BUFFER_SIZE", self.max_http_buffer_size)?,
            allow_eio3: source.read("ALLOW_EIO3", u8::from(self.allow_eio3))? != 0,
        })
    }

    /// A server of this kind, to be refined and built.
    pub fn server(&self) -> ServerBuilder {
        Server::builder()
            .ping_interval(self.ping_interval)
            .ping_timeout(self.ping_timeout)
            .upgrade_timeout(self.upgrade_timeout)
            .connect_timeout(self.connect_timeout)
            .max_http_buffer_size(self.max_http_buffer_size)
            .allow_eio3(self.allow_eio3)
    }

    /// Serves until SIGTERM or Ctrl-C, and says where.
    pub async fn serve(&self, router: Router) -> std::io::Result<()> {
        let listener = TcpListener::bind((self.host, self.port)).await?;
        println!("listening on http://{}", listener.local_addr()?);
        tokio::select! {
            () = serve(listener, router).into_future() => Ok(()),
            ended = told_to_end() => ended,
        }
    }
}

/// Where knobs come from.
struct Source<F>(F);

impl<F: Fn(&str) -> Option<String>> Source<F> {
    fn read<T: FromStr>(&self, name: &'static str, default: T) -> Result<T, KnobError> {
        match (self.0)(name) {
            None => Ok(default),
            Some(value) => value.parse().map_err(|_| KnobError { name, value }),
        }
    }

    fn milliseconds(&self, name: &'static str, default: Duration) -> Result<Duration, KnobError> {
        let milliseconds = self.read(name, default.as_millis() as u64)?;
        Ok(Duration::from_millis(milliseconds))
    }
}

async fn told_to_end() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        pressed = tokio::signal::ctrl_c() => pressed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_knob_keeps_the_servers_own_value() {
        let own = Knobs { ping_interval: Duration::from_millis(300), ..Knobs::default() };
        assert_eq!(own.clone().or(|_| None), Ok(own));
    }

    #[test]
    fn a_knob_overrides_it() {
        let knobs = Knobs::default().or(|name| match name {
            "PORT" => Some("4000".to_owned()),
            "PING_TIMEOUT" => Some("150".to_owned()),
            _ => None,
        });
        let expected = Knobs { port: 4000, ping_timeout: Duration::from_millis(150), ..Knobs::default() };
        assert_eq!(knobs, Ok(expected));
    }

    #[test]
    fn nonsense_is_told() {
        let knobs = Knobs::default().or(|name| (name == "PORT").then(|| "high".to_owned()));
        let told = knobs.map_err(|error| error.to_string());
        assert_eq!(told, Err("cannot read PORT=high".to_owned()));
    }
}
