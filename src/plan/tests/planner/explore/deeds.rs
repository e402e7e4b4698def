//! What can happen next in the little model, and what comes of it: people's deeds, and runs in all their ways to end.

use super::promises::{Account, kept};
use super::{Chapter, Spot};
use crate::world::{Answer, Sys, World, customer, term, text};
use selaras_apply::shrink;
use selaras_model::{EntityName, Link, NativeId, PerSide, Side, WriteKind};
use selaras_plan::{Action, Change, OpenIntent, Plan, RefusedDelete};
use std::collections::BTreeSet;

/// The customer that is there from the beginning, and the one that users make.
pub const CODES: [&str; 2] = ["C1", "C2"];

/// A step of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A user gives a customer a value that it never had.
    Edit(Side, &'static str),
    /// Users of both systems give it the same.
    EditBoth(&'static str),
    Remove(Side, &'static str),
    RemoveTerm(Side, &'static str),
    /// A user makes a customer and the term that it refers to.
    Make(Side),
    /// A whole run.
    Run,
    /// A run that dies after so many steps.
    Die(usize),
    /// The same, and the answers to its last call are lost.
    Cut(usize),
    /// The same, and its last call never went out.
    Unsent(usize),
    /// A run of which one write is refused.
    Refuse(usize),
    /// A run; what it makes shows only when time has passed.
    Late,
    /// A run that does not see all of a side, and is told so.
    Partial(Side),
    /// A run with the other state.
    Rival,
    /// A plan is kept.
    Save,
    /// The plan that was kept is applied, as far as it still holds.
    ApplySaved,
    /// Time passes: everything shows, and a look is conclusive.
    Settle,
}

/// What a runner remembers.
#[derive(Clone, Debug)]
pub struct Memory {
    pub links: Vec<(EntityName, Link)>,
    open: Vec<OpenIntent>,
    refused: Vec<(EntityName, RefusedDelete)>,
    forgotten: Vec<(EntityName, PerSide<NativeId>)>,
    unnoted: Vec<(EntityName, Side, NativeId, Vec<Change>)>,
}

impl Memory {
    pub fn of(world: &World) -> Self {
        let World { links, open, refused, forgotten, unnoted, .. } = world.clone();
        Self { links, open, refused, forgotten, unnoted }
    }

    /// The other runner's turn.
    pub fn swap(&mut self, world: &mut World) {
        std::mem::swap(&mut self.links, &mut world.links);
        std::mem::swap(&mut self.open, &mut world.open);
        std::mem::swap(&mut self.refused, &mut world.refused);
        std::mem::swap(&mut self.forgotten, &mut world.forgotten);
        std::mem::swap(&mut self.unnoted, &mut world.unnoted);
    }
}

/// The customer of a code.
pub fn find(world: &World, side: Side, entity: &EntityName, key: &str) -> Option<NativeId> {
    let name = if *entity == term() { "name" } else { "code" };
    let is = |rec: &crate::world::Rec| rec.image.get(&name.into()) == Some(&text(key));
    world.table(side, entity).iter().find(|(_, rec)| is(rec)).map(|(id, _)| id.clone())
}

/// All that can happen.
pub fn steps(spot: &Spot, chapter: &Chapter) -> Vec<Step> {
    let may = chapter.may;
    let mut steps = vec![Step::Run];
    for side in Side::BOTH {
        if may.edit {
            steps.push(Step::Edit(side, "C1"));
        }
        if may.remove {
            steps.extend(CODES.map(|code| Step::Remove(side, code)));
            steps.extend(["T1", "T2"].map(|name| Step::RemoveTerm(side, name)));
        }
        if may.make {
            steps.push(Step::Make(side));
        }
        if may.partial {
            steps.push(Step::Partial(side));
        }
    }
    if may.edit {
        steps.push(Step::EditBoth("C1"));
    }
    if may.late {
        steps.push(Step::Late);
    }
    if may.rival {
        steps.push(Step::Rival);
    }
    if may.save {
        steps.push(if spot.saved.is_some() { Step::ApplySaved } else { Step::Save });
    }
    if may.late || may.die {
        steps.push(Step::Settle);
    }
    if may.die || may.refuse {
        let mut dry = spot.world.clone();
        let plan = look(&mut dry);
        dry.carry_out(&plan, &mut |_| Answer::Done);
        if may.die && !plan.pairs.is_empty() {
            steps.extend((1..dry.took).flat_map(|at| [Step::Die(at), Step::Cut(at), Step::Unsent(at)]));
        }
        if may.refuse {
            steps.extend((0..plan.actions.len()).map(Step::Refuse));
        }
    }
    steps
}

/// The state after a step; `None` when it changes nothing.
pub fn after(spot: &Spot, step: &Step, chapter: &Chapter) -> Result<Option<Spot>, String> {
    let mut next = spot.clone();
    let done = match *step {
        Step::Edit(side, code) => edit(&mut next, &[side], code),
        Step::EditBoth(code) => edit(&mut next, &Side::BOTH, code),
        Step::Remove(side, code) => remove(&mut next, side, &customer(), code),
        Step::RemoveTerm(side, name) => remove(&mut next, side, &term(), name),
        Step::Make(side) => make(&mut next, side),
        Step::Settle => settle(&mut next.world),
        Step::Save => {
            next.saved = Some(next.world.plan());
            true
        }
        Step::Run
        | Step::Die(_)
        | Step::Cut(_)
        | Step::Unsent(_)
        | Step::Refuse(_)
        | Step::Late
        | Step::Partial(_)
        | Step::Rival
        | Step::ApplySaved => {
            run(&mut next, step);
            kept(&spot.world, (&next.world, next.rival.as_ref()), &mut next.account, chapter)?;
            true
        }
    };
    Ok(done.then_some(next))
}

fn edit(spot: &mut Spot, sides: &[Side], code: &'static str) -> bool {
    let found: Vec<_> =
        sides.iter().filter_map(|side| Some((*side, find(&spot.world, *side, &customer(), code)?))).collect();
    if found.len() < sides.len() {
        return false;
    }
    let value = spot.account.fresh(code, sides);
    for (side, id) in found {
        spot.world.edit(side, &customer(), &id, "value", &text(&value));
    }
    true
}

fn remove(spot: &mut Spot, side: Side, entity: &EntityName, key: &'static str) -> bool {
    let Some(id) = find(&spot.world, side, entity, key) else { return false };
    if !spot.world.remove(side, entity, &id) {
        return false;
    }
    let was_linked =
        |links: &[(EntityName, Link)]| links.iter().any(|(of, link)| of == entity && *link.ids.get(side) == id);
    let theirs = spot.rival.as_ref().map(|memory| was_linked(&memory.links));
    let linked = (was_linked(&spot.world.links), theirs);
    spot.account.removed(side, key, linked);
    true
}

fn make(spot: &mut Spot, side: Side) -> bool {
    if find(&spot.world, side, &customer(), "C2").is_some() || spot.account.is_gone(side, "C2") {
        return false;
    }
    let sys = if side == Side::Left { Sys::A } else { Sys::B };
    let to = find(&spot.world, side, &term(), "T2");
    let to = to.unwrap_or_else(|| spot.world.put(sys, &term(), &[("name", text("T2"))]));
    let fields = [("code", text("C2")), ("value", text("new")), ("term", World::refer(&term(), &to))];
    spot.world.put(sys, &customer(), &fields);
    true
}

/// Time passes. `false`: nothing was waiting for that.
pub fn settle(world: &mut World) -> bool {
    let waits = !world.hidden.is_empty() || world.open.iter().any(|open| !open.settled);
    world.hidden.clear();
    world.open.iter_mut().for_each(|open| open.settled = true);
    waits
}

fn run(spot: &mut Spot, step: &Step) {
    match *step {
        Step::Rival => {
            let mut memory = spot.rival.take().expect("there is a second runner");
            memory.swap(&mut spot.world);
            whole(&mut spot.world);
            memory.swap(&mut spot.world);
            spot.rival = Some(memory);
        }
        Step::ApplySaved => {
            if let Some(saved) = spot.saved.take() {
                apply_saved(&mut spot.world, &saved);
            }
        }
        Step::Partial(side) => {
            // The second half of each list is missing.
            for entity in [term(), customer()] {
                let ids: Vec<NativeId> = spot.world.table(side, &entity).keys().skip(1).cloned().collect();
                spot.world.hidden.extend(ids.into_iter().map(|id| (side, entity.clone(), id)));
            }
            let hidden = std::mem::take(&mut spot.world.hidden);
            let (mut blind, before) = (spot.world.clone(), spot.world.coverage.clone());
            blind.hidden.clone_from(&hidden);
            blind.break_off(side);
            let plan = blind.plan();
            // What was not seen is not absorbed; the next run sees it.
            close_open(&mut spot.world, &plan, Some(side));
            spot.world.coverage = before;
            spot.world.carry_out(&plan, &mut |_| Answer::Done);
        }
        Step::Late => {
            let known = all(&spot.world);
            whole(&mut spot.world);
            let made = all(&spot.world).difference(&known).cloned().collect::<Vec<_>>();
            spot.world.hidden.extend(made);
        }
        Step::Refuse(at) => {
            let plan = look(&mut spot.world);
            let refused = plan.actions[at].id.clone();
            let answer = |action: &Action| if action.id == refused { Answer::Refused } else { Answer::Done };
            spot.world.carry_out(&plan, &mut |action| answer(action));
        }
        Step::Die(at) => dying(&mut spot.world, at, Answer::Done),
        Step::Cut(at) => dying(&mut spot.world, at, Answer::Lost),
        Step::Unsent(at) => dying(&mut spot.world, at, Answer::NeverSent),
        _ => whole(&mut spot.world),
    }
}

fn all(world: &World) -> BTreeSet<(Side, EntityName, NativeId)> {
    let of = |side: Side, entity: EntityName| {
        world.table(side, &entity).keys().map(|id| (side, entity.clone(), id.clone())).collect::<Vec<_>>()
    };
    Side::BOTH.into_iter().flat_map(|side| [of(side, term()), of(side, customer())]).flatten().collect()
}

/// A plan, and what the look behind it says of writes without an answer.
pub fn look(world: &mut World) -> Plan {
    world.absorb();
    let plan = world.plan();
    close_open(world, &plan, None);
    plan
}

/// A run from beginning to end.
pub fn whole(world: &mut World) {
    let plan = look(world);
    world.carry_out(&plan, &mut |_| Answer::Done);
}

/// What was unclear is closed by what was seen, as `selaras-run` does it: a create has a partner now, or certainly has none; anything else
/// shows by itself.
fn close_open(world: &mut World, plan: &Plan, partial: Option<Side>) {
    let links = world.links.clone();
    world.open.retain(|open| {
        let intent = &open.intent;
        let Some(origin) = intent.origin_id.as_ref().filter(|_| intent.kind == WriteKind::Create) else { return false };
        let source = intent.target.other();
        let linked = links.iter().any(|(entity, link)| *entity == intent.entity && link.ids.get(source) == origin);
        let paired = plan.pairs.iter().any(|pair| {
            let ids = &pair.ids;
            pair.entity == intent.entity && ids.get(source).as_ref() == Some(origin) && ids.get(intent.target).is_some()
        });
        let complete = partial != Some(intent.target);
        !(linked || paired || (open.settled && complete))
    });
}

/// A run that dies at a step, with that answer to the last call.
fn dying(world: &mut World, at: usize, last: Answer) {
    let plan = look(world);
    let mut before = world.clone();
    let known = before.carry_out_until(&plan, &mut |_| Answer::Done, at - 1);
    let known: BTreeSet<_> = known.ends.keys().map(|at| plan.actions[*at].id.clone()).collect();
    world.carry_out_until(&plan, &mut |action| if known.contains(&action.id) { Answer::Done } else { last }, at);
}

/// A plan of before, as far as a fresh look says that it still holds.
fn apply_saved(world: &mut World, saved: &Plan) {
    let fresh = look(world);
    let shrunk = shrink(saved, &fresh);
    let moved: BTreeSet<_> = shrunk.moved.keys().map(|at| shrunk.plan.actions[*at].id.clone()).collect();
    world.carry_out_of(&shrunk.plan, &mut |_| Answer::Done, usize::MAX, &moved, &shrunk.left);
}

impl Account {
    pub fn is_gone(&self, side: Side, key: &str) -> bool {
        self.of(key).is_some_and(|fact| fact.gone[usize::from(side == Side::Right)])
    }
}
