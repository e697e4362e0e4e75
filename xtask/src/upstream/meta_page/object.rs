//! Objects: the fields of a list, each with what is below it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    Read,
    description::{self, put},
    entries::Entry,
    nesting::{self, Hints, Parent},
    schemas::Schemas,
    types::Type,
    unexpected,
    unplaced::UNPLACED,
};

/// Returns the object with `entries` as its fields and their fields, and whether the page shows
/// the parents of all of them.
pub fn nest(
    entries: &[Entry<'_>],
    name: Option<&str>,
    schemas: &mut Schemas,
    hints: &Hints<'_>,
) -> Read<(Value, bool)> {
    if let Some(last) = entries.last().filter(|last| last.opens) {
        return unexpected(
            last.line,
            "child attributes below the last field that offers them",
        );
    }
    let parents = nesting::parents(entries, name, schemas, hints)?;
    let nested = Nested {
        entries,
        parents: &parents,
    };
    let mut object = nested.object(None, schemas)?;
    let unplaced = (0..entries.len()).filter(|index| !nested.is_certain(*index));
    let fields = unplaced.map(|index| {
        let Entry { field, line, .. } = &entries[index];
        let parents = parents[index].iter().map(|parent| nested.path(*parent));
        let unplaced = json!({
            "name": field.name,
            "parents": parents.collect::<Vec<_>>(),
            "required": field.required,
            "schema": nested.schema(index, schemas)?,
        });
        schemas.unplaced_lines.push((unplaced.clone(), line.number));
        Ok(unplaced)
    });
    let fields = fields.collect::<Read<Vec<Value>>>()?;
    let is_complete = fields.is_empty();
    if !is_complete {
        put(&mut object, UNPLACED, fields.into());
    }
    Ok((object, is_complete))
}

/// Entries, and the possible parents of each.
struct Nested<'e, 'l> {
    entries: &'e [Entry<'l>],
    parents: &'e [BTreeSet<Parent>],
}

impl Nested<'_, '_> {
    /// Returns whether the page shows the parent of the entry at `index`.
    fn is_certain(&self, index: usize) -> bool {
        self.parents[index].len() == 1
    }

    /// Returns the entries that can belong to `parent`.
    fn possible(&self, parent: Parent) -> impl Iterator<Item = usize> {
        let all = 0..self.entries.len();
        all.filter(move |index| self.parents[*index].contains(&parent))
    }

    /// Returns the entries that certainly belong to `parent`.
    fn children(&self, parent: Parent) -> impl Iterator<Item = usize> {
        self.possible(parent)
            .filter(|index| self.is_certain(*index))
    }

    /// Returns whether all entries below `parent` are certain.
    fn is_complete(&self, parent: Parent) -> bool {
        self.possible(parent)
            .all(|index| self.is_certain(index) && self.is_complete(Some(index)))
    }

    /// Returns the object with the children of `parent`.
    fn object(&self, parent: Parent, schemas: &mut Schemas) -> Read<Value> {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for index in self.children(parent) {
            let field = &self.entries[index].field;
            let schema = self.schema(index, schemas)?;
            properties.insert(field.name.clone(), schema);
            if field.required {
                required.push(field.name.as_str());
            }
        }
        let mut object = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        Ok(object)
    }

    /// Returns the names on the way to `parent`, as `calling.call_hours`. Where the way is not
    /// certain, the innermost one is taken.
    fn path(&self, mut parent: Parent) -> String {
        let mut names = Vec::new();
        while let Some(index) = parent {
            let field = &self.entries[index].field;
            names.push(if field.is_items {
                "[]"
            } else {
                field.name.as_str()
            });
            parent = self.parents[index].last().copied().flatten();
        }
        names.reverse();
        names.join(".").replace(".[]", "[]")
    }

    /// Returns the schema of the entry at `index` with what is below it.
    fn schema(&self, index: usize, schemas: &mut Schemas) -> Read<Value> {
        let entry = &self.entries[index];
        let mut schema = entry.field.kind.schema(schemas);
        match (
            entry.field.kind.not_null(),
            self.children(Some(index)).next(),
        ) {
            (_, None) => {}
            (Type::Array(_), Some(items)) => {
                let items = self.schema(items, schemas)?;
                put(&mut schema, "items", items);
            }
            (Type::Named(name), Some(_)) => {
                let object = self.object(Some(index), schemas)?;
                let is_complete = self.is_complete(Some(index));
                schemas.define(name, entry.line.number, object, is_complete)?;
            }
            (Type::Primitive("object", _), Some(_)) => {
                let object = self.object(Some(index), schemas)?;
                for key in ["properties", "required"] {
                    if let Some(value) = object.get(key) {
                        put(&mut schema, key, value.clone());
                    }
                }
            }
            _ => return unexpected(entry.line, "child attributes only of an object or an array"),
        }
        description::add(&mut schema, &entry.description);
        if entry.field.is_deprecated(&entry.description) {
            put(&mut schema, "deprecated", true.into());
        }
        Ok(schema)
    }
}
