//! The classic dialect of exercises, as the original's clients speak it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::float_cmp, reason = "support is exact to a thousandth")]

mod common;

#[path = "cybersim/table.rs"]
mod table;

#[path = "cybersim/behaviours.rs"]
mod behaviours;
#[path = "cybersim/bugs.rs"]
mod bugs;
#[path = "cybersim/door.rs"]
mod door;
#[path = "cybersim/http.rs"]
mod http;
#[path = "cybersim/migrate.rs"]
mod migrate;
#[path = "cybersim/sessions.rs"]
mod sessions;
#[path = "cybersim/shapes.rs"]
mod shapes;
