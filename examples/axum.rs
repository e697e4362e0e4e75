//! A web service that gives accounts on, and says by a JSON Schema what they look like.
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
    // One client for all requests: it is cheap to clone and shares its connections and limits.
    let meta = Client::from_env()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening on {}", listener.local_addr()?);
    Ok(axum::serve(listener, service(meta)).await?)
}

fn service(meta: Client) -> Router {
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
) -> Result<Json<WhatsAppBusinessAccount>, Refused> {
    let call = meta.get_whatsapp_business_account().waba_id(id);
    Ok(Json(call.send().await?.into_inner()))
}

/// What a caller of this service is told of an error: no more than concerns them.
struct Refused(Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        // The rest is for whoever runs the service.
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

// The typed mocks are the feature `mock`.
#[cfg(test)]
#[cfg(feature = "mock")]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;
    use waba::{RetryPolicy, graph::mock::MockServerExt, httpmock::MockServer};

    use super::*;

    async fn answer(path: &str, server: &MockServer) -> Response {
        let meta = Client::builder()
            .access_token("any")
            .base_url(server.base_url())
            .retry_policy(RetryPolicy::none());
        let meta = meta.build().expect("a client");
        let request = Request::get(path).body(Body::empty()).expect("a request");
        service(meta).oneshot(request).await.expect("an answer")
    }

    #[tokio::test]
    async fn an_account_is_given_on_and_one_that_is_missing_is_not_found() {
        let server = MockServer::start_async().await;
        let account = WhatsAppBusinessAccount::builder().id("1");
        let account: WhatsAppBusinessAccount = account.try_into().expect("an account");
        server.get_whatsapp_business_account(|when, then| {
            when.waba_id("1");
            then.ok(&account);
        });
        assert_eq!(
            answer("/accounts/1", &server).await.status(),
            StatusCode::OK
        );
        let missing = answer("/accounts/2", &server).await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn the_schema_names_what_an_account_has() {
        let server = MockServer::start_async().await;
        assert_eq!(answer("/schema", &server).await.status(), StatusCode::OK);
        let Json(schema) = schema().await;
        assert!(schema.as_value()["properties"]["timezone_id"].is_object());
    }
}
