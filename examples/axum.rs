//! A web service that returns accounts and their JSON Schema.
//!
//! ```sh
//! GRAPH_ACCESS_TOKEN=… cargo run --example axum --features schemars
//! curl localhost:3000/schema
//! curl localhost:3000/accounts/102290129340398
//! ```

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use schemars::{Schema, schema_for};
use waba::{
    Error, ErrorKind,
    graph::{Client, types::WhatsAppBusinessAccount},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // One client for all requests: its clones share the connections and the rate limit.
    let meta = Client::from_env()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    eprintln!("listening on {}", listener.local_addr()?);
    Ok(axum::serve(listener, router(meta)).await?)
}

fn router(meta: Client) -> Router {
    Router::new()
        .route("/schema", get(schema))
        .route("/accounts/{id}", get(account))
        .with_state(meta)
}

async fn schema() -> Json<Schema> {
    Json(schema_for!(WhatsAppBusinessAccount))
}

async fn account(
    State(meta): State<Client>,
    Path(id): Path<String>,
) -> Result<Json<WhatsAppBusinessAccount>, Failure> {
    let call = meta.get_whatsapp_business_account().waba_id(id);
    Ok(Json(call.send().await?.into_inner()))
}

/// An error response of this service. It contains a status only, because the message of the error may
/// name things that callers should not see.
struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        // The message is for the operator of this service.
        eprintln!("{}", self.0);
        match self.0.kind() {
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::InvalidRequest => StatusCode::BAD_REQUEST,
            ErrorKind::RateLimited => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_GATEWAY,
        }
        .into_response()
    }
}

// The feature `mock` adds the typed mocks.
#[cfg(test)]
#[cfg(feature = "mock")]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;
    use waba::{RetryPolicy, graph::mock::MockServerExt, mock::MockServer};

    use super::*;

    async fn get_response(path: &str, server: &MockServer) -> Response {
        let meta = Client::builder()
            .access_token("any")
            .base_url(server.base_url())
            .retry_policy(RetryPolicy::none());
        let meta = meta.build().expect("a client");
        let request = Request::get(path).body(Body::empty()).expect("a request");
        router(meta).oneshot(request).await.expect("a response")
    }

    #[tokio::test]
    async fn returns_an_account_or_404_if_it_does_not_exist() {
        let server = MockServer::start().await;
        let account = WhatsAppBusinessAccount::builder().id("1");
        let account: WhatsAppBusinessAccount = account.try_into().expect("an account");
        server.get_whatsapp_business_account(|when, then| {
            when.waba_id("1");
            then.ok(&account);
        });
        assert_eq!(
            get_response("/accounts/1", &server).await.status(),
            StatusCode::OK
        );
        let missing = get_response("/accounts/2", &server).await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn the_schema_lists_the_properties_of_an_account() {
        let server = MockServer::start().await;
        assert_eq!(
            get_response("/schema", &server).await.status(),
            StatusCode::OK
        );
        let Json(schema) = schema().await;
        assert!(schema.as_value()["properties"]["timezone_id"].is_object());
    }
}
