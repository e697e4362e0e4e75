//! The changes that count as differences between a witness and a hand-written document.

use serde_json::Value;

use super::{Difference, Witness, places::Places};
use crate::{
    compare::{Change, Direction, Level, Pointers, Rule},
    openapi::pointer::{child, follow},
    pipeline::adapt::CLIENT_HEADERS,
    upstream::sources::next_version,
};

/// Returns whether a change from `witness` to `spec`, in their compared forms, is a difference to
/// declare. `variables` are those of the server of the hand-written document.
pub fn is_difference(change: &Change, witness: &Value, spec: &Value, variables: &Value) -> bool {
    use Rule as R;
    if change.level == Level::Docs {
        return false;
    }
    match change.rule {
        // Names that are not sent, and errors that callers always expect.
        R::OperationIdChanged
        | R::PathParameterRenamed
        | R::RefusalAdded
        | R::StatusMerged
        | R::StatusSplit => return false,
        // Servers check values, and apply their own defaults.
        R::FormatUnset | R::LimitLoosened | R::PatternUnset => return false,
        R::DefaultChanged if change.after.is_none() => return false,
        // The format of secrets, which are sent like any other text.
        R::FormatSet if change.after == Some("password".into()) => return false,
        // The witness does not show the schema.
        R::TypeNarrowed if change.before == Some("any type".into()) => return false,
        R::EnumSet if is_open_enum(change, spec) => return false,
        R::ParameterRemoved if is_set_by_client(change, witness, variables) => return false,
        _ => {}
    }
    let only_response = change.affects(Direction::Response) && !change.affects(Direction::Request);
    !(only_response && (allows_more(change.rule) || is_in_other_case(change, [witness, spec])))
}

/// Returns whether a response with this change still accepts everything that upstream documents.
/// Enums in responses are open, so an enum accepts as much as a string.
fn allows_more(rule: Rule) -> bool {
    use Rule as R;
    matches!(
        rule,
        R::EnumSet
            | R::EnumValueAdded
            | R::FieldOptional
            | R::FormatWidened
            | R::FurtherMembersAllowed
            | R::HeaderAdded
            | R::NullAllowed
            | R::NullAllowedOnOptional
            | R::OptionalFieldAdded
            | R::TypeWidened
            | R::VariantAdded
    )
}

/// Returns whether an enum of responses only differs in the case of the value: the other of the two
/// documents has it too. Clients ignore the case of responses.
pub fn is_in_other_case(change: &Change, [old, new]: [&Value; 2]) -> bool {
    let Pointers { before, after } = &change.pointers;
    let (value, other, pointer) = match change.rule {
        Rule::EnumValueRemoved => (&change.before, new, after),
        Rule::EnumValueAdded => (&change.after, old, before),
        _ => return false,
    };
    let values = other.pointer(pointer.as_deref().unwrap_or_default());
    let (Some(Value::String(value)), Some(Value::Array(values))) = (value, values) else {
        return false;
    };
    let is_value = |other: &str| other.eq_ignore_ascii_case(value);
    !change.affects(Direction::Request) && values.iter().filter_map(Value::as_str).any(is_value)
}

/// Returns whether the enum in `spec` accepts other values too.
fn is_open_enum(change: &Change, spec: &Value) -> bool {
    let pointer = change.pointers.after.as_deref().unwrap_or_default();
    let schema = pointer.strip_suffix("/enum").unwrap_or(pointer);
    let is_open = |pointer: &str| spec.pointer(pointer)?.get("x-open-enum").cloned();
    is_open(schema) == Some(true.into())
}

/// Returns whether the removed parameter is a header that the client sets, or a part of the path that
/// is a variable of the server.
fn is_set_by_client(change: &Change, witness: &Value, variables: &Value) -> bool {
    let Some(parameter) = &change.before else {
        return false;
    };
    let parameter = follow(witness, parameter);
    let name = parameter["name"].as_str().unwrap_or_default();
    match parameter["in"].as_str() {
        Some("header") => CLIENT_HEADERS.contains(&&*name.to_ascii_lowercase()),
        Some("path") => variables.get(name).is_some(),
        _ => false,
    }
}

/// Compares the version of the API in both documents.
pub fn versions(places: &Places<'_>, witness: &Witness<'_>, spec: &Value) -> Vec<Difference> {
    let Some(version) = witness.document["info"]["version"].as_str() else {
        return Vec::new();
    };
    let mut differences = Vec::new();
    let mut compare = |name: &str, pointer: &str| {
        let found = spec.pointer(pointer).and_then(Value::as_str);
        let found = found.unwrap_or_default();
        if found != version {
            let text = format!("{name}: the version changed from `{version}` to `{found}`");
            let at = places.both("/info/version", pointer);
            differences.push(Difference::new(witness.name, text, &at));
        }
    };
    compare("info", "/info/version");
    let variables = spec["servers"][0]["variables"].as_object();
    for (name, variable) in variables.into_iter().flatten() {
        let default = variable["default"].as_str();
        if default.is_some_and(|default| next_version(default).is_some()) {
            let pointer = child("/servers/0/variables", name);
            compare(
                &format!("server variable {name}"),
                &child(&pointer, "default"),
            );
        }
    }
    differences
}
