//! Reading single records in full, one call each, several in flight.

use crate::call::Call;
use crate::catalogue::Module;
use crate::door::Door;
use crate::envelope;
use crate::messages::Purpose;
use crate::phrases::{fail, say};
use crate::refusal::{self, Asked};
use crate::url;
use selaras_connector_api::{Batch, Code, Failure, GetDone, Host, HttpResponse, RawRecord, Transport};
use std::ops::ControlFlow;

/// Reads records by id and hands them over in the order of the ids.
///
/// # Errors
/// When the credential is refused as such, so that no other record could be read either.
pub(crate) fn get(
    door: &mut Door,
    host: &dyn Host,
    module: &'static Module,
    ids: &[String],
) -> Result<GetDone, Failure> {
    let mut done = GetDone::default();
    let mut stopped: Option<Failure> = None;
    let mut answered = 0;
    let calls = ids.iter().map(|id| Call::get(format!("{}/detail.do?id={}", module.name, url::encoded(id))));
    door.in_order(host, calls, |answer| {
        let id = &ids[answered];
        answered += 1;
        match answer.map_err(Transport::into_failure).and_then(|response| record(&response, module, id)) {
            Ok(record) => host.emit(Batch { records: vec![record] }),
            Err(failure) if failure.code == Code::NotFound => done.gone.push(id.clone()),
            Err(failure) if refusal::concerns_all(&failure) => {
                stopped.get_or_insert(failure);
                return ControlFlow::Break(());
            }
            Err(failure) => done.failed.push((id.clone(), failure)),
        }
        ControlFlow::Continue(())
    });
    if let Some(failure) = stopped {
        return Err(failure);
    }
    let cancelled = || fail(Code::Cancelled, say("accurate-get-cancelled"));
    done.failed.extend(ids[answered..].iter().map(|id| (id.clone(), cancelled())));
    Ok(done)
}

fn record(response: &HttpResponse, module: &'static Module, id: &str) -> Result<RawRecord, Failure> {
    let what = format!("{}/detail.do?id={id}", module.name);
    let asked = Asked { what: &what, purpose: Purpose::Detail, module: Some(module) };
    let answer = refusal::judge(response, asked).into_result()?;
    let found = answer.d.and_then(|raw| Some((raw, envelope::head(raw)?)));
    match found {
        Some((raw, head)) if head.id.to_string() == id => {
            Ok(RawRecord { id: id.to_owned(), version: head.version, raw: raw.get().as_bytes().to_vec() })
        }
        _ => Err(refusal::stated(response, asked, Code::Protocol, say("advice-other-record"))),
    }
}
