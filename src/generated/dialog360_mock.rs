// Made by `cargo xtask prepare` of the openapi.json with the SHA-256 d2a0d2abf45a40142836f9a488040902bca8f3379ce7b59a964b162459ba6088.

pub mod operations {
    //! [`When`](::httpmock::When) and [`Then`](::httpmock::Then)
    //! wrappers for each operation. Each can be converted to
    //! its inner type with a call to `into_inner()`. This can
    //! be used to explicitly deviate from permitted values.
    use crate::dialog360::*;
    pub struct GetWabaAccountWhen(::httpmock::When);
    impl GetWabaAccountWhen {
        pub fn new(inner: ::httpmock::When) -> Self {
            Self(
                inner
                    .method(::httpmock::Method::GET)
                    .path_matches(
                        regex::Regex::new(
                                "^(?:/v[0-9]+[.][0-9]+)?/api/v2/partners/[^/]*/waba_accounts/[^/]*$",
                            )
                            .unwrap(),
                    ),
            )
        }
        pub fn into_inner(self) -> ::httpmock::When {
            self.0
        }
        pub fn partner_id(self, value: impl ::std::fmt::Display) -> Self {
            let re = regex::Regex::new(
                    &format!(
                        "^(?:/v[0-9]+[.][0-9]+)?/api/v2/partners/{}/waba_accounts/.*$",
                        ::regex::escape(& crate ::types::path_segment::encode_segment(&
                        value.to_string()))
                    ),
                )
                .unwrap();
            Self(self.0.path_matches(re))
        }
        pub fn waba_account_id(self, value: impl ::std::fmt::Display) -> Self {
            let re = regex::Regex::new(
                    &format!(
                        "^(?:/v[0-9]+[.][0-9]+)?/api/v2/partners/.*/waba_accounts/{}$",
                        ::regex::escape(& crate ::types::path_segment::encode_segment(&
                        value.to_string()))
                    ),
                )
                .unwrap();
            Self(self.0.path_matches(re))
        }
    }
    pub struct GetWabaAccountThen(::httpmock::Then);
    impl GetWabaAccountThen {
        pub fn new(inner: ::httpmock::Then) -> Self {
            Self(inner)
        }
        pub fn into_inner(self) -> ::httpmock::Then {
            self.0
        }
        pub fn ok(self, value: &types::PartnerWabaAccountOut) -> Self {
            Self(
                self
                    .0
                    .status(200u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn bad_request(self, value: &types::DefaultValidationError) -> Self {
            Self(
                self
                    .0
                    .status(400u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn not_found(self, value: &types::DefaultValidationError) -> Self {
            Self(
                self
                    .0
                    .status(404u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn client_error(
            self,
            status: u16,
            value: &types::DefaultValidationError,
        ) -> Self {
            assert_eq!(status / 100u16, 4u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn server_error(
            self,
            status: u16,
            value: &types::DefaultValidationError,
        ) -> Self {
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
    fn get_waba_account<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(operations::GetWabaAccountWhen, operations::GetWabaAccountThen);
}
impl MockServerExt for ::httpmock::MockServer {
    fn get_waba_account<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(operations::GetWabaAccountWhen, operations::GetWabaAccountThen),
    {
        self.mock(|when, then| {
            config_fn(
                operations::GetWabaAccountWhen::new(when),
                operations::GetWabaAccountThen::new(then),
            )
        })
    }
}
