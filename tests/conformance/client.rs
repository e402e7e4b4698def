//! A plain HTTP client: somebody else who works in the same system.

use serde_json::{Value as Json, json};
use tokio::runtime::{Builder, Runtime};

/// A client.
pub struct Client {
    runtime: Runtime,
    http: reqwest::Client,
}

impl Client {
    pub fn new() -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let runtime = Builder::new_current_thread().enable_all().build();
        Self { runtime: runtime.expect("threads can be had"), http: http.expect("a client can be had") }
    }

    /// A call: status, and the body as it came.
    pub fn call(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<&Json>,
    ) -> Result<(u16, String), String> {
        let method = method.parse::<reqwest::Method>().map_err(|error| error.to_string())?;
        let mut request = self.http.request(method, url).header("Accept", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body.to_string());
        }
        let answer = self.runtime.block_on(async {
            let response = request.send().await?;
            Ok::<_, reqwest::Error>((response.status().as_u16(), response.text().await?))
        });
        answer.map_err(|error| format!("{url}: {error}"))
    }
}

/// The object that a text holds; null where it holds none.
pub fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or(json!(null))
}

/// The text of a member, as it was sent.
pub fn member(text: &str, name: &str) -> Option<String> {
    let members: std::collections::BTreeMap<String, Box<serde_json::value::RawValue>> =
        serde_json::from_str(text).ok()?;
    Some(members.get(name)?.get().to_owned())
}
