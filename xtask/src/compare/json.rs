//! The report as JSON, version 1:
//!
//! ```json
//! {"version": 1, "verdict": "breaking",
//!  "apis": [{"name": "graph", "verdict": "breaking",
//!    "changes": [{"level": "breaking", "rule": "field-removed", "operation": null,
//!      "at": "Account → name", "message": "the field `name` is gone",
//!      "before": {"type": "string"}, "after": null,
//!      "used_by": ["GET /accounts → response 200"], "parts": ["response 200"],
//!      "made_by": ["specs/graph/spec.yaml"], "fingerprint": "0123456789ab", "accepted": null,
//!      "pointers": {"before": "/components/schemas/Account/properties/name", "after": null}}],
//!    "surface": [{"action": "removed", "item": "struct types::Account::name",
//!      "before": "struct types::Account::name: Option<String>", "after": null,
//!      "renamed": null, "breaking": true, "follows": "0123456789ab",
//!      "fingerprint": "ba9876543210", "accepted": null}],
//!    "surface_error": null, "surface_remarks": []}],
//!  "files": [{"path": "specs/graph/spec.yaml", "added": 0, "removed": 1, "folded": false,
//!    "explains": 1, "meaning": "causes 1 change on the wire"}]}
//! ```
//!
//! A verdict is `none`, `docs`, `compatible` or `breaking`. If the Rust module was not compared,
//! `surface` is null and `surface_error` is the reason. New keys may be added to a version; the
//! number changes when a key is changed or removed.

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    level::Level,
    outline::Item,
    report::{Api, Report, WireChange},
    surface::SurfaceChange,
};

impl Report {
    /// Returns the report as a JSON document.
    pub fn json(&self) -> Result<String> {
        let apis: Vec<Value> = self.apis.iter().map(api).collect();
        let files = self.files.iter().map(|file| {
            json!({
                "path": file.path,
                "added": file.lines.map(|[added, _]| added),
                "removed": file.lines.map(|[_, removed]| removed),
                "folded": file.collapsed,
                "explains": self.caused_by(file).count(),
                "meaning": self.describe(file),
            })
        });
        let files: Vec<Value> = files.collect();
        let report = json!({
            "version": 1,
            "verdict": verdict(self.verdict()),
            "apis": apis,
            "files": files,
        });
        Ok(serde_json::to_string_pretty(&report)? + "\n")
    }
}

fn verdict(level: Option<Level>) -> &'static str {
    level.map_or("none", Level::name)
}

fn api(api: &Api) -> Value {
    let changes: Vec<Value> = api.changes.iter().map(change).collect();
    let surface = api.surface.as_ref().ok().map(|items| {
        let items = items.iter().map(|item| {
            let change = &item.change;
            let [before, after] = change.sides();
            let renamed = match change {
                SurfaceChange::Renamed { .. } => after,
                _ => None,
            };
            json!({
                "action": change.action(),
                "item": change.item().id(),
                "before": before.map(ToString::to_string),
                "after": after.map(ToString::to_string),
                "renamed": renamed.map(Item::id),
                "breaking": item.breaks(),
                "follows": item.follows,
                "fingerprint": item.fingerprint,
                "accepted": item.accepted,
            })
        });
        items.collect::<Vec<Value>>()
    });
    json!({
        "name": api.name,
        "verdict": verdict(api.verdict()),
        "changes": changes,
        "surface": surface,
        "surface_error": api.surface.as_ref().err(),
        "surface_remarks": api.remarks,
    })
}

fn change(entry: &WireChange) -> Value {
    let change = &entry.change;
    json!({
        "level": change.level.name(),
        "rule": change.rule.id(),
        "operation": change.operation,
        "at": change.at,
        "message": change.message,
        "before": change.before,
        "after": change.after,
        "used_by": change.used_by,
        "parts": change.parts(),
        "made_by": entry.caused_by,
        "fingerprint": entry.fingerprint,
        "accepted": entry.accepted,
        "pointers": {"before": change.pointers.before, "after": change.pointers.after},
    })
}
