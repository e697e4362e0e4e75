//! Lists that an API returns page by page.

pub(crate) mod continuation;
pub(crate) mod items;
pub(crate) mod loops;
pub(crate) mod page;
pub(crate) mod pages;
