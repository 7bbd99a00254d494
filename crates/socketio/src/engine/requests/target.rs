//! What the query of a request asks for.

use http::request::Parts;

use crate::engine::{
    Config, Revision, Transport,
    http::{Refusal, query},
};

/// The parameters of a request.
pub(super) struct Target {
    pub(super) transport: Transport,
    /// `sid`, unchecked.
    pub(super) session: Option<String>,
    /// `EIO`.
    version: Option<String>,
    /// `b64`: the client takes no binary frames.
    pub(super) base64: bool,
    /// `j`: the answer is to be a script that calls the function of this number.
    pub(super) jsonp: Option<String>,
}

impl Target {
    pub(super) fn parse(parts: &Parts, config: &Config) -> Result<Self, Refusal> {
        let (mut transport, mut session, mut version, mut jsonp) = (None, None, None, None);
        let mut base64 = false;
        // of a repeated parameter the last one counts, as in Node
        for (name, value) in query(parts.uri.query().unwrap_or_default()) {
            match &*name {
                "transport" => transport = Some(value),
                "sid" => session = Some(value.into_owned()),
                "EIO" => version = Some(value.into_owned()),
                "b64" => base64 = !value.is_empty(),
                "j" => jsonp = Some(value.chars().filter(char::is_ascii_digit).collect()),
                _ => {}
            }
        }
        let transport = [Transport::Polling, Transport::WebSocket]
            .into_iter()
            .find(|known| transport.as_deref() == Some(known.name()) && config.transports.contains(known))
            .ok_or(Refusal::UnknownTransport)?;
        Ok(Self { transport, session, version, base64, jsonp })
    }

    /// The revision of the protocol, if the server speaks it.
    pub(super) fn revision(&self, config: &Config) -> Result<Revision, Refusal> {
        match self.version.as_deref() {
            Some("4") => Ok(Revision::V4),
            Some("3") if config.allow_eio3 => Ok(Revision::V3),
            _ => Err(Refusal::UnsupportedVersion),
        }
    }
}

/// Whether a request is one of a session that exists already.
pub(super) fn names_session(request: &Parts) -> bool {
    query(request.uri.query().unwrap_or_default()).any(|(name, _)| name == "sid")
}
