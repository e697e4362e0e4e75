//! The items in which a page and a document can differ, with the values on both sides.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{
    ABSENT, PRESENT, SPEC, UPSTREAM,
    node::{Node, by_name, names, strings},
};
use crate::{
    openapi::{
        pointer::{child, component, reference},
        walk::METHODS,
    },
    upstream::reference_page::one_of,
};

/// The headers that the client sets itself, in lower case. They are not compared.
const SET_BY_CLIENT: [&str; 3] = ["accept", "content-type", "user-agent"];

/// One item that is compared, such as a parameter or the type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The JSON Pointer to it in the facts of the page, or to where it would be.
    pub at: String,
    /// Its name in messages.
    pub label: String,
    /// The JSON Pointer to its value on the page; for an entry of a list, to the list.
    pub page_pointer: String,
    /// The JSON Pointer to its value in the document.
    pub spec_pointer: String,
    pub page: Value,
    pub spec: Value,
}

impl Item {
    /// Returns whether the two sides differ.
    pub fn differs(&self) -> bool {
        self.page != self.spec
    }
}

/// Returns the items of the facts `upstream` of a page and of the document `spec`.
pub fn of(upstream: &Value, spec: &Value) -> Result<Vec<Item>> {
    let root = |value| Node {
        pointer: String::new(),
        value,
    };
    let (upstream, spec) = (root(upstream), root(spec));
    let operations = upstream.get("operations");
    let operations = operations.with_context(|| {
        format!("{UPSTREAM}: has no `operations`; run `cargo xtask refresh --only graph`")
    })?;
    spec.get("paths")
        .with_context(|| format!("{SPEC}: has no `paths`; expected an OpenAPI document"))?;
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
    path_item: Node<'d>,
    node: Node<'d>,
}

/// The two sides of the comparison, and the items found so far.
struct Comparison<'d> {
    upstream: Node<'d>,
    spec: Node<'d>,
    /// The pointers to pairs of schemas that have been compared.
    seen: BTreeSet<(String, String)>,
    items: Vec<Item>,
}

impl<'d> Comparison<'d> {
    /// Adds an item.
    fn add(
        &mut self,
        at: &str,
        what: &str,
        spec_pointer: &str,
        page: impl Into<Value>,
        spec: impl Into<Value>,
    ) {
        self.items.push(Item {
            at: at.to_owned(),
            label: what.to_owned(),
            page_pointer: at.to_owned(),
            spec_pointer: spec_pointer.to_owned(),
            page: page.into(),
            spec: spec.into(),
        });
    }

    /// Adds an item that a side may lack. Returns whether both have it.
    fn presence(
        &mut self,
        at: &str,
        what: &str,
        spec_pointer: &str,
        on_page: bool,
        in_spec: bool,
    ) -> bool {
        let presence = |present| if present { PRESENT } else { ABSENT };
        self.add(at, what, spec_pointer, presence(on_page), presence(in_spec));
        on_page && in_spec
    }

    /// Returns the node that `node` refers to, or itself, and the names of the schemas on the way.
    fn follow(&self, node: &Node<'d>) -> (Node<'d>, Vec<&'d str>) {
        let mut node = node.clone();
        let mut names = Vec::new();
        // A limit, because references can form a cycle.
        for _ in 0..32 {
            let Some(reference) = reference(node.value) else {
                break;
            };
            let target = reference.strip_prefix('#').and_then(|pointer| {
                Some(Node {
                    pointer: pointer.to_owned(),
                    value: self.spec.value.pointer(pointer)?,
                })
            });
            let Some(target) = target else { break };
            names.extend(component(reference, "schemas"));
            node = target;
        }
        (node, names)
    }

    /// Compares base URL and version. Returns the prefix that the server's URL adds to every path.
    fn server(&mut self) -> String {
        let page = self.upstream.text("baseUrl").unwrap_or(ABSENT).to_owned();
        let url = self.first_server().and_then(|server| server.get("url"));
        let pointer = url
            .as_ref()
            .map_or_else(|| "/servers".to_owned(), |url| url.pointer.clone());
        let url = url.and_then(|url| url.value.as_str()).unwrap_or(ABSENT);
        let (base, prefix) = split_url(url.trim_end_matches('/'), &page);
        self.add("/baseUrl", "the base URL", &pointer, page.as_str(), base);

        let version = self.upstream.text("version").unwrap_or(ABSENT);
        let of_info = self.spec.at(&["info", "version"]);
        let of_info = of_info.and_then(|node| node.value.as_str());
        let default = self.version_variable();
        let default_text = default.as_ref().and_then(|node| node.value.as_str());
        let (pointer, text) = match (&default, default_text) {
            // The document has the version twice. The one that differs is compared.
            (Some(node), Some(text)) if of_info == Some(version) => (node.pointer.as_str(), text),
            _ => ("/info/version", of_info.unwrap_or(ABSENT)),
        };
        self.add("/version", "the version", pointer, version, text);
        prefix.to_owned()
    }

    /// Returns the first server of the document. Further ones are ignored.
    fn first_server(&self) -> Option<Node<'d>> {
        self.spec.get("servers")?.entries().first().cloned()
    }

    /// Returns the variables of the server's URL, which are path parameters on the page.
    fn server_variables(&self) -> Option<Node<'d>> {
        self.first_server()?.get("variables")
    }

    /// Returns the default of the variable `Version` of the first server's URL.
    fn version_variable(&self) -> Option<Node<'d>> {
        self.server_variables()?.at(&["Version", "default"])
    }

    /// Compares the security schemes, except for `required`.
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
            let pointer = spec.as_ref().map_or_else(
                || child("/components/securitySchemes", name),
                |scheme| scheme.pointer.clone(),
            );
            self.presence(&at, &what, &pointer, page.is_some(), spec.is_some());
            let (Some(page), Some(spec)) = (page, spec) else {
                continue;
            };
            let (kind, location) = scheme(&spec);
            for (aspect, text) in [("type", kind), ("location", location)] {
                self.add(
                    &child(&at, aspect),
                    &format!("the {aspect} of {what}"),
                    &pointer,
                    page.text(aspect).unwrap_or(ABSENT),
                    text,
                );
            }
        }
    }

    /// Compares the operations. `prefix` is the part of the server's URL that the page has in its
    /// paths.
    fn operations(&mut self, page: &Node<'d>, prefix: &str) {
        let page: BTreeMap<_, _> = page
            .properties()
            .into_iter()
            .map(|(key, node)| (key.to_owned(), node))
            .collect();
        let mut spec = BTreeMap::new();
        let paths = self.spec.get("paths");
        for (path, path_item) in paths.iter().flat_map(Node::properties) {
            let path_item = self.follow(&path_item).0;
            for method in METHODS {
                if let Some(node) = path_item.get(method) {
                    let key = format!("{} {prefix}{path}", method.to_uppercase());
                    let path_item = path_item.clone();
                    spec.insert(key, Operation { path_item, node });
                }
            }
        }
        let keys: BTreeSet<_> = page.keys().chain(spec.keys()).collect();
        for key in keys {
            let at = child("/operations", key);
            let (page, spec) = (page.get(key), spec.get(key));
            let pointer = match spec {
                Some(operation) => operation.node.pointer.clone(),
                None => {
                    let (method, path) = key.split_once(' ').unwrap_or_default();
                    let path = path.strip_prefix(prefix).unwrap_or(path);
                    child(&child("/paths", path), &method.to_lowercase())
                }
            };
            let what = format!("the operation `{key}`");
            self.presence(&at, &what, &pointer, page.is_some(), spec.is_some());
            if let (Some(page), Some(spec)) = (page, spec) {
                let what = format!("of `{key}`");
                self.security(spec, &what);
                self.parameters(page, spec, &what);
                self.request_body(page, spec, &what);
                self.responses(page, spec, &what);
            }
        }
    }

    /// Returns the `security` of `operation`, or else of the document.
    fn security_of(&self, operation: &Operation<'d>) -> Option<Node<'d>> {
        let own = operation.node.get("security");
        own.or_else(|| self.spec.get("security"))
    }

    /// Returns whether every call of `operation` must have the credentials of `scheme`.
    fn requires(&self, operation: &Operation<'d>, scheme: &str) -> bool {
        let choices = self.security_of(operation);
        let choices = choices.iter().flat_map(Node::entries).collect::<Vec<_>>();
        !choices.is_empty() && choices.iter().all(|choice| choice.get(scheme).is_some())
    }

    /// Compares the security schemes that the page requires with those that `operation` requires.
    fn security(&mut self, operation: &Operation<'d>, what: &str) {
        let security = self.security_of(operation);
        let pointer = security.map_or_else(|| "/security".to_owned(), |node| node.pointer);
        let schemes = self.upstream.get("security");
        for (name, scheme) in schemes.iter().flat_map(Node::properties) {
            // A scheme that the document lacks was added before.
            let is_known = self
                .spec
                .at(&["components", "securitySchemes", name])
                .is_some();
            if is_known {
                self.add(
                    &child(&scheme.pointer, "required"),
                    &format!("`required` of the security scheme `{name}` {what}"),
                    &pointer,
                    scheme.is("required"),
                    self.requires(operation, name),
                );
            }
        }
    }

    /// Returns the parameters of `operation` by location and name, such as `query fields`.
    fn parameters_of(&self, operation: &Operation<'d>) -> BTreeMap<String, Node<'d>> {
        let holders = [
            operation.path_item.get("parameters"),
            operation.node.get("parameters"),
        ];
        let listed = holders.iter().flatten().flat_map(Node::entries);
        let keyed = listed.filter_map(|parameter| {
            let parameter = self.follow(&parameter).0;
            let key = format!("{} {}", parameter.text("in")?, parameter.text("name")?);
            Some((key, parameter))
        });
        keyed.collect()
    }

    /// Compares the parameters of an operation.
    fn parameters(&mut self, page: &Node<'d>, operation: &Operation<'d>, of: &str) {
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
                && self.parameter_in_other_form(page, operation, key, &what)
            {
                continue;
            }
            let pointer = spec.map_or_else(
                || child(&operation.node.pointer, "parameters"),
                |parameter| parameter.pointer.clone(),
            );
            self.presence(&at, &what, &pointer, page.is_some(), spec.is_some());
            if let (Some(page), Some(spec)) = (page, spec) {
                self.parameter(page, spec, &what);
            }
        }
    }

    /// Compares a parameter that the document has in another form, such as a security scheme. Returns
    /// whether it has one.
    fn parameter_in_other_form(
        &mut self,
        page: &Node<'d>,
        operation: &Operation<'d>,
        key: &str,
        what: &str,
    ) -> bool {
        let Some((location, name)) = key.split_once(' ') else {
            return false;
        };
        let required = child(&page.pointer, "required");
        let is_required = format!("`required` of {what}");
        match location {
            "path" => {
                let variables = self.server_variables();
                let Some(variable) = variables.and_then(|variables| variables.get(name)) else {
                    return false;
                };
                // Variables of a URL are required strings.
                let pointer = variable.pointer;
                let kind = page.text("type").unwrap_or(ABSENT);
                let type_at = child(&page.pointer, "type");
                self.presence(&page.pointer, what, &pointer, true, true);
                self.add(
                    &type_at,
                    &format!("the type of {what}"),
                    &pointer,
                    kind,
                    "string",
                );
                self.add(&required, &is_required, &pointer, page.is("required"), true);
                true
            }
            "header" if SET_BY_CLIENT.contains(&name.to_lowercase().as_str()) => true,
            "header" => {
                let schemes = self.spec.at(&["components", "securitySchemes"]);
                let schemes = schemes.iter().flat_map(Node::properties);
                let location = format!("Header: {name}");
                let carrier = schemes
                    .map(|(name, node)| (name, self.follow(&node).0))
                    .find(|(_, node)| scheme(node).1 == location);
                let Some((scheme, node)) = carrier else {
                    return false;
                };
                let requires = self.requires(operation, scheme);
                self.presence(&page.pointer, what, &node.pointer, true, true);
                let pointer = node.pointer;
                self.add(
                    &required,
                    &is_required,
                    &pointer,
                    page.is("required"),
                    requires,
                );
                true
            }
            _ => false,
        }
    }

    /// Compares a parameter that both sides have.
    fn parameter(&mut self, page: &Node<'d>, spec: &Node<'d>, what: &str) {
        self.add(
            &child(&page.pointer, "required"),
            &format!("`required` of {what}"),
            &child(&spec.pointer, "required"),
            page.is("required"),
            spec.is("required"),
        );
        let Some(schema) = spec.get("schema") else {
            let pointer = child(&spec.pointer, "schema");
            let at = child(&page.pointer, "type");
            let kind = page.text("type").unwrap_or(ABSENT);
            self.add(&at, &format!("the type of {what}"), &pointer, kind, ABSENT);
            return;
        };
        let list = self.follow(&schema).0;
        let is_list = list.text("type") == Some("array")
            && spec.value.get("explode") == Some(&Value::Bool(false))
            && matches!(spec.text("style"), None | Some("form"));
        let items = list.get("items").filter(|_| is_list);
        let kind = page.text("type").unwrap_or(ABSENT);
        // A comma-separated list is sent as one string, and pages call it a string.
        let text = match &items {
            Some(items) if self.kind(items, kind) == kind || self.is_string(items) => {
                kind.to_owned()
            }
            _ => self.kind(&schema, kind),
        };
        let at = child(&page.pointer, "type");
        self.add(
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

    /// Returns whether `schema` is a string, with or without an enum.
    fn is_string(&self, schema: &Node<'d>) -> bool {
        self.follow(schema).0.text("type") == Some("string")
    }

    /// Compares the fields that a parameter can select with the values of `schema`.
    fn available_fields(&mut self, page: &Node<'d>, schema: &Node<'d>, what: &str) {
        let list = child(&page.pointer, "availableFields");
        let listed = page.get("availableFields");
        let page: BTreeSet<_> = strings(listed.as_ref()).into_iter().collect();
        let schema = self.follow(schema).0;
        let pointer = child(&schema.pointer, "enum");
        let values = schema.get("enum");
        let spec: BTreeSet<_> = strings(values.as_ref()).into_iter().collect();
        // Without an enum, the document accepts any string.
        if spec.is_empty() {
            return;
        }
        for name in page.union(&spec) {
            let presence = |present| if present { PRESENT } else { ABSENT };
            self.items.push(Item {
                at: child(&list, name),
                label: format!("the value `{name}` of {what}"),
                page_pointer: list.clone(),
                spec_pointer: pointer.clone(),
                page: presence(page.contains(name)).into(),
                spec: presence(spec.contains(name)).into(),
            });
        }
    }

    /// Compares the request bodies of an operation.
    fn request_body(&mut self, page: &Node<'d>, operation: &Operation<'d>, of: &str) {
        let what = format!("the request body {of}");
        let at = child(&page.pointer, "requestBody");
        let page = page.get("requestBody");
        let spec = operation.node.get("requestBody");
        if page.is_none() && spec.is_none() {
            return;
        }
        let spec = spec.map(|body| self.follow(&body).0);
        let pointer = spec.as_ref().map_or_else(
            || child(&operation.node.pointer, "requestBody"),
            |body| body.pointer.clone(),
        );
        self.presence(&at, &what, &pointer, page.is_some(), spec.is_some());
        if let (Some(page), Some(spec)) = (page, spec) {
            self.add(
                &child(&at, "required"),
                &format!("`required` of {what}"),
                &child(&spec.pointer, "required"),
                page.is("required"),
                spec.is("required"),
            );
            self.content(&page, &spec, &what);
        }
    }

    /// Compares the responses of an operation.
    fn responses(&mut self, page: &Node<'d>, operation: &Operation<'d>, of: &str) {
        let at = child(&page.pointer, "responses");
        let responses = child(&operation.node.pointer, "responses");
        let page = page.get("responses");
        let page = by_name(page.as_ref());
        let spec = operation.node.get("responses");
        let spec = by_name(spec.as_ref());
        for status in names(&page, &spec) {
            let what = format!("the response {status} {of}");
            let (page, spec) = (page.get(status), spec.get(status));
            let pointer = child(&responses, status);
            let at = child(&at, status);
            self.presence(&at, &what, &pointer, page.is_some(), spec.is_some());
            if let (Some(page), Some(spec)) = (page, spec) {
                let spec = self.follow(spec).0;
                self.content(page, &spec, &what);
            }
        }
    }

    /// Compares media type and schema of a body.
    fn content(&mut self, page: &Node<'d>, spec: &Node<'d>, what: &str) {
        let pointer = child(&spec.pointer, "content");
        let content = spec.get("content");
        let content = content
            .iter()
            .flat_map(Node::properties)
            .collect::<Vec<_>>();
        let media_types: Vec<_> = content.iter().map(|(media_type, _)| *media_type).collect();
        let media_types = match media_types.as_slice() {
            [] => ABSENT.to_owned(),
            some => some.join(", "),
        };
        self.add(
            &child(&page.pointer, "mediaType"),
            &format!("the media type of {what}"),
            &pointer,
            page.text("mediaType").unwrap_or(ABSENT),
            media_types,
        );
        let schema = content.iter().find_map(|(_, body)| body.get("schema"));
        let (Some(kind), Some(schema)) = (page.text("schema"), schema) else {
            return;
        };
        self.add(
            &child(&page.pointer, "schema"),
            &format!("the schema of {what}"),
            &schema.pointer,
            kind,
            self.kind(&schema, kind),
        );
        self.named_fields(page, kind, &schema, what);
    }

    /// Compares the fields of `holder`, whose type is `kind`, with `schema`.
    fn named_fields(&mut self, holder: &Node<'d>, kind: &str, schema: &Node<'d>, what: &str) {
        let mut kind = kind;
        let mut schema = self.follow(schema).0;
        while let Some(items) = kind.strip_prefix("array of ") {
            kind = items;
            if let Some(items) = schema.get("items") {
                schema = self.follow(&items).0;
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
    fn fields(&mut self, page: &Node<'d>, schema: &Node<'d>, of: &str) {
        let properties = child(&schema.pointer, "properties");
        let spec = schema.get("properties");
        let spec = by_name(spec.as_ref());
        let required = schema.get("required");
        let required = strings(required.as_ref());
        let fields = by_name(Some(page));
        for name in names(&fields, &spec) {
            let at = child(&page.pointer, name);
            let what = format!("the field `{name}` of {of}");
            let pointer = child(&properties, name);
            let (field, property) = (fields.get(name), spec.get(name));
            self.presence(&at, &what, &pointer, field.is_some(), property.is_some());
            let (Some(field), Some(property)) = (field, property) else {
                continue;
            };
            self.add(
                &child(&at, "required"),
                &format!("`required` of {what}"),
                &child(&schema.pointer, "required"),
                field.is("required"),
                required.contains(&name),
            );
            let kind = field.text("type").unwrap_or(ABSENT);
            let text = self.kind(property, kind);
            let type_at = child(&at, "type");
            self.add(
                &type_at,
                &format!("the type of {what}"),
                &pointer,
                kind,
                text,
            );
            self.named_fields(field, kind, property, &what);
        }
    }

    /// Returns the type of `schema` in the notation of the page, where it is `page`. A named schema
    /// equals the unnamed type that the page has in its place.
    fn kind(&self, schema: &Node<'d>, page: &str) -> String {
        let (target, names) = self.follow(schema);
        if names.contains(&page) {
            return page.to_owned();
        }
        let Some(name) = names.first() else {
            return self.plain_kind(&target, page);
        };
        // `page` gets shorter on each level, so this ends even if the schema contains itself.
        let is_unnamed = !page.is_empty() && self.plain_kind(&target, page) == page;
        if is_unnamed { page } else { name }.to_owned()
    }

    /// Returns the type of a schema, ignoring its name.
    fn plain_kind(&self, schema: &Node<'d>, page: &str) -> String {
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
            // The page may leave out the type of the items.
            (None, Some(items)) if kind == "array" && page != "array" => {
                let of = page.strip_prefix("array of ").unwrap_or_default();
                format!("array of {}", self.kind(&items, of))
            }
            _ => kind,
        }
    }
}

/// Splits a server's URL after the base URL of the page, or else before its path.
fn split_url<'u>(url: &'u str, base: &str) -> (&'u str, &'u str) {
    let rest = url.strip_prefix(base);
    if let Some(prefix) = rest.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
        return url.split_at(url.len() - prefix.len());
    }
    // The paths can still be compared if only the host differs.
    let host = url.find("://").map_or(0, |scheme| scheme + "://".len());
    let path = url.get(host..).and_then(|rest| rest.find('/'));
    url.split_at(path.map_or(url.len(), |path| host + path))
}

/// Returns the type and location of a security scheme in the notation of the page.
fn scheme(scheme: &Node<'_>) -> (String, String) {
    let header = "Header: Authorization".to_owned();
    match (scheme.text("type"), scheme.text("scheme")) {
        (Some("http"), Some(name)) => {
            let (first, rest) = name.split_at_checked(1).unwrap_or((name, ""));
            (format!("HTTP {}{rest}", first.to_uppercase()), header)
        }
        (Some("apiKey"), _) => {
            let location = match scheme.text("in") {
                Some("header") => "Header",
                Some("query") => "Query",
                _ => "Cookie",
            };
            let name = scheme.text("name").unwrap_or(ABSENT);
            ("API Key".to_owned(), format!("{location}: {name}"))
        }
        (kind, _) => (kind.unwrap_or(ABSENT).to_owned(), header),
    }
}
