//! The report as JSON, version 1:
//!
//! ```json
//! {"version": 1, "verdict": "breaking",
//!  "apis": [{"name": "graph", "verdict": "breaking",
//!    "changes": [{"level": "breaking", "rule": "field-removed", "operation": null,
//!      "at": "Account → name", "message": "the field `name` is gone",
//!      "before": {"type": "string"}, "after": null,
//!      "used_by": ["GET /accounts → 200"], "fingerprint": "0123456789ab", "accepted": null,
//!      "pointers": {"before": "/components/schemas/Account/properties/name", "after": null}}],
//!    "surface": [{"action": "removed", "item": "struct types::Account::name",
//!      "before": "struct types::Account::name: Option<String>", "after": null}],
//!    "surface_error": null}]}
//! ```
//!
//! A verdict is `none`, `docs`, `compatible` or `breaking`. `surface` is null where it could not
//! be compared, and `surface_error` says why. Later versions of the same number only add keys.

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    level::Level,
    report::{Api, Noted, Report},
};

/// The report as the text of a JSON document.
pub fn of(report: &Report) -> Result<String> {
    let apis: Vec<Value> = report.apis.iter().map(api).collect();
    let report = json!({"version": 1, "verdict": verdict(report.verdict()), "apis": apis});
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

fn verdict(level: Option<Level>) -> &'static str {
    level.map_or("none", Level::name)
}

fn api(api: &Api) -> Value {
    let changes: Vec<Value> = api.changes.iter().map(change).collect();
    let surface = api.surface.as_ref().ok().map(|changes| {
        let changes = changes.iter().map(|change| {
            json!({
                "action": change.action(),
                "item": change.item,
                "before": change.before,
                "after": change.after,
            })
        });
        changes.collect::<Vec<Value>>()
    });
    json!({
        "name": api.name,
        "verdict": verdict(api.verdict()),
        "changes": changes,
        "surface": surface,
        "surface_error": api.surface.as_ref().err(),
    })
}

fn change(noted: &Noted) -> Value {
    let change = &noted.change;
    json!({
        "level": change.level.name(),
        "rule": change.rule.id(),
        "operation": change.operation,
        "at": change.at,
        "message": change.message,
        "before": change.before,
        "after": change.after,
        "used_by": change.used_by,
        "fingerprint": noted.fingerprint,
        "accepted": noted.accepted,
        "pointers": {"before": change.pointers.before, "after": change.pointers.after},
    })
}
