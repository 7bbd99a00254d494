//! Scenarios as files and as stored ones: what is read, what is told, and that nothing is lost.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod airtable;
mod csv;
mod cybersim;
mod http;
mod library;
mod random;
mod schema;
mod support;
mod yaml;
