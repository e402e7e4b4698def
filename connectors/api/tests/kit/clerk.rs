//! A small connector for the shop that does everything right, but for one flaw that a test chooses.

use crate::shop::BATCH;
use selaras_connector_api::{
    Batch, Code, Connector, Deactivate, Failure, GetDone, GetRequest, Host, HttpRequest, HttpResponse, Manifest,
    OpSpec, OpenRequest, Opened, Operation, Outcome, RawRecord, ReadDone, ReadRequest, ReadRule, Recogniser, Resource,
    Rights, RightsRequest, Space, SpacesRequest, Strength, Transport, VersionToken, WriteDone, WriteItem, WriteOp,
    WriteRequest,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// What the clerk does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    LostIsDone,
    LostIsRefused,
    SendsAgain,
    GoodStatusIsDone,
    ServerErrorIsNo,
    NotSentIsUnclear,
    AnyNotFoundIsGone,
    TroubleIsGone,
    Echoes,
    Floats,
    KeepsDoubles,
    IgnoresTotal,
    BrokenPageIsTheEnd,
    IgnoresVersion,
    OutcomesReversed,
    OutcomeMissing,
    PanicsAtNonsense,
    WritesWhileReading,
    NeverStops,
    StopsWithoutSayingSo,
    NeverReopens,
    ReopensForEver,
    StaysAtTheOldHost,
    KeepsAsking,
    LimitIsNonsense,
    CursorFromTheEnd,
    CursorOfATornList,
    TakesAnyRecord,
    FailsWhole,
    AsksForAll,
    ManifestChanges,
    EndpointIsAddress,
    SulksAfterFailure,
    ForgetsOneId,
    DeactivatesOtherwise,
    GuessesAtBatches,
}

impl Flaw {
    /// Each with a check that must see it.
    pub const ALL: [(Flaw, &'static str); 37] = [
        (Flaw::LostIsDone, "lost-answer"),
        (Flaw::LostIsRefused, "lost-answer"),
        (Flaw::SendsAgain, "lost-answer"),
        (Flaw::FailsWhole, "lost-answer"),
        (Flaw::GoodStatusIsDone, "senseless-answer"),
        (Flaw::ServerErrorIsNo, "senseless-answer"),
        (Flaw::GuessesAtBatches, "senseless-answer"),
        (Flaw::NotSentIsUnclear, "not-sent"),
        (Flaw::AnyNotFoundIsGone, "never-gone"),
        (Flaw::TroubleIsGone, "never-gone"),
        (Flaw::ForgetsOneId, "missing"),
        (Flaw::Echoes, "normalised"),
        (Flaw::Echoes, "dropped"),
        (Flaw::Floats, "exact-values"),
        (Flaw::KeepsDoubles, "repeated-page"),
        (Flaw::IgnoresTotal, "cut-listing"),
        (Flaw::IgnoresTotal, "shifting-pages"),
        (Flaw::BrokenPageIsTheEnd, "broken-page"),
        (Flaw::PanicsAtNonsense, "broken-page"),
        (Flaw::SulksAfterFailure, "broken-page"),
        (Flaw::IgnoresVersion, "compare-and-set"),
        (Flaw::OutcomesReversed, "batch"),
        (Flaw::OutcomeMissing, "batch"),
        (Flaw::WritesWhileReading, "complete-listing"),
        (Flaw::NeverStops, "cancelled-read"),
        (Flaw::NeverStops, "cancelled-write"),
        (Flaw::StopsWithoutSayingSo, "cancelled-read"),
        (Flaw::NeverReopens, "session-ended"),
        (Flaw::ReopensForEver, "session-ended"),
        (Flaw::StaysAtTheOldHost, "host-moved"),
        (Flaw::KeepsAsking, "too-many-reads"),
        (Flaw::LimitIsNonsense, "too-many-writes"),
        (Flaw::CursorFromTheEnd, "changes"),
        (Flaw::TakesAnyRecord, "right-record"),
        (Flaw::AsksForAll, "fields"),
        (Flaw::ManifestChanges, "describe"),
        (Flaw::DeactivatesOtherwise, "deactivate"),
    ];

    /// Those that are seen by a check of the connector as a whole or by another of the same kind.
    pub const MORE: [(Flaw, &'static str); 2] =
        [(Flaw::EndpointIsAddress, "open"), (Flaw::CursorOfATornList, "cut-listing")];
}

/// The clerk.
pub struct Clerk {
    flaw: Flaw,
    base: Option<String>,
    session: String,
    described: Cell<u32>,
    sulking: bool,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Box<RawValue>>,
    total: u64,
    clock: u64,
}

#[derive(Deserialize)]
struct Head {
    id: String,
    version: Option<u64>,
}

#[derive(Deserialize)]
struct One {
    data: Box<RawValue>,
}

#[derive(Deserialize)]
struct Results {
    items: Vec<Done>,
}

#[derive(Deserialize)]
struct Done {
    status: u16,
    data: Option<Box<RawValue>>,
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Said {
    code: String,
}

#[derive(Deserialize)]
struct Error {
    error: Said,
}

impl Clerk {
    pub fn new(flaw: Flaw) -> Self {
        Self { flaw, base: None, session: String::new(), described: Cell::new(0), sulking: false }
    }

    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn sign_in(&mut self, host: &dyn Host) -> Result<(), Failure> {
        let base = self.base.clone().ok_or_else(closed)?;
        for base in [Some(base), None] {
            let Some(base) = base.or_else(|| self.base.clone()) else { return Err(closed()) };
            let request = HttpRequest { method: "POST".into(), ..HttpRequest::get(format!("{base}/session")) };
            let answer = host.call(request).map_err(Transport::into_failure)?;
            if answer.status == 308 {
                self.follow(&answer)?;
                continue;
            }
            let body: Option<Json> = serde_json::from_slice(&answer.body).ok();
            let Some(session) = body.and_then(|body| body["session"].as_u64()) else { return Err(refusal(&answer)) };
            self.session = session.to_string();
            return Ok(());
        }
        Err(Failure::new(Code::Protocol, "the shop moves in circles"))
    }

    fn follow(&mut self, answer: &HttpResponse) -> Result<(), Failure> {
        let place = answer.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.clone());
        self.base = Some(place.ok_or_else(|| Failure::new(Code::Protocol, "moved to nowhere"))?);
        Ok(())
    }

    /// Sends a request, following the shop and opening a session anew once each.
    fn send(&mut self, host: &dyn Host, method: &str, path: &str, body: &[u8]) -> Result<HttpResponse, Transport> {
        let (mut moved, mut reopened, mut limited, mut lost) = (false, 0, 0, false);
        loop {
            let base = self.base.clone().ok_or_else(|| Transport::NotSent(closed()))?;
            let request = HttpRequest {
                method: method.into(),
                body: body.to_vec(),
                repeatable: method == "GET",
                ..HttpRequest::get(format!("{base}{path}")).header("x-session", self.session.clone())
            };
            let answer = match host.call(request) {
                Err(Transport::AnswerLost(_)) if self.is(Flaw::SendsAgain) && !lost => {
                    lost = true;
                    continue;
                }
                answer => answer?,
            };
            match answer.status {
                308 if !moved && !self.is(Flaw::StaysAtTheOldHost) => {
                    moved = true;
                    self.follow(&answer).map_err(Transport::NotSent)?;
                }
                401 if code_of(&answer).as_deref() == Some("session") && !self.is(Flaw::NeverReopens) => {
                    reopened += 1;
                    if reopened > 1 && !(self.is(Flaw::ReopensForEver) && reopened < 200) {
                        return Err(Transport::NotSent(Failure::new(Code::NotConnected, "no session lasts")));
                    }
                    self.sign_in(host).map_err(Transport::NotSent)?;
                }
                429 if self.is(Flaw::KeepsAsking) && limited < 50 => limited += 1,
                _ => return Ok(answer),
            }
        }
    }

    fn list(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        if self.is(Flaw::WritesWhileReading) {
            let _ = self.send(host, "POST", "/things/batch", b"{\"items\":[]}");
        }
        let fields =
            if self.is(Flaw::AsksForAll) { String::new() } else { format!("&fields={}", request.fields.join(",")) };
        let since = request.since.as_ref().map(|since| format!("&since={since}")).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let (mut number, mut totals, mut clock) = (1, BTreeSet::new(), None);
        let mut why = None;
        loop {
            if host.cancelled() && !self.is(Flaw::NeverStops) {
                if self.is(Flaw::StopsWithoutSayingSo) {
                    break;
                }
                return Err(Failure::new(Code::Cancelled, "the run is to end"));
            }
            let page = match self.page(host, &format!("/things?page={number}{fields}{since}")) {
                Err(_) if self.is(Flaw::BrokenPageIsTheEnd) => break,
                page => page?,
            };
            totals.insert(page.total);
            // What changes while we read must come again the next time.
            clock = if self.is(Flaw::CursorFromTheEnd) { Some(page.clock) } else { clock.or(Some(page.clock)) };
            let rows = page.data.len();
            let mut records = Vec::new();
            for row in &page.data {
                let record = self.record(row)?;
                if seen.insert(record.id.clone()) || self.is(Flaw::KeepsDoubles) {
                    records.push(record);
                }
            }
            if !records.is_empty() {
                host.emit(Batch { records });
            }
            let all = seen.len() as u64 >= page.total;
            if rows == 0 || (all && !self.is(Flaw::NeverStops)) {
                break;
            }
            number += 1;
            if number > 1000 {
                why = Some(Failure::new(Code::Protocol, "it does not end"));
                break;
            }
        }
        let total = totals.last().copied().unwrap_or_default();
        if totals.len() > 1 || seen.len() as u64 != total {
            why = Some(Failure::new(Code::Protocol, format!("{} of {total} came", seen.len())));
        }
        if self.is(Flaw::IgnoresTotal) || self.is(Flaw::BrokenPageIsTheEnd) || self.is(Flaw::StopsWithoutSayingSo) {
            why = None;
        }
        let cursor = clock.filter(|_| why.is_none() || self.is(Flaw::CursorOfATornList)).map(|clock| clock.to_string());
        Ok(ReadDone { complete: why.is_none(), why_incomplete: why, cursor })
    }

    fn page(&mut self, host: &dyn Host, path: &str) -> Result<Page, Failure> {
        let answer = self.send(host, "GET", path, b"").map_err(Transport::into_failure)?;
        if answer.status != 200 {
            return Err(refusal(&answer));
        }
        let page = serde_json::from_slice(&answer.body);
        if self.is(Flaw::PanicsAtNonsense) {
            return Ok(page.expect("the shop answers JSON"));
        }
        page.map_err(|error| Failure::new(Code::Protocol, error.to_string()))
    }

    fn record(&self, row: &RawValue) -> Result<RawRecord, Failure> {
        let head: Head = serde_json::from_str(row.get())
            .map_err(|error| Failure::new(Code::Protocol, format!("a record without a head: {error}")))?;
        let raw = match serde_json::from_str::<Json>(row.get()) {
            Ok(json) if self.is(Flaw::Floats) => json.to_string(),
            _ => row.get().to_owned(),
        };
        Ok(RawRecord { id: head.id, version: head.version.map(|version| version.to_string()), raw: raw.into_bytes() })
    }

    fn one(&mut self, host: &dyn Host, id: &str) -> Result<Option<RawRecord>, Failure> {
        let answer = self.send(host, "GET", &format!("/things/{id}"), b"").map_err(Transport::into_failure);
        let found = match answer {
            Ok(answer) if answer.status == 200 => serde_json::from_slice::<One>(&answer.body)
                .map_err(|error| Failure::new(Code::Protocol, error.to_string()))
                .and_then(|one| self.record(&one.data)),
            Ok(answer) if answer.status == 404 && self.is(Flaw::AnyNotFoundIsGone) => return Ok(None),
            Ok(answer) if code_of(&answer).as_deref() == Some("not_found") => return Ok(None),
            Ok(answer) => Err(refusal(&answer)),
            Err(failure) => Err(failure),
        };
        match found {
            Err(_) if self.is(Flaw::TroubleIsGone) => Ok(None),
            Ok(record) if record.id != id && self.is(Flaw::TakesAnyRecord) => {
                Ok(Some(RawRecord { id: id.to_owned(), ..record }))
            }
            Ok(record) if record.id != id => Err(Failure::new(Code::Protocol, "another record came")),
            other => other.map(Some),
        }
    }

    fn batch(&mut self, host: &dyn Host, items: &[WriteItem]) -> Result<Vec<Outcome>, Failure> {
        let body = json!({"items": items.iter().map(|item| self.entry(item)).collect::<Vec<_>>()}).to_string();
        let all = |outcome: Outcome| Ok(vec![outcome; items.len()]);
        let answer = match self.send(host, "POST", "/things/batch", body.as_bytes()) {
            Ok(answer) => answer,
            Err(Transport::AnswerLost(failure)) => {
                return match self.flaw {
                    Flaw::LostIsDone => all(Outcome::Applied { id: "1".into(), version: None, record: None }),
                    Flaw::LostIsRefused => all(Outcome::Rejected(failure)),
                    Flaw::FailsWhole => Err(failure),
                    _ => all(Outcome::Unclear(failure)),
                };
            }
            Err(transport) if self.is(Flaw::NotSentIsUnclear) => {
                return all(Outcome::Unclear(transport.into_failure()));
            }
            Err(transport) => return all(Outcome::Rejected(transport.into_failure())),
        };
        let results = serde_json::from_slice::<Results>(&answer.body).ok();
        match results.filter(|_| answer.status == 200) {
            Some(results) if results.items.len() == items.len() => {
                Ok(items.iter().zip(results.items).map(|(item, done)| self.outcome(item, done)).collect())
            }
            _ if answer.status == 200 && self.is(Flaw::GoodStatusIsDone) => {
                let id = |item: &WriteItem| item.id.clone().unwrap_or_default();
                Ok(items.iter().map(|item| Outcome::Applied { id: id(item), version: None, record: None }).collect())
            }
            Some(_) if self.is(Flaw::GuessesAtBatches) => all(Outcome::Rejected(refusal(&answer))),
            None if answer.status >= 500 && self.is(Flaw::ServerErrorIsNo) => all(Outcome::Rejected(refusal(&answer))),
            None if (400..500).contains(&answer.status) => {
                let mut failure = refusal(&answer);
                if self.is(Flaw::LimitIsNonsense) {
                    failure.code = Code::Protocol;
                }
                all(Outcome::Rejected(failure))
            }
            _ => all(Outcome::Unclear(refusal(&answer))),
        }
    }

    fn entry(&self, item: &WriteItem) -> Json {
        let mut data = item.fields.clone();
        if item.op == WriteOp::Deactivate {
            let status = if self.is(Flaw::DeactivatesOtherwise) { "closed" } else { "inactive" };
            data.insert("status".into(), status.into());
        }
        let op = match item.op {
            WriteOp::Create => "create",
            WriteOp::Delete => "delete",
            WriteOp::Update | WriteOp::Deactivate => "update",
        };
        let version = item.version.as_ref().and_then(|version| version.parse::<u64>().ok());
        let version = version.filter(|_| !self.is(Flaw::IgnoresVersion));
        json!({"op": op, "id": item.id, "version": version, "data": data})
    }

    fn outcome(&self, item: &WriteItem, done: Done) -> Outcome {
        let code = done.error.map(|said| said.code).unwrap_or_default();
        let head = done.data.as_ref().and_then(|data| serde_json::from_str::<Head>(data.get()).ok());
        match (done.status, head) {
            (200, Some(head)) => {
                let mut record = done.data.as_ref().map(|data| exact(data));
                if self.is(Flaw::Echoes)
                    && let Some(Json::Object(record)) = &mut record
                {
                    record.extend(item.fields.clone());
                }
                Outcome::Applied { id: head.id, version: head.version.map(|version| version.to_string()), record }
            }
            (204, _) => Outcome::Applied { id: item.id.clone().unwrap_or_default(), version: None, record: None },
            (400..500, _) => Outcome::Rejected(Failure::new(meaning(&code), format!("refused: {code}"))),
            _ => Outcome::Unclear(Failure::new(Code::Protocol, "an answer without sense")),
        }
    }
}

/// The record, its amount as text: a number may hold more digits than a binary float.
fn exact(data: &RawValue) -> Json {
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(data.get()).unwrap_or_default();
    let value = |name: &str, raw: &RawValue| match name {
        "amount" => Json::from(raw.get()),
        _ => serde_json::from_str(raw.get()).unwrap_or_default(),
    };
    Json::Object(members.iter().map(|(name, raw)| (name.clone(), value(name, raw))).collect())
}

fn closed() -> Failure {
    Failure::new(Code::NotConnected, "the shop is closed")
}

fn code_of(answer: &HttpResponse) -> Option<String> {
    serde_json::from_slice::<Error>(&answer.body).ok().map(|error| error.error.code)
}

fn meaning(code: &str) -> Code {
    match code {
        "conflict" => Code::Conflict,
        "not_found" => Code::NotFound,
        "version_mismatch" => Code::VersionMismatch,
        _ => Code::Invalid,
    }
}

fn refusal(answer: &HttpResponse) -> Failure {
    let code = match answer.status {
        401 => Code::Unauthorised,
        403 => Code::Forbidden,
        429 => Code::RateLimited,
        500.. => Code::Unavailable,
        _ => Code::Protocol,
    };
    Failure::new(code, format!("the shop answered {}", answer.status))
}

impl Connector for Clerk {
    fn describe(&self) -> Result<Manifest, Failure> {
        self.described.set(self.described.get() + 1);
        let costs = |per_call| OpSpec { per_call, right: None };
        let batch = BATCH as u32;
        let version = if self.is(Flaw::ManifestChanges) { self.described.get().to_string() } else { "1".to_owned() };
        Ok(Manifest {
            name: "shop".into(),
            version,
            title: "Shop".into(),
            settings: Vec::new(),
            auth: Vec::new(),
            reads: vec![ReadRule { method: "POST".into(), path_suffix: "/session".into() }],
            budget: None,
            phrases: BTreeMap::new(),
            resources: vec![Resource {
                name: "thing".into(),
                title: "Thing".into(),
                right_title: None,
                version: Some(VersionToken { path: "version".into(), strength: Strength::Strong }),
                complete_listing: true,
                change_filter: true,
                compare_and_set: true,
                detail_only: Vec::new(),
                operations: BTreeMap::from([
                    (Operation::Read, costs(5)),
                    (Operation::Get, costs(1)),
                    (Operation::Create, costs(batch)),
                    (Operation::Update, costs(batch)),
                    (Operation::Delete, costs(batch)),
                    (Operation::Deactivate, costs(batch)),
                ]),
                recogniser: Recogniser::OwnNumber { path: "code".into() },
                settle_ms: 0,
                deactivate: Some(Deactivate { path: "status".into(), value: "inactive".into() }),
                children: BTreeMap::new(),
                fields: BTreeMap::new(),
            }],
        })
    }

    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        let base = request.settings.get("base_url").cloned();
        self.base = Some(base.ok_or_else(|| Failure::new(Code::Settings, "no base_url"))?);
        if let Err(failure) = self.sign_in(host) {
            self.base = None;
            return Err(failure);
        }
        let endpoint = if self.is(Flaw::EndpointIsAddress) { "http://one/".to_owned() } else { "shop/1".to_owned() };
        Ok(Opened { endpoint, title: "Shop".into(), facts: json!({}) })
    }

    fn spaces(&mut self, _host: &dyn Host, _request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        Ok(Vec::new())
    }

    fn rights(&mut self, _host: &dyn Host, _request: &RightsRequest) -> Result<Rights, Failure> {
        Ok(Rights::default())
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        if request.resource != "thing" {
            return Err(Failure::new(Code::Unsupported, "the shop has things and nothing else"));
        }
        if self.sulking {
            return Err(Failure::new(Code::Unavailable, "not after what happened"));
        }
        let done = self.list(host, request);
        self.sulking = done.is_err() && self.is(Flaw::SulksAfterFailure);
        done
    }

    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        let mut done = GetDone::default();
        let skip = usize::from(self.is(Flaw::ForgetsOneId) && request.ids.len() > 1);
        for id in request.ids.iter().skip(skip) {
            match self.one(host, id) {
                Ok(Some(record)) => host.emit(Batch { records: vec![record] }),
                Ok(None) => done.gone.push(id.clone()),
                Err(failure) => done.failed.push((id.clone(), failure)),
            }
        }
        Ok(done)
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        let mut outcomes = Vec::new();
        for chunk in request.items.chunks(BATCH) {
            if host.cancelled() && !self.is(Flaw::NeverStops) {
                let unsent = Failure::new(Code::Cancelled, "the run is to end");
                outcomes.extend(chunk.iter().map(|_| Outcome::Rejected(unsent.clone())));
                continue;
            }
            outcomes.extend(self.batch(host, chunk)?);
        }
        match self.flaw {
            Flaw::OutcomesReversed => outcomes.reverse(),
            Flaw::OutcomeMissing if outcomes.len() > 3 => drop(outcomes.pop()),
            _ => {}
        }
        Ok(WriteDone { outcomes })
    }

    fn close(&mut self, _host: &dyn Host) {
        self.base = None;
    }
}
