//! The feature `metrics`: a histogram of the durations of attempts.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use metrics::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use waba::{
    RetryPolicy,
    graph::{mock::MockServerExt, types::WhatsAppBusinessAccount},
    mock::MockServer,
};

use crate::server;

/// The recorded values of histograms, with their names and labels.
#[derive(Clone, Default)]
struct Values(Arc<Mutex<Vec<(Key, f64)>>>);

struct ValuesOf(Key, Values);

impl HistogramFn for ValuesOf {
    fn record(&self, value: f64) {
        let mut values = self.1.0.lock().expect("no panic");
        values.push((self.0.clone(), value));
    }
}

impl Recorder for Values {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(ValuesOf(key.clone(), self.clone())))
    }
}

#[tokio::test]
async fn each_attempt_is_recorded_with_opentelemetry_names() {
    let values = Values::default();
    let _guard = metrics::set_default_local_recorder(&values);
    let mocks = MockServer::start().await;
    let account = WhatsAppBusinessAccount::builder().id("planted-id");
    let account: WhatsAppBusinessAccount = account.try_into().expect("an account");
    mocks.get_whatsapp_business_account(|_, then| {
        then.response(503)
            .times(1)
            .ok(&account)
            .delay(Duration::from_millis(20));
    });
    let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(1));
    let meta = server::meta(&mocks.base_url()).with_retry_policy(policy);
    let call = meta.get_whatsapp_business_account().waba_id("planted-id");
    call.send().await.expect("an account");

    let values = values.0.lock().expect("no panic");
    let recorded = values.iter().map(|(key, seconds)| {
        assert_eq!(key.name(), "http.client.request.duration");
        let labels = key.labels();
        let mut labels: Vec<String> = labels
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        labels.sort();
        (labels, *seconds)
    });
    let recorded: Vec<(Vec<String>, f64)> = recorded.collect();
    let port = mocks.base_url().rsplit(':').next().map(str::to_owned);
    let port = format!("server.port={}", port.expect("a port"));
    let common = [
        "server.address=127.0.0.1",
        &port,
        "waba.operation=get_whatsapp_business_account",
    ];
    let failed = [
        "error.type=server",
        "http.request.method=GET",
        "http.response.status_code=503",
    ];
    let succeeded = ["http.request.method=GET", "http.response.status_code=200"];
    assert_eq!(recorded.len(), 2, "{recorded:?}");
    assert_eq!(recorded[0].0, [&failed[..], &common].concat());
    assert_eq!(recorded[1].0, [&succeeded[..], &common].concat());
    // In seconds: the delay of the mock is the least.
    assert!((0.02..60.0).contains(&recorded[1].1), "{recorded:?}");
}
