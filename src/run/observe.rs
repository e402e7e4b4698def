//! Observing one side: pages as they come, each record measured against what is known of it, unchanged ones counted and dropped at once.
//!
//! Memory follows the number of changes, not of records. A record is unchanged when the bytes that the system sent are those of last time;
//! only else is it parsed, mapped and compared. Details are asked for only where lists leave something out and the record needs a look.

use crate::bits::Links;
use crate::error::RunError;
use crate::outcome::Progress;
use selaras_connector_api::{Batch, Failure, GetRequest, Operation, RawRecord, ReadRequest, Resource, Strength};
use selaras_host::System;
use selaras_mapping::program::{Entity, Field, ListPlace, Mapping};
use selaras_mapping::record;
use selaras_model::planted::{Bug, planted};
use selaras_model::{
    Coverage, EntityName, FieldName, Hash128, Image, LinkId, Message, NativeId, Observed, Side, Standing, Value,
};
use selaras_store::{Head, Reader};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// What was seen of one entity on one side.
#[derive(Debug)]
pub(crate) struct SideView {
    pub coverage: Coverage,
    /// Links whose record was seen.
    pub seen: Links,
    /// Linked records that differ from their image, or stand otherwise than before.
    pub changed: BTreeMap<LinkId, Observed>,
    /// Records without a link. Those in `brief` have no image yet.
    pub unlinked: BTreeMap<NativeId, Observed>,
    /// Unlinked records that take part and whose details were not needed so far.
    pub brief: BTreeSet<NativeId>,
    /// Linked records that turned out unchanged although their bytes differ: to be remembered as seen.
    pub refresh: Vec<(LinkId, Hash128, Option<String>)>,
    /// What was read of changed and of unlinked records, byte for byte.
    pub hashes: BTreeMap<NativeId, Hash128>,
    /// Records seen, each once.
    pub count: u64,
}

/// One side while it is observed.
pub(crate) struct Watch<'a> {
    pub mapping: &'a Mapping,
    pub entity: &'a Entity,
    pub side: Side,
    pub facts: &'a Json,
    pub reader: &'a Reader,
    pub resource: Resource,
    pub view: SideView,
    /// Linked records that need a look at their details.
    wanted: BTreeMap<NativeId, (Head, Hash128)>,
    /// Unlinked records that need their details.
    wanted_new: BTreeSet<NativeId>,
    error: Option<RunError>,
}

/// Records that were asked for by id and did not come.
#[derive(Debug, Default)]
pub(crate) struct Missing {
    /// Those of which the system said that they do not exist.
    pub gone: Vec<String>,
    /// Those that could not be read, and why.
    pub failed: Vec<(String, Message)>,
}

/// Observes one entity on one side.
pub(crate) fn observe(
    mapping: &Mapping,
    entity: &Entity,
    side: Side,
    system: &mut System,
    facts: &Json,
    reader: &Reader,
    progress: &dyn Progress,
) -> Result<SideView, RunError> {
    let name = entity.resources.get(side);
    let Some(resource) = system.manifest().resource(name).cloned() else {
        let failure = Failure::new(selaras_connector_api::Code::Unsupported, format!("there is no resource {name}"));
        return Err(RunError::System { system: system.name().to_owned(), failure });
    };
    progress.reading(&entity.name, side);
    let mut watch = Watch::new(mapping, entity, side, facts, reader, resource);
    watch.list(system, progress)?;
    watch.details(system, progress)?;
    if let Some(error) = watch.error.take() {
        return Err(error);
    }
    progress.read(&entity.name, side, watch.view.count);
    Ok(watch.view)
}

impl<'a> Watch<'a> {
    pub fn new(
        mapping: &'a Mapping,
        entity: &'a Entity,
        side: Side,
        facts: &'a Json,
        reader: &'a Reader,
        resource: Resource,
    ) -> Self {
        let view = SideView {
            coverage: Coverage::Complete,
            seen: Links::default(),
            changed: BTreeMap::new(),
            unlinked: BTreeMap::new(),
            brief: BTreeSet::new(),
            refresh: Vec::new(),
            hashes: BTreeMap::new(),
            count: 0,
        };
        Self {
            mapping,
            entity,
            side,
            facts,
            reader,
            resource,
            view,
            wanted: BTreeMap::new(),
            wanted_new: BTreeSet::new(),
            error: None,
        }
    }

    /// Whether the mapping reads what lists leave out.
    fn needs_details(&self) -> bool {
        self.resource.operations.contains_key(&Operation::Get)
            && self.entity.requested(self.side).iter().any(|member| self.resource.is_detail_only(member))
    }

    /// The members to ask of a list.
    fn list_fields(&self) -> Vec<String> {
        let mut fields: BTreeSet<String> = self.entity.requested(self.side).into_iter().collect();
        fields.extend(self.entity.brief_members(self.side));
        fields.into_iter().filter(|member| !self.resource.is_detail_only(member)).collect()
    }

    fn list(&mut self, system: &mut System, progress: &dyn Progress) -> Result<(), RunError> {
        let request = ReadRequest { resource: self.resource.name.clone(), fields: self.list_fields(), since: None };
        let details = self.needs_details();
        let done = system.read(&request, &mut |batch| {
            self.page(batch, details);
            progress.seen(&self.entity.name, self.side, self.view.count);
        });
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        match done {
            Ok(_) if planted(Bug::TrustEarlyEnd) => {}
            Ok(done) if done.complete && self.resource.complete_listing => {}
            Ok(done) => self.partial(done.why_incomplete.map(|why| why.text).unwrap_or_default()),
            Err(failure) if self.view.count > 0 && may_go_on(&failure) => self.partial(failure.text),
            Err(failure) => return Err(RunError::System { system: system.name().to_owned(), failure }),
        }
        Ok(())
    }

    fn partial(&mut self, why: String) {
        let message =
            Message::new("run-partial-listing").with("system", self.mapping.systems.get(self.side).name.as_str());
        self.view.coverage = Coverage::Partial(message.with("why", why));
    }

    /// One page.
    fn page(&mut self, batch: Batch, details: bool) {
        if self.error.is_some() {
            return;
        }
        let ids: Vec<&str> = batch.records.iter().map(|record| record.id.as_str()).collect();
        let heads = match self.reader.heads(&self.entity.name, self.side, &ids) {
            Ok(heads) => heads,
            Err(error) => return self.error = Some(error.into()),
        };
        for (record, head) in batch.records.into_iter().zip(heads) {
            match head {
                Some(head) => self.linked(&record, head, details),
                None => self.fresh(&record, details),
            }
        }
    }

    /// A record with a link.
    fn linked(&mut self, record: &RawRecord, head: Head, details: bool) {
        if !self.view.seen.insert(head.link) {
            return; // a page that shifted shows a record twice
        }
        self.view.count += 1;
        let seen = self.seen_hash(record);
        if planted(Bug::OwnClockFilter) && self.looks_old(record) {
            return;
        }
        if head.seen == seen && (!details || self.has_strong_version()) {
            return; // without a version that tells, nobody knows what a list leaves out
        }
        if self.is_own_write(&head, record) {
            return self.view.refresh.push((head.link, seen, record.version.clone()));
        }
        // A record that stands outside needs no details to say so.
        let observed = if details { self.brief(record) } else { self.full(record) };
        if details && observed.standing == Standing::Real {
            self.wanted.insert(observed.id, (head, seen));
        } else {
            self.compare(head, seen, observed);
        }
    }

    /// After a write of ours only the version is known. A strong version that is still the same says that nobody was there since.
    fn is_own_write(&self, head: &Head, record: &RawRecord) -> bool {
        let same = head.version.is_some() && head.version == record.version;
        self.has_strong_version() && head.seen == Hash128::default() && same
    }

    /// For a planted fault only: whether the system's stamp is older than our last run by our own clock.
    fn looks_old(&self, record: &RawRecord) -> bool {
        let json: Json = serde_json::from_slice(&record.raw).unwrap_or_default();
        let stamp = json["updatedAt"].as_str().and_then(|stamp| stamp.parse::<i64>().ok());
        let runs = self.reader.runs(1).unwrap_or_default();
        stamp.zip(runs.first()).is_some_and(|(stamp, last)| stamp < last.started_ms)
    }

    fn has_strong_version(&self) -> bool {
        self.resource.version.as_ref().is_some_and(|version| version.strength == Strength::Strong)
    }

    /// A linked record with all its fields: changed, or only sent in other bytes.
    fn compare(&mut self, head: Head, seen: Hash128, record: Observed) {
        let unchanged = record.standing == Standing::Real && self.entity.hash(self.side, &record) == head.hash;
        if unchanged && !self.has_new_children(head.link, &record) {
            if head.seen != seen {
                self.view.refresh.push((head.link, seen, record.version));
            }
        } else {
            self.view.hashes.insert(record.id.clone(), seen);
            self.view.changed.insert(head.link, record);
        }
    }

    /// Whether the children of an unchanged record are others than those of the base: ids are not compared, but a write names them.
    fn has_new_children(&mut self, link: LinkId, record: &Observed) -> bool {
        let place = |field: &'a Field| field.list.as_ref().map(|list| list.places.get(self.side));
        let named = |field| matches!(place(field), Some(ListPlace::Array { id: Some(_), .. }));
        if !self.entity.fields.iter().any(named) {
            return false;
        }
        match self.reader.links(&[link]) {
            Ok(known) => {
                known.first().is_none_or(|known| children(known.images.get(self.side)) != children(&record.image))
            }
            Err(error) => {
                self.error = Some(error.into());
                false
            }
        }
    }

    /// A record without a link.
    fn fresh(&mut self, record: &RawRecord, details: bool) {
        let id = NativeId(record.id.clone());
        if self.view.unlinked.contains_key(&id) {
            return;
        }
        self.view.count += 1;
        self.view.hashes.insert(id.clone(), self.seen_hash(record));
        let observed = if details { self.brief(record) } else { self.full(record) };
        if details && observed.standing == Standing::Real {
            if self.may_create(&observed) {
                self.wanted_new.insert(id.clone());
            } else {
                self.view.brief.insert(id.clone());
            }
        }
        self.view.unlinked.insert(id, observed);
    }

    fn may_create(&self, record: &Observed) -> bool {
        let other = self.side.other();
        self.entity.sync.flows_to(other) && *self.entity.on_create.get(other) && record.not_created.is_none()
    }

    /// Reads the details that are needed.
    fn details(&mut self, system: &mut System, progress: &dyn Progress) -> Result<(), RunError> {
        let wanted = std::mem::take(&mut self.wanted);
        let new = std::mem::take(&mut self.wanted_new);
        let ids: Vec<String> = wanted.keys().chain(&new).map(ToString::to_string).collect();
        let of = ids.len() as u64;
        let mut found: Vec<Observed> = Vec::new();
        let Missing { gone, failed } = self.get(system, ids, &mut |observed| {
            found.push(observed);
            progress.details(&self.entity.name, self.side, found.len() as u64, of);
        })?;
        for record in found {
            match wanted.get(&record.id) {
                Some((head, seen)) => self.compare(head.clone(), *seen, record),
                None => drop(self.view.unlinked.insert(record.id.clone(), record)),
            }
        }
        // Listed a moment ago and gone now, or unreadable: this run does not know what became of it.
        for (id, why) in gone.into_iter().map(|id| (id, Message::new("run-vanished"))).chain(failed) {
            self.unreadable(&NativeId(id), &wanted, why);
        }
        Ok(())
    }

    fn unreadable(&mut self, id: &NativeId, wanted: &BTreeMap<NativeId, (Head, Hash128)>, why: Message) {
        let record = |label: String| Observed {
            id: id.clone(),
            version: None,
            label,
            partner_id: None,
            image: selaras_model::Image::default(),
            standing: Standing::Unreadable(vec![why.clone()]),
            not_created: None,
            keys: Vec::new(),
            arrived: false,
        };
        if let Some((head, _)) = wanted.get(id) {
            self.view.changed.insert(head.link, record(id.to_string()));
        } else if let Some(known) = self.view.unlinked.get(id) {
            // What the list said of it stays: a record that may be its partner waits, and is not made a second time.
            let (partner_id, keys) = (known.partner_id.clone(), known.keys.clone());
            let unreadable = Observed { partner_id, keys, ..record(known.label.clone()) };
            self.view.unlinked.insert(id.clone(), unreadable);
        }
    }

    /// Reads records by id. Answers those that are gone, and those that could not be read and why.
    pub fn get(
        &self,
        system: &mut System,
        ids: Vec<String>,
        each: &mut dyn FnMut(Observed),
    ) -> Result<Missing, RunError> {
        if ids.is_empty() {
            return Ok(Missing::default());
        }
        let fields = self.entity.requested(self.side);
        let request = GetRequest { resource: self.resource.name.clone(), ids, fields };
        let done = system.get(&request, &mut |batch| batch.records.iter().for_each(|record| each(self.full(record))));
        let done = done.map_err(|failure| RunError::System { system: system.name().to_owned(), failure })?;
        let why = |failure: &Failure| Message::new("run-unreadable").with("said", &failure.text);
        let failed = done.failed.into_iter().map(|(id, failure)| (id, why(&failure))).collect();
        Ok(Missing { gone: done.gone, failed })
    }

    /// Lists the resource and hands out the records that are wanted, with all that a list has of them.
    pub fn pick(
        &self,
        system: &mut System,
        wanted: impl Fn(&str) -> bool,
        each: &mut dyn FnMut(Observed),
    ) -> Result<(), RunError> {
        let request = ReadRequest { resource: self.resource.name.clone(), fields: self.list_fields(), since: None };
        let done = system.read(&request, &mut |batch| {
            batch.records.iter().filter(|record| wanted(&record.id)).for_each(|record| each(self.full(record)));
        });
        done.map(drop).map_err(|failure| RunError::System { system: system.name().to_owned(), failure })
    }

    /// What was read, as far as it can matter: the mapping, the version and the bytes.
    fn seen_hash(&self, record: &RawRecord) -> Hash128 {
        let version = record.version.as_deref().unwrap_or_default();
        Hash128::of_parts(&[self.mapping.hash.as_bytes(), version.as_bytes(), &record.raw])
    }

    fn brief(&self, record: &RawRecord) -> Observed {
        self.map(record, |json| {
            self.entity.observe_brief(
                self.side,
                &NativeId(record.id.clone()),
                record.version.as_deref(),
                json,
                self.facts,
            )
        })
    }

    /// The record with all that the mapping sees of it.
    pub fn full(&self, record: &RawRecord) -> Observed {
        self.map(record, |json| {
            self.entity.observe(self.side, &NativeId(record.id.clone()), record.version.as_deref(), json, self.facts)
        })
    }

    fn map(&self, record: &RawRecord, make: impl FnOnce(&Json) -> Observed) -> Observed {
        match record::parse(&record.raw) {
            Ok(json) => make(&json),
            Err(why) => Observed {
                id: record.id.clone().into(),
                version: record.version.clone(),
                label: record.id.clone(),
                partner_id: None,
                image: selaras_model::Image::default(),
                standing: Standing::Unreadable(vec![why]),
                not_created: None,
                keys: Vec::new(),
                arrived: false,
            },
        }
    }
}

/// The children in an image: by list, key and occurrence, the id.
fn children(image: &Image) -> BTreeMap<(&FieldName, &[Value], u32), Option<&String>> {
    let mut found = BTreeMap::new();
    for (name, value) in image.0.iter() {
        if let Value::List(rows) = value {
            found.extend(rows.iter().map(|row| ((name, row.key.as_slice(), row.occurrence), row.id.as_ref())));
        }
    }
    found
}

/// Whether a reading that broke off leaves something to work with. A dead credential does not.
fn may_go_on(failure: &Failure) -> bool {
    use selaras_connector_api::Code;
    matches!(failure.code, Code::Unavailable | Code::RateLimited | Code::Protocol)
}

/// All entities of one side, in order.
pub(crate) type SideViews = BTreeMap<EntityName, SideView>;
