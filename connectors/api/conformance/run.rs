//! What checks share: a sample in its next form, the system behind the connector's back, disturbances, and what must hold of every listing.

use super::bench::{Bench, Disturbance, Fields, Sample};
use super::exact;
use super::lie::{self, Lie, Order};
use super::session::{Listing, Session};
use super::trouble::{Checked, Trouble, bench, ensure, failed, skipped};
use super::wire::Wire;
use crate::{
    ChildOp, ChildRow, Children, GetRequest, Manifest, Operation, Outcome, RawRecord, ReadRequest, Resource, WriteItem,
    WriteOp,
};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// What is sent where the system keeps capitals, and what it keeps then.
pub(super) const SENT: &str = "KitSendsThis";
/// See [`SENT`].
pub(super) const CAPITALS: &str = "KITSENDSTHIS";
/// What is there where the system keeps what it had.
pub(super) const OLD: &str = "KitKeepsThis";

/// One check of one resource.
pub(super) struct Run<'b> {
    pub(super) bench: &'b mut dyn Bench,
    pub(super) sample: &'b Sample,
    pub(super) manifest: &'b Manifest,
    pub(super) resource: &'b Resource,
    pub(super) wire: Wire,
    /// The number of the latest record.
    pub(super) numbers: &'b mut u64,
    /// The records that the kit made, in this check and before.
    pub(super) made: &'b mut BTreeSet<String>,
    /// Whether the disturbance under way is the bench's.
    pub(super) by_bench: bool,
}

impl Run<'_> {
    /// A fresh connector in use, not opened.
    pub(super) fn connect(&mut self) -> Result<Session, Trouble> {
        self.wire = Wire::new(self.manifest);
        let connector = self.bench.connector().map_err(bench)?;
        let in_use = self.bench.put_to_use(self.wire.around(connector)).map_err(bench)?;
        Ok(Session::new(in_use, self.wire.clone()))
    }

    /// A fresh connector in use, opened.
    pub(super) fn session(&mut self) -> Result<Session, Trouble> {
        let mut session = self.connect()?;
        session.open()?;
        Ok(session)
    }

    /// Skips the check where an operation is not claimed.
    pub(super) fn claims(&self, operations: &[Operation]) -> Checked {
        match operations.iter().find(|operation| !self.resource.operations.contains_key(operation)) {
            Some(operation) => Err(skipped(format!("{operation:?} is not claimed"))),
            None => Ok(()),
        }
    }

    /// The members of a record that was never there.
    pub(super) fn fields(&mut self) -> Fields {
        *self.numbers += 1;
        (self.sample.make)(*self.numbers)
    }

    /// A record, made behind the connector's back.
    pub(super) fn seed(&mut self) -> Result<String, Trouble> {
        let fields = self.fields();
        let id = self.bench.seed(&self.resource.name, &fields).map_err(bench)?;
        self.made.insert(id.clone());
        Ok(id)
    }

    /// A record with this text.
    pub(super) fn seed_with_text(&mut self, text: &str) -> Result<String, Trouble> {
        let mut fields = self.fields();
        set(&mut fields, &self.sample.text.write, text.into());
        let id = self.bench.seed(&self.resource.name, &fields).map_err(bench)?;
        self.made.insert(id.clone());
        Ok(id)
    }

    /// Fills the resource up to more than two pages.
    pub(super) fn fill(&mut self) -> Checked {
        let wanted = self.sample.page * 2 + 3;
        let there = self.bench.ids(&self.resource.name).map_err(bench)?.len();
        let records: Vec<Fields> = (there..wanted).map(|_| self.fields()).collect();
        if !records.is_empty() {
            self.made.extend(self.bench.seed_many(&self.resource.name, &records).map_err(bench)?);
        }
        Ok(())
    }

    /// Changes the text of a record behind the connector's back.
    pub(super) fn change(&mut self, id: &str, text: &str) -> Checked {
        let fields = self.text(text);
        self.bench.change(&self.resource.name, id, &fields).map_err(bench)
    }

    /// The member of free text, and nothing else.
    pub(super) fn text(&self, text: &str) -> Fields {
        let mut fields = Fields::new();
        set(&mut fields, &self.sample.text.write, text.into());
        fields
    }

    /// All ids there are.
    pub(super) fn ids(&mut self) -> Result<BTreeSet<String>, Trouble> {
        self.bench.ids(&self.resource.name).map_err(bench)
    }

    /// A record as the system holds it.
    pub(super) fn stored(&mut self, id: &str) -> Result<Option<Vec<u8>>, Trouble> {
        Ok(self.bench.stored(&self.resource.name, id).map_err(bench)?.map(String::into_bytes))
    }

    /// The free text of a record as the system holds it.
    pub(super) fn stored_text(&mut self, id: &str) -> Result<Option<String>, Trouble> {
        let path = self.sample.text.read.clone();
        Ok(self.stored(id)?.and_then(|record| exact::text(&record, &path)))
    }

    /// The request for the whole list.
    pub(super) fn all(&self) -> ReadRequest {
        ReadRequest { resource: self.resource.name.clone(), fields: self.sample.fields.clone(), since: None }
    }

    /// The request for what changed since.
    pub(super) fn since(&self, cursor: &str) -> ReadRequest {
        ReadRequest { since: Some(cursor.to_owned()), ..self.all() }
    }

    /// The request for single records.
    pub(super) fn single(&self, ids: &[&str]) -> GetRequest {
        let ids = ids.iter().map(|&id| id.to_owned()).collect();
        GetRequest { resource: self.resource.name.clone(), ids, fields: self.sample.fields.clone() }
    }

    /// A record, read alone.
    pub(super) fn read_one(&self, session: &mut Session, id: &str) -> Result<RawRecord, Trouble> {
        let got = session.get(&self.single(&[id]))?;
        let seen = || format!("{id}: {:?}", got.done);
        got.records.first().cloned().ok_or_else(|| failed("a record that is there can be read", seen()))
    }

    /// Makes a record through the connector, which is to be done.
    pub(super) fn create(&mut self, session: &mut Session) -> Result<String, Trouble> {
        let fields = self.fields();
        let outcomes = self.write(session, vec![create(fields)])?;
        let (id, _, _) = applied(outcomes.first(), "a create of a good record is done")?;
        Ok(id)
    }

    /// Writes through the connector.
    pub(super) fn write(&mut self, session: &mut Session, items: Vec<WriteItem>) -> Result<Vec<Outcome>, Trouble> {
        let items = items.into_iter().map(|item| self.with_children(item)).collect();
        let outcomes = session.write(&self.resource.name, items)?;
        let made = outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Applied { id, .. } => Some(id.clone()),
            _ => None,
        });
        self.made.extend(made);
        Ok(outcomes)
    }

    /// Children travel beside the members, not among them.
    fn with_children(&self, mut item: WriteItem) -> WriteItem {
        let Some(sample) = &self.sample.children else { return item };
        let Some(Json::Array(list)) = item.fields.remove(&sample.path) else { return item };
        if item.children.is_empty() {
            let rows = list.into_iter().filter_map(|row| match row {
                Json::Object(fields) => Some(ChildRow { op: ChildOp::Add, id: None, fields }),
                _ => None,
            });
            item.children = vec![Children { path: sample.path.clone(), rows: rows.collect() }];
        }
        item
    }

    /// An update of the text, with the version where the resource compares.
    pub(super) fn update(&self, session: &mut Session, id: &str, text: &str) -> Result<WriteItem, Trouble> {
        self.item(session, WriteOp::Update, id, self.text(text))
    }

    /// An item for a record that is there, with its version where the resource compares.
    pub(super) fn item(
        &self,
        session: &mut Session,
        op: WriteOp,
        id: &str,
        fields: Fields,
    ) -> Result<WriteItem, Trouble> {
        let version = match self.resource.compare_and_set {
            true => self.read_one(session, id)?.version,
            false => None,
        };
        Ok(WriteItem { op, id: Some(id.to_owned()), version, fields, children: Vec::new() })
    }

    /// Brings a disturbance about: the bench in the system, or else the kit on the wire. Skips the check where neither can.
    pub(super) fn disturb(&mut self, disturbance: &Disturbance) -> Checked {
        self.by_bench = self.bench.disturb(disturbance);
        if self.by_bench {
            return Ok(());
        }
        let half = self.sample.page.div_ceil(2);
        let order = match disturbance {
            Disturbance::AnswersLost => Order::writes(Lie::Lost),
            Disturbance::NotSent => Order::all(Lie::NotSent),
            Disturbance::PageRepeated => Order::all(Lie::Again).after(1).times(1),
            Disturbance::ListingCut => Order::all(Lie::Thinned(half)).after(1),
            Disturbance::PageFails => Order::all(Lie::Instead(lie::answer(500, "text/plain", ""))).after(1),
            Disturbance::KeepsCapitals => Order::writes(Lie::Altered(vec![(SENT.to_owned(), CAPITALS.to_owned())])),
            Disturbance::KeepsOld => Order::writes(Lie::Altered(vec![(SENT.to_owned(), OLD.to_owned())])),
            Disturbance::TooManyCalls => Order::all(Lie::Unheard(lie::too_many())),
            Disturbance::SessionEnded | Disturbance::HostMoved => {
                return Err(skipped(format!("the bench does not bring {disturbance:?} about")));
            }
        };
        self.wire.lie(order);
        Ok(())
    }

    /// Ends a disturbance, and skips the check where it never struck.
    pub(super) fn calm(&mut self, disturbance: &Disturbance) -> Checked {
        let struck = if self.by_bench { self.bench.struck() } else { self.wire.struck() > 0 };
        if self.by_bench {
            self.bench.calm();
        }
        self.wire.calm();
        self.by_bench = false;
        if struck { Ok(()) } else { Err(skipped(format!("{disturbance:?} could not be brought about"))) }
    }

    /// Whether a listing that says it is all holds all, each record once. `what` names the disturbance.
    pub(super) fn honest(&mut self, listing: &Listing, what: &str) -> Checked {
        let truth = self.ids()?;
        if let Some(id) = listing.double() {
            return Err(failed("each record is handed over once", format!("{what}: {id} came twice")));
        }
        if !listing.claims_all() {
            return Ok(());
        }
        let came = listing.ids();
        let missing: Vec<&str> = truth.difference(&came).map(String::as_str).collect();
        ensure(missing.is_empty(), "a listing that says it is complete holds every record", || {
            format!("{what}: complete, {} of {} records missing ({} …)", missing.len(), truth.len(), missing[0])
        })
    }

    /// After a disturbance the same connector goes on as if nothing had been.
    pub(super) fn usable(&mut self, session: &mut Session, what: &str) -> Checked {
        if !self.resource.operations.contains_key(&Operation::Read) {
            return Ok(());
        }
        let listing = session.list(&self.all())?;
        let seen = || format!("after {what}: {:?}", listing.done);
        ensure(listing.done.is_ok(), "an operation that failed leaves the connector usable", seen)?;
        self.honest(&listing, what)
    }
}

/// A create.
pub(super) fn create(fields: Fields) -> WriteItem {
    WriteItem { op: WriteOp::Create, id: None, version: None, fields, children: Vec::new() }
}

/// Sets a member under a dotted path.
pub(super) fn set(fields: &mut Fields, path: &str, value: Json) {
    match path.split_once('.') {
        None => {
            fields.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            let inner = fields.entry(head).or_insert_with(|| Json::Object(Fields::new()));
            if let Json::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

/// The member under a dotted path.
pub(super) fn get<'f>(fields: &'f Fields, path: &str) -> Option<&'f Json> {
    match path.split_once('.') {
        None => fields.get(path),
        Some((head, rest)) => get(fields.get(head)?.as_object()?, rest),
    }
}

/// What an outcome that is to be done holds.
pub(super) fn applied(
    outcome: Option<&Outcome>,
    expected: &str,
) -> Result<(String, Option<String>, Option<Json>), Trouble> {
    match outcome {
        Some(Outcome::Applied { id, version, record }) => Ok((id.clone(), version.clone(), record.clone())),
        other => Err(failed(expected, shown(other))),
    }
}

/// An outcome, shortly.
pub(super) fn shown(outcome: Option<&Outcome>) -> String {
    match outcome {
        Some(Outcome::Applied { id, .. }) => format!("applied ({id})"),
        Some(Outcome::Rejected(failure)) => format!("rejected, {:?}: {failure}", failure.code),
        Some(Outcome::Unclear(failure)) => format!("unclear, {:?}: {failure}", failure.code),
        None => "no outcome".to_owned(),
    }
}
