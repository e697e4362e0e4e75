use std::path::Path;

use serde_json::json;

use super::*;
use crate::{cases, openapi::document, upstream::reference_page};

/// The reference page of the frozen repository.
const PAGE: &str = include_str!(
    "../../../tests/fixtures/mirror/developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-account/whatsapp-business-account-api/v23.0.md"
);

/// Compares `page` with the document and the declarations of the frozen repository.
fn compare_page(page: &str) -> Vec<String> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/repository/specs/graph");
    let spec = document::read(&specs.join("spec.yaml")).unwrap();
    let deviations = document::read(&specs.join("deviations.yaml")).unwrap();
    let upstream = reference_page::read("page.md", page).unwrap();
    compare(&upstream, &spec, &deviations).unwrap()
}

#[test]
fn golden_cases() {
    let cases = cases::of("deviations");
    let failures = cases.iter().filter_map(|(name, case)| {
        let none = json!({"deviations": []});
        let deviations = case.get("deviations").unwrap_or(&none);
        let sentences = match compare(&case["upstream"], &case["spec"], deviations) {
            Ok(sentences) => sentences,
            Err(error) => vec![format!("{error:#}")],
        };
        let expected = cases::texts(case, "expected");
        (sentences != expected).then(|| format!("{name}: got\n{}", sentences.join("\n")))
    });
    let failures: Vec<_> = failures.collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn a_document_that_differs_only_as_declared_passes() {
    assert_eq!(compare_page(PAGE), [""; 0]);
}

#[test]
fn a_field_that_was_renamed_is_told_with_both_places() {
    let page = PAGE.replacen("timezone_idstring", "time_zonestring", 1);
    let [added, gone] = &compare_page(&page)[..] else {
        panic!("{:?}", compare_page(&page));
    };
    for (sentence, field) in [(added, "time_zone"), (gone, "timezone_id")] {
        let words = [
            format!("the field `{field}` of the answer 200 of `GET /{{Version}}/{{WABA-ID}}`"),
            format!("specs/graph/upstream.json#/schemas/WhatsAppBusinessAccount/fields/{field}"),
            format!(
                "specs/graph/spec.yaml#/components/schemas/WhatsAppBusinessAccount/properties/{field}"
            ),
        ];
        for word in words {
            assert!(sentence.contains(&word), "{sentence}");
        }
    }
}

#[test]
fn a_name_that_changes_everywhere_is_told_everywhere() {
    let sentences = compare_page(&PAGE.replace("timezone_id", "time_zone"));
    // The field of the answer, its name in `fields` and the field of the body; gone and new.
    assert_eq!(sentences.len(), 6, "{sentences:?}");
}

#[test]
fn schemas_that_hold_themselves_end() {
    let upstream = json!({"operations": {"GET /a": {"responses": {"200": {
        "mediaType": "application/json",
        "schema": "A",
    }}}}, "schemas": {"A": {"fields": {
        "a": {"type": "A", "required": false},
        "list": {"type": "array of array of string", "required": false},
        "choice": {"type": "string", "required": false},
    }}}});
    let circle = |reference: &str| json!({"$ref": format!("#/components/schemas/{reference}")});
    let spec = json!({"paths": {"/a": {"get": {"responses": {"200": {
        "content": {"application/json": {"schema": circle("A")}},
    }}}}}, "components": {"schemas": {
        "A": {"type": "object", "properties": {
            "a": circle("A"),
            "list": circle("List"),
            "choice": circle("Choice"),
        }},
        "List": {"type": "array", "items": circle("List")},
        "Choice": {"oneOf": [circle("Choice"), circle("Ring"), circle("Nowhere")]},
        "Ring": circle("Ring"),
    }}});
    let sentences = compare(&upstream, &spec, &json!({"deviations": []})).unwrap();
    assert_eq!(sentences.len(), 2, "{sentences:?}");
}
