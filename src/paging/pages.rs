//! The pages of a list.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use super::{
    continuation::{Continuation, Position},
    loops::SeenCursors,
    page::{NextPage, Page},
};
use crate::{
    ErrorKind, ResponseValue,
    error::{Error, failure::Failure},
};
use futures_core::Stream;

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
type PageFuture<P> = Pin<Box<dyn Future<Output = Result<ResponseValue<P>, Error>> + Send>>;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
type PageFuture<P> = Pin<Box<dyn Future<Output = Result<ResponseValue<P>, Error>>>>;

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
type Fetch<P> = Box<dyn Fn(Position) -> PageFuture<P> + Send>;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
type Fetch<P> = Box<dyn Fn(Position) -> PageFuture<P>>;

/// The pages of a list, in order. Returned by the method `pages` of operations that return lists.
///
/// It is a [`Stream`], and also has [`next`](Self::next), so that no other crate is needed. Nothing is
/// sent before the first call of `next`. Each page is a call of its own with the credential, the
/// retries and the limits of the client, and with all parameters of the operation.
///
/// The list ends where the API says that there is no further page, not at an empty page. If a page
/// fails, the error is returned once, and the next `next` requests the same page again: stop if the
/// error is not temporary ([`is_retryable`](Error::is_retryable)). If the server repeats a cursor, so that the list would never
/// end, the list ends with a [`Decode`](ErrorKind::Decode) error.
///
/// ```no_run
/// # async fn run(meta: waba::graph::Client) -> Result<(), waba::Error> {
/// let mut pages = meta.list_phone_numbers().waba_id("102290129340398").limit(100).pages();
/// while let Some(page) = pages.next().await {
///     let page = page?;
///     println!("{} numbers, HTTP {}", page.data.len(), page.status());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before `next` is called"]
pub struct Pages<P> {
    operation: &'static str,
    fetch: Fetch<P>,
    /// The page that is being fetched.
    pending: Option<PageFuture<P>>,
    /// The place of the page to fetch next, `None` at the end of the list.
    next: Option<Position>,
    /// The error that ends the list, once the page before it has been returned.
    fault: Option<Error>,
    seen: SeenCursors,
    /// How many pages have been returned.
    count: usize,
    max_pages: usize,
}

impl<P: Page> Pages<P> {
    /// Returns the pages of the list that begins at `start`. `fetch` makes the call of one page.
    #[cfg_attr(not(feature = "graph"), allow(dead_code))] // No list of 360dialog is documented.
    pub(crate) fn new(operation: &'static str, start: Position, fetch: Fetch<P>) -> Self {
        Self {
            operation,
            fetch,
            pending: None,
            next: Some(start),
            fault: None,
            seen: SeenCursors::default(),
            count: 0,
            max_pages: usize::MAX,
        }
    }

    /// Ends the list after this many pages. [`continuation`](Self::continuation) then returns the place
    /// of the next page. Default: no limit.
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.max_pages = pages;
        self
    }

    /// Continues the list from this place, which a list of the same operation with the same parameters
    /// has returned.
    pub fn resume(mut self, from: Continuation) -> Self {
        self.next = Some(from.0);
        self
    }

    /// Returns the next page, or `None` at the end of the list.
    ///
    /// # Errors
    ///
    /// Fails with the error of the call of the page. The next call of `next` requests the same page
    /// again.
    pub async fn next(&mut self) -> Option<Result<ResponseValue<P>, Error>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    /// Returns the place of the page that `next` requests, or `None` at the end of the list.
    pub fn continuation(&self) -> Option<Continuation> {
        self.next.clone().map(Continuation)
    }

    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    pub(super) fn poll_page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<ResponseValue<P>, Error>>> {
        if let Some(fault) = self.fault.take() {
            return Poll::Ready(Some(Err(fault)));
        }
        let Some(position) = self.next.clone().filter(|_| self.count < self.max_pages) else {
            return Poll::Ready(None);
        };
        let pending = self
            .pending
            .get_or_insert_with(|| (self.fetch)(position.clone()));
        let outcome = ready!(pending.as_mut().poll(context));
        self.pending = None;
        if let Ok(page) = &outcome {
            self.count += 1;
            match self.following(&position, page.next_page()) {
                Ok(next) => self.next = next,
                Err(message) => {
                    self.next = None;
                    self.fault = Some(self.fault(message, page));
                }
            }
        }
        Poll::Ready(Some(outcome))
    }

    /// Returns the place of the page after the one at `position`, or why it is unknown.
    fn following(
        &mut self,
        position: &Position,
        page: NextPage,
    ) -> Result<Option<Position>, String> {
        match page {
            NextPage::Cursor {
                has_next: false, ..
            } => Ok(None),
            NextPage::Cursor { after: None, .. } => Err(
                "the response has a next page but no cursor `after`; the rest of the list cannot be read"
                    .to_owned(),
            ),
            NextPage::Cursor {
                after: Some(cursor),
                ..
            } => {
                let same = *position == Position::After(cursor.clone());
                match self.seen.repeats(&cursor) || same {
                    true => Err(
                        "the server returned the cursor of an earlier page again; the rest of the list \
                         cannot be read"
                            .to_owned(),
                    ),
                    false => Ok(Some(Position::After(cursor))),
                }
            }
            NextPage::Offset { count, total } => {
                let next = position.offset().saturating_add(count as u64);
                match (count, total) {
                    (0, Some(total)) if next < total => Err(format!(
                        "the server returned no items at offset {next} of {total}; the rest of the list \
                         cannot be read"
                    )),
                    (0, _) => Ok(None),
                    (_, Some(total)) if next >= total => Ok(None),
                    _ => Ok(Some(Position::Offset(next))),
                }
            }
        }
    }

    fn fault(&self, message: String, page: &ResponseValue<P>) -> Error {
        Failure {
            kind: Some(ErrorKind::Decode),
            operation: Some(self.operation),
            status: Some(page.status()),
            message: Some(format!("page {}: {message}", self.count)),
            ..Failure::default()
        }
        .into()
    }
}

impl<P: Page> Stream for Pages<P> {
    type Item = Result<ResponseValue<P>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_page(context)
    }
}

// Everything in it is boxed or plain data.
impl<P> Unpin for Pages<P> {}

impl<P> std::fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.operation)
            .field("next", &self.next)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::{NextPage, Page, Pages, Position};
    use crate::{List, ResponseValue};

    /// A page of a list that pages by offset.
    struct Numbers {
        items: Vec<u64>,
        total: Option<u64>,
    }

    impl Page for Numbers {
        type Item = u64;

        fn total(&self) -> Option<u64> {
            self.total
        }

        fn next_page(&self) -> NextPage {
            NextPage::Offset {
                count: self.items.len(),
                total: self.total,
            }
        }

        fn into_items(self) -> List<u64> {
            self.items.into()
        }
    }

    /// Reads a list of which `server` returns the page at an offset. Returns the items, the offsets
    /// that were requested, and the error.
    async fn read(
        start: u64,
        server: impl Fn(u64) -> Numbers + Send + 'static,
    ) -> (Vec<u64>, Vec<u64>, Option<String>) {
        let offsets = Arc::new(Mutex::new(Vec::new()));
        let requested = Arc::clone(&offsets);
        let fetch = move |position: Position| {
            requested.lock().expect("a lock").push(position.offset());
            let page = server(position.offset());
            let status = http::StatusCode::OK;
            let page =
                ResponseValue::new(page, status, http::HeaderMap::new(), bytes::Bytes::new());
            Box::pin(async { Ok(page) }) as super::PageFuture<Numbers>
        };
        let pages = Pages::new("list_numbers", Position::Offset(start), Box::new(fetch));
        let mut list = pages.items();
        let (mut items, mut error) = (Vec::new(), None);
        while let Some(item) = list.next().await {
            match item {
                Ok(item) => items.push(item),
                Err(other) => error = Some(other.to_string()),
            }
        }
        let offsets = offsets.lock().expect("a lock").clone();
        (items, offsets, error)
    }

    /// Returns the items from `offset` to `end`, at most two.
    fn two(offset: u64, end: u64, total: Option<u64>) -> Numbers {
        Numbers {
            items: (offset..end).take(2).collect(),
            total,
        }
    }

    #[tokio::test]
    async fn a_list_that_pages_by_offset_ends_at_its_total() {
        let (items, offsets, error) = read(0, |offset| two(offset, 5, Some(5))).await;
        assert_eq!((items, offsets), (vec![0, 1, 2, 3, 4], vec![0, 2, 4]));
        assert_eq!(error, None);
        // It begins at the offset of the call.
        let (items, offsets, _) = read(3, |offset| two(offset, 5, Some(5))).await;
        assert_eq!((items, offsets), (vec![3, 4], vec![3]));
    }

    #[tokio::test]
    async fn a_list_without_a_total_ends_at_an_empty_page() {
        let (items, offsets, error) = read(0, |offset| two(offset, 3, None)).await;
        assert_eq!((items, offsets), (vec![0, 1, 2], vec![0, 2, 3]));
        assert_eq!(error, None);
    }

    #[tokio::test]
    async fn an_empty_page_before_the_total_is_an_error() {
        let (items, _, error) = read(0, |offset| two(offset, 2, Some(9))).await;
        assert_eq!(items, [0, 1]);
        let error = error.expect("an error");
        assert!(error.contains("no items at offset 2 of 9"), "{error}");
    }
}
