//! Compares discriminators, which select the variant of a union.

use serde_json::Value;

use super::SchemaPair;
use crate::{
    compare::{
        changes::{Details, Pointers},
        comparison::{Comparer, keys},
        normalize::{Document, Schema},
        rules::Rule,
        schemas::Position,
        values::describe_change,
    },
    openapi::pointer::child,
};

impl<'d> SchemaPair<'d> {
    pub(super) fn discriminator(
        &self,
        comparer: &mut Comparer<'d>,
        old: &'d Value,
        new: &'d Value,
    ) {
        let pointers = self.pointers_to("discriminator");
        for keyword in keys(old, new) {
            let (old, new) = (old.get(keyword), new.get(keyword));
            match (keyword, old, new) {
                ("propertyName", Some(Value::String(before)), Some(Value::String(after))) => {
                    if before != after {
                        let message = format!(
                            "the discriminator property changed from `{before}` to `{after}`"
                        );
                        let (rule, pointers) = (Rule::DiscriminatorChanged, pointers.clone());
                        self.record(comparer, rule, pointers, Details::new(message, old, new));
                    }
                }
                ("mapping", None | Some(Value::Object(_)), None | Some(Value::Object(_))) => {
                    self.mapping(comparer, old, new, &pointers)
                }
                _ => comparer.keyword(self.direction, keyword, old, new, &pointers),
            }
        }
    }

    /// Compares the mappings. Entries are equal if their schemas are equivalent.
    fn mapping(
        &self,
        comparer: &mut Comparer<'d>,
        old: Option<&'d Value>,
        new: Option<&'d Value>,
        pointers: &Pointers,
    ) {
        let (old, new) = (old.unwrap_or(&Value::Null), new.unwrap_or(&Value::Null));
        for value in keys(old, new) {
            let (before, after) = (old.get(value), new.get(value));
            let same = match (
                target(&comparer.old, value, before),
                target(&comparer.new, value, after),
            ) {
                (Some(old), Some(new)) => {
                    old.key() == new.key() || comparer.are_equivalent(&old, &new, Position::Variant)
                }
                _ => before == after,
            };
            if same {
                continue;
            }
            let rule = match before {
                None => Rule::VariantAdded,
                Some(_) => Rule::DiscriminatorChanged,
            };
            let subject = format!("the mapping of the discriminator value `{value}`");
            let message = describe_change(&subject, before, after);
            let details = Details::new(message, before, after);
            self.record(comparer, rule, pointers.clone(), details);
        }
    }
}

/// Returns the schema for a discriminator value. Without an entry it is the component of that name.
fn target<'d>(
    document: &Document<'d>,
    value: &str,
    entry: Option<&'d Value>,
) -> Option<Schema<'d>> {
    let component = |name: &str| child("/components/schemas", name);
    let pointer = match entry {
        None => component(value),
        Some(entry) => match entry.as_str()?.strip_prefix('#') {
            Some(pointer) => pointer.to_owned(),
            None => component(entry.as_str()?),
        },
    };
    let schema = document.value.pointer(&pointer)?;
    Some(Schema::new(pointer, schema))
}
