//! A call can be dropped at any await point, and a runtime can end. Later calls of the client are not
//! affected.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::timeout;
use waba::{Error, RateLimit, RetryPolicy, dialog360};

use crate::fault_server::{Fault, FaultServer};

/// Polls a future at most `left` times.
struct PollLimit<'f, F> {
    future: Pin<&'f mut F>,
    left: usize,
}

impl<F: Future> Future for PollLimit<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        match self.future.as_mut().poll(context) {
            // This was the last poll, so a wake-up is not needed.
            Poll::Pending if self.left == 0 => Poll::Ready(None),
            poll => poll.map(Some),
        }
    }
}

async fn get(hub: &dialog360::Client) -> Result<(), Error> {
    let call = hub.get_waba_account().partner_id("a").waba_account_id("b");
    call.send().await.map(drop)
}

#[tokio::test]
async fn dropping_a_call_at_any_await_point_leaves_the_client_usable() {
    // The properties of an account and those of a login's token.
    const BODY: &str = r#"{"id":"1","access_token":"t","expires_in":0}"#;
    // A call logs in, waits for the rate limit, fails sometimes, and waits for the retry.
    let server = FaultServer::start(|number| match number % 3 {
        0 => Fault::Response(503, "", ""),
        _ => Fault::Response(200, "", BODY),
    });
    let server = server.await;
    let client = || {
        dialog360::Client::builder()
            .login("partner@example.com", "password")
            .base_url(&server.url)
            .rate_limit(RateLimit::new(1000, Duration::from_secs(1)))
            .retry_policy(
                RetryPolicy::default()
                    .initial_backoff(Duration::from_millis(2))
                    .max_attempts(9),
            )
            .build()
            .expect("a client")
    };
    let hub = client();
    let mut completed = 0;
    for polls in 0..200 {
        let dropped = {
            let call = pin!(get(&hub));
            let limited = PollLimit {
                future: call,
                left: polls,
            };
            limited.await.is_none()
        };
        // The next call succeeds, whether or not the dropped call reached the server.
        let next = timeout(Duration::from_secs(20), get(&hub)).await;
        next.unwrap_or_else(|_| {
            panic!("the client hangs after a call that was polled {polls} times")
        })
        .unwrap_or_else(|error| panic!("after a call that was polled {polls} times: {error}"));
        if !dropped {
            completed += 1;
            if completed == 3 {
                assert!(polls > 5, "a call has several await points, found {polls}");
                return;
            }
        }
    }
    panic!("a call needs more than 200 polls");
}

#[test]
fn a_client_outlives_the_runtime_of_its_connections() {
    let runtime = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().expect("a runtime")
    };
    let of_server = tokio::runtime::Runtime::new().expect("a runtime");
    let server = of_server.block_on(FaultServer::start(|_| Fault::Success));
    let hub = crate::server::hub(&server.url);
    for round in 0..20 {
        // The connection is open when its runtime ends, as in tests that share a client.
        let call = runtime().block_on(get(&hub));
        call.unwrap_or_else(|error| panic!("in runtime {round}: {error}"));
    }
    assert_eq!(server.requests(), 20);
}
