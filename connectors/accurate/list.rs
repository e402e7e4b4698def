//! Listing a module page by page: exactly the fields wanted, sorted by id, pages in flight together, each record once, and the proof that all
//! came. Records leave as the bytes that the server sent.

use crate::call::Call;
use crate::catalogue::Module;
use crate::door::Door;
use crate::envelope::{self, Envelope};
use crate::look::Names;
use crate::messages::Purpose;
use crate::moment::Moment;
use crate::phrases::{fail, say};
use crate::refusal::{self, Asked};
use crate::url;
use selaras_connector_api::{Batch, Code, Failure, Host, HttpResponse, RawRecord, ReadDone, Transport, Wording};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// More pages than this are no list but a fault.
const MAX_PAGES: u64 = 100_000;
/// How far a cursor goes back, in seconds: a save that was under way while we read may carry an earlier time than one we saw.
const OVERLAP: u32 = 300;

/// What to list.
pub(crate) struct Spec<'a> {
    /// The module.
    pub(crate) module: &'static Module,
    /// The members wanted, dotted.
    pub(crate) fields: &'a [String],
    /// Only what changed since.
    pub(crate) since: Option<&'a str>,
    /// Rows in a page.
    pub(crate) page_size: u32,
}

/// Lists, handing each page's new records to `sink`, and remembering what they are called.
///
/// # Errors
/// When a page could not be read, or the run is to end.
pub(crate) fn list(
    door: &mut Door,
    host: &dyn Host,
    (spec, names): (Spec<'_>, &mut Names),
    sink: &mut dyn FnMut(Batch),
) -> Result<ReadDone, Failure> {
    let query = query(&spec)?;
    let page = |number: u64| Call::get(format!("{query}&sp.page={number}"));
    let mut listing = Listing::new(spec.module, names);
    let mut next = 1;
    while next <= listing.pages {
        // The first page says how many there are; a later one may say that there are more by now.
        let (first, last) = (next, listing.pages);
        let mut failed = None;
        door.in_order(host, (first..=last).map(page), |answer| {
            next += 1;
            if failed.is_some() {
                return ControlFlow::Break(());
            }
            match answer.map_err(Transport::into_failure).and_then(|response| listing.take(&response, sink)) {
                Ok(flow) => flow,
                Err(failure) => {
                    failed = Some(failure);
                    ControlFlow::Break(())
                }
            }
        });
        if let Some(failure) = failed {
            return Err(failure);
        }
        if listing.ended {
            break;
        }
        if next <= last {
            let stopped = say("accurate-list-cancelled").with("what", &listing.what);
            return Err(fail(Code::Cancelled, stopped.with("done", next - 1).with("pages", last)));
        }
    }
    Ok(listing.done(spec.since))
}

/// The query of a list, but for the page.
fn query(spec: &Spec<'_>) -> Result<String, Failure> {
    let module = spec.module;
    let mut query = format!("{}/list.do?", module.name);
    if module.takes_fields {
        query.push_str("fields=");
        for (at, field) in fields(module, spec.fields).iter().enumerate() {
            if at > 0 {
                // A literal comma: whether an escaped one is understood is disputed.
                query.push(',');
            }
            url::encode_keeping(&mut query, field, b"");
        }
        query.push('&');
    }
    if let Some(since) = spec.since {
        if !module.change_filter {
            return Err(fail(Code::Unsupported, say("accurate-no-change-filter").with("name", module.name)));
        }
        let moment = Moment::parse(since).ok_or_else(|| {
            fail(Code::Invalid, say("accurate-no-cursor").with("since", since).with("name", module.name))
        })?;
        query.push_str("filter.lastUpdate.op=GREATER_EQUAL_THAN&");
        query.push_str(&format!("filter.lastUpdate.val={}&", url::encoded(&moment.to_string())));
    }
    query.push_str(&format!("sp.sort=id%7Casc&sp.pageSize={}", spec.page_size));
    Ok(query)
}

/// Id and version, then what is wanted and a list can give, each once.
fn fields(module: &Module, wanted: &[String]) -> Vec<String> {
    let mut fields = vec!["id".to_owned(), "optLock".to_owned()];
    for field in wanted {
        let field = field.replace("[]", "");
        let top = field.split('.').next().unwrap_or_default();
        if !field.is_empty() && !fields.contains(&field) && !module.detail_only.contains(&top) {
            fields.push(field);
        }
    }
    fields
}

/// A listing under way.
struct Listing<'a> {
    module: &'static Module,
    names: &'a mut Names,
    what: String,
    /// Pages there are, as far as known; before the first answer, the one to ask for.
    pages: u64,
    read: u64,
    /// Rows announced by the first page.
    announced: Option<u64>,
    seen: BTreeSet<u64>,
    latest: Option<Moment>,
    why_incomplete: Option<Failure>,
    /// Whether a page without rows came: there is nothing behind it.
    ended: bool,
}

impl<'a> Listing<'a> {
    fn new(module: &'static Module, names: &'a mut Names) -> Self {
        Self {
            module,
            names,
            what: format!("{}/list.do", module.name),
            pages: 1,
            read: 0,
            announced: None,
            seen: BTreeSet::new(),
            latest: None,
            why_incomplete: None,
            ended: false,
        }
    }

    fn doubt(&mut self, why: impl FnOnce() -> Wording) {
        if self.why_incomplete.is_none() {
            self.why_incomplete = Some(fail(Code::Protocol, why()));
        }
    }

    /// Takes in a page. Breaks where nothing more is to be asked for.
    fn take(&mut self, response: &HttpResponse, sink: &mut dyn FnMut(Batch)) -> Result<ControlFlow<()>, Failure> {
        let asked = Asked { what: &self.what, purpose: Purpose::List, module: Some(self.module) };
        let answer = refusal::judge(response, asked).into_result()?;
        let rows =
            answer.rows().ok_or_else(|| refusal::stated(response, asked, Code::Protocol, say("advice-no-records")))?;
        self.read += 1;
        self.count(&answer)?;
        let mut batch = Batch::default();
        for row in &rows {
            let Some(head) = envelope::head(row) else {
                self.doubt(|| say("accurate-list-no-id"));
                continue;
            };
            self.latest = self.latest.max(head.last_update.as_deref().and_then(Moment::parse));
            if self.seen.insert(head.id) {
                self.names.note(self.module, head.id, row);
                let raw = row.get().as_bytes().to_vec();
                batch.records.push(RawRecord { id: head.id.to_string(), version: head.version, raw });
            }
        }
        if !batch.records.is_empty() {
            sink(batch);
        }
        if rows.is_empty() && self.read < self.pages {
            self.ended = true;
            return Ok(ControlFlow::Break(()));
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Compares what a page says of the whole with what was said before.
    fn count(&mut self, answer: &Envelope<'_>) -> Result<(), Failure> {
        let paging = answer.paging();
        let pages = paging.page_count.unwrap_or(1);
        if pages > MAX_PAGES {
            return Err(fail(
                Code::Protocol,
                say("accurate-too-many-pages").with("what", &self.what).with("pages", pages),
            ));
        }
        self.pages = self.pages.max(pages);
        match (self.announced, paging.row_count) {
            (None, None) => self.doubt(|| say("accurate-list-no-count")),
            (None, Some(rows)) if self.read == 1 => self.announced = Some(rows),
            (Some(before), Some(now)) if before != now => {
                self.doubt(|| say("accurate-list-changed").with("before", before).with("now", now));
            }
            _ => {}
        }
        Ok(())
    }

    fn done(mut self, since: Option<&str>) -> ReadDone {
        let came = self.seen.len() as u64;
        if let Some(announced) = self.announced.filter(|announced| came < *announced) {
            self.doubt(|| say("accurate-list-short").with("announced", announced).with("came", came));
        }
        let complete = self.why_incomplete.is_none();
        // Only where the records' own times were asked for: the server's clock is the only one that counts.
        let moved = self.latest.filter(|_| complete).map(|latest| latest.earlier(OVERLAP).to_string());
        ReadDone { complete, why_incomplete: self.why_incomplete, cursor: moved.or_else(|| since.map(str::to_owned)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::module;

    fn names(resource: &str, wanted: &[&str]) -> Vec<String> {
        let wanted: Vec<String> = wanted.iter().map(|&name| name.to_owned()).collect();
        fields(module(resource).unwrap(), &wanted)
    }

    #[test]
    fn only_what_is_wanted_and_a_list_can_give() {
        assert_eq!(
            names("customer", &["name", "id", "term.name", "billStreet", "name", "balanceList[].balance"]),
            ["id", "optLock", "name", "term.name", "balanceList.balance"]
        );
        assert_eq!(names("sales-order", &["detailItem[].quantity", "detailItem", "description"]), ["id", "optLock"]);
    }
}
