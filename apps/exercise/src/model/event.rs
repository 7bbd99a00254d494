//! What is stored.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::events::Deed;
use crate::scenario::{Document, Settings};

/// An entry of a room's log. It is stored, so it may only grow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The room was made.
    Created(Box<Created>),
    /// A command changed nothing. It is here so that its late retry changes nothing either.
    Nothing,
    /// Something happened.
    Did(Deed),
}

/// With what a room is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Created {
    /// Its title.
    pub title: String,
    /// How it is played.
    pub settings: Settings,
    /// What it is played with, as it was then; it was checked.
    pub scenario: Arc<Document>,
}

impl Deed {
    /// Whether it can be taken back.
    pub fn is_undoable(&self) -> bool {
        matches!(
            self,
            Self::Bought { .. }
                | Self::Sold { .. }
                | Self::Delivered { .. }
                | Self::Responded { .. }
                | Self::Restored { .. }
                | Self::Acted { .. }
                | Self::Thrown { .. }
        )
    }

    /// Whether nothing before it can be taken back any more.
    pub fn is_boundary(&self) -> bool {
        matches!(self, Self::Started | Self::Finished { .. } | Self::Reopened)
    }

    /// Whether it counts for the score.
    pub fn is_on_board(&self) -> bool {
        self.is_undoable()
            || self.is_boundary()
            || matches!(self, Self::Paused { .. } | Self::Resumed | Self::Set { .. })
    }
}
