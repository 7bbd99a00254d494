//! Exercises: facilitated crisis simulations, from scenario to after-action review.
//!
//! - [`scenario`]: what an exercise is made of
//! - [`library`]: the stored scenarios
//! - [`events`]: what goes over the wire
//! - [`model`]: the rules, as a fold over the room's log; no clock, no I/O
//! - `people`: what is told to whom, and when
//! - `handlers`: the namespace `/exercise`
//! - `routes`: exercises over HTTP
//! - [`classic`]: the original's wire, for its own clients
//! - [`review`]: what happened, and what can be learned from it

pub mod classic;
pub mod events;
mod exercises;
mod handlers;
pub mod library;
pub mod model;
mod people;
pub mod review;
mod routes;
pub mod scenario;

pub use exercises::Exercises;
