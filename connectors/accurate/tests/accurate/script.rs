//! A host whose system answers by script, and remembers what it was asked.

use selaras_connector_accurate::new;
use selaras_connector_api::{
    Batch, Connector, Failure, Host, HttpRequest, HttpResponse, LogLevel, OpenRequest, Opened, Ticket, Transport,
};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// An answer of the script.
pub type Answer = Result<HttpResponse, Transport>;

type Script<'s> = Box<dyn Fn(&HttpRequest, usize) -> Answer + 's>;

#[derive(Default)]
struct Seen {
    requests: Vec<HttpRequest>,
    waiting: BTreeMap<u64, Answer>,
    most_in_flight: usize,
    emitted: Vec<Batch>,
    logged: Vec<String>,
    cancel_after: Option<usize>,
}

/// The host. The script gets each request and how many came before it.
pub struct Scripted<'s> {
    script: Script<'s>,
    seen: RefCell<Seen>,
}

impl<'s> Scripted<'s> {
    pub fn new(script: impl Fn(&HttpRequest, usize) -> Answer + 's) -> Self {
        Self { script: Box::new(script), seen: RefCell::default() }
    }

    /// Cancels the run once so many requests were sent.
    pub fn cancel_after(self, requests: usize) -> Self {
        self.seen.borrow_mut().cancel_after = Some(requests);
        self
    }

    pub fn requests(&self) -> Vec<HttpRequest> {
        self.seen.borrow().requests.clone()
    }

    pub fn most_in_flight(&self) -> usize {
        self.seen.borrow().most_in_flight
    }

    /// Whether every ticket was waited for.
    pub fn all_taken(&self) -> bool {
        self.seen.borrow().waiting.is_empty()
    }

    pub fn batches(&self) -> Vec<Batch> {
        self.seen.borrow().emitted.clone()
    }

    pub fn logged(&self) -> Vec<String> {
        self.seen.borrow().logged.clone()
    }

    /// How many requests had this in their address.
    pub fn count(&self, part: &str) -> usize {
        self.seen.borrow().requests.iter().filter(|request| request.url.contains(part)).count()
    }

    pub fn ids(&self) -> Vec<String> {
        self.batches().into_iter().flat_map(|batch| batch.records).map(|record| record.id).collect()
    }

    /// All requests in full, as text.
    pub fn transcript(&self) -> String {
        let mut text = String::new();
        for request in self.requests() {
            text += &format!("{} {}\n", request.method, request.url);
            for (name, value) in &request.headers {
                text += &format!("  {name}: {value}\n");
            }
            if !request.body.is_empty() {
                text += &String::from_utf8_lossy(&request.body).replace('&', "\n  &");
                text += "\n";
            }
        }
        text
    }

    /// Methods and addresses below the API only.
    pub fn calls(&self) -> Vec<String> {
        self.requests().iter().map(|request| format!("{} {}", request.method, short(request))).collect()
    }
}

/// The address without scheme and host.
pub fn short(request: &HttpRequest) -> &str {
    request.url.splitn(4, '/').nth(3).unwrap_or_default()
}

impl Host for Scripted<'_> {
    fn start(&self, request: HttpRequest) -> Ticket {
        let before = self.seen.borrow().requests.len();
        let answer = (self.script)(&request, before);
        let mut seen = self.seen.borrow_mut();
        seen.requests.push(request);
        seen.waiting.insert(before as u64, answer);
        seen.most_in_flight = seen.most_in_flight.max(seen.waiting.len());
        Ticket(before as u64)
    }

    fn wait(&self, ticket: Ticket) -> Answer {
        self.seen.borrow_mut().waiting.remove(&ticket.0).expect("each ticket is waited for once")
    }

    fn emit(&self, batch: Batch) {
        self.seen.borrow_mut().emitted.push(batch);
    }

    fn log(&self, _level: LogLevel, text: &str) {
        self.seen.borrow_mut().logged.push(text.to_owned());
    }

    fn cancelled(&self) -> bool {
        let seen = self.seen.borrow();
        seen.cancel_after.is_some_and(|after| seen.requests.len() >= after)
    }
}

pub fn status(status: u16, body: impl Into<Vec<u8>>) -> Answer {
    Ok(HttpResponse { status, headers: Vec::new(), body: body.into() })
}

pub fn ok(body: impl Into<Vec<u8>>) -> Answer {
    status(200, body)
}

pub fn lost_session() -> Answer {
    status(401, r#"{"s":false,"d":["Data Session Key tidak tepat"]}"#)
}

pub fn dead_token() -> Answer {
    status(401, r#"{"error":"invalid_token","error_description":"Invalid access token: 0000"}"#)
}

pub fn bad_gateway() -> Answer {
    status(502, "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>")
}

/// The answer of opening the database, with this session.
pub fn session(id: &str) -> Answer {
    ok(format!(r#"{{"s":true,"d":["Proses Berhasil Dilakukan"],"session":"{id}","host":"https://zeus.accurate.id"}}"#))
}

/// The session that a request goes out under.
pub fn session_of(request: &HttpRequest) -> Option<&str> {
    request.headers.iter().find(|(name, _)| name == "X-Session-ID").map(|(_, id)| id.as_str())
}

pub fn no_right() -> Answer {
    ok(r#"{"s":false,"d":["Anda tidak memiliki hak akses untuk melakukan proses ini"]}"#)
}

pub fn moved(location: &str) -> Answer {
    Ok(HttpResponse { status: 308, headers: vec![("location".into(), location.into())], body: Vec::new() })
}

pub fn failure(text: &str) -> Failure {
    Failure::new(selaras_connector_api::Code::Unavailable, text)
}

/// A parameter of the query.
pub fn parameter<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    let query = request.url.split_once('?')?.1;
    query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value))
}

/// What opening takes, with either scheme: one database, two branches.
pub fn opening(request: &HttpRequest) -> Option<Answer> {
    let path = short(request).split('?').next()?;
    Some(match path {
        "api/api-token.do" => ok(
            r#"{"s":true,"d":{"database":{"id":1234567,"alias":"PT Panduan Sejahtera","host":"https://zeus.accurate.id"},"user":{"id":1,"name":"Budi"},"tokenType":"api"}}"#,
        ),
        "api/db-list.do" => ok(
            r#"{"s":true,"d":[{"id":1234567,"alias":"PT Panduan Sejahtera","trial":false,"expired":false},{"id":99,"alias":"PT Contoh","trial":true,"expired":false}]}"#,
        ),
        "api/open-db.do" => ok(
            r#"{"s":true,"d":["Proses Berhasil Dilakukan"],"session":"5e55-1","host":"https://zeus.accurate.id","dataVersion":20250721106111,"licenseEnd":"28/09/2027","accessibleUntil":"03/10/2027","admin":true,"trial":false}"#,
        ),
        "accurate/api/branch/list.do" => ok(
            r#"{"s":true,"d":[{"id":50,"name":"Kantor Pusat","defaultBranch":true,"suspended":false,"optLock":0},{"id":100,"name":"Jakarta","defaultBranch":false,"suspended":false,"optLock":1}],"sp":{"page":1,"sort":null,"pageSize":100,"pageCount":1,"rowCount":2,"start":0,"limit":null}}"#,
        ),
        _ => return None,
    })
}

/// Settings for opening.
pub fn settings(pairs: &[(&str, &str)]) -> OpenRequest {
    OpenRequest { settings: pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect() }
}

/// The connector, not opened.
pub fn connector() -> Box<dyn Connector> {
    new(None).unwrap()
}

/// The connector, opened with settings against the usual answers.
pub fn open_with(pairs: &[(&str, &str)]) -> (Box<dyn Connector>, Opened) {
    let mut accurate = connector();
    let host = Scripted::new(|request, _| opening(request).unwrap());
    let opened = accurate.open(&host, &settings(pairs)).unwrap();
    (accurate, opened)
}

/// The connector, opened with a bearer token on branch 100.
pub fn opened() -> Box<dyn Connector> {
    open_with(&[("auth", "bearer"), ("database", "1234567"), ("branch", "100")]).0
}
