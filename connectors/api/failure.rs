//! Failures: what went wrong, in a closed set of codes that say what may be done about it.

use crate::wording::{Phrases, Wording};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kind of a failure. The engine decides by this, never by text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No connection was made yet, or the grant is dead: connect again.
    NotConnected,
    /// The credential was refused.
    Unauthorised,
    /// The signature was refused for its time: this machine's clock is too far off.
    ClockOff,
    /// A right or scope is missing; `detail` names it.
    Forbidden,
    /// The record does not exist (any more).
    NotFound,
    /// Another record has this code, number or name; `field` names the member.
    Conflict,
    /// The record moved on since the version given.
    VersionMismatch,
    /// A value was refused; `field` names the member where known.
    Invalid,
    /// A record referred to does not exist.
    ReferenceMissing,
    /// A record referred to is not in use any more.
    InactiveReference,
    /// The record is used by others and cannot be removed.
    InUse,
    /// Too many calls, even after waiting.
    RateLimited,
    /// The system is down or too slow; nothing was changed.
    Unavailable,
    /// The host refused the request: it could write, and this run only reads.
    WriteRefused,
    /// The answer made no sense.
    Protocol,
    /// The run was cancelled.
    Cancelled,
    /// The settings lack something or hold nonsense.
    Settings,
    /// The system or resource has no such operation.
    Unsupported,
    /// A fault of the connector itself.
    Internal,
}

/// A failed operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// The kind.
    pub code: Code,
    /// What happened, in the system's own words where it said any. Never a secret. English, unless the host has said it in another language.
    pub text: String,
    /// The same in no language, for saying it in others; `None` where the text is all there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<Box<Wording>>,
    /// The member of the record concerned, as the system calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// More for the code: the missing scope, the HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Failure {
    /// A failure of a kind.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), wording: None, field: None, detail: None }
    }

    /// The same, naming the member concerned.
    #[must_use]
    pub fn on_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same, saying something else in words of this catalogue.
    #[must_use]
    pub fn saying(mut self, wording: Wording, phrases: Phrases<'_>) -> Self {
        self.text = phrases.say(&wording, &|_| None).unwrap_or_else(|| wording.key.clone());
        self.wording = Some(Box::new(wording));
        self
    }

    /// The same, with a detail.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}
