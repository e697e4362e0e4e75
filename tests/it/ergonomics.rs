//! Types that are pleasant to store, compare, look up, print and build.

#![allow(clippy::cmp_owned)] // The comparison with an owned string is what the tests are about.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use waba::{
    CommaSeparated, Error, ErrorKind, Id, PathSegment,
    graph::{
        Usage,
        types::{
            Field, GraphApiError, PhoneNumberRegistration, WhatsAppBusinessAccount,
            WhatsAppBusinessAccountUpdate, WhatsAppBusinessAccountUpdateName,
        },
    },
};

use crate::server::{get_meta_account, json};

#[tokio::test]
async fn responses_can_be_compared_and_created() {
    let body = r#"{"id":"1","name":"Lucky Shrub","currency":"USD","new":[1]}"#;
    let first = get_meta_account(json(200, body)).await.expect("an account");
    let second = get_meta_account(json(200, body)).await.expect("an account");
    assert_eq!(first, second);
    let other = WhatsAppBusinessAccount {
        id: "2".into(),
        ..WhatsAppBusinessAccount::default()
    };
    assert_ne!(first, other);
}

#[tokio::test]
async fn responses_can_be_keys_and_are_cloned_with_their_headers() {
    let account = |id: &str| WhatsAppBusinessAccount {
        id: id.into(),
        extra: [("new", 1)].into(),
        ..WhatsAppBusinessAccount::default()
    };
    let accounts = HashSet::from([account("1"), account("1"), account("2")]);
    assert_eq!(accounts.len(), 2);
    let server = crate::server::start(json(200, "{\"id\":\"1\"}")).await;
    let meta = crate::server::meta(&server.uri());
    let call = meta.get_whatsapp_business_account().waba_id("1");
    let response = call.send().await.expect("an account");
    let (copy, headers) = (response.clone(), response.headers().clone());
    assert_eq!(response.into_inner(), *copy);
    assert_eq!(*copy.headers(), headers);
}

#[test]
fn ids_are_made_from_every_kind_of_text_and_number() {
    let text = "1".to_owned();
    let all = [
        Id::from("1"),
        Id::from(&text),
        Id::from(text.clone()),
        Id::from(Cow::from("1")),
        Id::from(Arc::<str>::from("1")),
        Id::from(Box::<str>::from("1")),
        Id::from(&Id::from("1")),
        Id::from(1_u32),
        Id::from(1_u64),
    ];
    assert!(all.iter().all(|id| id == "1"));
}

#[test]
fn setters_of_optional_properties_take_options_and_every_kind_of_text() -> Result<(), Error> {
    let id = Id::from("1");
    let text = "1".to_owned();
    let update = WhatsAppBusinessAccountUpdate::builder;
    let all = [
        update().timezone_id("1"),
        update().timezone_id(&text),
        update().timezone_id(text.clone()),
        update().timezone_id(Cow::from("1")),
        update().timezone_id(Arc::<str>::from("1")),
        update().timezone_id(Box::<str>::from("1")),
        update().timezone_id(&id),
        update().timezone_id(id.clone()),
        update().timezone_id(1_u32),
        update().timezone_id(1_u64),
        update().timezone_id(Some("1")),
        update().timezone_id(Some(text.clone())),
        update().timezone_id(Some(&id)),
    ];
    for builder in all {
        assert_eq!(builder.build()?.timezone_id.as_deref(), Some("1"));
    }
    let nothing = update().timezone_id(None::<&str>).name(None::<String>);
    assert_eq!(nothing.build()?, WhatsAppBusinessAccountUpdate::default());
    let account = WhatsAppBusinessAccount::builder()
        .id("1")
        .timezone_id(Some(7_u32));
    assert_eq!(account.build()?.timezone_id, Some("7".into()));
    Ok(())
}

#[test]
fn bounded_text_is_made_from_text_with_one_question_mark() -> Result<(), Box<dyn std::error::Error>>
{
    let name: WhatsAppBusinessAccountUpdateName = "Lucky Shrub".try_into()?;
    assert_eq!(name, "Lucky Shrub".parse()?);
    assert!(WhatsAppBusinessAccountUpdateName::try_from("").is_err());
    Ok(())
}

#[test]
fn ids_compare_with_text_on_both_sides_and_are_found_by_it() {
    let id = Id::from("1");
    assert!(id == "1" && id == *"1" && id == "1".to_owned());
    assert!("1" == id && *"1" == id && "1".to_owned() == id);
    assert_eq!(Id::default(), "");
    let by_id = HashMap::from([(id.clone(), "account")]);
    assert_eq!(by_id.get("1"), Some(&"account"));
    let sorted = BTreeMap::from([(id.clone(), "account")]);
    assert_eq!(sorted.get("1"), Some(&"account"));
    assert!(HashSet::from([id]).contains("1"));
}

#[test]
fn enums_compare_with_text_and_list_their_documented_values() {
    assert!(Field::Name == "name" && Field::Name == *"name" && Field::Name == "name".to_owned());
    assert!("name" == Field::Name);
    assert!(Field::from("NAME") == "name");
    assert!(Field::Unknown("brand_new".to_owned()) == "brand_new");
    assert!(Field::ALL.contains(&Field::Name) && Field::ALL.contains(&Field::Country));
    assert!(
        !Field::ALL
            .iter()
            .any(|field| matches!(field, Field::Unknown(_)))
    );
}

#[test]
fn ids_and_enums_are_printed_in_columns() {
    assert_eq!(format!("[{:>4}]", Id::from("1")), "[   1]");
    assert_eq!(format!("[{:<6}]", Field::Name), "[name  ]");
}

#[test]
fn path_parameters_take_every_kind_of_text_and_number() -> Result<(), waba::InvalidPathSegment> {
    let text = "1".to_owned();
    let all = [
        PathSegment::try_from("1")?,
        PathSegment::try_from(&text)?,
        PathSegment::try_from(text.clone())?,
        PathSegment::try_from(Cow::from("1"))?,
        PathSegment::try_from(Arc::<str>::from("1"))?,
        PathSegment::try_from(Box::<str>::from("1"))?,
        PathSegment::try_from(Id::from("1"))?,
        PathSegment::try_from(&Id::from("1"))?,
        PathSegment::from(1_u32),
        PathSegment::from(1_u64),
    ];
    assert!(all.iter().all(|segment| segment.to_string() == "1"));
    Ok(())
}

#[test]
fn lists_take_one_field_and_every_kind_of_collection() {
    let list = vec![Field::Id, Field::Name];
    let all: [CommaSeparated<Field>; 7] = [
        [Field::Id, Field::Name].into(),
        vec!["id", "name"].into(),
        (&[Field::Id, Field::Name][..]).into(),
        "id,name".into(),
        "id,name".to_owned().into(),
        (&list).into(),
        [Field::Id, Field::Name].into_iter().collect(),
    ];
    assert!(all.iter().all(|fields| fields.to_string() == "id,name"));
    assert_eq!(CommaSeparated::from(Field::Id).to_string(), "id");
}

#[test]
fn builders_of_types_build_them_or_say_what_is_missing() -> Result<(), Error> {
    let update = WhatsAppBusinessAccountUpdate::builder()
        .name("Lucky Shrub")
        .build()?;
    assert_eq!(
        update.name.map(|name| name.to_string()),
        Some("Lucky Shrub".to_owned())
    );
    let long = WhatsAppBusinessAccountUpdate::builder().name("x".repeat(101));
    let error = long.build().expect_err("the name is too long");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("invalid `name`"), "{error}");
    let error = GraphApiError::builder().code(190).build();
    let error = error.expect_err("no message").to_string();
    assert!(error.contains("is missing; set it with"), "{error}");
    Ok(())
}

#[test]
fn a_required_property_with_only_one_value_need_not_be_set() -> Result<(), Error> {
    let registration = PhoneNumberRegistration::builder().pin("123456").build()?;
    let body = serde_json::to_value(&registration).expect("JSON");
    let expected = serde_json::json!({"messaging_product": "whatsapp", "pin": "123456"});
    assert_eq!(body, expected);
    Ok(())
}

#[test]
fn an_undecoded_item_is_logged_without_its_value() {
    let list: waba::List<WhatsAppBusinessAccount> =
        serde_json::from_str(r#"[{"id": "1"}, {"name": "planted"}]"#).expect("a list");
    let logged: Vec<String> = list.undecoded().iter().map(ToString::to_string).collect();
    assert_eq!(logged, ["item 1: missing field `id`"]);
}

#[test]
fn kinds_of_errors_and_usage_can_be_logged() {
    assert_eq!(ErrorKind::RateLimited.to_string(), "rate_limited");
    let mut headers = waba::reqwest::header::HeaderMap::new();
    let usage = r#"{"call_count":28,"total_cputime":25,"total_time":25}"#;
    headers.insert("x-app-usage", usage.parse().expect("a header"));
    let usage = Usage::from_headers(&headers).expect("usage");
    let logged = serde_json::to_value(&usage).expect("usage as JSON");
    assert_eq!(logged["app"]["call_count"], 28.0);
}

#[test]
fn no_example_panics_if_its_output_is_closed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let mut examples = 0;
    let mut paths = vec![std::path::PathBuf::from(folder)];
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("the examples");
            paths.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let code = std::fs::read_to_string(&path).expect("an example");
            // `print!` and `println!` panic if `head` has closed the pipe.
            let code = code.replace("eprintln!(", "");
            assert!(
                !code.contains("println!(") && !code.contains(" print!("),
                "{path:?}"
            );
            examples += 1;
        }
    }
    assert!(examples > 20, "{examples} files");
}
