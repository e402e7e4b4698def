//! The merge of one pair, field by field, each side against its own base.
//!
//! A unit is one field or one atomic group. What it comes to is decided in `table`; here the facts are gathered and the verdict is turned
//! into values to write and moves of the base. A held unit's base does not move, so that the conflict is seen again next time.

use crate::decide::{self, Ruling};
use crate::plan::{Change, ConflictKind, FieldConflict, Move};
use crate::table::{UnitVerdict, unit_verdict};
use crate::translate::{Needs, Translator};
use selaras_mapping::program::{ConflictRule, Direction, Entity, Field, FirstMeeting, WriteRule};
use selaras_model::planted::{Bug, planted};
use selaras_model::{Decision, FieldName, Grace, Image, Message, PerSide, Row, Side, Take, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A pair to merge.
pub(crate) struct Meeting<'a, 'd> {
    pub entity: &'a Entity,
    pub systems: &'a PerSide<String>,
    /// What each side last agreed on; a field that is absent has no base.
    pub base: &'a PerSide<Image>,
    /// What each side holds now.
    pub now: &'a PerSide<Image>,
    /// The side whose record the other one was made from by us, where what was made was never compared.
    pub maker: Option<Side>,
    /// The record of one side came back while the other waited, out of use, for its delete.
    pub returned: Option<&'a Grace>,
    /// What people decided about this pair.
    pub decisions: Vec<&'d Decision>,
    /// Fields of it that runs have been writing back and forth.
    pub swings: Vec<&'a FieldName>,
    pub translator: Translator<'a>,
}

/// What a merge comes to.
#[derive(Debug, Default)]
pub(crate) struct Merged<'d> {
    /// Per side to be written: the values, in its form.
    pub writes: PerSide<Image>,
    /// The same for people.
    pub changes: PerSide<Vec<Change>>,
    /// What the writes need.
    pub needs: PerSide<Needs>,
    /// What happens to the base.
    pub moves: BTreeMap<FieldName, Move>,
    /// Fields that say the same, apart from what their origin leaves open.
    pub agreed: BTreeSet<FieldName>,
    /// Fields in conflict.
    pub conflicts: Vec<(ConflictKind, FieldConflict)>,
    /// Fields that wait, and for what.
    pub held: Vec<Message>,
    /// Decisions that decide here.
    pub taken: Vec<&'d Decision>,
    /// Decisions that were made on other values.
    pub stale: Vec<&'d Decision>,
}

/// The facts about one field of a pair.
struct Facts<'a> {
    field: &'a Field,
    base: PerSide<Option<&'a Value>>,
    now: PerSide<&'a Value>,
    differs: bool,
    /// It differs only in what its origin left open and the other system filled in.
    open: bool,
    has_base: bool,
    changed: PerSide<bool>,
}

/// Merges a pair.
pub(crate) fn merge<'d>(meeting: &Meeting<'_, 'd>) -> Merged<'d> {
    let mut merged = Merged::default();
    for unit in units(meeting.entity) {
        let mut facts = Vec::with_capacity(unit.len());
        for position in unit {
            let field = &meeting.entity.fields[position];
            match look(meeting, position, field) {
                Some(fact) => {
                    if !fact.differs || fact.open {
                        merged.agreed.insert(field.name.clone());
                    }
                    facts.push(fact);
                }
                // One-sided, or a system did not return it: unknown is never "cleared", so the base stays.
                None => drop(merged.moves.insert(field.name.clone(), Move::Keep)),
            }
        }
        settle_unit(meeting, &facts, &mut merged);
    }
    merged
}

/// The positions of fields that go together, in the mapping's order of their first fields.
pub(crate) fn units(entity: &Entity) -> Vec<Vec<usize>> {
    let mut units: Vec<Vec<usize>> = Vec::new();
    let mut of_group: BTreeMap<usize, usize> = BTreeMap::new();
    for (position, field) in entity.fields.iter().enumerate() {
        match field.group.and_then(|group| of_group.get(&group).copied()) {
            Some(unit) => units[unit].push(position),
            None => {
                if let Some(group) = field.group {
                    of_group.insert(group, units.len());
                }
                units.push(vec![position]);
            }
        }
    }
    units
}

/// The facts about a field, or `None` when nothing can be said of it.
fn look<'a>(meeting: &'a Meeting<'_, '_>, position: usize, field: &'a Field) -> Option<Facts<'a>> {
    let now = PerSide::new(meeting.now.left.get(&field.name)?, meeting.now.right.get(&field.name)?);
    let base = meeting.base.as_ref().map(|image| image.get(&field.name));
    let maker = match field.direction {
        Direction::Towards(target) => Some(target.other()),
        Direction::TwoWay => meeting.maker,
    };
    let agrees = |origin: &Side| {
        let told = meeting.translator.translate(field, *origin, now.get(*origin), &mut Needs::default());
        told.is_ok_and(|told| meeting.entity.same(position, &told, now.get(origin.other())))
    };
    // A name may fit several records, or be about to change over there: it is enough when either side's reference is the other's.
    let differs = !Side::BOTH.iter().any(agrees);
    let open = differs && maker.is_some_and(|origin| is_open(meeting, position, field, origin));
    let was = |side: Side| base.get(side).map(|was| !meeting.entity.same(position, was, now.get(side)));
    let (has_base, changed) = match field.direction {
        Direction::TwoWay => {
            (base.left.is_some() && base.right.is_some(), PerSide::from_fn(|side| was(side).unwrap_or(false)))
        }
        // What its origin says for the first time about a pair that is known is a change; nobody else has a say.
        Direction::Towards(target) => {
            (base.left.is_some() || base.right.is_some(), PerSide::from_fn(|side| was(side).unwrap_or(side != target)))
        }
    };
    Some(Facts { field, base, now, differs, open, has_base, changed })
}

/// Whether what one side holds is what `origin` says, apart from what `origin` leaves open.
fn is_open(meeting: &Meeting, position: usize, field: &Field, origin: Side) -> bool {
    let (said, held) = (meeting.now.get(origin).get(&field.name), meeting.now.get(origin.other()).get(&field.name));
    let (Some(said), Some(held)) = (said, held) else { return false };
    let told = meeting.translator.translate(field, origin, said, &mut Needs::default());
    told.is_ok_and(|told| meeting.entity.fills(position, &told, held))
}

fn settle_unit<'d>(meeting: &Meeting<'_, 'd>, facts: &[Facts], merged: &mut Merged<'d>) {
    let differing = || facts.iter().filter(|fact| fact.differs);
    let verdict = unit_verdict(
        differing().next().is_none(),
        differing().all(|fact| fact.has_base),
        differing().any(|fact| fact.changed.left),
        differing().any(|fact| fact.changed.right),
    );
    match verdict {
        UnitVerdict::KnownDifference if returns(meeting, facts) => {
            let why = meeting
                .returned
                .map(|grace| Message::new("plan-why-returned").with("system", meeting.systems.get(grace.gone)));
            flow(meeting, facts, meeting.returned.map_or(Side::Left, |grace| grace.gone.other()), why, merged);
        }
        // A difference that neither side touched stays as well: it is how one of them spells what it was told, and telling it again would
        // not end (invariant 4). Drift that is to be undone is a change.
        UnitVerdict::Agree | UnitVerdict::KnownDifference => accept(facts, merged),
        UnitVerdict::ChangedOn(_) | UnitVerdict::Clash if swings(meeting, facts) => {
            hold(meeting, facts, ConflictKind::Field, merged);
        }
        UnitVerdict::ChangedOn(side) => {
            let why = parted(meeting, facts, side).then(|| why_direction(meeting, side.other()));
            flow(meeting, facts, side.other(), why, merged);
        }
        UnitVerdict::Clash => clash(meeting, facts, merged),
        UnitVerdict::FirstMeeting => first_meeting(meeting, facts, merged),
    }
}

/// Whether a field that flows from `origin` alone had been given something else on the other side before: what is overwritten there is
/// somebody's, though no run saw the two edits at once.
fn parted(meeting: &Meeting, facts: &[Facts], origin: Side) -> bool {
    let parted = |fact: &Facts| {
        let (Some(said), Some(held)) = (fact.base.get(origin), fact.base.get(origin.other())) else { return false };
        let told = meeting.translator.translate(fact.field, origin, said, &mut Needs::default());
        let position = meeting.entity.position(&fact.field.name);
        told.is_ok_and(|told| position.is_some_and(|position| !meeting.entity.same(position, &told, held)))
    };
    let ours = |fact: &&Facts| fact.differs && fact.field.direction == Direction::Towards(origin.other());
    facts.iter().filter(ours).any(parted)
}

/// Whether a record differs only because it was taken out of use while its partner was gone.
fn returns(meeting: &Meeting, facts: &[Facts]) -> bool {
    let ours = |grace: &Grace| facts.iter().any(|fact| fact.differs && grace.fields.contains(&fact.field.name));
    meeting.returned.is_some_and(ours)
}

/// Whether writing the unit would go on with a back and forth.
fn swings(meeting: &Meeting, facts: &[Facts]) -> bool {
    facts.iter().any(|fact| fact.differs && meeting.swings.contains(&&fact.field.name))
}

/// Nothing to write: the base becomes what was seen.
fn accept(facts: &[Facts], merged: &mut Merged) {
    for fact in facts {
        merged.moves.insert(fact.field.name.clone(), Move::Observed);
    }
}

/// Where drift is to be undone: the side that a differing field is always written towards.
fn drift_target(facts: &[Facts]) -> Option<Side> {
    facts.iter().filter(|fact| fact.differs && fact.field.write == WriteRule::Always).find_map(|fact| {
        match fact.field.direction {
            Direction::Towards(side) => Some(side),
            Direction::TwoWay => None,
        }
    })
}

fn why_always(meeting: &Meeting, target: Side) -> Message {
    Message::new("plan-why-always").with("system", meeting.systems.get(target.other()))
}

fn why_direction(meeting: &Meeting, target: Side) -> Message {
    Message::new("plan-why-direction").with("system", meeting.systems.get(target.other()))
}

/// Both sides changed the unit differently: the direction decides where there is one, else the rule of the first field that has one.
fn clash<'d>(meeting: &Meeting<'_, 'd>, facts: &[Facts], merged: &mut Merged<'d>) {
    if let Some(target) = one_way(facts) {
        return flow(meeting, facts, target, Some(why_direction(meeting, target)), merged);
    }
    let rule = facts.iter().filter(|fact| fact.differs).map(|fact| fact.field.conflict).next();
    match rule {
        Some(ConflictRule::Wins(side)) => {
            let why = Message::new("plan-why-wins").with("system", meeting.systems.get(side));
            flow(meeting, facts, side.other(), Some(why), merged);
        }
        Some(ConflictRule::Hold) | None if planted(Bug::ConflictOverwrites) => {
            flow(meeting, facts, Side::Right, None, merged);
        }
        Some(ConflictRule::Hold) | None => hold(meeting, facts, ConflictKind::Field, merged),
    }
}

/// The only direction of the differing fields, if all have the same one.
fn one_way(facts: &[Facts]) -> Option<Side> {
    let mut directions = facts.iter().filter(|fact| fact.differs).map(|fact| fact.field.direction);
    match directions.next() {
        Some(Direction::Towards(side)) if directions.all(|other| other == Direction::Towards(side)) => Some(side),
        Some(Direction::Towards(_) | Direction::TwoWay) | None => None,
    }
}

/// Two records meet and differ. Without a rule by name nothing is overwritten: a lost state file must not decide for anybody.
fn first_meeting<'d>(meeting: &Meeting<'_, 'd>, facts: &[Facts], merged: &mut Merged<'d>) {
    let Some(first) = facts.iter().find(|fact| fact.differs && !fact.open) else { return accept(facts, merged) };
    let settled = |key: &str, side: Side| Some((side, Message::new(key).with("system", meeting.systems.get(side))));
    let winner = match (first.field.first_meeting, first.field.conflict) {
        (FirstMeeting::Wins(side), _) | (FirstMeeting::Hold, ConflictRule::Wins(side)) => Some(side),
        (FirstMeeting::Fill, _) => filler(facts),
        (FirstMeeting::Hold, ConflictRule::Hold) => origin_of_blanks(facts),
    };
    let winner = match (winner, meeting.maker.and_then(|_| one_way(facts))) {
        (Some(side), _) => settled("plan-why-first-meeting", side),
        // One record was made of the other, so that this is an edit since: the direction decides as it does for any edit.
        (None, Some(target)) => settled("plan-why-direction", target.other()),
        (None, None) => None,
    };
    match winner {
        Some((side, why)) => flow(meeting, facts, side.other(), Some(why), merged),
        None if planted(Bug::FirstMeetingOverwrites) => flow(meeting, facts, Side::Right, None, merged),
        None => hold(meeting, facts, ConflictKind::FirstMeeting, merged),
    }
}

/// Where differing fields that flow one way come from, if there is nothing yet where they go: telling it there overwrites nothing.
fn origin_of_blanks(facts: &[Facts]) -> Option<Side> {
    let against = || facts.iter().filter(|fact| fact.differs && !fact.open);
    let Direction::Towards(target) = against().next()?.field.direction else { return None };
    let empty = |fact: &Facts| fact.field.direction == Direction::Towards(target) && fact.now.get(target).is_blank();
    against().all(empty).then(|| target.other())
}

/// The side that has something where the other has nothing, if that is so for all differing fields.
fn filler(facts: &[Facts]) -> Option<Side> {
    let blank = |side: Side| facts.iter().filter(|fact| fact.differs).all(|fact| fact.now.get(side).is_blank());
    Side::BOTH.into_iter().find(|side| blank(side.other()))
}

/// Nothing in the mapping decides: what a person decided on just these values is done, else the unit stays as it is on both sides, and so
/// does its base.
fn hold<'d>(meeting: &Meeting<'_, 'd>, facts: &[Facts], kind: ConflictKind, merged: &mut Merged<'d>) {
    let clashing = |fact: &&Facts| fact.differs && !fact.open;
    let fields: Vec<FieldConflict> = facts.iter().filter(clashing).map(|fact| field_conflict(meeting, fact)).collect();
    match decide::ruling(meeting.entity, &meeting.decisions, None, &fields) {
        Ruling::Taken(decision) if decide_unit(meeting, facts, decision, merged) => return merged.taken.push(decision),
        Ruling::Taken(decision) | Ruling::Stale(decision) => merged.stale.push(decision),
        Ruling::None => {}
    }
    for fact in facts {
        let stays = if planted(Bug::AdvanceHeldBase) { Move::Observed } else { Move::Keep };
        merged.moves.insert(fact.field.name.clone(), stays);
    }
    merged.conflicts.extend(fields.into_iter().map(|field| (kind, field)));
}

fn field_conflict(meeting: &Meeting, fact: &Facts) -> FieldConflict {
    let name = &fact.field.name;
    let base = meeting.base.as_ref().map(|image| image.get(name).cloned());
    FieldConflict { field: name.clone(), base, now: fact.now.map(|value| Some(value.clone())) }
}

/// Does what was decided; `false`: the mapping does not let it be done any more.
fn decide_unit<'d>(meeting: &Meeting<'_, 'd>, facts: &[Facts], decision: &Decision, merged: &mut Merged<'d>) -> bool {
    let why = decide::why(decision);
    match &decision.take {
        Take::Side(side) => flow(meeting, facts, side.other(), Some(why), merged),
        Take::Value(value) => {
            let mut clashing = facts.iter().filter(|fact| fact.differs && !fact.open);
            let (Some(fact), None) = (clashing.next(), clashing.next()) else { return false };
            if !facts.iter().all(is_free) {
                return false;
            }
            spread(meeting, facts, fact, value, &why, merged);
        }
    }
    true
}

/// Whether a field can be written on both sides at any time.
fn is_free(fact: &Facts) -> bool {
    let writable = |side: Side| fact.field.cells.get(side).as_ref().is_some_and(|cell| cell.write.is_some());
    fact.field.direction == Direction::TwoWay
        && fact.field.write != WriteRule::OnCreate
        && Side::BOTH.into_iter().all(writable)
}

/// A value that a person named goes wherever it is not yet. A group is written whole; its other fields say the same on both sides.
fn spread(meeting: &Meeting, facts: &[Facts], clashing: &Facts, value: &Value, why: &Message, merged: &mut Merged) {
    let name = &clashing.field.name;
    let position = meeting.entity.position(name);
    let has = |side: Side| position.is_some_and(|at| meeting.entity.same(at, clashing.now.get(side), value));
    let moves = match Side::BOTH.map(has) {
        [true, true] => Move::Observed,
        [true, false] => Move::Written(Side::Right),
        [false, true] => Move::Written(Side::Left),
        [false, false] => Move::WrittenBoth,
    };
    for fact in facts {
        merged.moves.insert(fact.field.name.clone(), moves);
    }
    for target in Side::BOTH.into_iter().filter(|side| !has(*side)) {
        for fact in facts {
            merged.writes.get_mut(target).set(fact.field.name.clone(), (*fact.now.get(target)).clone());
        }
        merged.writes.get_mut(target).set(name.clone(), value.clone());
        let before = Some((*clashing.now.get(target)).clone());
        let (field, after, why) = (name.clone(), value.clone(), Some(why.clone()));
        merged.changes.get_mut(target).push(Change { field, before, after, why });
    }
}

/// The unit flows to `target`. A group is written whole, so that no half of it is left behind.
fn flow(meeting: &Meeting, facts: &[Facts], target: Side, why: Option<Message>, merged: &mut Merged) {
    let may_flow = |fact: &Facts| {
        fact.field.direction.flows_to(target)
            && fact.field.write != WriteRule::OnCreate
            && (fact.field.list.is_some()
                || fact.field.cells.get(target).as_ref().is_some_and(|cell| cell.write.is_some()))
    };
    if !facts.iter().any(|fact| fact.differs && may_flow(fact)) {
        return refuse(meeting, facts, target, merged);
    }
    let mut needs = Needs::default();
    let mut values = Vec::new();
    for fact in facts.iter().filter(|fact| may_flow(fact) && !is_unsaid(fact, target)) {
        match meeting.translator.translate(fact.field, target.other(), fact.now.get(target.other()), &mut needs) {
            Ok(value) => values.push((fact, with_unsaid(fact, target, value))),
            Err(message) => {
                merged.held.push(message);
                for fact in facts {
                    merged.moves.insert(fact.field.name.clone(), Move::Keep);
                }
                return;
            }
        }
    }
    merged.needs.get_mut(target).keys.extend(needs.keys);
    merged.needs.get_mut(target).waits.extend(needs.waits);
    accept(facts, merged);
    for (fact, value) in values {
        let name = fact.field.name.clone();
        merged.moves.insert(name.clone(), Move::Written(target));
        if fact.differs {
            let before = Some((*fact.now.get(target)).clone());
            merged.changes.get_mut(target).push(Change {
                field: name.clone(),
                before,
                after: value.clone(),
                why: why.clone(),
            });
        }
        merged.writes.get_mut(target).set(name, value);
    }
}

/// Whether the only side that has a say never said anything: then what the other system filled in is not wiped out.
fn is_unsaid(fact: &Facts, target: Side) -> bool {
    let origin = target.other();
    let never = fact.base.get(origin).is_none_or(Value::is_blank) && fact.now.get(origin).is_blank();
    never && fact.field.direction == Direction::Towards(target)
}

/// The same within the rows of a list that flows one way: members that were never said stay as the target has them.
fn with_unsaid(fact: &Facts, target: Side, value: Value) -> Value {
    let origin = target.other();
    let (Value::List(mut rows), Value::List(said), Value::List(held)) =
        (value.clone(), fact.now.get(origin), fact.now.get(target))
    else {
        return value;
    };
    if fact.field.direction != Direction::Towards(target) {
        return Value::List(rows);
    }
    let before = match fact.base.get(origin) {
        Some(Value::List(before)) => before.as_slice(),
        _ => &[],
    };
    for (row, said) in rows.iter_mut().zip(said) {
        let Some(held) = at(held, row) else { continue };
        let before = at(before, said);
        let filled = row.fields.0.iter().filter_map(|(name, value)| {
            let never = before.and_then(|before| before.fields.get(name)).is_none_or(Value::is_blank);
            let held = held.fields.get(name).filter(|_| value.is_blank() && never)?;
            Some((name.clone(), held.clone()))
        });
        let filled: Vec<_> = filled.collect();
        row.fields.extend(filled);
    }
    Value::List(rows)
}

/// The row in the same place.
fn at<'r>(rows: &'r [Row], like: &Row) -> Option<&'r Row> {
    rows.iter().find(|row| row.key == like.key && row.occurrence == like.occurrence)
}

/// The change may not flow that way. Drift of a one-way field is accepted, or undone where the field is always to be written.
fn refuse(meeting: &Meeting, facts: &[Facts], target: Side, merged: &mut Merged) {
    match drift_target(facts) {
        Some(back) if back != target => flow(meeting, facts, back, Some(why_always(meeting, back)), merged),
        Some(_) | None => accept(facts, merged),
    }
}
