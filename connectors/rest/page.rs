//! One page of a list: its records cut out byte for byte, and what it says about the others.

use crate::errors::refusal;
use crate::manifest::{ListDecl, Paging};
use crate::path::{pick_many, text};
use crate::phrases::{fail, say};
use crate::session::Call;
use selaras_connector_api::{Code, Failure, HttpResponse, RawRecord, Transport, Wording};
use serde_json::value::RawValue;

/// A page.
pub struct Page {
    /// Its records, in the order of the system.
    pub records: Vec<RawRecord>,
    /// When the newest of them changed, where the list can tell: the moments as the system writes them.
    pub changed: Vec<String>,
    /// Rows without an id.
    pub nameless: usize,
    /// How many records there are in all, as the page says.
    pub total: Option<u64>,
    /// How many pages there are, as the page says.
    pub pages: Option<u64>,
    /// The token or address of the next page.
    pub next: Option<String>,
}

impl Page {
    /// Rows on the page, whatever they are.
    pub fn rows(&self) -> usize {
        self.records.len() + self.nameless
    }
}

/// Reads an answer to a list call.
pub fn parse(
    call: &Call<'_>,
    list: &ListDecl,
    answer: Result<HttpResponse, Transport>,
    what: Wording,
) -> Result<Page, Failure> {
    let answer = answer.map_err(Transport::into_failure)?;
    let body: Option<&RawValue> = serde_json::from_slice(&answer.body).ok();
    if !(200..300).contains(&answer.status) {
        return Err(refusal(&call.system.file.errors, answer.status, body, what).failure);
    }
    let Some(body) = body else {
        return Err(fail(Code::Protocol, say("rest-no-json").part("what", what)));
    };
    let in_body = match &list.paging {
        Paging::Cursor { next, .. } | Paging::LinkNext { next: Some(next), .. } => Some(next),
        _ => None,
    };
    let found = pick_many(body, &[list.total.as_ref(), list.page_count.as_ref(), in_body]);
    let Some(rows) = list.records.pick_list(body) else {
        let told = say("rest-no-array").part("what", what).with("path", &list.records);
        return Err(fail(Code::Protocol, told));
    };
    let count = |at: usize| found[at].and_then(text).and_then(|text| text.parse().ok());
    let next = match &list.paging {
        Paging::LinkNext { next: None, .. } => link_header(&answer),
        _ => found[2].and_then(text).filter(|next| !next.is_empty()),
    };
    let mut page = Page {
        records: Vec::with_capacity(rows.len()),
        changed: Vec::new(),
        nameless: 0,
        total: count(0),
        pages: count(1),
        next,
    };
    for row in rows {
        page.take(call, list, row);
    }
    Ok(page)
}

impl Page {
    fn take(&mut self, call: &Call<'_>, list: &ListDecl, row: &RawValue) {
        let (record, changed) = record(call, list, row);
        self.changed.extend(changed);
        match record {
            Some(record) => self.records.push(record),
            None => self.nameless += 1,
        }
    }
}

fn record(call: &Call<'_>, list: &ListDecl, row: &RawValue) -> (Option<RawRecord>, Option<String>) {
    let version = call.resource.version.as_ref().map(|version| &version.path);
    let changed = list.since.as_ref().map(|since| &since.changed);
    let mut found =
        pick_many(row, &[Some(&call.resource.id.path), version, changed]).into_iter().map(|v| v.and_then(text));
    let (id, version, changed) = (found.next().flatten(), found.next().flatten(), found.next().flatten());
    (id.map(|id| RawRecord { id, version, raw: row.get().as_bytes().to_vec() }), changed)
}

/// The record in an answer to a call for one; `None` when there is none with an id.
pub fn single(call: &Call<'_>, row: &RawValue) -> Option<RawRecord> {
    let version = call.resource.version.as_ref().map(|version| &version.path);
    let mut found = pick_many(row, &[Some(&call.resource.id.path), version]).into_iter().map(|v| v.and_then(text));
    let id = found.next().flatten()?;
    Some(RawRecord { id, version: found.next().flatten(), raw: row.get().as_bytes().to_vec() })
}

/// The address under `rel="next"` of the `Link` header (RFC 8288).
fn link_header(answer: &HttpResponse) -> Option<String> {
    let links = answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("link"));
    links.flat_map(|(_, value)| split_links(value)).find_map(|link| {
        let (address, params) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = params.split(';').any(|param| {
            let Some((name, value)) = param.split_once('=') else { return false };
            let relations = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel")
                && relations.split_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"))
        });
        is_next.then(|| address.to_owned())
    })
}

/// Splits at commas outside of `<…>`: an address may hold commas.
fn split_links(header: &str) -> Vec<&str> {
    let mut inside = false;
    header
        .split(|c: char| {
            inside = (inside || c == '<') && c != '>';
            c == ',' && !inside
        })
        .collect()
}
