//! The schemas that a page names.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{
    Read, refuse,
    unplaced::{UNPLACED, UnplacedLines},
};

/// The named schemas of a page, in the order in which it names them.
#[derive(Default)]
pub struct Schemas {
    by_name: IndexMap<String, Option<Definition>>,
    /// What an earlier reading of the page found out.
    known: BTreeMap<String, Value>,
    pub unplaced_lines: UnplacedLines,
}

/// The content of a schema, and the line that shows it.
struct Definition {
    line: usize,
    schema: Value,
    is_complete: bool,
}

impl Definition {
    /// Adds what `new` knows of the same schema. Returns whether that is possible: both are equal, or
    /// one is complete and has all that the other shows.
    fn merge(&mut self, new: Self) -> bool {
        if self.schema == new.schema {
            self.is_complete |= new.is_complete;
            return true;
        }
        let is_part = match (self.is_complete, new.is_complete) {
            (true, false) => is_part(&new.schema, &self.schema),
            (false, true) => is_part(&self.schema, &new.schema),
            _ => false,
        };
        if new.is_complete {
            *self = new;
        }
        is_part
    }
}

/// Returns whether all that `part` shows of an object is in `whole`.
fn is_part(part: &Value, whole: &Value) -> bool {
    let is_required = |schema: &Value, name: &String| {
        let required = schema["required"].as_array();
        required.is_some_and(|required| required.iter().any(|other| other == name))
    };
    let has = |(name, property): (&String, &Value)| {
        whole["properties"].get(name) == Some(property)
            && is_required(part, name) == is_required(whole, name)
    };
    let properties = part["properties"].as_object();
    part.get(UNPLACED).is_none() && properties.is_some_and(|part| part.iter().all(has))
}

impl Schemas {
    /// Returns no schemas, but with the knowledge of `earlier`, an earlier reading of the page.
    pub fn with_knowledge_of(earlier: &Self) -> Self {
        Self {
            known: earlier.complete(),
            ..Self::default()
        }
    }

    /// Returns whether this reading of the page found out more than the one before it.
    pub fn has_news(&self) -> bool {
        self.complete().len() > self.known.len()
    }

    /// Returns the schemas whose fields are all certain.
    fn complete(&self) -> BTreeMap<String, Value> {
        let definitions = self.by_name.iter().filter_map(|(name, definition)| {
            let definition = definition
                .as_ref()
                .filter(|definition| definition.is_complete)?;
            Some((name.clone(), definition.schema.clone()))
        });
        definitions.collect()
    }

    /// Returns a reference to the schema `name`, which the page may show elsewhere or not at all.
    pub fn reference(&mut self, name: &str) -> Value {
        self.by_name.entry(name.to_owned()).or_default();
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// Sets the content of the schema `name`. It is complete if the page leaves open of no field
    /// whether it belongs to the schema.
    ///
    /// Pages repeat a schema wherever it is used. Fails if a repetition contradicts what is known.
    pub fn define(
        &mut self,
        name: &str,
        line: usize,
        schema: Value,
        is_complete: bool,
    ) -> Read<()> {
        let new = Definition {
            line,
            schema,
            is_complete,
        };
        let definition = self.by_name.entry(name.to_owned()).or_default();
        let Some(known) = definition else {
            *definition = Some(new);
            return Ok(());
        };
        let first = known.line;
        match known.merge(new) {
            true => Ok(()),
            false => refuse(
                line,
                &format!("the schema {name} differs from line {first}"),
            ),
        }
    }

    /// Returns the properties of the schema `name`, if the page has shown all of them.
    pub fn properties(&self, name: &str) -> Option<&Map<String, Value>> {
        let here = self.by_name.get(name).and_then(Option::as_ref);
        let here = here
            .filter(|definition| definition.is_complete)
            .map(|found| &found.schema);
        here.or(self.known.get(name))?
            .get("properties")?
            .as_object()
    }

    /// Returns the schemas as components. A schema that the page names without showing it accepts
    /// any value.
    pub fn into_components(self) -> Map<String, Value> {
        let schema = |definition: Option<Definition>| match definition {
            Some(definition) => definition.schema,
            None => json!({}),
        };
        let schemas = self.by_name.into_iter();
        schemas
            .map(|(name, definition)| (name, schema(definition)))
            .collect()
    }
}
