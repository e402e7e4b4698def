//! The first call: whether the credential is any good, asked with the cheap GET that a file declares for it. Without one, a wrong key shows with
//! the first read.

use crate::errors::refusal;
use crate::manifest::LoginDecl;
use crate::phrases::{fail, say};
use crate::session::Session;
use crate::system::System;
use crate::template::with_query;
use selaras_connector_api::{Code, Failure, Host, HttpRequest, Transport};
use serde_json::value::RawValue;

/// Shows the credential to the system.
///
/// # Errors
/// When the system does not take it, or does not answer.
pub fn prove(host: &dyn Host, system: &System, session: &Session, login: &LoginDecl) -> Result<(), Failure> {
    let url = session.address(&login.path, "login")?;
    let url = with_query(&url, login.params.iter().map(|(name, value)| (name.as_str(), value.clone())));
    let defaults = system.file.defaults.headers.iter().flatten();
    let request = session.with_headers(HttpRequest::get(url), defaults)?;
    let answer = host.call(request).map_err(Transport::into_failure)?;
    let what = say("rest-what-login").with("system", &system.file.title);
    let body: Option<&RawValue> = serde_json::from_slice(&answer.body).ok();
    if !(200..300).contains(&answer.status) {
        return Err(refusal(&system.file.errors, answer.status, body, what).failure);
    }
    // A page in between, such as that of a proxy, proves nothing. No content at all is an answer that some systems give.
    if body.is_none() && !answer.body.iter().all(u8::is_ascii_whitespace) {
        return Err(fail(Code::Protocol, say("rest-login-no-json").part("what", what)));
    }
    Ok(())
}
