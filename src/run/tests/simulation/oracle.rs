//! What must come of it: an account of both systems kept beside them, and the mapping's rules told a second time, in another way.
//!
//! It knows things (a customer, wherever it stands), never records, ids or links, and it decides for a whole run at once. It does not know
//! how the engine gets there.

use selaras_model::Side;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Term,
    Employee,
    Item,
    Customer,
    Order,
}

impl Kind {
    /// What is referred to first.
    pub const ALL: [Kind; 5] = [Kind::Term, Kind::Employee, Kind::Item, Kind::Customer, Kind::Order];
}

/// A value, apart from how systems write it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Val {
    Nothing,
    Text(String),
    Number(i64),
    /// Another thing, by its place.
    Thing(usize),
    /// Quantity and price by item.
    Lines(BTreeMap<usize, (i64, i64)>),
    /// Something that makes no sense, such as a reference to nowhere.
    Odd(String),
}

pub type Fields = BTreeMap<&'static str, Val>;

/// Who wins a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wins {
    Nobody,
    Accurate,
    Smh,
}

/// What becomes of the partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Partner {
    Removed,
    Retired,
    LetGo,
    Held,
}

/// A field: its name, who wins, and with which others it goes.
pub type Rule = (&'static str, Wins, Option<&'static str>);

/// The fields of a kind.
pub fn rules(kind: Kind) -> &'static [Rule] {
    use Wins::{Accurate, Nobody, Smh};
    match kind {
        Kind::Term => &[("name", Nobody, None), ("days", Nobody, None)],
        Kind::Employee => &[("code", Accurate, None), ("name", Nobody, None), ("phone", Nobody, None)],
        Kind::Item => &[("code", Accurate, None), ("name", Smh, None), ("price", Nobody, None)],
        Kind::Customer => &[
            ("code", Accurate, None),
            ("name", Nobody, None),
            ("phone", Nobody, None),
            ("city", Nobody, Some("address")),
            ("notes", Nobody, Some("address")),
            ("term", Nobody, None),
        ],
        Kind::Order => &[
            ("number", Accurate, None),
            ("date", Nobody, None),
            ("customer", Nobody, None),
            ("notes", Smh, None),
            ("lines", Nobody, None),
        ],
    }
}

/// Terms flow only one way.
fn only_to_smh(kind: Kind) -> bool {
    kind == Kind::Term
}

const ACCURATE: Side = Side::Left;
const SMH: Side = Side::Right;

fn at(side: Side) -> usize {
    if side == ACCURATE { 0 } else { 1 }
}

fn partner_of_vanished(kind: Kind, gone: Side) -> Partner {
    match (kind, gone == ACCURATE) {
        (Kind::Term, true) | (Kind::Customer, true) => Partner::Retired,
        (Kind::Term, false) | (Kind::Employee, true) => Partner::LetGo,
        (Kind::Employee, false) | (Kind::Order, _) => Partner::Held,
        (Kind::Item, _) | (Kind::Customer, false) => Partner::Removed,
    }
}

/// Something that stands in one system or both.
#[derive(Clone, Debug)]
pub struct Thing {
    pub kind: Kind,
    /// Its native ids, once known.
    pub ids: [Option<String>; 2],
    /// What each system holds; `None`: nothing.
    pub now: [Option<Fields>; 2],
    /// What each side last agreed on; a field that is missing was never agreed.
    base: [Fields; 2],
    /// Whether it is a pair.
    pub live: bool,
    /// Whether it was a pair.
    pub buried: bool,
    /// Whether a system refused to remove it.
    pub refused: bool,
    /// In Accurate: sample data.
    pub sample: bool,
    /// In Accurate: of another branch.
    pub outside: bool,
    /// Whether it has the code of another thing and stays alone.
    pub copy: bool,
    /// Whether there is such a copy of it: it keeps its code then.
    pub copied: bool,
    /// Whether it is out of use until it is removed, since the other side's is gone.
    pub waiting: bool,
    /// Whether its time is over.
    pub overdue: bool,
    /// Whether anybody has touched it while it waited.
    pub touched: bool,
}

impl Thing {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            ids: [None, None],
            now: [None, None],
            base: [Fields::new(), Fields::new()],
            live: false,
            buried: false,
            refused: false,
            sample: false,
            outside: false,
            copy: false,
            copied: false,
            waiting: false,
            overdue: false,
            touched: false,
        }
    }

    fn is_kept_out(&self) -> bool {
        self.sample || self.outside
    }

    /// A pair of which both stand and that nobody quarrels about.
    pub fn is_at_rest(&self) -> bool {
        self.live && !self.is_kept_out() && !self.refused && self.now.iter().all(Option::is_some)
    }

    fn is_as_agreed(&self, side: Side, field: &str) -> bool {
        self.base[at(side)].get(field) == self.fields(side).get(field)
    }

    /// The fields of a pair about which both sides agree, they and all that goes with them.
    pub fn quiet_fields(&self) -> Vec<&'static str> {
        let quiet = |field: &str| Side::BOTH.iter().all(|side| self.is_as_agreed(*side, field));
        let unit = |rule: &Rule| {
            let together = |other: &&Rule| other.0 == rule.0 || (rule.2.is_some() && other.2 == rule.2);
            rules(self.kind).iter().filter(together).all(|other| quiet(other.0))
        };
        let is_free = |rule: &&Rule| unit(rule) && !(self.copied && rule.0 == rules(self.kind)[0].0);
        rules(self.kind).iter().filter(is_free).map(|rule| rule.0).collect()
    }

    /// Whether both sides of a pair agree about everything.
    pub fn is_all_quiet(&self) -> bool {
        self.is_at_rest() && !self.copied && self.quiet_fields().len() == rules(self.kind).len()
    }

    /// The fields that one side changed since both agreed, and the other did not.
    pub fn changed_on(&self, side: Side) -> Vec<&'static str> {
        let changed = |rule: &&Rule| {
            !self.is_as_agreed(side, rule.0)
                && self.is_as_agreed(side.other(), rule.0)
                && !(self.copied && rule.0 == rules(self.kind)[0].0)
        };
        rules(self.kind).iter().filter(changed).map(|rule| rule.0).collect()
    }

    pub fn stands(&self, side: Side) -> bool {
        self.now[at(side)].is_some()
    }

    pub fn fields(&self, side: Side) -> &Fields {
        self.now[at(side)].as_ref().expect("it stands there")
    }

    pub fn id(&self, side: Side) -> Option<&String> {
        self.ids[at(side)].as_ref()
    }

    pub fn set_id(&mut self, side: Side, id: String) {
        self.ids[at(side)] = Some(id);
    }

    pub fn put(&mut self, side: Side, fields: Option<Fields>) {
        self.now[at(side)] = fields;
    }

    /// Its users remove it from a system. What was not known to be a pair yet is forgotten there.
    pub fn vanish_from(&mut self, side: Side) {
        self.now[at(side)] = None;
        if !self.live {
            self.ids[at(side)] = None;
        }
    }

    /// A run told this side, whose partner is gone by now, a value of the partner's.
    pub fn agree(&mut self, side: Side, field: &'static str, value: Val) {
        self.base[at(side)].insert(field, value);
    }

    pub fn set(&mut self, side: Side, field: &'static str, value: Val) {
        self.now[at(side)].as_mut().expect("it stands there").insert(field, value);
    }
}

/// What a system makes of a value that the engine tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    Upper,
    Cut(usize),
    Drop,
}

/// A quirk of a system.
pub type Quirks = BTreeMap<(usize, Kind, &'static str), Quirk>;

/// All things, and the account of them.
#[derive(Clone, Debug, Default)]
pub struct Oracle {
    pub things: Vec<Thing>,
    pub quirks: Quirks,
    /// Things in conflict after the last run.
    pub conflicts: BTreeSet<usize>,
    /// Whether removals wait.
    pub waits: bool,
}

/// A field of a pair while it is looked at.
struct Fact {
    name: &'static str,
    wins: Wins,
    differs: bool,
    agreed_once: bool,
    changed: [bool; 2],
}

impl Oracle {
    /// What a system makes of a value, given what it held. Users' values go through the same, but nothing of theirs is dropped.
    pub fn made_of(&self, side: Side, kind: Kind, field: &'static str, value: &Val, was: Option<&Val>) -> Val {
        match (self.quirks.get(&(at(side), kind, field)), value) {
            (Some(Quirk::Drop), Val::Text(_)) => was.cloned().unwrap_or(Val::Nothing),
            _ => self.typed(side, kind, field, value),
        }
    }

    /// What a system makes of a value that a user types.
    pub fn typed(&self, side: Side, kind: Kind, field: &'static str, value: &Val) -> Val {
        match (self.quirks.get(&(at(side), kind, field)), value) {
            (Some(Quirk::Upper), Val::Text(text)) => Val::Text(text.to_uppercase()),
            (Some(Quirk::Cut(length)), Val::Text(text)) => Val::Text(text.chars().take(*length).collect()),
            _ => value.clone(),
        }
    }

    /// A complete run: what both systems hold afterwards, and what is in conflict.
    pub fn run(&mut self) {
        self.conflicts.clear();
        for kind in Kind::ALL {
            for place in 0..self.things.len() {
                if self.things[place].kind == kind && !self.things[place].buried {
                    self.meet(place);
                }
            }
        }
        for kind in Kind::ALL.into_iter().rev() {
            for place in 0..self.things.len() {
                if self.things[place].kind == kind && self.things[place].live {
                    self.vanish(place);
                }
            }
        }
    }

    /// So much time passes that all waits are over.
    pub fn end_waits(&mut self) {
        self.things.iter_mut().filter(|thing| thing.waiting).for_each(|thing| thing.overdue = true);
    }

    /// What was ever agreed is lost; who belongs to whom stands in the systems.
    pub fn forget(&mut self) {
        self.things.iter_mut().for_each(|thing| thing.base = Default::default());
    }

    fn meet(&mut self, place: usize) {
        let thing = &self.things[place];
        if thing.copy {
            self.conflicts.insert(place);
            return;
        }
        match (&thing.now, thing.live) {
            ([Some(_), Some(_)], _) if thing.is_kept_out() => {}
            ([Some(_), Some(_)], _) => {
                self.things[place].live = true;
                self.merge(place);
            }
            ([Some(_), None], false) if !thing.is_kept_out() => self.make(place, ACCURATE),
            ([None, Some(_)], false) if !only_to_smh(thing.kind) => self.make(place, SMH),
            _ => {}
        }
    }

    /// The other side gets it too, unless it refers to something that the other side cannot know.
    fn make(&mut self, place: usize, from: Side) {
        let thing = &self.things[place];
        let (kind, fields) = (thing.kind, thing.fields(from).clone());
        if !fields.values().all(|value| self.is_known_to_both(value)) {
            return;
        }
        let to = from.other();
        let made = fields.iter().map(|(name, value)| (*name, self.made_of(to, kind, name, value, None))).collect();
        let thing = &mut self.things[place];
        thing.put(to, Some(made));
        thing.base = thing.now.clone().map(Option::unwrap_or_default);
        thing.live = true;
    }

    /// Whether both systems know what a value refers to.
    fn is_known_to_both(&self, value: &Val) -> bool {
        let known = |place: &usize| {
            let thing = &self.things[*place];
            thing.live && !thing.is_kept_out() && thing.now.iter().all(Option::is_some)
        };
        match value {
            Val::Thing(place) => known(place),
            Val::Lines(lines) => lines.keys().all(known),
            Val::Nothing | Val::Text(_) | Val::Number(_) | Val::Odd(_) => true,
        }
    }

    fn merge(&mut self, place: usize) {
        let rules = rules(self.things[place].kind);
        let mut done: BTreeSet<&str> = BTreeSet::new();
        for (name, _, group) in rules {
            if done.contains(name) {
                continue;
            }
            let together = |rule: &&Rule| rule.0 == *name || (group.is_some() && rule.2 == *group);
            let unit: Vec<Fact> = rules.iter().filter(together).map(|rule| self.fact(place, *rule)).collect();
            done.extend(unit.iter().map(|fact| fact.name));
            self.decide(place, &unit);
        }
    }

    fn fact(&self, place: usize, (name, wins, _): Rule) -> Fact {
        let thing = &self.things[place];
        let now = [&thing.fields(ACCURATE)[name], &thing.fields(SMH)[name]];
        let base = [thing.base[0].get(name), thing.base[1].get(name)];
        let one_way = only_to_smh(thing.kind);
        let changed = |side: usize| base[side].map_or(one_way && side == 0, |was| was != now[side]);
        Fact {
            name,
            wins,
            differs: now[0] != now[1] || !self.is_known_to_both(now[0]),
            agreed_once: if one_way { base.iter().any(Option::is_some) } else { base.iter().all(Option::is_some) },
            changed: [changed(0), changed(1)],
        }
    }

    fn decide(&mut self, place: usize, unit: &[Fact]) {
        let one_way = only_to_smh(self.things[place].kind);
        let differing: Vec<&Fact> = unit.iter().filter(|fact| fact.differs).collect();
        let Some(first) = differing.first() else { return self.accept(place, unit) };
        let changed = |side: usize| differing.iter().any(|fact| fact.changed[side]);
        let winner = match first.wins {
            Wins::Accurate => Some(ACCURATE),
            Wins::Smh => Some(SMH),
            Wins::Nobody => None,
        };
        let flows = if !differing.iter().all(|fact| fact.agreed_once) {
            winner
        } else {
            match (changed(0), changed(1)) {
                (false, false) => return self.accept(place, unit),
                (true, false) => Some(ACCURATE),
                (false, true) if one_way => return self.accept(place, unit),
                (false, true) => Some(SMH),
                (true, true) if one_way => Some(ACCURATE),
                (true, true) => winner,
            }
        };
        match flows {
            Some(from) => self.flow(place, unit, from),
            None => drop(self.conflicts.insert(place)),
        }
    }

    fn accept(&mut self, place: usize, unit: &[Fact]) {
        let thing = &mut self.things[place];
        for fact in unit {
            for side in 0..2 {
                let value = thing.now[side].as_ref().expect("both stand")[fact.name].clone();
                thing.base[side].insert(fact.name, value);
            }
        }
    }

    fn flow(&mut self, place: usize, unit: &[Fact], from: Side) {
        let kind = self.things[place].kind;
        let told: Fields =
            unit.iter().map(|fact| (fact.name, self.things[place].fields(from)[fact.name].clone())).collect();
        if !told.values().all(|value| self.is_known_to_both(value)) {
            return;
        }
        for (name, value) in told {
            let was = self.things[place].fields(from.other()).get(name).cloned();
            let made = self.made_of(from.other(), kind, name, &value, was.as_ref());
            self.things[place].set(from.other(), name, made);
        }
        self.accept(place, unit);
    }

    fn vanish(&mut self, place: usize) {
        let thing = &self.things[place];
        let gone = match thing.now {
            [Some(_), Some(_)] => return,
            [None, None] => return self.bury(place),
            [None, Some(_)] => ACCURATE,
            [Some(_), None] if thing.is_kept_out() => return,
            [Some(_), None] => SMH,
        };
        let left = gone.other();
        let edited = thing.base[at(left)].iter().any(|(name, was)| &thing.fields(left)[name] != was);
        match partner_of_vanished(thing.kind, gone) {
            _ if edited || thing.touched => drop(self.conflicts.insert(place)),
            Partner::Held => drop(self.conflicts.insert(place)),
            Partner::LetGo => self.bury(place),
            Partner::Retired | Partner::Removed if thing.refused => {}
            Partner::Retired => self.bury(place),
            Partner::Removed if self.waits && thing.kind == Kind::Item && !thing.overdue => {
                self.things[place].waiting = true;
            }
            Partner::Removed if self.is_used(left, place) => self.things[place].refused = true,
            Partner::Removed => {
                self.things[place].put(left, None);
                self.bury(place);
            }
        }
    }

    fn bury(&mut self, place: usize) {
        let thing = &mut self.things[place];
        (thing.live, thing.buried) = (false, true);
    }

    /// Whether something in a system refers to it.
    fn is_used(&self, side: Side, place: usize) -> bool {
        let refers = |value: &Val| match value {
            Val::Thing(other) => *other == place,
            Val::Lines(lines) => lines.contains_key(&place),
            Val::Nothing | Val::Text(_) | Val::Number(_) | Val::Odd(_) => false,
        };
        self.things.iter().filter_map(|thing| thing.now[at(side)].as_ref()).any(|fields| fields.values().any(refers))
    }
}
