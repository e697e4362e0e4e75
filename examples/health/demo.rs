//! A business with accounts in different states.

use serde_json::json;

use crate::{
    Result,
    shared::{
        accounts::Relation,
        fake_graph::{FakeGraph, Outcome, error},
    },
};

pub const BUSINESS: &str = "506914307656634";

pub async fn server() -> Result<FakeGraph> {
    let server = FakeGraph::start().await?;
    for (id, name) in [
        ("1001", "Lucky Shrub"),
        ("1002", "Lucky Shrub Support"),
        ("1003", "花屋"),
    ] {
        server.add_account(
            BUSINESS,
            Relation::Owned,
            id,
            json!({
                "name": name,
                "account_review_status": "APPROVED",
                "business_verification_status": "verified",
                "whatsapp_business_manager_messaging_limit": "TIER_10K",
                "health_status": {"can_send_message": "AVAILABLE"},
            }),
        );
        server.edit(id, |account| {
            account.numbers = vec![number(&format!("{id}1"), "CONNECTED", "GREEN")];
        });
    }
    server.edit("1002", |account| {
        account.numbers.push(number("10022", "CONNECTED", "RED"));
        account
            .numbers
            .push(number("10023", "RATE_LIMITED", "YELLOW"));
    });
    server.edit("1003", |account| {
        account.node["health_status"] = json!({"can_send_message": "BLOCKED", "entities": [
            {"entity_type": "WABA", "id": "1003", "can_send_message": "BLOCKED", "errors": [{
                "error_code": 141006,
                "error_description": "There is an error with the payment method.",
                "possible_solution": "Add a payment method to the account.",
            }]},
            {"entity_type": "BUSINESS", "id": BUSINESS, "can_send_message": "AVAILABLE"},
        ]});
    });
    server.add_account(
        BUSINESS,
        Relation::Client,
        "2001",
        json!({"name": "Jasper's Market"}),
    );
    server.add_account(
        BUSINESS,
        Relation::Client,
        "2002",
        json!({"name": "Wind & Wool"}),
    );
    let message = "(#200) You do not have the necessary permissions for this account";
    server.fail_always("GET /2001", Outcome::Reject(403, error(200, 0, message)));
    server.fail_always("GET /2002", Outcome::Lose);
    Ok(server)
}

pub fn number(id: &str, status: &str, quality: &str) -> serde_json::Value {
    json!({
        "id": id,
        "display_phone_number": format!("+1 631-555-{id}"),
        "verified_name": "Lucky Shrub",
        "status": status,
        "quality_rating": quality,
        "name_status": "APPROVED",
        "throughput": {"level": "STANDARD"},
    })
}
