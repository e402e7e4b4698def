//! A pair of which both records were seen: merged, its conflicts reported, its writes turned into actions and a settlement.

use super::{Desk, action_id, overlaid};
use crate::correlate::key_text;
use crate::decide;
use crate::input::Swing;
use crate::merge::{Meeting, Merged, merge};
use crate::plan::{
    Action, ActionKind, Candidate, Change, Conflict, ConflictKind, DecisionFate, Ending, FieldConflict, Held, Move,
    Pair, PartnerId, Precondition,
};
use crate::tally::Column;
use crate::translate::PlannedPartner;
use selaras_model::{Decision, FieldName, Grace, Image, Message, NativeId, PerSide, Side};

/// A linked or newly found pair of which both records were seen.
pub(super) struct Couple<'a> {
    pub(super) ids: PerSide<NativeId>,
    pub(super) origin: Side,
    pub(super) label: String,
    /// How people of each side call it.
    pub(super) labels: PerSide<String>,
    pub(super) base: PerSide<Image>,
    pub(super) now: PerSide<Image>,
    pub(super) versions: PerSide<Option<String>>,
    /// The partner id as the record that keeps it says; outer `None` when this entity keeps none or the record was not looked at.
    pub(super) partner: Option<Option<&'a str>>,
    pub(super) found: bool,
    /// The side whose record we made the other one from, where that was never settled.
    pub(super) maker: Option<Side>,
    /// One record was gone, and the other out of use for it; now both are there.
    pub(super) returned: Option<&'a Grace>,
}

impl Desk<'_> {
    /// Merges a pair of which both records were seen, and turns the outcome into actions.
    pub(super) fn couple(&mut self, mut couple: Couple) {
        couple.partner = couple.partner.map(|says| says.filter(|says| !self.is_forgotten(&couple.ids, says)));
        if let Some(partner_side) = self.entity.partner_side()
            && let Some(Some(says)) = couple.partner
            && says != couple.ids.get(partner_side.other()).as_str()
        {
            let message =
                Message::new("plan-conflict-partner-id").with("says", says).with("system", self.system(partner_side));
            return self.conflict_on(&couple.ids, &couple.label, ConflictKind::PartnerId, message, Vec::new());
        }
        let meeting = Meeting {
            entity: self.entity,
            systems: self.systems,
            base: &couple.base,
            now: &couple.now,
            maker: couple.maker,
            returned: couple.returned,
            decisions: decide::of_pair(self.decisions, self.entity, &couple.ids),
            swings: self.swings(&couple.ids).map(|swing| &swing.field).collect(),
            translator: self.translator(),
        };
        let mut merged = merge(&meeting);
        let decisions = meeting.decisions;
        let proven = couple.partner.flatten().is_some();
        if couple.found && !proven && self.is_stranger(&merged) {
            let message = Message::new("plan-conflict-stranger");
            let fields = merged.conflicts.into_iter().map(|(_, field)| field).collect();
            self.conflict_on(&couple.ids, &couple.label, ConflictKind::Stranger, message, fields);
            return self.add_candidates(&couple);
        }
        self.note_decisions(&decisions, &merged);
        self.drop_taken_keys(&couple, &mut merged);
        self.report_conflicts(&couple, &mut merged);
        self.settle_couple(couple, merged);
    }

    /// Whether the partner that a record names is one that a person said is no more. Then it names none.
    fn is_forgotten(&self, ids: &PerSide<NativeId>, says: &str) -> bool {
        let Some(side) = self.entity.partner_side() else { return false };
        let known =
            |pair: &&PerSide<NativeId>| pair.get(side) == ids.get(side) && pair.get(side.other()).as_str() == says;
        self.given.forgotten.iter().any(|pair| known(&pair)) && ids.get(side.other()).as_str() != says
    }

    /// Whether a record found by a key is evidently another one: a field that must agree does not.
    pub(super) fn is_stranger(&self, merged: &Merged<'_>) -> bool {
        self.entity.confirm.iter().any(|&position| !merged.agreed.contains(&self.entity.fields[position].name))
    }

    /// A value of a match key that another record of the target already has is not written, and neither is it forgotten.
    pub(super) fn drop_taken_keys(&mut self, couple: &Couple, merged: &mut Merged<'_>) {
        for target in Side::BOTH {
            if merged.writes.get(target).is_empty() {
                continue;
            }
            let whole = overlaid(couple.now.get(target), merged.writes.get(target));
            for key in self.entity.keys(target, &whole) {
                let mine = couple.ids.get(target);
                let Some(other) = self.keys.get(target).get(&key).and_then(|ids| ids.iter().find(|id| *id != mine))
                else {
                    continue;
                };
                let fields: Vec<FieldName> = self.entity.match_keys[key.index as usize]
                    .iter()
                    .map(|&at| self.entity.fields[at].name.clone())
                    .collect();
                if fields.iter().all(|field| merged.writes.get(target).get(field).is_none()) {
                    continue;
                }
                let message = Message::new("plan-conflict-key-taken")
                    .with("key", key_text(&key))
                    .with("system", self.system(target))
                    .with("record", other);
                let mut ids = couple.ids.as_ref().map(|id| vec![id.clone()]);
                ids.get_mut(target).push(other.clone());
                let kind = ConflictKind::KeyTaken;
                let fields_of = |field| self.field_conflict(couple, field);
                let conflict = Conflict {
                    fields: fields.iter().map(fields_of).collect(),
                    ..Conflict::new(&self.entity.name, kind, ids, &couple.label, message)
                };
                self.draft.conflicts.push(conflict);
                for field in &fields {
                    merged.writes.get_mut(target).remove(field);
                    merged.changes.get_mut(target).retain(|change| &change.field != field);
                    merged.moves.insert(field.clone(), Move::Keep);
                }
            }
        }
    }

    pub(super) fn field_conflict(&self, couple: &Couple, field: &FieldName) -> FieldConflict {
        FieldConflict {
            field: field.clone(),
            base: couple.base.as_ref().map(|image| image.get(field).cloned()),
            now: couple.now.as_ref().map(|image| image.get(field).cloned()),
        }
    }

    /// The fields of a pair that runs have been writing back and forth.
    fn swings(&self, ids: &PerSide<NativeId>) -> impl Iterator<Item = &Swing> {
        let (entity, ids) = (self.entity.name.clone(), ids.clone());
        self.swings.iter().filter(move |swing| swing.entity == entity && swing.ids == ids)
    }

    /// Field conflicts of a pair become one conflict per kind.
    pub(super) fn report_conflicts(&mut self, couple: &Couple, merged: &mut Merged<'_>) {
        for kind in [ConflictKind::Field, ConflictKind::FirstMeeting] {
            let fields: Vec<_> =
                merged.conflicts.iter().filter(|(of, _)| *of == kind).map(|(_, field)| field.clone()).collect();
            if fields.is_empty() {
                continue;
            }
            let text = if kind == ConflictKind::Field { "plan-conflict-field" } else { "plan-conflict-first-meeting" };
            let listed: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
            let message = match self.swings(&couple.ids).find(|swing| listed.contains(&swing.field.as_str())) {
                Some(swing) if kind == ConflictKind::Field => Message::new("plan-conflict-ping-pong")
                    .with("fields", listed.join(", "))
                    .with("one", &swing.values[0])
                    .with("other", &swing.values[1]),
                Some(_) | None => Message::new(text).with("fields", listed.join(", ")),
            };
            let note = merged.stale.iter().find(|stale| fields.iter().any(|field| stale.on.contains_key(&field.field)));
            let note = note.map(|decision| decide::stale(decision));
            self.conflict_on(&couple.ids, &couple.label, kind, message, fields);
            if let Some(conflict) = self.draft.conflicts.last_mut() {
                conflict.note = note;
            }
        }
        for reason in merged.held.drain(..) {
            let side = couple.origin;
            let id = couple.ids.get(side).clone();
            self.tally.count(side, &id, Column::Held);
            self.tally.count(side.other(), couple.ids.get(side.other()), Column::Held);
            self.draft.held.push(Held {
                entity: self.entity.name.clone(),
                side,
                id,
                label: couple.label.clone(),
                reason,
            });
        }
    }

    pub(super) fn conflict_on(
        &mut self,
        ids: &PerSide<NativeId>,
        label: &str,
        kind: ConflictKind,
        message: Message,
        fields: Vec<FieldConflict>,
    ) {
        for side in Side::BOTH {
            self.tally.count(side, ids.get(side), Column::Held);
        }
        let ids = ids.as_ref().map(|id| vec![id.clone()]);
        let conflict = Conflict::new(&self.entity.name, kind, ids, label, message);
        self.draft.conflicts.push(Conflict { fields, ..conflict });
    }

    /// Both records of a pair that may be none: the last conflict asks about them.
    fn add_candidates(&mut self, couple: &Couple) {
        let candidate = |side: Side| Candidate {
            side,
            id: couple.ids.get(side).clone(),
            label: couple.labels.get(side).clone(),
            linked: false,
        };
        if let Some(conflict) = self.draft.conflicts.last_mut() {
            conflict.candidates = Side::BOTH.into_iter().map(candidate).collect();
        }
    }

    /// What became of the decisions on this pair. The pair comes next.
    fn note_decisions(&mut self, decisions: &[&Decision], merged: &Merged<'_>) {
        let pair = Some(self.draft.pairs.len());
        let is = |known: &[&Decision], decision: &Decision| known.iter().any(|known| std::ptr::eq(*known, decision));
        for decision in decisions {
            let fate = if is(&merged.taken, decision) {
                DecisionFate::Used
            } else if is(&merged.stale, decision) {
                DecisionFate::Stale
            } else {
                DecisionFate::Moot
            };
            self.draft.decisions.push(decide::used(decision, fate, pair));
        }
    }

    /// Actions for the sides to be written, and the pair that settles.
    pub(super) fn settle_couple(&mut self, couple: Couple, merged: Merged<'_>) {
        let partner_side = self.entity.partner_side();
        let lacks_partner_id = couple.partner == Some(None);
        let pair = self.draft.pairs.len();
        let mut acted = false;
        for target in Side::BOTH {
            let write = merged.writes.get(target).clone();
            let partner_id = (partner_side == Some(target) && lacks_partner_id)
                .then(|| PartnerId::Known(couple.ids.get(target.other()).clone()));
            let whole = overlaid(couple.now.get(target), &write);
            let known = PlannedPartner { id: Ok(couple.ids.get(target).clone()), image: whole.clone() };
            let origin = couple.ids.get(target.other()).clone();
            self.draft.arranged.insert((self.entity.name.clone(), target.other(), origin.clone()), known);
            if write.is_empty() && partner_id.is_none() {
                continue;
            }
            acted = true;
            let needs = merged.needs.get(target).clone();
            let changes = merged.changes.get(target).clone();
            let why = match self.undo {
                Some(undo) => Message::new("plan-why-undo").with("run", &undo.run),
                None => self.why_update(&changes, couple.found, target),
            };
            self.draft.actions.push(Action {
                id: action_id(&self.entity.name, ActionKind::Update, target, couple.ids.get(target)),
                entity: self.entity.name.clone(),
                kind: ActionKind::Update,
                target,
                target_id: Some(couple.ids.get(target).clone()),
                origin_id: Some(origin),
                label: couple.label.clone(),
                why,
                changes,
                write,
                whole,
                before: couple.now.get(target).clone(),
                partner_id,
                ref_keys: needs.keys.into_iter().collect(),
                waits_for: needs.waits.into_iter().collect(),
                precondition: Precondition { version: couple.versions.get(target).clone() },
                pair,
            });
        }
        for side in Side::BOTH {
            self.tally.count(side, couple.ids.get(side), if acted { Column::Updated } else { Column::Unchanged });
        }
        if !acted {
            self.rebased += 1;
        }
        self.draft.pairs.push(Pair {
            entity: self.entity.name.clone(),
            ids: couple.ids.map(Some),
            origin: couple.origin,
            label: couple.label,
            observed: couple.now,
            versions: couple.versions,
            base: couple.base,
            moves: merged.moves,
            ending: Ending::Live,
            found: couple.found,
        });
    }

    pub(super) fn why_update(&self, changes: &[Change], found: bool, target: Side) -> Message {
        let from = self.system(target.other());
        if changes.is_empty() {
            Message::new("plan-why-partner-id").with("system", from)
        } else if found {
            Message::new("plan-why-found").with("system", from)
        } else {
            Message::new("plan-why-changed").with("system", from)
        }
    }
}
