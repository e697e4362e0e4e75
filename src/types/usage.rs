//! How much of Graph's limits is used up, and which version answered, as its headers say.

use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;

/// How much of Graph's rate limits is used up: the headers `x-app-usage` and
/// `x-business-use-case-usage`.
///
/// Meta sends them with most answers once enough calls have been made. Of a success they are in
/// the headers, of an error in [`Error::usage`](crate::Error::usage). See Meta's page on
/// [rate limits](https://developers.facebook.com/docs/graph-api/overview/rate-limiting).
///
/// ```no_run
/// use waba::graph::{self, Usage};
///
/// # async fn run(meta: graph::Client) -> Result<(), waba::Error> {
/// let account = meta.get_whatsapp_business_account().waba_id("102290129340398").send().await?;
/// if Usage::from_headers(account.headers()).is_some_and(|usage| usage.percent() > 80.0) {
///     eprintln!("go easy");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Usage {
    /// What the app as a whole has used of its limits.
    pub app: Option<Used>,
    /// What has been used of the limits of each business and use case.
    pub business: Vec<BusinessUsage>,
}

/// How much of the three limits of a rolling hour is used, in percent of each; more than 100 is
/// over the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Used {
    /// Of the number of calls.
    pub call_count: f64,
    /// Of the time of Meta's processors.
    pub total_cputime: f64,
    /// Of the time that calls took.
    pub total_time: f64,
}

/// What one business has used of the limits of one use case.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct BusinessUsage {
    /// The id that the limits are counted for, such as the WABA's.
    pub id: String,
    /// The use case, such as `whatsapp_business_management`.
    pub use_case: Option<String>,
    /// How much is used.
    pub used: Used,
    /// How long no more calls are let in; Meta gives it in minutes.
    pub regain_access: Option<Duration>,
}

impl Usage {
    /// The usage that the headers of an answer tell of, if they do.
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let app = json(headers, "x-app-usage");
        let business = json(headers, "x-business-use-case-usage");
        let usage = Self {
            app: app.as_ref().filter(|app| app.is_object()).map(Used::of),
            business: business.as_ref().map(businesses).unwrap_or_default(),
        };
        (usage.app.is_some() || !usage.business.is_empty()).then_some(usage)
    }

    /// The limit that is nearest to its end, in percent.
    pub fn percent(&self) -> f64 {
        let business = self.business.iter().map(|business| business.used);
        self.app
            .into_iter()
            .chain(business)
            .flat_map(|used| [used.call_count, used.total_cputime, used.total_time])
            .fold(0.0, f64::max)
    }

    /// How long until every limit lets calls in again.
    pub fn regain_access(&self) -> Option<Duration> {
        self.business
            .iter()
            .filter_map(|business| business.regain_access)
            .max()
    }
}

impl Used {
    fn of(value: &Value) -> Self {
        Self {
            call_count: percent(&value["call_count"]),
            total_cputime: percent(&value["total_cputime"]),
            total_time: percent(&value["total_time"]),
        }
    }
}

fn businesses(value: &Value) -> Vec<BusinessUsage> {
    let by_id = value.as_object().into_iter().flatten();
    by_id
        .flat_map(|(id, cases)| cases.as_array().into_iter().flatten().map(move |c| (id, c)))
        .map(|(id, case)| BusinessUsage {
            id: id.clone(),
            use_case: case["type"].as_str().map(str::to_owned),
            used: Used::of(case),
            regain_access: minutes(&case["estimated_time_to_regain_access"]),
        })
        .collect()
}

fn json(headers: &HeaderMap, name: &str) -> Option<Value> {
    serde_json::from_slice(headers.get(name)?.as_bytes()).ok()
}

fn float(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_f64(),
    };
    number.filter(|number| number.is_finite() && *number > 0.0)
}

fn percent(value: &Value) -> f64 {
    float(value).unwrap_or_default()
}

fn minutes(value: &Value) -> Option<Duration> {
    const YEAR: f64 = 365.0 * 24.0 * 60.0;
    Some(Duration::from_secs_f64(float(value)?.min(YEAR) * 60.0))
}

/// The version of the API that served an answer, such as `v24.0`: its `facebook-api-version`.
///
/// It can be another than the one that was asked for: Meta answers for a version that it has
/// retired with the oldest one it still has. [`Client::other_version`](crate::graph::Client::other_version)
/// tells when it is.
pub fn served_version(headers: &HeaderMap) -> Option<&str> {
    headers.get("facebook-api-version")?.to_str().ok()
}
