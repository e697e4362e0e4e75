//! The generator: OpenAPI document → progenitor → Rust. What the documents say is decided by
//! `cargo xtask prepare`; nothing is here.

use std::{error::Error, fmt::Write as _};

use progenitor::{CrateVers, GenerationSettings, Generator, InterfaceStyle, TypePatch};
use regex::{Captures, Regex};
use serde_json::Value;

/// Rust code, or why there is none.
pub type Made = Result<String, Box<dyn Error>>;

/// The Rust code of the client of `api`, whose OpenAPI 3.0 document is `document`.
pub fn client(api: &str, document: &str) -> Made {
    let settings = settings(api, document)?;
    let tokens = Generator::new(&settings).generate_tokens(&serde_json::from_str(document)?)?;
    let enums = open_enums(document)?;

    // What progenitor and typify have no settings for, spelled as a token stream prints itself;
    // the tests tell when one no longer applies.
    let code = tokens
        .to_string()
        .replace("pub mod types {", &format!("pub mod types {{ {enums}"))
        // Clients are made by the crate's own builders alone: these panic, or know no credential.
        .replace("pub fn new (baseurl", "fn new (baseurl")
        .replace(
            "pub fn new_with_client (baseurl",
            "pub (crate) fn new_with_client (baseurl",
        )
        // progenitor leaves `\\` as it is, which URLs read as another `/`.
        .replace("encode_path (", "crate :: types :: id :: encode_segment (")
        // typify asks for the map of further members, even if there are none.
        .replace(
            "Err (\"no value supplied for extra\" . to_string ())",
            "Ok (:: std :: default :: Default :: default ())",
        )
        // Public, and never asked.
        .replace(
            "impl ClientHooks < crate :: http :: transport :: Transport > for & Client { }",
            "",
        )
        // progenitor's own header, which means nothing to either API.
        .replace(
            "header_map . append (:: reqwest :: header :: HeaderName :: from_static (\"api-version\") , \
             :: reqwest :: header :: HeaderValue :: from_static (super :: Client :: api_version ()) ,) ;",
            "",
        )
        // The name that typify gives to 360dialog's `360dialog_trace_id`.
        .replace("x360dialog_trace_id", "trace_id");
    let code = sent_by_us(&code, &serde_json::from_str(document)?)?;
    // typify's setters want `String` or `Some(String)` where a `&str` will do.
    let setter = Regex::new(
        r":: std :: convert :: TryInto (< :: std :: option :: Option <.*?value \. )try_into \(",
    )?;
    let code = setter.replace_all(&code, "crate :: TryIntoSome ${1}try_into_some (");
    let code = code.replace(
        "# [derive (:: serde ::",
        "# [cfg_attr (feature = \"schemars\", derive (:: schemars :: JsonSchema))] # [derive (:: serde ::",
    );
    lengths(&code)
}

/// Tells `JsonSchema` the lengths that typify checks of a string, which it cannot see.
fn lengths(code: &str) -> Made {
    let strings = Regex::new(r"pub struct (\w+) \((:: std :: string :: String)\) ;")?;
    let (longest, shortest) = (Regex::new(r"> (\d+)usize")?, Regex::new(r"< (\d+)usize")?);
    let code = strings.replace_all(code, |string: &Captures| {
        let (whole, [name, inner]) = string.extract();
        let check = code.split(&format!(":: FromStr for {name} {{")).nth(1);
        let check = check.and_then(|check| check.split("impl ").next());
        let bound = |bound: &Regex, keyword: &str| {
            let found = bound.captures(check?)?;
            Some(format!("{keyword} = {}", &found[1]))
        };
        let bounds = [bound(&shortest, "min"), bound(&longest, "max")];
        let bounds: Vec<String> = bounds.into_iter().flatten().collect();
        match bounds.join(", ").as_str() {
            "" => whole.to_owned(),
            bounds => format!(
                r#"pub struct {name} (# [cfg_attr (feature = "schemars", schemars (length ({bounds})))] {inner}) ;"#
            ),
        }
    });
    Ok(code.into_owned())
}

/// Leaves to progenitor's `send` what it makes of the parameters. The rest is the crate's: one way of
/// sending for all calls, and one error that knows more than progenitor's.
fn sent_by_us(code: &str, document: &Value) -> Made {
    // No description holds this: its quotes are escaped.
    const SEND: &str = "\"] pub async fn send (self)";
    let send = Regex::new(
        r#"^ -> Result < ResponseValue < (.*?) > , Error < .*? > ,? > \{ (.*?) let info = OperationInfo \{ operation_id : ("[^"]*") ,? \} ; (\w+) \. pre \(& mut (\w+) , .*? match \w+ \. status \(\) \. as_u16 \(\) \{"#,
    )?;
    let mut pieces = code.split(SEND);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let Some(found) = send.captures(piece) else {
            let what = out.rsplit('"').next().unwrap_or_default();
            return Err(format!("progenitor writes what \"{what}\" in an unknown way").into());
        };
        let (whole, [answer, request, operation, client, name]) = found.extract();
        let guard = match least_properties(document, operation.trim_matches('"')) {
            Some(least) => {
                format!(
                    "crate :: http :: transport :: require_properties (& request , {least}) ? ;"
                )
            }
            None => String::new(),
        };
        let (answer, read) = match answer {
            "()" => ("()", "without_body"),
            // The transport has read all of it.
            "ByteStream" => (":: bytes :: Bytes", "bytes"),
            "reqwest :: Upgraded" => {
                return Err(format!("{operation} changes the protocol of the connection").into());
            }
            answer => (answer, "read"),
        };
        write!(
            out,
            r#""] # [doc = "\n# Errors\n\nAny [`Error`](crate::Error) but one of configuration."]
            pub async fn send (self) -> Result < ResponseValue < {answer} > , crate :: Error > {{
                let client = self . {client} ;
                let request = self . into_request () . map_err (crate :: Error :: of_request) ? ;
                {guard}
                client . call (request , {operation}) . await ? . {read} ()
            }}
            fn into_request (self) -> Result < reqwest :: Request , Error < () >> {{
                {request} Ok ({name})
            }}"#
        )?;
        // Beyond the `match` on the status and the function around it.
        out += beyond_braces(&piece[whole.len()..], 2);
    }
    Ok(out)
}

/// Returns how many properties the document demands of the body of an operation, where a smaller
/// body is one that the schema's required properties do not rule out.
fn least_properties(document: &Value, id: &str) -> Option<u64> {
    let paths = document["paths"].as_object()?;
    let mut operations = paths
        .values()
        .filter_map(Value::as_object)
        .flat_map(|item| item.values());
    let operation = operations.find(|operation| operation["operationId"] == id)?;
    let resolved = |value: &'_ Value| {
        let reference = value["$ref"]
            .as_str()
            .and_then(|path| path.strip_prefix('#'));
        reference
            .and_then(|path| document.pointer(path))
            .unwrap_or(value)
            .clone()
    };
    let body = resolved(&operation["requestBody"]);
    let schema = resolved(&body["content"]["application/json"]["schema"]);
    schema["minProperties"].as_u64().filter(|least| *least > 0)
}

/// What follows the end of so many blocks, of which `code` is the rest; it has no braces in texts.
fn beyond_braces(code: &str, mut depth: usize) -> &str {
    for (at, character) in code.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &code[at + 1..];
        }
    }
    ""
}

/// The Rust code of typed mocks of `api`.
pub fn mock(api: &str, document: &str) -> Made {
    let settings = settings(api, document)?;
    let code = Generator::new(&settings)
        .httpmock(&serde_json::from_str(document)?, &format!("crate::{api}"))?
        .to_string()
        // Base URLs may end in the version of the API.
        .replace("\"^/", "\"^(?:/v[0-9]+[.][0-9]+)?/")
        .replace(
            "value : & :: waba :: PathSegment",
            "value : impl :: std :: fmt :: Display",
        );
    // Of a segment, progenitor makes a part of the regular expression as it is.
    let segment = Regex::new(r#"(format ! \("[^"]*" , )value \. to_string \(\)"#)?;
    let code = segment.replace_all(
        &code,
        "${1}:: regex :: escape (& crate :: types :: id :: encode_segment (& value . to_string ()))",
    );
    Ok(code.into_owned())
}

/// What progenitor is told of `api`.
fn settings(api: &str, document: &str) -> Result<GenerationSettings, Box<dyn Error>> {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_inner_type("crate::http::transport::Transport".parse()?)
        // Where the document names a type of ours by `x-rust-type`: one that both APIs share, or
        // (by the name `api`) one that stands beside the generated ones.
        .with_crate("waba", CrateVers::Any, None)
        .with_crate("api", CrateVers::Any, Some(&format!("waba::{api}")));
    for name in structs_with_default(&serde_json::from_str(document)?) {
        settings.with_patch(name, TypePatch::default().with_derive("Default"));
    }
    Ok(settings)
}

/// The objects without required members; typify gives them no `Default` once they have `extra`.
fn structs_with_default(document: &Value) -> Vec<&String> {
    let schemas = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten();
    schemas
        .filter(|(_, schema)| schema["additionalProperties"].is_object())
        .filter(|(_, schema)| schema["properties"].is_object() && schema["required"].is_null())
        // What these make of it may be no struct.
        .filter(|(_, schema)| {
            ["allOf", "anyOf", "oneOf"]
                .iter()
                .all(|keyword| schema[keyword].is_null())
        })
        .map(|(name, _)| name)
        .collect()
}

/// The schemas marked `x-open-enum`, which typify would make into enums that refuse new values.
fn open_enums(document: &str) -> Result<String, Box<dyn Error>> {
    let document: Value = serde_json::from_str(document)?;
    let mut code = String::new();
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let Some(variants) = schema["x-open-enum"].as_array() else {
            continue;
        };
        let values = schema["enum"]
            .as_array()
            .ok_or_else(|| format!("{name} has no `enum`"))?;
        let doc = schema["description"].as_str().unwrap_or(name);
        let path = schema["x-rust-type"]["path"].as_str().unwrap_or(name);
        let ident = path.rsplit("::").next().unwrap_or(path);
        writeln!(
            code,
            "crate::types::open_enum::open_enum! {{ #[doc = {doc:?}] pub enum {ident} {{"
        )?;
        for (variant, value) in variants.iter().zip(values.iter().filter(|v| !v.is_null())) {
            let value = value
                .as_str()
                .ok_or_else(|| format!("{name} has a value that is no string"))?;
            writeln!(
                code,
                "{} = {value:?},",
                variant.as_str().unwrap_or_default()
            )?;
        }
        code.push_str("} }\n");
    }
    Ok(code)
}
