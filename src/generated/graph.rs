// Made by `cargo xtask prepare` of the openapi.json with the SHA-256 4b71753073a6383236df1ad5a5b4ed0a97734a000b8e337e45c0528baf6303a3.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    crate::types::open_enum::open_enum! {
        /// A field of a WhatsApp Business Account that a call can ask for. Any other name can be given as text.
        pub enum Field {
            Id = "id",
            Name = "name",
            TimezoneId = "timezone_id",
            MessageTemplateNamespace = "message_template_namespace",
            AccountReviewStatus = "account_review_status",
            BusinessVerificationStatus = "business_verification_status",
            Country = "country",
            OwnershipType = "ownership_type",
            PrimaryBusinessLocation = "primary_business_location",
            Analytics = "analytics",
            AuthInternationalRateEligibility = "auth_international_rate_eligibility",
            CreationTime = "creation_time",
            Currency = "currency",
            DisableMarketingMessagesOnCloudApi = "disable_marketing_messages_on_cloud_api",
            HealthStatus = "health_status",
            IsEnabledForInsights = "is_enabled_for_insights",
            IsSharedWithPartners = "is_shared_with_partners",
            LinkedCommerceAccount = "linked_commerce_account",
            MarketingMessagesAdAccount = "marketing_messages_ad_account",
            MarketingMessagesLiteApiStatus = "marketing_messages_lite_api_status",
            MarketingMessagesOnboardingStatus = "marketing_messages_onboarding_status",
            OnBehalfOfBusinessInfo = "on_behalf_of_business_info",
            OwnerBusiness = "owner_business",
            OwnerBusinessInfo = "owner_business_info",
            PrimaryFundingId = "primary_funding_id",
            PurchaseOrderNumber = "purchase_order_number",
            Status = "status",
            TemplateAutoArchivalEnabled = "template_auto_archival_enabled",
            WhatsappBusinessManagerMessagingLimit = "whatsapp_business_manager_messaging_limit",
            WhatsappManagerMarketingMessagesMaxPriceEnrollStatus = "whatsapp_manager_marketing_messages_max_price_enroll_status",
        }
    }
    crate::types::open_enum::open_enum! {
        /// What Meta's review of the account came to.
        pub enum WhatsAppBusinessAccountReviewStatus {
            Approved = "APPROVED",
            Pending = "PENDING",
            Rejected = "REJECTED",
            LimitReached = "LIMIT_REACHED",
            Restricted = "RESTRICTED",
            Deferred = "DEFERRED",
        }
    }
    crate::types::open_enum::open_enum! {
        /// Whether Meta has verified the business that owns the account.
        pub enum WhatsAppBusinessAccountVerificationStatus {
            Verified = "VERIFIED",
            Unverified = "UNVERIFIED",
            Pending = "PENDING",
            Rejected = "REJECTED",
            Expired = "expired",
            Failed = "failed",
            Ineligible = "ineligible",
            NotVerified = "not_verified",
            PendingNeedMoreInfo = "pending_need_more_info",
            PendingSubmission = "pending_submission",
            Revoked = "revoked",
        }
    }
    crate::types::open_enum::open_enum! {
        /// Whose account it is, seen from the business that asks.
        pub enum WhatsAppBusinessAccountOwnershipType {
            SelfOwned = "SELF_OWNED",
            ClientOwned = "CLIENT_OWNED",
            AgencyOwned = "AGENCY_OWNED",
            SelfValue = "SELF",
            OnBehalfOf = "ON_BEHALF_OF",
        }
    }
    crate::types::open_enum::open_enum! {
        /// How many people the business may write to first within a day.
        pub enum WhatsAppBusinessManagerMessagingLimit {
            Tier50 = "TIER_50",
            Tier250 = "TIER_250",
            Tier2k = "TIER_2K",
            Tier10k = "TIER_10K",
            Tier100k = "TIER_100K",
            TierUnlimited = "TIER_UNLIMITED",
            TierNotSet = "TIER_NOT_SET",
            Untiered = "UNTIERED",
        }
    }
    crate::types::open_enum::open_enum! {
        /// Whether marketing messages are bid for by a highest price.
        pub enum MaxPriceEnrollStatus {
            OptIn = "OPT_IN",
            OptOut = "OPT_OUT",
        }
    }
    /// The envelope in which the Graph API sends every error.
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct GraphApiError {
        pub error: GraphApiErrorError,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl GraphApiError {
        pub fn builder() -> builder::GraphApiError {
            Default::default()
        }
    }
    /// The error.
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct GraphApiErrorError {
        /// The number that says what went wrong.
        pub code: i64,
        /// Details, as an object or as text.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error_data: ::std::option::Option<::serde_json::Value>,
        /// The number that says it more exactly.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error_subcode: ::std::option::Option<i64>,
        /// A message to show to a user.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error_user_msg: ::std::option::Option<::std::string::String>,
        /// A heading to show to a user.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error_user_title: ::std::option::Option<::std::string::String>,
        /// The id by which Meta's support finds the call.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub fbtrace_id: ::std::option::Option<::waba::Id>,
        /// Whether the same call may succeed later.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_transient: ::std::option::Option<bool>,
        /// What went wrong, for a developer.
        pub message: ::std::string::String,
        /// The kind of error, such as `OAuthException`.
        #[serde(rename = "type")]
        pub type_: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl GraphApiErrorError {
        pub fn builder() -> builder::GraphApiErrorError {
            Default::default()
        }
    }
    /// A WhatsApp Business Account, with the fields that were asked for. Fields without a member of their own, objects such as `health_status` among them, are in `extra`.
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct WhatsAppBusinessAccount {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub account_review_status: ::std::option::Option<
            ::waba::graph::types::WhatsAppBusinessAccountReviewStatus,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub business_verification_status: ::std::option::Option<
            ::waba::graph::types::WhatsAppBusinessAccountVerificationStatus,
        >,
        /// The account's country, as a two-letter code.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub country: ::std::option::Option<::std::string::String>,
        /// When the account was made, in seconds since 1970-01-01 UTC.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub creation_time: ::std::option::Option<i64>,
        /// The currency the account is billed in, as a three-letter code.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub currency: ::std::option::Option<::std::string::String>,
        /// Whether marketing messages are kept off the Cloud API.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub disable_marketing_messages_on_cloud_api: ::std::option::Option<bool>,
        /// The account's id.
        pub id: ::waba::Id,
        /// Whether template analytics are collected.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_enabled_for_insights: ::std::option::Option<bool>,
        /// Whether the account is shared with partner businesses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_shared_with_partners: ::std::option::Option<bool>,
        /// Where the account stands with the Marketing Messages Lite API.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub marketing_messages_lite_api_status: ::std::option::Option<
            ::std::string::String,
        >,
        /// How far the account is in being taken on for marketing messages.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub marketing_messages_onboarding_status: ::std::option::Option<
            ::std::string::String,
        >,
        /// The namespace of the account's message templates.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message_template_namespace: ::std::option::Option<::std::string::String>,
        /// The account's name, as people see it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ownership_type: ::std::option::Option<
            ::waba::graph::types::WhatsAppBusinessAccountOwnershipType,
        >,
        /// The country the business mainly works from, as a two-letter code.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub primary_business_location: ::std::option::Option<::std::string::String>,
        /// The id of the account's payment method.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub primary_funding_id: ::std::option::Option<::waba::Id>,
        /// The purchase order number put on the account's invoices.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub purchase_order_number: ::std::option::Option<::std::string::String>,
        /// Whether the account is in use.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<::std::string::String>,
        /// Whether unused message templates are archived without being asked.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub template_auto_archival_enabled: ::std::option::Option<bool>,
        /// Meta's number of the account's time zone.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub timezone_id: ::std::option::Option<::waba::Id>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub whatsapp_business_manager_messaging_limit: ::std::option::Option<
            ::waba::graph::types::WhatsAppBusinessManagerMessagingLimit,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub whatsapp_manager_marketing_messages_max_price_enroll_status: ::std::option::Option<
            ::waba::graph::types::MaxPriceEnrollStatus,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl WhatsAppBusinessAccount {
        pub fn builder() -> builder::WhatsAppBusinessAccount {
            Default::default()
        }
    }
    /// What to change of a WhatsApp Business Account. At least one setting has to be given; one without a member of its own goes into `extra`.
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct WhatsAppBusinessAccountUpdate {
        /// Which optimisations of message creatives the account takes part in.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub creative_optimizations_enrollment: ::std::option::Option<
            ::serde_json::Value,
        >,
        /// What Meta may change in message creatives.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub degrees_of_freedom_spec: ::std::option::Option<::serde_json::Value>,
        /// Whether to keep marketing messages off the Cloud API.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub disable_marketing_messages_on_cloud_api: ::std::option::Option<bool>,
        /// Whether to collect template analytics.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_enabled_for_insights: ::std::option::Option<bool>,
        /// The account's new name, 1 to 100 characters.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<WhatsAppBusinessAccountUpdateName>,
        /// Whether to archive unused message templates without asking.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub template_auto_archival_enabled: ::std::option::Option<bool>,
        /// Meta's number of the account's new time zone.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub timezone_id: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl WhatsAppBusinessAccountUpdate {
        pub fn builder() -> builder::WhatsAppBusinessAccountUpdate {
            Default::default()
        }
    }
    /// The account's new name, 1 to 100 characters.
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    pub struct WhatsAppBusinessAccountUpdateName(
        #[cfg_attr(feature = "schemars", schemars(length(min = 1, max = 100)))]
        ::std::string::String,
    );
    impl ::std::ops::Deref for WhatsAppBusinessAccountUpdateName {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<WhatsAppBusinessAccountUpdateName>
    for ::std::string::String {
        fn from(value: WhatsAppBusinessAccountUpdateName) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for WhatsAppBusinessAccountUpdateName {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if value.chars().count() > 100usize {
                return Err("longer than 100 characters".into());
            }
            if value.chars().count() < 1usize {
                return Err("shorter than 1 characters".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for WhatsAppBusinessAccountUpdateName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String>
    for WhatsAppBusinessAccountUpdateName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for WhatsAppBusinessAccountUpdateName {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// Meta's word that a change was taken. The page shows `success`; other answers carry the account's id, or both.
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct WhatsAppBusinessAccountUpdateResult {
        /// The account's id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::waba::Id>,
        /// Whether the change was taken. An answer of `false` becomes an error.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub success: ::std::option::Option<bool>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl WhatsAppBusinessAccountUpdateResult {
        pub fn builder() -> builder::WhatsAppBusinessAccountUpdateResult {
            Default::default()
        }
    }
    /// Types for composing complex structures.
    pub mod builder {
        #[derive(Clone, Debug)]
        pub struct GraphApiError {
            error: ::std::result::Result<
                super::GraphApiErrorError,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for GraphApiError {
            fn default() -> Self {
                Self {
                    error: Err("no value supplied for error".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl GraphApiError {
            pub fn error<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::GraphApiErrorError>,
                T::Error: ::std::fmt::Display,
            {
                self.error = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for error: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<GraphApiError> for super::GraphApiError {
            type Error = super::error::ConversionError;
            fn try_from(
                value: GraphApiError,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    error: value.error?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::GraphApiError> for GraphApiError {
            fn from(value: super::GraphApiError) -> Self {
                Self {
                    error: Ok(value.error),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct GraphApiErrorError {
            code: ::std::result::Result<i64, ::std::string::String>,
            error_data: ::std::result::Result<
                ::std::option::Option<::serde_json::Value>,
                ::std::string::String,
            >,
            error_subcode: ::std::result::Result<
                ::std::option::Option<i64>,
                ::std::string::String,
            >,
            error_user_msg: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            error_user_title: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            fbtrace_id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            is_transient: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            message: ::std::result::Result<::std::string::String, ::std::string::String>,
            type_: ::std::result::Result<::std::string::String, ::std::string::String>,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for GraphApiErrorError {
            fn default() -> Self {
                Self {
                    code: Err("no value supplied for code".to_string()),
                    error_data: Ok(Default::default()),
                    error_subcode: Ok(Default::default()),
                    error_user_msg: Ok(Default::default()),
                    error_user_title: Ok(Default::default()),
                    fbtrace_id: Ok(Default::default()),
                    is_transient: Ok(Default::default()),
                    message: Err("no value supplied for message".to_string()),
                    type_: Err("no value supplied for type_".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl GraphApiErrorError {
            pub fn code<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<i64>,
                T::Error: ::std::fmt::Display,
            {
                self.code = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for code: {e}")
                    });
                self
            }
            pub fn error_data<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::serde_json::Value>>,
                T::Error: ::std::fmt::Display,
            {
                self.error_data = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for error_data: {e}")
                    });
                self
            }
            pub fn error_subcode<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<i64>>,
                T::Error: ::std::fmt::Display,
            {
                self.error_subcode = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for error_subcode: {e}")
                    });
                self
            }
            pub fn error_user_msg<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.error_user_msg = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for error_user_msg: {e}"
                        )
                    });
                self
            }
            pub fn error_user_title<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.error_user_title = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for error_user_title: {e}"
                        )
                    });
                self
            }
            pub fn fbtrace_id<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::waba::Id>>,
                T::Error: ::std::fmt::Display,
            {
                self.fbtrace_id = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for fbtrace_id: {e}")
                    });
                self
            }
            pub fn is_transient<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.is_transient = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for is_transient: {e}")
                    });
                self
            }
            pub fn message<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.message = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for message: {e}")
                    });
                self
            }
            pub fn type_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.type_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for type_: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<GraphApiErrorError> for super::GraphApiErrorError {
            type Error = super::error::ConversionError;
            fn try_from(
                value: GraphApiErrorError,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    code: value.code?,
                    error_data: value.error_data?,
                    error_subcode: value.error_subcode?,
                    error_user_msg: value.error_user_msg?,
                    error_user_title: value.error_user_title?,
                    fbtrace_id: value.fbtrace_id?,
                    is_transient: value.is_transient?,
                    message: value.message?,
                    type_: value.type_?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::GraphApiErrorError> for GraphApiErrorError {
            fn from(value: super::GraphApiErrorError) -> Self {
                Self {
                    code: Ok(value.code),
                    error_data: Ok(value.error_data),
                    error_subcode: Ok(value.error_subcode),
                    error_user_msg: Ok(value.error_user_msg),
                    error_user_title: Ok(value.error_user_title),
                    fbtrace_id: Ok(value.fbtrace_id),
                    is_transient: Ok(value.is_transient),
                    message: Ok(value.message),
                    type_: Ok(value.type_),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct WhatsAppBusinessAccount {
            account_review_status: ::std::result::Result<
                ::std::option::Option<
                    ::waba::graph::types::WhatsAppBusinessAccountReviewStatus,
                >,
                ::std::string::String,
            >,
            business_verification_status: ::std::result::Result<
                ::std::option::Option<
                    ::waba::graph::types::WhatsAppBusinessAccountVerificationStatus,
                >,
                ::std::string::String,
            >,
            country: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            creation_time: ::std::result::Result<
                ::std::option::Option<i64>,
                ::std::string::String,
            >,
            currency: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            disable_marketing_messages_on_cloud_api: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            id: ::std::result::Result<::waba::Id, ::std::string::String>,
            is_enabled_for_insights: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            is_shared_with_partners: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            marketing_messages_lite_api_status: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            marketing_messages_onboarding_status: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            message_template_namespace: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            name: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            ownership_type: ::std::result::Result<
                ::std::option::Option<
                    ::waba::graph::types::WhatsAppBusinessAccountOwnershipType,
                >,
                ::std::string::String,
            >,
            primary_business_location: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            primary_funding_id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            purchase_order_number: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            status: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            template_auto_archival_enabled: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            timezone_id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            whatsapp_business_manager_messaging_limit: ::std::result::Result<
                ::std::option::Option<
                    ::waba::graph::types::WhatsAppBusinessManagerMessagingLimit,
                >,
                ::std::string::String,
            >,
            whatsapp_manager_marketing_messages_max_price_enroll_status: ::std::result::Result<
                ::std::option::Option<::waba::graph::types::MaxPriceEnrollStatus>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for WhatsAppBusinessAccount {
            fn default() -> Self {
                Self {
                    account_review_status: Ok(Default::default()),
                    business_verification_status: Ok(Default::default()),
                    country: Ok(Default::default()),
                    creation_time: Ok(Default::default()),
                    currency: Ok(Default::default()),
                    disable_marketing_messages_on_cloud_api: Ok(Default::default()),
                    id: Err("no value supplied for id".to_string()),
                    is_enabled_for_insights: Ok(Default::default()),
                    is_shared_with_partners: Ok(Default::default()),
                    marketing_messages_lite_api_status: Ok(Default::default()),
                    marketing_messages_onboarding_status: Ok(Default::default()),
                    message_template_namespace: Ok(Default::default()),
                    name: Ok(Default::default()),
                    ownership_type: Ok(Default::default()),
                    primary_business_location: Ok(Default::default()),
                    primary_funding_id: Ok(Default::default()),
                    purchase_order_number: Ok(Default::default()),
                    status: Ok(Default::default()),
                    template_auto_archival_enabled: Ok(Default::default()),
                    timezone_id: Ok(Default::default()),
                    whatsapp_business_manager_messaging_limit: Ok(Default::default()),
                    whatsapp_manager_marketing_messages_max_price_enroll_status: Ok(
                        Default::default(),
                    ),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl WhatsAppBusinessAccount {
            pub fn account_review_status<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<
                    ::std::option::Option<
                        ::waba::graph::types::WhatsAppBusinessAccountReviewStatus,
                    >,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.account_review_status = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for account_review_status: {e}"
                        )
                    });
                self
            }
            pub fn business_verification_status<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<
                    ::std::option::Option<
                        ::waba::graph::types::WhatsAppBusinessAccountVerificationStatus,
                    >,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.business_verification_status = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for business_verification_status: {e}"
                        )
                    });
                self
            }
            pub fn country<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.country = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for country: {e}")
                    });
                self
            }
            pub fn creation_time<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<i64>>,
                T::Error: ::std::fmt::Display,
            {
                self.creation_time = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for creation_time: {e}")
                    });
                self
            }
            pub fn currency<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.currency = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for currency: {e}")
                    });
                self
            }
            pub fn disable_marketing_messages_on_cloud_api<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.disable_marketing_messages_on_cloud_api = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for disable_marketing_messages_on_cloud_api: {e}"
                        )
                    });
                self
            }
            pub fn id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::waba::Id>,
                T::Error: ::std::fmt::Display,
            {
                self.id = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for id: {e}"));
                self
            }
            pub fn is_enabled_for_insights<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.is_enabled_for_insights = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for is_enabled_for_insights: {e}"
                        )
                    });
                self
            }
            pub fn is_shared_with_partners<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.is_shared_with_partners = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for is_shared_with_partners: {e}"
                        )
                    });
                self
            }
            pub fn marketing_messages_lite_api_status<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.marketing_messages_lite_api_status = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for marketing_messages_lite_api_status: {e}"
                        )
                    });
                self
            }
            pub fn marketing_messages_onboarding_status<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.marketing_messages_onboarding_status = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for marketing_messages_onboarding_status: {e}"
                        )
                    });
                self
            }
            pub fn message_template_namespace<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.message_template_namespace = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for message_template_namespace: {e}"
                        )
                    });
                self
            }
            pub fn name<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.name = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for name: {e}")
                    });
                self
            }
            pub fn ownership_type<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<
                    ::std::option::Option<
                        ::waba::graph::types::WhatsAppBusinessAccountOwnershipType,
                    >,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.ownership_type = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for ownership_type: {e}"
                        )
                    });
                self
            }
            pub fn primary_business_location<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.primary_business_location = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for primary_business_location: {e}"
                        )
                    });
                self
            }
            pub fn primary_funding_id<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::waba::Id>>,
                T::Error: ::std::fmt::Display,
            {
                self.primary_funding_id = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for primary_funding_id: {e}"
                        )
                    });
                self
            }
            pub fn purchase_order_number<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.purchase_order_number = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for purchase_order_number: {e}"
                        )
                    });
                self
            }
            pub fn status<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.status = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for status: {e}")
                    });
                self
            }
            pub fn template_auto_archival_enabled<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.template_auto_archival_enabled = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for template_auto_archival_enabled: {e}"
                        )
                    });
                self
            }
            pub fn timezone_id<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::waba::Id>>,
                T::Error: ::std::fmt::Display,
            {
                self.timezone_id = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for timezone_id: {e}")
                    });
                self
            }
            pub fn whatsapp_business_manager_messaging_limit<T>(
                mut self,
                value: T,
            ) -> Self
            where
                T: crate::TryIntoSome<
                    ::std::option::Option<
                        ::waba::graph::types::WhatsAppBusinessManagerMessagingLimit,
                    >,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.whatsapp_business_manager_messaging_limit = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for whatsapp_business_manager_messaging_limit: {e}"
                        )
                    });
                self
            }
            pub fn whatsapp_manager_marketing_messages_max_price_enroll_status<T>(
                mut self,
                value: T,
            ) -> Self
            where
                T: crate::TryIntoSome<
                    ::std::option::Option<::waba::graph::types::MaxPriceEnrollStatus>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.whatsapp_manager_marketing_messages_max_price_enroll_status = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for whatsapp_manager_marketing_messages_max_price_enroll_status: {e}"
                        )
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<WhatsAppBusinessAccount>
        for super::WhatsAppBusinessAccount {
            type Error = super::error::ConversionError;
            fn try_from(
                value: WhatsAppBusinessAccount,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    account_review_status: value.account_review_status?,
                    business_verification_status: value.business_verification_status?,
                    country: value.country?,
                    creation_time: value.creation_time?,
                    currency: value.currency?,
                    disable_marketing_messages_on_cloud_api: value
                        .disable_marketing_messages_on_cloud_api?,
                    id: value.id?,
                    is_enabled_for_insights: value.is_enabled_for_insights?,
                    is_shared_with_partners: value.is_shared_with_partners?,
                    marketing_messages_lite_api_status: value
                        .marketing_messages_lite_api_status?,
                    marketing_messages_onboarding_status: value
                        .marketing_messages_onboarding_status?,
                    message_template_namespace: value.message_template_namespace?,
                    name: value.name?,
                    ownership_type: value.ownership_type?,
                    primary_business_location: value.primary_business_location?,
                    primary_funding_id: value.primary_funding_id?,
                    purchase_order_number: value.purchase_order_number?,
                    status: value.status?,
                    template_auto_archival_enabled: value
                        .template_auto_archival_enabled?,
                    timezone_id: value.timezone_id?,
                    whatsapp_business_manager_messaging_limit: value
                        .whatsapp_business_manager_messaging_limit?,
                    whatsapp_manager_marketing_messages_max_price_enroll_status: value
                        .whatsapp_manager_marketing_messages_max_price_enroll_status?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::WhatsAppBusinessAccount>
        for WhatsAppBusinessAccount {
            fn from(value: super::WhatsAppBusinessAccount) -> Self {
                Self {
                    account_review_status: Ok(value.account_review_status),
                    business_verification_status: Ok(value.business_verification_status),
                    country: Ok(value.country),
                    creation_time: Ok(value.creation_time),
                    currency: Ok(value.currency),
                    disable_marketing_messages_on_cloud_api: Ok(
                        value.disable_marketing_messages_on_cloud_api,
                    ),
                    id: Ok(value.id),
                    is_enabled_for_insights: Ok(value.is_enabled_for_insights),
                    is_shared_with_partners: Ok(value.is_shared_with_partners),
                    marketing_messages_lite_api_status: Ok(
                        value.marketing_messages_lite_api_status,
                    ),
                    marketing_messages_onboarding_status: Ok(
                        value.marketing_messages_onboarding_status,
                    ),
                    message_template_namespace: Ok(value.message_template_namespace),
                    name: Ok(value.name),
                    ownership_type: Ok(value.ownership_type),
                    primary_business_location: Ok(value.primary_business_location),
                    primary_funding_id: Ok(value.primary_funding_id),
                    purchase_order_number: Ok(value.purchase_order_number),
                    status: Ok(value.status),
                    template_auto_archival_enabled: Ok(
                        value.template_auto_archival_enabled,
                    ),
                    timezone_id: Ok(value.timezone_id),
                    whatsapp_business_manager_messaging_limit: Ok(
                        value.whatsapp_business_manager_messaging_limit,
                    ),
                    whatsapp_manager_marketing_messages_max_price_enroll_status: Ok(
                        value.whatsapp_manager_marketing_messages_max_price_enroll_status,
                    ),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct WhatsAppBusinessAccountUpdate {
            creative_optimizations_enrollment: ::std::result::Result<
                ::std::option::Option<::serde_json::Value>,
                ::std::string::String,
            >,
            degrees_of_freedom_spec: ::std::result::Result<
                ::std::option::Option<::serde_json::Value>,
                ::std::string::String,
            >,
            disable_marketing_messages_on_cloud_api: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            is_enabled_for_insights: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            name: ::std::result::Result<
                ::std::option::Option<super::WhatsAppBusinessAccountUpdateName>,
                ::std::string::String,
            >,
            template_auto_archival_enabled: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            timezone_id: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for WhatsAppBusinessAccountUpdate {
            fn default() -> Self {
                Self {
                    creative_optimizations_enrollment: Ok(Default::default()),
                    degrees_of_freedom_spec: Ok(Default::default()),
                    disable_marketing_messages_on_cloud_api: Ok(Default::default()),
                    is_enabled_for_insights: Ok(Default::default()),
                    name: Ok(Default::default()),
                    template_auto_archival_enabled: Ok(Default::default()),
                    timezone_id: Ok(Default::default()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl WhatsAppBusinessAccountUpdate {
            pub fn creative_optimizations_enrollment<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::serde_json::Value>>,
                T::Error: ::std::fmt::Display,
            {
                self.creative_optimizations_enrollment = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for creative_optimizations_enrollment: {e}"
                        )
                    });
                self
            }
            pub fn degrees_of_freedom_spec<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::serde_json::Value>>,
                T::Error: ::std::fmt::Display,
            {
                self.degrees_of_freedom_spec = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for degrees_of_freedom_spec: {e}"
                        )
                    });
                self
            }
            pub fn disable_marketing_messages_on_cloud_api<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.disable_marketing_messages_on_cloud_api = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for disable_marketing_messages_on_cloud_api: {e}"
                        )
                    });
                self
            }
            pub fn is_enabled_for_insights<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.is_enabled_for_insights = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for is_enabled_for_insights: {e}"
                        )
                    });
                self
            }
            pub fn name<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<
                    ::std::option::Option<super::WhatsAppBusinessAccountUpdateName>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.name = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for name: {e}")
                    });
                self
            }
            pub fn template_auto_archival_enabled<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.template_auto_archival_enabled = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for template_auto_archival_enabled: {e}"
                        )
                    });
                self
            }
            pub fn timezone_id<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.timezone_id = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for timezone_id: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<WhatsAppBusinessAccountUpdate>
        for super::WhatsAppBusinessAccountUpdate {
            type Error = super::error::ConversionError;
            fn try_from(
                value: WhatsAppBusinessAccountUpdate,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    creative_optimizations_enrollment: value
                        .creative_optimizations_enrollment?,
                    degrees_of_freedom_spec: value.degrees_of_freedom_spec?,
                    disable_marketing_messages_on_cloud_api: value
                        .disable_marketing_messages_on_cloud_api?,
                    is_enabled_for_insights: value.is_enabled_for_insights?,
                    name: value.name?,
                    template_auto_archival_enabled: value
                        .template_auto_archival_enabled?,
                    timezone_id: value.timezone_id?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::WhatsAppBusinessAccountUpdate>
        for WhatsAppBusinessAccountUpdate {
            fn from(value: super::WhatsAppBusinessAccountUpdate) -> Self {
                Self {
                    creative_optimizations_enrollment: Ok(
                        value.creative_optimizations_enrollment,
                    ),
                    degrees_of_freedom_spec: Ok(value.degrees_of_freedom_spec),
                    disable_marketing_messages_on_cloud_api: Ok(
                        value.disable_marketing_messages_on_cloud_api,
                    ),
                    is_enabled_for_insights: Ok(value.is_enabled_for_insights),
                    name: Ok(value.name),
                    template_auto_archival_enabled: Ok(
                        value.template_auto_archival_enabled,
                    ),
                    timezone_id: Ok(value.timezone_id),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct WhatsAppBusinessAccountUpdateResult {
            id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            success: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for WhatsAppBusinessAccountUpdateResult {
            fn default() -> Self {
                Self {
                    id: Ok(Default::default()),
                    success: Ok(Default::default()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl WhatsAppBusinessAccountUpdateResult {
            pub fn id<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::waba::Id>>,
                T::Error: ::std::fmt::Display,
            {
                self.id = value
                    .try_into_some()
                    .map_err(|e| format!("error converting supplied value for id: {e}"));
                self
            }
            pub fn success<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.success = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for success: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<WhatsAppBusinessAccountUpdateResult>
        for super::WhatsAppBusinessAccountUpdateResult {
            type Error = super::error::ConversionError;
            fn try_from(
                value: WhatsAppBusinessAccountUpdateResult,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    id: value.id?,
                    success: value.success?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::WhatsAppBusinessAccountUpdateResult>
        for WhatsAppBusinessAccountUpdateResult {
            fn from(value: super::WhatsAppBusinessAccountUpdateResult) -> Self {
                Self {
                    id: Ok(value.id),
                    success: Ok(value.success),
                    extra: Ok(value.extra),
                }
            }
        }
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
}
#[derive(Clone, Debug)]
/// Client for WhatsApp Business Account API
///
/// Reads and changes one WhatsApp Business Account (WABA) through Meta's Graph API.
///
/// Version: v23.0
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::http::transport::Transport,
}
impl Client {
    /// Create a new client.
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    fn new(baseurl: &str, inner: crate::http::transport::Transport) -> Self {
        #[cfg(not(target_arch = "wasm32"))]
        let client = {
            let dur = ::std::time::Duration::from_secs(15u64);
            reqwest::ClientBuilder::new().connect_timeout(dur).timeout(dur)
        };
        #[cfg(target_arch = "wasm32")]
        let client = reqwest::ClientBuilder::new();
        Self::new_with_client(baseurl, client.build().unwrap(), inner)
    }
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub(crate) fn new_with_client(
        baseurl: &str,
        client: reqwest::Client,
        inner: crate::http::transport::Transport,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<crate::http::transport::Transport> for Client {
    fn api_version() -> &'static str {
        "v23.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::http::transport::Transport {
        &self.inner
    }
}
impl Client {
    /// Read a WhatsApp Business Account
    ///
    /// Answers with the fields that were asked for, and always with the id. Without a choice of fields Meta picks a few, and which ones depends on the version.
    ///
    /// Sends a `GET` request to `/{WABA-ID}`
    ///
    /// Arguments:
    /// - `waba_id`: The account's id, as shown in WhatsApp Manager.
    /// - `fields`: The fields to answer with. A name the version does not know fails the whole call with code 100. Nested choices such as `phone_numbers{id}` can be given as text.
    /// ```ignore
    /// let response = client.get_whatsapp_business_account()
    ///     .waba_id(waba_id)
    ///     .fields(fields)
    ///     .send()
    ///     .await;
    /// ```
    pub fn get_whatsapp_business_account(
        &self,
    ) -> builder::GetWhatsappBusinessAccount<'_> {
        builder::GetWhatsappBusinessAccount::new(self)
    }
    /// Change a WhatsApp Business Account
    ///
    /// Sets what the body names and leaves the rest as it is. The values are absolute, so sending the same body twice does no more than sending it once.
    ///
    /// Sends a `POST` request to `/{WABA-ID}`
    ///
    /// Arguments:
    /// - `waba_id`: The account's id, as shown in WhatsApp Manager.
    /// - `body`: The settings to change, at least one.
    /// ```ignore
    /// let response = client.update_whatsapp_business_account()
    ///     .waba_id(waba_id)
    ///     .body(body)
    ///     .send()
    ///     .await;
    /// ```
    pub fn update_whatsapp_business_account(
        &self,
    ) -> builder::UpdateWhatsappBusinessAccount<'_> {
        builder::UpdateWhatsappBusinessAccount::new(self)
    }
}
/// Types for composing operation parameters.
#[allow(clippy::all)]
pub mod builder {
    use super::types;
    #[allow(unused_imports)]
    use super::{
        encode_path, ByteStream, ClientInfo, ClientHooks, Error, OperationInfo,
        RequestBuilderExt, ResponseValue,
    };
    /// Builder for [`Client::get_whatsapp_business_account`]
    ///
    /// [`Client::get_whatsapp_business_account`]: super::Client::get_whatsapp_business_account
    #[derive(Debug, Clone)]
    pub struct GetWhatsappBusinessAccount<'a> {
        client: &'a super::Client,
        waba_id: Result<::waba::PathSegment, String>,
        fields: Result<
            Option<::waba::CommaSeparated<::waba::graph::types::Field>>,
            String,
        >,
    }
    impl<'a> GetWhatsappBusinessAccount<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                waba_id: Err("waba_id was not initialized".to_string()),
                fields: Ok(None),
            }
        }
        pub fn waba_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::waba::PathSegment>,
        {
            self.waba_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: waba :: PathSegment` for waba_id failed"
                        .to_string()
                });
            self
        }
        pub fn fields<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<
                ::waba::CommaSeparated<::waba::graph::types::Field>,
            >,
        {
            self.fields = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: waba :: CommaSeparated < :: waba :: graph :: types :: Field , >` for fields failed"
                        .to_string()
                });
            self
        }
        /// Sends a `GET` request to `/{WABA-ID}`
        ///
        /// # Errors
        ///
        /// Any [`Error`](crate::Error) but one of configuration.
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::WhatsAppBusinessAccount>, crate::Error> {
            let client = self.client;
            let request = self.into_request().map_err(crate::Error::of_request)?;
            client.call(request, "get_whatsapp_business_account").await?.read()
        }
        fn into_request(self) -> Result<reqwest::Request, Error<()>> {
            let Self { client, waba_id, fields } = self;
            let waba_id = waba_id.map_err(Error::InvalidRequest)?;
            let fields = fields.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/{}", client.baseurl, crate ::types::path_segment::encode_segment(&
                waba_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("fields", &fields))
                .headers(header_map)
                .build()?;
            Ok(request)
        }
    }
    /// Builder for [`Client::update_whatsapp_business_account`]
    ///
    /// [`Client::update_whatsapp_business_account`]: super::Client::update_whatsapp_business_account
    #[derive(Debug, Clone)]
    pub struct UpdateWhatsappBusinessAccount<'a> {
        client: &'a super::Client,
        waba_id: Result<::waba::PathSegment, String>,
        body: Result<types::builder::WhatsAppBusinessAccountUpdate, String>,
    }
    impl<'a> UpdateWhatsappBusinessAccount<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                waba_id: Err("waba_id was not initialized".to_string()),
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn waba_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::waba::PathSegment>,
        {
            self.waba_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: waba :: PathSegment` for waba_id failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::WhatsAppBusinessAccountUpdate>,
            <V as std::convert::TryInto<
                types::WhatsAppBusinessAccountUpdate,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!(
                        "conversion to `WhatsAppBusinessAccountUpdate` for body failed: {}",
                        s
                    )
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::WhatsAppBusinessAccountUpdate,
            ) -> types::builder::WhatsAppBusinessAccountUpdate,
        {
            self.body = self.body.map(f);
            self
        }
        /// Sends a `POST` request to `/{WABA-ID}`
        ///
        /// # Errors
        ///
        /// Any [`Error`](crate::Error) but one of configuration.
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<types::WhatsAppBusinessAccountUpdateResult>,
            crate::Error,
        > {
            let client = self.client;
            let request = self.into_request().map_err(crate::Error::of_request)?;
            crate::http::transport::require_properties(&request, 1)?;
            client.call(request, "update_whatsapp_business_account").await?.read()
        }
        fn into_request(self) -> Result<reqwest::Request, Error<()>> {
            let Self { client, waba_id, body } = self;
            let waba_id = waba_id.map_err(Error::InvalidRequest)?;
            let body = body
                .and_then(|v| {
                    types::WhatsAppBusinessAccountUpdate::try_from(v)
                        .map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/{}", client.baseurl, crate ::types::path_segment::encode_segment(&
                waba_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            Ok(request)
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    pub use self::super::Client;
}
