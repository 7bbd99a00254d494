//! The exercises, and who is in them.

use serde::Deserialize;
use serde_json::json;

use super::wire;
use crate::{Result, product::Product, rest::Http};

/// The facilitators of an exercise.
pub(super) const FACILITATORS: usize = 5;
/// The screens of an exercise: facilitators, observers, participants and a projector.
pub(super) const SCREENS: usize = 11;
/// What the screens are, in order.
const PARTS: [&str; SCREENS] = [
    "facilitator",
    "facilitator",
    "facilitator",
    "facilitator",
    "facilitator",
    "observer",
    "observer",
    "participant",
    "participant",
    "participant",
    "projector",
];
/// The scenario that is played.
const SCENARIO: &str = "election";

/// Exercises; each has as many screens, one behind the other.
pub(super) struct Games {
    codes: Vec<String>,
    guests: Vec<String>,
}

#[derive(Deserialize)]
struct Created {
    code: String,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

impl Games {
    /// Makes them, and gives everybody their part.
    pub(super) fn open(product: &Product, games: usize) -> Result<Self> {
        let guests = product.guests(games * SCREENS)?;
        let mut http = product.http()?;
        let codes = guests.chunks(SCREENS).map(|guests| open(&mut http, guests)).collect::<Result<_>>()?;
        Ok(Self { codes, guests })
    }

    pub(super) fn screens(&self) -> usize {
        self.codes.len() * SCREENS
    }

    pub(super) fn cookie(&self, client: usize) -> Option<String> {
        self.guests.get(client).cloned()
    }

    pub(super) fn connect(&self, client: usize) -> String {
        let code = self.codes.get(client / SCREENS).map_or("", String::as_str);
        wire::connect(code, PARTS[client % SCREENS])
    }
}

fn open(http: &mut Http, guests: &[String]) -> Result<String> {
    let owner = guests.first().map(String::as_str);
    let body = json!({ "scenario": SCENARIO, "title": "Load" }).to_string();
    let Created { code } = serde_json::from_slice(&http.post("/api/exercises", owner, &body)?.body)?;
    for (role, part) in [("host", "facilitator"), ("observer", "observer")] {
        let body = json!({ "role": role }).to_string();
        let made = http.post(&format!("/api/rooms/{code}/keys"), owner, &body)?;
        let Key { key } = serde_json::from_slice(&made.body)?;
        let body = json!({ "key": key }).to_string();
        for (guest, _) in guests.iter().zip(PARTS).skip(1).filter(|(_, is)| *is == part) {
            http.post(&format!("/api/rooms/{code}/claim"), Some(guest), &body)?;
        }
    }
    Ok(code)
}
