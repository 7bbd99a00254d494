//! The log of a game as the original's clients get it.

use serde::Serialize;

use super::shape::{Shape, place};
use crate::events::Deed;
use crate::model::{Exercise, Record};
use crate::scenario::{MitigationId, Place};

/// A row of the log.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    id: u64,
    game_id: &'a str,
    game_timer: i64,
    #[serde(rename = "type")]
    kind: &'static str,
    description: Option<&'static str>,
    mitigation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Type::is_absent")]
    mitigation_type: Type,
    response_id: Option<&'a str>,
    action_id: Option<&'a str>,
    curveball_id: Option<&'a str>,
}

/// The place of a purchase, as the article's clients have it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Type {
    /// There is no such column.
    Absent,
    Null,
    Of(&'static str),
}

impl Type {
    fn is_absent(&self) -> bool {
        *self == Self::Absent
    }
}

/// The rows, oldest first. What was taken back has none, nor have purchases of the preparation.
pub(super) fn rows<'a>(exercise: &'a Exercise, game_id: &'a str, shape: Shape) -> Vec<Row<'a>> {
    let (mut rows, mut started) = (Vec::new(), false);
    for record in exercise.history().iter().filter(|record| record.undone.is_none()) {
        started |= record.deed == Deed::Started;
        let row = Row::new(record, game_id, shape);
        match &record.deed {
            Deed::Bought { mitigation, at } if started => rows.extend(row.purchases(mitigation, at, shape)),
            deed => rows.extend(row.of(deed)),
        }
    }
    rows
}

impl<'a> Row<'a> {
    fn new(record: &Record, game_id: &'a str, shape: Shape) -> Self {
        Self {
            // one entry is two rows at most: one for each place
            id: record.entry * 2,
            game_id,
            game_timer: record.elapsed,
            kind: "",
            description: None,
            mitigation_id: None,
            mitigation_type: if shape == Shape::V1 { Type::Null } else { Type::Absent },
            response_id: None,
            action_id: None,
            curveball_id: None,
        }
    }

    fn of(self, deed: &'a Deed) -> Option<Self> {
        Some(match deed {
            Deed::Restored { response } => {
                Self { kind: "System Restore Action", response_id: Some(response.as_str()), ..self }
            }
            Deed::Acted { action } => {
                Self { kind: "Campaign Action", action_id: Some(action.as_str()), ..self }
            }
            Deed::Thrown { curveball } => {
                Self { kind: "Curveball Event", curveball_id: Some(curveball.as_str()), ..self }
            }
            deed => Self { kind: "Game State Changed", description: Some(change(deed)?), ..self },
        })
    }

    fn purchases(self, mitigation: &'a MitigationId, at: &[Place], shape: Shape) -> Vec<Self> {
        let of = |id, mitigation_type| Self {
            id,
            kind: "Budget Item Purchase",
            mitigation_id: Some(mitigation.as_str()),
            mitigation_type,
            ..self
        };
        match shape {
            Shape::V1 => (self.id..).zip(at).map(|(id, at)| of(id, Type::Of(place(*at)))).collect(),
            Shape::V2 => vec![of(self.id, Type::Absent)],
        }
    }
}

fn change(deed: &Deed) -> Option<&'static str> {
    Some(match deed {
        Deed::Started => "Simulation Started",
        Deed::Resumed => "Timer Started",
        Deed::Paused { .. } => "Timer Stopped",
        Deed::Finished { .. } => "Game Finalized",
        Deed::Reopened => "Game Reopened",
        _ => return None,
    })
}
