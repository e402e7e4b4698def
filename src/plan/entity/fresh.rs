//! Records without a link: what correlation found of them, and the creation of the rest.

use super::couple::Couple;
use super::{Desk, action_id};
use crate::correlate::Correlation;
use crate::input::OpenIntent;
use crate::plan::{Action, ActionKind, Change, Conflict, Ending, Move, Pair, PartnerId, Precondition};
use crate::tally::Column;
use crate::translate::{Needs, PlannedPartner, names};
use selaras_mapping::program::Field;
use selaras_model::planted::{Bug, planted};
use selaras_model::{
    ActionId, Coverage, Image, Message, NativeId, Observed, PerSide, Reason, Side, Standing, Text, Value, WriteKind,
};

impl Desk<'_> {
    pub(super) fn unlinked(&mut self, unlinked: &PerSide<Vec<Observed>>, correlation: Correlation) {
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
    pub(super) fn count_conflict(&mut self, unlinked: &PerSide<Vec<Observed>>, conflict: &Conflict) {
        for side in Side::BOTH {
            for id in conflict.ids.get(side) {
                if unlinked.get(side).iter().any(|record| &record.id == id && record.standing == Standing::Real) {
                    self.tally.count(side, id, Column::Held);
                }
            }
        }
    }

    pub(super) fn found(&mut self, left: &Observed, right: &Observed) {
        let records = PerSide::new(left, right);
        let partner = self.entity.partner_side().map(|side| records.get(side).partner_id.as_deref());
        let origin = self.origin(records);
        // What we make holds its partner's id from the start, where there is a place for it: one without it was made by somebody else.
        let is_foreign = |side: Side| self.entity.partner_side() == Some(side) && partner == Some(None);
        let attempted = |side: &Side| {
            let made = &records.get(side.other()).image;
            self.attempts(*side, &records.get(*side).id).any(|open| self.holds(made, &open.asked))
        };
        let maker = Side::BOTH.into_iter().find(|side| attempted(side) && !is_foreign(side.other()));
        self.couple(Couple {
            ids: records.map(|record| record.id.clone()),
            origin,
            label: records.get(origin).label.clone(),
            labels: records.map(|record| record.label.clone()),
            base: PerSide::default(),
            now: records.map(|record| record.image.clone()),
            versions: records.map(|record| record.version.clone()),
            partner,
            found: true,
            maker,
            returned: None,
        });
    }

    /// Whether a record holds what we asked for. One that holds something else was typed by somebody, or edited since: what it says where
    /// our record says nothing was not filled in by the system then, but is theirs.
    fn holds(&self, made: &Image, asked: &[Change]) -> bool {
        asked.iter().filter(|change| change.after.is_plain()).all(|change| {
            match (self.entity.position(&change.field), made.get(&change.field)) {
                (Some(at), Some(stored)) => self.entity.as_asked(at, None, &change.after, stored),
                (None, _) | (_, None) => true,
            }
        })
    }

    /// Where a pair that was found came from: what a record says of itself, else the direction in which records are created.
    pub(super) fn origin(&self, records: PerSide<&Observed>) -> Side {
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
    pub(super) fn own_origin(&self, _records: PerSide<&Observed>) -> Side {
        Side::BOTH.into_iter().find(|side| self.entity.arrived.get(*side).is_some()).unwrap_or(Side::Left)
    }

    pub(super) fn create(&mut self, side: Side, record: &Observed) {
        let target = side.other();
        if let Some(reason) = self.kept_out(side, record) {
            return self.tally.count(side, &record.id, Column::Outside(reason));
        }
        if self.is_unclear(side, record) {
            let lost = self.attempts(side, &record.id).any(|open| !open.recognisable);
            let key = if lost { "plan-hold-unrecognised" } else { "plan-hold-unclear" };
            let reason = Message::new(key).with("system", self.system(target));
            return self.hold(side, &record.id, &record.label, reason);
        }
        // Its partner may stand in what was not read (invariant 1).
        if matches!(self.given.coverage.get(target), Coverage::Partial(_)) && !planted(Bug::CreateUnseen) {
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

    pub(super) fn kept_out(&self, side: Side, record: &Observed) -> Option<Reason> {
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
    pub(super) fn is_unclear(&self, side: Side, record: &Observed) -> bool {
        let complete = matches!(self.given.coverage.get(side.other()), Coverage::Complete);
        !planted(Bug::RetryUnclearCreate)
            && self.attempts(side, &record.id).any(|open| !open.settled || !open.recognisable || !complete)
    }

    /// The attempts to create the partner of a record that have no clear outcome.
    pub(super) fn attempts(&self, side: Side, record: &NativeId) -> impl Iterator<Item = &OpenIntent> {
        self.given.intents.iter().filter(move |open| {
            open.intent.kind == WriteKind::Create
                && open.intent.target == side.other()
                && open.intent.origin_id.as_ref() == Some(record)
        })
    }

    /// Fields that a new record cannot be without.
    pub(super) fn missing(&self, side: Side, image: &Image) -> Vec<Message> {
        let lacks = |field: &&Field| {
            field.required
                && field.cells.get(side).is_some() | field.list.is_some()
                && image.get(&field.name).is_none_or(Value::is_blank)
        };
        let fields = self.entity.fields.iter().filter(lacks);
        fields.map(|field| Message::new("plan-problem-required").with("field", &field.name)).collect()
    }

    /// The image of the record that is to be made, in the target's form.
    pub(super) fn whole(&self, side: Side, image: &Image, needs: &mut Needs) -> Result<Image, Message> {
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

    pub(super) fn push_create(&mut self, side: Side, record: &Observed, whole: Image, needs: Needs) {
        let target = side.other();
        let id = action_id(&self.entity.name, ActionKind::Create, target, &record.id);
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
    pub(super) fn push_partner_id(&mut self, side: Side, record: &Observed, create: &ActionId, pair: usize) {
        self.draft.actions.push(Action {
            id: action_id(&self.entity.name, ActionKind::Update, side, &record.id),
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
