//! The pages of a list.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Mutex, PoisonError},
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
    http::{operation::Operation, response::BufferedResponse, transport::Transport},
    types::tolerant::Tolerant,
};
use futures_core::Stream;
use reqwest::Request;
use serde::de::DeserializeOwned;

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
type PageFuture<P> = Pin<Box<dyn Future<Output = Result<ResponseValue<P>, Error>> + Send>>;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
type PageFuture<P> = Pin<Box<dyn Future<Output = Result<ResponseValue<P>, Error>>>>;

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
type Fetch<P> = Box<dyn Fn(Position) -> PageFuture<P> + Send + Sync>;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
type Fetch<P> = Box<dyn Fn(Position) -> PageFuture<P>>;

/// The pages of a list, in order. Returned by the method `pages` of operations that return lists.
///
/// It is a [`Stream`], and also has [`next`](Self::next), so that no other crate is needed. Nothing is
/// sent before the first call of `next`. Each page is a call of its own with the credential, the
/// retries and the limits of the client, and with all parameters of the operation.
///
/// The list ends where the API says that there is no further page, not at an empty page. If the server
/// repeats a cursor, or gives none for the next page, the list ends with a
/// [`Decode`](ErrorKind::Decode) error.
///
/// If a page fails, the error is returned once. The next `next` requests the same page again. As a
/// `Stream`, the list ends there. In both cases [`continuation`](Self::continuation) is the place of
/// the page.
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
    max_pages: usize,
    /// The place of the first page.
    start: Position,
    /// The place of the page to fetch next, `None` at the end of the list.
    next: Option<Position>,
    progress: Progress<P>,
}

/// What a list forgets when it is resumed.
struct Progress<P> {
    /// The page that is being fetched. In a mutex only so that the list is `Sync`.
    pending: Mutex<Option<PageFuture<P>>>,
    /// The error that ends the list, once the page before it has been returned.
    fault: Option<Error>,
    seen: SeenCursors,
    /// How many pages have been returned.
    count: usize,
    /// The last page failed, and a retry is not expected to help.
    has_failed: bool,
    /// No further page is requested.
    has_ended: bool,
}

impl<P> Default for Progress<P> {
    fn default() -> Self {
        Self {
            pending: Mutex::default(),
            fault: None,
            seen: SeenCursors::default(),
            count: 0,
            has_failed: false,
            has_ended: false,
        }
    }
}

impl<P: Page> Pages<P> {
    /// Returns the pages of a list. `request` is that of the first page.
    #[cfg_attr(not(feature = "graph"), allow(dead_code))] // No list of 360dialog is documented.
    pub(crate) fn new(
        http: reqwest::Client,
        transport: Transport,
        request: Result<Request, progenitor_client::Error<()>>,
        operation: Operation,
    ) -> Self
    where
        P: DeserializeOwned + Tolerant + 'static,
    {
        let request = request.map_err(Error::of_request);
        let start = match P::BY_OFFSET {
            true => Position::first_offset(request.as_ref().ok()),
            false => Position::Start,
        };
        let fetch = move |position: Position| -> PageFuture<P> {
            let (http, transport) = (http.clone(), transport.clone());
            let request = request.as_ref().map_err(Clone::clone);
            let request = request.and_then(|first| position.request(first));
            Box::pin(async move {
                let response = transport.call(&http, request, operation).await;
                response.and_then(BufferedResponse::read)
            })
        };
        Self::from_fetch(operation.id, start, Box::new(fetch))
    }

    /// Returns the pages of the list that begins at `start`. `fetch` makes the call of one page.
    fn from_fetch(operation: &'static str, start: Position, fetch: Fetch<P>) -> Self {
        Self {
            operation,
            fetch,
            max_pages: usize::MAX,
            next: Some(start.clone()),
            start,
            progress: Progress::default(),
        }
    }

    /// Ends the list after this many pages. [`continuation`](Self::continuation) then returns the place
    /// of the next page. Default: no limit.
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.max_pages = pages;
        self
    }

    /// Continues the list from this place, which a list of the same operation with the same parameters
    /// has returned. A list that has been read already forgets what it has read, and counts its pages
    /// again.
    pub fn resume(mut self, from: Continuation) -> Self {
        self.progress = Progress::default();
        if from.0.is_offset() != P::BY_OFFSET && from.0 != Position::Start {
            self.progress.fault = Some(self.error(
                ErrorKind::InvalidRequest,
                format!("invalid continuation `{from}`: it is a place in another kind of list"),
            ));
            self.progress.has_ended = true;
        }
        self.next = Some(match from.0 {
            Position::Start => self.start.clone(),
            position => position,
        });
        self
    }

    /// Returns the next page, or `None` at the end of the list.
    ///
    /// # Errors
    ///
    /// Fails with the error of the call of the page. The next call of `next` requests the same page
    /// again. If that fails too, and the error is not temporary
    /// ([`is_retryable`](Error::is_retryable)), the list ends.
    pub async fn next(&mut self) -> Option<Result<ResponseValue<P>, Error>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    /// Returns the place of the first page that has not been returned, or `None` if all pages have been
    /// returned. A list that ended early, after [`max_pages`](Self::max_pages) or an error, still has a
    /// place. If the next page is unknown, because of a missing or repeated cursor, it is the place of the
    /// last page that was returned.
    pub fn continuation(&self) -> Option<Continuation> {
        self.next.clone().map(Continuation)
    }

    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    /// Requests no further page. The place of the next one is kept.
    pub(super) fn end(&mut self) {
        self.progress.has_ended = true;
    }

    pub(super) fn poll_page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<ResponseValue<P>, Error>>> {
        let progress = &mut self.progress;
        if let Some(fault) = progress.fault.take() {
            return Poll::Ready(Some(Err(fault)));
        }
        let may_go_on = !progress.has_ended && progress.count < self.max_pages;
        let Some(position) = self.next.clone().filter(|_| may_go_on) else {
            return Poll::Ready(None);
        };
        let pending = progress
            .pending
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let future = pending.get_or_insert_with(|| (self.fetch)(position.clone()));
        let outcome = ready!(future.as_mut().poll(context));
        *pending = None;
        match &outcome {
            Ok(page) => {
                progress.has_failed = false;
                progress.count += 1;
                match self.following(&position, page.next_page()) {
                    Ok(next) => self.next = next,
                    Err(message) => {
                        let message = format!("page {}: {message}", self.progress.count);
                        self.progress.fault = Some(self.error(ErrorKind::Decode, message));
                        self.progress.has_ended = true;
                    }
                }
            }
            Err(error) => {
                let is_lasting = !error.is_retryable();
                // A loop that ignores errors would not end.
                progress.has_ended = is_lasting && progress.has_failed;
                progress.has_failed = is_lasting;
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
            NextPage::Cursor { after, .. } => {
                let Some(cursor) = after.filter(|cursor| !cursor.is_empty()) else {
                    return Err(
                        "the response has a next page but no cursor `after`; the rest of the list \
                         cannot be read"
                            .to_owned(),
                    );
                };
                let same = *position == Position::After(cursor.clone());
                match self.progress.seen.repeats(&cursor) || same {
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

    fn error(&self, kind: ErrorKind, message: String) -> Error {
        Failure {
            kind: Some(kind),
            operation: Some(self.operation),
            attempts: u32::from(kind == ErrorKind::Decode),
            message: Some(message),
            ..Failure::default()
        }
        .into()
    }
}

impl<P: Page> Stream for Pages<P> {
    type Item = Result<ResponseValue<P>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let page = ready!(self.poll_page(context));
        if matches!(page, Some(Err(_))) {
            self.end();
        }
        Poll::Ready(page)
    }
}

// Everything in it is boxed or plain data.
impl<P> Unpin for Pages<P> {}

impl<P> std::fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.operation)
            .field("next", &self.next)
            .field("count", &self.progress.count)
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
        const BY_OFFSET: bool = true;

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
        server: impl Fn(u64) -> Numbers + Send + Sync + 'static,
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
        let pages = Pages::from_fetch("list_numbers", Position::Offset(start), Box::new(fetch));
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
