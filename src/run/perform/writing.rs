//! Writing: what moved on is left out, payloads are built, intents go to disk, the connector is asked, outcomes go to disk.

use super::answers::is_about_access;
use super::{Doing, not_locked};
use crate::error::RunError;
use crate::history::Asked;
use crate::outcome::ActionEnd;
use crate::workspace::State;
use selaras_apply::{End, Skip};
use selaras_connector_api::{Code, Failure, GetRequest, Outcome as Answer, WriteItem, WriteOp, WriteRequest};
use selaras_model::planted::{Bug, planted};
use selaras_model::{EntityName, FieldName, Intent, IntentId, Message, Outcome, Ref, RefBy, Side, Value, WriteKind};
use selaras_plan::{Action, ActionKind, Change, PartnerId, pending_action};
use std::collections::{BTreeMap, BTreeSet};

impl Doing<'_> {
    pub(super) fn perform(&mut self, batch: Vec<usize>) -> Result<(), RunError> {
        let Some(&first) = batch.first() else { return Ok(()) };
        let (entity, target) = {
            let lead = &self.plan().actions[first];
            (lead.entity.clone(), lead.target)
        };
        let of = self.plan().actions.iter().filter(|action| action.entity == entity && action.target == target).count()
            as u64;
        let fresh = self.drop_stale(batch, &entity, target);
        let mut items = Vec::with_capacity(fresh.len());
        for at in fresh {
            match self.item(&self.plan().actions[at]) {
                Ok(item) => items.push((at, item)),
                Err(message) => self.end(at, End::Skipped(Skip::Unwritable), ActionEnd::Rejected(message), Vec::new()),
            }
        }
        if !items.is_empty() {
            self.send(&entity, target, items)?;
        }
        let (mut done, mut applied) = (0, 0);
        for (at, end) in &self.course.ends {
            let action = &self.plan().actions[*at];
            if action.entity == entity && action.target == target {
                done += 1;
                applied += u64::from(matches!(end, End::Applied { .. }));
            }
        }
        self.progress.writing(&entity, target, done, of);
        if done == of {
            self.progress.written(&entity, target, applied, of);
        }
        Ok(())
    }

    /// Looks once more at records of a system that cannot compare and set, and leaves out those that moved on (invariant 14).
    pub(super) fn drop_stale(&mut self, batch: Vec<usize>, entity: &EntityName, target: Side) -> Vec<usize> {
        let resource_name = self.entity(entity).resources.get(target).clone();
        let system = self.workspace.systems.get_mut(target);
        let Some(resource) = system.manifest().resource(&resource_name).cloned() else { return batch };
        let expected: BTreeMap<String, (usize, String)> = batch
            .iter()
            .filter_map(|&at| {
                let action = &self.planned.plan.actions[at];
                Some((action.target_id.as_ref()?.to_string(), (at, action.precondition.version.clone()?)))
            })
            .collect();
        let is_seen_to = resource.compare_and_set || resource.version.is_none() || expected.is_empty();
        if is_seen_to || planted(Bug::DropPrecondition) {
            return batch;
        }
        let fields = resource.version.iter().map(|version| version.path.clone()).collect();
        let request = GetRequest { resource: resource_name, ids: expected.keys().cloned().collect(), fields };
        let mut now: BTreeMap<String, Option<String>> = BTreeMap::new();
        let looked = system.get(&request, &mut |page| {
            now.extend(page.records.into_iter().map(|record| (record.id, record.version)));
        });
        // What could not be looked at may have moved on: it is left for the next run, not written blindly.
        let unseen = match looked {
            Ok(done) => done.failed,
            Err(failure) => {
                let rest = expected.keys().filter(|id| !now.contains_key(*id));
                rest.map(|id| (id.clone(), failure.clone())).collect()
            }
        };
        let mut left: BTreeSet<usize> = BTreeSet::new();
        for (id, failure) in unseen {
            if let Some((at, _)) = expected.get(&id) {
                left.insert(*at);
                self.leave_unseen(*at, failure);
            }
        }
        for (id, (at, version)) in &expected {
            if now.get(id).is_some_and(|seen| seen.as_ref() != Some(version)) && left.insert(*at) {
                self.skip(*at, Skip::Stale);
            }
        }
        batch.into_iter().filter(|at| !left.contains(at)).collect()
    }

    /// The look before a write failed: nothing reached the system.
    fn leave_unseen(&mut self, at: usize, failure: Failure) {
        let target = self.plan().actions[at].target;
        let system = self.plan().binding.systems.get(target).clone();
        let message = Message::new("run-skipped-unreachable").with("system", system).with("said", &failure.text);
        self.end(at, End::Skipped(Skip::Unwritable), ActionEnd::Skipped(message), Vec::new());
        if is_about_access(failure.code) {
            self.dead = Some((target, failure));
        }
    }

    /// The write of an action, with everything that was pending filled in.
    pub(super) fn item(&self, action: &Action) -> Result<WriteItem, Message> {
        let entity = self.entity(&action.entity);
        let target = action.target;
        let id = action.target_id.as_ref().map(ToString::to_string);
        let version = action.precondition.version.clone().filter(|_| !planted(Bug::DropPrecondition));
        let op = match action.kind {
            ActionKind::Create => WriteOp::Create,
            ActionKind::Update => WriteOp::Update,
            ActionKind::Delete => WriteOp::Delete,
            ActionKind::Deactivate => WriteOp::Deactivate,
        };
        if matches!(action.kind, ActionKind::Delete | ActionKind::Deactivate) {
            return Ok(WriteItem { op, id, version, fields: serde_json::Map::new(), children: Vec::new() });
        }
        let resolve = |reference: &Ref, by: &RefBy| self.ref_key(action, reference, by);
        let create = action.kind == ActionKind::Create;
        let before = (!create).then_some(&action.before);
        let payload = entity.payload(target, create, &action.write, &action.whole, before, &resolve);
        let mut payload = payload.map_err(|messages| {
            messages.into_iter().next().unwrap_or_else(|| Message::new("run-skipped-unwritable"))
        })?;
        if let Some(partner) = &action.partner_id {
            let partner = match partner {
                PartnerId::Known(id) => Some(id),
                PartnerId::Of(create) => self.made.get(create),
            };
            let partner = partner.ok_or_else(|| Message::new("run-skipped-unwritable"))?;
            payload.join(entity.partner_payload(target, partner));
        }
        Ok(WriteItem { op, id, version, fields: payload.fields, children: payload.children })
    }

    /// The key by which the target is told a reference.
    pub(super) fn ref_key(&self, action: &Action, reference: &Ref, by: &RefBy) -> Option<String> {
        let known = action.ref_keys.iter().find(|known| &known.reference == reference && &known.by == by);
        let key = match known {
            Some(known) => known.key.clone(),
            None if *by == reference.by => reference.key.clone(),
            None => return None,
        };
        match pending_action(&key) {
            Some(create) => self.made.get(&create).map(ToString::to_string),
            None => Some(key),
        }
    }

    pub(super) fn send(
        &mut self,
        entity: &EntityName,
        target: Side,
        items: Vec<(usize, WriteItem)>,
    ) -> Result<(), RunError> {
        let positions: Vec<usize> = items.iter().map(|(at, _)| *at).collect();
        let intents: Vec<_> = positions
            .iter()
            .map(|&at| &self.plan().actions[at])
            .map(|action| (self.intent(action), self.asked(action).as_json()))
            .collect();
        let run = self.planned.run.clone();
        let State::Writing(writer) = &mut self.workspace.state else { return Err(not_locked()) };
        let numbers = if planted(Bug::SkipIntent) { Vec::new() } else { writer.intend_asking(&run, &intents)? };
        self.intents.extend(positions.iter().copied().zip(numbers.iter().copied()));
        let resource = self.entity(entity).resources.get(target).clone();
        let request = WriteRequest { resource, items: items.into_iter().map(|(_, item)| item).collect() };
        let answers = self.workspace.systems.get_mut(target).write(self.permit, &request);
        let answers = match answers {
            Ok(done) if done.outcomes.len() == positions.len() => done.outcomes,
            Ok(_) => {
                let failure = Failure::new(Code::Protocol, "the connector answered for another number of records");
                vec![Answer::Unclear(failure); positions.len()]
            }
            // An error of the whole call means by contract that nothing was sent.
            Err(failure) => vec![Answer::Rejected(failure); positions.len()],
        };
        let answers = self.doubted(entity, target, &positions, answers)?;
        let outcome = |(at, answer): (&usize, &Answer)| Some((*self.intents.get(at)?, self.outcome(*at, answer)));
        let outcomes: Vec<(IntentId, Outcome)> = positions.iter().zip(&answers).filter_map(outcome).collect();
        let answered = (self.clock)();
        let State::Writing(writer) = &mut self.workspace.state else { return Err(not_locked()) };
        writer.end_at(&run, &outcomes, answered)?;
        let reread = self.reread(entity, target, &answers);
        let mut otherwise = Vec::new();
        for (at, answer) in positions.into_iter().zip(answers) {
            self.take(at, answer, &reread);
            otherwise.extend(self.intents.get(&at).copied().zip(self.stored_otherwise(at)));
        }
        let State::Writing(writer) = &mut self.workspace.state else { return Err(not_locked()) };
        Ok(writer.note_reported(&otherwise)?)
    }

    /// What is asked, for people: kept with the intent, so that what a write overwrote can be told afterwards.
    pub(super) fn asked(&self, action: &Action) -> Asked {
        let resource = self.entity(&action.entity).resources.get(action.target);
        let settle_ms = self
            .workspace
            .systems
            .get(action.target)
            .manifest()
            .resource(resource)
            .map_or(0, |resource| resource.settle_ms);
        let lost = |(name, value): (&FieldName, &Value)| Change {
            field: name.clone(),
            before: Some(value.clone()),
            after: Value::Null,
            why: None,
        };
        let changes = match action.kind {
            ActionKind::Delete => action.before.0.iter().map(lost).collect(),
            ActionKind::Create | ActionKind::Update | ActionKind::Deactivate => {
                let filled = |change: &Change| Change { after: self.filled(&change.after), ..change.clone() };
                action.changes.iter().map(filled).collect()
            }
        };
        let evidence = self.planned.evidence.get(&action.id).cloned();
        Asked { why: action.why.clone(), changes, settle_ms, evidence }
    }

    pub(super) fn intent(&self, action: &Action) -> Intent {
        let kind = match action.kind {
            ActionKind::Create => WriteKind::Create,
            ActionKind::Update => WriteKind::Update,
            ActionKind::Delete => WriteKind::Delete,
            ActionKind::Deactivate => WriteKind::Deactivate,
        };
        Intent {
            action: action.id.clone(),
            entity: action.entity.clone(),
            target: action.target,
            kind,
            target_id: action.target_id.clone(),
            origin_id: action.origin_id.clone(),
            label: action.label.clone(),
            at_ms: (self.clock)(),
        }
    }
}
