//! The feature `webhooks`: verification, and payloads that decode and encode without loss.

use hmac_sha256::HMAC;
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};
use waba::{
    Secret,
    graph::types::{
        AccountBanState, AccountUpdateEvent, MessageTemplateCategory, MessageTemplateStatus,
    },
    webhooks::{
        self, BODY_LIMIT, Error, Event, Notification, PartnerEvent, PartnerEventType, Verifier,
    },
};

use crate::documents::document;

/// The examples in Meta's webhook reference.
const META: &str = include_str!("../fixtures/webhooks/meta_reference.json");

/// Payloads as programs in public repositories receive them, with other ids.
const PUBLIC_CODE: &str = include_str!("../fixtures/webhooks/public_code.json");

const SECRET: &str = "planted-secret";
const BODY: &[u8] = br#"{"object":"whatsapp_business_account","entry":[]}"#;

fn payloads() -> impl Iterator<Item = (String, Value)> {
    let parse = |text| serde_json::from_str::<Map<String, Value>>(text).expect("JSON");
    [META, PUBLIC_CODE].into_iter().flat_map(parse)
}

fn payload(name: &str) -> Notification {
    let (_, value) = payloads().find(|(other, _)| other == name).expect(name);
    serde_json::from_value(value).expect("a notification")
}

fn digits(secret: &str, body: &[u8]) -> String {
    let code = HMAC::mac(body, secret);
    code.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the value of Meta's header.
fn signature(secret: &str, body: &[u8]) -> Vec<u8> {
    format!("sha256={}", digits(secret, body)).into_bytes()
}

fn verifier() -> Verifier {
    Verifier::new([SECRET]).expect("a secret")
}

fn receive(body: &[u8]) -> Result<Notification, Error> {
    verifier().notification(Some(&signature(SECRET, body)), body)
}

fn encoded(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}

/// Returns what the event is encoded as.
fn encoded_event(event: &Event) -> Value {
    match event {
        Event::AccountUpdate(value) => encoded(value),
        Event::AccountReviewUpdate(value) => encoded(value),
        Event::PhoneNumberQualityUpdate(value) => encoded(value),
        Event::PhoneNumberNameUpdate(value) => encoded(value),
        Event::MessageTemplateStatusUpdate(value) => encoded(value),
        Event::MessageTemplateQualityUpdate(value) => encoded(value),
        Event::TemplateCategoryUpdate(value) => encoded(value),
        Event::BusinessCapabilityUpdate(value) => encoded(value),
        Event::Unknown(value) => value.clone(),
        other => panic!("no test for {other:?}"),
    }
}

#[test]
fn recorded_payloads_decode_and_encode_without_loss() {
    let mut typed = 0;
    let mut unknown = Vec::new();
    for (name, sent) in payloads() {
        let body = sent.to_string();
        let notification = receive(body.as_bytes()).expect(&name);
        assert_eq!(encoded(&notification), sent, "{name}");
        let entries = sent["entry"].as_array().into_iter().flatten();
        let changes = entries.flat_map(|entry| entry["changes"].as_array().into_iter().flatten());
        let changes: Vec<&Value> = changes.collect();
        assert_eq!(notification.changes().count(), changes.len(), "{name}");
        for (change, sent) in notification.changes().zip(changes) {
            assert_eq!(encoded_event(&change.event), sent["value"], "{name}");
            match change.event {
                Event::Unknown(_) => unknown.push(change.field.map(ToOwned::to_owned)),
                _ => typed += 1,
            }
        }
    }
    assert_eq!(typed, 40);
    unknown.sort();
    let fields: Vec<&str> = unknown.iter().flatten().map(String::as_str).collect();
    let others = [
        "message_template_components_update",
        "messages",
        "partner_solutions",
        "payment_configuration_update",
        "security",
    ];
    assert_eq!(fields, others);
    // Two examples of Meta have the field in another place.
    assert_eq!(unknown.len(), others.len() + 2);
}

#[test]
fn every_webhook_of_the_document_is_an_event() {
    let document = document("graph");
    let schemas = document["components"]["schemas"].as_object();
    let schemas = schemas.expect("schemas").iter();
    let mut fields: Vec<&str> = schemas
        .filter_map(|(name, schema)| Some((name, schema["x-webhook"].as_str()?)))
        .map(|(name, field)| {
            let body = json!({"entry": [{"changes": [{"field": field, "value": {}}]}]});
            let notification: Notification = serde_json::from_value(body).expect("a notification");
            let change = notification.changes().next().expect("a change");
            let variant = format!("{:?}", change.event);
            assert!(
                variant.starts_with(&format!("{name}(")),
                "{field}: {variant}"
            );
            field
        })
        .collect();
    let mut known = Event::FIELDS.to_vec();
    known.sort_unstable();
    fields.sort_unstable();
    assert_eq!(known, fields);
}

#[test]
fn a_change_has_the_account_the_time_and_the_field_of_its_entry() {
    let notification = payload("several changes in several entries");
    let changes: Vec<_> = notification
        .changes()
        .map(|change| {
            let account = change.account_id().map(|id| id.as_str().to_owned());
            (account.unwrap_or_default(), change.time, change.field)
        })
        .collect();
    let expected = [
        ("102290129340398", 1739321024, "account_review_update"),
        ("102290129340398", 1739321024, "phone_number_name_update"),
        ("524126980791429", 1739321025, "account_update"),
    ];
    let expected = expected.map(|(id, time, field)| (id.to_owned(), Some(time), Some(field)));
    assert_eq!(changes, expected);
}

#[test]
fn the_account_of_a_partner_event_is_not_the_portfolio_of_its_entry() {
    let notification = payload("partner added with a tracking code");
    let change = notification.changes().next().expect("a change");
    assert_eq!(
        change.entry_id.map(|id| id.as_str()),
        Some("2949482758682047")
    );
    assert_eq!(
        change.account_id().map(|id| id.as_str()),
        Some("980198427658004")
    );
    let Event::AccountUpdate(update) = &change.event else {
        panic!("{change:?}");
    };
    assert_eq!(update.event, Some(AccountUpdateEvent::PartnerAdded));
    let tracking = &update.extra["sessionInfo"]["trackingCode"];
    assert_eq!(tracking, "550e8400-e29b-41d4-a716-446655440000");
}

#[test]
fn values_have_types_whatever_their_spelling() {
    let event = |name| {
        let notification = payload(name);
        let change = notification.changes().next().expect("a change");
        change.event
    };
    for name in ["template with an id as text", "template with reason null"] {
        let Event::MessageTemplateStatusUpdate(template) = event(name) else {
            panic!("{name}");
        };
        assert_eq!(
            template.message_template_id.as_deref(),
            Some("1689556908129832")
        );
        assert_eq!(template.reason, None);
    }
    let Event::MessageTemplateStatusUpdate(template) = event("disabled template") else {
        panic!("a status");
    };
    assert_eq!(template.event, Some(MessageTemplateStatus::Disabled));
    let disabled = template.disable_info.expect("when");
    assert_eq!(disabled.disable_date.as_deref(), Some("1751234563"));
    let Event::TemplateCategoryUpdate(template) = event("category in lower case") else {
        panic!("a category");
    };
    assert_eq!(
        template.new_category,
        Some(MessageTemplateCategory::Marketing)
    );
    let Event::AccountUpdate(update) = event("ban in an event of another name") else {
        panic!("an account");
    };
    let ban = update.ban_info.expect("a ban");
    assert_eq!(
        ban.waba_ban_state,
        Some(AccountBanState::ScheduleForDisable)
    );
    for (name, limit) in [
        ("capabilities with a tier", "TIER_UNLIMITED"),
        ("business_capability_update 1", "2000"),
    ] {
        let Event::BusinessCapabilityUpdate(business) = event(name) else {
            panic!("{name}");
        };
        assert_eq!(
            business.max_daily_conversations_per_business.as_deref(),
            Some(limit)
        );
    }
}

#[test]
fn odd_entries_changes_and_values_are_kept_as_json() {
    let sent = json!({"object": 7, "entry": [
        "odd",
        {"id": 102290129340398_i64, "time": "1739321024", "changes": [
            null,
            {"field": "account_update", "value": "odd"},
            {"field": "account_update", "value": {"event": {"odd": true}, "waba_info": []}},
            {"field": "account_review_update"},
            {"value": {}},
        ]},
        {"id": "1", "changes": {"odd": true}},
    ], "more": []});
    let notification = receive(sent.to_string().as_bytes()).expect("a notification");
    assert_eq!(encoded(&notification), sent);
    assert_eq!(notification.entry.undecoded().len(), 1);
    let changes: Vec<_> = notification.changes().collect();
    let values = changes.iter().map(|change| encoded_event(&change.event));
    let expected = json!(["odd", {"event": {"odd": true}, "waba_info": []}, null, {}]);
    assert_eq!(Value::from_iter(values), expected);
    for change in changes {
        assert_eq!(
            change.entry_id.map(|id| id.as_str()),
            Some("102290129340398")
        );
        assert_eq!(change.time, Some(1739321024));
    }
}

#[test]
fn each_refusal_is_an_error_of_its_own() {
    let verifier = verifier();
    let good = signature(SECRET, BODY);
    assert_eq!(verifier.verify(Some(&good), BODY), Ok(()));

    let wrong = signature("other", BODY);
    assert_eq!(
        verifier.verify(Some(&wrong), BODY),
        Err(Error::WrongSignature)
    );
    for position in 0..BODY.len() {
        let mut changed = BODY.to_vec();
        changed[position] ^= 1;
        assert_eq!(
            verifier.verify(Some(&good), &changed),
            Err(Error::WrongSignature)
        );
    }
    assert_eq!(
        verifier.verify(Some(&good), &BODY[1..]),
        Err(Error::WrongSignature)
    );
    assert_eq!(verifier.verify(None, BODY), Err(Error::MissingSignature));
    for malformed in [
        &b""[..],
        b"sha256=",
        &good[1..],
        &good[..70],
        b"sha1=00",
        b"\xff",
    ] {
        let refused = verifier.verify(Some(malformed), BODY);
        assert_eq!(refused, Err(Error::MalformedSignature), "{malformed:?}");
    }
}

#[test]
fn a_body_is_not_parsed_before_its_signature_is_verified() {
    let verifier = verifier();
    let invalid = b"not JSON";
    let wrong = signature("other", invalid);
    let refused = verifier.notification(Some(&wrong), invalid);
    assert_eq!(refused.expect_err("refused"), Error::WrongSignature);
    let refused = verifier.notification(None, invalid);
    assert_eq!(refused.expect_err("refused"), Error::MissingSignature);
    let refused = receive(invalid).expect_err("refused");
    assert!(matches!(refused, Error::InvalidBody(_)), "{refused:?}");

    // The signature is correct, and the body is not JSON.
    let long = vec![b'x'; 10_000_000];
    let limit = BODY_LIMIT;
    let length = long.len();
    assert_eq!(
        receive(&long).expect_err("refused"),
        Error::BodyTooLong { length, limit }
    );
}

#[test]
fn the_limit_of_the_body_is_the_longest_accepted_length() {
    let signature = signature(SECRET, BODY);
    let verifier = verifier();
    let exact = verifier.clone().body_limit(BODY.len());
    assert_eq!(exact.verify(Some(&signature), BODY), Ok(()));
    let less = verifier.body_limit(BODY.len() - 1);
    let refused = less.verify(Some(&signature), BODY);
    assert!(
        matches!(refused, Err(Error::BodyTooLong { .. })),
        "{refused:?}"
    );
}

#[test]
fn the_old_and_the_new_secret_are_accepted_during_a_rotation() {
    let verifier = Verifier::new(["new", "old"]).expect("secrets");
    for secret in ["new", "old"] {
        assert_eq!(
            verifier.verify(Some(&signature(secret, BODY)), BODY),
            Ok(())
        );
    }
    let older = signature("older", BODY);
    assert_eq!(
        verifier.verify(Some(&older), BODY),
        Err(Error::WrongSignature)
    );
}

#[test]
fn an_empty_secret_is_refused_before_it_verifies_anything() {
    for secrets in [vec![], vec![""], vec!["new", ""]] {
        assert_eq!(
            Verifier::new(secrets).expect_err("refused"),
            Error::EmptySecret
        );
    }
    let query = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=";
    let refused = webhooks::challenge(query, &Secret::from(""));
    assert_eq!(refused, Err(Error::EmptySecret));
}

#[test]
fn errors_show_neither_secrets_nor_signatures_nor_values() {
    let token = Secret::from(SECRET);
    let query =
        |token: &str| format!("hub.mode=subscribe&hub.challenge=1&hub.verify_token={token}");
    let body = br#"{"entry": "planted-secret", "token": "planted-secret"}"#;
    let verifier = verifier();
    let expected = digits(SECRET, BODY);
    let given = signature("planted-app-secret", BODY);
    let results = [
        verifier.verify(Some(&given), BODY).err(),
        verifier
            .verify(Some(&signature(SECRET, BODY)[..60]), BODY)
            .err(),
        verifier.verify(None, BODY).err(),
        verifier
            .clone()
            .body_limit(1)
            .verify(Some(&given), BODY)
            .err(),
        receive(body).err(),
        receive(b"{\"planted-secret").err(),
        webhooks::challenge(&query("planted-app-secret"), &token).err(),
        webhooks::challenge("hub.mode=planted-secret", &token).err(),
        webhooks::challenge(SECRET, &token).err(),
        Some(Error::EmptySecret),
    ];
    let given = String::from_utf8(given[7..].to_vec()).expect("text");
    for error in results {
        let error = error.expect("refused");
        let shown = format!("{error} {error:?}");
        for hidden in ["planted", &expected[..60], &given[..60]] {
            assert!(!shown.contains(hidden), "{shown}");
        }
        assert!(error.status().is_client_error() || error == Error::EmptySecret);
    }
    assert!(!format!("{verifier:?}").contains("planted"));
}

#[test]
fn the_verification_request_is_answered_with_its_challenge() {
    let token = Secret::from("ver&ify token+é");
    let good = "hub.verify_token=ver%26ify+token%2B%C3%A9";
    let challenge = |query: &str| webhooks::challenge(query, &token);
    let query = format!("hub.mode=subscribe&hub.challenge=11%2658&{good}");
    assert_eq!(challenge(&query).as_deref(), Ok("11&58"));
    let query = format!("{good}&hub.challenge=1&hub.mode=subscribe&other");
    assert_eq!(challenge(&query).as_deref(), Ok("1"));

    for (query, expected) in [
        (String::new(), Error::MissingParameter("hub.mode")),
        (
            format!("hub.mode=unsubscribe&hub.challenge=1&{good}"),
            Error::UnknownMode,
        ),
        (
            "hub.mode=subscribe&hub.challenge=1".to_owned(),
            Error::MissingParameter("hub.verify_token"),
        ),
        (
            format!("hub.mode=subscribe&{good}"),
            Error::MissingParameter("hub.challenge"),
        ),
        (
            "hub.mode=subscribe&hub.challenge=1&hub.verify_token=".to_owned(),
            Error::WrongVerifyToken,
        ),
        (
            format!("hub.mode=subscribe&hub.challenge=1&{good}x"),
            Error::WrongVerifyToken,
        ),
    ] {
        assert_eq!(challenge(&query), Err(expected), "{query}");
    }
}

#[test]
fn events_of_360dialog_keep_what_is_not_documented() {
    let sent = json!({"id": 7, "event": "channel_created", "data": {"client_id": "c", "more": [1]},
        "partner_id": "p"});
    let body = sent.to_string();
    let digits = digits(SECRET, body.as_bytes());
    let event = verifier().partner_event(Some(digits.as_bytes()), body.as_bytes());
    let event = event.expect("an event");
    assert_eq!(event.event, PartnerEventType::ChannelCreated);
    assert_eq!(event.data.as_ref().expect("data")["client_id"], "c");
    assert_eq!(encoded(&event), sent);

    let unknown = r#"{"event": "waba_moved"}"#;
    let event: PartnerEvent = serde_json::from_str(unknown).expect("an event");
    assert_eq!(
        event.event,
        PartnerEventType::Unknown("waba_moved".to_owned())
    );

    // A notification from Meta is no event.
    let digits = self::digits(SECRET, BODY);
    let refused = verifier().partner_event(Some(digits.as_bytes()), BODY);
    assert_eq!(
        refused.expect_err("refused"),
        Error::InvalidBody("missing field `event`".to_owned())
    );
}

#[test]
fn messages_of_refused_webhooks() {
    let errors = [
        Error::EmptySecret,
        Error::BodyTooLong {
            length: 10_000_000,
            limit: BODY_LIMIT,
        },
        Error::MissingSignature,
        Error::MalformedSignature,
        Error::WrongSignature,
        receive(b"not JSON").expect_err("refused"),
        receive(b"{}").expect_err("refused"),
        receive(br#"{"entry": {}}"#).expect_err("refused"),
        receive(b"[]").expect_err("refused"),
        Error::MissingParameter("hub.mode"),
        Error::UnknownMode,
        Error::WrongVerifyToken,
    ];
    let messages = errors.map(|error| format!("{} {error}", error.status().as_u16()));
    insta::assert_snapshot!(messages.join("\n"), @"
    500 webhook: a secret is empty; set the app secret, the platform secret or the verify token
    413 webhook: the body has 10000000 bytes, and the limit is 3145728; if the sender is genuine, raise it with `body_limit`
    401 webhook: there is no signature; check that no proxy removes the header
    401 webhook: malformed signature: expected `sha256=` and 64 hexadecimal digits
    401 webhook: wrong signature; check that the secret is that of the sender, and that the body is verified as it was received
    400 webhook: unexpected body: the body is not valid JSON: expected ident at line 1 column 2
    400 webhook: unexpected body: missing field `entry`
    400 webhook: unexpected body: at `entry`: expected a list
    400 webhook: unexpected body: expected an object
    400 verification of a webhook: the query has no `hub.mode`
    400 verification of a webhook: unknown `hub.mode`: expected `subscribe`
    403 verification of a webhook: wrong `hub.verify_token`; check the token that was set together with the callback URL
    ");
}

/// Returns any JSON, in which the names of notifications are frequent.
fn any_json() -> impl Strategy<Value = Value> {
    let names = prop_oneof![
        Just("entry"),
        Just("changes"),
        Just("field"),
        Just("value"),
        Just("id"),
        Just("time"),
        Just("event"),
        Just("waba_info"),
        Just("restriction_info"),
        Just("other"),
    ];
    let texts = prop_oneof![
        Just("account_update".to_owned()),
        Just("template_category_update".to_owned()),
        ".{0,4}",
    ];
    let scalars = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        texts.prop_map(Value::from),
    ];
    scalars.prop_recursive(6, 40, 5, move |inner| {
        let objects = prop::collection::vec((names.clone(), inner.clone()), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            objects.prop_map(|entries| {
                entries
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        body in any::<Vec<u8>>(),
        header in any::<Vec<u8>>(),
        query in ".*",
    ) {
        let verifier = verifier();
        prop_assert!(verifier.verify(Some(&header), &body).is_err());
        let signature = signature(SECRET, &body);
        prop_assert_eq!(verifier.verify(Some(&signature), &body), Ok(()));
        let _ = verifier.notification(Some(&signature), &body);
        let _ = verifier.partner_event(Some(&signature), &body);
        prop_assert!(webhooks::challenge(&query, &Secret::from(SECRET)).is_err());
    }

    #[test]
    fn any_json_with_entries_decodes_and_encodes_without_loss(entries in any_json()) {
        let sent = json!({"entry": [entries.clone(), {"changes": [entries]}]});
        let notification = receive(sent.to_string().as_bytes()).expect("a notification");
        prop_assert_eq!(encoded(&notification), sent);
        for change in notification.changes() {
            let value = encoded_event(&change.event);
            let entries = notification.entry.iter();
            let changes = entries.flat_map(|entry| entry.changes.iter().flat_map(|all| all.iter()));
            let mut values = changes.map(|change| change.value.clone().unwrap_or_default());
            prop_assert!(values.any(|sent| sent == value), "{}", value);
        }
    }
}
