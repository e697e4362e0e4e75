//! A small Graph API in this process: accounts, numbers, templates and subscriptions, with cursors.
//!
//! It keeps what it is sent, so that programs can be run against it more than once.

mod server;
mod state;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use waba::{Error, RetryPolicy, graph};

use super::accounts::Relation;
pub use state::{Account, Outcome};
use state::{Fault, State};

/// The id of the business of [`FakeGraph::demo`].
pub const BUSINESS: &str = "506914307656634";

/// The server. It stops when it is dropped.
pub struct FakeGraph {
    base_url: String,
    state: Arc<Mutex<State>>,
    server: JoinHandle<()>,
}

impl FakeGraph {
    /// The id of the app of the token.
    pub const APP: &str = "670843887433847";

    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(Mutex::new(State::default()));
        let router = server::router(Arc::clone(&state));
        let server = tokio::spawn(async move {
            // Ends with the task.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            base_url,
            state,
            server,
        })
    }

    /// Starts a server with a business, which owns the accounts 1001 to 1003. The account 2001 of a
    /// client cannot be read.
    pub async fn demo() -> io::Result<Self> {
        let server = Self::start().await?;
        for (id, name) in [
            ("1001", "Lucky Shrub"),
            ("1002", "Lucky Shrub Support"),
            ("1003", "花屋"),
        ] {
            server.add_account(BUSINESS, Relation::Owned, id, json!({"name": name}));
        }
        let node = json!({"name": "Jasper's Market"});
        server.add_account(BUSINESS, Relation::Client, "2001", node);
        let message = "(#200) You do not have the necessary permissions for this account";
        server.fail_always("GET /2001", Outcome::Reject(403, error(200, 0, message)));
        Ok(server)
    }

    /// Returns a client without retries, so that each failure is seen.
    pub fn client(&self) -> Result<graph::Client, Error> {
        graph::Client::builder()
            .access_token("example-token")
            .base_url(&self.base_url)
            .retry_policy(RetryPolicy::none())
            .build()
    }

    /// Adds an account to a list of a business. `fields` are the fields of its node.
    pub fn add_account(&self, business: &str, relation: Relation, id: &str, fields: Value) {
        let mut state = self.state();
        let list = (business.to_owned(), relation.as_str());
        state.lists.entry(list).or_default().push(id.to_owned());
        let account = state.accounts.entry(id.to_owned()).or_default();
        account.node = fields;
        account.node["id"] = json!(id);
    }

    /// Changes what an account has.
    pub fn edit(&self, id: &str, edit: impl FnOnce(&mut Account)) {
        edit(self.state().accounts.entry(id.to_owned()).or_default());
    }

    /// Makes one request fail: the one after `skip` others whose method and path begin with `route`,
    /// such as `GET /1001/phone_numbers`.
    pub fn fail(&self, route: &str, skip: usize, outcome: Outcome) {
        self.state()
            .faults
            .push(Fault::new(route, skip, 1, outcome));
    }

    /// Makes all requests fail whose method and path begin with `route`.
    pub fn fail_always(&self, route: &str, outcome: Outcome) {
        let fault = Fault::new(route, 0, usize::MAX, outcome);
        self.state().faults.push(fault);
    }

    /// Ends the effect of `fail` and `fail_always`.
    pub fn repair(&self) {
        self.state().faults.clear();
    }

    /// Sets how many templates can still be created in this hour.
    pub fn limit_creations(&self, creations: usize) {
        self.state().creations_left = Some(creations);
    }

    /// Returns how many requests there were whose method and path begin with `route`.
    pub fn count(&self, route: &str) -> usize {
        let state = self.state();
        let requests = state.requests.iter();
        requests
            .filter(|request| request.starts_with(route))
            .count()
    }

    /// Returns the methods and paths of the requests that change something.
    pub fn writes(&self) -> Vec<String> {
        let state = self.state();
        let requests = state.requests.iter();
        let writes = requests.filter(|request| !request.starts_with("GET "));
        writes.cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FakeGraph {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Returns the body of one of Graph's errors.
pub fn error(code: i64, subcode: i64, message: &str) -> Value {
    json!({"error": {
        "message": message,
        "type": "OAuthException",
        "code": code,
        "error_subcode": subcode,
        "fbtrace_id": "AbCdEf123",
    }})
}
