//! Compares the properties of objects.

use std::collections::BTreeMap;

use super::{Position, SchemaPair};
use crate::compare::{
    changes::{Details, Pointers},
    level::Direction,
    normalize::{NormalizedSchema, Schema},
    renames,
    rules::Rule,
};

fn position(required: bool) -> Position {
    match required {
        true => Position::Other,
        false => Position::OptionalProperty,
    }
}

impl<'d> SchemaPair<'_, 'd> {
    pub(super) fn properties(&self) {
        let renamed = self.renamed_properties();
        for (new_name, old_name) in &renamed {
            let (old, new) = (
                &self.old.properties[*old_name],
                &self.new.properties[*new_name],
            );
            let message = format!("the property was renamed from `{old_name}` to `{new_name}`");
            let pointers = Pointers::both(old.pointer(), new.pointer());
            self.record(Rule::FieldRenamed, pointers, message);
            let position = position(self.old.required.contains(*old_name));
            self.queue(old, new, position);
        }
        for (name, old) in &self.old.properties {
            if renamed.values().any(|old_name| *old_name == &**name) {
                continue;
            }
            match self.new.properties.get(name) {
                Some(new) => self.property(name, old, new),
                None => {
                    let message = format!("the property `{name}` was removed");
                    let details = Details::new(message, old.written(), None);
                    let pointers = Pointers::removed(old.pointer());
                    self.record(Rule::FieldRemoved, pointers, details);
                }
            }
        }
        for (name, new) in &self.new.properties {
            if !self.old.properties.contains_key(name) && !renamed.contains_key(&**name) {
                self.added_property(name, new);
            }
        }
        self.undescribed_properties();
    }

    /// Returns the old names of renamed properties, by their new names.
    fn renamed_properties(&self) -> BTreeMap<&str, &str> {
        // A removed property is a difference, renamed or not.
        if self.comparer.is_dry_run {
            return BTreeMap::new();
        }
        let (old, new) = (&self.old, &self.new);
        let removed: Vec<_> = old
            .properties
            .iter()
            .filter(|(name, _)| !new.properties.contains_key(*name))
            .collect();
        let added: Vec<_> = new
            .properties
            .iter()
            .filter(|(name, _)| !old.properties.contains_key(*name))
            .collect();
        let written = |schema: &Schema<'d>| schema.written().unwrap_or(&serde_json::Value::Null);
        let pairs = renames::pairs(
            &removed,
            &added,
            |(old_name, old_schema), (new_name, new_schema)| {
                let was_required = old.required.contains(*old_name);
                let is_required = new.required.contains(*new_name);
                was_required == is_required
                    && renames::may_be_renamed(
                        (old_name, new_name),
                        (written(old_schema), written(new_schema)),
                    )
                    && self.are_equivalent(old_schema, new_schema, position(was_required))
            },
        );
        let names = pairs
            .iter()
            .map(|(old, new)| (*added[*new].0, *removed[*old].0));
        names.collect()
    }

    fn property(&self, name: &str, old: &Schema<'d>, new: &Schema<'d>) {
        let was_required = self.old.required.contains(name);
        let is_required = self.new.required.contains(name);
        let sides = [
            NormalizedSchema::of(&self.comparer.old, old),
            NormalizedSchema::of(&self.comparer.new, new),
        ];
        let is_set = |flag: &str| sides.iter().all(|side| side.is_set(flag));
        // The values of such a property have one direction only.
        let direction = if is_set("readOnly") {
            Direction::Response
        } else if is_set("writeOnly") {
            Direction::Request
        } else {
            self.direction
        };
        if was_required != is_required {
            let (rule, change) = match is_required {
                true => (Rule::FieldRequired, "required"),
                false => (Rule::FieldOptional, "optional"),
            };
            let message = format!("the {} property became {change}", self.direction_name());
            let pointers = Pointers::both(old.pointer(), new.pointer());
            let comparer = self.comparer;
            comparer.record(rule, direction, pointers, message, None);
        }
        let position = position(was_required);
        self.comparer.queue_schemas(old, new, direction, position);
    }

    fn added_property(&self, name: &str, new: &Schema<'d>) {
        // Requests do not contain read-only properties, even required ones.
        let read_only = NormalizedSchema::of(&self.comparer.new, new).is_set("readOnly");
        let required = self.new.required.contains(name)
            && !(read_only && self.direction == Direction::Request);
        let (rule, kind) = match required {
            true => (
                Rule::RequiredFieldAdded,
                format!("required {}", self.direction_name()),
            ),
            false => (Rule::OptionalFieldAdded, "optional".to_owned()),
        };
        let message = format!("the {kind} property `{name}` was added");
        let details = Details::new(message, None, new.written());
        self.record(rule, Pointers::added(new.pointer()), details);
    }

    /// Compares the names in `required` that `properties` does not describe.
    fn undescribed_properties(&self) {
        let (old, new) = (&self.old, &self.new);
        let is_described =
            |name: &str| old.properties.contains_key(name) || new.properties.contains_key(name);
        for name in new.required.difference(&old.required) {
            if !is_described(name) {
                let message = format!("the property `{name}` became required");
                let pointers = self.pointers_to("required");
                self.record(Rule::FieldRequired, pointers, message);
            }
        }
        for name in old.required.difference(&new.required) {
            if !is_described(name) {
                let message = format!("the property `{name}` became optional");
                let pointers = self.pointers_to("required");
                self.record(Rule::FieldOptional, pointers, message);
            }
        }
    }

    fn direction_name(&self) -> &'static str {
        match self.direction {
            Direction::Request => "request",
            Direction::Response => "response",
        }
    }
}
