//! A web service that receives the webhooks of Meta and of 360dialog, verifies them and prints them.
//!
//! ```sh
//! GRAPH_APP_SECRET=… WEBHOOK_VERIFY_TOKEN=… DIALOG360_PLATFORM_SECRET=… \
//!   cargo run --example webhooks --features webhooks
//! ```
//!
//! The callback URLs are `/meta` and `/dialog360`, behind a proxy that terminates TLS. A secret can be
//! two, separated by a comma, while it is replaced.

use std::{
    env,
    io::{self, Write},
    sync::Arc,
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use waba::{
    Secret,
    webhooks::{self, BODY_LIMIT, Change, DIALOG360_SIGNATURE, Event, META_SIGNATURE, Verifier},
};

/// The secrets of this service.
struct Secrets {
    meta: Verifier,
    verify_token: Secret,
    dialog360: Verifier,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secrets = Secrets {
        meta: Verifier::new(variable("GRAPH_APP_SECRET")?.split(','))?,
        verify_token: variable("WEBHOOK_VERIFY_TOKEN")?.into(),
        dialog360: Verifier::new(variable("DIALOG360_PLATFORM_SECRET")?.split(','))?,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    eprintln!("listening on {}", listener.local_addr()?);
    Ok(axum::serve(listener, router(secrets)).await?)
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}

fn router(secrets: Secrets) -> Router {
    Router::new()
        .route("/meta", get(meta_challenge).post(meta))
        .route("/dialog360", post(dialog360))
        // axum's own limit is 2 MB, and Meta sends up to 3 MB.
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Arc::new(secrets))
}

/// Answers the request that Meta sends when the callback URL is set.
async fn meta_challenge(
    State(secrets): State<Arc<Secrets>>,
    RawQuery(query): RawQuery,
) -> Result<String, Refused> {
    let query = query.unwrap_or_default();
    Ok(webhooks::challenge(&query, &secrets.verify_token)?)
}

/// Receives the webhooks of Meta. A program with more work than this stores them first, and returns:
/// Meta sends a request again if the response takes too long.
async fn meta(
    State(secrets): State<Arc<Secrets>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refused> {
    let signature = headers.get(META_SIGNATURE).map(|value| value.as_bytes());
    let notification = secrets.meta.notification(signature, &body)?;
    for change in notification.changes() {
        print_line(&describe(&change));
    }
    Ok(StatusCode::OK)
}

/// Receives the events of 360dialog.
async fn dialog360(
    State(secrets): State<Arc<Secrets>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refused> {
    let signature = headers
        .get(DIALOG360_SIGNATURE)
        .map(|value| value.as_bytes());
    let event = secrets.dialog360.partner_event(signature, &body)?;
    print_line(&format!("360dialog: {}: {:?}", event.event, event.data));
    Ok(StatusCode::OK)
}

/// Prints a line. `println` would panic if the reader of the output has gone.
fn print_line(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Describes a change in one line.
fn describe(change: &Change<'_>) -> String {
    let account = change.account_id().map_or("unknown account", |id| id);
    let what = match &change.event {
        Event::AccountUpdate(update) => format!("account: {:?}", update.event),
        Event::AccountReviewUpdate(review) => format!("review: {:?}", review.decision),
        Event::MessageTemplateStatusUpdate(template) => format!(
            "template {:?}: {:?}",
            template.message_template_name, template.event
        ),
        Event::PhoneNumberQualityUpdate(number) => {
            format!(
                "number {:?}: {:?}",
                number.display_phone_number, number.event
            )
        }
        // A program that does not know a change can still store it.
        Event::Unknown(value) => format!("{:?}: {value}", change.field),
        other => format!("{other:?}"),
    };
    format!("Meta: {account}: {what}")
}

/// A refused request. Its response has only a status, because the message is for the operator.
struct Refused(webhooks::Error);

impl From<webhooks::Error> for Refused {
    fn from(error: webhooks::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        eprintln!("refused: {}", self.0);
        self.0.status().into_response()
    }
}

#[cfg(test)]
#[path = "webhooks/tests.rs"]
mod tests;
