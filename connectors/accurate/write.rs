//! Saving, taking out of use, deleting: in bulk where there is an endpoint for it, several calls in flight, one outcome for each item.

use crate::call::Call;
use crate::catalogue::Module;
use crate::envelope::{self, Envelope};
use crate::form::Form;
use crate::manifest::BULK;
use crate::messages::{self, Purpose};
use crate::phrases::{fail, say};
use crate::refusal::{self, Asked, Verdict};
use crate::space::Open;
use crate::url;
use selaras_connector_api::{
    Code, Failure, Host, HttpResponse, Outcome, Transport, Wording, WriteItem, WriteOp, WriteRequest, exact,
};
use serde_json::value::RawValue;
use std::ops::ControlFlow;

/// A call, and which items it carries.
struct Job {
    items: Vec<usize>,
    call: Call,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Save,
    Bulk,
    Delete,
}

impl How {
    fn endpoint(self) -> &'static str {
        match self {
            How::Save => "save.do",
            How::Bulk => "bulk-save.do",
            How::Delete => "delete.do",
        }
    }

    fn purpose(self) -> Purpose {
        match self {
            How::Save | How::Bulk => Purpose::Save,
            How::Delete => Purpose::Delete,
        }
    }
}

/// Performs the writes: one outcome per item, in order.
///
/// # Errors
/// When the module cannot do the operation at all.
pub(crate) fn write(
    open: &mut Open,
    host: &dyn Host,
    module: &'static Module,
    request: &WriteRequest,
) -> Result<Vec<Outcome>, Failure> {
    for item in &request.items {
        possible(item.op, module)?;
    }
    // Whatever is not sent is what it says here.
    let unsent = fail(Code::Cancelled, say("accurate-write-cancelled"));
    let mut outcomes = vec![Outcome::Rejected(unsent); request.items.len()];
    let branch = open.branch;
    let jobs = jobs(branch, module, &request.items, &mut outcomes);
    let mut answered = 0;
    let mut stopped: Option<Failure> = None;
    open.door.in_order(host, jobs.iter().map(|job| job.call.clone()), |answer| {
        let job = &jobs[answered];
        answered += 1;
        let mut refused = None;
        for (at, outcome) in job.items.iter().zip(outcomes_of(job, answer, module, &request.items)) {
            let outcome = about_branch(outcome, branch, &request.items[*at]);
            refused = refused.or_else(|| concerning_all(&outcome));
            outcomes[*at] = outcome;
        }
        match refused {
            Some(failure) => {
                stopped.get_or_insert(failure);
                ControlFlow::Break(())
            }
            None => ControlFlow::Continue(()),
        }
    });
    if let Some(failure) = stopped {
        let rest = jobs[answered..].iter().flat_map(|job| &job.items);
        rest.for_each(|at| outcomes[*at] = Outcome::Rejected(failure.clone()));
    }
    Ok(outcomes)
}

/// A refusal that would meet every other item as well, so that there is no use in sending them.
fn concerning_all(outcome: &Outcome) -> Option<Failure> {
    match outcome {
        Outcome::Rejected(failure) | Outcome::Unclear(failure) if refusal::concerns_all(failure) => {
            Some(failure.clone())
        }
        _ => None,
    }
}

/// A refusal because of the branch of the settings, said as such: no record can be saved with it.
fn about_branch(outcome: Outcome, branch: Option<u64>, item: &WriteItem) -> Outcome {
    let is_ours = !item.fields.contains_key("branchId") && !item.fields.contains_key("branchName");
    match (outcome, branch) {
        (Outcome::Rejected(failure), Some(branch))
            if is_ours
                && matches!(failure.code, Code::ReferenceMissing | Code::InactiveReference)
                && failure.field.as_deref() == Some("branchId") =>
        {
            let refused = say("accurate-branch-refused").with("branch", branch).because("said", &failure);
            Outcome::Rejected(fail(Code::Settings, refused).on_field("branch"))
        }
        (outcome, _) => outcome,
    }
}

fn possible(op: WriteOp, module: &Module) -> Result<(), Failure> {
    let possible = match op {
        WriteOp::Create | WriteOp::Update => true,
        WriteOp::Delete => module.delete,
        WriteOp::Deactivate => module.suspendable,
    };
    if possible {
        return Ok(());
    }
    let key = if op == WriteOp::Delete { "accurate-no-delete" } else { "accurate-no-deactivate" };
    Err(fail(Code::Unsupported, say(key).with("name", module.name).with("title", module.title)))
}

/// The calls for the items; an item that cannot be sent gets its outcome at once.
fn jobs(branch: Option<u64>, module: &Module, items: &[WriteItem], outcomes: &mut [Outcome]) -> Vec<Job> {
    let mut jobs = Vec::new();
    let mut forms = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match (item.op, item.id.as_deref()) {
            (WriteOp::Delete, Some(id)) if !id.is_empty() => {
                let call = Call::delete(format!("{}/delete.do?id={}", module.name, url::encoded(id)));
                jobs.push(Job { items: vec![at], call, how: How::Delete });
            }
            (WriteOp::Delete, _) => {
                outcomes[at] = Outcome::Rejected(fail(Code::Invalid, say("accurate-delete-no-id")));
            }
            _ => match Form::of(item, module, branch) {
                Ok(form) => forms.push((at, form)),
                Err(failure) => outcomes[at] = Outcome::Rejected(failure),
            },
        }
    }
    let per_call = if module.bulk { BULK as usize } else { 1 };
    jobs.extend(forms.chunks(per_call).map(|chunk| save_job(module, chunk)));
    jobs
}

/// A lone record goes by `save.do`, whose answer is the plainer one.
fn save_job(module: &Module, chunk: &[(usize, Form)]) -> Job {
    let items = chunk.iter().map(|(at, _)| *at).collect();
    let (how, body) = match chunk {
        [(_, form)] => (How::Save, form.single()),
        many => {
            let mut body = String::new();
            many.iter().enumerate().for_each(|(at, (_, form))| form.append_to_bulk(&mut body, at));
            (How::Bulk, body)
        }
    };
    Job { items, call: Call::save(format!("{}/{}", module.name, how.endpoint()), body), how }
}

/// How the items of a call ended.
fn outcomes_of(
    job: &Job,
    answer: Result<HttpResponse, Transport>,
    module: &'static Module,
    items: &[WriteItem],
) -> Vec<Outcome> {
    let all = |outcome: Outcome| vec![outcome; job.items.len()];
    let response = match answer {
        Ok(response) => response,
        Err(Transport::AnswerLost(failure)) => return all(Outcome::Unclear(failure)),
        Err(Transport::NotSent(failure) | Transport::Refused(failure)) => return all(Outcome::Rejected(failure)),
    };
    let what = format!("{}/{}", module.name, job.how.endpoint());
    let asked = Asked { what: &what, purpose: job.how.purpose(), module: Some(module) };
    if job.how == How::Bulk {
        return bulk_outcomes(job, &response, asked, items);
    }
    let item = &items[job.items[0]];
    vec![match refusal::judge(&response, asked) {
        Verdict::Yes(_) if job.how == How::Delete => deleted(item),
        Verdict::Yes(envelope) => stored(envelope.r, item, asked),
        // Gone already is what was wanted.
        Verdict::No(failure) if job.how == How::Delete && failure.code == Code::NotFound => deleted(item),
        Verdict::No(failure) => Outcome::Rejected(failure),
        Verdict::Unknown(failure) => Outcome::Unclear(failure),
    }]
}

fn deleted(item: &WriteItem) -> Outcome {
    Outcome::Applied { id: item.id.clone().unwrap_or_default(), version: None, record: None }
}

/// The outcomes of a bulk save: an envelope per record, in the order of the records, whatever `s` says of the whole.
fn bulk_outcomes(job: &Job, response: &HttpResponse, asked: Asked<'_>, items: &[WriteItem]) -> Vec<Outcome> {
    let count = job.items.len();
    let envelopes = Some(response)
        .filter(|response| (200..300).contains(&response.status))
        .and_then(|response| Envelope::parse(&response.body))
        .and_then(|answer| answer.rows())
        .filter(|rows| rows.iter().any(|row| row.get().starts_with('{')));
    let Some(rows) = envelopes else {
        return vec![refused_as_a_whole(response, asked); count];
    };
    if rows.len() != count {
        let advice = say("advice-other-count").with("found", rows.len()).with("sent", count);
        return vec![Outcome::Unclear(refusal::stated(response, asked, Code::Protocol, advice)); count];
    }
    job.items.iter().zip(rows).map(|(at, row)| row_outcome(row, &items[*at], asked)).collect()
}

/// A bulk answer without envelopes of single records: messages about the whole call, or no sense.
fn refused_as_a_whole(response: &HttpResponse, asked: Asked<'_>) -> Outcome {
    match refusal::judge(response, asked) {
        Verdict::No(failure) => Outcome::Rejected(failure),
        Verdict::Unknown(failure) => Outcome::Unclear(failure),
        Verdict::Yes(_) => {
            Outcome::Unclear(refusal::stated(response, asked, Code::Protocol, say("advice-no-outcomes")))
        }
    }
}

fn row_outcome(row: &RawValue, item: &WriteItem, asked: Asked<'_>) -> Outcome {
    let envelope = Envelope::parse(row.get().as_bytes());
    match envelope.as_ref().and_then(Envelope::success).zip(envelope) {
        Some((true, envelope)) => stored(envelope.r, item, asked),
        Some((false, envelope)) => {
            let told = envelope.messages().map(|text| messages::failure(&text, asked.purpose, asked.module));
            Outcome::Rejected(told.unwrap_or_else(|| refusal::silent(asked)))
        }
        None => Outcome::Unclear(fail(Code::Protocol, say("accurate-row-unsaid").with("what", asked.what))),
    }
}

/// A save that the system says it did. Without the stored record's id a create is not usable, and with another one something is mixed up.
fn stored(record: Option<&RawValue>, item: &WriteItem, asked: Asked<'_>) -> Outcome {
    let head = record.and_then(envelope::head);
    let unclear = |wording: Wording| Outcome::Unclear(fail(Code::Protocol, wording.with("what", asked.what)));
    match (head, item.id.as_deref()) {
        (Some(head), Some(id)) if head.id.to_string() != id => {
            unclear(say("accurate-saved-other").with("found", head.id).with("wanted", id))
        }
        (Some(head), _) => {
            Outcome::Applied { id: head.id.to_string(), version: head.version, record: record.and_then(exact) }
        }
        (None, Some(id)) => Outcome::Applied { id: id.to_owned(), version: None, record: None },
        (None, None) => unclear(say("accurate-saved-nameless")),
    }
}
