//! The feature `mock`: typed mock servers.

use waba::{
    CommaSeparated, ErrorKind,
    graph::{self, mock::MockServerExt, types::Field},
    httpmock::MockServer,
};

use crate::server;

fn account() -> graph::types::WhatsAppBusinessAccount {
    let account = graph::types::WhatsAppBusinessAccount::builder()
        .id("1.2")
        .name("Lucky Shrub");
    account.try_into().expect("an account")
}

#[tokio::test]
async fn a_mock_matches_its_account_and_fields_only() {
    let mocks = MockServer::start_async().await;
    let account = account();
    let mock = mocks.get_whatsapp_business_account(|when, then| {
        when.waba_id("1.2")
            .fields(&CommaSeparated::from([Field::Name]));
        then.ok(&account);
    });
    let meta = server::meta(&mocks.base_url());

    let call = meta
        .get_whatsapp_business_account()
        .waba_id("1.2")
        .fields([Field::Name]);
    assert_eq!(call.send().await.expect("an account").name, account.name);
    // The id is not a regular expression, which would match this account too.
    let call = meta
        .get_whatsapp_business_account()
        .waba_id("1x2")
        .fields([Field::Name]);
    assert_eq!(
        call.send().await.expect_err("not found").kind(),
        ErrorKind::NotFound
    );
    let call = meta.get_whatsapp_business_account().waba_id("1.2");
    assert_eq!(
        call.send().await.expect_err("not found").kind(),
        ErrorKind::NotFound
    );
    mock.assert_calls_async(1).await;
}

#[tokio::test]
async fn a_mocked_error_response_becomes_the_matching_error() {
    let mocks = MockServer::start_async().await;
    let error = graph::types::GraphApiError::builder();
    let error = error.code(190).type_("OAuthException").message("expired");
    let error = graph::types::GraphApiErrorResponse::builder().error(error);
    let error = error.try_into().expect("an error");
    mocks.get_whatsapp_business_account(|_, then| {
        then.bad_request(&error);
    });
    let call = server::meta(&mocks.base_url())
        .get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await;
    assert_eq!(
        call.expect_err("an error").kind(),
        ErrorKind::Authentication
    );
}
