//! The items of a list.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::{
    continuation::{Continuation, Position},
    page::Page,
    pages::Pages,
};
use crate::{
    ErrorKind, UndecodedItem,
    error::{Error, failure::Failure},
};

/// The items of a list, from all of its pages. Returned by the method `items` of operations that
/// return lists.
///
/// It is a [`Stream`], and also has [`next`](Self::next), so that no other crate is needed. Each page is
/// requested when its first item is needed, as [`Pages`] describes.
///
/// A value in the list that cannot be decoded as an item, such as one without an id, is a
/// [`Decode`](ErrorKind::Decode) error in the place of the item, which has the value in
/// [`undecoded_item`](Error::undecoded_item). The next `next` continues with the next item. [`Pages`]
/// keep such a value in [`List::undecoded`](crate::List::undecoded).
///
/// Any other error is that of a page. The next `next` requests the page again, unless the cursor of the
/// page is missing or repeated. As a `Stream`, the list ends there.
///
/// ```no_run
/// use waba::graph::types::PhoneNumberField;
///
/// # async fn run(meta: waba::graph::Client) -> Result<(), waba::Error> {
/// let call = meta.list_phone_numbers().waba_id("102290129340398");
/// let mut numbers = call.fields([PhoneNumberField::DisplayPhoneNumber]).items();
/// while let Some(number) = numbers.next().await {
///     match number {
///         Ok(number) => println!("{:?}", number.display_phone_number),
///         // One odd value: the others follow.
///         Err(error) if error.undecoded_item().is_some() => println!("{error}"),
///         Err(error) => return Err(error),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before `next` is called"]
pub struct Items<P: Page> {
    pages: Pages<P>,
    /// The rest of the page in hand.
    in_hand: VecDeque<Result<P::Item, UndecodedItem>>,
    /// The place of the page in hand.
    current: Option<Position>,
    total: Option<u64>,
}

impl<P: Page> Pages<P> {
    /// Returns the items of the pages.
    pub fn items(self) -> Items<P> {
        Items {
            pages: self,
            in_hand: VecDeque::new(),
            current: None,
            total: None,
        }
    }
}

impl<P: Page> Items<P> {
    /// Ends the list after this many pages. Default: no limit.
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.pages = self.pages.max_pages(pages);
        self
    }

    /// Continues the list from this place, which a list of the same operation with the same parameters
    /// has returned. A list that has been read already forgets what it has read, and counts its pages
    /// again.
    pub fn resume(mut self, from: Continuation) -> Self {
        self.pages = self.pages.resume(from);
        self.in_hand.clear();
        self.current = None;
        self.total = None;
        self
    }

    /// Returns the next item, or `None` at the end of the list.
    ///
    /// # Errors
    ///
    /// Fails with the error of the call of a page, or of a value that is not an item. After the error
    /// of a page, the next call of `next` requests the same page again. If that fails too, and the error
    /// is not temporary ([`is_retryable`](Error::is_retryable)), the list ends.
    pub async fn next(&mut self) -> Option<Result<P::Item, Error>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    /// Returns the place from which the list can be continued without leaving out an item, or `None`
    /// if every item has been returned.
    ///
    /// As long as items of a page are left, it is the place of that page: resuming there returns all
    /// items of the page again.
    pub fn continuation(&self) -> Option<Continuation> {
        match self.in_hand.is_empty() {
            true => self.pages.continuation(),
            false => self.current.clone().map(Continuation),
        }
    }

    /// Returns how many items the whole list has, if the latest page said so; see [`Page::total`].
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<P::Item, Error>>> {
        loop {
            match self.in_hand.pop_front() {
                Some(Ok(item)) => return Poll::Ready(Some(Ok(item))),
                Some(Err(item)) => return Poll::Ready(Some(Err(self.undecoded(item)))),
                None => {}
            }
            let position = self.pages.continuation();
            match ready!(self.pages.poll_page(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => {
                    self.current = position.map(|position| position.0);
                    self.total = page.total();
                    self.in_hand = page.into_inner().into_items().into_results().into();
                }
            }
        }
    }

    fn undecoded(&self, item: UndecodedItem) -> Error {
        Failure {
            kind: Some(ErrorKind::Decode),
            operation: Some(self.pages.operation()),
            message: Some(format!(
                "item {} of a page cannot be decoded: {}; the other items follow",
                item.index, item.reason
            )),
            attempts: 1,
            undecoded_item: Some(item),
            ..Failure::default()
        }
        .into()
    }
}

impl<P: Page> Stream for Items<P> {
    type Item = Result<P::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.poll_item(context));
        if let Some(Err(error)) = &item
            && error.undecoded_item().is_none()
        {
            self.pages.end();
        }
        Poll::Ready(item)
    }
}

// The items are never pinned.
impl<P: Page> Unpin for Items<P> {}

impl<P: Page> std::fmt::Debug for Items<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .field("in_hand", &self.in_hand.len())
            .finish_non_exhaustive()
    }
}
