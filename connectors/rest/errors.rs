//! What an answer means: a refusal in the system's words, and whether a write was done, refused, or is unclear.

use crate::manifest::ErrorTable;
use crate::path::{JsonPath, text};
use crate::phrases::{EN, fail, say};
use crate::system::RestResource;
use selaras_connector_api::{Code, Failure, Outcome, Transport, Wording, WriteOp, exact};
use serde_json::value::RawValue;

/// A refusal, read with the help of the error table.
pub struct Refusal {
    /// In the words of the contract.
    pub failure: Failure,
    /// Whether the system's own code said it; an HTTP status alone may come from anything between here and there.
    pub explained: bool,
    /// Whether the system promises that nothing was done.
    pub definite: bool,
}

/// Reads a refusal. `what` says what was asked, for answers that give no reason.
pub fn refusal(table: &ErrorTable, status: u16, body: Option<&RawValue>, what: Wording) -> Refusal {
    let pick = |path: &Option<JsonPath>| path.as_ref()?.text_of(body?);
    let said = pick(&table.code);
    let known = said.as_ref().and_then(|said| table.codes.get(said)).copied();
    let code = known.or_else(|| table.status.get(&status).copied()).unwrap_or_else(|| usual(status));
    let mut failure = match pick(&table.message) {
        Some(words) => Failure::new(code, words),
        None => fail(code, say("rest-no-reason").part("what", what).with("status", status)),
    };
    if code == Code::Unauthorised {
        // The words of a system seldom say what to do here.
        failure.text = failure.text.trim_end_matches('.').to_owned();
        let told = say("rest-unauthorised").because("said", &failure);
        failure = failure.saying(told, EN);
    }
    let detail = match &said {
        Some(said) => format!("HTTP {status}, {said}"),
        None => format!("HTTP {status}"),
    };
    failure = failure.with_detail(detail);
    failure.field = pick(&table.field);
    let definite = said.is_some_and(|said| table.definite.contains(&said));
    Refusal { failure, explained: known.is_some(), definite }
}

/// What a status means where nothing else says so.
fn usual(status: u16) -> Code {
    match status {
        401 => Code::Unauthorised,
        403 => Code::Forbidden,
        404 | 410 => Code::NotFound,
        405 | 501 => Code::Unsupported,
        409 => Code::Conflict,
        412 => Code::VersionMismatch,
        429 => Code::RateLimited,
        400..500 => Code::Invalid,
        500..600 => Code::Unavailable,
        _ => Code::Protocol,
    }
}

impl Refusal {
    /// Whether the system says that the record is not there. Where it has a code for that, a bare 404 is not enough: a wrong address or a
    /// proxy says 404 too, and absence is evidence.
    pub fn is_gone(&self, table: &ErrorTable) -> bool {
        let has_code = table.codes.values().any(|code| *code == Code::NotFound);
        self.failure.code == Code::NotFound && (self.explained || !has_code)
    }
}

/// How a write without an answer ended.
pub fn unanswered(transport: Transport) -> Outcome {
    match transport {
        Transport::AnswerLost(failure) => Outcome::Unclear(failure),
        Transport::NotSent(failure) | Transport::Refused(failure) => Outcome::Rejected(failure),
    }
}

/// What was written, for reading its answer.
pub struct Asked<'a> {
    /// The resource.
    pub resource: &'a RestResource,
    /// The operation.
    pub op: WriteOp,
    /// The record's id, where it had one.
    pub id: Option<&'a str>,
    /// Where the record as stored stands in a good answer.
    pub record: Option<&'a JsonPath>,
}

/// How a write ended, by status and body. The body is that of the answer, or of one result of a batch.
pub fn outcome(table: &ErrorTable, asked: &Asked<'_>, status: u16, body: Option<&RawValue>) -> Outcome {
    let what = named(asked.op, asked.resource);
    if (200..300).contains(&status) {
        return applied(asked, body, what);
    }
    let refusal = refusal(table, status, body, what);
    if matches!(status, 404 | 410) && asked.op == WriteOp::Delete && refusal.is_gone(table) {
        return Outcome::Applied { id: asked.id.unwrap_or_default().to_owned(), version: None, record: None };
    }
    refused(refusal, status)
}

/// How a write ended by a refusal of the whole batch. A batch that is not there (404) says nothing about any record, so no delete is done by it.
pub fn outcome_of_refused_batch(
    table: &ErrorTable,
    asked: &Asked<'_>,
    status: u16,
    body: Option<&RawValue>,
) -> Outcome {
    refused(refusal(table, status, body, named(asked.op, asked.resource)), status)
}

fn refused(refusal: Refusal, status: u16) -> Outcome {
    match status {
        _ if refusal.definite => Outcome::Rejected(refusal.failure),
        // A request timeout leaves open how far the system got.
        408 => Outcome::Unclear(refusal.failure),
        400..500 => Outcome::Rejected(refusal.failure),
        _ => Outcome::Unclear(refusal.failure),
    }
}

fn applied(asked: &Asked<'_>, body: Option<&RawValue>, what: Wording) -> Outcome {
    let known = asked.id.map(str::to_owned);
    let stored = asked.record.and_then(|path| path.pick(body?)).filter(|record| record.get().starts_with('{'));
    let Some(stored) = stored else {
        return match known {
            // Nothing is expected, or nothing was sent: the engine reads it again.
            Some(id) if asked.record.is_none() || body.is_none() || asked.op == WriteOp::Delete => {
                Outcome::Applied { id, version: None, record: None }
            }
            _ => unclear(say("rest-no-record"), what),
        };
    };
    let id = text_at(&asked.resource.id.path, stored).or_else(|| known.clone());
    // To the digit: a number may be longer than a binary float holds.
    let record = exact(stored);
    match id {
        Some(id) if known.as_ref().is_none_or(|known| *known == id) => {
            let version = asked.resource.version.as_ref().and_then(|version| text_at(&version.path, stored));
            Outcome::Applied { id, version, record }
        }
        Some(id) => unclear(say("rest-other-record").with("asked", known.unwrap_or_default()).with("came", id), what),
        None => unclear(say("rest-no-id"), what),
    }
}

fn unclear(wording: Wording, what: Wording) -> Outcome {
    Outcome::Unclear(fail(Code::Protocol, wording.part("what", what)))
}

fn text_at(path: &JsonPath, record: &RawValue) -> Option<String> {
    path.pick(record).and_then(text)
}

/// A write in messages.
pub fn named(op: WriteOp, resource: &RestResource) -> Wording {
    let key = match op {
        WriteOp::Create => "rest-what-create",
        WriteOp::Update => "rest-what-update",
        WriteOp::Delete => "rest-what-delete",
        WriteOp::Deactivate => "rest-what-deactivation",
    };
    say(key).with("resource", &resource.name)
}

/// What an operation is called in messages.
pub fn word(op: WriteOp) -> Wording {
    say(match op {
        WriteOp::Create => "rest-op-create",
        WriteOp::Update => "rest-op-update",
        WriteOp::Delete => "rest-op-delete",
        WriteOp::Deactivate => "rest-op-deactivation",
    })
}
