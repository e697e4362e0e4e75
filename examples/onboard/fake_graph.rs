//! A small fake of Meta's Graph API with one customer, and with the failures that programs run into.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

pub const APP_ID: &str = "670843887433847";
pub const APP_SECRET: &str = "example-app-secret";
pub const TOKEN: &str = "example-customer-token";
/// The code of the first signup has expired.
pub const EXPIRED_CODE: &str = "example-expired-code";
pub const CODE: &str = "example-signup-code";
pub const SMS_CODE: &str = "271828";
pub const PIN: &str = "314159";

const BUSINESS: &str = "506914307656634";
const OTHER_ACCOUNT: &str = "101569239400667";
const ACCOUNT: &str = "102289599326934";
const NUMBER: &str = "106853218861309";
const TEMPLATE: &str = "594425479261596";

/// The state of the fake.
#[derive(Default)]
pub struct Graph {
    /// The writes that took effect, in order.
    pub writes: Vec<&'static str>,
    /// The simulated failures that have occurred, in order.
    pub failures: Vec<&'static str>,
    /// Every request whose path ends like this fails, with the whole request in the message.
    pub echo: Option<(&'static str, u16)>,
    /// No failure is simulated.
    pub is_healthy: bool,
    described: u32,
    verified: bool,
    callback: Option<Option<String>>,
    registered: bool,
    template_reads: Option<u32>,
}

type Response = (u16, Value);

/// The fake as a server.
#[derive(Clone, Default)]
pub struct FakeGraph(Arc<Mutex<Graph>>);

impl FakeGraph {
    pub async fn start(&self) -> MockServer {
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(self.clone())
            .mount(&server)
            .await;
        server
    }

    pub fn with<T>(&self, change: impl FnOnce(&mut Graph) -> T) -> T {
        let mut graph = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        change(&mut graph)
    }
}

impl Respond for FakeGraph {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let (status, body) = self.with(|graph| graph.respond(request));
        ResponseTemplate::new(status).set_body_json(body)
    }
}

impl Graph {
    fn respond(&mut self, request: &Request) -> Response {
        let path = request.url.path().trim_start_matches("/v23.0");
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        if let Some((_, status)) = self.echo.filter(|(end, _)| path.ends_with(end)) {
            let message = format!("{} {:?} {body}", request.url, request.headers);
            return (status, json!({"error": {"message": message, "code": 100}}));
        }
        let token = match path {
            "/oauth/access_token" => return self.exchange(request),
            "/debug_token" => format!("Bearer {APP_ID}|{APP_SECRET}"),
            _ => format!("Bearer {TOKEN}"),
        };
        let given = request.headers.get("authorization");
        if given.is_none_or(|given| given.as_bytes() != token.as_bytes()) {
            return error(401, 190, None, "Invalid OAuth access token.");
        }
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (request.method.as_str(), &segments[..]) {
            ("GET", ["debug_token"]) => self.describe_token(),
            ("GET", [id @ (BUSINESS | OTHER_ACCOUNT | ACCOUNT)]) => self.account(id),
            ("GET", [ACCOUNT, "phone_numbers"]) => (
                200,
                json!({"data": [
                    {"id": NUMBER, "display_phone_number": "+1 631-555-5555"},
                ]}),
            ),
            ("GET", [NUMBER]) => self.number(),
            ("POST", [NUMBER, action]) => self.act_on_number(action, &body),
            ("GET", [ACCOUNT, "subscribed_apps"]) => self.subscriptions(),
            ("POST", [ACCOUNT, "subscribed_apps"]) => self.subscribe(&body),
            ("GET", [ACCOUNT, "message_templates"]) => self.templates(),
            ("POST", [ACCOUNT, "message_templates"]) => self.create_template(),
            ("GET", [TEMPLATE]) => self.template(),
            _ => error(400, 100, Some(33), "Unsupported request."),
        }
    }

    /// Returns whether this simulated failure occurs now: once.
    fn fails(&mut self, failure: &'static str) -> bool {
        let occurs = !self.is_healthy && !self.failures.contains(&failure);
        if occurs {
            self.failures.push(failure);
        }
        occurs
    }

    fn done(&mut self, write: &'static str) -> Response {
        self.writes.push(write);
        (200, json!({"success": true}))
    }

    fn exchange(&mut self, request: &Request) -> Response {
        let given = |name: &str| {
            let mut pairs = request.url.query_pairs();
            pairs
                .find(|pair| pair.0 == name)
                .map(|pair| pair.1.into_owned())
                .unwrap_or_default()
        };
        if given("client_secret") != APP_SECRET {
            return error(400, 1, None, "Error validating client secret.");
        }
        match given("code").as_str() {
            CODE if !self.writes.contains(&"exchange") => {
                self.writes.push("exchange");
                (200, json!({"access_token": TOKEN, "token_type": "bearer"}))
            }
            CODE => error(
                400,
                100,
                Some(36009),
                "This authorization code has been used.",
            ),
            _ => {
                self.fails("expired code");
                error(
                    400,
                    100,
                    Some(36007),
                    "This authorization code has expired.",
                )
            }
        }
    }

    /// Names several accounts in changing order, under a scope that Meta has renamed.
    fn describe_token(&mut self) -> Response {
        self.described += 1;
        let mut ids = [BUSINESS, OTHER_ACCOUNT, ACCOUNT];
        ids.rotate_left(self.described as usize % 3);
        let scopes = json!([{"scope": "whatsapp_business_manage_events", "target_ids": ids}]);
        (
            200,
            json!({"data": {"is_valid": true, "app_id": APP_ID, "granular_scopes": scopes}}),
        )
    }

    fn account(&mut self, id: &str) -> Response {
        match id {
            ACCOUNT => (
                200,
                json!({"id": ACCOUNT, "name": "Lucky Shrub", "message_template_namespace": "n"}),
            ),
            OTHER_ACCOUNT => {
                self.fails("account that is not shared");
                error(
                    403,
                    200,
                    None,
                    "You do not have permission to access this account.",
                )
            }
            _ => {
                self.fails("id of a business");
                let message = "(#100) Tried accessing nonexisting field (message_template_namespace) on \
                               node type (Business)";
                error(400, 100, None, message)
            }
        }
    }

    fn number(&mut self) -> Response {
        let is_next = matches!(self.callback, Some(Some(_)));
        let name = match is_next && self.fails("name in review") {
            true => "PENDING_REVIEW",
            false => "AVAILABLE_WITHOUT_REVIEW",
        };
        (
            200,
            json!({
                "id": NUMBER,
                "name_status": name,
                "code_verification_status": if self.verified { "VERIFIED" } else { "NOT_VERIFIED" },
                "platform_type": if self.registered { "CLOUD_API" } else { "NOT_APPLICABLE" },
            }),
        )
    }

    fn act_on_number(&mut self, action: &str, body: &Value) -> Response {
        match action {
            "request_code" => self.done("request_code"),
            "verify_code" if body["code"] != SMS_CODE => error(400, 136025, None, "Wrong code."),
            "verify_code" => {
                self.verified = true;
                self.writes.push("verify_code");
                match self.fails("lost response of the verification") {
                    true => (503, json!({})),
                    false => (200, json!({"success": true})),
                }
            }
            "register" if body["pin"] != PIN => error(400, 133005, None, "Wrong PIN."),
            "register" if self.fails("name not ready") => {
                error(400, 100, Some(2_388_001), "Cannot Create Certificate")
            }
            "register" => {
                self.registered = true;
                self.done("register")
            }
            _ => error(400, 100, Some(33), "Unsupported request."),
        }
    }

    fn subscriptions(&self) -> Response {
        let app = self.callback.as_ref().map(|callback| {
            let mut app = json!({"whatsapp_business_api_data": {"id": APP_ID, "name": "Demo"}});
            if let Some(url) = callback {
                app["override_callback_uri"] = url.as_str().into();
            }
            app
        });
        (200, json!({"data": Vec::from_iter(app)}))
    }

    fn subscribe(&mut self, body: &Value) -> Response {
        let Some(url) = body["override_callback_uri"].as_str() else {
            self.callback = Some(None);
            return self.done("subscribe");
        };
        if self.fails("override without subscription") {
            self.callback = None;
        }
        if self.callback.is_none() {
            let message = "Before override the current callback uri, your app must be subscribed";
            return error(400, 100, None, message);
        }
        self.callback = Some(Some(url.to_owned()));
        self.done("override")
    }

    fn templates(&self) -> Response {
        let template = self
            .template_reads
            .map(|_| json!({"id": TEMPLATE, "name": "order_ready", "language": "en_US"}));
        (200, json!({"data": Vec::from_iter(template)}))
    }

    fn create_template(&mut self) -> Response {
        self.template_reads = Some(0);
        self.writes.push("create template");
        match self.fails("lost response of the creation") {
            true => (503, json!({})),
            false => (200, json!({"id": TEMPLATE, "status": "PENDING"})),
        }
    }

    fn template(&mut self) -> Response {
        let reads = self.template_reads.get_or_insert(0);
        *reads += 1;
        let status = if *reads < 2 { "PENDING" } else { "APPROVED" };
        (
            200,
            json!({"id": TEMPLATE, "name": "order_ready", "status": status}),
        )
    }
}

fn error(status: u16, code: i64, subcode: Option<i64>, message: &str) -> Response {
    let error = json!({"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode});
    (status, json!({"error": error}))
}
