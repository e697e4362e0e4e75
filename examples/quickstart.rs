//! Calls both APIs on a mock server in this process. Needs no account and no network.
//!
//! ```sh
//! cargo run --example quickstart
//! ```

use std::{
    fmt::Display,
    io::{self, Write as _},
};

use serde_json::json;
use waba::{
    Error, dialog360,
    graph::{self, types::Field},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let server = MockServer::start().await;
    mock_responses(&server).await;

    print("360dialog: read an account");
    let hub = dialog360::Client::builder()
        .api_key("example-key")
        .base_url(server.uri())
        .build()?;
    let account = hub
        .get_waba_account()
        .partner_id("examplePA")
        .waba_account_id("exampleWA")
        .send()
        .await?;
    show("name", &account.name);
    show("status", &account.status);
    show("Meta's id", &account.external_id);
    if let Some(settings) = &account.settings {
        show(
            "marketing messages",
            &settings.marketing_messages_lite_api_status,
        );
    }
    print(format_args!(
        "  undocumented fields: {}",
        json!(account.extra)
    ));

    print("\nMeta: read the same account");
    let meta = graph::Client::builder()
        .access_token("example-token")
        .base_url(server.uri())
        .build()?;
    let account = meta
        .get_whatsapp_business_account()
        .waba_id("1234567890123456")
        .fields([
            Field::Name,
            Field::OwnershipType,
            Field::BusinessVerificationStatus,
        ])
        .send()
        .await?;
    print(format_args!("  id: {}", account.id));
    show("name", &account.name);
    show("owned by", &account.ownership_type);
    show("verification", &account.business_verification_status);

    print("\nMeta: change its name");
    let result = meta
        .update_whatsapp_business_account()
        .waba_id(&account.id)
        .body_map(|settings| settings.name("Updated Business Name"))
        .send()
        .await?;
    show("success", &result.success);

    print("\n360dialog: read an account that does not exist");
    let missing = hub
        .get_waba_account()
        .partner_id("examplePA")
        .waba_account_id("otherWA");
    if let Err(error) = missing.send().await {
        print(format_args!("  {error}"));
        show("kind", &Some(format!("{:?}", error.kind())));
        show("trace id for support", &error.trace_id());
        show("retryable", &Some(error.is_retryable()));
    }
    Ok(())
}

fn show<T: Display>(name: &str, value: &Option<T>) {
    match value {
        Some(value) => print(format_args!("  {name}: {value}")),
        None => print(format_args!("  {name}: absent")),
    }
}

/// Makes the server respond like the two services.
async fn mock_responses(server: &MockServer) {
    let account = json!({
        "id": "exampleWA",
        "name": "My Business WhatsApp Account",
        "namespace": "1234_abcd12_12ab_123456ab",
        "external_id": 21_546_354_756_578_u64,
        "status": "waiting_for_a_new_rule",
        "settings": {"marketing_messages_lite_api_status": "ELIGIBLE"},
        "fb_account_status": "verified",
    });
    Mock::given(method("GET"))
        .and(path("/api/v2/partners/examplePA/waba_accounts/exampleWA"))
        .and(header("x-api-key", "example-key"))
        .respond_with(ResponseTemplate::new(200).set_body_json(account))
        .mount(server)
        .await;

    let missing = json!({"meta": {
        "success": false,
        "http_code": 404,
        "developer_message": "There is no WABA account otherWA",
        "360dialog_trace_id": "TOZ7FZ1X",
    }});
    Mock::given(method("GET"))
        .and(path("/api/v2/partners/examplePA/waba_accounts/otherWA"))
        .respond_with(ResponseTemplate::new(404).set_body_json(missing))
        .mount(server)
        .await;

    let account = json!({
        "id": "1234567890123456",
        "name": "My Business WhatsApp Account",
        "timezone_id": "1",
        "message_template_namespace": "ba30dd89_2ebd_41e4_b805_f2c05ae04cc9",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "country": "US",
        "ownership_type": "SELF_OWNED",
        "primary_business_location": "US",
    });
    let account_path = format!("/{}/1234567890123456", graph::API_VERSION);
    Mock::given(method("GET"))
        .and(path(account_path.as_str()))
        .and(header("authorization", "Bearer example-token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(account))
        .mount(server)
        .await;
    Mock::given(method("POST"))
        .and(path(account_path.as_str()))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"success": true})))
        .mount(server)
        .await;
}

/// Prints a line. A program such as `head` may have closed the pipe, which is no reason to panic.
fn print(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
