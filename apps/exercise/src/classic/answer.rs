//! The answer to an event: a game, or why not.

use std::sync::Arc;

use chorus_platform::kind::check;
use chorus_socketio::{Ack, Payload, ToArgs};
use parking_lot::Mutex;
use serde_json::json;

/// The one answer to an event, given by whoever has it first.
#[derive(Clone)]
pub(super) struct Answer(Arc<Mutex<Option<Ack>>>);

impl Answer {
    pub(super) fn new(ack: Ack) -> Self {
        Self(Arc::new(Mutex::new(Some(ack))))
    }

    pub(super) fn game(&self, json: &str) {
        self.send(Payload::object(&format!("{{\"game\":{json}}}")));
    }

    pub(super) fn error(&self, words: &str) {
        self.send(json!({ "error": words }));
    }

    fn send(&self, answer: impl ToArgs) {
        if let Some(ack) = self.0.lock().take() {
            check(ack.send(answer));
        }
    }
}
