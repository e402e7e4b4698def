//! A host whose server is a function. It counts what is in flight, keeps what was asked, and refuses to wait twice.

use selaras_connector_api::{
    Batch, Connector, Failure, Host, HttpRequest, HttpResponse, LogLevel, OpenRequest, RawRecord, Ticket, Transport,
};
use selaras_connector_rest::Rest;
use serde_json::{Value as Json, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

pub type Answer = Result<HttpResponse, Transport>;

pub struct FakeHost<'s> {
    server: Box<dyn Fn(&HttpRequest) -> Answer + 's>,
    answers: RefCell<BTreeMap<u64, Answer>>,
    pub asked: RefCell<Vec<HttpRequest>>,
    pub emitted: RefCell<Vec<RawRecord>>,
    pub most_in_flight: Cell<usize>,
    /// After how many requests the run is cancelled.
    pub cancel_after: Cell<Option<usize>>,
}

impl<'s> FakeHost<'s> {
    pub fn new(server: impl Fn(&HttpRequest) -> Answer + 's) -> Self {
        Self {
            server: Box::new(server),
            answers: RefCell::default(),
            asked: RefCell::default(),
            emitted: RefCell::default(),
            most_in_flight: Cell::default(),
            cancel_after: Cell::default(),
        }
    }

    /// `METHOD path?query` of all requests, without the base.
    pub fn calls(&self) -> Vec<String> {
        let line = |r: &HttpRequest| format!("{} {}", r.method, r.url.trim_start_matches(BASE));
        self.asked.borrow().iter().map(line).collect()
    }

    pub fn ids(&self) -> Vec<String> {
        self.emitted.borrow().iter().map(|record| record.id.clone()).collect()
    }

    /// The body of the nth request.
    pub fn body(&self, at: usize) -> Json {
        serde_json::from_slice(&self.asked.borrow()[at].body).unwrap()
    }
}

impl Host for FakeHost<'_> {
    fn start(&self, request: HttpRequest) -> Ticket {
        let answer = (self.server)(&request);
        self.asked.borrow_mut().push(request);
        let ticket = u64::try_from(self.asked.borrow().len()).unwrap();
        self.answers.borrow_mut().insert(ticket, answer);
        self.most_in_flight.set(self.most_in_flight.get().max(self.answers.borrow().len()));
        Ticket(ticket)
    }

    fn wait(&self, ticket: Ticket) -> Answer {
        self.answers.borrow_mut().remove(&ticket.0).expect("a ticket is waited for once")
    }

    fn emit(&self, batch: Batch) {
        assert!(!batch.records.is_empty(), "an empty batch is noise");
        self.emitted.borrow_mut().extend(batch.records);
    }

    fn log(&self, _level: LogLevel, _text: &str) {}

    fn cancelled(&self) -> bool {
        self.cancel_after.get().is_some_and(|after| self.asked.borrow().len() >= after)
    }
}

impl Drop for FakeHost<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.answers.borrow().is_empty(), "tickets were started and never waited for");
        }
    }
}

pub const BASE: &str = "http://h/api";

pub fn ok(body: &Json) -> Answer {
    status(200, body)
}

pub fn status(status: u16, body: &Json) -> Answer {
    text(status, &body.to_string())
}

pub fn text(status: u16, body: &str) -> Answer {
    Ok(HttpResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

pub fn lost() -> Answer {
    Err(Transport::AnswerLost(Failure::new(selaras_connector_api::Code::Unavailable, "the line went dead")))
}

/// The query parameter of a request.
pub fn param(request: &HttpRequest, name: &str) -> Option<String> {
    let (_, query) = request.url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

/// A connector whose one resource `thing` is as given; the head is the same for all.
pub fn connector(resource: &str) -> Rest {
    let text = format!("{HEAD}\n[resources.thing]\ntitle = \"Thing\"\npath = \"/things\"\n{resource}");
    let mut rest = Rest::from_toml(&text).unwrap_or_else(|failure| panic!("{failure}"));
    opened(&mut rest);
    rest
}

pub const HEAD: &str = r#"
engine = "rest"
name = "test"
title = "Test"
version = "1"
base_url = "{base_url}"
endpoint = "test"
settings.base_url = { required = true, help = "where it is" }
[errors]
code = "$.error.code"
message = "$.error.message"
field = "$.error.field"
definite = ["closed"]
[errors.codes]
not_found = "not_found"
conflict = "conflict"
closed = "unavailable"
[defaults]
id = { path = "$.id" }
version = { path = "$.version", strength = "strong", type = "integer" }
"#;

pub fn opened(rest: &mut Rest) {
    let host = FakeHost::new(|_| panic!("opening makes no call"));
    let settings = BTreeMap::from([("base_url".to_owned(), format!("{BASE}/"))]);
    rest.open(&host, &OpenRequest { settings }).unwrap();
}

/// A record with this number.
pub fn thing(number: u64) -> Json {
    json!({"id": format!("t{number}"), "version": number, "updatedAt": format!("2026-05-02T09:15:{number:02}+07:00")})
}
