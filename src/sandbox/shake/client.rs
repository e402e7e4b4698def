//! Speaks to both systems over HTTP: signs Accurate's calls, waits when told to, and finds records by their place in the order of ids.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::Value;
use sha2::Sha256;
use tokio::runtime::{Builder, Runtime};

use super::{ShakeError, Target};

/// Times a call is repeated when the system says "later".
const REPEATS: u32 = 40;
/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection to both systems. Calls block.
pub(super) struct Client {
    runtime: Runtime,
    http: reqwest::Client,
    target: Target,
    /// Where Accurate keeps the database.
    data_host: String,
}

impl Client {
    /// Connects and asks Accurate where the database is.
    pub(super) fn new(target: &Target) -> Result<Self, ShakeError> {
        let start = |what: &'static str, reason: String| ShakeError::Start { what, reason };
        // A provider that is installed already is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(|error| start("calls", error.to_string()))?;
        let http =
            reqwest::Client::builder().timeout(PATIENCE).build().map_err(|error| start("HTTP", error.to_string()))?;
        let mut client = Self { runtime, http, target: target.clone(), data_host: String::new() };
        let url = format!("{}/api/api-token.do", target.base_url);
        let (_, answer) = client.call(Method::GET, &url, None, true)?;
        match answer.pointer("/d/database/host").and_then(Value::as_str) {
            Some(host) => client.data_host = host.trim_end_matches('/').to_owned(),
            None => return Err(ShakeError::Call { url, reason: format!("no host in {answer}") }),
        }
        Ok(client)
    }

    /// A call to SMH below its base: status and body.
    pub(super) fn smh(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(u16, Value), ShakeError> {
        self.call(method, &format!("{}/{path}", self.target.smh_url), body, false)
    }

    /// A call to Accurate below `/accurate/api/`: the answer, or the words of a refusal.
    pub(super) fn accurate(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Result<Value, String>, ShakeError> {
        let url = format!("{}/accurate/api/{path}", self.data_host);
        let (status, answer) = self.call(method, &url, body, true)?;
        match answer.get("s").and_then(Value::as_bool) {
            Some(true) => Ok(Ok(answer)),
            Some(false) if status == 200 => Ok(Err(answer.get("d").map(ToString::to_string).unwrap_or_default())),
            _ => Err(ShakeError::Call { url, reason: format!("{status} {answer}") }),
        }
    }

    fn call(
        &self,
        method: Method,
        url: &str,
        body: Option<&Value>,
        to_accurate: bool,
    ) -> Result<(u16, Value), ShakeError> {
        let failed = |reason: String| ShakeError::Call { url: url.to_owned(), reason };
        for _ in 0..REPEATS {
            let mut request = self.http.request(method.clone(), url).header("Accept", "application/json");
            if to_accurate {
                let now = Timestamp::now().as_second().to_string();
                request = request
                    .header("Authorization", format!("Bearer {}", self.target.accurate_token))
                    .header("X-Api-Signature", self.signature(&now)?)
                    .header("X-Api-Timestamp", now);
            } else {
                request = request.header("Authorization", format!("Bearer {}", self.target.smh_token));
            }
            if let Some(body) = body {
                request = request.header("Content-Type", "application/json").body(body.to_string());
            }
            let (status, wait, text) =
                self.runtime.block_on(answer(request)).map_err(|error| failed(error.to_string()))?;
            if matches!(status, 429 | 503) {
                std::thread::sleep(wait);
                continue;
            }
            let value = if text.is_empty() {
                Value::Null
            } else {
                serde_json::from_str(&text).map_err(|_| failed(format!("{status} {text}")))?
            };
            if status == 401 || status == 403 || status >= 500 {
                return Err(failed(format!("{status} {value}")));
            }
            return Ok((status, value));
        }
        Err(failed(format!("it said \"later\" {REPEATS} times")))
    }

    fn signature(&self, timestamp: &str) -> Result<String, ShakeError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.target.accurate_secret.as_bytes())
            .map_err(|error| ShakeError::Start { what: "signing", reason: error.to_string() })?;
        mac.update(timestamp.as_bytes());
        Ok(STANDARD.encode(mac.finalize().into_bytes()))
    }

    /// How many records SMH has of a resource.
    pub(super) fn smh_count(&self, resource: &str) -> Result<u64, ShakeError> {
        let (_, page) = self.smh(Method::GET, &format!("{resource}?pageSize=1"), None)?;
        Ok(page.get("rowCount").and_then(Value::as_u64).unwrap_or(0))
    }

    /// The `place`-th record of a resource of SMH, from 0, by id.
    pub(super) fn smh_at(&self, resource: &str, place: u64) -> Result<Option<Value>, ShakeError> {
        let (_, page) = self.smh(Method::GET, &format!("{resource}?pageSize=1&page={}", place + 1), None)?;
        Ok(page.pointer("/data/0").cloned())
    }

    /// How many records Accurate has of a module.
    pub(super) fn accurate_count(&self, module: &str) -> Result<u64, ShakeError> {
        let answer = self.accurate(Method::GET, &format!("{module}/list.do?fields=id&sp.pageSize=1"), None)?;
        Ok(answer.ok().and_then(|answer| answer.pointer("/sp/rowCount").and_then(Value::as_u64)).unwrap_or(0))
    }

    /// The `place`-th record of a module of Accurate, from 0, by id, with these fields.
    pub(super) fn accurate_at(&self, module: &str, place: u64, fields: &str) -> Result<Option<Value>, ShakeError> {
        let page = place + 1;
        let path = format!("{module}/list.do?fields={fields}&sp.sort=id%7Casc&sp.pageSize=1&sp.page={page}");
        Ok(self.accurate(Method::GET, &path, None)?.ok().and_then(|answer| answer.pointer("/d/0").cloned()))
    }
}

/// Sends a request; gives the status, how long to wait before a repeat, and the body.
async fn answer(request: reqwest::RequestBuilder) -> Result<(u16, Duration, String), reqwest::Error> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let after = response.headers().get("Retry-After").and_then(|value| value.to_str().ok()?.parse().ok());
    Ok((status, Duration::from_secs(after.unwrap_or(1)), response.text().await?))
}
