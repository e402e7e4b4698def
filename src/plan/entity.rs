//! One entity: its linked pairs through the decision table, its unlinked records through correlation, the rest through creation.
//!
//! What a pair or record comes to is decided in `table`, `merge` and `correlate`; here it becomes actions, pairs that settle, conflicts,
//! held records and problems, and each record is counted once.

use crate::correlate::{Correlation, correlate, key_text};
use crate::input::{EntityInput, LinkInput, OpenIntent, RefTable};
use crate::merge::{Meeting, Merged, merge};
use crate::order::natural;
use crate::plan::{
    Action, ActionKind, Change, Conflict, ConflictKind, Ending, EntityReport, Held, Move, Pair, PartnerId,
    Precondition, Problem,
};
use crate::table::{State, Verdict, verdict};
use crate::tally::{Column, Tally};
use crate::translate::{Arranged, Needs, PlannedPartner, Translator, names};
use selaras_mapping::program::{Entity, Field, OnDelete};
use selaras_model::{
    ActionId, Coverage, FieldName, Hash128, Image, MatchKey, Message, NativeId, Observed, PerSide, Presence, Reason,
    Side, Standing, Text, Value, WriteKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// The plan while it is being made.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub actions: Vec<Action>,
    pub pairs: Vec<Pair>,
    pub conflicts: Vec<Conflict>,
    pub held: Vec<Held>,
    pub problems: Vec<Problem>,
    pub arranged: Arranged,
}

/// Everything at hand while an entity is planned.
struct Desk<'a> {
    entity: &'a Entity,
    systems: &'a PerSide<String>,
    given: &'a EntityInput,
    refs: &'a RefTable,
    draft: &'a mut Draft,
    tally: Tally,
    /// Who has which match key on which side, for values that are to be unique.
    keys: PerSide<BTreeMap<MatchKey, BTreeSet<NativeId>>>,
    rebased: u64,
}

/// Plans one entity.
pub(crate) fn plan_entity(
    entity: &Entity,
    systems: &PerSide<String>,
    given: &EntityInput,
    refs: &RefTable,
    draft: &mut Draft,
) -> EntityReport {
    let unlinked = PerSide::from_fn(|side| sorted(given.unlinked.get(side)));
    let keys = PerSide::from_fn(|side| key_holders(entity, given, side));
    let mut desk = Desk { entity, systems, given, refs, draft, tally: Tally::default(), keys, rebased: 0 };
    let mut links: Vec<&LinkInput> = given.links.iter().collect();
    links.sort_by_key(|link| (natural(Some(&link.link.ids.left)), natural(Some(&link.link.ids.right))));
    for link in links {
        desk.link(link);
    }
    let correlation = correlate(entity, given, &unlinked);
    desk.unlinked(&unlinked, correlation);
    let linked = given.links.len() as u64 + given.quiet;
    let rebased = desk.rebased;
    desk.tally.report(&entity.name, given.quiet, linked, rebased, &given.coverage)
}

fn sorted(records: &[Observed]) -> Vec<Observed> {
    let mut records = records.to_vec();
    records.sort_by_cached_key(|record| natural(Some(&record.id)));
    records
}

/// Who has which key: records without a link, linked records as they are now, and linked records known from the state.
fn key_holders(entity: &Entity, given: &EntityInput, side: Side) -> BTreeMap<MatchKey, BTreeSet<NativeId>> {
    let mut holders: BTreeMap<MatchKey, BTreeSet<NativeId>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut put = |key: MatchKey, id: &NativeId| holders.entry(key).or_default().extend([id.clone()]);
    for record in given.unlinked.get(side) {
        record.keys.iter().for_each(|key| put(key.clone(), &record.id));
    }
    for link in &given.links {
        if let Presence::Present(record) = link.now.get(side) {
            entity.keys(side, &record.image).into_iter().for_each(|key| put(key, &record.id));
            seen.insert(record.id.clone());
        }
    }
    for owner in given.owners.iter().filter(|owner| owner.side == side && !seen.contains(&owner.id)) {
        put(owner.key.clone(), &owner.id);
    }
    holders
}

/// An action's id: what it does to which record, nothing else.
fn action_id(entity: &Entity, kind: ActionKind, target: Side, record: &NativeId) -> ActionId {
    let text = format!("{kind:?}/{target:?}");
    let hash = Hash128::of_parts(&[entity.name.as_str().as_bytes(), text.as_bytes(), record.as_str().as_bytes()]);
    ActionId(hash.to_string()[..16].to_owned())
}

/// A linked or newly found pair of which both records were seen.
struct Couple<'a> {
    ids: PerSide<NativeId>,
    origin: Side,
    label: String,
    base: PerSide<Image>,
    now: PerSide<Image>,
    versions: PerSide<Option<String>>,
    /// The partner id as the record that keeps it says; outer `None` when this entity keeps none or the record was not looked at.
    partner: Option<Option<&'a str>>,
    found: bool,
    /// The side whose record we made the other one from, where that was never settled.
    maker: Option<Side>,
}

impl Desk<'_> {
    fn translator(&self) -> Translator<'_> {
        Translator { refs: self.refs, arranged: &self.draft.arranged }
    }

    fn system(&self, side: Side) -> &str {
        self.systems.get(side)
    }

    // ---- linked pairs

    fn link(&mut self, given: &LinkInput) {
        let states = PerSide::from_fn(|side| self.state(given, side));
        match verdict(states.left, states.right) {
            Verdict::Merge => self.merge_link(given),
            Verdict::Deleted(gone) => self.deleted(given, gone),
            Verdict::DeletedAndEdited(gone) => {
                self.delete_conflict(
                    given,
                    gone,
                    Message::new("plan-conflict-delete-edit").with("system", self.system(gone)),
                );
            }
            Verdict::Bury => self.bury(given, given.link.origin),
            Verdict::Freeze => self.freeze(given),
        }
    }

    fn state(&self, given: &LinkInput, side: Side) -> State {
        match given.now.get(side) {
            Presence::Unchanged => State::Same,
            Presence::Gone => State::Gone,
            Presence::Unknown(_) => State::Unknown,
            Presence::Present(record) => match record.standing {
                Standing::Dummy | Standing::OutOfScope(_) | Standing::Unreadable(_) => State::Unknown,
                Standing::Real if self.changed(given.link.images.get(side), &record.image) => State::Changed,
                Standing::Real => State::Same,
            },
        }
    }

    fn changed(&self, base: &Image, now: &Image) -> bool {
        names(&self.entity.fields).enumerate().any(|(position, name)| match (base.get(name), now.get(name)) {
            (Some(was), Some(is)) => !self.entity.same(position, was, is),
            (None | Some(_), None) | (None, Some(_)) => false,
        })
    }

    fn merge_link(&mut self, given: &LinkInput) {
        let link = &given.link;
        let now = PerSide::from_fn(|side| match given.now.get(side) {
            Presence::Present(record) => record.image.clone(),
            Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => link.images.get(side).clone(),
        });
        let versions = PerSide::from_fn(|side| match given.now.get(side) {
            Presence::Present(record) => record.version.clone(),
            Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => link.versions.get(side).clone(),
        });
        let partner = self.entity.partner_side().and_then(|side| match given.now.get(side) {
            Presence::Present(record) => Some(record.partner_id.as_deref()),
            Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => None,
        });
        let label = Side::BOTH
            .into_iter()
            .find_map(|side| match given.now.get(side) {
                Presence::Present(record) if side == link.origin => Some(record.label.clone()),
                _ => None,
            })
            .unwrap_or_else(|| link.label.clone());
        let base = link.images.clone();
        self.couple(Couple {
            ids: link.ids.clone(),
            origin: link.origin,
            label,
            base,
            now,
            versions,
            partner,
            found: false,
            maker: (link.images.left.is_empty() && link.images.right.is_empty()).then_some(link.origin),
        });
    }

    /// Merges a pair of which both records were seen, and turns the outcome into actions.
    fn couple(&mut self, couple: Couple) {
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
            translator: self.translator(),
        };
        let mut merged = merge(&meeting);
        let proven = couple.partner.flatten().is_some();
        if couple.found && !proven && self.is_stranger(&merged) {
            let message = Message::new("plan-conflict-stranger");
            let fields = merged.conflicts.into_iter().map(|(_, field)| field).collect();
            return self.conflict_on(&couple.ids, &couple.label, ConflictKind::Stranger, message, fields);
        }
        self.drop_taken_keys(&couple, &mut merged);
        self.report_conflicts(&couple, &mut merged);
        self.settle_couple(couple, merged);
    }

    /// Whether a record found by a key is evidently another one: a field that must agree does not.
    fn is_stranger(&self, merged: &Merged) -> bool {
        self.entity.confirm.iter().any(|&position| !merged.agreed.contains(&self.entity.fields[position].name))
    }

    /// A value of a match key that another record of the target already has is not written, and neither is it forgotten.
    fn drop_taken_keys(&mut self, couple: &Couple, merged: &mut Merged) {
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
                let conflict = Conflict {
                    entity: self.entity.name.clone(),
                    kind: ConflictKind::KeyTaken,
                    ids,
                    label: couple.label.clone(),
                    message,
                    fields: fields.iter().map(|field| self.field_conflict(couple, field)).collect(),
                };
                self.draft.conflicts.push(conflict);
                for field in &fields {
                    merged.writes.get_mut(target).0.remove(field);
                    merged.changes.get_mut(target).retain(|change| &change.field != field);
                    merged.moves.insert(field.clone(), Move::Keep);
                }
            }
        }
    }

    fn field_conflict(&self, couple: &Couple, field: &FieldName) -> crate::plan::FieldConflict {
        crate::plan::FieldConflict {
            field: field.clone(),
            base: couple.base.as_ref().map(|image| image.get(field).cloned()),
            now: couple.now.as_ref().map(|image| image.get(field).cloned()),
        }
    }

    /// Field conflicts of a pair become one conflict per kind.
    fn report_conflicts(&mut self, couple: &Couple, merged: &mut Merged) {
        for kind in [ConflictKind::Field, ConflictKind::FirstMeeting] {
            let fields: Vec<_> =
                merged.conflicts.iter().filter(|(of, _)| *of == kind).map(|(_, field)| field.clone()).collect();
            if fields.is_empty() {
                continue;
            }
            let text = if kind == ConflictKind::Field { "plan-conflict-field" } else { "plan-conflict-first-meeting" };
            let listed: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
            let message = Message::new(text).with("fields", listed.join(", "));
            self.conflict_on(&couple.ids, &couple.label, kind, message, fields);
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

    fn conflict_on(
        &mut self,
        ids: &PerSide<NativeId>,
        label: &str,
        kind: ConflictKind,
        message: Message,
        fields: Vec<crate::plan::FieldConflict>,
    ) {
        for side in Side::BOTH {
            self.tally.count(side, ids.get(side), Column::Held);
        }
        let ids = ids.as_ref().map(|id| vec![id.clone()]);
        let label = label.to_owned();
        self.draft.conflicts.push(Conflict { entity: self.entity.name.clone(), kind, ids, label, message, fields });
    }

    /// Actions for the sides to be written, and the pair that settles.
    fn settle_couple(&mut self, couple: Couple, merged: Merged) {
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
            let why = self.why_update(&changes, couple.found, target);
            self.draft.actions.push(Action {
                id: action_id(self.entity, ActionKind::Update, target, couple.ids.get(target)),
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

    fn why_update(&self, changes: &[Change], found: bool, target: Side) -> Message {
        let from = self.system(target.other());
        if changes.is_empty() {
            Message::new("plan-why-partner-id").with("system", from)
        } else if found {
            Message::new("plan-why-found").with("system", from)
        } else {
            Message::new("plan-why-changed").with("system", from)
        }
    }

    // ---- deletes

    fn deleted(&mut self, given: &LinkInput, gone: Side) {
        let target = gone.other();
        let id = given.link.ids.get(target);
        if let Some(refused) = self.given.refused.iter().find(|refused| refused.side == target && &refused.id == id) {
            let reason = Message::new("plan-hold-delete-refused")
                .with("system", self.system(target))
                .with("said", &refused.text);
            return self.hold(target, id, &given.link.label, reason);
        }
        match self.entity.on_delete.get(gone) {
            OnDelete::Delete => self.remove(given, gone, ActionKind::Delete),
            OnDelete::Deactivate => self.remove(given, gone, ActionKind::Deactivate),
            OnDelete::Unlink => self.bury(given, gone),
            OnDelete::Hold => {
                let message = Message::new("plan-conflict-deleted").with("system", self.system(gone));
                self.delete_conflict(given, gone, message);
            }
        }
    }

    fn remove(&mut self, given: &LinkInput, gone: Side, kind: ActionKind) {
        let target = gone.other();
        let link = &given.link;
        let pair = self.draft.pairs.len();
        let (before, version) = match given.now.get(target) {
            Presence::Present(record) => (record.image.clone(), record.version.clone()),
            Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => {
                (link.images.get(target).clone(), link.versions.get(target).clone())
            }
        };
        self.draft.actions.push(Action {
            id: action_id(self.entity, kind, target, link.ids.get(target)),
            entity: self.entity.name.clone(),
            kind,
            target,
            target_id: Some(link.ids.get(target).clone()),
            origin_id: Some(link.ids.get(gone).clone()),
            label: link.label.clone(),
            why: Message::new("plan-why-deleted").with("system", self.system(gone)),
            changes: Vec::new(),
            write: Image::default(),
            whole: Image::default(),
            before,
            partner_id: None,
            ref_keys: Vec::new(),
            waits_for: Vec::new(),
            precondition: Precondition { version },
            pair,
        });
        self.tally.count(target, link.ids.get(target), Column::Updated);
        self.push_burial(given, gone);
    }

    /// The pair ends without a write.
    fn bury(&mut self, given: &LinkInput, gone: Side) {
        for side in Side::BOTH {
            if !matches!(given.now.get(side), Presence::Gone) {
                self.tally.count(side, given.link.ids.get(side), Column::Unchanged);
            }
        }
        self.push_burial(given, gone);
    }

    fn push_burial(&mut self, given: &LinkInput, gone: Side) {
        let link = &given.link;
        self.draft.pairs.push(Pair {
            entity: self.entity.name.clone(),
            ids: link.ids.clone().map(Some),
            origin: link.origin,
            label: link.label.clone(),
            observed: link.images.clone(),
            versions: link.versions.clone(),
            base: link.images.clone(),
            moves: BTreeMap::new(),
            ending: Ending::Tombstone(gone),
            found: false,
        });
    }

    fn delete_conflict(&mut self, given: &LinkInput, gone: Side, message: Message) {
        let target = gone.other();
        let id = given.link.ids.get(target);
        self.tally.count(target, id, Column::Held);
        let mut ids = PerSide::<Vec<NativeId>>::default();
        for side in Side::BOTH {
            ids.get_mut(side).push(given.link.ids.get(side).clone());
        }
        let entity = self.entity.name.clone();
        let label = given.link.label.clone();
        self.draft.conflicts.push(Conflict {
            entity,
            kind: ConflictKind::Delete,
            ids,
            label,
            message,
            fields: Vec::new(),
        });
    }

    /// Nothing may follow for a pair of which one record is unknown. Each record that was seen is counted for what it is.
    fn freeze(&mut self, given: &LinkInput) {
        for side in Side::BOTH {
            let id = given.link.ids.get(side);
            match given.now.get(side) {
                Presence::Present(record) => match &record.standing {
                    Standing::Real => self.hold_frozen(given, side),
                    Standing::Dummy => self.tally.count(side, id, Column::Dummy),
                    Standing::OutOfScope(reason) => self.tally.count(side, id, Column::Outside(reason.clone())),
                    Standing::Unreadable(messages) => self.problem(side, record, messages.clone()),
                },
                Presence::Unchanged => self.hold_frozen(given, side),
                Presence::Gone | Presence::Unknown(_) => {}
            }
        }
    }

    /// A record that is as it should be, of a pair whose other half is not known. Held only when it has something to say.
    fn hold_frozen(&mut self, given: &LinkInput, side: Side) {
        let id = given.link.ids.get(side);
        if self.state(given, side) == State::Same {
            return self.tally.count(side, id, Column::Unchanged);
        }
        let reason = match given.now.get(side.other()) {
            Presence::Unknown(why) => why.clone(),
            Presence::Present(_) | Presence::Unchanged | Presence::Gone => {
                Message::new("plan-hold-frozen").with("system", self.system(side.other()))
            }
        };
        self.hold(side, id, &given.link.label, reason);
    }

    fn hold(&mut self, side: Side, id: &NativeId, label: &str, reason: Message) {
        self.tally.count(side, id, Column::Held);
        let entity = self.entity.name.clone();
        self.draft.held.push(Held { entity, side, id: id.clone(), label: label.to_owned(), reason });
    }

    fn problem(&mut self, side: Side, record: &Observed, messages: Vec<Message>) {
        self.tally.count(side, &record.id, Column::Failed);
        let entity = self.entity.name.clone();
        self.draft.problems.push(Problem {
            entity,
            side,
            id: record.id.clone(),
            label: record.label.clone(),
            messages,
        });
    }

    // ---- records without a link

    fn unlinked(&mut self, unlinked: &PerSide<Vec<Observed>>, correlation: Correlation) {
        for side in Side::BOTH {
            for record in unlinked.get(side) {
                match &record.standing {
                    Standing::Real => {}
                    Standing::Dummy => self.tally.count(side, &record.id, Column::Dummy),
                    Standing::OutOfScope(reason) => self.tally.count(side, &record.id, Column::Outside(reason.clone())),
                    Standing::Unreadable(messages) => self.problem(side, record, messages.clone()),
                }
            }
        }
        for conflict in correlation.conflicts {
            self.count_conflict(unlinked, &conflict);
            self.draft.conflicts.push(conflict);
        }
        for (side, at, reason) in correlation.held {
            let record = &unlinked.get(side)[at];
            self.hold(side, &record.id, &record.label, reason);
        }
        for pair in correlation.matched {
            self.found(&unlinked.left[pair.left], &unlinked.right[pair.right]);
        }
        for side in Side::BOTH {
            for &at in correlation.free.get(side) {
                self.create(side, &unlinked.get(side)[at]);
            }
        }
    }

    /// Counts the real records of a conflict as held; others among them keep their own column.
    fn count_conflict(&mut self, unlinked: &PerSide<Vec<Observed>>, conflict: &Conflict) {
        for side in Side::BOTH {
            for id in conflict.ids.get(side) {
                if unlinked.get(side).iter().any(|record| &record.id == id && record.standing == Standing::Real) {
                    self.tally.count(side, id, Column::Held);
                }
            }
        }
    }

    fn found(&mut self, left: &Observed, right: &Observed) {
        let records = PerSide::new(left, right);
        let partner = self.entity.partner_side().map(|side| records.get(side).partner_id.as_deref());
        let origin = self.origin(records);
        let maker = Side::BOTH.into_iter().find(|side| self.attempts(*side, &records.get(*side).id).next().is_some());
        self.couple(Couple {
            ids: records.map(|record| record.id.clone()),
            origin,
            label: records.get(origin).label.clone(),
            base: PerSide::default(),
            now: records.map(|record| record.image.clone()),
            versions: records.map(|record| record.version.clone()),
            partner,
            found: true,
            maker,
        });
    }

    /// Where a pair that was found came from: what a record says of itself, else the direction in which records are created.
    fn origin(&self, records: PerSide<&Observed>) -> Side {
        match (records.left.arrived, records.right.arrived) {
            (true, false) => Side::Right,
            (false, true) => Side::Left,
            (false, false) | (true, true) => match self.entity.sync {
                selaras_mapping::program::Direction::Towards(side) => side.other(),
                selaras_mapping::program::Direction::TwoWay => self.own_origin(records),
            },
        }
    }

    /// In a two-way entity whose records tell where they came from, one that does not say so was made where it is.
    fn own_origin(&self, _records: PerSide<&Observed>) -> Side {
        Side::BOTH.into_iter().find(|side| self.entity.arrived.get(*side).is_some()).unwrap_or(Side::Left)
    }

    fn create(&mut self, side: Side, record: &Observed) {
        let target = side.other();
        if let Some(reason) = self.kept_out(side, record) {
            return self.tally.count(side, &record.id, Column::Outside(reason));
        }
        if self.is_unclear(side, record) {
            let reason = Message::new("plan-hold-unclear").with("system", self.system(target));
            return self.hold(side, &record.id, &record.label, reason);
        }
        // Its partner may stand in what was not read (invariant 1).
        if matches!(self.given.coverage.get(target), Coverage::Partial(_)) {
            let reason = Message::new("plan-hold-not-all-seen").with("system", self.system(target));
            return self.hold(side, &record.id, &record.label, reason);
        }
        let missing = self.missing(side, &record.image);
        if !missing.is_empty() {
            return self.problem(side, record, missing);
        }
        let mut needs = Needs::default();
        match self.whole(side, &record.image, &mut needs) {
            Ok(whole) => self.push_create(side, record, whole, needs),
            Err(reason) => self.hold(side, &record.id, &record.label, reason),
        }
    }

    fn kept_out(&self, side: Side, record: &Observed) -> Option<Reason> {
        let reason = |rule: &str| Reason { rule: rule.to_owned(), text: Text::same(rule) };
        if !self.entity.sync.flows_to(side.other()) {
            return Some(reason("direction"));
        }
        if !self.entity.on_create.get(side.other()) {
            return Some(reason("on_create"));
        }
        record.not_created.clone()
    }

    /// Whether an earlier attempt to create this record's partner has no clear outcome, and a look is not conclusive: it is too soon, or
    /// not everything was seen.
    fn is_unclear(&self, side: Side, record: &Observed) -> bool {
        let complete = matches!(self.given.coverage.get(side.other()), Coverage::Complete);
        self.attempts(side, &record.id).any(|open| !open.settled || !complete)
    }

    /// The attempts to create the partner of a record that have no clear outcome.
    fn attempts(&self, side: Side, record: &NativeId) -> impl Iterator<Item = &OpenIntent> {
        self.given.intents.iter().filter(move |open| {
            open.intent.kind == WriteKind::Create
                && open.intent.target == side.other()
                && open.intent.origin_id.as_ref() == Some(record)
        })
    }

    /// Fields that a new record cannot be without.
    fn missing(&self, side: Side, image: &Image) -> Vec<Message> {
        let lacks = |field: &&Field| {
            field.required
                && field.cells.get(side).is_some() | field.list.is_some()
                && image.get(&field.name).is_none_or(Value::is_blank)
        };
        let fields = self.entity.fields.iter().filter(lacks);
        fields.map(|field| Message::new("plan-problem-required").with("field", &field.name)).collect()
    }

    /// The image of the record that is to be made, in the target's form.
    fn whole(&self, side: Side, image: &Image, needs: &mut Needs) -> Result<Image, Message> {
        let target = side.other();
        let mut whole = Image::default();
        for field in self.entity.fields.iter().filter(|field| field.direction.flows_to(target)) {
            let writable =
                field.cells.get(target).as_ref().is_some_and(|cell| cell.write.is_some()) || field.list.is_some();
            if let (Some(value), true) = (image.get(&field.name), writable)
                && !value.is_blank()
            {
                whole.set(field.name.clone(), self.translator().translate(field, side, value, needs)?);
            }
        }
        Ok(whole)
    }

    fn push_create(&mut self, side: Side, record: &Observed, whole: Image, needs: Needs) {
        let target = side.other();
        let id = action_id(self.entity, ActionKind::Create, target, &record.id);
        let partner_side = self.entity.partner_side();
        let pair = self.draft.pairs.len();
        let changes = names(&self.entity.fields)
            .filter_map(|name| whole.get(name).map(|value| (name, value)))
            .map(|(name, value)| Change { field: name.clone(), before: None, after: value.clone(), why: None })
            .collect();
        let planned = PlannedPartner { id: Err(id.clone()), image: whole.clone() };
        self.draft.arranged.insert((self.entity.name.clone(), side, record.id.clone()), planned);
        self.draft.actions.push(Action {
            id: id.clone(),
            entity: self.entity.name.clone(),
            kind: ActionKind::Create,
            target,
            target_id: None,
            origin_id: Some(record.id.clone()),
            label: record.label.clone(),
            why: Message::new("plan-why-new").with("system", self.system(side)),
            changes,
            write: whole.clone(),
            whole,
            before: Image::default(),
            partner_id: (partner_side == Some(target)).then(|| PartnerId::Known(record.id.clone())),
            ref_keys: needs.keys.into_iter().collect(),
            waits_for: needs.waits.into_iter().collect(),
            precondition: Precondition::default(),
            pair,
        });
        if partner_side == Some(side) {
            self.push_partner_id(side, record, &id, pair);
        }
        self.tally.count(side, &record.id, Column::Created);
        let mut ids = PerSide::new(None, None);
        *ids.get_mut(side) = Some(record.id.clone());
        let mut observed = PerSide::<Image>::default();
        *observed.get_mut(side) = record.image.clone();
        let mut versions = PerSide::new(None, None);
        *versions.get_mut(side) = record.version.clone();
        self.draft.pairs.push(Pair {
            entity: self.entity.name.clone(),
            ids,
            origin: side,
            label: record.label.clone(),
            observed,
            versions,
            base: PerSide::default(),
            moves: names(&self.entity.fields).map(|name| (name.clone(), Move::Written(target))).collect(),
            ending: Ending::Live,
            found: false,
        });
    }

    /// The record that was pushed gets the id of what became of it.
    fn push_partner_id(&mut self, side: Side, record: &Observed, create: &ActionId, pair: usize) {
        self.draft.actions.push(Action {
            id: action_id(self.entity, ActionKind::Update, side, &record.id),
            entity: self.entity.name.clone(),
            kind: ActionKind::Update,
            target: side,
            target_id: Some(record.id.clone()),
            origin_id: None,
            label: record.label.clone(),
            why: Message::new("plan-why-partner-id").with("system", self.system(side.other())),
            changes: Vec::new(),
            write: Image::default(),
            whole: record.image.clone(),
            before: record.image.clone(),
            partner_id: Some(PartnerId::Of(create.clone())),
            ref_keys: Vec::new(),
            waits_for: vec![create.clone()],
            precondition: Precondition { version: record.version.clone() },
            pair,
        });
    }
}

/// An image with some of its values replaced.
fn overlaid(image: &Image, over: &Image) -> Image {
    let mut whole = image.clone();
    whole.0.extend(over.0.iter().map(|(name, value)| (name.clone(), value.clone())));
    whole
}
