//! Compares the properties of objects.

use serde_json::Value;

use super::{Position, SchemaPair};
use crate::compare::{
    level::Direction,
    normalize::{NormalizedSchema, Schema},
    pairing::entries,
    renames,
    rules::Rule,
};

fn position(required: bool) -> Position {
    match required {
        true => Position::Other,
        false => Position::OptionalProperty,
    }
}

/// Returns the rule for a property that became required or optional, and the word for it.
fn requirement(required: bool) -> (Rule, &'static str) {
    match required {
        true => (Rule::FieldRequired, "required"),
        false => (Rule::FieldOptional, "optional"),
    }
}

/// Returns whether values of this direction must have the property. Requests do not contain read-only
/// properties, even required ones.
fn is_required(
    object: &NormalizedSchema<'_>,
    name: &str,
    property: &NormalizedSchema<'_>,
    direction: Direction,
) -> bool {
    let is_sent = direction == Direction::Response || !property.is_set("readOnly");
    is_sent && object.required.contains(name)
}

/// A property with its name.
type Property<'s, 'd> = (&'s String, &'s Schema<'d>);

impl<'d> SchemaPair<'_, 'd> {
    pub(super) fn properties(&self) {
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        for (name, old, new) in entries(&self.old.properties, &self.new.properties) {
            match (old, new) {
                (Some(old), Some(new)) => self.property(name, old, new),
                (Some(old), None) => removed.push((name, old)),
                (None, new) => added.extend(new.map(|new| (name, new))),
            }
        }
        // A removed property is a difference in a dry run, renamed or not.
        let renamed = renames::take(&mut removed, &mut added, |old, new| {
            !self.comparer.is_dry_run && self.is_renamed(*old, *new)
        });
        for ((old_name, old), (new_name, new)) in renamed {
            let message = format!("the property was renamed from `{old_name}` to `{new_name}`");
            self.entry(Some(old), Some(new))
                .record(Rule::FieldRenamed, message);
            let position = position(self.old.required.contains(&**old_name));
            self.queue(old, new, position);
        }
        for (name, old) in removed {
            let message = format!("the property `{name}` was removed");
            self.entry(Some(old), None)
                .record_values(Rule::FieldRemoved, message);
        }
        for (name, new) in added {
            self.added_property(name, new);
        }
        self.undescribed_properties();
    }

    fn is_renamed(
        &self,
        (old_name, old): Property<'_, 'd>,
        (new_name, new): Property<'_, 'd>,
    ) -> bool {
        let written = |schema: &Schema<'d>| schema.written().unwrap_or(&Value::Null);
        let was_required = self.old.required.contains(&**old_name);
        was_required == self.new.required.contains(&**new_name)
            && renames::may_be_renamed((old_name, new_name), (written(old), written(new)))
            && self.are_equivalent(old, new, position(was_required))
    }

    fn property(&self, name: &str, old: &Schema<'d>, new: &Schema<'d>) {
        let sides = self.comparer.normalized([old, new]);
        let is_set = |flag: &str| sides.iter().all(|side| side.is_set(flag));
        // The values of such a property have one direction only.
        let direction = if is_set("readOnly") {
            Direction::Response
        } else if is_set("writeOnly") {
            Direction::Request
        } else {
            self.direction
        };
        let [was_required, is_required] = [(&self.old, &sides[0]), (&self.new, &sides[1])]
            .map(|(object, property)| is_required(object, name, property, direction));
        if was_required != is_required {
            let (rule, word) = requirement(is_required);
            let message = format!("the {} property became {word}", self.direction_name());
            let property = self.entry(Some(old), Some(new));
            property.toward(direction).record(rule, message);
        }
        let position = position(was_required);
        self.comparer.queue_schemas(old, new, direction, position);
    }

    fn added_property(&self, name: &str, new: &Schema<'d>) {
        let property = NormalizedSchema::of(&self.comparer.new, new);
        let required = is_required(&self.new, name, &property, self.direction);
        let (rule, kind) = match required {
            true => (
                Rule::RequiredFieldAdded,
                format!("required {}", self.direction_name()),
            ),
            false => (Rule::OptionalFieldAdded, "optional".to_owned()),
        };
        let message = format!("the {kind} property `{name}` was added");
        self.entry(None, Some(new)).record_values(rule, message);
    }

    /// Compares the names in `required` that `properties` does not describe.
    fn undescribed_properties(&self) {
        let (old, new) = (&self.old, &self.new);
        for name in old.required.symmetric_difference(&new.required) {
            if !old.properties.contains_key(*name) && !new.properties.contains_key(*name) {
                let (rule, word) = requirement(new.required.contains(name));
                let message = format!("the property `{name}` became {word}");
                self.record("required", rule, message);
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
