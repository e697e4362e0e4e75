//! Fetches what upstream publishes and reads it into one document for each API.

pub mod deviations;
pub mod fetch;
pub mod gitbook;
pub mod merge;
pub mod meta_document;
pub mod meta_page;
pub mod read;
pub mod reference_page;
pub mod sources;
