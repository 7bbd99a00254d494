//! What the fuzz targets share: budgets of memory and time, input in pieces, and what packets become.

pub mod budget;
pub mod pieces;
pub mod promise;
pub mod sent;
pub mod stream;
pub mod values;
pub mod written;
