//! The interface of the pages of all lists.

use crate::List;

/// One page of a list: the response of an operation that returns a list.
///
/// The generated types of such responses implement it.
pub trait Page {
    /// An item of the list.
    type Item;

    /// Whether the places in the list are offsets. Otherwise they are cursors.
    #[doc(hidden)]
    const BY_OFFSET: bool = false;

    /// Returns how many items the whole list has, if the API says so. Graph's `summary.total_count` says
    /// it, which some operations return if `summary=total_count` is requested.
    fn total(&self) -> Option<u64>;

    /// Returns where the next page is.
    #[doc(hidden)]
    fn next_page(&self) -> NextPage;

    /// Returns the items of the page.
    fn into_items(self) -> List<Self::Item>;
}

/// The next page, as a page describes it.
#[derive(Debug)]
#[doc(hidden)]
pub enum NextPage {
    /// A list by cursor: there is a next page if there is a `next` address, and `after` is where it begins.
    Cursor {
        has_next: bool,
        after: Option<String>,
    },
    /// A list by offset: there is a next page if fewer items than `total` precede it.
    Offset { count: usize, total: Option<u64> },
}
