// Made by `cargo xtask prepare` of the openapi.json with the SHA-256 d2a0d2abf45a40142836f9a488040902bca8f3379ce7b59a964b162459ba6088.

use waba::dialog360::{Client, types};
use super::{OperationCase, TypeCase};
pub const OPERATIONS: &[OperationCase<Client>] = &[
    OperationCase {
        id: "get_waba_account",
        response: (
            200u16,
            "{\"client_id\":\"client_id\",\"external_id\":\"external_id\",\"fb_business_id\":\"fb_business_id\",\"id\":\"id\",\"name\":\"name\",\"namespace\":\"namespace\",\"partner_id\":\"partner_id\",\"settings\":{\"marketing_messages_lite_api_status\":\"marketing_messages_lite_api_status\"},\"status\":\"created\",\"timezone_id\":\"timezone_id\"}",
        ),
        all: |client| Box::pin(async move {
            client
                .get_waba_account()
                .partner_id("partner_id")
                .waba_account_id("waba_account_id")
                .send()
                .await
                .map(drop)
        }),
        required: |client| {
            Box::pin(async move {
                client
                    .get_waba_account()
                    .partner_id("partner_id")
                    .waba_account_id("waba_account_id")
                    .send()
                    .await
                    .map(drop)
            })
        },
    },
];
pub const TYPES: &[TypeCase] = &[
    TypeCase::of::<
        types::DefaultHttpError,
    >(
        "DefaultHttpError",
        "{\"meta\":{\"360dialog_trace_id\":\"360dialog_trace_id\",\"developer_message\":\"developer_message\",\"http_code\":1,\"success\":true}}",
    ),
    TypeCase::of::<
        types::DefaultValidationError,
    >(
        "DefaultValidationError",
        "{\"meta\":{\"360dialog_trace_id\":\"360dialog_trace_id\",\"details\":{},\"developer_message\":\"developer_message\",\"http_code\":1,\"success\":true}}",
    ),
    TypeCase::of::<
        types::MetaSchemaErrorWithDetails,
    >(
        "MetaSchemaErrorWithDetails",
        "{\"360dialog_trace_id\":\"360dialog_trace_id\",\"details\":{},\"developer_message\":\"developer_message\",\"http_code\":1,\"success\":true}",
    ),
    TypeCase::of::<
        types::PartnerWabaAccountOut,
    >(
        "PartnerWabaAccountOut",
        "{\"client_id\":\"client_id\",\"external_id\":\"external_id\",\"fb_business_id\":\"fb_business_id\",\"id\":\"id\",\"name\":\"name\",\"namespace\":\"namespace\",\"partner_id\":\"partner_id\",\"settings\":{\"marketing_messages_lite_api_status\":\"marketing_messages_lite_api_status\"},\"status\":\"created\",\"timezone_id\":\"timezone_id\"}",
    ),
    TypeCase::of::<
        types::WabaAccountPublicSettings,
    >(
        "WabaAccountPublicSettings",
        "{\"marketing_messages_lite_api_status\":\"marketing_messages_lite_api_status\"}",
    ),
    TypeCase::of::<
        types::MetaSchemaError,
    >(
        "_MetaSchemaError",
        "{\"360dialog_trace_id\":\"360dialog_trace_id\",\"developer_message\":\"developer_message\",\"http_code\":1,\"success\":true}",
    ),
    TypeCase::of::<
        types::PartnerWabaAccountOutStatus,
    >("PartnerWabaAccountOutStatus", "\"created\""),
];
