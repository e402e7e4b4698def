//! The connector: the contract's operations over a side of the world, with its faults.

use crate::journal::{Call, Written};
use crate::member::{Record, each};
use crate::rules::perform;
use crate::spec::TableSpec;
use crate::table::SideState;
use crate::world::SimWorld;
use selaras_connector_api::{
    Batch, Code, Connector, Failure, GetDone, GetRequest, Host, HttpRequest, Manifest, OpenRequest, Opened, Operation,
    Outcome, RawRecord, ReadDone, ReadRequest, Rights, RightsRequest, Space, SpacesRequest, Transport, WriteDone,
    WriteItem, WriteOp, WriteRequest,
};
use serde_json::Value as Json;

/// A connector to one side of a world.
pub struct Sim {
    world: SimWorld,
    side: String,
}

impl Sim {
    /// A connector to a side.
    #[must_use]
    pub fn new(world: SimWorld, side: &str) -> Self {
        Self { world, side: side.to_owned() }
    }

    fn note(&self, call: Call) -> Result<(), Failure> {
        self.world.side(&self.side, |state| {
            state.journal.push(call);
            Ok(())
        })
    }

    /// Tries what no connector may do while it is read.
    fn rogue(&self, host: &dyn Host) -> Result<(), Failure> {
        let Some(url) = self.world.side(&self.side, |state| Ok(state.faults.rogue.clone()))? else { return Ok(()) };
        let (method, headers, body) = ("POST".to_owned(), Vec::new(), b"{}".to_vec());
        let answer = host.call(HttpRequest { method, url, headers, body, repeatable: false });
        let refused = matches!(answer, Err(Transport::Refused(_)));
        self.world.side(&self.side, |state| {
            state.struck.note("rogue", true);
            Ok(())
        })?;
        self.note(Call::Rogue { refused })
    }

    fn start_read(&self, request: &ReadRequest) -> Result<Listing, Failure> {
        self.world.side(&self.side, |state| {
            state.reading();
            list(state, request)
        })
    }

    /// Whether the next page fails, and whether it repeats a row.
    fn page_faults(&self) -> Result<(bool, bool), Failure> {
        self.world.side(&self.side, |state| {
            state.pages += 1;
            let (fails, repeats) =
                (state.faults.fail_page.strikes(state.pages), state.faults.repeat_row.strikes(state.pages));
            Ok((state.struck.note("fail_page", fails), repeats))
        })
    }

    /// Hands the pages over; gives back how many rows went.
    fn emit(&self, host: &dyn Host, request: &ReadRequest, listing: &mut Listing) -> (usize, Option<Failure>) {
        let (mut rows, mut from) = (0, 0);
        let mut last: Option<RawRecord> = None;
        while from < listing.rows.len() {
            if host.cancelled() {
                return (rows, Some(Failure::new(Code::Cancelled, "cancelled between pages")));
            }
            let repeats = match self.page_faults() {
                Ok((false, repeats)) => repeats,
                Ok((true, _)) => {
                    return (rows, Some(Failure::new(Code::Unavailable, "the page failed, as the test asked for")));
                }
                Err(failure) => return (rows, Some(failure)),
            };
            let mut records: Vec<RawRecord> = Vec::new();
            if let Some(last) = last.take().filter(|_| repeats) {
                records.push(last);
                // Only now did it really strike: the first page has nothing to repeat.
                let _ = self.world.side(&self.side, |state| Ok(state.struck.note("repeat_row", true)));
            }
            let page: Vec<RawRecord> = listing.rows.iter().skip(from).take(listing.page).cloned().collect();
            from += page.len();
            last = page.last().cloned();
            records.extend(page);
            rows += records.len();
            host.emit(Batch { records });
            if listing.live {
                match self.world.side(&self.side, |state| list(state, request)) {
                    Ok(again) => listing.rows = again.rows,
                    Err(failure) => return (rows, Some(failure)),
                }
            }
        }
        (rows, None)
    }

    /// One write call.
    fn call(&self, resource: &str, chunk: &[WriteItem]) -> Result<Vec<Written>, Failure> {
        self.world.side(&self.side, |state| {
            state.calls += 1;
            let strikes = state.faults.half_batch.strikes(state.calls);
            let half = state.struck.note("half_batch", strikes);
            let sent = if half { chunk.len().div_ceil(2) } else { chunk.len() };
            let mut items: Vec<Written> = chunk[..sent].iter().map(|item| write_one(state, resource, item)).collect();
            if half {
                let lost = || Outcome::Unclear(Failure::new(Code::Unavailable, "the connection broke in the middle"));
                items.iter_mut().for_each(|item| item.outcome = lost());
                let never =
                    |item: &WriteItem| Written { op: item.op, id: item.id.clone(), outcome: lost(), done: false };
                items.extend(chunk[sent..].iter().map(never));
            }
            if state.faults.crossed.strikes(state.calls) {
                let crossed = cross(&mut items);
                state.struck.note("crossed", crossed);
            }
            state.journal.push(Call::Write { table: resource.to_owned(), items: items.clone() });
            Ok(items)
        })
    }
}

/// Each answer to a create that was carried out goes to the next one; answers whether there were two of them.
fn cross(items: &mut [Written]) -> bool {
    let made = |item: &Written| item.op == WriteOp::Create && matches!(item.outcome, Outcome::Applied { .. });
    let places: Vec<usize> = (0..items.len()).filter(|at| made(&items[*at])).collect();
    for pair in places.windows(2) {
        let (one, other) = items.split_at_mut(pair[1]);
        std::mem::swap(&mut one[pair[0]].outcome, &mut other[0].outcome);
    }
    places.len() > 1
}

/// A listing, ready to be handed over.
struct Listing {
    rows: Vec<RawRecord>,
    page: usize,
    cursor: Option<String>,
    complete: bool,
    admits: bool,
    /// Whether it is taken anew for each page.
    live: bool,
}

/// What a table lists now.
fn list(state: &mut SideState, request: &ReadRequest) -> Result<Listing, Failure> {
    let table = state.table(&request.resource)?;
    possible(&table.spec, Operation::Read)?;
    let since = match &request.since {
        Some(_) if !table.spec.change_filter => return Err(cannot(&table.spec, "list changes")),
        Some(text) => Some(
            text.parse()
                .map_err(|_| Failure::new(Code::Invalid, format!("`{text}` is no cursor of {}", table.spec.name)))?,
        ),
        None => None,
    };
    let list = table.listed(since);
    let mut rows: Vec<RawRecord> = Vec::with_capacity(list.len());
    for record in list {
        rows.push(raw(table.version(record), &listed(&table.spec, record, &request.fields))?);
    }
    let cursor = table.spec.change_filter.then(|| table.true_up_to(state.tick).to_string());
    let page = usize::try_from(table.spec.page_size).unwrap_or(usize::MAX).max(1);
    let complete = table.spec.complete_listing;
    if state.faults.newest_first {
        rows.reverse();
    }
    let end = state.faults.end_early.filter(|end| end.after < rows.len());
    if let Some(end) = end {
        rows.truncate(end.after);
        state.struck.note("end_early", true);
    }
    let live = state.faults.live_pages;
    Ok(Listing { rows, page, cursor, complete, admits: end.is_some_and(|end| end.admits), live })
}

fn possible(spec: &TableSpec, op: Operation) -> Result<(), Failure> {
    if spec.without.contains(&op) { Err(cannot(spec, "do that")) } else { Ok(()) }
}

fn cannot(spec: &TableSpec, what: &str) -> Failure {
    Failure::new(Code::Unsupported, format!("{} cannot {what}", spec.name))
}

fn raw(version: Option<String>, record: &Record) -> Result<RawRecord, Failure> {
    let id = record.get("id").and_then(crate::member::text).unwrap_or_default();
    let raw = serde_json::to_vec(record).map_err(|error| Failure::new(Code::Internal, error.to_string()))?;
    Ok(RawRecord { id, version, raw })
}

/// A record as lists give it.
fn listed(spec: &TableSpec, record: &Record, asked: &[String]) -> Record {
    let mut shown = asked_for(spec, record, asked);
    if spec.detail_only.iter().any(|path| path == "*") {
        shown.retain(|name, _| is_head(spec, name));
    }
    for path in &spec.detail_only {
        each(&mut shown, path, &mut |holder, name| {
            holder.remove(name);
        });
    }
    shown
}

/// A record with the members asked for, where the table gives no others.
fn asked_for(spec: &TableSpec, record: &Record, asked: &[String]) -> Record {
    let mut shown = record.clone();
    if spec.only_asked {
        let wanted = |name: &str| asked.iter().any(|path| path.split(['.', '[']).next() == Some(name));
        shown.retain(|name, _| wanted(name) || is_head(spec, name));
    }
    shown
}

fn is_head(spec: &TableSpec, name: &str) -> bool {
    name == "id" || spec.version.as_ref().is_some_and(|version| version.path == name)
}

impl Connector for Sim {
    fn describe(&self) -> Result<Manifest, Failure> {
        self.world.side(&self.side, |state| {
            Ok(Manifest {
                name: self.side.clone(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                title: format!("simulated {}", self.side),
                settings: Vec::new(),
                auth: Vec::new(),
                reads: Vec::new(),
                budget: state.budget,
                resources: state
                    .order
                    .iter()
                    .filter_map(|name| Some(state.tables.get(name)?.spec.resource()))
                    .collect(),
                phrases: Default::default(),
            })
        })
    }

    fn open(&mut self, _host: &dyn Host, _request: &OpenRequest) -> Result<Opened, Failure> {
        self.note(Call::Open)?;
        self.world.side(&self.side, |state| {
            let (endpoint, title) = (format!("sim/{}", self.side), format!("simulated {}", self.side));
            Ok(Opened { endpoint, title, facts: state.facts.clone() })
        })
    }

    fn spaces(&mut self, _host: &dyn Host, _request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        self.note(Call::Spaces)?;
        Ok(Vec::new())
    }

    fn rights(&mut self, _host: &dyn Host, _request: &RightsRequest) -> Result<Rights, Failure> {
        self.note(Call::Rights)?;
        self.world.side(&self.side, |state| Ok(state.rights.clone()))
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        self.rogue(host)?;
        let mut listing = self.start_read(request)?;
        let (rows, broken) = self.emit(host, request, &mut listing);
        self.note(Call::Read { table: request.resource.clone(), since: request.since.clone(), rows })?;
        if let Some(failure) = broken {
            return Err(failure);
        }
        let why_incomplete = match (listing.admits, listing.complete) {
            (true, _) => Some(Failure::new(Code::Protocol, "the list ended early")),
            (false, false) => Some(Failure::new(Code::Protocol, "the system does not promise complete lists")),
            (false, true) => None,
        };
        let cursor = listing.cursor.filter(|_| !listing.admits);
        Ok(ReadDone { complete: why_incomplete.is_none(), why_incomplete, cursor })
    }

    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        self.rogue(host)?;
        let mut done = GetDone::default();
        let mut records = Vec::new();
        self.world.side(&self.side, |state| {
            state.reading();
            state.journal.push(Call::Get { table: request.resource.clone(), ids: request.ids.clone() });
            possible(&state.table(&request.resource)?.spec, Operation::Get)?;
            for id in &request.ids {
                state.gets += 1;
                let fails = state.faults.fail_get.strikes(state.gets);
                let table = state.table(&request.resource)?;
                match table.shown(id) {
                    _ if fails => {
                        let text = format!("{} {id} failed, as the test asked for", request.resource);
                        done.failed.push((id.clone(), Failure::new(Code::Unavailable, text)));
                        state.struck.note("fail_get", true);
                    }
                    Some(record) => {
                        records.push(raw(table.version(record), &asked_for(&table.spec, record, &request.fields))?);
                    }
                    None => done.gone.push(id.clone()),
                }
            }
            Ok(())
        })?;
        if !records.is_empty() {
            host.emit(Batch { records });
        }
        Ok(done)
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        let batch = self.world.side(&self.side, |state| Ok(state.table(&request.resource)?.spec.batch))?;
        let mut outcomes = Vec::with_capacity(request.items.len());
        for chunk in request.items.chunks(usize::try_from(batch).unwrap_or(usize::MAX).max(1)) {
            if host.cancelled() {
                outcomes.extend(
                    chunk
                        .iter()
                        .map(|_| Outcome::Rejected(Failure::new(Code::Cancelled, "cancelled before it was sent"))),
                );
                continue;
            }
            let items = self.call(&request.resource, chunk)?;
            outcomes.extend(items.into_iter().map(|item| item.outcome));
        }
        Ok(WriteDone { outcomes })
    }

    fn close(&mut self, _host: &dyn Host) {
        // A world without this side has nothing to close.
        let _ = self.note(Call::Close);
    }
}

fn operation(op: WriteOp) -> Operation {
    match op {
        WriteOp::Create => Operation::Create,
        WriteOp::Update => Operation::Update,
        WriteOp::Delete => Operation::Delete,
        WriteOp::Deactivate => Operation::Deactivate,
    }
}

/// Writes one record, with the faults of its occasion.
fn write_one(state: &mut SideState, table: &str, item: &WriteItem) -> Written {
    state.writes += 1;
    let n = state.writes;
    let end = |outcome, done| Written { op: item.op, id: item.id.clone(), outcome, done };
    let unclear = |text: &str| Outcome::Unclear(Failure::new(Code::Unavailable, text));
    let strikes = state.faults.refuse.strikes(n);
    if state.struck.note("refuse", strikes) {
        return end(Outcome::Rejected(state.faults.refusal()), false);
    }
    let strikes = state.faults.lose_request.strikes(n);
    if state.struck.note("lose_request", strikes) {
        return end(unclear("no answer came"), false);
    }
    let before = item.id.as_ref().and_then(|id| state.tables.get(table)?.shown(id).cloned());
    let can = state.table(table).and_then(|held| {
        let resource = held.spec.resource();
        if resource.operations.contains_key(&operation(item.op)) { Ok(()) } else { Err(cannot(&held.spec, "do that")) }
    });
    let result = can.and_then(|()| perform(state, table, item, true));
    let done = result.as_ref().is_ok_and(|done| done.changed);
    if let Ok(written) = &result {
        let late = done && state.faults.late.strikes(n) && state.faults.late_reads > 0;
        if state.struck.note("late", late) {
            state.hide(table, &written.id, before);
        }
    }
    let strikes = state.faults.lose_answer.strikes(n);
    if state.struck.note("lose_answer", strikes) {
        return end(unclear("the answer was lost"), done);
    }
    match result {
        Ok(written) => {
            let version = written.record.as_ref().and_then(|record| state.tables.get(table)?.version(record));
            end(Outcome::Applied { id: written.id, version, record: written.record.map(Json::Object) }, done)
        }
        Err(failure) => end(Outcome::Rejected(failure), false),
    }
}
