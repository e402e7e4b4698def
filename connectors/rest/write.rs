//! Writing: in batches where the resource has them, else one by one with several in flight. Nothing is ever sent twice.

use crate::body::{data, typed};
use crate::errors::{Asked, outcome, outcome_of_refused_batch, unanswered};
use crate::flight::in_order;
use crate::manifest::{BatchDecl, JsonType, WriteDecl};
use crate::phrases::{fail, say};
use crate::session::Call;
use selaras_connector_api::{
    Code, Failure, HttpRequest, HttpResponse, Outcome, Transport, WriteDone, WriteItem, WriteOp, WriteRequest,
};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Performs writes.
pub fn write(call: &Call<'_>, request: &WriteRequest) -> Result<WriteDone, Failure> {
    let mut outcomes: Vec<Option<Outcome>> = vec![None; request.items.len()];
    let mut batches: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut singles = Vec::new();
    for (index, item) in request.items.iter().enumerate() {
        match refuse_early(call, item) {
            Some(failure) => outcomes[index] = Some(Outcome::Rejected(failure)),
            None => match call.resource.batch_decl(item.op) {
                Some((_, method)) => batches.entry(method).or_default().push(index),
                None => singles.push(index),
            },
        }
    }
    one_by_one(call, &request.items, &singles, &mut outcomes);
    for (method, indices) in batches {
        let Some(decl) = &call.resource.batch else { continue };
        let max = usize::try_from(decl.max).unwrap_or(usize::MAX).max(1);
        // One call after another: the items of a request keep their order.
        for chunk in indices.chunks(max) {
            if call.host.cancelled() {
                break;
            }
            batch(call, decl, method, &request.items, chunk, &mut outcomes);
        }
    }
    let unsent = || Outcome::Rejected(call.cancelled());
    Ok(WriteDone { outcomes: outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unsent)).collect() })
}

/// What cannot be sent at all.
fn refuse_early(call: &Call<'_>, item: &WriteItem) -> Option<Failure> {
    if !call.resource.can_write(item.op) {
        return Some(call.unsupported(crate::errors::word(item.op)));
    }
    let needs_id = item.op != WriteOp::Create;
    if needs_id && item.id.as_deref().is_none_or(str::is_empty) {
        let told = say("rest-names-no-record").part("what", crate::errors::named(item.op, call.resource));
        return Some(fail(Code::Internal, told));
    }
    None
}

fn one_by_one(call: &Call<'_>, items: &[WriteItem], indices: &[usize], outcomes: &mut [Option<Outcome>]) {
    let mut ready = Vec::new();
    for &index in indices {
        let Some(decl) = call.resource.write_decl(items[index].op) else { continue };
        match single_request(call, decl, &items[index]) {
            Ok(request) => ready.push(((index, decl), request)),
            Err(failure) => outcomes[index] = Some(Outcome::Rejected(failure)),
        }
    }
    in_order(call.host, call.system.width(), ready.into_iter(), |(index, decl), answer| {
        let item = &items[index];
        let asked =
            Asked { resource: call.resource, op: item.op, id: item.id.as_deref(), record: decl.record.as_ref() };
        outcomes[index] = Some(single_outcome(call, &asked, answer));
        ControlFlow::Continue(())
    });
}

fn single_request(call: &Call<'_>, decl: &WriteDecl, item: &WriteItem) -> Result<HttpRequest, Failure> {
    let url = call.url(&decl.path, item.id.as_deref())?;
    let body = match item.op {
        WriteOp::Delete => Vec::new(),
        _ => data(call.resource, item)?.get().as_bytes().to_vec(),
    };
    let mut request = call.send(&decl.method, url, body)?;
    if let (Some(template), Some(version)) = (&decl.if_match, &item.version) {
        let value = template.fill(|slot| (slot == "version").then(|| version.clone())).unwrap_or_default();
        request = request.header("If-Match", value);
    }
    Ok(request)
}

fn single_outcome(call: &Call<'_>, asked: &Asked<'_>, answer: Result<HttpResponse, Transport>) -> Outcome {
    let answer = match answer {
        Ok(answer) => answer,
        Err(transport) => return unanswered(transport),
    };
    let body: Option<&RawValue> = serde_json::from_slice(&answer.body).ok();
    let is_good = (200..300).contains(&answer.status);
    // A page in between may say 200 to anything, to a delete too. No content at all is what many systems answer.
    if is_good && body.is_none() && !answer.body.iter().all(u8::is_ascii_whitespace) {
        let what = say("rest-what-write").with("resource", &asked.resource.name);
        let failure = fail(Code::Protocol, say("rest-no-json").part("what", what));
        return Outcome::Unclear(failure.with_detail(format!("HTTP {}", answer.status)));
    }
    outcome(&call.system.file.errors, asked, answer.status, body)
}

/// One call of a batch.
fn batch(
    call: &Call<'_>,
    decl: &BatchDecl,
    method: &str,
    items: &[WriteItem],
    chunk: &[usize],
    outcomes: &mut [Option<Outcome>],
) {
    let mut sent = Vec::new();
    let mut entries = Vec::new();
    for &index in chunk {
        match entry(call, decl, method, &items[index]) {
            Ok(entry) => {
                sent.push(index);
                entries.push(entry);
            }
            Err(failure) => outcomes[index] = Some(Outcome::Rejected(failure)),
        }
    }
    if sent.is_empty() {
        return;
    }
    let request = batch_request(call, decl, &entries);
    let results = match request {
        Ok(request) => batch_results(call, decl, items, &sent, call.host.call(request)),
        Err(failure) => vec![Outcome::Rejected(failure); sent.len()],
    };
    for (index, result) in sent.into_iter().zip(results) {
        outcomes[index] = Some(result);
    }
}

type Entry = BTreeMap<String, Box<RawValue>>;

fn entry(call: &Call<'_>, decl: &BatchDecl, method: &str, item: &WriteItem) -> Result<Entry, Failure> {
    let members = &decl.item;
    let mut entry = Entry::from([(members.method.clone(), raw(&method.into())?)]);
    if let Some(id) = &item.id {
        entry.insert(members.id.clone(), raw(&typed(id, call.resource.id.json))?);
    }
    if let (Some(member), Some(version)) = (&members.version, &item.version) {
        let json = call.resource.version.as_ref().map_or(JsonType::Text, |decl| decl.json);
        entry.insert(member.clone(), raw(&typed(version, json))?);
    }
    if item.op != WriteOp::Delete {
        entry.insert(members.data.clone(), data(call.resource, item)?);
    }
    Ok(entry)
}

fn raw(value: &serde_json::Value) -> Result<Box<RawValue>, Failure> {
    serde_json::value::to_raw_value(value).map_err(internal)
}

fn internal(error: serde_json::Error) -> Failure {
    fail(Code::Internal, say("rest-batch-failed").with("why", error))
}

fn batch_request(call: &Call<'_>, decl: &BatchDecl, entries: &[Entry]) -> Result<HttpRequest, Failure> {
    let body = serde_json::to_vec(&BTreeMap::from([(&decl.items, entries)])).map_err(internal)?;
    call.send(&decl.method, call.url(&decl.path, None)?, body)
}

/// One outcome per item sent. Where the answer does not tell, nobody knows.
fn batch_results(
    call: &Call<'_>,
    decl: &BatchDecl,
    items: &[WriteItem],
    sent: &[usize],
    answer: Result<HttpResponse, Transport>,
) -> Vec<Outcome> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(transport) => return vec![unanswered(transport); sent.len()],
    };
    let table = &call.system.file.errors;
    let body: Option<&RawValue> = serde_json::from_slice(&answer.body).ok();
    let asked = |index: usize, record| {
        let item = &items[index];
        Asked { resource: call.resource, op: item.op, id: item.id.as_deref(), record }
    };
    if !(200..300).contains(&answer.status) {
        let whole = |&index: &usize| outcome_of_refused_batch(table, &asked(index, None), answer.status, body);
        return sent.iter().map(whole).collect();
    }
    let results = body.and_then(|body| decl.results.pick_list(body)).unwrap_or_default();
    // With a result missing or too many, it is anyone's guess which belongs to which item.
    let agrees = results.len() == sent.len();
    let one = |(at, &index): (usize, &usize)| {
        let status = results.get(at).filter(|_| agrees).and_then(|result| decl.status.text_of(result));
        match (results.get(at), status.and_then(|status| status.parse().ok())) {
            (Some(result), Some(status)) => outcome(table, &asked(index, Some(&decl.record)), status, Some(result)),
            _ => {
                let told = say("rest-batch-count").with("sent", sent.len()).with("resource", &call.resource.name);
                Outcome::Unclear(fail(Code::Protocol, told.with("came", results.len())))
            }
        }
    };
    sent.iter().enumerate().map(one).collect()
}
