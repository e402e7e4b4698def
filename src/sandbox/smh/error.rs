//! What SMH answers when it refuses: the closed list of codes, the HTTP status of each, and the JSON shape of an error. Which rule was
//! broken is decided elsewhere; `rate_limited`, `forbidden` and `unavailable` come from the server around this router.

use serde_json::{Value, json};

/// Why a request was refused. The names on the wire are those of `connectors/smh/README.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The bearer key is missing or wrong.
    Unauthorised,
    /// No such resource or record.
    NotFound,
    /// Another record already has this code, number, name or partner id.
    Conflict,
    /// Another record refers to this one.
    InUse,
    /// The record moved on since the version that was named.
    VersionMismatch,
    /// The request or a value in it breaks a rule.
    Invalid,
    /// A reference names a record that does not exist.
    ReferenceMissing,
    /// An order names a customer, product or employee that is inactive.
    InactiveReference,
}

impl Code {
    /// HTTP status and name on the wire.
    #[must_use]
    pub fn parts(self) -> (u16, &'static str) {
        match self {
            Self::Unauthorised => (401, "unauthorised"),
            Self::NotFound => (404, "not_found"),
            Self::Conflict => (409, "conflict"),
            Self::InUse => (409, "in_use"),
            Self::VersionMismatch => (412, "version_mismatch"),
            Self::Invalid => (422, "invalid"),
            Self::ReferenceMissing => (422, "reference_missing"),
            Self::InactiveReference => (422, "inactive_reference"),
        }
    }
}

/// One refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmhError {
    /// Why.
    pub code: Code,
    /// What happened, in words.
    pub message: String,
    /// The member concerned, e.g. `lines[0].unitId`.
    pub field: Option<String>,
}

impl SmhError {
    /// A refusal that concerns the request as a whole.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None }
    }

    /// A refusal that concerns one member.
    pub fn at(code: Code, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: Some(field.into()) }
    }

    /// A value that breaks a rule.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::at(Code::Invalid, field, message)
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.code.parts().0
    }

    /// The inner object of the answer; batches put it beside a status of its own.
    #[must_use]
    pub fn body(&self) -> Value {
        json!({ "code": self.code.parts().1, "message": self.message, "field": self.field })
    }
}
