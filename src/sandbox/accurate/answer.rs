//! The shapes of Accurate's answers: envelopes, OAuth errors as JSON or XML, web pages.

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use crate::knobs::OauthErrors;

/// Messages of a refused call; never empty.
pub type Messages = Vec<String>;

/// An answer that ends the work on a call. Boxed, because it travels as an error through functions that mostly succeed.
pub type Refusal = Box<Response>;

/// `{s: true, d}`.
pub fn done(d: Value) -> Value {
    json!({"s": true, "d": d})
}

/// `{s: true, d: [message], r}`.
pub fn stored(message: String, r: Value) -> Value {
    json!({"s": true, "d": [message], "r": r})
}

/// `{s: false, d: messages}`.
pub fn refused(messages: &[String]) -> Value {
    json!({"s": false, "d": messages})
}

/// Any envelope as an answer; refusals of the business kind have status 200 too.
pub fn ok(envelope: Value) -> Response {
    Json(envelope).into_response()
}

/// A refusal with a status of its own.
pub fn fail(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"s": false, "d": [message]}))).into_response()
}

/// The address names nothing.
pub fn no_such_url() -> Response {
    fail(StatusCode::NOT_FOUND, "URL API tidak tepat")
}

/// The database session is missing, wrong or over.
pub fn no_session() -> Response {
    fail(StatusCode::UNAUTHORIZED, "Data Session Key tidak tepat")
}

/// An error about a token or a scope.
pub struct OauthError<'a> {
    /// The status.
    pub status: StatusCode,
    /// The error name of the OAuth standard.
    pub error: &'static str,
    /// The name of the element around it in XML.
    pub exception: &'static str,
    /// What happened.
    pub description: String,
    /// The scope that is missing.
    pub scope: Option<&'a str>,
}

impl OauthError<'_> {
    /// The token is unknown, replaced or expired.
    pub fn invalid_token(token: &str) -> Self {
        OauthError {
            status: StatusCode::UNAUTHORIZED,
            error: "invalid_token",
            exception: "InvalidTokenException",
            description: format!("Invalid access token: {token}"),
            scope: None,
        }
    }

    /// No token was sent.
    pub fn unauthorized() -> Self {
        OauthError {
            status: StatusCode::UNAUTHORIZED,
            error: "unauthorized",
            exception: "UnauthorizedException",
            description: "Full authentication is required to access this resource".to_owned(),
            scope: None,
        }
    }

    /// A grant that cannot be redeemed.
    pub fn invalid_grant(description: String) -> Self {
        OauthError {
            status: StatusCode::BAD_REQUEST,
            error: "invalid_grant",
            exception: "InvalidGrantException",
            description,
            scope: None,
        }
    }

    /// The answer, as the caller's `Accept` and the setting want it.
    pub fn answer(&self, headers: &HeaderMap, style: OauthErrors) -> Response {
        let json = match style {
            OauthErrors::Json => true,
            OauthErrors::Xml => false,
            OauthErrors::Negotiated => accepts_json(headers),
        };
        if json { self.as_json() } else { self.as_xml() }
    }

    /// The answer as JSON.
    pub fn as_json(&self) -> Response {
        let mut body = json!({"error": self.error, "error_description": self.description});
        if let Some(scope) = self.scope {
            body["scope"] = json!(scope);
        }
        (self.status, Json(body)).into_response()
    }

    fn as_xml(&self) -> Response {
        let scope = self.scope.map_or(String::new(), |scope| format!("<scope>{}</scope>", escape(scope)));
        let body = format!(
            "<{0}><error>{1}</error><error_description>{2}</error_description>{scope}</{0}>",
            self.exception,
            self.error,
            escape(&self.description),
        );
        (self.status, [(header::CONTENT_TYPE, "application/xml;charset=UTF-8")], body).into_response()
    }
}

fn accepts_json(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.to_ascii_lowercase().contains("json"))
}

/// A web page with the given body.
pub fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"id\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>{body}</body></html>\n"
    );
    (status, Html(html)).into_response()
}

/// Text made safe for HTML and XML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
