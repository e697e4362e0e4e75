// Made by `cargo xtask prepare` of the openapi.json with the SHA-256 4b71753073a6383236df1ad5a5b4ed0a97734a000b8e337e45c0528baf6303a3.

use waba::graph::{Client, types};
use super::{OperationCase, TypeCase};
pub const OPERATIONS: &[OperationCase<Client>] = &[
    OperationCase {
        id: "get_whatsapp_business_account",
        response: (
            200u16,
            "{\"id\":\"id\",\"name\":\"name\",\"timezone_id\":\"timezone_id\",\"message_template_namespace\":\"message_template_namespace\",\"account_review_status\":\"APPROVED\",\"business_verification_status\":\"VERIFIED\",\"country\":\"country\",\"ownership_type\":\"SELF_OWNED\",\"primary_business_location\":\"primary_business_location\",\"creation_time\":1,\"currency\":\"currency\",\"disable_marketing_messages_on_cloud_api\":true,\"is_enabled_for_insights\":true,\"is_shared_with_partners\":true,\"marketing_messages_lite_api_status\":\"marketing_messages_lite_api_status\",\"marketing_messages_onboarding_status\":\"marketing_messages_onboarding_status\",\"primary_funding_id\":\"primary_funding_id\",\"purchase_order_number\":\"purchase_order_number\",\"status\":\"status\",\"template_auto_archival_enabled\":true,\"whatsapp_business_manager_messaging_limit\":\"TIER_50\",\"whatsapp_manager_marketing_messages_max_price_enroll_status\":\"OPT_IN\"}",
        ),
        all: |client| Box::pin(async move {
            client
                .get_whatsapp_business_account()
                .waba_id("WABA-ID")
                .fields(["id"])
                .send()
                .await
                .map(drop)
        }),
        required: |client| {
            Box::pin(async move {
                client
                    .get_whatsapp_business_account()
                    .waba_id("WABA-ID")
                    .send()
                    .await
                    .map(drop)
            })
        },
    },
    OperationCase {
        id: "update_whatsapp_business_account",
        response: (200u16, "{\"success\":true,\"id\":\"id\"}"),
        all: |client| Box::pin(async move {
            client
                .update_whatsapp_business_account()
                .waba_id("WABA-ID")
                .body(
                    super::value::<
                        types::WhatsAppBusinessAccountUpdate,
                    >(
                        "{\"name\":\"name\",\"timezone_id\":\"timezone_id\",\"creative_optimizations_enrollment\":\"creative_optimizations_enrollment\",\"degrees_of_freedom_spec\":\"degrees_of_freedom_spec\",\"disable_marketing_messages_on_cloud_api\":true,\"is_enabled_for_insights\":true,\"template_auto_archival_enabled\":true}",
                    ),
                )
                .send()
                .await
                .map(drop)
        }),
        required: |client| {
            Box::pin(async move {
                client
                    .update_whatsapp_business_account()
                    .waba_id("WABA-ID")
                    .body(
                        super::value::<
                            types::WhatsAppBusinessAccountUpdate,
                        >(
                            "{\"name\":\"name\",\"timezone_id\":\"timezone_id\",\"creative_optimizations_enrollment\":\"creative_optimizations_enrollment\",\"degrees_of_freedom_spec\":\"degrees_of_freedom_spec\",\"disable_marketing_messages_on_cloud_api\":true,\"is_enabled_for_insights\":true,\"template_auto_archival_enabled\":true}",
                        ),
                    )
                    .send()
                    .await
                    .map(drop)
            })
        },
    },
];
pub const TYPES: &[TypeCase] = &[
    TypeCase::of::<types::Field>("Field", "\"id\""),
    TypeCase::of::<
        types::WhatsAppBusinessAccount,
    >(
        "WhatsAppBusinessAccount",
        "{\"id\":\"id\",\"name\":\"name\",\"timezone_id\":\"timezone_id\",\"message_template_namespace\":\"message_template_namespace\",\"account_review_status\":\"APPROVED\",\"business_verification_status\":\"VERIFIED\",\"country\":\"country\",\"ownership_type\":\"SELF_OWNED\",\"primary_business_location\":\"primary_business_location\",\"creation_time\":1,\"currency\":\"currency\",\"disable_marketing_messages_on_cloud_api\":true,\"is_enabled_for_insights\":true,\"is_shared_with_partners\":true,\"marketing_messages_lite_api_status\":\"marketing_messages_lite_api_status\",\"marketing_messages_onboarding_status\":\"marketing_messages_onboarding_status\",\"primary_funding_id\":\"primary_funding_id\",\"purchase_order_number\":\"purchase_order_number\",\"status\":\"status\",\"template_auto_archival_enabled\":true,\"whatsapp_business_manager_messaging_limit\":\"TIER_50\",\"whatsapp_manager_marketing_messages_max_price_enroll_status\":\"OPT_IN\"}",
    ),
    TypeCase::of::<
        types::WhatsAppBusinessAccountReviewStatus,
    >("WhatsAppBusinessAccountReviewStatus", "\"APPROVED\""),
    TypeCase::of::<
        types::WhatsAppBusinessAccountVerificationStatus,
    >("WhatsAppBusinessAccountVerificationStatus", "\"VERIFIED\""),
    TypeCase::of::<
        types::WhatsAppBusinessAccountOwnershipType,
    >("WhatsAppBusinessAccountOwnershipType", "\"SELF_OWNED\""),
    TypeCase::of::<
        types::WhatsAppBusinessManagerMessagingLimit,
    >("WhatsAppBusinessManagerMessagingLimit", "\"TIER_50\""),
    TypeCase::of::<types::MaxPriceEnrollStatus>("MaxPriceEnrollStatus", "\"OPT_IN\""),
    TypeCase::of::<
        types::WhatsAppBusinessAccountUpdate,
    >(
        "WhatsAppBusinessAccountUpdate",
        "{\"name\":\"name\",\"timezone_id\":\"timezone_id\",\"creative_optimizations_enrollment\":\"creative_optimizations_enrollment\",\"degrees_of_freedom_spec\":\"degrees_of_freedom_spec\",\"disable_marketing_messages_on_cloud_api\":true,\"is_enabled_for_insights\":true,\"template_auto_archival_enabled\":true}",
    ),
    TypeCase::of::<
        types::WhatsAppBusinessAccountUpdateResult,
    >("WhatsAppBusinessAccountUpdateResult", "{\"success\":true,\"id\":\"id\"}"),
    TypeCase::of::<
        types::GraphApiError,
    >(
        "GraphAPIError",
        "{\"error\":{\"message\":\"message\",\"type\":\"type\",\"code\":1,\"error_subcode\":1,\"error_data\":\"error_data\",\"fbtrace_id\":\"fbtrace_id\",\"is_transient\":true,\"error_user_title\":\"error_user_title\",\"error_user_msg\":\"error_user_msg\"}}",
    ),
];
