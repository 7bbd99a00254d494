//! Requests for a WebSocket: for a new session, or for one that polls.

use bytes::Bytes;
use http::{Method, Response, request::Parts};
use hyper::upgrade::OnUpgrade;
use tokio::sync::oneshot;

use super::target::Target;
use crate::engine::{
    Applications, Engine, Session, Transport,
    http::Refusal,
    link::{Link, Opening},
    session::{Request as SessionRequest, Upgraded},
    upgrade::{close_websocket, switching},
    websocket::WebSocket,
};

impl<A: Applications> Engine<A> {
    pub(super) async fn websocket(
        &self,
        parts: &Parts,
        upgrade: OnUpgrade,
    ) -> Result<Response<Bytes>, Refusal> {
        let target = self.target(parts)?;
        if target.transport != Transport::WebSocket || parts.method != Method::GET {
            return Err(Refusal::BadRequest);
        }
        let session = target.session.as_deref().map(|id| self.find(id)).transpose()?;
        let deflate = self.0.config.per_message_deflate.as_ref();
        let (response, agreement) = switching(&parts.headers, deflate).ok_or(Refusal::BadRequest)?;
        let opening = Opening { upgrade, agreement };
        self.allow(parts).await?;
        match session {
            Some(session) => self.upgrade(&session, opening, response).await,
            None => self.open_websocket(parts, &target, opening, response),
        }
    }

    fn open_websocket(
        &self,
        parts: &Parts,
        target: &Target,
        opening: Opening,
        response: Response<Bytes>,
    ) -> Result<Response<Bytes>, Refusal> {
        let (session, mut connection) = self.open(parts, target, Link::Opening(opening))?;
        session.upgraded();
        for packet in self.first_packets(&session, Transport::WebSocket) {
            connection.greet(&packet);
        }
        tokio::spawn(connection);
        Ok(response)
    }

    async fn upgrade(
        &self,
        session: &Session,
        opening: Opening,
        response: Response<Bytes>,
    ) -> Result<Response<Bytes>, Refusal> {
        let (reply, upgraded) = oneshot::channel();
        let refused = if self.0.config.may_upgrade() {
            let request = SessionRequest::Upgrade(opening, reply);
            session.request(request).map_err(|_| Refusal::UnknownSession)?;
            match upgraded.await.map_err(|_| Refusal::UnknownSession)? {
                Upgraded::Accepted => None,
                Upgraded::Refused(opening) => Some(opening),
            }
        } else {
            Some(opening)
        };
        if let Some(Opening { upgrade, agreement }) = refused {
            // as Node does: accepted, then closed, since browsers tell nothing of a refused request
            tokio::spawn(async move {
                if let Ok(upgraded) = upgrade.await {
                    close_websocket(WebSocket::new(upgraded, 0, agreement).0);
                }
            });
        }
        Ok(response)
    }
}
