//! Tests of the generator, which run as tests of `xtask`.

use serde_json::{Value, json};

use super::{
    Document, client, client_tokens, finish,
    fixups::{self, Fixup},
    format, mock, mock_tokens,
};

/// Returns the text of a document with one operation and these component schemas.
fn openapi(operation: Value, schemas: Value) -> String {
    let mut operation = operation;
    operation["operationId"] = json!("get_p");
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/p": {"get": operation}},
        "components": {"schemas": schemas},
    });
    document.to_string()
}

/// Returns the schema of a secret.
fn secret() -> Value {
    json!({"type": "string", "format": "password",
        "x-rust-type": {"crate": "waba", "version": "*", "path": "waba::Secret"}})
}

/// Returns the text of a document with the construct of every fixup.
fn every_construct() -> String {
    let segment = json!({"type": "string",
        "x-rust-type": {"crate": "waba", "version": "*", "path": "waba::PathSegment"}});
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/p/{id}": {"post": {
            "operationId": "update_p",
            "parameters": [
                {"in": "path", "name": "id", "required": true, "description": "The id.",
                    "schema": segment},
                {"in": "header", "name": "X-Trace", "schema": {"type": "string"}},
                {"in": "query", "name": "page_size", "description": "The size of a page.",
                    "schema": {"type": "integer", "x-default": 25}},
            ],
            "requestBody": {"description": "The change.", "required": true, "content":
                {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}}},
            "responses": {
                "204": {"description": "Done."},
                "404": {"description": "No such p.", "content":
                    {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}}},
            },
        }}, "/p/{id}#report": {"get": {
            "operationId": "get_report",
            "x-field-expansion": "report",
            "x-pagination": {"style": "cursor", "items": "data"},
            "parameters": [
                {"in": "path", "name": "id", "required": true, "schema": segment},
                {"in": "query", "name": "after", "schema": {"type": "string"}},
                {"in": "query", "name": "token", "schema": secret()},
                {"in": "query", "name": "fields", "schema": {"type": "string",
                    "x-rust-type": {"crate": "waba", "version": "*",
                        "path": "waba::CommaSeparated", "parameters": [{"type": "string"}]}}},
            ],
            "responses": {"200": {"description": "A page.", "content": {"application/json":
                {"schema": {"$ref": "#/components/schemas/Page"}}}}},
        }}},
        "components": {"schemas": {
            "Page": {"type": "object", "properties": {
                "data": {"type": "array", "items": {"$ref": "#/components/schemas/Change"}},
                "paging": {"$ref": "#/components/schemas/Paging"},
            }},
            "Paging": {"type": "object", "properties": {"next": {"type": "string"}}},
            "Received": {"type": "object", "x-webhook": "received", "properties": {
                "change": {"$ref": "#/components/schemas/Change"},
                "source": {"$ref": "#/components/schemas/Source"},
            }},
            "Source": {"type": "string", "enum": ["c"],
                "x-open-enum": ["C"],
                "x-rust-type": {"crate": "api", "version": "*", "path": "api::types::Source"}},
            "Kind": {"type": "string", "description": "A kind.", "enum": ["a", "b"],
                "x-open-enum": ["A", "B"],
                "x-rust-type": {"crate": "api", "version": "*", "path": "api::types::Kind"}},
            "Change": {"type": "object", "additionalProperties": {}, "properties": {
                "360_id": {"type": "string", "x-rust-name": "id"},
                "kind": {"$ref": "#/components/schemas/Kind"},
                "name": {"type": "string", "description": "The name.", "minLength": 2,
                    "maxLength": 9, "x-default": "none"},
                "parts": {"type": "array", "nullable": true,
                    "items": {"$ref": "#/components/schemas/Change"}},
            }},
        }},
    });
    document.to_string()
}

/// For each fixup, what another version of progenitor or typify could write instead.
const CHANGES: &[(&str, &str, &str)] = &[
    (
        "remove_new",
        "pub fn new (baseurl",
        "pub fn connect (baseurl",
    ),
    (
        "restrict_new_with_client",
        "pub fn new_with_client",
        "pub fn with_client",
    ),
    ("remove_client_hooks", "impl ClientHooks <", "impl Hooks <"),
    (
        "remove_api_version_header",
        "\"api-version\"",
        "\"version\"",
    ),
    (
        "encode_path_segments",
        "encode_path (",
        "progenitor_client :: encode_path (",
    ),
    ("document_builders", "pub fn builder ()", "pub fn build ()"),
    ("remove_fragments", "{}/p/{}#report", "{}/p/{}?report"),
    (
        "document_parameters",
        "pub fn page_size <",
        "pub fn set_page_size <",
    ),
    ("add_paging", "pub data :", "pub items :"),
    ("send_through_transport", "OperationInfo {", "CallInfo {"),
    ("add_open_enums", "pub mod types {", "pub mod schemas {"),
    ("use_lists", "Vec < Change >", "Vec < Item >"),
    (
        "decode_by_property",
        "# [serde (flatten)] pub extra",
        "# [serde (flatten)] pub more",
    ),
    (
        "inline_functions",
        "fn baseurl (",
        "# [inline] fn baseurl (",
    ),
    ("rename_fields", "pub id :", "pub own_id :"),
    ("document_fields", "pub kind :", "pub r#kind :"),
    (
        "default_extra",
        "no value supplied for extra",
        "no value for extra",
    ),
    (
        "share_rejected_arguments",
        "page_size : Result <",
        "page_size : Outcome <",
    ),
    (
        "add_build",
        "impl Change { pub fn id",
        "impl Setters for Change { pub fn id",
    ),
    (
        "document_setters",
        "pub name :",
        "# [serde (rename = \"name\")] pub title :",
    ),
    ("derive_eq", "PartialEq)]", "Ord)]"),
    (
        "derive_json_schema",
        "derive (:: serde :: Deserialize , :: serde :: Serialize",
        "derive (Serde",
    ),
    (
        "declare_lengths_to_json_schema",
        "value . chars () . count ()",
        "value . chars () . size ()",
    ),
    (
        "require_webhooks",
        "pub struct Received { #",
        "pub struct Incoming { #",
    ),
    (
        "use_own_mocks",
        ":: httpmock :: When",
        ":: httpmock_api :: When",
    ),
    (
        "match_operations",
        "inner . method (",
        "inner . of_method (",
    ),
    (
        "match_path_parameters",
        ". path_matches (re)",
        ". path (re)",
    ),
    (
        "accept_arguments_of_calls",
        ". query_param (\"token\"",
        ". parameter (\"token\"",
    ),
    (
        "accept_bodies_of_calls",
        "Self (self . 0 . json_body_obj (",
        "Self (self . 0 . json_object (",
    ),
    (
        "shorten_responses",
        "\"application/json\") . json_body_obj (",
        "\"application/json\") . json_object (",
    ),
    (
        "add_response_methods",
        "impl UpdatePThen {",
        "impl ThenUpdateP {",
    ),
];

#[test]
fn every_fixup_fails_by_its_name_if_progenitor_writes_other_code() {
    let openapi = every_construct();
    let document = Document::parse(&openapi).unwrap();
    let client = client_tokens("api", &openapi, &document)
        .unwrap()
        .to_string();
    let mock = mock_tokens("api", &openapi, &document).unwrap().to_string();
    let run =
        |code: &str, fixups: &[Fixup]| finish(code.parse().unwrap(), &openapi, &document, fixups);
    for (code, fixups) in [(&client, fixups::CLIENT), (&mock, fixups::MOCK)] {
        run(code, fixups).unwrap();
        for fixup in fixups {
            let change = CHANGES.iter().find(|(name, ..)| *name == fixup.name);
            let (_, from, to) = change.unwrap_or_else(|| {
                panic!(
                    "add a change of the code that `{}` edits to CHANGES",
                    fixup.name
                )
            });
            let changed = code.replace(from, to);
            assert_ne!(changed, *code, "{}: the code has no `{from}`", fixup.name);
            let error = run(&changed, fixups).expect_err(fixup.name).to_string();
            let start = format!("the fixup `{}` made ", fixup.name);
            assert!(error.starts_with(&start), "{}: {error}", fixup.name);
            assert!(
                error.ends_with("update or remove the fixup in build/fixups/"),
                "{error}"
            );
        }
    }
}

#[test]
fn a_document_without_the_construct_of_a_fixup_needs_no_edit() {
    let openapi = json!({
        "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {},
    })
    .to_string();
    client("api", &openapi).unwrap();
    mock("api", &openapi).unwrap();
}

/// Returns the documentation above the line that starts with `item`, for each such line.
fn docs(code: &str, item: &str) -> Vec<String> {
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let is_item = |line: &str| line.starts_with(item);
    let found = lines.iter().enumerate().filter(|(_, line)| is_item(line));
    let above = found.map(|(index, _)| {
        let above = lines[..index].iter().rev();
        let above = above.filter(|line| !line.starts_with("#["));
        let docs = above.map_while(|line| line.strip_prefix("///"));
        let mut docs: Vec<&str> = docs.map(str::trim).collect();
        docs.reverse();
        docs.join("\n")
    });
    above.collect()
}

#[test]
fn fields_and_setters_have_the_description_and_the_default_of_the_document() {
    let code = client("api", &every_construct()).unwrap();
    let name = "The name.\n\nDefault: `\"none\"`.";
    assert_eq!(docs(&code, "pub name:"), [name]);
    assert_eq!(docs(&code, "pub fn name<"), [name]);
    // The description of the schema that a `$ref` refers to.
    assert_eq!(docs(&code, "pub kind:"), ["A kind."]);
    assert_eq!(docs(&code, "pub fn kind<"), ["A kind."]);
    let page_size = "The size of a page.\n\nDefault: `25`.";
    assert_eq!(docs(&code, "pub fn page_size<"), [page_size]);
    let body = "Sets the request body, a [`Change`](types::Change).\n\nThe change.";
    assert_eq!(docs(&code, "pub fn body<"), [body]);
    assert!(docs(&code, "pub fn body_map<")[0].ends_with("\n\nThe change."));
    // A parameter without a description has no documentation.
    assert_eq!(docs(&code, "pub fn x_trace<"), [""]);
}

#[test]
fn send_documents_the_statuses_of_the_document() {
    let code = client("api", &every_construct()).unwrap();
    let expected = "Sends a `POST` request to `/p/{id}`\n\n\
                    The API documents these success statuses:\n\n- 204: Done.\n\n\
                    # Errors\n\n\
                    Fails with any [`Error`](crate::Error) other than a configuration error. \
                    The API documents these error statuses:\n\n- 404: No such p.";
    assert_eq!(docs(&code, "pub async fn send(")[0], expected);
}

#[test]
fn a_property_has_its_rust_name_in_the_type_and_in_the_builder() {
    let code = client("api", &every_construct()).unwrap();
    assert!(code.contains("id: Optional = \"360_id\","), "{code}");
    assert!(code.contains("schemars(rename = \"360_id\")"), "{code}");
    assert!(code.contains("pub id: Option<String>"), "{code}");
    assert!(code.contains("pub fn id<T, By>"), "{code}");
    assert!(!code.contains("x360"), "{code}");
}

#[test]
fn types_without_floats_can_be_keys() {
    let item = |schema: Value| json!({"type": "object", "additionalProperties": {}, "properties": {"p": schema}});
    let schemas = json!({
        "Text": item(json!({"type": "string"})),
        "Float": item(json!({"type": "number"})),
        "OfText": item(json!({"type": "array", "nullable": true, "items": {"$ref": "#/components/schemas/Text"}})),
        "OfFloat": item(json!({"$ref": "#/components/schemas/Float"})),
    });
    let code = client(
        "api",
        &openapi(json!({"responses": {"204": {"description": "d"}}}), schemas),
    );
    let code = code.unwrap();
    for (name, is_key) in [
        ("Text", true),
        ("Float", false),
        ("OfText", true),
        ("OfFloat", false),
    ] {
        let (before, _) = code
            .split_once(&format!("    pub struct {name} {{"))
            .expect(name);
        assert_eq!(
            before.trim_end().ends_with("PartialEq, Eq, Hash)]"),
            is_key,
            "{name}: {code}"
        );
    }
}

#[test]
fn only_a_list_of_objects_keeps_undecodable_items() {
    let item = json!({"$ref": "#/components/schemas/Item"});
    let code = client(
        "api",
        &openapi(
            json!({"responses": {"200": {"description": "d", "content": {"application/json":
                {"schema": {"type": "array", "items": item}}}}}}),
            json!({
                "Item": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
                "Items": {"type": "array", "items": item},
                "Page": {"type": "object", "required": ["data"], "additionalProperties": {}, "properties": {
                    "data": {"type": "array", "items": item},
                    "more": {"type": "array", "nullable": true, "items": item},
                    "pair": {"type": "array", "minItems": 2, "maxItems": 2, "items": item},
                    "tags": {"type": "array", "nullable": true, "items": {"type": "string"}},
                    "items": {"$ref": "#/components/schemas/Items"},
                    "list": {"$ref": "#/components/schemas/List"},
                }},
                "List": {"type": "object", "properties": {"id": {"type": "string"}}},
            }),
        ),
    )
    .unwrap();
    for expected in [
        "pub data: ::waba::List<Item>,",
        "pub more: Option<::waba::List<Item>>,",
        "pub pair: Option<[Item; 2usize]>,",
        "pub tags: Option<Vec<String>>,",
        "pub struct Items(pub ::waba::List<Item>);",
        "T: TryInto<::waba::List<super::Item>>,",
        "ResponseValue<::waba::List<types::Item>>",
        "0 data: Required = \"data\",\n",
        "1 items: OptionalAny = \"items\",\n",
        "3 more: Optional = \"more\",\n",
        "4 pair: OptionalAny = \"pair\",\n",
        "5 tags: Optional = \"tags\",\n",
    ] {
        assert!(code.contains(expected), "{expected}: {code}");
    }
}

#[test]
fn an_object_within_another_schema_has_lists_of_objects() {
    let page = json!({"type": "object", "additionalProperties": {}, "properties": {
        "meta": {"type": "object", "additionalProperties": {}, "properties": {
            "links": {"type": "array", "nullable": true,
                "items": {"$ref": "#/components/schemas/Link"}},
        }},
    }});
    let link = json!({"type": "object", "properties": {"href": {"type": "string"}}});
    let operation = json!({"responses": {"204": {"description": "d"}}});
    let schemas = json!({"Page": page, "Link": link});
    let code = client("api", &openapi(operation, schemas)).unwrap();
    let expected = "pub links: Option<::waba::List<Link>>,";
    assert!(code.contains(expected), "{code}");
}

#[test]
fn a_value_that_looks_like_a_reference_is_not_followed() {
    let same = json!({"$ref": "#/nowhere"});
    let operation = json!({"responses": {"204": {"description": "d", "x-note": same}}});
    client("api", &openapi(operation, json!({}))).unwrap();
}

#[test]
fn only_the_builder_of_an_object_sets_the_properties_of_a_body_in_mocks() {
    let code = |schema: Value| {
        let body = json!({"required": true, "content": {"application/json": {"schema": schema}}});
        let operation = json!({"requestBody": body, "responses": {"204": {"description": "d"}}});
        let list = json!({"type": "array", "items": {"type": "string"}});
        let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let same = json!({"$ref": "#/components/schemas/Object"});
        let schemas = json!({"Items": list, "Object": object, "Same": same});
        mock("api", &openapi(operation, schemas)).unwrap()
    };
    let object = code(json!({"type": "object", "properties": {"default": {"type": "string"}}}));
    // A property called `default` has a setter of this name.
    let expected = "self.body(f(Default::default()))";
    assert!(object.contains(expected), "{object}");
    for other in ["Items", "Same"] {
        let other = code(json!({"$ref": format!("#/components/schemas/{other}")}));
        assert!(!other.contains("body_map"), "{other}");
    }
}

#[test]
fn a_body_of_text_is_accepted_as_what_can_be_a_body() {
    let body = json!({"required": true, "content": {"text/plain": {"schema": {"type": "string"}}}});
    let operation = json!({"requestBody": body, "responses": {"204": {"description": "d"}}});
    let code = client("api", &openapi(operation, json!({}))).unwrap();
    assert!(code.contains("V: TryInto<reqwest::Body>,"), "{code}");
}

#[test]
fn a_body_that_is_not_json_is_compared_as_bytes_in_mocks() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let bytes = json!({"type": "string", "format": "binary"});
    for (media_type, schema) in [
        ("application/x-www-form-urlencoded", schema),
        ("application/octet-stream", bytes),
        ("text/plain", json!({"type": "string"})),
    ] {
        let body = json!({"required": true, "content": {media_type: {"schema": schema}}});
        let operation = json!({"requestBody": body, "responses": {"204": {"description": "d"}}});
        let code = mock("api", &openapi(operation, json!({}))).unwrap();
        let expected = "pub fn body(self, value: impl Into<Vec<u8>>) -> Self";
        assert!(code.contains(expected), "{media_type}: {code}");
    }
}

#[test]
fn an_optional_list_that_cannot_be_absent_is_refused() {
    let page = json!({"type": "object", "additionalProperties": {}, "properties": {
        "tags": {"type": "array", "items": {"type": "string"}},
    }});
    let operation = json!({"responses": {"204": {"description": "d"}}});
    let error = client("api", &openapi(operation, json!({"Page": page}))).unwrap_err();
    let expected = "`tags` of `Page`: expected an optional array or map to be `nullable`";
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn types_that_only_webhooks_use_need_the_feature() {
    let code = client("api", &every_construct()).unwrap();
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let of = |name: &str| {
        let defines = |line: &&str| {
            let definition = line.starts_with("pub struct ") || line.starts_with("impl");
            let words = line.split(|c: char| !c.is_alphanumeric());
            definition && words.clone().any(|word| word == name)
        };
        lines.iter().filter(|line| defines(line)).count()
    };
    let conditions = lines
        .iter()
        .filter(|line| **line == "#[cfg(feature = \"webhooks\")]");
    // The enum `Source` is a macro.
    assert_eq!(conditions.count(), of("Received") + 1, "{code}");
    assert!(of("Received") > 4, "{code}");
}

#[test]
fn only_the_builder_of_the_crate_creates_a_client() {
    let code = client("api", &every_construct()).unwrap();
    let (_, client) = code.split_once("pub struct Client").unwrap();
    let (client, _) = client.split_once("pub mod builder").unwrap();
    assert!(!client.contains("fn new("), "{client}");
    assert!(
        client.contains("pub(crate) fn new_with_client("),
        "{client}"
    );
}

#[test]
fn headers_are_built_only_for_an_operation_with_a_header_parameter() {
    let code = client("api", &every_construct()).unwrap();
    assert!(code.contains("header_map.append(\"X-Trace\""), "{code}");
    assert!(code.contains(".headers(header_map)"), "{code}");
    let openapi = openapi(
        json!({"responses": {"204": {"description": "d"}}}),
        json!({}),
    );
    assert!(!client("api", &openapi).unwrap().contains("header_map"));
}

/// Returns the code of `send` for an operation, and of what it uses.
fn send(operation: Value) -> String {
    let code = client("api", &openapi(operation, json!({}))).unwrap();
    let (_, send) = code.split_once("const OPERATION").unwrap();
    send.split("pub mod prelude")
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn the_type_of_the_response_decides_how_its_body_is_read() {
    let content = |media_type: &str, schema: Value| json!({"description": "d", "content": {media_type: {"schema": schema}}});
    let binary = json!({"type": "string", "format": "binary"});
    for (status, response, output, read) in [
        ("204", json!({"description": "d"}), "()", "without_body"),
        (
            "200",
            content("application/octet-stream", binary),
            "::bytes::Bytes",
            "bytes",
        ),
        (
            "200",
            content("application/json", json!({"type": "boolean"})),
            "bool",
            "read",
        ),
        (
            "200",
            content(
                "application/json",
                json!({"type": "object", "properties": {"a": {"type": "string"}}}),
            ),
            "types::GetPResponse",
            "read_as",
        ),
    ] {
        let send = send(json!({"responses": {status: response}}));
        let result = format!("Result<ResponseValue<{output}>, crate::Error>");
        let read = format!("BufferedResponse::{read})");
        assert!(send.contains(&result) && send.contains(&read), "{send}");
    }
}

#[test]
fn the_transport_learns_the_places_of_secrets_and_operations_without_credential() {
    let inner = json!({"type": "object", "properties": {"a/b": secret(), "c": {"type": "string"}}});
    let body = json!({"type": "object", "properties": {
        "pin": secret(), "inner": inner, "items": {"type": "array", "items": secret()},
    }});
    let send = send(json!({
        "security": [],
        "responses": {"204": {"description": "d"}},
        "parameters": [
            {"in": "query", "name": "code", "schema": secret()},
            {"in": "query", "name": "id", "schema": {"type": "string"}},
        ],
        "requestBody": {"content": {"application/json": {"schema": body}}},
    }));
    let send: String = send.split_whitespace().collect();
    for expected in [
        r#"body_secrets:&["/inner/a~1b","/items/*","/pin"],"#,
        r#"query_secrets:&["code"],"#,
        "is_public:true,",
    ] {
        assert!(send.contains(expected), "{expected}: {send}");
    }
}

#[test]
fn a_parameter_called_client_is_distinct_from_the_client() {
    let send = send(json!({
        "responses": {"204": {"description": "d"}}, "description": "pub async fn send(self)",
        "parameters": [{"in": "query", "name": "client", "schema": {"type": "string"}}],
    }));
    assert!(send.contains("let client = self._client;"), "{send}");
}

#[test]
fn a_parameter_called_rejected_is_distinct_from_the_rejected_arguments() {
    let send = send(json!({
        "responses": {"204": {"description": "d"}}, "description": "pub async fn send(self)",
        "parameters": [{"in": "query", "name": "rejected", "schema": {"type": "string"}}],
    }));
    let request = "let Self { client, rejected, rejected_ } = self;";
    assert!(send.contains(request), "{send}");
}

#[test]
fn only_a_body_that_must_have_properties_is_checked_for_them() {
    let body = |mut schema: Value| {
        schema["type"] = json!("object");
        schema["properties"] = json!({"a": {"type": "string"}});
        send(json!({
            "responses": {"204": {"description": "d"}},
            "requestBody": {"content": {"application/json": {"schema": schema}}},
        }))
    };
    let checked = body(json!({"minProperties": 2}));
    assert!(checked.contains("min_properties: 2,"), "{checked}");
    assert!(!body(json!({})).contains("min_properties"));
}

#[test]
fn a_derived_schema_has_the_lengths_of_its_own_string() {
    let schemas = json!({
        "A": {"type": "string", "maxLength": 9},
        "B": {"type": "string", "minLength": 3},
        "C": {"type": "string", "minLength": 4, "maxLength": 5},
    });
    let operation = json!({"responses": {"204": {"description": "d"}}});
    let code = client("api", &openapi(operation, schemas)).unwrap();
    let code: String = code.split_whitespace().collect();
    for (name, length) in [
        ("A", "max = 9"),
        ("B", "min = 3"),
        ("C", "min = 4, max = 5"),
    ] {
        let string =
            format!("pubstruct{name}(#[cfg_attr(feature=\"schemars\",schemars(length({length})))]");
        let string = string.replace(' ', "");
        assert!(code.contains(&string), "{name}: {code}");
    }
}

#[test]
fn a_type_of_the_document_keeps_the_paths_to_the_type_of_std_long() {
    let schemas = json!({"Option": {"type": "object", "properties": {"a": {"type": "string"}}}});
    let operation = json!({"responses": {"204": {"description": "d"}}});
    let code = client("api", &openapi(operation, schemas)).unwrap();
    assert!(
        code.contains("pub a: ::std::option::Option<String>"),
        "{code}"
    );
    assert!(
        code.contains("skip_serializing_if = \"::std::option::Option::is_none\""),
        "{code}"
    );
}

#[test]
fn each_line_of_documentation_and_each_variant_has_a_line_of_its_own() {
    let code = "mod types { crate::types::open_enum::open_enum! { #[doc = \"A\\n\\n- b\"] pub enum E { \
                A = \"a\", B = \"b\", } } /** c\n d */ pub struct S; }";
    let text = format::text("{}", syn::parse_file(code).unwrap());
    let lines: Vec<&str> = text.lines().skip(2).map(str::trim_end).collect();
    assert_eq!(
        lines.join("\n"),
        "mod types {\n    crate::types::open_enum::open_enum! {\n        /// A\n        ///\n        \
         /// - b\n        pub enum E {\n            A = \"a\",\n            B = \"b\",\n        \
         }\n    }\n    /// c\n    /// d\n    pub struct S;\n}"
    );
}

#[test]
fn a_list_with_offsets_pages_by_offset() {
    let page = json!({"type": "object", "required": ["total", "items"], "properties": {
        "total": {"type": "integer"},
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
    }});
    let item = json!({"type": "object", "properties": {"id": {"type": "string"}}});
    let integer = |name: &str| json!({"in": "query", "name": name, "schema": {"type": "integer"}});
    let operation = json!({
        "x-pagination": {"style": "offset", "items": "items"},
        "parameters": [integer("limit"), integer("offset")],
        "responses": {"200": {"description": "d", "content": {"application/json":
            {"schema": {"$ref": "#/components/schemas/Page"}}}}},
    });
    let code = client(
        "api",
        &openapi(operation, json!({"Page": page, "Item": item})),
    )
    .unwrap();
    let code: String = code.split_whitespace().collect();
    for expected in [
        "constBY_OFFSET:bool=true;",
        "NextPage::Offset{count:self.items.len_with_undecoded(),total:self.total(),}",
        "self.total.try_into().ok()",
    ] {
        assert!(code.contains(expected), "{expected}: {code}");
    }
}

#[test]
fn a_wrong_description_of_paging_is_an_error_that_names_the_operation() {
    let operation = |pagination: Value| {
        json!({
            "x-pagination": pagination,
            "responses": {"200": {"description": "d", "content": {"application/json":
                {"schema": {"type": "array", "items": {"type": "string"}}}}}},
        })
    };
    for (pagination, problem) in [
        (
            json!({"style": "page"}),
            "expected the `style` `cursor` or `offset`",
        ),
        (
            json!({"style": "cursor", "items": "data"}),
            "the operation has no query parameter `after`",
        ),
    ] {
        let error = client("api", &openapi(operation(pagination), json!({}))).unwrap_err();
        let expected = format!("`x-pagination` of the operation `get_p`: {problem}");
        assert!(error.to_string().contains(&expected), "{error}");
    }
}
