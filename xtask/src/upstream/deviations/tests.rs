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
fn reports_what_each_golden_case_expects() {
    let cases = cases::of("deviations");
    let failures = cases.iter().filter_map(|(name, case)| {
        let none = json!({"deviations": []});
        let deviations = case.get("deviations").unwrap_or(&none);
        let messages = match compare(&case["upstream"], &case["spec"], deviations) {
            Ok(messages) => messages,
            Err(error) => vec![format!("{error:#}")],
        };
        let expected = cases::texts(case, "expected");
        (messages != expected).then(|| format!("{name}: got\n{}", messages.join("\n")))
    });
    let failures: Vec<_> = failures.collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn accepts_declared_differences() {
    assert_eq!(compare_page(PAGE), [""; 0]);
}

#[test]
fn reports_both_pointers_for_a_renamed_field() {
    let page = PAGE.replacen("timezone_idstring", "time_zonestring", 1);
    let [added, removed] = &compare_page(&page)[..] else {
        panic!("{:?}", compare_page(&page));
    };
    for (message, field) in [(added, "time_zone"), (removed, "timezone_id")] {
        let parts = [
            format!("the field `{field}` of the response 200 of `GET /{{Version}}/{{WABA-ID}}`"),
            format!("specs/graph/upstream.json#/schemas/WhatsAppBusinessAccount/fields/{field}"),
            format!(
                "specs/graph/spec.yaml#/components/schemas/WhatsAppBusinessAccount/properties/{field}"
            ),
        ];
        for part in parts {
            assert!(message.contains(&part), "{message}");
        }
    }
}

#[test]
fn reports_each_use_of_a_renamed_field() {
    let messages = compare_page(&PAGE.replace("timezone_id", "time_zone"));
    // The field of the response, the value of `fields` and the field of the body: each twice.
    assert_eq!(messages.len(), 6, "{messages:?}");
}

#[test]
fn terminates_for_recursive_schemas() {
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
    let messages = compare(&upstream, &spec, &json!({"deviations": []})).unwrap();
    assert_eq!(messages.len(), 2, "{messages:?}");
}
