//! Live polls: questions, votes, tallies.
//!
//! - [`events`]: what goes over the wire
//! - [`model`]: the rules, as a fold over the room's log; no clock, no I/O
//! - `people`: what is told to whom, and when
//! - `handlers`: the namespace `/poll`
//! - `routes`: polls over HTTP
//! - `file`: polls as JSON and CSV
//! - [`classic`]: the dialect of *Ask the Audience*

pub mod classic;
pub mod events;
pub mod file;
mod handlers;
pub mod model;
mod people;
mod polls;
mod routes;

pub use polls::Polls;
