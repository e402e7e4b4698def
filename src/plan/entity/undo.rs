//! Taking back what a run wrote: the earlier values where nobody has touched them since, and the reason for all the rest.
//!
//! A value goes back on both sides, so that they agree afterwards and the next run has nothing to do: where the run copied an edit from A to
//! B, B gets its earlier value and A the same one in its own form. With `only`, nothing but that side is written; what differs then is a
//! difference that both sides know of, and stays until somebody edits one of them.

use super::{Couple, Desk, Draft};
use crate::input::{Input, LinkInput};
use crate::merge::{Merged, units};
use crate::plan::{ActionKind, Change, Ending, Kept, Move};
use crate::table::State;
use crate::tally::Column;
use crate::translate::Needs;
use crate::undo::{Undo, UndoField, UndoWhat};
use selaras_mapping::display_text;
use selaras_mapping::program::{Direction, Entity, Field, OnDelete, WriteRule};
use selaras_model::{EntityName, FieldName, Image, Message, NativeId, PerSide, Presence, Side, Value};
use std::collections::BTreeMap;

/// The values that a unit gets back, per side, with what writing them needs.
type Restored = PerSide<BTreeMap<FieldName, (Value, Needs)>>;

/// Records that the run made and that go again, each with how.
pub(super) type Doomed = BTreeMap<(EntityName, Side, NativeId), ActionKind>;

impl Desk<'_> {
    /// One pair of which a run wrote something.
    pub(super) fn take_back(&mut self, given: &LinkInput, undo: &Undo) {
        if let Err(reason) = self.both_there(given) {
            self.keep_all(given, undo, &reason);
            return self.count_pair(given);
        }
        match made(self.entity, given, undo) {
            Some(side) => self.unmake(given, undo, side),
            None => self.restore(given, undo),
        }
    }

    /// Whether both records are there and take part.
    fn both_there(&self, given: &LinkInput) -> Result<(), Message> {
        for side in Side::BOTH {
            let key = match self.state(given, side) {
                State::Same | State::Changed => continue,
                State::Gone => "plan-kept-gone",
                State::Unknown => "plan-kept-unseen",
            };
            return Err(Message::new(key).with("system", self.system(side)));
        }
        Ok(())
    }

    /// How a record that the run made is removed again, as far as it says so itself: the mapping lets records be removed there, and nobody has
    /// used it since.
    fn removable(&self, given: &LinkInput, undo: &Undo, side: Side) -> Result<ActionKind, Message> {
        self.both_there(given)?;
        if undo.only.is_some_and(|only| only != side) {
            return Err(Message::new("plan-kept-only"));
        }
        if self.changed(given.link.images.get(side), self.image_now(given, side)) {
            return Err(Message::new("plan-kept-edited").with("system", self.system(side)));
        }
        let writes = undo.of(&self.entity.name, side, given.link.ids.get(side));
        let referred = writes.filter_map(|write| match &write.what {
            UndoWhat::Made { referred, .. } => referred.clone(),
            UndoWhat::Fields(_) => None,
        });
        if let Some(record) = referred.last() {
            return Err(Message::new("plan-kept-referred").with("record", record));
        }
        match self.entity.on_delete.get(side.other()) {
            OnDelete::Delete => Ok(ActionKind::Delete),
            OnDelete::Deactivate | OnDelete::DeleteAfter { .. } => Ok(ActionKind::Deactivate),
            OnDelete::Unlink | OnDelete::Hold => {
                Err(Message::new("plan-kept-no-delete").with("system", self.system(side)))
            }
        }
    }

    /// A record that the run made is removed again. What it was made from stays; the tombstone keeps the next run from making it again.
    fn unmake(&mut self, given: &LinkInput, undo: &Undo, side: Side) {
        let id = given.link.ids.get(side);
        let doomed = self.doomed.contains_key(&(self.entity.name.clone(), side, id.clone()));
        let kind = match self.removable(given, undo, side) {
            Ok(kind) if doomed => kind,
            Ok(_) => {
                self.keep_all(given, undo, &Message::new("plan-kept-referred-made"));
                return self.count_pair(given);
            }
            Err(reason) => {
                self.keep_all(given, undo, &reason);
                return self.count_pair(given);
            }
        };
        self.remove(given, side.other(), kind, Message::new("plan-why-undo").with("run", &undo.run));
        let referrers = undo.of(&self.entity.name, side, id).flat_map(|write| match &write.what {
            UndoWhat::Made { referrers, .. } => referrers.clone(),
            UndoWhat::Fields(_) => Vec::new(),
        });
        let waits = referrers.filter_map(|(entity, id)| {
            let kind = self.doomed.get(&(entity.clone(), side, id.clone()))?;
            Some(super::action_id(&entity, *kind, side, &id))
        });
        let waits: Vec<_> = waits.collect();
        if let (Some(pair), Some(action)) = (self.draft.pairs.last_mut(), self.draft.actions.last_mut()) {
            pair.ending = Ending::Tombstone(side);
            action.waits_for = waits;
        }
        self.tally.count(side.other(), given.link.ids.get(side.other()), Column::Updated);
    }

    fn image_now<'g>(&self, given: &'g LinkInput, side: Side) -> &'g Image {
        match given.now.get(side) {
            Presence::Present(record) => &record.image,
            Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => given.link.images.get(side),
        }
    }

    /// The earlier values of the fields that the run wrote, unit by unit.
    fn restore(&mut self, given: &LinkInput, undo: &Undo) {
        let mut couple = self.as_couple(given);
        let wanted: PerSide<BTreeMap<&FieldName, &UndoField>> = PerSide::from_fn(|side| {
            let writes = undo.of(&self.entity.name, side, couple.ids.get(side));
            let fields = writes.filter_map(|write| match &write.what {
                UndoWhat::Fields(fields) => Some(fields),
                UndoWhat::Made { .. } => None,
            });
            // Of several writes to one field the first overwrote the earlier value.
            let mut first = BTreeMap::new();
            for field in fields.flatten() {
                first.entry(&field.field).or_insert(field);
            }
            first
        });
        let mut merged = Merged::default();
        for unit in units(self.entity) {
            let names: Vec<FieldName> = unit.iter().map(|at| self.entity.fields[*at].name.clone()).collect();
            for name in &names {
                merged.moves.insert(name.clone(), Move::Keep);
            }
            if !names.iter().any(|name| Side::BOTH.iter().any(|side| wanted.get(*side).contains_key(name))) {
                continue;
            }
            match self.restored(&couple, &wanted, &names, undo) {
                Ok(restored) => self.put_back(&couple, &names, restored, &mut merged),
                Err(reason) => self.keep(&couple, &wanted, &names, &reason),
            }
        }
        self.keep_unknown(&couple, &wanted);
        if merged.writes.left.is_empty() && merged.writes.right.is_empty() {
            return self.count_pair(given);
        }
        self.drop_taken_keys(&couple, &mut merged);
        if undo.only.is_some() && undo.only != self.entity.partner_side() {
            // Nothing but the one side is written: that a record of the other lost its partner's id is the next run's business.
            couple.partner = None;
        }
        self.settle_couple(couple, merged);
    }

    /// The values that a unit gets back.
    fn restored(
        &self,
        couple: &Couple<'_>,
        wanted: &PerSide<BTreeMap<&FieldName, &UndoField>>,
        names: &[FieldName],
        undo: &Undo,
    ) -> Result<Restored, Message> {
        let mut restored = Restored::default();
        for name in names {
            let written = |side: Side| wanted.get(side).get(name).copied();
            let Some(side) = Side::BOTH.into_iter().find(|side| written(*side).is_some()) else { continue };
            let Some(position) = self.entity.position(name) else { continue };
            let field = &self.entity.fields[position];
            for side in Side::BOTH.into_iter().filter(|side| written(*side).is_some()) {
                if undo.only.is_some_and(|only| only != side) {
                    return Err(Message::new("plan-kept-only"));
                }
                let Some(was) = written(side) else { continue };
                self.untouched(couple, position, side, Some(&was.after))?;
                let value = self.given_back(field, side, &was.before)?;
                restored.get_mut(side).insert(name.clone(), value);
            }
            let other = side.other();
            if written(other).is_some() || undo.only.is_some() {
                continue;
            }
            self.untouched(couple, position, other, None)?;
            if let Some(was) = written(side).filter(|_| may_write(field, other)) {
                let mut needs = Needs::default();
                let value = self.translator().translate(field, side, &was.before, &mut needs)?;
                let same = couple.now.get(other).get(name).is_some_and(|now| self.entity.same(position, now, &value));
                if !same {
                    restored.get_mut(other).insert(name.clone(), (value, needs));
                }
            }
        }
        self.fill_up(couple, names, &mut restored)?;
        Ok(restored)
    }

    /// A group is written whole: the fields of it that stay as they are go with those that go back.
    fn fill_up(&self, couple: &Couple<'_>, names: &[FieldName], restored: &mut Restored) -> Result<(), Message> {
        for side in Side::BOTH {
            if restored.get(side).is_empty() {
                continue;
            }
            for name in names {
                let (Some(field), Some(now)) = (self.entity.field(name), couple.now.get(side).get(name)) else {
                    continue;
                };
                if may_write(field, side) && !restored.get(side).contains_key(name) {
                    let mut needs = Needs::default();
                    self.translator().own(field, side, now, &mut needs)?;
                    restored.get_mut(side).insert(name.clone(), (now.clone(), needs));
                }
            }
        }
        Ok(())
    }

    /// Whether a field still is as it was when both sides last agreed, and as the run left it.
    fn untouched(&self, couple: &Couple<'_>, position: usize, side: Side, left: Option<&Value>) -> Result<(), Message> {
        let name = &self.entity.fields[position].name;
        let (now, base) = (couple.now.get(side).get(name), couple.base.get(side).get(name));
        let same = |one: &Value, other: &Value| self.entity.same(position, one, other);
        let Some(now) = now else {
            return match left {
                Some(_) => Err(Message::new("plan-kept-unseen").with("system", self.system(side))),
                None => Ok(()),
            };
        };
        let since = base.is_none_or(|base| same(base, now)) && left.is_none_or(|left| same(left, now));
        let touched = Message::new("plan-kept-touched").with("system", self.system(side));
        if since { Ok(()) } else { Err(touched.with("now", display_text(now))) }
    }

    /// An earlier value of a side with the keys by which that side is told its references.
    fn given_back(&self, field: &Field, side: Side, before: &Value) -> Result<(Value, Needs), Message> {
        if !may_write(field, side) {
            return Err(Message::new("plan-kept-not-written").with("system", self.system(side)));
        }
        if field.write == WriteRule::Always && field.direction == Direction::Towards(side) {
            return Err(Message::new("plan-kept-always").with("system", self.system(side)));
        }
        let mut needs = Needs::default();
        self.translator().own(field, side, before, &mut needs)?;
        Ok((before.clone(), needs))
    }

    /// A unit goes back, whole where it is a group.
    fn put_back(&self, couple: &Couple<'_>, names: &[FieldName], restored: Restored, merged: &mut Merged<'_>) {
        let sides: Vec<Side> = Side::BOTH.into_iter().filter(|side| !restored.get(*side).is_empty()).collect();
        let moves = match sides[..] {
            [] => Move::Keep,
            [side] => Move::Written(side),
            _ => Move::WrittenBoth,
        };
        for name in names {
            merged.moves.insert(name.clone(), moves);
        }
        for side in sides {
            for (name, (value, needs)) in restored.get(side) {
                let before = couple.now.get(side).get(name).cloned();
                let position = self.entity.position(name);
                let same = |now: &Value| position.is_some_and(|at| self.entity.same(at, now, value));
                if !before.as_ref().is_some_and(same) {
                    // Said with each value: the other side does not hold it, so nobody may take it for what it said.
                    let why = self.undo.map(|undo| Message::new("plan-why-undo").with("run", &undo.run));
                    let change = Change { field: name.clone(), before, after: value.clone(), why };
                    merged.changes.get_mut(side).push(change);
                }
                merged.writes.get_mut(side).set(name.clone(), value.clone());
                merged.needs.get_mut(side).keys.extend(needs.keys.iter().cloned());
                merged.needs.get_mut(side).waits.extend(needs.waits.iter().cloned());
            }
        }
    }

    /// Fields that the mapping does not have any more.
    fn keep_unknown(&mut self, couple: &Couple<'_>, wanted: &PerSide<BTreeMap<&FieldName, &UndoField>>) {
        for side in Side::BOTH {
            let unknown = wanted.get(side).keys().filter(|name| self.entity.position(name).is_none());
            let unknown: Vec<FieldName> = unknown.map(|name| (*name).clone()).collect();
            self.keep(couple, wanted, &unknown, &Message::new("plan-kept-no-field"));
        }
    }

    fn keep(
        &mut self,
        couple: &Couple<'_>,
        wanted: &PerSide<BTreeMap<&FieldName, &UndoField>>,
        names: &[FieldName],
        reason: &Message,
    ) {
        for side in Side::BOTH {
            for name in names.iter().filter(|name| wanted.get(side).contains_key(*name)) {
                let was = wanted.get(side).get(name).map(|field| field.before.clone());
                let known = self.draft.kept.iter().any(|kept| {
                    (&kept.entity, kept.side, &kept.id, kept.field.as_ref())
                        == (&self.entity.name, side, couple.ids.get(side), Some(name))
                });
                if !known {
                    self.push_kept(side, couple.ids.get(side), &couple.label, Some((name.clone(), was)), reason);
                }
            }
        }
    }

    /// Nothing that the run wrote to a pair is taken back.
    fn keep_all(&mut self, given: &LinkInput, undo: &Undo, reason: &Message) {
        for side in Side::BOTH {
            let id = given.link.ids.get(side);
            for write in undo.of(&self.entity.name, side, id) {
                match &write.what {
                    UndoWhat::Made { .. } => self.push_kept(side, id, &write.label, None, reason),
                    UndoWhat::Fields(fields) => {
                        for field in fields {
                            let was = Some((field.field.clone(), Some(field.before.clone())));
                            self.push_kept(side, id, &write.label, was, reason);
                        }
                    }
                }
            }
        }
    }

    fn push_kept(
        &mut self,
        side: Side,
        id: &NativeId,
        label: &str,
        field: Option<(FieldName, Option<Value>)>,
        reason: &Message,
    ) {
        let (field, was) = field.map_or((None, None), |(field, was)| (Some(field), was));
        self.draft.kept.push(Kept {
            entity: self.entity.name.clone(),
            side,
            id: id.clone(),
            label: label.to_owned(),
            field,
            was,
            reason: reason.clone(),
        });
    }

    fn count_pair(&mut self, given: &LinkInput) {
        for side in Side::BOTH {
            if matches!(given.now.get(side), Presence::Present(_) | Presence::Unchanged) {
                self.tally.count(side, given.link.ids.get(side), Column::Unchanged);
            }
        }
    }
}

/// The side on which the run made the record of a pair.
fn made(entity: &Entity, given: &LinkInput, undo: &Undo) -> Option<Side> {
    let is_made = |side: &Side| {
        let mut writes = undo.of(&entity.name, *side, given.link.ids.get(*side));
        writes.any(|write| matches!(write.what, UndoWhat::Made { .. }))
    };
    Side::BOTH.into_iter().find(is_made)
}

/// The records that the run made and that can go, each with how: what others refer to stays for as long as one of them stays.
pub(super) fn doomed(input: &Input, undo: &Undo) -> Doomed {
    let mut doomed = Doomed::new();
    let mut draft = Draft::default();
    for given in &input.entities {
        let Some(entity) = input.mapping.entity(&given.entity) else { continue };
        let desk = Desk::new(entity, input, given, &mut draft);
        for link in &given.links {
            if let Some(side) = made(entity, link, undo)
                && let Ok(kind) = desk.removable(link, undo, side)
            {
                doomed.insert((entity.name.clone(), side, link.link.ids.get(side).clone()), kind);
            }
        }
    }
    loop {
        let stays = |(entity, side, id): &&(EntityName, Side, NativeId)| {
            undo.of(entity, *side, id).any(|write| match &write.what {
                UndoWhat::Made { referrers, .. } => {
                    referrers.iter().any(|(entity, id)| !doomed.contains_key(&(entity.clone(), *side, id.clone())))
                }
                UndoWhat::Fields(_) => false,
            })
        };
        let Some(key) = doomed.keys().find(stays).cloned() else { return doomed };
        doomed.remove(&key);
    }
}

/// Whether a field of a record that exists can be written on a side.
fn may_write(field: &Field, side: Side) -> bool {
    field.direction.flows_to(side)
        && field.write != WriteRule::OnCreate
        && (field.list.is_some() || field.cells.get(side).as_ref().is_some_and(|cell| cell.write.is_some()))
}
