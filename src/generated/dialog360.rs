// Made by `cargo xtask prepare` of the openapi.json with the SHA-256 d2a0d2abf45a40142836f9a488040902bca8f3379ce7b59a964b162459ba6088.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    crate::types::open_enum::open_enum! {
        /// Current status of the waba account. Possible values are:
        /// - **created**: Initial status of a new waba account.
        /// - **consents_pending**: Waiting for client to sign the agreements they received by email.
        /// - **unverified**: Waiting for Meta to approve the waba account.
        /// - **pending**: [deprecated]
        /// - **approved**: Waba account is approved by Meta.
        /// - **imported**: [deprecated]
        /// - **sandbox**: [deprecated]
        /// - **verification_failed**: [deprecated]
        /// - **account_violation**: Waba account violated Meta rules.
        /// - **account_restriction**: Waba account is restricted by Meta because of violating rules.
        /// - **account_banned**: Waba account is disabled/banned by Meta.
        /// - **modified**: [deprecated] When waba account name is updated.
        /// - **error**: [deprecated]
        /// - **bsp_removed**: 360dialog does not have access to waba account on Meta.
        pub enum PartnerWabaAccountOutStatus {
            Created = "created",
            ConsentsPending = "consents_pending",
            Unverified = "unverified",
            Pending = "pending",
            Approved = "approved",
            Imported = "imported",
            Sandbox = "sandbox",
            VerificationFailed = "verification_failed",
            AccountViolation = "account_violation",
            AccountRestriction = "account_restriction",
            AccountBanned = "account_banned",
            AccountOffboarded = "account_offboarded",
            AccountReconnected = "account_reconnected",
            Modified = "modified",
            Error = "error",
            BspRemoved = "bsp_removed",
        }
    }
    /// `DefaultHttpError`
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct DefaultHttpError {
        pub meta: MetaSchemaError,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl DefaultHttpError {
        pub fn builder() -> builder::DefaultHttpError {
            Default::default()
        }
    }
    /// `DefaultValidationError`
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct DefaultValidationError {
        pub meta: MetaSchemaErrorWithDetails,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl DefaultValidationError {
        pub fn builder() -> builder::DefaultValidationError {
            Default::default()
        }
    }
    /// `MetaSchemaError`
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MetaSchemaError {
        pub developer_message: ::std::string::String,
        pub http_code: i64,
        pub success: bool,
        /// Trace ID for debugging purposes
        #[serde(
            rename = "360dialog_trace_id",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub trace_id: ::std::option::Option<::waba::Id>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl MetaSchemaError {
        pub fn builder() -> builder::MetaSchemaError {
            Default::default()
        }
    }
    /// `MetaSchemaErrorWithDetails`
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MetaSchemaErrorWithDetails {
        /// Additional error data
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub details: ::std::option::Option<
            ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        >,
        pub developer_message: ::std::string::String,
        pub http_code: i64,
        pub success: bool,
        /// Trace ID for debugging purposes
        #[serde(
            rename = "360dialog_trace_id",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub trace_id: ::std::option::Option<::waba::Id>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl MetaSchemaErrorWithDetails {
        pub fn builder() -> builder::MetaSchemaErrorWithDetails {
            Default::default()
        }
    }
    /// `PartnerWabaAccountOut`
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PartnerWabaAccountOut {
        /// Client ID
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_id: ::std::option::Option<::waba::Id>,
        /// Meta's Whatsapp Business Account (WABA) ID
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub external_id: ::std::option::Option<::waba::Id>,
        /// Meta's Business ID of the WABA owner
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub fb_business_id: ::std::option::Option<::waba::Id>,
        /// Internal 360dialog ID of the waba account.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::waba::Id>,
        /// Waba account name
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        /// Whatsapp account namespace on Meta
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub namespace: ::std::option::Option<::std::string::String>,
        /// Partner ID
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub partner_id: ::std::option::Option<::waba::Id>,
        /// WABA settings
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub settings: ::std::option::Option<WabaAccountPublicSettings>,
        /// Current status of the waba account. Possible values are:
        /// - **created**: Initial status of a new waba account.
        /// - **consents_pending**: Waiting for client to sign the agreements they received by email.
        /// - **unverified**: Waiting for Meta to approve the waba account.
        /// - **pending**: [deprecated]
        /// - **approved**: Waba account is approved by Meta.
        /// - **imported**: [deprecated]
        /// - **sandbox**: [deprecated]
        /// - **verification_failed**: [deprecated]
        /// - **account_violation**: Waba account violated Meta rules.
        /// - **account_restriction**: Waba account is restricted by Meta because of violating rules.
        /// - **account_banned**: Waba account is disabled/banned by Meta.
        /// - **modified**: [deprecated] When waba account name is updated.
        /// - **error**: [deprecated]
        /// - **bsp_removed**: 360dialog does not have access to waba account on Meta.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::waba::dialog360::types::PartnerWabaAccountOutStatus,
        >,
        /// Meta's Timezone ID
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub timezone_id: ::std::option::Option<::waba::Id>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl PartnerWabaAccountOut {
        pub fn builder() -> builder::PartnerWabaAccountOut {
            Default::default()
        }
    }
    /// `WabaAccountPublicSettings`
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct WabaAccountPublicSettings {
        /// MM Lite eligibility status of a WABA
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub marketing_messages_lite_api_status: ::std::option::Option<
            ::std::string::String,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl WabaAccountPublicSettings {
        pub fn builder() -> builder::WabaAccountPublicSettings {
            Default::default()
        }
    }
    /// Types for composing complex structures.
    pub mod builder {
        #[derive(Clone, Debug)]
        pub struct DefaultHttpError {
            meta: ::std::result::Result<super::MetaSchemaError, ::std::string::String>,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for DefaultHttpError {
            fn default() -> Self {
                Self {
                    meta: Err("no value supplied for meta".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl DefaultHttpError {
            pub fn meta<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::MetaSchemaError>,
                T::Error: ::std::fmt::Display,
            {
                self.meta = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for meta: {e}")
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
        impl ::std::convert::TryFrom<DefaultHttpError> for super::DefaultHttpError {
            type Error = super::error::ConversionError;
            fn try_from(
                value: DefaultHttpError,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    meta: value.meta?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::DefaultHttpError> for DefaultHttpError {
            fn from(value: super::DefaultHttpError) -> Self {
                Self {
                    meta: Ok(value.meta),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct DefaultValidationError {
            meta: ::std::result::Result<
                super::MetaSchemaErrorWithDetails,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for DefaultValidationError {
            fn default() -> Self {
                Self {
                    meta: Err("no value supplied for meta".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl DefaultValidationError {
            pub fn meta<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::MetaSchemaErrorWithDetails>,
                T::Error: ::std::fmt::Display,
            {
                self.meta = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for meta: {e}")
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
        impl ::std::convert::TryFrom<DefaultValidationError>
        for super::DefaultValidationError {
            type Error = super::error::ConversionError;
            fn try_from(
                value: DefaultValidationError,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    meta: value.meta?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::DefaultValidationError>
        for DefaultValidationError {
            fn from(value: super::DefaultValidationError) -> Self {
                Self {
                    meta: Ok(value.meta),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct MetaSchemaError {
            developer_message: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            http_code: ::std::result::Result<i64, ::std::string::String>,
            success: ::std::result::Result<bool, ::std::string::String>,
            trace_id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for MetaSchemaError {
            fn default() -> Self {
                Self {
                    developer_message: Err(
                        "no value supplied for developer_message".to_string(),
                    ),
                    http_code: Err("no value supplied for http_code".to_string()),
                    success: Err("no value supplied for success".to_string()),
                    trace_id: Ok(Default::default()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl MetaSchemaError {
            pub fn developer_message<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.developer_message = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for developer_message: {e}"
                        )
                    });
                self
            }
            pub fn http_code<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<i64>,
                T::Error: ::std::fmt::Display,
            {
                self.http_code = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for http_code: {e}")
                    });
                self
            }
            pub fn success<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<bool>,
                T::Error: ::std::fmt::Display,
            {
                self.success = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for success: {e}")
                    });
                self
            }
            pub fn trace_id<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::waba::Id>>,
                T::Error: ::std::fmt::Display,
            {
                self.trace_id = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for trace_id: {e}")
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
        impl ::std::convert::TryFrom<MetaSchemaError> for super::MetaSchemaError {
            type Error = super::error::ConversionError;
            fn try_from(
                value: MetaSchemaError,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    developer_message: value.developer_message?,
                    http_code: value.http_code?,
                    success: value.success?,
                    trace_id: value.trace_id?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::MetaSchemaError> for MetaSchemaError {
            fn from(value: super::MetaSchemaError) -> Self {
                Self {
                    developer_message: Ok(value.developer_message),
                    http_code: Ok(value.http_code),
                    success: Ok(value.success),
                    trace_id: Ok(value.trace_id),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct MetaSchemaErrorWithDetails {
            details: ::std::result::Result<
                ::std::option::Option<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                ::std::string::String,
            >,
            developer_message: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            http_code: ::std::result::Result<i64, ::std::string::String>,
            success: ::std::result::Result<bool, ::std::string::String>,
            trace_id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for MetaSchemaErrorWithDetails {
            fn default() -> Self {
                Self {
                    details: Ok(Default::default()),
                    developer_message: Err(
                        "no value supplied for developer_message".to_string(),
                    ),
                    http_code: Err("no value supplied for http_code".to_string()),
                    success: Err("no value supplied for success".to_string()),
                    trace_id: Ok(Default::default()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl MetaSchemaErrorWithDetails {
            pub fn details<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<
                    ::std::option::Option<
                        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                    >,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.details = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for details: {e}")
                    });
                self
            }
            pub fn developer_message<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.developer_message = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for developer_message: {e}"
                        )
                    });
                self
            }
            pub fn http_code<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<i64>,
                T::Error: ::std::fmt::Display,
            {
                self.http_code = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for http_code: {e}")
                    });
                self
            }
            pub fn success<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<bool>,
                T::Error: ::std::fmt::Display,
            {
                self.success = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for success: {e}")
                    });
                self
            }
            pub fn trace_id<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::waba::Id>>,
                T::Error: ::std::fmt::Display,
            {
                self.trace_id = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for trace_id: {e}")
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
        impl ::std::convert::TryFrom<MetaSchemaErrorWithDetails>
        for super::MetaSchemaErrorWithDetails {
            type Error = super::error::ConversionError;
            fn try_from(
                value: MetaSchemaErrorWithDetails,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    details: value.details?,
                    developer_message: value.developer_message?,
                    http_code: value.http_code?,
                    success: value.success?,
                    trace_id: value.trace_id?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::MetaSchemaErrorWithDetails>
        for MetaSchemaErrorWithDetails {
            fn from(value: super::MetaSchemaErrorWithDetails) -> Self {
                Self {
                    details: Ok(value.details),
                    developer_message: Ok(value.developer_message),
                    http_code: Ok(value.http_code),
                    success: Ok(value.success),
                    trace_id: Ok(value.trace_id),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct PartnerWabaAccountOut {
            client_id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            external_id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            fb_business_id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            name: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            namespace: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            partner_id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            settings: ::std::result::Result<
                ::std::option::Option<super::WabaAccountPublicSettings>,
                ::std::string::String,
            >,
            status: ::std::result::Result<
                ::std::option::Option<
                    ::waba::dialog360::types::PartnerWabaAccountOutStatus,
                >,
                ::std::string::String,
            >,
            timezone_id: ::std::result::Result<
                ::std::option::Option<::waba::Id>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for PartnerWabaAccountOut {
            fn default() -> Self {
                Self {
                    client_id: Ok(Default::default()),
                    external_id: Ok(Default::default()),
                    fb_business_id: Ok(Default::default()),
                    id: Ok(Default::default()),
                    name: Ok(Default::default()),
                    namespace: Ok(Default::default()),
                    partner_id: Ok(Default::default()),
                    settings: Ok(Default::default()),
                    status: Ok(Default::default()),
                    timezone_id: Ok(Default::default()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl PartnerWabaAccountOut {
            pub fn client_id<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::waba::Id>>,
                T::Error: ::std::fmt::Display,
            {
                self.client_id = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for client_id: {e}")
                    });
                self
            }
            pub fn external_id<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::waba::Id>>,
                T::Error: ::std::fmt::Display,
            {
                self.external_id = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for external_id: {e}")
                    });
                self
            }
            pub fn fb_business_id<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::waba::Id>>,
                T::Error: ::std::fmt::Display,
            {
                self.fb_business_id = value
                    .try_into_some()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for fb_business_id: {e}"
                        )
                    });
                self
            }
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
            pub fn namespace<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.namespace = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for namespace: {e}")
                    });
                self
            }
            pub fn partner_id<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<::std::option::Option<::waba::Id>>,
                T::Error: ::std::fmt::Display,
            {
                self.partner_id = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for partner_id: {e}")
                    });
                self
            }
            pub fn settings<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<
                    ::std::option::Option<super::WabaAccountPublicSettings>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.settings = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for settings: {e}")
                    });
                self
            }
            pub fn status<T>(mut self, value: T) -> Self
            where
                T: crate::TryIntoSome<
                    ::std::option::Option<
                        ::waba::dialog360::types::PartnerWabaAccountOutStatus,
                    >,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.status = value
                    .try_into_some()
                    .map_err(|e| {
                        format!("error converting supplied value for status: {e}")
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
        impl ::std::convert::TryFrom<PartnerWabaAccountOut>
        for super::PartnerWabaAccountOut {
            type Error = super::error::ConversionError;
            fn try_from(
                value: PartnerWabaAccountOut,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    client_id: value.client_id?,
                    external_id: value.external_id?,
                    fb_business_id: value.fb_business_id?,
                    id: value.id?,
                    name: value.name?,
                    namespace: value.namespace?,
                    partner_id: value.partner_id?,
                    settings: value.settings?,
                    status: value.status?,
                    timezone_id: value.timezone_id?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::PartnerWabaAccountOut>
        for PartnerWabaAccountOut {
            fn from(value: super::PartnerWabaAccountOut) -> Self {
                Self {
                    client_id: Ok(value.client_id),
                    external_id: Ok(value.external_id),
                    fb_business_id: Ok(value.fb_business_id),
                    id: Ok(value.id),
                    name: Ok(value.name),
                    namespace: Ok(value.namespace),
                    partner_id: Ok(value.partner_id),
                    settings: Ok(value.settings),
                    status: Ok(value.status),
                    timezone_id: Ok(value.timezone_id),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct WabaAccountPublicSettings {
            marketing_messages_lite_api_status: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for WabaAccountPublicSettings {
            fn default() -> Self {
                Self {
                    marketing_messages_lite_api_status: Ok(Default::default()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl WabaAccountPublicSettings {
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
        impl ::std::convert::TryFrom<WabaAccountPublicSettings>
        for super::WabaAccountPublicSettings {
            type Error = super::error::ConversionError;
            fn try_from(
                value: WabaAccountPublicSettings,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    marketing_messages_lite_api_status: value
                        .marketing_messages_lite_api_status?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::WabaAccountPublicSettings>
        for WabaAccountPublicSettings {
            fn from(value: super::WabaAccountPublicSettings) -> Self {
                Self {
                    marketing_messages_lite_api_status: Ok(
                        value.marketing_messages_lite_api_status,
                    ),
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
/// Client for Partners V2 API
///
/// Version: 2.0.0
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
        "2.0.0"
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
    /// Retrieve waba account
    ///
    /// Use this endpoint to get info of a waba account.
    ///
    /// Sends a `GET` request to `/api/v2/partners/{partner_id}/waba_accounts/{waba_account_id}`
    ///
    /// Arguments:
    /// - `partner_id`: The ID of the partner.
    /// - `waba_account_id`: Internal 360dialog ID of the waba account. This ID always have postfix WA.
    /// ```ignore
    /// let response = client.get_waba_account()
    ///     .partner_id(partner_id)
    ///     .waba_account_id(waba_account_id)
    ///     .send()
    ///     .await;
    /// ```
    pub fn get_waba_account(&self) -> builder::GetWabaAccount<'_> {
        builder::GetWabaAccount::new(self)
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
    /// Builder for [`Client::get_waba_account`]
    ///
    /// [`Client::get_waba_account`]: super::Client::get_waba_account
    #[derive(Debug, Clone)]
    pub struct GetWabaAccount<'a> {
        client: &'a super::Client,
        partner_id: Result<::waba::PathSegment, String>,
        waba_account_id: Result<::waba::PathSegment, String>,
    }
    impl<'a> GetWabaAccount<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                partner_id: Err("partner_id was not initialized".to_string()),
                waba_account_id: Err("waba_account_id was not initialized".to_string()),
            }
        }
        pub fn partner_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::waba::PathSegment>,
        {
            self.partner_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: waba :: PathSegment` for partner_id failed"
                        .to_string()
                });
            self
        }
        pub fn waba_account_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::waba::PathSegment>,
        {
            self.waba_account_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: waba :: PathSegment` for waba_account_id failed"
                        .to_string()
                });
            self
        }
        /// Sends a `GET` request to `/api/v2/partners/{partner_id}/waba_accounts/{waba_account_id}`
        ///
        /// # Errors
        ///
        /// Any [`Error`](crate::Error) but one of configuration.
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::PartnerWabaAccountOut>, crate::Error> {
            let client = self.client;
            let request = self.into_request().map_err(crate::Error::of_request)?;
            client.call(request, "get_waba_account").await?.read()
        }
        fn into_request(self) -> Result<reqwest::Request, Error<()>> {
            let Self { client, partner_id, waba_account_id } = self;
            let partner_id = partner_id.map_err(Error::InvalidRequest)?;
            let waba_account_id = waba_account_id.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/api/v2/partners/{}/waba_accounts/{}", client.baseurl, crate
                ::types::path_segment::encode_segment(& partner_id.to_string()), crate
                ::types::path_segment::encode_segment(& waba_account_id.to_string()),
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
