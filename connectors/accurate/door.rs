//! The ways to the two kinds of host: the account's and the database's. Headers of our own, following moves by hand, a new session when the
//! old one ended, and keeping several calls in flight. What answers mean is judged elsewhere.

use crate::envelope::{self, Envelope};
use crate::manifest::LIMIT;
use crate::messages::Purpose;
use crate::refusal::{self, Asked};
use crate::url;
use selaras_connector_api::{Code, Failure, Host, HttpRequest, HttpResponse, LogLevel, Ticket, Transport};
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// A database that moves more often than this in one call is going in circles.
const MAX_MOVES: u32 = 3;
const ACCOUNT_API: &str = "/api/";
const DATA_API: &str = "/accurate/api/";

/// How requests are authenticated. The host adds the headers; what differs for us is how a database is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// A signed token, bound to one database: no session.
    ApiToken,
    /// A token for all databases of an account: a session per database.
    Bearer,
}

/// A request before it is known where it goes, kept so that it can be sent again.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    method: &'static str,
    /// Path below the API, with the query.
    path: String,
    form: Option<String>,
    repeatable: bool,
}

impl Call {
    /// A read.
    pub(crate) fn get(path: String) -> Self {
        Self { method: "GET", path, form: None, repeatable: true }
    }

    /// A save. Sending one twice may store it twice.
    pub(crate) fn save(path: String, form: String) -> Self {
        Self { method: "POST", path, form: Some(form), repeatable: false }
    }

    /// A removal. Sending it twice finds nothing the second time, which counts as done.
    pub(crate) fn delete(path: String) -> Self {
        Self { method: "DELETE", path, form: None, repeatable: true }
    }

    /// The path without the query, for texts.
    pub(crate) fn what(&self) -> &str {
        without_query(&self.path)
    }

    fn request(&self, base: &str, api: &str, session: Option<&str>) -> HttpRequest {
        let mut request = HttpRequest {
            method: self.method.into(),
            url: format!("{base}{api}{}", self.path),
            headers: Vec::new(),
            body: Vec::new(),
            repeatable: self.repeatable,
        };
        // Without Accept, errors come as XML; without a language, messages come in that of the user, and `messages` reads Indonesian.
        request = request.header("Accept", "application/json").header("X-Language-Profile", "ID");
        if let Some(session) = session {
            request = request.header("X-Session-ID", session);
        }
        if let Some(form) = &self.form {
            request = request.header("Content-Type", "application/x-www-form-urlencoded");
            request.body = form.as_bytes().to_vec();
        }
        request
    }
}

fn without_query(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

/// The account host.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// Its address, without a slash at the end.
    pub(crate) base: String,
    /// How requests are authenticated.
    pub(crate) scheme: Scheme,
}

impl Account {
    /// Reads from the account host, following moves.
    ///
    /// # Errors
    /// When there is no answer.
    pub(crate) fn get(&mut self, host: &dyn Host, path: &str) -> Result<HttpResponse, Failure> {
        let call = Call::get(path.to_owned());
        for _ in 0..=MAX_MOVES {
            let response = host.call(call.request(&self.base, ACCOUNT_API, None)).map_err(Transport::into_failure)?;
            if response.status != 308 {
                return Ok(response);
            }
            self.base = moved_to(&response, &self.base, ACCOUNT_API, &call)?;
        }
        Err(going_in_circles(&call))
    }

    /// Opens a database: its host, and the session.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn open_database(&mut self, host: &dyn Host, database: &str) -> Result<Session, Failure> {
        let response = self.get(host, &format!("open-db.do?id={}", url::encoded(database)))?;
        let asked = Asked { what: "open-db.do", purpose: Purpose::Open, module: None };
        let answer = refusal::judge(&response, asked).into_result()?;
        let (Some(session), Some(base)) = (envelope::text(answer.session), envelope::text(answer.host)) else {
            return Err(refusal::stated(&response, asked, Code::Protocol, "it names no session and host"));
        };
        Ok(Session { id: session, base: base_address(&base, asked)?, admin: envelope::is_true(answer.admin) })
    }
}

/// What opening a database gives.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The session's id.
    pub(crate) id: String,
    /// The data host.
    pub(crate) base: String,
    /// Whether the user administers the database.
    pub(crate) admin: bool,
}

/// An address as the system gives it, without what must not be doubled.
///
/// # Errors
/// When it is no address.
pub(crate) fn base_address(text: &str, asked: Asked<'_>) -> Result<String, Failure> {
    let text = text.trim().trim_end_matches('/');
    if url::origin(text).is_none() {
        return Err(Failure::new(
            Code::Protocol,
            format!("{}: {text:?} is not the address of a data host.", asked.what),
        ));
    }
    Ok(text.to_owned())
}

/// The way to an open database.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    /// The account host, to open the database again.
    pub(crate) account: Account,
    /// The database's id.
    pub(crate) database: String,
    base: String,
    session: Option<String>,
}

/// A call in flight, with what it went out under.
struct Sent {
    call: Call,
    ticket: Ticket,
    base: String,
    session: Option<String>,
}

impl Door {
    /// The way to a database on a host, in a session where the scheme has them.
    pub(crate) fn new(account: Account, database: String, base: String, session: Option<String>) -> Self {
        Self { account, database, base, session }
    }

    fn send(&self, host: &dyn Host, call: Call) -> Sent {
        let ticket = host.start(call.request(&self.base, DATA_API, self.session.as_deref()));
        Sent { call, ticket, base: self.base.clone(), session: self.session.clone() }
    }

    /// Waits for an answer. Repeats the call only after an answer that proves that nothing was done: the database moved, or the session ended.
    fn receive(&mut self, host: &dyn Host, mut sent: Sent) -> Result<HttpResponse, Transport> {
        let mut moves = 0;
        let mut reopened = false;
        loop {
            let response = host.wait(sent.ticket)?;
            if response.status == 308 {
                moves += 1;
                if moves > MAX_MOVES {
                    return Err(Transport::NotSent(going_in_circles(&sent.call)));
                }
                let base = moved_to(&response, &sent.base, DATA_API, &sent.call).map_err(Transport::NotSent)?;
                if base != self.base {
                    host.log(LogLevel::Info, &format!("the database moved to {base}"));
                    self.base = base;
                }
            } else if !reopened && self.session.is_some() && refusal::session_lost(&response) {
                reopened = true;
                // Another call in flight may have opened the database again already.
                if sent.session == self.session {
                    self.reopen(host).map_err(Transport::NotSent)?;
                }
            } else {
                return Ok(response);
            }
            sent = self.send(host, sent.call);
        }
    }

    fn reopen(&mut self, host: &dyn Host) -> Result<(), Failure> {
        host.log(LogLevel::Info, "the session of the database ended; opening it again");
        let session = self.account.open_database(host, &self.database)?;
        self.base = session.base;
        self.session = Some(session.id);
        Ok(())
    }

    /// Makes many calls, several in flight, and hands over the answers in the order of the calls. After a break, or once the run is to end,
    /// nothing new is sent, but what is in flight is still handed over.
    pub(crate) fn in_order(
        &mut self,
        host: &dyn Host,
        calls: impl Iterator<Item = Call>,
        mut take: impl FnMut(Result<HttpResponse, Transport>) -> ControlFlow<()>,
    ) {
        let mut calls = calls.fuse();
        let mut in_flight: VecDeque<Sent> = VecDeque::new();
        let mut sending = true;
        loop {
            while sending && in_flight.len() < LIMIT as usize && !host.cancelled() {
                match calls.next() {
                    Some(call) => in_flight.push_back(self.send(host, call)),
                    None => sending = false,
                }
            }
            let Some(sent) = in_flight.pop_front() else { return };
            let answer = self.receive(host, sent);
            if take(answer).is_break() {
                sending = false;
            }
        }
    }
}

fn going_in_circles(call: &Call) -> Failure {
    Failure::new(Code::Protocol, format!("{}: the server sent the call on more than {MAX_MOVES} times.", call.what()))
}

/// Where a 308 sends the call: the `endpoint` of its body, or `Location`, which may be a whole URL or a host.
fn moved_to(response: &HttpResponse, from: &str, api: &str, call: &Call) -> Result<String, Failure> {
    let endpoint = Envelope::parse(&response.body).and_then(|envelope| envelope::text(envelope.endpoint));
    let target = endpoint.or_else(|| refusal::header(response, "location").map(str::to_owned));
    let lost =
        |why: &str| Failure::new(Code::Protocol, format!("{}: the database moved (308), but {why}.", call.what()));
    let target = target.ok_or_else(|| lost("the answer does not say where to"))?;
    if target.trim().starts_with('/') {
        return Err(lost("to the same host"));
    }
    let target = without_query(target.trim()).trim_end_matches('/').to_owned();
    let scheme = from.split_once("://").map_or("https", |(scheme, _)| scheme);
    let target = if target.contains("://") { target } else { format!("{scheme}://{target}") };
    if scheme == "https" && !target.starts_with("https://") {
        return Err(lost("to an address that is not encrypted; the token is not sent there"));
    }
    if let Some(base) = target.strip_suffix(&format!("{api}{}", call.what())) {
        return Ok(base.to_owned());
    }
    url::origin(&target).map(str::to_owned).ok_or_else(|| lost("to something that is no address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(location: &str, body: &str) -> Result<String, Failure> {
        let response = HttpResponse {
            status: 308,
            headers: vec![("location".into(), location.into())],
            body: body.as_bytes().to_vec(),
        };
        moved_to(&response, "https://zeus.accurate.id", DATA_API, &Call::get("customer/list.do?sp.page=1".into()))
    }

    #[test]
    fn all_spellings_of_the_new_place() {
        for (location, body) in [
            ("https://iris.accurate.id/accurate/api/customer/list.do?sp.page=1", ""),
            ("https://iris.accurate.id/", ""),
            ("https://iris.accurate.id", "moved"),
            ("iris.accurate.id", ""),
            ("https://zeus.accurate.id/", r#"{"endpoint":"https://iris.accurate.id"}"#),
        ] {
            assert_eq!(moved(location, body).as_deref(), Ok("https://iris.accurate.id"), "{location} {body}");
        }
        assert_eq!(
            moved("https://gate.example/aol/accurate/api/customer/list.do", "").as_deref(),
            Ok("https://gate.example/aol"),
            "a path before the API is kept"
        );
    }

    #[test]
    fn never_to_an_unencrypted_place_nor_nowhere() {
        for bad in ["http://iris.accurate.id/", "/accurate/api/customer/list.do", ""] {
            assert_eq!(moved(bad, "").map_err(|f| f.code), Err(Code::Protocol), "{bad}");
        }
    }
}
