//! The requests of a polling client, in the session's task.

use std::{mem, time::Instant};

use chorus_protocol::engineio::{Action, Packet};

use super::{
    Core, Phase,
    end::End,
    receive::{act, answer_ping},
};
use crate::engine::{
    Application, Applications, Close, CloseReason,
    link::{Candidate, Link},
    payload::{self, Malformed},
    polling::Overlap,
    session::{Polled, PostBody, Posted, Request, Upgraded},
};

impl<A: Applications> Core<A> {
    /// Takes requests from the mailbox, and POSTs that waited for the application.
    pub(super) fn requests(&mut self, now: Instant) {
        let requests = {
            let mut mailbox = self.session.mailbox();
            // the application is polled next
            mailbox.poked = false;
            mem::take(&mut mailbox.requests)
        };
        self.unpolled |= !requests.is_empty();
        for request in requests {
            self.request(request, now);
        }
        self.posts(now);
    }

    fn request(&mut self, request: Request, now: Instant) {
        match (request, &mut self.link) {
            (Request::Poll(reply), Link::Polling(polling)) => {
                if let Err(Overlap) = polling.park(reply) {
                    let close = Close::new(CloseReason::TransportError, "overlap from client");
                    self.settle(Err(End::failed(close)), now);
                }
            }
            (Request::Post(body, reply), Link::Polling(polling)) => polling.post(body, reply),
            (Request::BadPost(why), Link::Polling(_)) => {
                self.settle(Err(End::failed(Close::new(CloseReason::TransportError, why))), now);
            }
            (Request::Upgrade(opening, reply), Link::Polling(_))
                if self.phase == Phase::Open
                    && self.machine.start_probe(&self.engine.config.timing(), now) =>
            {
                self.candidate = Some(Box::new(Candidate::Opening(opening)));
                let _ = reply.send(Upgraded::Accepted);
            }
            (Request::Upgrade(opening, reply), _) => {
                let _ = reply.send(Upgraded::Refused(opening));
            }
            (Request::Poll(reply), Link::WebSocket(_) | Link::Opening(_)) => {
                let _ = reply.send(Polled::Mismatch);
            }
            (Request::Post(_, reply), Link::WebSocket(_) | Link::Opening(_)) => {
                let _ = reply.send(Posted::Mismatch);
            }
            // dropped: the session is unknown
            _ => {}
        }
    }

    fn posts(&mut self, now: Instant) {
        loop {
            if self.phase == Phase::Open && !self.app.ready() {
                self.held = true;
                return;
            }
            let Link::Polling(polling) = &mut self.link else { return };
            let Some((body, reply)) = polling.take_post() else { return };
            let result = if self.phase == Phase::Open { self.body(&body, now) } else { Ok(()) };
            let posted = if result.as_ref().is_err_and(End::is_parse_error) {
                Posted::Malformed
            } else {
                Posted::Accepted
            };
            if result.as_ref().is_err_and(End::is_leave)
                && let Link::Polling(polling) = &mut self.link
                && !polling.is_parked()
            {
                polling.farewell(reply);
            } else {
                let _ = reply.send(posted);
            }
            self.settle(result, now);
        }
    }

    fn body(&mut self, body: &PostBody, now: Instant) -> Result<(), End> {
        payload::decode(self.machine.revision(), body, |packet| {
            let closing = packet == Packet::Close;
            match self.machine.on_packet(packet, &self.engine.config.timing(), now) {
                Action::Close(_) if closing => Err(End::left()),
                Action::SendPong => {
                    answer_ping(&mut self.writing, &mut self.added);
                    Ok(())
                }
                action => act(action, &mut self.app),
            }
        })
    }
}

impl From<Malformed> for End {
    fn from(_: Malformed) -> Self {
        Self::failed(Close::new(CloseReason::ParseError, "malformed payload"))
    }
}
