//! The grammar of OpenAPI and JSON Schema: the fields that contain other parts of a document, by
//! position and never by name alone. A property can be called `const`, `examples` or `schema`.

/// The HTTP methods of a path item.
pub const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The schemas that a keyword of a schema contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subschemas {
    One,
    List,
    /// Schemas by names that the author chose.
    Map,
}

/// Returns the schemas that `keyword` contains, if any.
pub fn subschemas(keyword: &str) -> Option<Subschemas> {
    Some(match keyword {
        "additionalProperties"
        | "contains"
        | "contentSchema"
        | "else"
        | "if"
        | "items"
        | "not"
        | "propertyNames"
        | "then"
        | "unevaluatedItems"
        | "unevaluatedProperties" => Subschemas::One,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Subschemas::List,
        "$defs" | "definitions" | "dependentSchemas" | "patternProperties" | "properties" => {
            Subschemas::Map
        }
        _ => return None,
    })
}

/// The kind of an OpenAPI object, determined by its position. Every kind except
/// [`Part::Operation`] and [`Part::MediaType`] can be a `{"$ref": …}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Callback,
    Link,
    Example,
    /// A schema that is not a subschema of another.
    Schema,
    SecurityScheme,
}

/// The form of a value.
pub enum Form {
    Text,
    Flag,
    /// An object without a known form.
    Object,
    /// A value without a known form.
    Any,
    List(&'static Form),
    /// An object whose keys the author chose.
    Map(&'static Form),
    /// A [`Form::Map`] without the keys that start with one of these prefixes.
    MapExcept(&'static [&'static str], &'static Form),
    /// An object with extensions and these fields: some with their forms, and others.
    Fields(
        &'static [(&'static str, &'static Form)],
        &'static [&'static str],
    ),
    /// An object of this kind.
    Part(Part, &'static Form),
}

use Form::{Any, Fields, Flag, List, Map, MapExcept, Object, Text};

/// The form of a document.
pub static DOCUMENT: Form = Fields(
    &[
        (
            "info",
            &Fields(
                &[
                    ("contact", &Fields(&[], &["name", "url", "email"])),
                    ("license", &Fields(&[], &["name", "url"])),
                ],
                &["title", "description", "termsOfService", "version"],
            ),
        ),
        ("paths", &MapExcept(&["x-"], &PATH_ITEM)),
        ("webhooks", &Map(&PATH_ITEM)),
        ("components", &COMPONENTS),
        ("security", &SECURITY),
        ("servers", &SERVERS),
        (
            "tags",
            &List(&Fields(&[], &["name", "description", "externalDocs"])),
        ),
    ],
    &["openapi", "externalDocs"],
);
static COMPONENTS: Form = Fields(
    &[
        ("schemas", &Map(&SCHEMA)),
        ("responses", &Map(&RESPONSE)),
        ("parameters", &Map(&PARAMETER)),
        ("examples", &EXAMPLES),
        ("requestBodies", &Map(&REQUEST_BODY)),
        ("headers", &Map(&HEADER)),
        ("securitySchemes", &Map(&SECURITY_SCHEME)),
        ("links", &Map(&LINK)),
        ("callbacks", &Map(&CALLBACK)),
        ("pathItems", &Map(&PATH_ITEM)),
    ],
    &[],
);
static PATH_ITEM: Form = Form::Part(
    Part::PathItem,
    &Fields(
        &[
            ("parameters", &List(&PARAMETER)),
            ("servers", &SERVERS),
            ("get", &OPERATION),
            ("put", &OPERATION),
            ("post", &OPERATION),
            ("delete", &OPERATION),
            ("options", &OPERATION),
            ("head", &OPERATION),
            ("patch", &OPERATION),
            ("trace", &OPERATION),
        ],
        &["summary", "description"],
    ),
);
static OPERATION: Form = Form::Part(
    Part::Operation,
    &Fields(
        &[
            ("deprecated", &Flag),
            ("parameters", &List(&PARAMETER)),
            ("requestBody", &REQUEST_BODY),
            ("responses", &MapExcept(&["x-"], &RESPONSE)),
            ("callbacks", &Map(&CALLBACK)),
            ("security", &SECURITY),
            ("servers", &SERVERS),
            ("tags", &List(&Text)),
        ],
        &["operationId", "summary", "description", "externalDocs"],
    ),
);
static CALLBACK: Form = Form::Part(Part::Callback, &MapExcept(&["x-", "$ref"], &PATH_ITEM));
static PARAMETER: Form = Form::Part(
    Part::Parameter,
    &Fields(
        &[
            ("allowEmptyValue", &Flag),
            ("allowReserved", &Flag),
            ("deprecated", &Flag),
            ("explode", &Flag),
            ("in", &Text),
            ("name", &Text),
            ("required", &Flag),
            ("style", &Text),
            ("schema", &SCHEMA),
            ("examples", &EXAMPLES),
            ("content", &CONTENT),
        ],
        &["description", "example"],
    ),
);
static HEADER: Form = Form::Part(
    Part::Header,
    &Fields(
        &[
            ("allowEmptyValue", &Flag),
            ("allowReserved", &Flag),
            ("deprecated", &Flag),
            ("explode", &Flag),
            ("required", &Flag),
            ("style", &Text),
            ("schema", &SCHEMA),
            ("examples", &EXAMPLES),
            ("content", &CONTENT),
        ],
        &["description", "example"],
    ),
);
static REQUEST_BODY: Form = Form::Part(
    Part::RequestBody,
    &Fields(
        &[("required", &Flag), ("content", &CONTENT)],
        &["description"],
    ),
);
static RESPONSE: Form = Form::Part(
    Part::Response,
    &Fields(
        &[
            ("content", &CONTENT),
            ("headers", &Map(&HEADER)),
            ("links", &Map(&LINK)),
        ],
        &["description"],
    ),
);
static CONTENT: Form = Map(&Form::Part(
    Part::MediaType,
    &Fields(
        &[
            ("schema", &SCHEMA),
            ("examples", &EXAMPLES),
            ("encoding", &Map(&ENCODING)),
        ],
        &["example"],
    ),
));
static ENCODING: Form = Fields(
    &[("headers", &Map(&HEADER))],
    &["contentType", "style", "explode", "allowReserved"],
);
static EXAMPLES: Form = Map(&Form::Part(
    Part::Example,
    &Fields(&[], &["summary", "description", "value", "externalValue"]),
));
static LINK: Form = Form::Part(
    Part::Link,
    &Fields(
        &[],
        &[
            "operationRef",
            "operationId",
            "parameters",
            "requestBody",
            "description",
            "server",
        ],
    ),
);
static SCHEMA: Form = Form::Part(Part::Schema, &Any);
static SECURITY: Form = List(&Map(&List(&Text)));
static SECURITY_SCHEME: Form = Form::Part(
    Part::SecurityScheme,
    &Fields(
        &[("flows", &Map(&FLOW))],
        &[
            "type",
            "description",
            "name",
            "in",
            "scheme",
            "bearerFormat",
            "openIdConnectUrl",
        ],
    ),
);
static FLOW: Form = Fields(
    &[("scopes", &Object)],
    &["authorizationUrl", "tokenUrl", "refreshUrl"],
);
static SERVERS: Form = List(&Fields(
    &[("url", &Text), ("variables", &Map(&VARIABLE))],
    &["description"],
));
static VARIABLE: Form = Fields(
    &[("default", &Text), ("enum", &List(&Text))],
    &["description"],
);
