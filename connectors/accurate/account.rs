//! The account host: reading from it, and opening a database, which gives its host and a session. Working in the database is `door`'s business.

use crate::call::{ACCOUNT_API, Call};
use crate::messages::Purpose;
use crate::phrases::{EN, fail, say};
use crate::refusal::{self, Asked};
use crate::{envelope, moves, url};
use selaras_connector_api::{Code, Failure, Host, HttpResponse, LogLevel, Transport};

/// How requests are authenticated. The host adds the headers; what differs for us is how a database is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// A signed token, bound to one database: no session.
    ApiToken,
    /// A token for all databases of an account, ready made or by OAuth 2: a session per database.
    Bearer,
}

/// The account host.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// Its address, without a slash at the end.
    pub(crate) base: String,
    /// How requests are authenticated.
    pub(crate) scheme: Scheme,
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

/// A database by id and name.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
}

impl Account {
    /// Reads from the account host, following moves.
    ///
    /// # Errors
    /// When there is no answer.
    pub(crate) fn get(&mut self, host: &dyn Host, path: &str) -> Result<HttpResponse, Failure> {
        let call = Call::get(path.to_owned());
        let mut base = self.base.clone();
        for _ in 0..=moves::MOST {
            let response = host.call(call.request(&base, ACCOUNT_API, None)).map_err(Transport::into_failure)?;
            if response.status != 308 {
                // Only now: a place that does not answer is not remembered.
                if base != self.base {
                    host.log(LogLevel::Info, &format!("the account host moved to {base}; set base_url to it"));
                    self.base = base;
                }
                return Ok(response);
            }
            base = moves::target(&response, &base, ACCOUNT_API, &call)?;
        }
        Err(moves::in_circles(&call))
    }

    /// Opens a database: its host, and the session.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn open_database(&mut self, host: &dyn Host, database: &Database) -> Result<Session, Failure> {
        let response = self.get(host, &format!("open-db.do?id={}", url::encoded(&database.id)))?;
        let asked = Asked { what: "open-db.do", purpose: Purpose::Open, module: None };
        let answer = refusal::judge(&response, asked).into_result().map_err(|failure| not_opened(failure, database))?;
        let (Some(session), Some(base)) = (envelope::text(answer.session), envelope::text(answer.host)) else {
            return Err(refusal::stated(&response, asked, Code::Protocol, say("advice-no-session")));
        };
        Ok(Session { id: session, base: base_address(&base, asked)?, admin: envelope::is_true(answer.admin) })
    }
}

/// A refusal to open a database, with its name and what to do. Other trouble stays as it is.
fn not_opened(failure: Failure, database: &Database) -> Failure {
    let is_worded = failure.detail.is_none();
    let (field, advice) = match failure.code {
        Code::Settings if failure.text.contains("API Token") => ("auth", say("advice-set-api-token")),
        Code::Settings => ("database", say("advice-extend")),
        Code::NotConnected | Code::Forbidden if is_worded => ("database", say("advice-may-not-open")),
        _ => return failure,
    };
    let Database { id, name } = database;
    let closed = say("accurate-database-closed").with("name", name).with("id", id).because("said", &failure);
    failure.saying(closed.part("advice", advice), EN).on_field(field)
}

/// An address as the system gives it, without what must not be doubled.
///
/// # Errors
/// When it is no address.
pub(crate) fn base_address(text: &str, asked: Asked<'_>) -> Result<String, Failure> {
    let text = text.trim().trim_end_matches('/');
    if url::origin(text).is_none() {
        let told = say("accurate-no-data-host").with("what", asked.what).with("address", text);
        return Err(fail(Code::Protocol, told));
    }
    Ok(text.to_owned())
}
