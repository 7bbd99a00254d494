//! The two shapes of the wire, by the generation of the client.

use serde_json::Value;

use crate::scenario::Place;

/// How a client has a game, and the setup data that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// The article's clients: a mitigation has a row for each place where it is sold.
    V1,
    /// The public repository's today: a mitigation has one row and one price.
    V2,
}

impl Shape {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::V1, Self::V2];

    /// By the arguments of `createGame` and `joinGame`: an id alone, or also budget and support.
    pub(super) fn of_entry(arguments: &[Value]) -> Self {
        if arguments.len() > 1 { Self::V2 } else { Self::V1 }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.as_str() == name)
    }
}

/// A place as the original has it.
pub(super) fn place(place: Place) -> &'static str {
    match place {
        Place::Hq => "hq",
        Place::Local => "local",
    }
}
