//! Users who do not stop working while a run goes on: between two calls, between two pages, and just before a record is written.
//!
//! Two kinds of deeds. Those of the script are drawn before the run and done at any moment: they are of a kind of which it does not matter
//! when in the run they happen. Those of a race are done at the worst moment, just before the engine writes the same field of the same record:
//! the engine must notice. Both keep the account exact.

use super::oracle::{Fields, Kind, Thing, Val, rules};
use super::story::{Dice, Story};
use super::systems::{keep_row_ids, member, name, places, raw, read, table};
use selaras_connector_api::{
    Batch, Connector, Failure, GetDone, GetRequest, Host, HttpRequest, HttpResponse, LogLevel, Manifest, OpenRequest,
    Opened, ReadDone, ReadRequest, Rights, RightsRequest, Space, SpacesRequest, Ticket, Transport, WriteDone,
    WriteItem, WriteOp, WriteRequest,
};
use selaras_connector_sim::SimWorld;
use selaras_model::Side;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// What a user does, ready to be done.
#[derive(Clone, Debug)]
enum Deed {
    Edit { place: usize, field: &'static str, value: Val, id: String, record: Json },
    Remove { place: usize, id: String },
    Make { fields: Fields, record: Json },
}

/// The users of one system while a run goes on. Each system has dice of its own, since both are read at the same time.
struct Office {
    side: Side,
    world: SimWorld,
    dice: Dice,
    script: Vec<(Kind, Deed)>,
    /// What was done, with the ids of new records.
    done: Vec<(Kind, Deed, Option<String>)>,
}

impl Office {
    /// A moment passes in which something may be done.
    fn moment(&mut self) {
        if self.script.is_empty() || !self.dice.percent(20) {
            return;
        }
        let (kind, deed) = self.script.remove(0);
        let (side, table) = (name(self.side), table(self.side, kind));
        let new = match &deed {
            Deed::Edit { id, record, .. } => self.world.edit(side, table, id, record.clone()).map(|()| None),
            Deed::Remove { id, .. } => self.world.remove(side, table, id).map(|()| None),
            Deed::Make { record, .. } => self.world.put(side, table, record.clone()).map(Some),
        };
        if std::env::var("TRACE").is_ok() {
            eprintln!("{side} deed {deed:?}: {new:?}");
        }
        // What a system refuses did not happen.
        if let Ok(new) = new {
            self.done.push((kind, deed, new));
        }
    }
}

/// Everybody at work during one run.
pub struct Crowd {
    offices: [Mutex<Office>; 2],
    /// Only for races, which happen while the engine writes, on one thread.
    story: Mutex<Story>,
    races: bool,
    twins: bool,
}

fn at(side: Side) -> usize {
    if side == Side::Left { 0 } else { 1 }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Crowd {
    pub fn new(mut story: Story, deeds: usize, races: bool, twins: bool) -> Self {
        let mut claimed = BTreeSet::new();
        let offices = Side::BOTH.map(|side| {
            let script = (0..deeds).filter_map(|_| story.draw(side, &mut claimed)).collect();
            let dice = Dice::new(story.dice.next());
            Mutex::new(Office { side, world: story.world.clone(), dice, script, done: Vec::new() })
        });
        Self { offices, story: Mutex::new(story), races, twins }
    }

    fn moment(&self, side: Side) {
        lock(&self.offices[at(side)]).moment();
    }

    /// Everybody goes home; what was done goes into the account.
    pub fn home(self) -> Story {
        let Self { offices, story, .. } = self;
        let mut story = story.into_inner().unwrap_or_else(PoisonError::into_inner);
        for office in offices {
            let office = office.into_inner().unwrap_or_else(PoisonError::into_inner);
            for (kind, deed, new) in office.done {
                story.note(office.side, kind, deed, new);
            }
        }
        for (place, survivor, fields) in std::mem::take(&mut story.vanished) {
            fields.into_iter().for_each(|(field, value)| story.note_copied(survivor, place, field, &value));
        }
        story
    }

    /// Just before a record is looked at or written for the last time.
    fn race(&self, side: Side, resource: &str, id: Option<&str>, item: Option<&WriteItem>) {
        if !self.races {
            return;
        }
        let mut story = lock(&self.story);
        let Some(kind) = Kind::ALL.into_iter().find(|kind| table(side, *kind) == resource) else { return };
        match (id, item) {
            (Some(id), _) if story.dice.percent(35) => story.race(side, kind, id),
            (None, Some(item)) if item.op == WriteOp::Create && self.twins && story.dice.percent(20) => {
                story.race_to_make(side, kind, item);
            }
            _ => {}
        }
    }
}

impl Story {
    /// One deed of which it does not matter when it is done: on a pair, or part of one, that both sides agree about, each pair on one side
    /// only; or something new.
    fn draw(&mut self, side: Side, claimed: &mut BTreeSet<usize>) -> Option<(Kind, Deed)> {
        let kind = self.any_kind();
        match self.dice.below(100) {
            0..60 => {
                let free = |place: &usize| self.oracle.things[*place].is_at_rest() && !claimed.contains(place);
                let free: Vec<usize> = self.standing(side, kind).into_iter().filter(free).collect();
                let place = self.dice.pick(&free)?;
                let field = self.dice.pick(&self.oracle.things[place].quiet_fields())?;
                let value = self.any_value(side, kind, field)?;
                let id = self.oracle.things[place].id(side)?.clone();
                let mut record = raw(&self.oracle, side, kind, &Fields::from([(field, value.clone())]));
                if field == "lines" {
                    keep_row_ids(&self.world, side, &id, &mut record);
                }
                claimed.insert(place);
                Some((kind, Deed::Edit { place, field, value, id, record }))
            }
            60..75 if self.removes => {
                let standing = self.standing(side, kind);
                let taken = standing.iter().filter(|place| claimed.contains(place)).count();
                let free = |place: &usize| self.oracle.things[*place].is_all_quiet() && !claimed.contains(place);
                let free: Vec<usize> = standing.iter().copied().filter(free).collect();
                if standing.len() < taken + 3 {
                    return None;
                }
                let place = self.dice.pick(&free)?;
                if !self.leaves_some(side, place, claimed) {
                    return None;
                }
                claimed.insert(place);
                Some((kind, Deed::Remove { place, id: self.oracle.things[place].id(side)?.clone() }))
            }
            _ => {
                let code = self.fresh("M");
                let fields = self.fields_with(side, kind, code)?;
                let record = raw(&self.oracle, side, kind, &fields);
                Some((kind, Deed::Make { fields, record }))
            }
        }
    }

    fn note(&mut self, side: Side, kind: Kind, deed: Deed, new: Option<String>) {
        match deed {
            Deed::Edit { place, field, value, .. } => {
                if self.oracle.things[place].stands(side) {
                    self.oracle.things[place].set(side, field, value);
                } else {
                    self.vanished.push((place, side.other(), Fields::from([(field, value)])));
                }
            }
            Deed::Remove { place, .. } => self.oracle.things[place].vanish_from(side),
            Deed::Make { fields, .. } => {
                let mut thing = Thing::new(kind);
                thing.set_id(side, new.expect("what is made has an id"));
                thing.put(side, Some(fields));
                self.oracle.things.push(thing);
            }
        }
    }

    /// A value of a record that a user removed amid a run. If the run came before, the other side holds it, and both have agreed about it;
    /// else it is gone with its record. The account cannot know which: both are right.
    fn note_copied(&mut self, survivor: Side, place: usize, field: &'static str, value: &Val) {
        let thing = &self.oracle.things[place];
        let (true, Some(id)) = (thing.stands(survivor), thing.id(survivor)) else { return };
        let Some(record) = self.world.record(name(survivor), table(survivor, thing.kind), id) else { return };
        let held = read(&places(&self.oracle, survivor), survivor, thing.kind, &record).remove(field);
        let was = thing.fields(survivor).get(field);
        let told = self.oracle.made_of(survivor, thing.kind, field, value, was);
        if held == Some(told.clone()) && was != Some(&told) {
            let thing = &mut self.oracle.things[place];
            thing.set(survivor, field, told.clone());
            thing.agree(survivor, field, told);
        }
    }

    /// A user changes what the other side changed, or removes it.
    fn race(&mut self, side: Side, kind: Kind, id: &str) {
        let Some(place) = places(&self.oracle, side).get(&(kind, id.to_owned())).copied() else { return };
        let thing = &self.oracle.things[place];
        if !thing.live || !thing.stands(side) || thing.sample || thing.outside || thing.copied {
            return;
        }
        let both = thing.stands(side.other());
        // An order is touched by typing its lines again, and the account may not know yet what they are.
        if kind != Kind::Order && self.dice.percent(25) {
            // Something that the mapping does not look at: the version moves on, nothing else.
            return self.touch(side, place);
        }
        if both && self.removes && self.dice.percent(10) && self.standing(side, kind).len() > 4 {
            let leaves_some = self.leaves_some(side, place, &BTreeSet::new());
            if leaves_some && self.world.remove(name(side), table(side, kind), id).is_ok() {
                let lost = self.oracle.things[place].fields(side).clone();
                self.vanished.push((place, side.other(), lost));
                self.oracle.things[place].vanish_from(side);
            }
            return;
        }
        let fields =
            if both { thing.changed_on(side.other()) } else { rules(kind).iter().map(|rule| rule.0).collect() };
        // A version of this system does not see lines: nobody could notice.
        let seen: Vec<&'static str> =
            fields.into_iter().filter(|field| *field != "lines" || side == Side::Right).collect();
        if let Some(field) = self.dice.pick(&seen) {
            self.edit(side, place, field);
        }
    }

    /// A user makes the very thing that the engine is about to make.
    fn race_to_make(&mut self, side: Side, kind: Kind, item: &WriteItem) {
        let key = rules(kind)[0].0;
        let Some(code) = item.fields.get(member(side, kind, key)).and_then(Json::as_str) else { return };
        let code = Val::Text(code.to_owned());
        let mut things = self.oracle.things.iter();
        let is_it = |thing: &Thing| {
            thing.kind == kind && !thing.live && !thing.stands(side) && thing.stands(side.other()) && !thing.buried
        };
        let Some(place) = things.position(|thing| is_it(thing) && thing.fields(side.other())[key] == code) else {
            return;
        };
        let Some(fields) = self.fields_with(side, kind, code) else { return };
        if let Ok(id) = self.world.put(name(side), table(side, kind), raw(&self.oracle, side, kind, &fields)) {
            self.oracle.things[place].set_id(side, id);
            self.oracle.things[place].put(side, Some(fields));
        }
    }
}

/// A connector to a system whose users are at work.
pub struct Busy {
    inner: Box<dyn Connector>,
    side: Side,
    crowd: Arc<Crowd>,
}

impl Busy {
    pub fn new(inner: Box<dyn Connector>, side: Side, crowd: Arc<Crowd>) -> Self {
        Self { inner, side, crowd }
    }
}

/// A host that lets a moment pass after each page.
struct Paged<'a> {
    host: &'a dyn Host,
    side: Side,
    crowd: &'a Crowd,
}

impl Host for Paged<'_> {
    fn start(&self, request: HttpRequest) -> Ticket {
        self.host.start(request)
    }

    fn wait(&self, ticket: Ticket) -> Result<HttpResponse, Transport> {
        self.host.wait(ticket)
    }

    fn emit(&self, batch: Batch) {
        self.host.emit(batch);
        self.crowd.moment(self.side);
    }

    fn log(&self, level: LogLevel, text: &str) {
        self.host.log(level, text);
    }

    fn cancelled(&self) -> bool {
        self.host.cancelled()
    }
}

impl Connector for Busy {
    fn describe(&self) -> Result<Manifest, Failure> {
        self.inner.describe()
    }

    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        self.inner.open(host, request)
    }

    fn spaces(&mut self, host: &dyn Host, request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        self.inner.spaces(host, request)
    }

    fn rights(&mut self, host: &dyn Host, request: &RightsRequest) -> Result<Rights, Failure> {
        self.inner.rights(host, request)
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        self.crowd.moment(self.side);
        let paged = Paged { host, side: self.side, crowd: &self.crowd };
        self.inner.read(&paged, request)
    }

    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        self.crowd.moment(self.side);
        // Only the last look before a write asks for nothing but the version.
        if request.fields.len() == 1 && request.fields[0] == "optLock" {
            for id in &request.ids {
                self.crowd.race(self.side, &request.resource, Some(id), None);
            }
        }
        let done = self.inner.get(host, request);
        self.crowd.moment(self.side);
        done
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        self.crowd.moment(self.side);
        for item in &request.items {
            // The other system cannot compare and set: there the race is before the look.
            let id = item.id.as_deref().filter(|_| self.side == Side::Right);
            self.crowd.race(self.side, &request.resource, id, Some(item));
        }
        let done = self.inner.write(host, request);
        self.crowd.moment(self.side);
        done
    }

    fn close(&mut self, host: &dyn Host) {
        self.inner.close(host);
    }
}
