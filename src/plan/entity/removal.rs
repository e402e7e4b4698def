//! Pairs of which a record is gone or not known: removals, burials, conflicts, and pairs that freeze.

use super::{Desk, action_id};
use crate::decide::{self, Ruling};
use crate::input::LinkInput;
use crate::plan::{
    Action, ActionKind, Conflict, ConflictKind, DecisionFate, Ending, Move, Pair, Precondition, Waiting,
};
use crate::table::State;
use crate::tally::Column;
use selaras_mapping::program::OnDelete;
use selaras_model::planted::{Bug, planted};
use selaras_model::{Decision, Image, Message, NativeId, PerSide, Presence, Side, Standing, Take};
use std::collections::BTreeMap;

impl Desk<'_> {
    pub(super) fn deleted(&mut self, given: &LinkInput, gone: Side) {
        if let Some(count) = self.emptied(given, gone) {
            let message = Message::new("plan-conflict-emptied").with("system", self.system(gone)).with("count", count);
            return self.delete_conflict(given, gone, message);
        }
        if *self.entity.on_delete.get(gone) == OnDelete::Hold {
            let message = Message::new("plan-conflict-deleted").with("system", self.system(gone));
            return self.delete_conflict(given, gone, message);
        }
        let why = Message::new("plan-why-deleted").with("system", self.system(gone));
        self.follow(given, gone, why);
    }

    /// How many records vanished, if all that were linked did: then and now fewer than the guards count, and still more likely a wrong place or a
    /// missing right than deletions. Each waits for a person and stops nothing else. That a run made something new there meanwhile, or
    /// that a person spoke about some of them, does not make deletions of the others.
    pub(super) fn emptied(&self, given: &LinkInput, gone: Side) -> Option<u64> {
        let before = *given.link.missed.all.get(gone);
        let links = self.given.links.len() as u64;
        // A run that was narrowed to one record is not weighed by the guard either.
        let now = self.given.emptied.get(gone).filter(|all| *all < self.entity.guards.minimum || links < *all);
        before.or(now)
    }

    /// The deletion is followed, as the mapping says.
    fn follow(&mut self, given: &LinkInput, gone: Side, why: Message) {
        let target = gone.other();
        let id = given.link.ids.get(target);
        let refused = self.given.refused.iter().find(|refused| refused.side == target && &refused.id == id);
        if let Some(refused) = refused.filter(|_| !planted(Bug::NagDeletes)) {
            let reason = Message::new("plan-hold-delete-refused")
                .with("system", self.system(target))
                .with("said", &refused.text);
            return self.hold(target, id, &given.link.label, reason);
        }
        match self.entity.on_delete.get(gone) {
            // Only a person's word leads here under the rule to hold, and that word was that the deletion counts.
            OnDelete::Delete | OnDelete::Hold => self.remove(given, gone, ActionKind::Delete, why),
            OnDelete::Deactivate => self.remove(given, gone, ActionKind::Deactivate, why),
            OnDelete::DeleteAfter { hours } => self.remove_later(given, gone, *hours, why),
            OnDelete::Unlink => self.bury(given, gone),
        }
    }

    /// Out of use now, and deleted when the time has come. Whoever touched it meanwhile has ended the wait: that is a conflict (`state`), and
    /// if the deletion is taken then, the wait begins anew.
    fn remove_later(&mut self, given: &LinkInput, gone: Side, hours: u64, why: Message) {
        const HOUR_MS: u64 = 3_600_000;
        let target = gone.other();
        let untouched = self.state(given, target) == State::Same;
        let Some(grace) = given.link.grace.as_ref().filter(|grace| grace.gone == gone && untouched) else {
            let (key, count) = match hours.is_multiple_of(24) {
                true => ("plan-why-waits-days", hours / 24),
                false => ("plan-why-waits-hours", hours),
            };
            let why = match why.key.as_str() {
                "plan-why-deleted" => Message::new(key).with("system", self.system(gone)).with("count", count),
                _ => why,
            };
            self.remove(given, gone, ActionKind::Deactivate, why);
            if let Some(pair) = self.draft.pairs.last_mut() {
                pair.ending = Ending::Grace(gone);
                let all = self.entity.fields.iter().map(|field| (field.name.clone(), Move::Written(target)));
                pair.moves = all.collect();
            }
            return;
        };
        let until_ms = grace.since_ms.saturating_add_unsigned(hours.saturating_mul(HOUR_MS));
        if self.now_ms >= until_ms {
            let why = Message::new("plan-why-grace-over").with("system", self.system(gone));
            return self.remove(given, gone, ActionKind::Delete, why.with("when", grace.when()));
        }
        self.tally.count(target, given.link.ids.get(target), Column::Unchanged);
        self.draft.waiting.push(Waiting {
            entity: self.entity.name.clone(),
            side: target,
            id: given.link.ids.get(target).clone(),
            label: given.link.label.clone(),
            since_ms: grace.since_ms,
            run: grace.run.clone(),
            until_ms,
        });
    }

    pub(super) fn remove(&mut self, given: &LinkInput, gone: Side, kind: ActionKind, why: Message) {
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
            id: action_id(&self.entity.name, kind, target, link.ids.get(target)),
            entity: self.entity.name.clone(),
            kind,
            target,
            target_id: Some(link.ids.get(target).clone()),
            origin_id: Some(link.ids.get(gone).clone()),
            label: link.label.clone(),
            why,
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
    pub(super) fn bury(&mut self, given: &LinkInput, gone: Side) {
        for side in Side::BOTH {
            if !matches!(given.now.get(side), Presence::Gone) {
                self.tally.count(side, given.link.ids.get(side), Column::Unchanged);
            }
        }
        self.push_burial(given, gone);
    }

    pub(super) fn push_burial(&mut self, given: &LinkInput, gone: Side) {
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

    /// A person decides, or has decided. That the record is to be on both sides again was seen to before (`lift`), if it can be.
    pub(super) fn delete_conflict(&mut self, given: &LinkInput, gone: Side, message: Message) {
        let target = gone.other();
        let fields = self.edited(given, target);
        let decisions = decide::of_pair(self.decisions, self.entity, &given.link.ids);
        let note = match decide::ruling(self.entity, &decisions, Some(gone), &fields) {
            Ruling::Taken(decision) if decision.take == Take::Side(gone) => {
                let pair = Some(self.draft.pairs.len());
                self.draft.decisions.push(decide::used(decision, DecisionFate::Used, pair));
                return self.follow(given, gone, decide::why(decision));
            }
            Ruling::Taken(decision) => {
                Some(self.unused(decision, Message::new("plan-note-no-return").with("system", self.system(gone))))
            }
            Ruling::Stale(decision) => Some(self.unused(decision, decide::stale(decision))),
            Ruling::None => None,
        };
        let id = given.link.ids.get(target);
        self.tally.count(target, id, Column::Held);
        let mut ids = PerSide::<Vec<NativeId>>::default();
        for side in Side::BOTH {
            ids.get_mut(side).push(given.link.ids.get(side).clone());
        }
        let conflict = Conflict::new(&self.entity.name, ConflictKind::Delete, ids, &given.link.label, message);
        self.draft.conflicts.push(Conflict { fields, gone: Some(gone), note, ..conflict });
    }

    fn unused(&mut self, decision: &Decision, why: Message) -> Message {
        self.draft.decisions.push(decide::used(decision, DecisionFate::Stale, None));
        why
    }

    /// Nothing may follow for a pair of which one record is unknown. Each record that was seen is counted for what it is.
    pub(super) fn freeze(&mut self, given: &LinkInput) {
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
    pub(super) fn hold_frozen(&mut self, given: &LinkInput, side: Side) {
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
}
