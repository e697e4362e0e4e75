//! Reads whole lists.

use waba::{Error, Page, Pages};

/// A list, as far as it could be read.
pub struct Listing<T> {
    pub items: Vec<T>,
    /// Why values of the list are not among the items.
    pub undecoded: Vec<String>,
    /// The error of the page at which the list ends early.
    pub error: Option<Error>,
}

impl<T> Listing<T> {
    /// Returns whether all values of the list are among the items.
    pub fn is_complete(&self) -> bool {
        self.undecoded.is_empty() && self.error.is_none()
    }
}

/// Reads all pages of a list, up to the first one that fails.
pub async fn read_all<P: Page>(mut pages: Pages<P>) -> Listing<P::Item> {
    let mut listing = Listing {
        items: Vec::new(),
        undecoded: Vec::new(),
        error: None,
    };
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => {
                let list = page.into_inner().into_items();
                let reasons = list.undecoded().iter().map(|item| item.reason.clone());
                listing.undecoded.extend(reasons);
                listing.items.extend(Vec::from(list));
            }
            // The client has already retried what may pass.
            Err(error) => {
                listing.error = Some(error);
                break;
            }
        }
    }
    listing
}
