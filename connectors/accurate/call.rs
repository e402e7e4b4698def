//! A request before it is known where it goes, kept so that it can be sent again: to another host, in another session.

use selaras_connector_api::HttpRequest;

/// Where the account host has its API.
pub(crate) const ACCOUNT_API: &str = "/api/";
/// Where the data hosts have theirs.
pub(crate) const DATA_API: &str = "/accurate/api/";

/// A request without its host.
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
        self.path.split_once('?').map_or(self.path.as_str(), |(path, _)| path)
    }

    /// The request itself.
    pub(crate) fn request(&self, base: &str, api: &str, session: Option<&str>) -> HttpRequest {
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
