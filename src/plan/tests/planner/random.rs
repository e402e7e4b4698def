//! Stories: records planted in both systems, linked or not, and then edited, removed and taken out of scope on both sides.

use crate::world::{FIELDS, Norm, Sys, World, customer, mapping, number, term, text};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed};
use selaras_model::{EntityName, NativeId, PerSide, Reason, Row, Side, Standing, Text, Value};

/// So many cases, the same ones every time: what chance finds is no fault of the change that it meets. `PROPTEST_CASES` asks for other ones, and so
/// many of them; failures are kept beside the tests.
pub fn config(cases: u32) -> Config {
    let beside = FileFailurePersistence::WithSource("regressions");
    let chosen = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config::default(),
        None => Config { cases, rng_seed: RngSeed::Fixed(SEED), ..Config::default() },
    };
    Config { failure_persistence: Some(Box::new(beside)), ..chosen }
}

/// Where the cases of every day begin.
const SEED: u64 = 1;

/// Where a record is planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Linked,
    InA,
    InB,
    /// In both, not linked, with the same code.
    Twins,
}

/// A record.
#[derive(Clone, Debug)]
struct Plant {
    place: Place,
    values: [u8; 12],
}

/// What happens to a record.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// A field gets one of a few values.
    Set {
        field: u8,
        value: u8,
    },
    /// Both records of a pair get a value, not the same.
    Duel {
        field: u8,
        value: u8,
    },
    /// The record gets a code that nothing else has.
    Recode,
    Remove,
    /// In or out of scope.
    Scope,
    /// Its partner id is cleared.
    Forget,
    /// The term that it may have gets another name or number of days.
    Term {
        days: bool,
    },
}

#[derive(Clone, Debug)]
struct Edit {
    on: Sys,
    pick: u8,
    deed: Deed,
}

/// A story. Told to a mapping with the systems in either order, it is the same story.
#[derive(Clone, Debug)]
pub struct Story {
    plants: Vec<Plant>,
    edits: Vec<Edit>,
    norms: (Norm, Norm),
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![5 => Just(Place::Linked), 2 => Just(Place::InA), 2 => Just(Place::InB), 1 => Just(Place::Twins)]
}

fn deed() -> impl Strategy<Value = Deed> {
    let field = 1..u8::try_from(FIELDS.len()).unwrap();
    prop_oneof![
        9 => (field.clone(), any::<u8>()).prop_map(|(field, value)| Deed::Set { field, value }),
        3 => (field, any::<u8>()).prop_map(|(field, value)| Deed::Duel { field, value }),
        2 => Just(Deed::Recode),
        2 => Just(Deed::Remove),
        1 => Just(Deed::Scope),
        1 => Just(Deed::Forget),
        1 => any::<bool>().prop_map(|days| Deed::Term { days }),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    let sys = prop_oneof![Just(Sys::A), Just(Sys::B)];
    (sys, 0..8u8, deed()).prop_map(|(on, pick, deed)| Edit { on, pick, deed })
}

/// Stories of up to eight records and fourteen edits between systems that store what they are given.
pub fn story() -> impl Strategy<Value = Story> {
    (plants(), vec(edit(), 0..14)).prop_map(|(plants, edits)| Story { plants, edits, norms: Default::default() })
}

/// The same between systems that normalise, each in its own way.
pub fn normalised_story() -> impl Strategy<Value = Story> {
    let norm = || prop_oneof![Just(Norm::Plain), Just(Norm::Upper), Just(Norm::Lower), Just(Norm::Whole)];
    (story(), norm(), norm()).prop_map(|(story, a, b)| Story { norms: (a, b), ..story })
}

fn plants() -> impl Strategy<Value = Vec<Plant>> {
    vec((place(), any::<[u8; 12]>()).prop_map(|(place, values)| Plant { place, values }), 1..8)
}

/// Two terms that exist on both sides, one that only `a` has, one that only `b` has and that is out of scope there.
const TERMS: [(&str, bool, bool); 4] =
    [("net 30", true, true), ("cash", true, true), ("only a", true, false), ("only b", false, true)];

impl Story {
    /// The world after planting: everything that is linked agrees.
    pub fn planted(&self, first: Sys) -> World {
        let mut world = World::new(mapping(first));
        for (name, in_a, in_b) in TERMS {
            let fields = [("name", text(name)), ("days", number("30"))];
            let a = in_a.then(|| world.put(Sys::A, &term(), &fields));
            let b = in_b.then(|| world.put(Sys::B, &term(), &fields));
            match (a, b) {
                (Some(a), Some(b)) => link(&mut world, &term(), a, b),
                (None, Some(b)) => {
                    let side = world.side(Sys::B);
                    world.rec_mut(side, &term(), &b).standing = outside();
                }
                (_, None) => {}
            }
        }
        for (at, plant) in self.plants.iter().enumerate() {
            plant.put(&mut world, at);
        }
        world.norms = PerSide::from_fn(|side| if side == world.side(Sys::A) { self.norms.0 } else { self.norms.1 });
        world
    }

    /// The world after the edits as well.
    pub fn told(&self, first: Sys) -> World {
        let mut world = self.planted(first);
        self.happen(&mut world);
        world
    }

    /// The same in a world that remembers everything it ever held.
    pub fn remembered(&self, first: Sys) -> World {
        let mut world = self.planted(first);
        world.remembers = true;
        world.remember();
        self.happen(&mut world);
        world
    }

    /// The edits happen.
    pub fn happen(&self, world: &mut World) {
        for (at, edit) in self.edits.iter().enumerate() {
            edit.happen(world, at);
        }
    }
}

fn link(world: &mut World, entity: &EntityName, a: NativeId, b: NativeId) {
    let (left, right) = if world.side(Sys::A) == Side::Left { (a, b) } else { (b, a) };
    world.link(entity, &left, &right);
}

impl Plant {
    fn put(&self, world: &mut World, at: usize) {
        let fields = |sys: Sys, twist: bool| -> Vec<(&'static str, Value)> {
            let mut fields = vec![("code", text(&format!("C{at}")))];
            for (position, name) in FIELDS.iter().enumerate().skip(1) {
                // Twins may differ in what they say.
                let value = self.values[position].wrapping_add(u8::from(twist && position % 5 == 2));
                fields.push((*name, any_value(world, sys, name, value)));
            }
            fields
        };
        let (in_a, in_b) = (fields(Sys::A, false), fields(Sys::B, self.place == Place::Twins));
        let mut put = |sys: Sys, fields: &[(&str, Value)]| world.put(sys, &customer(), fields);
        match self.place {
            Place::InA => drop(put(Sys::A, &in_a)),
            Place::InB => drop(put(Sys::B, &in_b)),
            Place::Twins => {
                put(Sys::A, &in_a);
                put(Sys::B, &in_b);
            }
            Place::Linked => {
                let (a, b) = (put(Sys::A, &in_a), put(Sys::B, &in_b));
                link(world, &customer(), a, b);
            }
        }
    }
}

/// One of a few values of a field; the same number means the same thing in both systems.
pub fn any_value(world: &World, sys: Sys, field: &str, value: u8) -> Value {
    match field {
        "tax" => text(["", "", "T1", "T2", "T3"][usize::from(value) % 5]),
        "mail" => text(["", "a@x", "A@X", "b@x"][usize::from(value) % 4]),
        "limit" => {
            [Value::Null, number("0"), number("1.5"), number("1.504"), number("20")][usize::from(value) % 5].clone()
        }
        "term" => any_term(world, sys, value),
        "lines" => any_lines(value),
        _ => text(["", "x", "Yy", "zz"][usize::from(value) % 4]),
    }
}

fn any_term(world: &World, sys: Sys, value: u8) -> Value {
    let side = world.side(sys);
    let name = ["", "net 30", "cash", "only a", "only b"][usize::from(value) % 5];
    let table = world.table(side, &term());
    let found = table.iter().find(|(_, rec)| rec.image.get(&"name".into()) == Some(&text(name)));
    found.map_or(Value::Null, |(id, _)| World::refer(&term(), id))
}

fn any_lines(value: u8) -> Value {
    let line = |item: &str, quantity: u8| {
        let mut fields = selaras_model::Image::default();
        fields.set("item".into(), text(item));
        fields.set("quantity".into(), number(&quantity.to_string()));
        fields.set("remark".into(), text(if quantity.is_multiple_of(2) { "" } else { "odd" }));
        Row { key: vec![text(item)], occurrence: 0, id: None, fields }
    };
    let items = ["nut", "bolt", "rope"].iter().enumerate().filter(|(bit, _)| value & (1 << bit) != 0);
    let mut rows: Vec<Row> = items.map(|(_, item)| line(item, value >> 5)).collect();
    if value & 8 != 0 {
        rows.reverse();
    }
    Value::List(rows)
}

fn outside() -> Standing {
    Standing::OutOfScope(Reason { rule: "scope".into(), text: Text::same("elsewhere") })
}

impl Edit {
    fn happen(&self, world: &mut World, at: usize) {
        let side = world.side(self.on);
        match self.deed {
            Deed::Term { days } => return self.term(world, at, days),
            Deed::Duel { field, value } => return self.duel(world, FIELDS[usize::from(field)], value),
            Deed::Set { .. } | Deed::Recode | Deed::Remove | Deed::Scope | Deed::Forget => {}
        }
        let table = world.table(side, &customer());
        let Some(id) = table.keys().nth(usize::from(self.pick) % table.len().max(1)).cloned() else { return };
        match self.deed {
            Deed::Set { field, value } => {
                let field = FIELDS[usize::from(field)];
                let value = any_value(world, self.on, field, value);
                world.edit(side, &customer(), &id, field, &value);
            }
            Deed::Recode => world.edit(side, &customer(), &id, "code", &text(&format!("N{at}"))),
            Deed::Remove => drop(world.remove(side, &customer(), &id)),
            Deed::Scope => {
                let rec = world.rec_mut(side, &customer(), &id);
                rec.standing = if rec.standing == Standing::Real { outside() } else { Standing::Real };
                rec.version += 1;
            }
            Deed::Forget => world.rec_mut(side, &customer(), &id).partner = None,
            Deed::Term { .. } | Deed::Duel { .. } => {}
        }
    }

    fn duel(&self, world: &mut World, field: &str, value: u8) {
        let links: Vec<_> =
            world.live().filter(|(of, _)| *of == customer()).map(|(_, link)| link.ids.clone()).collect();
        let Some(ids) = links.get(usize::from(self.pick) % links.len().max(1)) else { return };
        for (sys, value) in [(Sys::A, value), (Sys::B, value.wrapping_add(1))] {
            let side = world.side(sys);
            if world.rec(side, &customer(), ids.get(side)).is_some() {
                let value = any_value(world, sys, field, value);
                world.edit(side, &customer(), ids.get(side), field, &value);
            }
        }
    }

    fn term(&self, world: &mut World, at: usize, days: bool) {
        let side = world.side(self.on);
        let table = world.table(side, &term());
        let Some(id) = table.keys().nth(usize::from(self.pick) % table.len().max(1)).cloned() else { return };
        if days {
            world.edit(side, &term(), &id, "days", &number(&at.to_string()));
        } else {
            world.edit(side, &term(), &id, "name", &text(&format!("term {at}")));
        }
    }
}
