//! A sandbox with default records only, and a plain client that signs its calls itself.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use selaras_sandbox::accurate::insert;
use selaras_sandbox::{Clock, Options, Sandbox, Scenario, start};
use serde_json::{Value, json};
use sha2::Sha256;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

/// A running sandbox and someone who calls it.
pub struct Accurate {
    pub sandbox: Sandbox,
    pub clock: Clock,
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
}

pub fn http() -> reqwest::Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Lower-case hex of the signature over the text, as the PHP samples make it.
pub fn sign(text: &str, secret: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Accurate {
    /// Default records only, no limit, the time standing still at 2 May 2026, 09:15 in Jakarta.
    pub fn empty() -> Self {
        Self::with(Options { limit: false, ..Options::default() })
    }

    /// The guide's data.
    pub fn panduan() -> Self {
        Self::of(Scenario::Panduan, Options { limit: false, ..Options::default() })
    }

    pub fn with(options: Options) -> Self {
        Self::of(Scenario::Kosong, options)
    }

    pub fn of(scenario: Scenario, options: Options) -> Self {
        let clock = Clock::fixed("2026-05-02T02:15:00Z".parse::<Timestamp>().unwrap());
        let options = Options { scenario, clock: clock.clone(), ..options };
        let sandbox = start(options).unwrap();
        // A new database has no units; every test wants one.
        sandbox.with_world(|world| {
            let db = world.accurate.databases.values_mut().next().unwrap();
            if db.table_mut("unit").rows.is_empty() {
                let unit = json!({"name": "PCS"});
                insert(db, "unit", unit.as_object().unwrap().clone());
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { sandbox, clock, runtime, http: http() }
    }

    pub fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub fn setting(&self, name: &str) -> String {
        self.sandbox.accurate_settings()[name].clone()
    }

    /// Any call with any headers: nothing is added.
    pub fn try_raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> reqwest::Result<Answer> {
        // A path is one of the sandbox's own address; other hosts are named in full.
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.sandbox.base_url()) };
        let mut request = self.http.request(method.parse().unwrap(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_empty() {
            request = request.body(body.to_owned());
        }
        self.runtime.block_on(async {
            let response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok(Answer { status, headers, text: response.text().await? })
        })
    }

    pub fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.try_raw(method, path, headers, body).unwrap()
    }

    /// A call to the sandbox's own pages.
    pub fn control(&self, method: &str, path: &str, body: Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.raw(method, &format!("/_sandbox/{path}"), &[], &body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    pub fn order(&self, path: &str, body: Value) -> Value {
        self.control("POST", path, body)
    }

    /// A signed call to the data host.
    pub fn call(&self, method: &str, path: &str, kind: &str, body: &str) -> Answer {
        let now = self.sandbox.state().now().as_second().to_string();
        let signature = hex(&sign(&now, &self.setting("secret")));
        let token = format!("Bearer {}", self.setting("token"));
        let mut headers = vec![
            ("Authorization", token.as_str()),
            ("X-Api-Timestamp", &now),
            ("X-Api-Signature", &signature),
            ("Accept", "application/json"),
        ];
        if !kind.is_empty() {
            headers.push(("Content-Type", kind));
        }
        self.raw(method, path, &headers, body)
    }

    pub fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", &format!("/accurate/api/{path}"), "", "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    /// A form, as PHP sends it.
    pub fn form(&self, path: &str, form: &str) -> Value {
        let kind = "application/x-www-form-urlencoded";
        let answer = self.call("POST", &format!("/accurate/api/{path}"), kind, form);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    /// JSON, as Node sends it.
    pub fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.call("POST", &format!("/accurate/api/{path}"), "application/json", &body.to_string());
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    pub fn delete(&self, path: &str) -> Value {
        self.call("DELETE", &format!("/accurate/api/{path}"), "", "").json()
    }

    /// Saves what must be accepted and returns the stored record.
    pub fn make(&self, module: &str, body: Value) -> Value {
        let answer = self.post(&format!("{module}/save.do"), body.clone());
        assert_eq!(answer["s"], json!(true), "{module} {body}: {answer}");
        answer["r"].clone()
    }

    /// The message of a save that must be refused.
    pub fn refusal(&self, module: &str, body: Value) -> String {
        message(&self.post(&format!("{module}/save.do"), body))
    }
}

/// The only message of a refusal.
pub fn message(answer: &Value) -> String {
    assert_eq!(answer["s"], json!(false), "{answer}");
    assert_eq!(answer["d"].as_array().unwrap().len(), 1, "{answer}");
    answer["d"][0].as_str().unwrap().to_owned()
}

/// The values of one member of all rows of a list.
pub fn column(answer: &Value, name: &str) -> Vec<Value> {
    assert_eq!(answer["s"], json!(true), "{answer}");
    answer["d"].as_array().unwrap().iter().map(|row| row[name].clone()).collect()
}
