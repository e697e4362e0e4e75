//! Open enums: every string is a value, and all conversions agree.

use waba::graph::types::{Field, WhatsAppBusinessAccountReviewStatus as Review};

#[test]
fn from_str_deserialize_and_from_agree() {
    for text in [
        "APPROVED",
        "approved",
        "Approved",
        "BRAND_NEW",
        "",
        "unknown",
        "Unknown",
    ] {
        let parsed: Review = text.parse().expect("every string is a value");
        let decoded: Review =
            serde_json::from_value(serde_json::json!(text)).expect("every string decodes");
        assert_eq!(parsed, decoded, "{text}");
        assert_eq!(parsed, Review::from(text), "{text}");
        assert_eq!(parsed, Review::from(text.to_owned()), "{text}");
    }
}

#[test]
fn as_str_serialize_and_display_agree() {
    for value in [Review::Approved, Review::Unknown("Brand_New".to_owned())] {
        let encoded = serde_json::to_value(&value).expect("a string");
        assert_eq!(encoded, value.to_string());
        assert_eq!(encoded, value.as_str());
        let display = value.to_string();
        assert_eq!(
            display.parse::<Review>().expect("every string is a value"),
            value
        );
    }
}

#[test]
fn matches_known_values_in_any_case_and_keeps_unknown_values_verbatim() {
    assert_eq!(Review::from("aPPROVED"), Review::Approved);
    assert_eq!(Review::from("Brand_New").as_str(), "Brand_New");
    assert_eq!(
        Field::from("phone_numbers{id}").to_string(),
        "phone_numbers{id}"
    );
}

#[test]
fn keeps_a_number_as_an_unknown_value() {
    let value: Review = serde_json::from_str("7").expect("a number decodes");
    assert_eq!(value, Review::Unknown("7".to_owned()));
}
