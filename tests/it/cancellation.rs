//! A call can be dropped wherever it waits, and its client goes on as if it had never been made.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::timeout;
use waba::{Error, RateLimit, RetryPolicy, dialog360};

use crate::fault_server::{Fault, FaultServer};

/// Polls a future so often and then gives up.
struct Polled<'f, F> {
    future: Pin<&'f mut F>,
    left: usize,
}

impl<F: Future> Future for Polled<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        match self.future.as_mut().poll(context) {
            // The last poll has been: what it waits for is not waited for.
            Poll::Pending if self.left == 0 => Poll::Ready(None),
            poll => poll.map(Some),
        }
    }
}

async fn ask(hub: &dialog360::Client) -> Result<(), Error> {
    let call = hub.get_waba_account().partner_id("a").waba_account_id("b");
    call.send().await.map(drop)
}

#[tokio::test]
async fn a_call_dropped_at_any_point_leaves_its_client_usable() {
    // An account and, of a token, all that a login needs.
    const BOTH: &str = r#"{"id":"1","access_token":"t","expires_in":0}"#;
    // Every call logs in, waits for its turn, fails sometimes, waits, and is sent again.
    let server = FaultServer::start(|number| match number % 3 {
        0 => Fault::Answer(503, "", ""),
        _ => Fault::Answer(200, "", BOTH),
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
    let mut whole = 0;
    for polls in 0..200 {
        let dropped = {
            let call = pin!(ask(&hub));
            let polled = Polled {
                future: call,
                left: polls,
            };
            polled.await.is_none()
        };
        // Whatever the server has come to by now, the client gets its answer.
        let next = timeout(Duration::from_secs(20), ask(&hub)).await;
        next.unwrap_or_else(|_| panic!("the client hangs after {polls} polls"))
            .unwrap_or_else(|error| panic!("after {polls} polls: {error}"));
        if !dropped {
            whole += 1;
            if whole == 3 {
                assert!(polls > 5, "a call waits several times, not {polls}");
                return;
            }
        }
    }
    panic!("200 polls are not enough for a call");
}
