//! Usage of Graph's rate limits, and the version that served a response.

use std::time::Duration;

use http::HeaderMap;
use serde::Serialize;
use serde_json::Value;

use super::tolerant::Tolerant;

/// Usage of Graph's rate limits, from the headers `x-app-usage` and `x-business-use-case-usage`.
///
/// Meta sends these headers with most responses once enough calls have been made. For an error,
/// [`Error::usage`](crate::Error::usage) has the usage. See Meta's page on
/// [rate limits](https://developers.facebook.com/docs/graph-api/overview/rate-limiting).
///
/// ```no_run
/// use waba::graph::{self, Usage};
///
/// # async fn run(meta: graph::Client) -> Result<(), waba::Error> {
/// let account = meta.get_whatsapp_business_account().waba_id("102290129340398").send().await?;
/// if Usage::from_headers(account.headers()).is_some_and(|usage| usage.max_percent() > 80.0) {
///     eprintln!("slow down");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Usage {
    /// The usage of the app as a whole.
    pub app: Option<UsageMetrics>,
    /// The usage of each business and use case.
    pub business: Vec<BusinessUsage>,
}

/// Usage of the three limits of a rolling hour, each in percent of its limit. A value above 100
/// exceeds the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UsageMetrics {
    /// The number of calls, in percent of its limit.
    pub call_count: f64,
    /// The CPU time of the calls, in percent of its limit.
    pub total_cputime: f64,
    /// The duration of the calls, in percent of its limit.
    pub total_time: f64,
}

/// The usage of one business and use case.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BusinessUsage {
    /// The id of the object that the limits apply to, such as the WABA.
    pub id: String,
    /// The use case, such as `whatsapp_business_management`.
    pub use_case: Option<String>,
    /// The usage of the three limits.
    pub metrics: UsageMetrics,
    /// The time until calls are accepted again. Meta gives it in minutes.
    pub time_to_regain_access: Option<Duration>,
}

impl Usage {
    /// Parses the headers of a response. Returns `None` if they contain no usage.
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let app = json(headers, "x-app-usage");
        let business = json(headers, "x-business-use-case-usage");
        let usage = Self {
            app: app
                .as_ref()
                .filter(|app| app.is_object())
                .map(UsageMetrics::parse),
            business: business.as_ref().map(businesses).unwrap_or_default(),
        };
        (usage.app.is_some() || !usage.business.is_empty()).then_some(usage)
    }

    /// Returns the usage of the limit that is closest to being exceeded, in percent.
    pub fn max_percent(&self) -> f64 {
        let business = self.business.iter().map(|business| business.metrics);
        self.app
            .into_iter()
            .chain(business)
            .flat_map(|metrics| {
                [
                    metrics.call_count,
                    metrics.total_cputime,
                    metrics.total_time,
                ]
            })
            .fold(0.0, f64::max)
    }

    /// Returns the longest time until a limit accepts calls again.
    pub fn time_to_regain_access(&self) -> Option<Duration> {
        self.business
            .iter()
            .filter_map(|business| business.time_to_regain_access)
            .max()
    }
}

impl UsageMetrics {
    fn parse(value: &Value) -> Self {
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
            metrics: UsageMetrics::parse(case),
            time_to_regain_access: minutes(&case["estimated_time_to_regain_access"]),
        })
        .collect()
}

fn json(headers: &HeaderMap, name: &str) -> Option<Value> {
    serde_json::from_slice(headers.get(name)?.as_bytes()).ok()
}

fn float(value: &Value) -> Option<f64> {
    let number = f64::decode_value(value).ok()?.value();
    number.filter(|number| number.is_finite() && *number > 0.0)
}

fn percent(value: &Value) -> f64 {
    float(value).unwrap_or_default()
}

fn minutes(value: &Value) -> Option<Duration> {
    const YEAR: f64 = 365.0 * 24.0 * 60.0;
    Some(Duration::from_secs_f64(float(value)?.min(YEAR) * 60.0))
}

/// Returns the version of Graph that served a response, such as `v24.0`, from its header
/// `facebook-api-version`.
///
/// Meta serves requests for a retired version with the oldest version that it still has.
/// [`Client::version_mismatch`](crate::graph::Client::version_mismatch) detects this.
pub fn served_version(headers: &HeaderMap) -> Option<&str> {
    headers.get("facebook-api-version")?.to_str().ok()
}
