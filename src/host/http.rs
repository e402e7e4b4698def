//! One attempt at one request: sent, and read to its end or its limit. Whether it may be sent, when, and whether it is sent again is
//! decided elsewhere.

use crate::auth::Headers;
use crate::hosts::is_loopback;
use crate::{HostError, Timeouts};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Method, Url};
use selaras_connector_api::{Code, Failure, HttpRequest, HttpResponse};
use std::sync::OnceLock;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The most that is read of a response, decompressed.
const MOST: usize = 64 * 1024 * 1024;
/// Shorter than servers keep connections, so that a write seldom meets one that is just being closed.
const IDLE: Duration = Duration::from_secs(15);

/// How an attempt ended.
pub(crate) enum Attempt {
    /// There is an answer, whatever its status.
    Answered(HttpResponse),
    /// It never reached the system.
    NotSent(Failure),
    /// It was sent, and the answer was lost. It may be got by asking again.
    Lost(Failure),
    /// It was sent, and the answer is of no use. Asking again will not help.
    Useless(Failure),
}

/// The clients: one that never leaves this machine and needs no certificates, and one for the world, made when it is first needed.
pub(crate) struct Clients {
    loopback: Client,
    world: OnceLock<Result<Client, String>>,
    timeouts: Timeouts,
}

impl Clients {
    /// Makes them ready.
    pub(crate) fn new(timeouts: Timeouts) -> Result<Self, HostError> {
        // Somebody in this process may have been first; then theirs is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let loopback = builder(timeouts).no_proxy().tls_certs_only([]).build();
        let loopback = loopback.map_err(|error| HostError::new("host-network").with("why", chain(&error)))?;
        Ok(Self { loopback, world: OnceLock::new(), timeouts })
    }

    fn of(&self, url: &Url) -> Result<&Client, Failure> {
        if is_loopback(url) && url.scheme() == "http" {
            return Ok(&self.loopback);
        }
        let world = self.world.get_or_init(|| builder(self.timeouts).build().map_err(|error| chain(&error)));
        world.as_ref().map_err(|why| HostError::new("host-no-network").with("why", why).fail(Code::Unavailable))
    }

    /// Sends once.
    pub(crate) async fn attempt(&self, request: &HttpRequest, url: &Url, own: &HeaderMap, auth: Headers) -> Attempt {
        let client = match self.of(url) {
            Ok(client) => client,
            Err(failure) => return Attempt::NotSent(failure),
        };
        let Ok(method) = Method::from_bytes(request.method.as_bytes()) else {
            return Attempt::Useless(Failure::new(Code::Internal, format!("{:?} is no method", request.method)));
        };
        let mut headers = own.clone();
        headers.extend(auth);
        let mut sending = client.request(method, url.clone()).headers(headers);
        if !request.body.is_empty() || matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
            sending = sending.body(request.body.clone());
        }
        // Getting a connection is timed by the client itself, which alone knows whether one was needed.
        let begun = Instant::now() + self.timeouts.connect;
        let end = begun + self.timeouts.whole;
        match timeout_at(end.min(begun + self.timeouts.answer), sending.send()).await {
            Ok(Ok(response)) => self.receive(response, url, end).await,
            Ok(Err(error)) => Self::failed(&error, url),
            Err(_) => Attempt::Lost(late(url, "host-no-answer", self.timeouts.answer.min(self.timeouts.whole))),
        }
    }

    async fn receive(&self, mut response: reqwest::Response, url: &Url, end: Instant) -> Attempt {
        let status = response.status().as_u16();
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let mut body = Vec::new();
        loop {
            let idle = Instant::now() + self.timeouts.idle;
            // The head of the answer came, so it was certainly sent.
            let chunk = match timeout_at(end.min(idle), response.chunk()).await {
                Ok(chunk) => chunk,
                Err(_) if idle <= end => {
                    return Attempt::Lost(late(url, "host-answer-still", self.timeouts.idle));
                }
                Err(_) => return Attempt::Lost(late(url, "host-answer-slow", self.timeouts.whole)),
            };
            match chunk {
                Ok(Some(chunk)) if body.len() + chunk.len() > MOST => {
                    let limit = MOST / 1024 / 1024;
                    let large = HostError::new("host-answer-large").with("place", place(url)).with("limit", limit);
                    return Attempt::Useless(large.fail(Code::Protocol));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Attempt::Answered(HttpResponse { status, headers, body }),
                Err(error) => return Attempt::Lost(Self::explain(&error, url)),
            }
        }
    }

    fn failed(error: &reqwest::Error, url: &Url) -> Attempt {
        let failure = Self::explain(error, url);
        if error.is_connect() {
            Attempt::NotSent(failure)
        } else if error.is_builder() {
            Attempt::Useless(Failure { code: Code::Internal, ..failure })
        } else {
            Attempt::Lost(failure)
        }
    }

    fn explain(error: &reqwest::Error, url: &Url) -> Failure {
        let what = HostError::new(if error.is_connect() { "host-no-connection" } else { "host-answer-lost" });
        what.with("place", place(url)).with("why", chain(error)).fail(Code::Unavailable)
    }
}

/// A part of the call took too long.
fn late(url: &Url, key: &str, most: Duration) -> Failure {
    HostError::new(key).with("place", place(url)).with("seconds", most.as_secs_f32()).fail(Code::Unavailable)
}

fn builder(timeouts: Timeouts) -> ClientBuilder {
    Client::builder()
        .redirect(Policy::none())
        .referer(false)
        .gzip(true)
        .connect_timeout(timeouts.connect)
        .pool_idle_timeout(IDLE)
        .user_agent(concat!("selaras/", env!("CARGO_PKG_VERSION")))
}

/// Where a request went: without its query, which can hold data of records.
fn place(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

/// An error with its causes, without the address, which may hold a query.
fn chain(error: &dyn std::error::Error) -> String {
    let mut causes = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        // The outermost text of the HTTP library quotes the whole address.
        let text = text.split(" for url (").next().unwrap_or_default().to_owned();
        if causes.last() != Some(&text) {
            causes.push(text);
        }
        next = cause.source();
    }
    causes.join(": ")
}

/// Headers that are the host's own, or that would make a server see another request than the gate did.
const RESERVED: [&str; 17] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-rewrite-url",
    "accept-encoding",
];

/// The connector's own headers, if they are sane. `owned`: those of the credential.
pub(crate) fn own_headers(request: &HttpRequest, owned: impl Fn(&HeaderName) -> bool) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let refused = |why: &str| Err(Failure::new(Code::Internal, format!("the connector's header {name:?} {why}")));
        let Ok(known) = HeaderName::from_bytes(name.as_bytes()) else { return refused("has an impossible name") };
        if RESERVED.contains(&known.as_str()) || owned(&known) {
            return refused("is the host's to set");
        }
        let Ok(value) = HeaderValue::from_str(value) else { return refused("has a value that cannot be sent") };
        headers.append(known, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_could_fool_the_gate_or_the_server_are_refused() {
        let own = |name: &str, value: &str| {
            let request = HttpRequest::get("http://x").header(name, value);
            own_headers(&request, |name| name == "authorization").is_ok()
        };
        assert!(own("X-Session-ID", "abc"));
        assert!(own("Accept", "application/json"));
        for name in ["Authorization", "Host", "X-HTTP-Method-Override", "Transfer-Encoding", "bad name", ""] {
            assert!(!own(name, "x"), "{name}");
        }
        assert!(!own("X-Ok", "a\r\nX-Evil: b"));
    }
}
