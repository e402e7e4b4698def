//! What a connector may ask of its host: requests, waiting, handing over records, logging, and whether to stop.

use crate::Failure;
use serde::{Deserialize, Serialize};

/// A request in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// A request that the host is to make. The host adds authentication, waits for the budget, and retries what is safe to repeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// `GET`, `POST`, `PATCH`, `DELETE` …
    pub method: String,
    /// The absolute URL, query included.
    pub url: String,
    /// Headers of the connector's own (session, content type). The host adds those of authentication.
    pub headers: Vec<(String, String)>,
    /// The body. Travels beside the message, not in it.
    #[serde(skip)]
    pub body: Vec<u8>,
    /// Whether sending it twice is harmless. GETs always count as such.
    pub repeatable: bool,
}

impl HttpRequest {
    /// A plain GET.
    pub fn get(url: impl Into<String>) -> Self {
        Self { method: "GET".into(), url: url.into(), headers: Vec::new(), body: Vec::new(), repeatable: true }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What came back. Redirects are not followed by the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed. Travels beside the message.
    #[serde(skip)]
    pub body: Vec<u8>,
}

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Nothing reached the system: a definite no.
    NotSent(Failure),
    /// It was sent and the answer was lost: for a write, an unclear outcome.
    AnswerLost(Failure),
    /// The host refused to send it (a write while observing) or the run is being cancelled.
    Refused(Failure),
}

impl Transport {
    /// The failure, whatever the kind.
    #[must_use]
    pub fn into_failure(self) -> Failure {
        match self {
            Transport::NotSent(failure) | Transport::AnswerLost(failure) | Transport::Refused(failure) => failure,
        }
    }
}

/// One record as the system sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRecord {
    /// Its id.
    pub id: String,
    /// Its version token, where the resource declares one.
    pub version: Option<String>,
    /// The record's JSON, byte for byte as the server sent it.
    pub raw: Vec<u8>,
}

/// Records handed over together, usually a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The records, in the order of the system.
    pub records: Vec<RawRecord>,
}

/// How loud a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// For whoever debugs a connector.
    Debug,
    /// Worth knowing.
    Info,
    /// Something is odd.
    Warn,
}

/// The host services. Blocking and cheap to call; a connector keeps several tickets open to have pages in flight together.
pub trait Host {
    /// Starts a request and returns at once.
    fn start(&self, request: HttpRequest) -> Ticket;

    /// Waits for a response. Each ticket is waited for once.
    ///
    /// # Errors
    /// When there is no response; see [`Transport`].
    fn wait(&self, ticket: Ticket) -> Result<HttpResponse, Transport>;

    /// Hands records to the engine.
    fn emit(&self, batch: Batch);

    /// Logs a line. Never a secret, never a whole record.
    fn log(&self, level: LogLevel, text: &str);

    /// Whether the run is to end; a connector asks between pages.
    fn cancelled(&self) -> bool;

    /// Starts a request and waits for it.
    ///
    /// # Errors
    /// As for `wait`.
    fn call(&self, request: HttpRequest) -> Result<HttpResponse, Transport> {
        let ticket = self.start(request);
        self.wait(ticket)
    }
}
