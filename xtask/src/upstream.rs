//! Fetches what upstream publishes, and reads it into OpenAPI documents.

pub mod fetch;
pub mod gitbook;
pub mod lock;
pub mod merge;
pub mod meta_document;
pub mod meta_page;
pub mod read;
pub mod sources;
pub mod witnesses;
