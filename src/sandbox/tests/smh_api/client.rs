//! A sandbox with an empty SMH and a plain client for it, for the tests of the SMH API.

use jiff::{SignedDuration, Timestamp};
use selaras_sandbox::{Clock, Options, Sandbox, Scenario, start};
use serde_json::{Value, json};

/// A running sandbox and someone who calls it.
pub struct Smh {
    pub sandbox: Sandbox,
    pub key: String,
    clock: Clock,
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
}

impl Smh {
    /// Everything empty, the time standing still at 2 May 2026, 09:15 in Jakarta.
    pub fn empty() -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let clock = Clock::fixed("2026-05-02T02:15:00Z".parse::<Timestamp>().unwrap());
        let options = Options { scenario: Scenario::Kosong, limit: false, clock: clock.clone(), ..Options::default() };
        let sandbox = start(options).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let key = sandbox.smh_settings()["token"].clone();
        Self { sandbox, key, clock, runtime, http: reqwest::Client::new() }
    }

    /// Lets time pass.
    pub fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Any call, with a header if wanted: status and body.
    pub fn call(&self, method: &str, path: &str, body: Option<&str>, header: Option<(&str, &str)>) -> (u16, Value) {
        let url = format!("{}/{path}", self.sandbox.smh_settings()["base_url"]);
        let mut request = self.http.request(method.parse().unwrap(), url);
        request = match header {
            Some(("Authorization", value)) => request.header("Authorization", value),
            Some((name, value)) => request.bearer_auth(&self.key).header(name, value),
            None => request.bearer_auth(&self.key),
        };
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let text = response.text().await.unwrap();
            (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
        })
    }

    /// A wish to the sandbox itself about SMH's token.
    pub fn token(&self, wish: Value) -> Value {
        let url = format!("{}/_sandbox/smh/token", self.sandbox.base_url());
        let body = if wish.is_null() { String::new() } else { wish.to_string() };
        self.runtime.block_on(async {
            let response = self.http.post(url).body(body).send().await.unwrap();
            serde_json::from_str(&response.text().await.unwrap()).unwrap()
        })
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, None, None)
    }

    pub fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call("POST", path, Some(&body.to_string()), None)
    }

    pub fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        self.call("PATCH", path, Some(&body.to_string()), None)
    }

    pub fn delete(&self, path: &str) -> (u16, Value) {
        self.call("DELETE", path, None, None)
    }

    /// Creates a record that must be accepted.
    pub fn make(&self, resource: &str, body: Value) -> Value {
        let (status, answer) = self.post(resource, body.clone());
        assert_eq!(status, 201, "{resource} {body}: {answer}");
        answer["data"].clone()
    }
}

/// Status, code and field of a refusal, in one line.
pub fn refusal((status, body): (u16, Value)) -> String {
    let error = &body["error"];
    assert!(error["message"].as_str().is_some_and(|message| message.len() > 10), "a message is missing: {body}");
    format!("{status} {} {}", error["code"].as_str().unwrap_or("?"), error["field"].as_str().unwrap_or("-"))
}

/// A line of one piece.
pub fn piece(product: &Value, unit: &Value, price: &str) -> Value {
    json!({ "productId": product["id"], "unitId": unit["id"], "quantity": "1", "price": price })
}
