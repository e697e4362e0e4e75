//! Compares discriminators, which select the variant of a union.

use serde_json::Value;

use super::SchemaPair;
use crate::{
    compare::{
        comparer::Position,
        cursor::Cursor,
        normalize::{Document, Schema},
        rules::Rule,
        values::describe_change,
    },
    openapi::pointer::child,
};

impl<'d> SchemaPair<'_, 'd> {
    pub(super) fn discriminator(&self, old: &'d Value, new: &'d Value) {
        let discriminator = self.at("discriminator", [Some(old), Some(new)]);
        for keyword in discriminator.keys() {
            let (old, new) = (old.get(keyword), new.get(keyword));
            match (keyword, old, new) {
                ("propertyName", Some(Value::String(before)), Some(Value::String(after))) => {
                    if before != after {
                        let message = format!(
                            "the discriminator property changed from `{before}` to `{after}`"
                        );
                        let values = [old, new];
                        discriminator.record_with(
                            Rule::DiscriminatorChanged,
                            message,
                            values,
                            None,
                        );
                    }
                }
                ("mapping", None | Some(Value::Object(_)), None | Some(Value::Object(_))) => {
                    self.mapping(&discriminator);
                }
                _ => discriminator.compare_keyword(keyword),
            }
        }
    }

    /// Compares the mappings. Entries are equal if their schemas are equivalent.
    fn mapping(&self, discriminator: &Cursor<'_, 'd>) {
        let mapping = discriminator.child("mapping");
        for value in mapping.keys() {
            let entry = mapping.child(value);
            let same = match (
                target(&self.comparer.old, value, entry.old),
                target(&self.comparer.new, value, entry.new),
            ) {
                (Some(old), Some(new)) => {
                    old.key() == new.key() || self.are_equivalent(&old, &new, Position::Variant)
                }
                _ => entry.old == entry.new,
            };
            if same {
                continue;
            }
            let rule = match entry.old {
                None => Rule::VariantAdded,
                Some(_) => Rule::DiscriminatorChanged,
            };
            let subject = format!("the mapping of the discriminator value `{value}`");
            let message = describe_change(&subject, entry.old, entry.new);
            discriminator.record_with(rule, message, [entry.old, entry.new], None);
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
