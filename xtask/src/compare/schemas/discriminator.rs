//! Compares what tells the variants of a union apart.

use serde_json::Value;

use super::Pair;
use crate::{
    compare::{
        changes::{Pointers, Said},
        comparison::{Comparison, keys},
        normalize::{Document, Schema},
        rules::Rule,
        schemas::Position,
        values::said,
    },
    openapi::pointer::child,
};

impl<'d> Pair<'d> {
    pub(super) fn discriminator(&self, to: &mut Comparison<'d>, old: &'d Value, new: &'d Value) {
        let places = self.places("discriminator");
        for keyword in keys(old, new) {
            let (old, new) = (old.get(keyword), new.get(keyword));
            match (keyword, old, new) {
                ("propertyName", Some(Value::String(before)), Some(Value::String(after))) => {
                    if before != after {
                        let message =
                            format!("the variants are told apart by `{after}`, were by `{before}`");
                        let said = Said {
                            message,
                            before: old.cloned(),
                            after: new.cloned(),
                        };
                        self.note(to, Rule::DiscriminatorChanged, places.clone(), said);
                    }
                }
                ("mapping", None | Some(Value::Object(_)), None | Some(Value::Object(_))) => {
                    self.mapping(to, old, new, &places)
                }
                _ => to.keyword(self.direction, keyword, old, new, &places),
            }
        }
    }

    /// A mapping that leads to the same schemas under other names is the same.
    fn mapping(
        &self,
        to: &mut Comparison<'d>,
        old: Option<&'d Value>,
        new: Option<&'d Value>,
        places: &Pointers,
    ) {
        let (old, new) = (old.unwrap_or(&Value::Null), new.unwrap_or(&Value::Null));
        for value in keys(old, new) {
            let (before, after) = (old.get(value), new.get(value));
            let same = match (
                target(&to.old, value, before),
                target(&to.new, value, after),
            ) {
                (Some(old), Some(new)) => {
                    old.key() == new.key() || to.mean_the_same(&old, &new, Position::Variant)
                }
                _ => before == after,
            };
            if same {
                continue;
            }
            let (rule, message) = match (before, after) {
                (None, _) => (
                    Rule::VariantAdded,
                    format!("the value `{value}` stands for {} now", said(after)),
                ),
                (_, None) => (
                    Rule::DiscriminatorChanged,
                    format!(
                        "the value `{value}` stands for nothing now, stood for {}",
                        said(before)
                    ),
                ),
                _ => (
                    Rule::DiscriminatorChanged,
                    format!(
                        "the value `{value}` stands for {}, stood for {}",
                        said(after),
                        said(before)
                    ),
                ),
            };
            let said = Said {
                message,
                before: before.cloned(),
                after: after.cloned(),
            };
            self.note(to, rule, places.clone(), said);
        }
    }
}

/// The schema for which `value` stands: without an entry, the component of that name.
fn target<'d>(
    document: &Document<'d>,
    value: &str,
    entry: Option<&'d Value>,
) -> Option<Schema<'d>> {
    let named = |name: &str| child("/components/schemas", name);
    let pointer = match entry {
        None => named(value),
        Some(entry) => match entry.as_str()?.strip_prefix('#') {
            Some(pointer) => pointer.to_owned(),
            None => named(entry.as_str()?),
        },
    };
    let schema = document.value.pointer(&pointer)?;
    Some(Schema::new(pointer, schema))
}
