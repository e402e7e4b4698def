//! What users of both systems do, from a seed: they make, edit, touch, remove, and take out of scope, in one system or in both.

use super::oracle::{Fields, Kind, Oracle, Thing, Val, rules};
use super::systems::{keep_row_ids, name, raw, table};
use selaras_connector_sim::SimWorld;
use selaras_model::Side;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Numbers from a seed.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).expect("small")).expect("small")
    }

    /// Whether it comes up, so many times of a hundred.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub fn side(&mut self) -> Side {
        if self.percent(50) { Side::Left } else { Side::Right }
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.below(of.len())].clone()) }
    }
}

/// Both systems, their users, and the account of what they hold.
pub struct Story {
    pub world: SimWorld,
    pub oracle: Oracle,
    pub dice: Dice,
    /// Whether customers move between branches. A run that does not see all may still write for one that has just moved.
    pub moves: bool,
    /// Whether things are removed.
    pub removes: bool,
    /// Whether some are made with the code of another.
    pub copies: bool,
    /// What was removed amid a run: which thing, where it still stands, and what it said where it was removed.
    pub vanished: Vec<(usize, Side, Fields)>,
    counter: usize,
}

impl Story {
    pub fn new(world: SimWorld, dice: Dice) -> Self {
        Self {
            world,
            oracle: Oracle::default(),
            dice,
            moves: true,
            removes: true,
            copies: false,
            vanished: Vec::new(),
            counter: 0,
        }
    }

    pub fn fresh(&mut self, prefix: &str) -> Val {
        self.counter += 1;
        Val::Text(format!("{prefix}{}", self.counter))
    }

    /// A first stock of everything.
    pub fn stock(&mut self) {
        for (kind, count) in
            [(Kind::Term, 2), (Kind::Employee, 2), (Kind::Item, 3), (Kind::Customer, 3), (Kind::Order, 2)]
        {
            for _ in 0..count {
                self.make(kind);
            }
        }
    }

    /// So many deeds.
    pub fn live(&mut self, deeds: usize) {
        for _ in 0..deeds {
            match self.dice.below(100) {
                0..55 => self.edit_something(),
                55..70 => {
                    let kind = self.any_kind();
                    self.make(kind);
                }
                70..80 if self.removes => self.remove_something(),
                80..88 => self.duel(),
                88..92 => self.touch_something(),
                92..95 => self.copy_something(),
                _ if self.moves => self.move_branch(),
                _ => {}
            }
        }
    }

    pub fn any_kind(&mut self) -> Kind {
        let kinds = [Kind::Term, Kind::Employee, Kind::Item, Kind::Customer, Kind::Customer, Kind::Order, Kind::Order];
        kinds[self.dice.below(kinds.len())]
    }

    /// What stands in a system. Copies are left out: a code says nothing about them.
    pub fn standing(&self, side: Side, kind: Kind) -> Vec<usize> {
        let things = self.oracle.things.iter().enumerate();
        things
            .filter(|(_, thing)| thing.kind == kind && thing.stands(side) && !thing.copy)
            .map(|(place, _)| place)
            .collect()
    }

    /// So many new things, and nothing else.
    pub fn newcomers(&mut self, count: usize) {
        for _ in 0..count {
            let kind = self.any_kind();
            self.make(kind);
        }
    }

    /// Something new in one system, sometimes the same in both at once.
    fn make(&mut self, kind: Kind) {
        let twins = kind != Kind::Term && kind != Kind::Order && self.dice.percent(12);
        let sides = match (twins, self.dice.side()) {
            (true, _) => vec![Side::Left, Side::Right],
            (false, _) if kind == Kind::Term && self.dice.percent(80) => vec![Side::Left],
            (false, side) => vec![side],
        };
        let sample = kind == Kind::Customer && sides == [Side::Left] && self.dice.percent(12);
        self.make_on(kind, &sides, sample);
    }

    /// The same new thing in these systems.
    pub fn make_on(&mut self, kind: Kind, sides: &[Side], sample: bool) {
        let mut thing = Thing::new(kind);
        thing.sample = sample;
        let code = self.fresh(if sample { "DEMO-" } else { "N" });
        for &side in sides {
            let Some(fields) = self.fields_with(side, kind, code.clone()) else { continue };
            let record = raw(&self.oracle, side, kind, &fields);
            // Something it refers to may have gone out of use: then the system refuses, and nothing was made.
            let Ok(id) = self.world.put(name(side), table(side, kind), record) else { continue };
            thing.set_id(side, id);
            thing.put(side, Some(fields));
        }
        if thing.stands(Side::Left) || thing.stands(Side::Right) {
            self.oracle.things.push(thing);
        }
    }

    /// Fields of a new thing of this code.
    pub fn fields_with(&mut self, side: Side, kind: Kind, code: Val) -> Option<Fields> {
        let mut fields = self.any_fields(side, kind)?;
        let key = rules(kind)[0].0;
        fields.insert(key, self.oracle.typed(side, kind, key, &code));
        Some(fields)
    }

    /// A record with the code of one that is linked already, where the system allows that. It is in conflict and stays alone.
    fn copy_something(&mut self) {
        let (side, kind) = (self.dice.side(), self.any_kind());
        let known = |place: &usize| {
            let thing = &self.oracle.things[*place];
            let key = rules(kind)[0].0;
            thing.is_at_rest() && !thing.copied && thing.fields(Side::Left)[key] == thing.fields(Side::Right)[key]
        };
        let known: Vec<usize> = self.standing(side, kind).into_iter().filter(known).collect();
        if !self.copies || matches!(kind, Kind::Term | Kind::Order) {
            return;
        }
        let Some(place) = self.dice.pick(&known) else { return };
        let code = self.oracle.things[place].fields(side)[rules(kind)[0].0].clone();
        let Some(fields) = self.fields_with(side, kind, code) else { return };
        let record = raw(&self.oracle, side, kind, &fields);
        let Ok(id) = self.world.put(name(side), table(side, kind), record) else { return };
        let mut thing = Thing::new(kind);
        thing.copy = true;
        thing.set_id(side, id);
        thing.put(side, Some(fields));
        self.oracle.things.push(thing);
        self.oracle.things[place].copied = true;
    }

    fn any_fields(&mut self, side: Side, kind: Kind) -> Option<Fields> {
        let mut fields = Fields::new();
        for (field, _, _) in rules(kind) {
            let value = self.any_value(side, kind, field)?;
            fields.insert(*field, value);
        }
        Some(fields)
    }

    /// A value that users of this system could give a field; `None`: there is nothing to refer to.
    pub fn any_value(&mut self, side: Side, kind: Kind, field: &'static str) -> Option<Val> {
        let words = ["", "Abadi", "Jaya", "makmur", "Toko Besar", "x"];
        let word = |dice: &mut Dice, from: usize| match words[from + dice.below(words.len() - from)] {
            "" => Val::Nothing,
            text => Val::Text(text.to_owned()),
        };
        let value = match (kind, field) {
            (_, "code" | "number") | (Kind::Term, "name") => self.fresh("N"),
            (_, "name" | "date") => word(&mut self.dice, 1),
            (_, "days" | "price") => Val::Number(i64::try_from(self.dice.below(5)).expect("small") * 10),
            (_, "term") if self.dice.percent(30) => Val::Nothing,
            (_, "term") => {
                let terms = self.standing(side, Kind::Term);
                self.dice.pick(&terms).map_or(Val::Nothing, Val::Thing)
            }
            (_, "customer") => {
                let customers = self.standing(side, Kind::Customer);
                Val::Thing(self.dice.pick(&customers)?)
            }
            (_, "lines") => {
                let items = self.standing(side, Kind::Item);
                let mut lines = BTreeMap::new();
                for _ in 0..=self.dice.below(3) {
                    let quantity = i64::try_from(self.dice.below(4) + 1).expect("small");
                    lines.insert(self.dice.pick(&items)?, (quantity, quantity * 100));
                }
                Val::Lines(lines)
            }
            _ => word(&mut self.dice, 0),
        };
        Some(self.oracle.typed(side, kind, field, &value))
    }

    fn edit_something(&mut self) {
        let (side, kind) = (self.dice.side(), self.any_kind());
        let standing = self.standing(side, kind);
        if let Some(place) = self.dice.pick(&standing) {
            let fields = rules(kind);
            let field = fields[self.dice.below(fields.len())].0;
            self.edit(side, place, field);
        }
    }

    /// Both systems' users edit the same field of the same thing, sometimes alike.
    fn duel(&mut self) {
        let kind = self.any_kind();
        let both: Vec<usize> = self
            .standing(Side::Left, kind)
            .into_iter()
            .filter(|place| self.oracle.things[*place].stands(Side::Right))
            .collect();
        let Some(place) = self.dice.pick(&both) else { return };
        let fields = rules(kind);
        let field = fields[self.dice.below(fields.len())].0;
        self.edit(Side::Left, place, field);
        let said = self.oracle.things[place].fields(Side::Left)[field].clone();
        let plain = matches!(said, Val::Nothing | Val::Text(_) | Val::Number(_));
        if plain && self.dice.percent(40) {
            let said = self.oracle.typed(Side::Right, kind, field, &said);
            self.write(Side::Right, place, field, said);
        } else {
            self.edit(Side::Right, place, field);
        }
    }

    pub fn edit(&mut self, side: Side, place: usize, field: &'static str) {
        let thing = &self.oracle.things[place];
        let kind = thing.kind;
        // Two that are not known to be one yet are known by their code alone; and sample data is known by it as well.
        let is_key = rules(kind)[0].0 == field;
        if is_key && (thing.sample || thing.copied || (!thing.live && !thing.buried)) {
            return;
        }
        if let Some(value) = self.any_value(side, kind, field) {
            self.write(side, place, field, value);
        }
    }

    /// A system may refuse what its user wants; then nothing happened.
    pub fn write(&mut self, side: Side, place: usize, field: &'static str, value: Val) {
        let thing = &self.oracle.things[place];
        let (kind, id) = (thing.kind, thing.id(side).expect("it stands there").clone());
        let mut record = raw(&self.oracle, side, kind, &Fields::from([(field, value.clone())]));
        if kind == Kind::Order && self.dice.percent(50) {
            keep_row_ids(&self.world, side, &id, &mut record);
        }
        let before = self.world.record(name(side), table(side, kind), &id);
        if self.world.edit(name(side), table(side, kind), &id, record).is_ok() {
            // Who types what stands there already has touched nothing that anybody could see.
            let touched = self.world.record(name(side), table(side, kind), &id) != before;
            let thing = &mut self.oracle.things[place];
            thing.touched |= thing.waiting && touched;
            thing.set(side, field, value);
        }
    }

    /// Something that the mapping does not look at changes, or the same is typed again.
    fn touch_something(&mut self) {
        let (side, kind) = (self.dice.side(), self.any_kind());
        let standing = self.standing(side, kind);
        if let Some(place) = self.dice.pick(&standing) {
            self.touch(side, place);
        }
    }

    pub fn touch(&mut self, side: Side, place: usize) {
        let thing = &self.oracle.things[place];
        let kind = thing.kind;
        let id = thing.id(side).expect("it stands there").clone();
        if kind == Kind::Order {
            let lines = thing.fields(side)["lines"].clone();
            return self.write(side, place, "lines", lines);
        }
        let (member, value) = match (side, kind) {
            (Side::Right, _) => ("source", self.counter),
            (Side::Left, Kind::Item) => ("itemType", self.counter),
            (Side::Left, _) => return,
        };
        let before = self.world.record(name(side), table(side, kind), &id);
        self.world
            .edit(name(side), table(side, kind), &id, json!({ member: value.to_string() }))
            .expect("nobody minds");
        let touched = self.world.record(name(side), table(side, kind), &id) != before;
        let thing = &mut self.oracle.things[place];
        thing.touched |= thing.waiting && touched;
    }

    /// Whether another pair is left on a side when a record goes: where all are gone, each waits for a person, and that is another test's business
    /// (`guards`). Those of `besides` go as well.
    pub fn leaves_some(&self, side: Side, place: usize, besides: &BTreeSet<usize>) -> bool {
        let things = &self.oracle.things;
        let left = |other: &usize| *other != place && things[*other].live && !besides.contains(other);
        !things[place].live || self.standing(side, things[place].kind).iter().any(left)
    }

    fn remove_something(&mut self) {
        let (side, kind) = (self.dice.side(), self.any_kind());
        let standing = self.standing(side, kind);
        // A system that loses its last record of a kind looks broken; what happens then is another test's business.
        if standing.len() < 2 {
            return;
        }
        let Some(place) = self.dice.pick(&standing).filter(|place| !self.oracle.things[*place].copied) else { return };
        if !self.leaves_some(side, place, &BTreeSet::new()) {
            return;
        }
        let id = self.oracle.things[place].id(side).expect("it stands there").clone();
        if self.world.remove(name(side), table(side, kind), &id).is_ok() {
            self.oracle.things[place].vanish_from(side);
        }
    }

    /// A customer moves to another branch in Accurate, or back.
    fn move_branch(&mut self) {
        let standing = self.standing(Side::Left, Kind::Customer);
        let Some(place) = self.dice.pick(&standing).filter(|place| !self.oracle.things[*place].copied) else { return };
        let outside = !self.oracle.things[place].outside;
        let id = self.oracle.things[place].id(Side::Left).expect("it stands there").clone();
        let branch = if outside { json!(2) } else { json!(1) };
        self.world.edit(name(Side::Left), "customer", &id, json!({ "branchId": branch })).expect("branches are free");
        self.oracle.things[place].outside = outside;
    }
}
