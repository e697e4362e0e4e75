//! The section of one operation.

use serde_json::{Map, Value, json};

use super::{
    Read, content, description,
    lines::{Cursor, Kind, Line},
    nesting::Hints,
    parameters::Parameters,
    refuse,
    samples::{self, Samples},
    schemas::Schemas,
    sections::Section,
    unexpected,
};

/// Returns the Operation Object for the section of `method` on `path`, below `server`.
pub fn read(
    section: &Section<'_>,
    (method, path): (&str, &str),
    server: &str,
    schemas: &mut Schemas,
) -> Read<Value> {
    let mut cursor = section.cursor();
    let description = description::read(&mut cursor)?;
    request_syntax(&mut cursor, method, path)?;
    let samples = samples::read(&mut cursor, method, server, path)?;
    let mut parameters = Parameters::default();
    let mut body = None;
    let mut responses = None;
    let mut seen: Vec<&str> = Vec::new();
    while let Some(line) = cursor.next_text_if(|text| text != samples::START) {
        if seen.contains(&line.text.as_str()) {
            return unexpected(line, "each part of an operation once");
        }
        seen.push(&line.text);
        match line.text.as_str() {
            "Header Parameters" => parameters.read(&mut cursor, line, "header", schemas)?,
            "Path Parameters" => parameters.read(&mut cursor, line, "path", schemas)?,
            "Query Parameters" => parameters.read(&mut cursor, line, "query", schemas)?,
            "Request BodyRequired" | "Request BodyOptional" if body.is_none() => {
                body = Some(request_body(&mut cursor, line, &samples, schemas)?);
            }
            "Responses" => {
                let available = parameters.available.as_deref();
                let read = Responses {
                    description: &description,
                    samples: &samples,
                    available,
                };
                responses = Some(read.read(&mut cursor, schemas)?);
            }
            _ => {
                return unexpected(
                    line,
                    "`Header Parameters`, `Path Parameters`, `Query Parameters`, \
                     `Request BodyRequired`, `Request BodyOptional` or `Responses`",
                );
            }
        }
    }
    let Some(responses) = responses else {
        return cursor.refuse_next("`Responses`");
    };
    repeated_samples(&mut cursor, &samples, (method, path), server)?;
    if body.is_none() && samples.request.body.is_some() {
        return refuse(
            section.heading.number,
            "the request sample has a body, but the page describes none",
        );
    }
    check_path(section, path, &parameters)?;
    let mut operation = json!({"operationId": operation_id(method, path)});
    description::add(&mut operation, &description);
    operation["parameters"] = parameters.list.into();
    if let Some(body) = body {
        operation["requestBody"] = body;
    }
    operation["responses"] = responses.into();
    Ok(operation)
}

/// Reads the syntax of the request, which repeats the method and the path.
fn request_syntax(cursor: &mut Cursor<'_>, method: &str, path: &str) -> Read<()> {
    let heading = "### Request Syntax";
    cursor.expect_text(&format!("a sentence or `{heading}`"), |text| {
        text == heading
    })?;
    let syntax = format!("**{method}**{path}");
    let is_syntax = |text: &str| text.replacen("** ", "**", 1) == syntax;
    cursor.expect_text(&format!("`{syntax}`"), is_syntax)?;
    cursor.next_text_if(|text| text == "Try it");
    Ok(())
}

/// Reads the samples that end a section. Fails if they differ from the first ones.
fn repeated_samples(
    cursor: &mut Cursor<'_>,
    samples: &Samples,
    (method, path): (&str, &str),
    server: &str,
) -> Read<()> {
    if let Some(line) = cursor.peek() {
        let repeated = samples::read(cursor, method, server, path)?;
        if repeated != *samples {
            return refuse(
                line.number,
                "these samples differ from those at the start of the section",
            );
        }
    }
    cursor.expect_end()
}

/// Returns the Request Body Object below `heading`.
fn request_body(
    cursor: &mut Cursor<'_>,
    heading: &Line,
    samples: &Samples,
    schemas: &mut Schemas,
) -> Read<Value> {
    cursor.expect(Kind::Rule, "a rule")?;
    let description = description::read(cursor)?;
    let hints = Hints {
        samples: samples.request.body.iter().collect(),
        available: None,
    };
    let Some((media_type, mut content)) = content::content(cursor, schemas, &hints)? else {
        return cursor.refuse_next("`Content Type:`");
    };
    if samples
        .request
        .media_type
        .as_ref()
        .is_some_and(|sample| *sample != media_type)
    {
        return refuse(
            heading.number,
            &format!("the request sample has another media type than {media_type}"),
        );
    }
    if let Some(body) = &samples.request.body {
        content.insert("example".to_owned(), body.clone());
    }
    let mut body = json!({});
    description::add(&mut body, &description);
    body["required"] = (heading.text == "Request BodyRequired").into();
    body["content"] = json!({media_type: content});
    Ok(body)
}

/// A reader of the responses of an operation.
struct Responses<'s> {
    /// The description of the operation, which the page repeats above the responses.
    description: &'s str,
    samples: &'s Samples,
    available: Option<&'s [String]>,
}

impl Responses<'_> {
    fn read(&self, cursor: &mut Cursor<'_>, schemas: &mut Schemas) -> Read<Map<String, Value>> {
        let rule = cursor.expect(Kind::Rule, "a rule")?;
        if description::read(cursor)? != self.description {
            return refuse(
                rule.number,
                "the text below `Responses` differs from the description of the operation",
            );
        }
        let mut responses = Map::new();
        while let Some(line) = cursor.next_text_if(samples::is_status) {
            let response = self.response(cursor, &line.text, schemas)?;
            if responses.insert(line.text.clone(), response).is_some() {
                return unexpected(line, "each status once");
            }
        }
        let mut described: Vec<_> = responses.keys().collect();
        let mut selected: Vec<_> = self.samples.statuses.iter().collect();
        described.sort_unstable();
        selected.sort_unstable();
        if described != selected {
            return refuse(
                rule.number,
                &format!(
                    "the responses are {described:?}, but the samples are for {selected:?}; expected \
                     the same statuses"
                ),
            );
        }
        Ok(responses)
    }

    /// Returns the Response Object of `status`.
    fn response(
        &self,
        cursor: &mut Cursor<'_>,
        status: &str,
        schemas: &mut Schemas,
    ) -> Read<Value> {
        let mut response = json!({"description": description::read(cursor)?});
        let has_sample = self
            .samples
            .statuses
            .first()
            .is_some_and(|first| first == status);
        let sample = Some(&self.samples.response).filter(|_| has_sample);
        let hints = Hints {
            samples: sample.map(samples::bodies).unwrap_or_default(),
            available: self.available.filter(|_| has_sample),
        };
        match (content::content(cursor, schemas, &hints)?, sample) {
            (Some((media_type, mut content)), sample) => {
                if let Some(sample) = sample {
                    samples::add_to(&mut content, sample);
                }
                response["content"] = json!({media_type: content});
            }
            (None, Some(sample)) if *sample != json!({}) => {
                return cursor.refuse_next("`Content Type:`, as the sample has a body");
            }
            (None, _) => {}
        }
        Ok(response)
    }
}

/// Fails if the path parameters are not those of the path.
fn check_path(section: &Section<'_>, path: &str, parameters: &Parameters) -> Read<()> {
    let templates = path.split('{').skip(1);
    let mut in_path: Vec<_> = templates
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .collect();
    let mut described: Vec<_> = parameters.in_path.iter().map(String::as_str).collect();
    in_path.sort_unstable();
    described.sort_unstable();
    if in_path == described {
        return Ok(());
    }
    unexpected(
        section.heading,
        &format!(
            "a path with the parameters that are listed below `Path Parameters`, {}",
            described.join(", ")
        ),
    )
}

/// Returns an operation id, which pages do not give: the anchor of the section in snake case.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words = std::iter::once(method).chain(words.filter(|word| !word.is_empty()));
    words.collect::<Vec<_>>().join("_").to_ascii_lowercase()
}
