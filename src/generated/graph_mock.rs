// Made by `cargo xtask prepare` of the openapi.json with the SHA-256 4b71753073a6383236df1ad5a5b4ed0a97734a000b8e337e45c0528baf6303a3.

pub mod operations {
    //! [`When`](::httpmock::When) and [`Then`](::httpmock::Then)
    //! wrappers for each operation. Each can be converted to
    //! its inner type with a call to `into_inner()`. This can
    //! be used to explicitly deviate from permitted values.
    use crate::graph::*;
    pub struct GetWhatsappBusinessAccountWhen(::httpmock::When);
    impl GetWhatsappBusinessAccountWhen {
        pub fn new(inner: ::httpmock::When) -> Self {
            Self(
                inner
                    .method(::httpmock::Method::GET)
                    .path_matches(
                        regex::Regex::new("^(?:/v[0-9]+[.][0-9]+)?/[^/]*$").unwrap(),
                    ),
            )
        }
        pub fn into_inner(self) -> ::httpmock::When {
            self.0
        }
        pub fn waba_id(self, value: impl ::std::fmt::Display) -> Self {
            let re = regex::Regex::new(
                    &format!(
                        "^(?:/v[0-9]+[.][0-9]+)?/{}$", ::regex::escape(& crate
                        ::types::path_segment::encode_segment(& value.to_string()))
                    ),
                )
                .unwrap();
            Self(self.0.path_matches(re))
        }
        pub fn fields<'a, T>(self, value: T) -> Self
        where
            T: Into<Option<&'a ::waba::CommaSeparated<::waba::graph::types::Field>>>,
        {
            if let Some(value) = value.into() {
                Self(self.0.query_param("fields", value.to_string()))
            } else {
                Self(self.0.query_param_missing("fields"))
            }
        }
    }
    pub struct GetWhatsappBusinessAccountThen(::httpmock::Then);
    impl GetWhatsappBusinessAccountThen {
        pub fn new(inner: ::httpmock::Then) -> Self {
            Self(inner)
        }
        pub fn into_inner(self) -> ::httpmock::Then {
            self.0
        }
        pub fn ok(self, value: &types::WhatsAppBusinessAccount) -> Self {
            Self(
                self
                    .0
                    .status(200u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn bad_request(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(400u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn unauthorized(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(401u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn forbidden(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(403u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn not_found(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(404u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn unprocessable_entity(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(422u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn too_many_requests(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(429u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn internal_server_error(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(500u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn client_error(self, status: u16, value: &types::GraphApiError) -> Self {
            assert_eq!(status / 100u16, 4u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn server_error(self, status: u16, value: &types::GraphApiError) -> Self {
            assert_eq!(status / 100u16, 5u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
    }
    pub struct UpdateWhatsappBusinessAccountWhen(::httpmock::When);
    impl UpdateWhatsappBusinessAccountWhen {
        pub fn new(inner: ::httpmock::When) -> Self {
            Self(
                inner
                    .method(::httpmock::Method::POST)
                    .path_matches(
                        regex::Regex::new("^(?:/v[0-9]+[.][0-9]+)?/[^/]*$").unwrap(),
                    ),
            )
        }
        pub fn into_inner(self) -> ::httpmock::When {
            self.0
        }
        pub fn waba_id(self, value: impl ::std::fmt::Display) -> Self {
            let re = regex::Regex::new(
                    &format!(
                        "^(?:/v[0-9]+[.][0-9]+)?/{}$", ::regex::escape(& crate
                        ::types::path_segment::encode_segment(& value.to_string()))
                    ),
                )
                .unwrap();
            Self(self.0.path_matches(re))
        }
        pub fn body(self, value: &types::WhatsAppBusinessAccountUpdate) -> Self {
            Self(self.0.json_body_obj(value))
        }
    }
    pub struct UpdateWhatsappBusinessAccountThen(::httpmock::Then);
    impl UpdateWhatsappBusinessAccountThen {
        pub fn new(inner: ::httpmock::Then) -> Self {
            Self(inner)
        }
        pub fn into_inner(self) -> ::httpmock::Then {
            self.0
        }
        pub fn ok(self, value: &types::WhatsAppBusinessAccountUpdateResult) -> Self {
            Self(
                self
                    .0
                    .status(200u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn bad_request(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(400u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn unauthorized(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(401u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn forbidden(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(403u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn not_found(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(404u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn unprocessable_entity(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(422u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn too_many_requests(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(429u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn internal_server_error(self, value: &types::GraphApiError) -> Self {
            Self(
                self
                    .0
                    .status(500u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn client_error(self, status: u16, value: &types::GraphApiError) -> Self {
            assert_eq!(status / 100u16, 4u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn server_error(self, status: u16, value: &types::GraphApiError) -> Self {
            assert_eq!(status / 100u16, 5u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
    }
}
/// An extension trait for [`MockServer`](::httpmock::MockServer) that
/// adds a method for each operation. These are the equivalent of
/// type-checked [`mock()`](::httpmock::MockServer::mock) calls.
pub trait MockServerExt {
    fn get_whatsapp_business_account<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(
            operations::GetWhatsappBusinessAccountWhen,
            operations::GetWhatsappBusinessAccountThen,
        );
    fn update_whatsapp_business_account<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(
            operations::UpdateWhatsappBusinessAccountWhen,
            operations::UpdateWhatsappBusinessAccountThen,
        );
}
impl MockServerExt for ::httpmock::MockServer {
    fn get_whatsapp_business_account<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(
            operations::GetWhatsappBusinessAccountWhen,
            operations::GetWhatsappBusinessAccountThen,
        ),
    {
        self.mock(|when, then| {
            config_fn(
                operations::GetWhatsappBusinessAccountWhen::new(when),
                operations::GetWhatsappBusinessAccountThen::new(then),
            )
        })
    }
    fn update_whatsapp_business_account<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(
            operations::UpdateWhatsappBusinessAccountWhen,
            operations::UpdateWhatsappBusinessAccountThen,
        ),
    {
        self.mock(|when, then| {
            config_fn(
                operations::UpdateWhatsappBusinessAccountWhen::new(when),
                operations::UpdateWhatsappBusinessAccountThen::new(then),
            )
        })
    }
}
