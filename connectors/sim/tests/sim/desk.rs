//! A host without a network, and short ways of asking.

use selaras_connector_api::{
    Batch, Code, Connector, Failure, GetDone, GetRequest, Host, HttpRequest, HttpResponse, LogLevel, Outcome,
    RawRecord, ReadDone, ReadRequest, Ticket, Transport, WriteItem, WriteOp, WriteRequest,
};
use selaras_connector_sim::{Record, Sim, SimWorld};
use serde_json::Value as Json;
use std::cell::RefCell;

/// A host that refuses every request, as while observing.
#[derive(Default)]
pub struct Desk {
    pub emitted: RefCell<Vec<RawRecord>>,
    pub pages: RefCell<Vec<usize>>,
    pub asked: RefCell<Vec<HttpRequest>>,
}

impl Host for Desk {
    fn start(&self, request: HttpRequest) -> Ticket {
        self.asked.borrow_mut().push(request);
        Ticket(0)
    }

    fn wait(&self, _ticket: Ticket) -> Result<HttpResponse, Transport> {
        Err(Transport::Refused(Failure::new(Code::WriteRefused, "only looking")))
    }

    fn emit(&self, batch: Batch) {
        self.pages.borrow_mut().push(batch.records.len());
        self.emitted.borrow_mut().extend(batch.records);
    }

    fn log(&self, _level: LogLevel, _text: &str) {}

    fn cancelled(&self) -> bool {
        false
    }
}

pub fn list(world: &SimWorld, side: &str, table: &str, since: Option<&str>) -> (Vec<String>, ReadDone) {
    let desk = Desk::default();
    let request = ReadRequest { resource: table.into(), fields: Vec::new(), since: since.map(str::to_owned) };
    let done = Sim::new(world.clone(), side).read(&desk, &request).unwrap();
    let ids = desk.emitted.borrow().iter().map(|record| record.id.clone()).collect();
    (ids, done)
}

pub fn get(world: &SimWorld, side: &str, table: &str, ids: &[&str]) -> (Vec<Json>, GetDone) {
    let desk = Desk::default();
    let ids = ids.iter().map(|&id| id.to_owned()).collect();
    let request = GetRequest { resource: table.into(), ids, fields: Vec::new() };
    let done = Sim::new(world.clone(), side).get(&desk, &request).unwrap();
    let records = desk.emitted.borrow().iter().map(|record| serde_json::from_slice(&record.raw).unwrap()).collect();
    (records, done)
}

pub fn members(value: Json) -> Record {
    value.as_object().unwrap().clone()
}

pub fn item(op: WriteOp, id: Option<&str>, fields: Json) -> WriteItem {
    WriteItem { op, id: id.map(str::to_owned), version: None, fields: members(fields), children: Vec::new() }
}

pub fn write(world: &SimWorld, side: &str, table: &str, items: Vec<WriteItem>) -> Vec<Outcome> {
    let request = WriteRequest { resource: table.into(), items };
    Sim::new(world.clone(), side).write(&Desk::default(), &request).unwrap().outcomes
}

pub fn write_one(world: &SimWorld, side: &str, table: &str, item: WriteItem) -> Outcome {
    write(world, side, table, vec![item]).remove(0)
}

/// `applied ID vN`, `rejected Code field`, `unclear Code`.
pub fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Applied { id, version, .. } => {
            format!("applied {id}{}", version.as_deref().map_or(String::new(), |version| format!(" v{version}")))
        }
        Outcome::Rejected(failure) => {
            let field = failure.field.as_deref().map_or(String::new(), |field| format!(" {field}"));
            format!("rejected {:?}{field}", failure.code)
        }
        Outcome::Unclear(failure) => format!("unclear {:?}", failure.code),
    }
}
