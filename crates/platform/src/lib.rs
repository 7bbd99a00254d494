//! What every kind of room shares: identity, rooms and roles, the log, the database, limits.
//!
//! A kind of room (a poll, later a chat, an exercise, a game) brings its rules as a
//! [`live::Rules`] and its delivery as a [`kind::Attendance`]; everything between a command and its
//! acknowledgement is here, and what lists, opens and erases rooms (see [`kind::Kind`]):
//!
//! ```text
//! command ─▶ live (one task per room: validate, apply) ─▶ log ─▶ database (group commit)
//!                     │                                              │
//!                     └────────── publish ◀── acknowledge ◀──────────┘
//! ```

pub mod clock;
pub mod database;
mod error;
pub mod identity;
pub mod kind;
pub mod limits;
pub mod live;
mod loader;
pub mod log;
pub mod origin;
pub mod random;
pub mod rooms;
mod routes;

pub use clock::Millis;
pub use error::{Error, Result};
pub use routes::{Asking, Input, Platform};
