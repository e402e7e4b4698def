//! What must hold whatever happens, told by an account of what users did: no edit lost, nothing twice, nothing back from the dead, nothing
//! removed that nobody removed; and in peace everything comes to rest.

use super::deeds::{CODES, Memory, find, look, settle};
use super::{Chapter, Spot};
use crate::world::{Answer, World, customer, term};
use selaras_model::{EntityName, Image, Link, LinkState, Side, Value};
use std::collections::BTreeMap;

/// What users did to a thing.
#[derive(Clone, Debug, Default)]
pub struct Fact {
    /// What users typed on a side and no run has passed on and noted.
    pub typed: [Option<String>; 2],
    /// Where users removed it, once it was known to belong together.
    pub gone: [bool; 2],
    /// Whether every runner knew the pair then. One that does not takes what it finds on one side only for new: whether something was made and
    /// removed, or never made, nobody can tell.
    pub known: [bool; 2],
    /// Where runners made it for the other side.
    pub joined: [bool; 2],
}

/// What users did.
#[derive(Clone, Debug, Default)]
pub struct Account {
    facts: BTreeMap<&'static str, Fact>,
    values: usize,
}

fn at(side: Side) -> usize {
    usize::from(side == Side::Right)
}

impl Account {
    pub fn of(&self, key: &str) -> Option<&Fact> {
        self.facts.get(key)
    }

    /// A value that nothing ever had, typed on these sides.
    pub fn fresh(&mut self, key: &'static str, sides: &[Side]) -> String {
        self.values += 1;
        let value = format!("v{}", self.values);
        let fact = self.facts.entry(key).or_default();
        sides.iter().for_each(|side| fact.typed[at(*side)] = Some(value.clone()));
        value
    }

    /// Users removed it. `linked`: whether this and the other runner have linked it.
    pub fn removed(&mut self, side: Side, key: &'static str, linked: (bool, Option<bool>)) {
        let fact = self.facts.entry(key).or_default();
        let (ours, theirs) = (linked.0, linked.1);
        fact.gone[at(side)] = ours || theirs == Some(true) || fact.joined.contains(&true);
        fact.known[at(side)] = ours && theirs != Some(false);
        fact.typed[at(side)] = None;
    }
}

/// The values of all records of a key; more than one: it is there twice.
fn values(world: &World, side: Side, entity: &EntityName, key: &str) -> Vec<String> {
    let (name, value) = if *entity == term() { ("name", "name") } else { ("code", "value") };
    let text = |value: Option<&Value>| value.map(selaras_mapping::display_text).unwrap_or_default();
    let records = world.table(side, entity).values();
    let alike = records.filter(|rec| text(rec.image.get(&name.into())) == key);
    alike.map(|rec| text(rec.image.get(&value.into())).to_lowercase()).collect()
}

fn things() -> [(EntityName, &'static str); 4] {
    [(term(), "T1"), (term(), "T2"), (customer(), CODES[0]), (customer(), CODES[1])]
}

/// What a run may have done to the systems.
pub fn kept(
    before: &World,
    (after, rival): (&World, Option<&Memory>),
    account: &mut Account,
    chapter: &Chapter,
) -> Result<(), String> {
    for (entity, key) in things() {
        let was = Side::BOTH.map(|side| values(before, side, &entity, key));
        let is = Side::BOTH.map(|side| values(after, side, &entity, key));
        let fact = account.facts.get(key).cloned().unwrap_or_default();
        for side in [0, 1] {
            let other = 1 - side;
            let name = ["a", "b"][side];
            match (was[side].as_slice(), is[side].as_slice()) {
                (_, [_, _, ..]) => return Err(format!("{key} is in {name} twice")),
                ([], [_]) if fact.known[side] => return Err(format!("{key} came back to {name}")),
                ([], [_]) if was[other].is_empty() => return Err(format!("{key} came to {name} out of nothing")),
                ([], [_]) => account.facts.entry(key).or_default().joined[side] = true,
                ([_], []) if !fact.gone[other] => return Err(format!("{name} lost {key}, which nobody removed")),
                ([_], []) if fact.typed[side].is_some() => return Err(format!("{name} lost {key} with an edit")),
                // Whoever finds it gone here follows in turn.
                ([_], []) => account.facts.entry(key).or_default().gone[side] = true,
                ([old], [new]) if old != new => {
                    let wins = chapter.rule == ["a", "b"][other] && fact.typed[other].is_some();
                    if fact.typed[side].is_some() && !wins {
                        return Err(format!("{key} in {name} was edited to {old} and is {new}"));
                    }
                }
                _ => {}
            }
        }
        if let ([left], [right]) = (is[0].as_slice(), is[1].as_slice())
            && left == right
            && (is_agreed(&after.links, &entity, left)
                || rival.is_some_and(|memory| is_agreed(&memory.links, &entity, left)))
            && let Some(fact) = account.facts.get_mut(key)
        {
            fact.typed = [None, None];
        }
    }
    Ok(())
}

/// Whether a base has this value on both sides.
fn is_agreed(links: &[(EntityName, Link)], entity: &EntityName, value: &str) -> bool {
    let spelled = |image: &Image| {
        image.get(&"value".into()).map(selaras_mapping::display_text).unwrap_or_default().to_lowercase()
    };
    let mut links = links.iter().filter(|(of, link)| of == entity && link.state == LinkState::Live);
    links.any(|(_, link)| Side::BOTH.iter().all(|side| spelled(link.images.get(*side)) == value))
}

/// Runs in peace, by whoever takes part.
const ROUNDS: usize = 3;

/// Left in peace, the world comes to rest soon, and then it is as users wanted it.
pub fn comes_to_rest(spot: &Spot, chapter: &Chapter) -> Result<(), String> {
    let mut spot = spot.clone();
    for _ in 0..ROUNDS {
        let Spot { world, rival, account, .. } = &mut spot;
        settle(world);
        let before = world.clone();
        let plan = look(world);
        world.carry_out(&plan, &mut |_| Answer::Done);
        kept(&before, (world, rival.as_ref()), account, chapter).map_err(|why| format!("then in peace: {why}"))?;
        if let Some(memory) = rival {
            let before = world.clone();
            memory.swap(world);
            settle(world);
            let plan = look(world);
            world.carry_out(&plan, &mut |_| Answer::Done);
            memory.swap(world);
            kept(&before, (world, Some(&*memory)), account, chapter)
                .map_err(|why| format!("then the other runner: {why}"))?;
        }
    }
    at_rest(&mut spot)
}

fn at_rest(spot: &mut Spot) -> Result<(), String> {
    let world = &mut spot.world;
    let plan = look(world);
    if let Some(action) = plan.actions.first() {
        return Err(format!("it does not come to rest: {:?} {} {}", action.kind, action.entity, action.label));
    }
    if !world.open.is_empty() {
        return Err(format!("an intent stays open: {:?}", world.open[0].intent));
    }
    let refused = |entity: &EntityName| world.refused.iter().any(|(of, _)| of == entity);
    for (entity, key) in things() {
        let spoken_of = plan.conflicts.iter().any(|conflict| conflict.entity == entity && conflict.label == key)
            || plan.held.iter().any(|held| held.entity == entity && held.label == key)
            || plan.problems.iter().any(|problem| problem.entity == entity && problem.label == key);
        let is = Side::BOTH.map(|side| values(world, side, &entity, key));
        let fact = spot.account.of(key).cloned().unwrap_or_default();
        match (is[0].as_slice(), is[1].as_slice()) {
            ([left], [right]) if left == right || spoken_of => {}
            ([_], [_]) => return Err(format!("{key} differs, and nobody says so: {is:?}")),
            ([], []) => {}
            _ if fact.gone == [false, false] && !spoken_of => return Err(format!("{key} is on one side only: {is:?}")),
            _ if spoken_of || refused(&entity) || entity == term() => {}
            _ => return Err(format!("{key} was removed on one side, stays on the other, and nobody says so")),
        }
    }
    // What waits for somebody may refer to what waits.
    if plan.conflicts.is_empty() && plan.held.is_empty() && plan.problems.is_empty() {
        references(world)
    } else {
        Ok(())
    }
}

/// Both customers of a pair refer to both terms of a pair.
fn references(world: &World) -> Result<(), String> {
    for code in CODES {
        let term_of = |side: Side| {
            let rec = world.rec(side, &customer(), &find(world, side, &customer(), code)?)?.clone();
            match rec.image.get(&"term".into()) {
                Some(Value::Ref(to)) => Some(to.key.clone()),
                _ => None,
            }
        };
        let live = |link: &&(EntityName, Link)| link.0 == term() && link.1.state == LinkState::Live;
        if let (Some(left), Some(right)) = (term_of(Side::Left), term_of(Side::Right)) {
            let pair = |link: &(EntityName, Link)| {
                (link.1.ids.left.as_str(), link.1.ids.right.as_str()) == (left.as_str(), right.as_str())
            };
            if !world.links.iter().filter(live).any(pair) {
                return Err(format!("{code} refers to {left} in a and {right} in b, which are no pair"));
            }
        }
    }
    Ok(())
}
