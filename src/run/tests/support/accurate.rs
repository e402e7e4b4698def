//! Accurate Online as a foreign client reaches it: an OAuth token and a database session over plain HTTP, nothing of ours in between.
//!
//! What is saved here passes the server's own rules and gets its version and time as any user's edit would.

use selaras_sandbox::Sandbox;
use serde_json::{Value as Json, json};

/// A client of the simulated Accurate Online.
pub struct Accurate {
    base: String,
    token: String,
    session: String,
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

impl Accurate {
    pub fn open(sandbox: &Sandbox) -> Self {
        let settings = sandbox.accurate_settings();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut accurate = Self {
            base: settings["base_url"].clone(),
            token: settings["oauth_token"].clone(),
            session: String::new(),
            client: super::client(),
            runtime,
        };
        let opened = accurate.send("GET", &format!("api/open-db.do?id={}", settings["database"]), None);
        accurate.session = opened["session"].as_str().expect("a session").to_owned();
        accurate
    }

    fn send(&self, method: &str, path: &str, body: Option<Json>) -> Json {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.client.request(method, format!("{}/{path}", self.base)).bearer_auth(&self.token);
        request = request.header("accept", "application/json").header("x-session-id", &self.session);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        self.runtime.block_on(async {
            let response = request.send().await.expect("an answer");
            let status = response.status();
            let text = response.text().await.expect("a body");
            assert!(status.is_success(), "{status}: {text}");
            serde_json::from_str(&text).expect("JSON")
        })
    }

    /// Saves a record that must be accepted; with an `id` in it, changes that record. Answers it as stored.
    pub fn save(&self, module: &str, body: Json) -> Json {
        let answer = self.send("POST", &format!("accurate/api/{module}/save.do"), Some(body));
        assert_eq!(answer["s"], json!(true), "{answer}");
        answer["r"].clone()
    }

    /// Removes a record that Accurate lets go.
    pub fn delete(&self, module: &str, id: &str) {
        let answer = self.send("DELETE", &format!("accurate/api/{module}/delete.do?id={id}"), None);
        assert_eq!(answer["s"], json!(true), "{answer}");
    }

    /// A record with all its members, as `detail.do` shows it.
    pub fn detail(&self, module: &str, id: &str) -> Json {
        let answer = self.send("GET", &format!("accurate/api/{module}/detail.do?id={id}"), None);
        assert_eq!(answer["s"], json!(true), "{answer}");
        answer["d"].clone()
    }
}
