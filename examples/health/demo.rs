//! A business with accounts in different states.

use serde_json::json;

use crate::{
    Result,
    shared::{
        accounts::Relation,
        fake_graph::{BUSINESS, FakeGraph, Outcome},
    },
};

pub async fn server() -> Result<FakeGraph> {
    let server = FakeGraph::demo().await?;
    for id in ["1001", "1002", "1003"] {
        server.edit(id, |account| {
            let node = &mut account.node;
            node["account_review_status"] = json!("APPROVED");
            node["business_verification_status"] = json!("verified");
            node["whatsapp_business_manager_messaging_limit"] = json!("TIER_10K");
            node["health_status"] = json!({"can_send_message": "AVAILABLE"});
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
    let node = json!({"name": "Wind & Wool"});
    server.add_account(BUSINESS, Relation::Client, "2002", node);
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
