//! The samples of an operation: a request for cURL, and the body of a response.

use serde_json::{Map, Value, json};

use super::{
    LONGEST_EXCERPT, Read,
    lines::{Cursor, Kind, Line},
    refuse, unexpected,
};
use crate::excerpt::excerpt;

/// The first line of the samples.
pub const START: &str = "Select language";

/// The samples of an operation.
#[derive(Debug, PartialEq)]
pub struct Samples {
    /// The statuses that have a sample. The page shows the first of them.
    pub statuses: Vec<String>,
    pub request: Request,
    pub response: Value,
}

/// A request as cURL sends it.
#[derive(Debug, Default, PartialEq)]
pub struct Request {
    pub media_type: Option<String>,
    /// The body, unless it is empty.
    pub body: Option<Value>,
}

/// Reads the samples of the operation `method` on `path`, below the server `server`.
pub fn read(cursor: &mut Cursor<'_>, method: &str, server: &str, path: &str) -> Read<Samples> {
    cursor.expect_text(START, |text| text == START)?;
    cursor.expect_text("languages such as `cURLJavaScriptPython`", |text| {
        text.starts_with("cURL") && text.bytes().all(|byte| byte.is_ascii_alphabetic())
    })?;
    cursor.expect(Kind::Rule, "a rule")?;
    let code = cursor.expect(Kind::Code, "a code block with the request")?;
    let request = request(code, method, &format!("{server}{path}"))?;
    cursor.skip_text("Select status code")?;
    let line = cursor.expect_text("statuses such as `200400404`", |_| true)?;
    let statuses = statuses(line)?;
    cursor.expect(Kind::Rule, "a rule")?;
    let code = cursor.expect(Kind::Code, "a code block with the body of a response")?;
    let response = json_sample(code, &code.text)?;
    Ok(Samples {
        statuses,
        request,
        response,
    })
}

/// Returns whether `text` is an HTTP status, a class of them, or `default`.
pub fn is_status(text: &str) -> bool {
    let (first, rest) = text.split_at_checked(1).unwrap_or_default();
    let is_number = rest.len() == 2 && rest.bytes().all(|digit| digit.is_ascii_digit());
    text == "default" || (["1", "2", "3", "4", "5"].contains(&first) && (is_number || rest == "XX"))
}

/// Splits the statuses that a selector runs together: `200400default`.
fn statuses(line: &Line) -> Read<Vec<String>> {
    let mut rest = line.text.as_str();
    let mut statuses: Vec<String> = Vec::new();
    while !rest.is_empty() {
        let status = [3, "default".len()]
            .into_iter()
            .filter_map(|length| rest.split_at_checked(length))
            .find(|(status, _)| is_status(status));
        match status {
            Some((status, after)) if !statuses.iter().any(|known| known == status) => {
                statuses.push(status.to_owned());
                rest = after;
            }
            _ => return unexpected(line, "different statuses such as `200400404`"),
        }
    }
    Ok(statuses)
}

/// Reads a cURL command that sends `method` to `url`.
fn request(code: &Line, method: &str, url: &str) -> Read<Request> {
    let unknown = |part: &str| {
        refuse(
            code.number,
            &format!(
                "the request sample has `{}`, which is not known",
                excerpt(part, LONGEST_EXCERPT)
            ),
        )
    };
    let mut request = Request::default();
    let mut form = Map::new();
    let mut options = options(&code.text).into_iter();
    let first = format!("curl --request {method}");
    match options.next() {
        Some(option) if option == first => {}
        other => return unknown(other.as_deref().unwrap_or_default()),
    }
    for option in options {
        let quoted = option.strip_suffix('\'');
        let Some((name, value)) = quoted.and_then(|option| option.split_once(" '")) else {
            return unknown(&option);
        };
        let header = value.split_once(": ").unwrap_or_default();
        match (name, header) {
            ("--url", _) if value == url => {}
            ("--header", ("Authorization", _)) => {}
            ("--header", ("Content-Type", media_type)) if request.media_type.is_none() => {
                request.media_type = Some(media_type.to_owned());
            }
            ("--data", _) if request.body.is_none() => {
                request.body = Some(json_sample(code, value)?);
            }
            ("--data-urlencode", _) if add_to_form(&mut form, value) => {}
            _ => return unknown(&option),
        }
    }
    match (&request.body, form.is_empty()) {
        (None, false) => request.body = Some(form.into()),
        (Some(_), false) => return unknown("--data and --data-urlencode"),
        (_, true) => {}
    }
    request.body = request.body.filter(|body| *body != json!({}));
    Ok(request)
}

/// Splits a command at the line ends that a backslash continues, except within `--data`.
fn options(command: &str) -> Vec<String> {
    let mut options: Vec<String> = Vec::new();
    for line in command.lines() {
        let trimmed = line.trim();
        let starts = trimmed.starts_with("--") || options.is_empty();
        match options.last_mut() {
            Some(last) if !starts => {
                last.push('\n');
                last.push_str(trimmed.trim_end_matches('\\'));
            }
            _ => options.push(trimmed.trim_end_matches('\\').trim_end().to_owned()),
        }
    }
    options
}

/// Adds `name=value` or `name[0]=value` to `form`. Returns whether that was possible.
fn add_to_form(form: &mut Map<String, Value>, pair: &str) -> bool {
    let Some((name, value)) = pair.split_once('=') else {
        return false;
    };
    let Some((name, index)) = name.split_once('[') else {
        return form.insert(name.to_owned(), value.into()).is_none();
    };
    let list = form.entry(name).or_insert_with(|| json!([]));
    match list.as_array_mut() {
        Some(list) if index == format!("{}]", list.len()) => {
            list.push(value.into());
            true
        }
        _ => false,
    }
}

/// Parses JSON from a code block, in which pages escape the first brace and some line ends.
fn json_sample(code: &Line, text: &str) -> Read<Value> {
    let text = text.trim_start();
    let text = text.strip_prefix('\\').unwrap_or(text);
    let lines = text
        .lines()
        .map(|line| line.trim_end().trim_end_matches('\\'));
    let text = lines.collect::<Vec<_>>().join("\n");
    serde_json::from_str(&text).or_else(|error| {
        refuse(
            code.number,
            &format!("the sample is not JSON: {error} of it"),
        )
    })
}

/// Adds `sample` to a media type object: as `examples` where the page names several, else as
/// `example`.
pub fn add_to(content: &mut Map<String, Value>, sample: &Value) {
    let (key, value) = match named(sample) {
        Some(_) => ("examples", sample),
        None => ("example", sample),
    };
    content.insert(key.to_owned(), value.clone());
}

/// Returns the bodies that `sample` shows.
pub fn bodies(sample: &Value) -> Vec<&Value> {
    named(sample).unwrap_or_else(|| vec![sample])
}

/// Returns the values of `sample` if it consists of OpenAPI's Example Objects by name.
fn named(sample: &Value) -> Option<Vec<&Value>> {
    let keys = ["description", "summary", "value"];
    let examples = sample.as_object().filter(|examples| !examples.is_empty())?;
    let values = examples.values().map(|example| {
        let example = example.as_object()?;
        let is_example = example.keys().all(|key| keys.contains(&key.as_str()));
        example.get("value").filter(|_| is_example)
    });
    values.collect()
}
