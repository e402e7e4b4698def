//! Why a run cannot go on, and what that means for whoever started it. One record's trouble never gets here.

use selaras_connector_api::{Code, Failure};
use selaras_model::Message;
use selaras_plan::Finding;
use selaras_store::StoreError;

/// What kind of end it is, for the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Something is wrong.
    Error,
    /// Not connected, or a right is missing.
    NotConnected,
}

/// A run ended early. Nothing was written that the journal does not know of.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A system could not be opened or read at all.
    #[error("{system}: {failure}")]
    System {
        /// The system's name in the mapping.
        system: String,
        /// What it said.
        failure: Failure,
    },
    /// The state cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The plan failed its check: a fault of ours.
    #[error("the plan failed its check: {}", .0.iter().map(|finding| finding.text.as_str()).collect::<Vec<_>>().join("; "))]
    Unsound(Vec<Finding>),
    /// A selection that selects nothing.
    #[error("there is no entity {0} in the mapping")]
    NoSuchEntity(String),
    /// Another runner wrote to the state while a plan was being made from it.
    #[error("the state changed while the plan was being made")]
    StateMoved,
    /// A saved plan that is not for this mapping, these systems or this state; the message says which.
    #[error("the plan was made for something else: {}", .0.key)]
    Bound(Message),
    /// The systems are not where they belong; the message says how.
    #[error("the systems are not where they belong: {}", .0.key)]
    Misplaced(Message),
    /// The journal of a run names writes that are not in its plan: a fault of ours.
    #[error("the run wrote what was not in its plan: {}", .0.join(", "))]
    BeyondPlan(Vec<String>),
    /// The run was cancelled before anything was written.
    #[error("cancelled")]
    Cancelled,
}

impl RunError {
    /// The same for the message catalogue.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            RunError::System { system, failure } => {
                let message = Message::new(key_of(failure.code)).with("system", system).with("said", &failure.text);
                message.with("detail", failure.detail.as_deref().unwrap_or(""))
            }
            RunError::Store(error) => error.message(),
            RunError::Unsound(findings) => {
                let texts: Vec<String> = findings.iter().map(|f| format!("[{}] {}", f.invariant, f.text)).collect();
                Message::new("run-unsound").with("findings", texts.join("; "))
            }
            RunError::NoSuchEntity(name) => Message::new("run-no-such-entity").with("name", name),
            RunError::StateMoved => Message::new("run-state-moved"),
            RunError::Bound(message) | RunError::Misplaced(message) => message.clone(),
            RunError::BeyondPlan(actions) => Message::new("run-beyond-plan").with("actions", actions.join(", ")),
            RunError::Cancelled => Message::new("run-cancelled"),
        }
    }

    /// Its class.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            RunError::System { failure, .. } => match failure.code {
                Code::NotConnected | Code::Unauthorised | Code::ClockOff | Code::Forbidden => Class::NotConnected,
                // A database whose time is over, or a branch that is gone, is to be chosen anew.
                Code::Settings if place_is_gone(failure) => Class::NotConnected,
                Code::NotFound
                | Code::Conflict
                | Code::VersionMismatch
                | Code::Invalid
                | Code::ReferenceMissing
                | Code::InactiveReference
                | Code::InUse
                | Code::RateLimited
                | Code::Unavailable
                | Code::WriteRefused
                | Code::Protocol
                | Code::Cancelled
                | Code::Settings
                | Code::Unsupported
                | Code::Internal => Class::Error,
            },
            RunError::Store(_)
            | RunError::Unsound(_)
            | RunError::NoSuchEntity(_)
            | RunError::StateMoved
            | RunError::Bound(_)
            | RunError::Misplaced(_)
            | RunError::BeyondPlan(_)
            | RunError::Cancelled => Class::Error,
        }
    }
}

/// Whether it is the database or branch that cannot be worked on any more.
pub(crate) fn place_is_gone(failure: &Failure) -> bool {
    failure.code == Code::Settings && matches!(failure.field.as_deref(), Some("database" | "branch"))
}

/// The catalogue's key for a failed operation.
fn key_of(code: Code) -> &'static str {
    match code {
        Code::NotConnected => "run-not-connected",
        Code::Unauthorised => "run-unauthorised",
        Code::ClockOff => "run-clock-off",
        Code::Forbidden => "run-forbidden",
        Code::Unavailable => "run-unavailable",
        Code::RateLimited => "run-rate-limited",
        Code::WriteRefused => "run-write-refused",
        Code::Settings => "run-settings",
        Code::Cancelled => "run-cancelled",
        Code::NotFound
        | Code::Conflict
        | Code::VersionMismatch
        | Code::Invalid
        | Code::ReferenceMissing
        | Code::InactiveReference
        | Code::InUse
        | Code::Protocol
        | Code::Unsupported
        | Code::Internal => "run-system-failed",
    }
}

/// What is said of one record's write that a system refused.
pub(crate) fn refusal(system: &str, failure: &Failure) -> Message {
    let message = Message::new("run-rejected").with("system", system).with("said", &failure.text);
    message.with("field", failure.field.as_deref().unwrap_or(""))
}
