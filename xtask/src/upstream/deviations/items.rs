//! The items that a page and a document can be compared by, each with what the two say of it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{
    ABSENT, PRESENT, SPEC, UPSTREAM,
    place::{Place, by_name, names, texts},
};
use crate::{
    openapi::{
        pointer::{child, component, reference},
        walk::METHODS,
    },
    upstream::reference_page::one_of,
};

/// Headers that the client sets itself, whatever a page says of them. In small letters.
const SET_BY_CLIENT: [&str; 3] = ["accept", "content-type", "user-agent"];

/// One thing that both documents can say something of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// JSON Pointer to it in the facts of the page, or to where it would be.
    pub at: String,
    /// What messages call it.
    pub what: String,
    /// JSON Pointer to what the page says of it; a list stands for its entries.
    pub upstream: String,
    /// JSON Pointer to what the document says of it.
    pub spec_place: String,
    pub page: Value,
    pub spec: Value,
}

impl Item {
    /// Whether the two documents disagree.
    pub fn differs(&self) -> bool {
        self.page != self.spec
    }
}

/// The items of the facts `upstream` of a page and of the document `spec`.
pub fn of(upstream: &Value, spec: &Value) -> Result<Vec<Item>> {
    let root = |value| Place {
        pointer: String::new(),
        value,
    };
    let (upstream, spec) = (root(upstream), root(spec));
    let operations = upstream.get("operations");
    let operations = operations.with_context(|| {
        format!("{UPSTREAM} has no `operations`; run `cargo xtask refresh --only graph`")
    })?;
    spec.get("paths")
        .with_context(|| format!("{SPEC} has no `paths`; make it an OpenAPI document"))?;
    let mut comparison = Comparison {
        upstream,
        spec,
        seen: BTreeSet::new(),
        items: Vec::new(),
    };
    let prefix = comparison.server();
    comparison.security_schemes();
    comparison.operations(&operations, &prefix);
    Ok(comparison.items)
}

/// An operation of the document.
#[derive(Clone)]
struct Operation<'d> {
    path_item: Place<'d>,
    place: Place<'d>,
}

/// What is compared, and the items so far.
struct Comparison<'d> {
    upstream: Place<'d>,
    spec: Place<'d>,
    /// The schemas of the page that have been compared, with the place of the other one.
    seen: BTreeSet<(String, String)>,
    items: Vec<Item>,
}

impl<'d> Comparison<'d> {
    /// Adds an item that both sides have.
    fn both(
        &mut self,
        at: &str,
        what: &str,
        spec_place: &str,
        page: impl Into<Value>,
        spec: impl Into<Value>,
    ) {
        self.items.push(Item {
            at: at.to_owned(),
            what: what.to_owned(),
            upstream: at.to_owned(),
            spec_place: spec_place.to_owned(),
            page: page.into(),
            spec: spec.into(),
        });
    }

    /// Adds an item that a side may lack; says whether both have it.
    fn presence(
        &mut self,
        at: &str,
        what: &str,
        spec_place: &str,
        on_page: bool,
        in_spec: bool,
    ) -> bool {
        let word = |is_there| if is_there { PRESENT } else { ABSENT };
        self.both(at, what, spec_place, word(on_page), word(in_spec));
        on_page && in_spec
    }

    /// `place`, or what it refers to, and the names of the schemas on the way.
    fn follow(&self, place: &Place<'d>) -> (Place<'d>, Vec<&'d str>) {
        let mut place = place.clone();
        let mut names = Vec::new();
        // References that lead in a circle lead nowhere.
        for _ in 0..32 {
            let Some(reference) = reference(place.value) else {
                break;
            };
            let target = reference.strip_prefix('#').and_then(|pointer| {
                Some(Place {
                    pointer: pointer.to_owned(),
                    value: self.spec.value.pointer(pointer)?,
                })
            });
            let Some(target) = target else { break };
            names.extend(component(reference, "schemas"));
            place = target;
        }
        (place, names)
    }

    /// Compares base URL and version; answers with what the server's URL adds to every path.
    fn server(&mut self) -> String {
        let page = self.upstream.text("baseUrl").unwrap_or(ABSENT).to_owned();
        let url = self.first_server().and_then(|server| server.get("url"));
        let place = url
            .as_ref()
            .map_or_else(|| "/servers".to_owned(), |url| url.pointer.clone());
        let url = url.and_then(|url| url.value.as_str()).unwrap_or(ABSENT);
        let (base, prefix) = split_url(url.trim_end_matches('/'), &page);
        self.both("/baseUrl", "the base URL", &place, page.as_str(), base);

        let version = self.upstream.text("version").unwrap_or(ABSENT);
        let of_info = self.spec.at(&["info", "version"]);
        let of_info = of_info.and_then(|place| place.value.as_str());
        let default = self.version_variable();
        let default_text = default.as_ref().and_then(|place| place.value.as_str());
        let (place, text) = match (&default, default_text) {
            // The version stands twice in the document; the one that differs is told.
            (Some(place), Some(text)) if of_info == Some(version) => (place.pointer.as_str(), text),
            _ => ("/info/version", of_info.unwrap_or(ABSENT)),
        };
        self.both("/version", "the version", place, version, text);
        prefix.to_owned()
    }

    /// The first server of the document, which stands for all of them.
    fn first_server(&self) -> Option<Place<'d>> {
        self.spec.get("servers")?.entries().first().cloned()
    }

    /// The variables of the server's URL, which are path parameters of the page.
    fn server_variables(&self) -> Option<Place<'d>> {
        self.first_server()?.get("variables")
    }

    /// The version that the first server's URL has unless told otherwise.
    fn version_variable(&self) -> Option<Place<'d>> {
        self.server_variables()?.at(&["Version", "default"])
    }

    /// Compares the security schemes, but for who requires them.
    fn security_schemes(&mut self) {
        let page = self.upstream.get("security");
        let page = by_name(page.as_ref());
        let spec = self.spec.at(&["components", "securitySchemes"]);
        let spec = by_name(spec.as_ref());
        for name in names(&page, &spec) {
            let at = child("/security", name);
            let what = format!("the security scheme `{name}`");
            let (page, spec) = (page.get(name), spec.get(name));
            let spec = spec.map(|scheme| self.follow(scheme).0);
            let place = spec.as_ref().map_or_else(
                || child("/components/securitySchemes", name),
                |scheme| scheme.pointer.clone(),
            );
            self.presence(&at, &what, &place, page.is_some(), spec.is_some());
            let (Some(page), Some(spec)) = (page, spec) else {
                continue;
            };
            let (kind, location) = scheme(&spec);
            for (aspect, text) in [("type", kind), ("location", location)] {
                self.both(
                    &child(&at, aspect),
                    &format!("the {aspect} of {what}"),
                    &place,
                    page.text(aspect).unwrap_or(ABSENT),
                    text,
                );
            }
        }
    }

    /// Compares the operations; `prefix` is what the server's URL adds to the document's paths.
    fn operations(&mut self, page: &Place<'d>, prefix: &str) {
        let page: BTreeMap<_, _> = page
            .members()
            .into_iter()
            .map(|(key, place)| (key.to_owned(), place))
            .collect();
        let mut spec = BTreeMap::new();
        let paths = self.spec.get("paths");
        for (path, path_item) in paths.iter().flat_map(Place::members) {
            let path_item = self.follow(&path_item).0;
            for method in METHODS {
                if let Some(place) = path_item.get(method) {
                    let key = format!("{} {prefix}{path}", method.to_uppercase());
                    let path_item = path_item.clone();
                    spec.insert(key, Operation { path_item, place });
                }
            }
        }
        let keys: BTreeSet<_> = page.keys().chain(spec.keys()).collect();
        for key in keys {
            let at = child("/operations", key);
            let (page, spec) = (page.get(key), spec.get(key));
            let place = match spec {
                Some(operation) => operation.place.pointer.clone(),
                None => {
                    let (method, path) = key.split_once(' ').unwrap_or_default();
                    let path = path.strip_prefix(prefix).unwrap_or(path);
                    child(&child("/paths", path), &method.to_lowercase())
                }
            };
            let what = format!("the operation `{key}`");
            self.presence(&at, &what, &place, page.is_some(), spec.is_some());
            if let (Some(page), Some(spec)) = (page, spec) {
                let what = format!("of `{key}`");
                self.security(spec, &what);
                self.parameters(page, spec, &what);
                self.request_body(page, spec, &what);
                self.responses(page, spec, &what);
            }
        }
    }

    /// What `operation` says of security, or else the whole document.
    fn security_of(&self, operation: &Operation<'d>) -> Option<Place<'d>> {
        let own = operation.place.get("security");
        own.or_else(|| self.spec.get("security"))
    }

    /// Whether every call of `operation` has to carry the credentials of `scheme`.
    fn requires(&self, operation: &Operation<'d>, scheme: &str) -> bool {
        let choices = self.security_of(operation);
        let choices = choices.iter().flat_map(Place::entries).collect::<Vec<_>>();
        !choices.is_empty() && choices.iter().all(|choice| choice.get(scheme).is_some())
    }

    /// Compares what the page requires of every operation with what `operation` requires.
    fn security(&mut self, operation: &Operation<'d>, what: &str) {
        let place = self.security_of(operation);
        let place = place.map_or_else(|| "/security".to_owned(), |place| place.pointer);
        let schemes = self.upstream.get("security");
        for (name, scheme) in schemes.iter().flat_map(Place::members) {
            // A scheme that the document lacks has been told.
            let is_known = self
                .spec
                .at(&["components", "securitySchemes", name])
                .is_some();
            if is_known {
                self.both(
                    &child(&scheme.pointer, "required"),
                    &format!("`required` of the security scheme `{name}` {what}"),
                    &place,
                    scheme.is("required"),
                    self.requires(operation, name),
                );
            }
        }
    }

    /// The parameters of `operation` by place and name, such as `query fields`.
    fn parameters_of(&self, operation: &Operation<'d>) -> BTreeMap<String, Place<'d>> {
        let holders = [
            operation.path_item.get("parameters"),
            operation.place.get("parameters"),
        ];
        let listed = holders.iter().flatten().flat_map(Place::entries);
        let keyed = listed.filter_map(|parameter| {
            let parameter = self.follow(&parameter).0;
            let key = format!("{} {}", parameter.text("in")?, parameter.text("name")?);
            Some((key, parameter))
        });
        keyed.collect()
    }

    /// Compares the parameters of an operation.
    fn parameters(&mut self, page: &Place<'d>, operation: &Operation<'d>, of: &str) {
        let at = child(&page.pointer, "parameters");
        let page = page.get("parameters");
        let page = by_name(page.as_ref());
        let spec = self.parameters_of(operation);
        let spec: BTreeMap<_, _> = spec.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
        for key in names(&page, &spec) {
            let at = child(&at, key);
            let what = format!("the parameter `{key}` {of}");
            let (page, spec) = (page.get(key), spec.get(key));
            if let (Some(page), None) = (page, spec)
                && self.parameter_by_other_means(page, operation, key, &what)
            {
                continue;
            }
            let place = spec.map_or_else(
                || child(&operation.place.pointer, "parameters"),
                |parameter| parameter.pointer.clone(),
            );
            self.presence(&at, &what, &place, page.is_some(), spec.is_some());
            if let (Some(page), Some(spec)) = (page, spec) {
                self.parameter(page, spec, &what);
            }
        }
    }

    /// Compares a parameter of the page that OpenAPI has other words for; says whether it is one.
    fn parameter_by_other_means(
        &mut self,
        page: &Place<'d>,
        operation: &Operation<'d>,
        key: &str,
        what: &str,
    ) -> bool {
        let Some((place, name)) = key.split_once(' ') else {
            return false;
        };
        let required = child(&page.pointer, "required");
        let is_required = format!("`required` of {what}");
        match place {
            "path" => {
                let variables = self.server_variables();
                let Some(variable) = variables.and_then(|variables| variables.get(name)) else {
                    return false;
                };
                // Variables of a URL are texts and always there.
                let place = variable.pointer;
                let kind = page.text("type").unwrap_or(ABSENT);
                let type_at = child(&page.pointer, "type");
                self.presence(&page.pointer, what, &place, true, true);
                self.both(
                    &type_at,
                    &format!("the type of {what}"),
                    &place,
                    kind,
                    "string",
                );
                self.both(&required, &is_required, &place, page.is("required"), true);
                true
            }
            "header" if SET_BY_CLIENT.contains(&name.to_lowercase().as_str()) => true,
            "header" => {
                let schemes = self.spec.at(&["components", "securitySchemes"]);
                let schemes = schemes.iter().flat_map(Place::members);
                let location = format!("Header: {name}");
                let carrier = schemes
                    .map(|(name, place)| (name, self.follow(&place).0))
                    .find(|(_, place)| scheme(place).1 == location);
                let Some((scheme, place)) = carrier else {
                    return false;
                };
                let requires = self.requires(operation, scheme);
                self.presence(&page.pointer, what, &place.pointer, true, true);
                let place = place.pointer;
                self.both(
                    &required,
                    &is_required,
                    &place,
                    page.is("required"),
                    requires,
                );
                true
            }
            _ => false,
        }
    }

    /// Compares a parameter that both sides have.
    fn parameter(&mut self, page: &Place<'d>, spec: &Place<'d>, what: &str) {
        self.both(
            &child(&page.pointer, "required"),
            &format!("`required` of {what}"),
            &child(&spec.pointer, "required"),
            page.is("required"),
            spec.is("required"),
        );
        let Some(schema) = spec.get("schema") else {
            let place = child(&spec.pointer, "schema");
            let at = child(&page.pointer, "type");
            let kind = page.text("type").unwrap_or(ABSENT);
            self.both(&at, &format!("the type of {what}"), &place, kind, ABSENT);
            return;
        };
        let list = self.follow(&schema).0;
        let is_list = list.text("type") == Some("array")
            && spec.value.get("explode") == Some(&Value::Bool(false))
            && matches!(spec.text("style"), None | Some("form"));
        let items = list.get("items").filter(|_| is_list);
        let kind = page.text("type").unwrap_or(ABSENT);
        // A list with commas between its entries is sent as a text, and pages call it one.
        let text = match &items {
            Some(items) if self.kind(items, kind) == kind || self.is_text(items) => kind.to_owned(),
            _ => self.kind(&schema, kind),
        };
        let at = child(&page.pointer, "type");
        self.both(
            &at,
            &format!("the type of {what}"),
            &schema.pointer,
            kind,
            text,
        );
        if items.is_some() || page.get("availableFields").is_some() {
            self.available_fields(page, &items.unwrap_or(schema), what);
        }
    }

    /// Whether `schema` is a text, be it of a few values only.
    fn is_text(&self, schema: &Place<'d>) -> bool {
        self.follow(schema).0.text("type") == Some("string")
    }

    /// Compares the fields that a parameter can ask for with the values of `schema`.
    fn available_fields(&mut self, page: &Place<'d>, schema: &Place<'d>, what: &str) {
        let list = child(&page.pointer, "availableFields");
        let listed = page.get("availableFields");
        let page: BTreeSet<_> = texts(listed.as_ref()).into_iter().collect();
        let schema = self.follow(schema).0;
        let place = child(&schema.pointer, "enum");
        let values = schema.get("enum");
        let spec: BTreeSet<_> = texts(values.as_ref()).into_iter().collect();
        // A document need not list the fields: then any text can be asked for.
        if spec.is_empty() {
            return;
        }
        for name in page.union(&spec) {
            let word = |is_there| if is_there { PRESENT } else { ABSENT };
            self.items.push(Item {
                at: child(&list, name),
                what: format!("the value `{name}` of {what}"),
                upstream: list.clone(),
                spec_place: place.clone(),
                page: word(page.contains(name)).into(),
                spec: word(spec.contains(name)).into(),
            });
        }
    }

    /// Compares the request bodies of an operation.
    fn request_body(&mut self, page: &Place<'d>, operation: &Operation<'d>, of: &str) {
        let what = format!("the request body {of}");
        let at = child(&page.pointer, "requestBody");
        let page = page.get("requestBody");
        let spec = operation.place.get("requestBody");
        if page.is_none() && spec.is_none() {
            return;
        }
        let spec = spec.map(|body| self.follow(&body).0);
        let place = spec.as_ref().map_or_else(
            || child(&operation.place.pointer, "requestBody"),
            |body| body.pointer.clone(),
        );
        self.presence(&at, &what, &place, page.is_some(), spec.is_some());
        if let (Some(page), Some(spec)) = (page, spec) {
            self.both(
                &child(&at, "required"),
                &format!("`required` of {what}"),
                &child(&spec.pointer, "required"),
                page.is("required"),
                spec.is("required"),
            );
            self.content(&page, &spec, &what);
        }
    }

    /// Compares the answers of an operation.
    fn responses(&mut self, page: &Place<'d>, operation: &Operation<'d>, of: &str) {
        let at = child(&page.pointer, "responses");
        let responses = child(&operation.place.pointer, "responses");
        let page = page.get("responses");
        let page = by_name(page.as_ref());
        let spec = operation.place.get("responses");
        let spec = by_name(spec.as_ref());
        for status in names(&page, &spec) {
            let what = format!("the answer {status} {of}");
            let (page, spec) = (page.get(status), spec.get(status));
            let place = child(&responses, status);
            let at = child(&at, status);
            self.presence(&at, &what, &place, page.is_some(), spec.is_some());
            if let (Some(page), Some(spec)) = (page, spec) {
                let spec = self.follow(spec).0;
                self.content(page, &spec, &what);
            }
        }
    }

    /// Compares media type and schema of a body.
    fn content(&mut self, page: &Place<'d>, spec: &Place<'d>, what: &str) {
        let place = child(&spec.pointer, "content");
        let content = spec.get("content");
        let content = content.iter().flat_map(Place::members).collect::<Vec<_>>();
        let media_types: Vec<_> = content.iter().map(|(media_type, _)| *media_type).collect();
        let media_types = match media_types.as_slice() {
            [] => ABSENT.to_owned(),
            some => some.join(", "),
        };
        self.both(
            &child(&page.pointer, "mediaType"),
            &format!("the media type of {what}"),
            &place,
            page.text("mediaType").unwrap_or(ABSENT),
            media_types,
        );
        let schema = content.iter().find_map(|(_, body)| body.get("schema"));
        let (Some(kind), Some(schema)) = (page.text("schema"), schema) else {
            return;
        };
        self.both(
            &child(&page.pointer, "schema"),
            &format!("the schema of {what}"),
            &schema.pointer,
            kind,
            self.kind(&schema, kind),
        );
        self.members(page, kind, &schema, what);
    }

    /// Compares the fields that `holder`, of the type `kind`, has on the page with `schema`.
    fn members(&mut self, holder: &Place<'d>, kind: &str, schema: &Place<'d>, what: &str) {
        let mut kind = kind;
        let mut schema = self.follow(schema).0;
        while let Some(items) = kind.strip_prefix("array of ") {
            kind = items;
            if let Some(place) = schema.get("items") {
                schema = self.follow(&place).0;
            }
        }
        let named = self.upstream.at(&["schemas", kind, "fields"]);
        let Some(fields) = holder.get("fields").or(named) else {
            return;
        };
        if self
            .seen
            .insert((fields.pointer.clone(), schema.pointer.clone()))
        {
            self.fields(&fields, &schema, what);
        }
    }

    /// Compares `page`, the fields of an object, with the properties of `schema`.
    fn fields(&mut self, page: &Place<'d>, schema: &Place<'d>, of: &str) {
        let properties = child(&schema.pointer, "properties");
        let spec = schema.get("properties");
        let spec = by_name(spec.as_ref());
        let required = schema.get("required");
        let required = texts(required.as_ref());
        let fields = by_name(Some(page));
        for name in names(&fields, &spec) {
            let at = child(&page.pointer, name);
            let what = format!("the field `{name}` of {of}");
            let place = child(&properties, name);
            let (field, property) = (fields.get(name), spec.get(name));
            self.presence(&at, &what, &place, field.is_some(), property.is_some());
            let (Some(field), Some(property)) = (field, property) else {
                continue;
            };
            self.both(
                &child(&at, "required"),
                &format!("`required` of {what}"),
                &child(&schema.pointer, "required"),
                field.is("required"),
                required.contains(&name),
            );
            let kind = field.text("type").unwrap_or(ABSENT);
            let text = self.kind(property, kind);
            let type_at = child(&at, "type");
            self.both(&type_at, &format!("the type of {what}"), &place, kind, text);
            self.members(field, kind, property, &what);
        }
    }

    /// The type of `schema` in the words of the page, which calls it `page`: a schema that has a
    /// name where the page has none is no other type.
    fn kind(&self, schema: &Place<'d>, page: &str) -> String {
        let (target, names) = self.follow(schema);
        if names.contains(&page) {
            return page.to_owned();
        }
        let Some(name) = names.first() else {
            return self.plain_kind(&target, page);
        };
        // Looking into a schema only where the page leaves it unnamed ends with the page's words,
        // even if the schema holds itself.
        let is_unnamed = !page.is_empty() && self.plain_kind(&target, page) == page;
        if is_unnamed { page } else { name }.to_owned()
    }

    /// The type of a schema, as if it had no name.
    fn plain_kind(&self, schema: &Place<'d>, page: &str) -> String {
        let quoted = |value: &Value| value.to_string();
        if let Some(value) = schema.value.get("const") {
            return quoted(value);
        }
        if let Some(Value::Array(values)) = schema.value.get("enum") {
            let values: Vec<_> = values.iter().map(quoted).collect();
            return match values.as_slice() {
                [value] => value.clone(),
                _ => one_of(values.iter().map(String::as_str).collect()),
            };
        }
        if let Some(choices) = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)) {
            let choices: Vec<_> = choices.entries().iter().map(|c| self.kind(c, "")).collect();
            return one_of(choices.iter().map(String::as_str).collect());
        }
        let kind = match schema.value.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            Some(Value::Array(kinds)) => one_of(kinds.iter().filter_map(Value::as_str).collect()),
            _ => "anything".to_owned(),
        };
        match (schema.text("format"), schema.get("items")) {
            (Some(format), _) => format!("{kind} ({format})"),
            // The page need not say of what a list is.
            (None, Some(items)) if kind == "array" && page != "array" => {
                let of = page.strip_prefix("array of ").unwrap_or_default();
                format!("array of {}", self.kind(&items, of))
            }
            _ => kind,
        }
    }
}

/// Splits a server's URL behind what the page calls the base URL, or else before its path.
fn split_url<'u>(url: &'u str, base: &str) -> (&'u str, &'u str) {
    let rest = url.strip_prefix(base);
    if let Some(prefix) = rest.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
        return url.split_at(url.len() - prefix.len());
    }
    // Another host may still have the same paths.
    let host = url.find("://").map_or(0, |scheme| scheme + "://".len());
    let path = url.get(host..).and_then(|rest| rest.find('/'));
    url.split_at(path.map_or(url.len(), |path| host + path))
}

/// The type and location of a security scheme, in the words of the page.
fn scheme(scheme: &Place<'_>) -> (String, String) {
    let header = "Header: Authorization".to_owned();
    match (scheme.text("type"), scheme.text("scheme")) {
        (Some("http"), Some(name)) => {
            let (first, rest) = name.split_at_checked(1).unwrap_or((name, ""));
            (format!("HTTP {}{rest}", first.to_uppercase()), header)
        }
        (Some("apiKey"), _) => {
            let place = match scheme.text("in") {
                Some("header") => "Header",
                Some("query") => "Query",
                _ => "Cookie",
            };
            let name = scheme.text("name").unwrap_or(ABSENT);
            ("API Key".to_owned(), format!("{place}: {name}"))
        }
        (kind, _) => (kind.unwrap_or(ABSENT).to_owned(), header),
    }
}
