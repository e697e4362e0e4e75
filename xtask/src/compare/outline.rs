//! A model of the public items of a generated module: everything that code using it can name.

mod parse;

use std::fmt::{self, Display};

pub use parse::parse;

/// A public item, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The path of the module that holds the item, such as `types`; empty for the root.
    pub module: String,
    /// The type that the item is a part of, with its generics; empty if there is none.
    pub owner: String,
    /// The name; for an implementation, the trait.
    pub name: String,
    pub generics: String,
    pub attributes: Attributes,
    pub kind: Kind,
}

/// A kind of item, with the parts of its definition that callers depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Struct,
    Enum,
    /// An enum that the crate's own macro defines.
    OpenEnum,
    /// A field with its type.
    Field(String),
    /// A variant with its fields or, in an open enum, its value.
    Variant(String),
    Function {
        is_async: bool,
        /// The parameters and the return type.
        signature: String,
        /// Whether it sets a value without which the builder fails.
        required: bool,
    },
    Impl,
    /// The values of a check that a type makes when it is parsed from a string.
    Bound(Vec<String>),
    Trait,
    Type,
    Const,
    Use,
}

/// The attributes that callers depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    pub derives: Vec<String>,
    /// The name in JSON, in quotes, if it differs from the name in Rust.
    pub rename: Option<String>,
    /// The other arguments of `serde`.
    pub serde: Vec<String>,
}

impl Item {
    /// Returns the keyword of the item, or of the type that it is a part of.
    pub fn keyword(&self) -> &'static str {
        match self.kind {
            Kind::Struct | Kind::Field(_) => "struct",
            Kind::Enum | Kind::OpenEnum | Kind::Variant(_) => "enum",
            Kind::Function { .. } => "fn",
            Kind::Impl => "impl",
            Kind::Bound(_) => "bound",
            Kind::Trait => "trait",
            Kind::Type => "type",
            Kind::Const => "const",
            Kind::Use => "use",
        }
    }

    /// Returns the noun for the kind of the item.
    pub fn noun(&self) -> &'static str {
        match self.kind {
            Kind::Struct | Kind::Enum | Kind::OpenEnum => "type",
            Kind::Field(_) => "field",
            Kind::Variant(_) => "variant",
            Kind::Function { .. } => "method",
            _ => self.keyword(),
        }
    }

    /// Returns whether the item is a type, and not a part of one.
    pub fn is_type(&self) -> bool {
        self.kind == Kind::OpenEnum || !self.attributes.derives.is_empty()
    }

    /// Returns the path of the type or module that holds the item.
    pub fn parent(&self) -> String {
        match self.owner.as_str() {
            "" => self.module.clone(),
            owner => join(&self.module, owner),
        }
    }

    /// Returns the path of the item.
    pub fn path(&self) -> String {
        join(&self.parent(), &format!("{}{}", self.name, self.generics))
    }

    /// Returns the keyword and the path, which identify the item in its module.
    pub fn id(&self) -> String {
        match self.kind {
            Kind::Impl => format!("impl {}: {}", self.parent(), self.name),
            _ => format!("{} {}", self.keyword(), self.path()),
        }
    }

    /// Returns the id for reports, in which a field or a variant is called so.
    pub fn report_id(&self) -> String {
        self.in_report(self.id())
    }

    /// Returns the line for reports, in which a field or a variant is called so.
    pub fn report_line(&self) -> String {
        self.in_report(self.to_string())
    }

    fn in_report(&self, line: String) -> String {
        match (&self.kind, line.strip_prefix(self.keyword())) {
            (Kind::Field(_) | Kind::Variant(_), Some(rest)) => format!("{}{rest}", self.noun()),
            _ => line,
        }
    }

    /// Returns the name of the type that the item is, or is a part of, without generics.
    pub fn type_name(&self) -> &str {
        let owner = self.owner.split('<').next();
        owner
            .filter(|owner| !owner.is_empty())
            .unwrap_or(&self.name)
    }

    /// Returns the name of the item in JSON.
    pub fn wire_name(&self) -> &str {
        let rename = self.attributes.rename.as_deref();
        rename.map_or(&self.name, |rename| rename.trim_matches('"'))
    }

    /// Returns the definition without the names in Rust and in JSON.
    pub fn unnamed_definition(&self) -> String {
        let mut unnamed = self.clone();
        unnamed.attributes.rename = None;
        unnamed.definition()
    }

    /// Returns the part of the line that follows the id.
    fn definition(&self) -> String {
        let start = match &self.kind {
            Kind::Field(field_type) => format!(": {field_type}"),
            Kind::Variant(content) => content.clone(),
            Kind::Function {
                signature,
                required,
                ..
            } => {
                format!("{signature}{}", if *required { ", required" } else { "" })
            }
            Kind::Bound(values) => format!(": {}", values.join(", ")),
            Kind::OpenEnum => " (open)".to_owned(),
            _ => String::new(),
        };
        format!("{start} {}", self.attributes).trim_end().to_owned()
    }
}

/// Writes the line of the item in snapshots and in JSON reports.
impl Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parent, definition) = (self.parent(), self.definition());
        match self.kind {
            Kind::Function { is_async: true, .. } => {
                let name = join(&parent, &format!("async {}", self.name));
                write!(f, "fn {name}{definition}")
            }
            _ => write!(f, "{}{definition}", self.id()),
        }
    }
}

impl Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rename = self.rename.iter().map(|name| format!("rename = {name}"));
        let serde: Vec<String> = rename.chain(self.serde.iter().cloned()).collect();
        let lists = [("derive", &self.derives), ("serde", &serde)];
        let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
        let lists: Vec<String> = lists
            .map(|(name, list)| format!("{name}({})", list.join(", ")))
            .collect();
        f.write_str(&lists.join(" "))
    }
}

fn join(parent: &str, name: &str) -> String {
    match parent {
        "" => name.to_owned(),
        parent => format!("{parent}::{name}"),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::parse;

    // The command that accepts snapshots selects tests by the word `snapshots`.
    #[test]
    fn the_surface_of_each_api_matches_the_snapshots() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../../tests/snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        for api in fs::read_dir(root.join("specs")).unwrap() {
            let api = api.unwrap();
            let api = api.file_name().display().to_string();
            let code = root.join(format!("src/generated/{api}.rs"));
            let Ok(code) = fs::read_to_string(code) else {
                continue;
            };
            let items = parse(&code).unwrap();
            let lines: Vec<String> = items.iter().map(ToString::to_string).collect();
            let name = format!("surface_{api}");
            settings.bind(|| insta::assert_snapshot!(name, lines.join("\n")));
        }
    }

    #[test]
    fn the_id_of_an_async_method_ends_with_its_name() {
        let items = parse("impl Client { pub async fn send(self) -> u8 { 0 } }").unwrap();
        assert_eq!(items[0].id(), "fn Client::send");
        assert_eq!(items[0].to_string(), "fn Client::async send(self) -> u8");
    }
}
