//! What upstream publishes: fetched, read, and merged into one document.

pub mod deviations;
pub mod fetch;
pub mod gitbook;
pub mod merge;
pub mod meta_document;
pub mod meta_page;
pub mod reference_page;
pub mod sources;
