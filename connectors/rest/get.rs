//! Reading single records, several in flight.

use crate::errors::refusal;
use crate::flight::in_order;
use crate::manifest::GetDecl;
use crate::page::single;
use crate::phrases::{fail, say};
use crate::session::Call;
use selaras_connector_api::{Batch, Code, Failure, GetDone, GetRequest, HttpResponse, RawRecord, Transport};
use serde_json::value::RawValue;
use std::ops::ControlFlow;

/// What came of one id.
enum Found {
    Record(RawRecord),
    Gone,
    Failed(Failure),
    /// Nothing more can be read at all.
    Over(Failure),
}

/// Reads records by id.
pub fn get(call: &Call<'_>, request: &GetRequest) -> Result<GetDone, Failure> {
    let Some(decl) = &call.resource.get else { return Err(call.unsupported(say("rest-op-single"))) };
    let mut requests = Vec::with_capacity(request.ids.len());
    for id in &request.ids {
        requests.push((id, call.get(call.url(&decl.path, Some(id))?)?));
    }
    let mut done = GetDone::default();
    let mut over = None;
    in_order(call.host, call.system.width(), requests.into_iter(), |id, answer| {
        if over.is_some() {
            return ControlFlow::Break(());
        }
        match found(call, decl, id, answer) {
            Found::Record(record) => call.host.emit(Batch { records: vec![record] }),
            Found::Gone => done.gone.push(id.clone()),
            Found::Failed(failure) => done.failed.push((id.clone(), failure)),
            Found::Over(failure) => {
                over = Some(failure);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    match over {
        Some(failure) => Err(failure),
        None if call.host.cancelled() => Err(call.cancelled()),
        None => Ok(done),
    }
}

fn found(call: &Call<'_>, decl: &GetDecl, id: &str, answer: Result<HttpResponse, Transport>) -> Found {
    let answer = match answer {
        Ok(answer) => answer,
        Err(Transport::Refused(failure)) => return Found::Over(failure),
        Err(transport) => return Found::Failed(transport.into_failure()),
    };
    let body: Option<&RawValue> = serde_json::from_slice(&answer.body).ok();
    let what = say("rest-what-record").with("id", id).with("resource", &call.resource.name);
    if !(200..300).contains(&answer.status) {
        let table = &call.system.file.errors;
        let refusal = refusal(table, answer.status, body, what);
        return match refusal.failure.code {
            _ if refusal.is_gone(table) => Found::Gone,
            Code::NotConnected | Code::Unauthorised => Found::Over(refusal.failure),
            _ => Found::Failed(refusal.failure),
        };
    }
    let record = body.and_then(|body| decl.record.pick(body)).and_then(|row| single(call, row));
    match record {
        Some(record) if record.id == id => Found::Record(record),
        Some(record) => {
            let told = say("rest-asked-other").part("what", what).with("came", record.id);
            Found::Failed(fail(Code::Protocol, told))
        }
        None => Found::Failed(fail(Code::Protocol, say("rest-no-record-at-all").part("what", what))),
    }
}
