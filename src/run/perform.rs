//! Applying a plan: what `selaras-apply` names is done, and nothing else. Intents are on disk before a call is made, outcomes right after it,
//! and the base takes only what was reported.

use crate::error::{RunError, refusal};
use crate::outcome::{ActionEnd, ActionResult, Applied, Planned, Progress, SyncInfo};
use crate::planning::batch_limit;
use crate::recover;
use crate::workspace::{State, Workspace};
use crate::{accounts, info};
use selaras_apply::{Course, End, Skip, Step, settle, step};
use selaras_connector_api::{Code, Failure, GetRequest, Outcome as Answer, WriteItem, WriteOp, WriteRequest};
use selaras_host::WritePermit;
use selaras_mapping::program::Entity;
use selaras_mapping::{display_text, record};
use selaras_model::{
    ActionId, EntityName, Hash128, Image, Intent, IntentId, Message, NativeId, Outcome, PerSide, Ref, RefBy, Row,
    Settled, Side, Value, WriteKind,
};
use selaras_plan::{Action, ActionKind, PartnerId, Plan, pending_action};
use selaras_store::{RunSummary, SettleRow, StoredConflict};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// A clock: milliseconds since 1970 (UTC).
pub type Clock<'a> = &'a dyn Fn() -> i64;

/// A plan while it is carried out.
struct Doing<'a> {
    workspace: &'a mut Workspace,
    planned: &'a Planned,
    permit: &'a WritePermit,
    clock: Clock<'a>,
    progress: &'a dyn Progress,
    cancel: &'a AtomicBool,
    course: Course,
    /// The actions of each pair.
    of_pair: Vec<Vec<usize>>,
    /// The intents of each action that was tried.
    intents: BTreeMap<usize, IntentId>,
    results: BTreeMap<usize, ActionResult>,
    /// The ids that creates of this plan were answered with.
    made: BTreeMap<ActionId, NativeId>,
    /// A credential died: nothing more is tried.
    dead: Option<Failure>,
}

impl Workspace {
    /// Applies a plan that this workspace has just made.
    ///
    /// # Errors
    /// When the state cannot be written. Whatever was done by then is in the journal, and the next run goes on from there.
    pub fn apply(
        &mut self,
        permit: &WritePermit,
        planned: &Planned,
        clock: Clock,
        progress: &dyn Progress,
        cancel: &AtomicBool,
    ) -> Result<Applied, RunError> {
        let started = clock();
        self.note_run(planned, started, None, &[])?;
        self.clear_up(planned)?;
        let mut doing = Doing {
            workspace: self,
            planned,
            permit,
            clock,
            progress,
            cancel,
            course: Course::new(&planned.plan),
            of_pair: of_pair(&planned.plan),
            intents: BTreeMap::new(),
            results: BTreeMap::new(),
            made: BTreeMap::new(),
            dead: None,
        };
        doing.carry_out()?;
        let results: Vec<ActionResult> = std::mem::take(&mut doing.results).into_values().collect();
        let cancelled = doing.dead.is_some() || cancel.load(Ordering::Relaxed);
        self.finish(planned, results, started, clock(), cancelled)
    }

    /// What the observation cleared up goes into the journal, and unchanged records that came in other bytes are remembered.
    fn clear_up(&mut self, planned: &Planned) -> Result<(), RunError> {
        let Some(gathered) = &self.gathered else { return Ok(()) };
        let State::Writing(writer) = &mut self.state else { return Err(not_locked()) };
        recover::close(writer, &planned.run, &gathered.open, &planned.plan, &gathered.entities)?;
        for side in Side::BOTH {
            writer.refresh(side, gathered.refresh.get(side))?;
        }
        Ok(())
    }

    fn finish(
        &mut self,
        planned: &Planned,
        results: Vec<ActionResult>,
        started: i64,
        ended: i64,
        cancelled: bool,
    ) -> Result<Applied, RunError> {
        let sync_info = info::after(&planned.sync_info, &planned.plan, &results);
        let names = self.system_names();
        let known: Vec<SyncInfo> = self.state.info()?.into_iter().map(SyncInfo::from).collect();
        let order = self.mapping.entities.iter().map(|entity| entity.name.clone()).collect::<Vec<_>>();
        let mut all = info::merged(known, &sync_info, &names);
        all.sort_by_key(|info| (order.iter().position(|name| name == &info.entity), info.side));
        let stored: Vec<_> = all.iter().cloned().map(Into::into).collect();
        let conflicts =
            planned.plan.conflicts.iter().map(|conflict| serde_json::to_value(conflict).unwrap_or_default());
        let conflicts: Vec<StoredConflict> = conflicts.map(|body| StoredConflict { body }).collect();
        if let State::Writing(writer) = &mut self.state {
            writer.save_findings(&stored, &conflicts)?;
        }
        self.note_run(planned, started, Some(ended), &results)?;
        let calls = PerSide::from_fn(|side| {
            let made = self.systems.get(side).calls();
            let mut calls = *planned.calls.get(side);
            (calls.reads, calls.writes, calls.limited) = (made.reads, made.writes, made.limited);
            calls
        });
        let unclear = self.state.open_intents()?.len() as u64;
        let counts = accounts::after(&planned.plan, &results);
        Ok(Applied { results, counts, sync_info, calls, unclear, cancelled })
    }

    fn note_run(
        &mut self,
        planned: &Planned,
        started: i64,
        ended: Option<i64>,
        results: &[ActionResult],
    ) -> Result<(), RunError> {
        let count = |of: fn(&ActionEnd) -> bool| results.iter().filter(|result| of(&result.end)).count() as u64;
        let titles = self.titles();
        let summary = RunSummary {
            run: planned.run.clone(),
            started_ms: started,
            finished_ms: ended,
            mapping: self.mapping.name.clone(),
            titles: [titles.left, titles.right],
            applied: count(|end| matches!(end, ActionEnd::Applied { .. })),
            rejected: count(|end| matches!(end, ActionEnd::Rejected(_))),
            unclear: count(|end| matches!(end, ActionEnd::Unclear(_))),
            skipped: count(|end| matches!(end, ActionEnd::Skipped(_))),
        };
        let State::Writing(writer) = &mut self.state else { return Err(not_locked()) };
        Ok(writer.save_run(&summary)?)
    }
}

fn not_locked() -> RunError {
    RunError::Store(selaras_store::StoreError::Contradiction(
        "a plan can only be applied with the state locked".to_owned(),
    ))
}

impl Doing<'_> {
    fn plan(&self) -> &Plan {
        &self.planned.plan
    }

    fn entity(&self, name: &EntityName) -> &Entity {
        self.workspace.mapping.entity(name).expect("a plan names only entities of its mapping")
    }

    fn carry_out(&mut self) -> Result<(), RunError> {
        loop {
            let next = {
                let Workspace { mapping, systems, .. } = &*self.workspace;
                step(self.plan(), &self.course, |action| {
                    batch_limit(mapping, systems.get(action.target).manifest(), action)
                })
            };
            match next {
                Step::Done => return Ok(()),
                Step::Settle(pairs) => self.settle(pairs)?,
                Step::Skip(skips) => skips.into_iter().for_each(|(at, skip)| self.skip(at, skip)),
                Step::Perform(batch) if self.dead.is_some() || self.cancel.load(Ordering::Relaxed) => {
                    batch.into_iter().for_each(|at| self.skip(at, Skip::Cancelled));
                }
                Step::Perform(batch) => self.perform(batch)?,
            }
        }
    }

    fn skip(&mut self, at: usize, skip: Skip) {
        let message = match &skip {
            Skip::WaitsFor(action) => {
                let label = self
                    .plan()
                    .actions
                    .iter()
                    .find(|other| &other.id == action)
                    .map_or("", |other| other.label.as_str());
                Message::new("run-skipped-waits").with("record", label)
            }
            Skip::Stale => Message::new("run-skipped-stale"),
            Skip::Unwritable => Message::new("run-skipped-unwritable"),
            Skip::Cancelled => match &self.dead {
                Some(failure) => Message::new("run-skipped-dead").with("said", &failure.text),
                None => Message::new("run-skipped-cancelled"),
            },
        };
        self.end(at, End::Skipped(skip), ActionEnd::Skipped(message), Vec::new());
    }

    fn end(&mut self, at: usize, end: End, result: ActionEnd, stored_differently: Vec<(String, String, String)>) {
        let action = self.plan().actions[at].id.clone();
        if let End::Applied { id, .. } = &end {
            self.made.insert(action.clone(), id.clone());
        }
        self.course.ends.insert(at, end);
        self.results.insert(at, ActionResult { action, end: result, stored_differently });
    }

    // ---- writing

    fn perform(&mut self, batch: Vec<usize>) -> Result<(), RunError> {
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
        let done = self.course.ends.keys().filter(|at| {
            let action = &self.plan().actions[**at];
            action.entity == entity && action.target == target
        });
        let done = done.count() as u64;
        self.progress.writing(&entity, target, done, of);
        Ok(())
    }

    /// Looks once more at records of a system that cannot compare and set, and leaves out those that moved on (invariant 14).
    fn drop_stale(&mut self, batch: Vec<usize>, entity: &EntityName, target: Side) -> Vec<usize> {
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
        if resource.compare_and_set || resource.version.is_none() || expected.is_empty() {
            return batch;
        }
        let fields = resource.version.iter().map(|version| version.path.clone()).collect();
        let request = GetRequest { resource: resource_name, ids: expected.keys().cloned().collect(), fields };
        let mut now: BTreeMap<String, Option<String>> = BTreeMap::new();
        let looked = system.get(&request, &mut |page| {
            now.extend(page.records.into_iter().map(|record| (record.id, record.version)));
        });
        if looked.is_err() {
            return batch; // the write itself will say what is the matter
        }
        let stale: Vec<usize> = expected
            .iter()
            .filter(|(id, (_, version))| now.get(*id).is_some_and(|seen| seen.as_ref() != Some(version)))
            .map(|(_, (at, _))| *at)
            .collect();
        stale.iter().for_each(|&at| self.skip(at, Skip::Stale));
        batch.into_iter().filter(|at| !stale.contains(at)).collect()
    }

    /// The write of an action, with everything that was pending filled in.
    fn item(&self, action: &Action) -> Result<WriteItem, Message> {
        let entity = self.entity(&action.entity);
        let target = action.target;
        let id = action.target_id.as_ref().map(ToString::to_string);
        let version = action.precondition.version.clone();
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
    fn ref_key(&self, action: &Action, reference: &Ref, by: &RefBy) -> Option<String> {
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

    fn send(&mut self, entity: &EntityName, target: Side, items: Vec<(usize, WriteItem)>) -> Result<(), RunError> {
        let positions: Vec<usize> = items.iter().map(|(at, _)| *at).collect();
        let intents: Vec<Intent> = positions.iter().map(|&at| self.intent(&self.plan().actions[at])).collect();
        let run = self.planned.run.clone();
        let State::Writing(writer) = &mut self.workspace.state else { return Err(not_locked()) };
        let numbers = writer.intend(&run, &intents)?;
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
        let outcomes: Vec<(IntentId, Outcome)> =
            positions.iter().zip(&answers).map(|(at, answer)| (self.intents[at], self.outcome(*at, answer))).collect();
        let State::Writing(writer) = &mut self.workspace.state else { return Err(not_locked()) };
        writer.end(&run, &outcomes)?;
        let reread = self.reread(entity, target, &answers);
        for (at, answer) in positions.into_iter().zip(answers) {
            self.take(at, answer, &reread);
        }
        Ok(())
    }

    fn intent(&self, action: &Action) -> Intent {
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

    fn outcome(&self, at: usize, answer: &Answer) -> Outcome {
        match answer {
            Answer::Applied { id, .. } => Outcome::Applied { id: NativeId(id.clone()) },
            Answer::Rejected(failure) if self.is_done_anyway(at, failure) => {
                let id = self.plan().actions[at].target_id.clone().unwrap_or_else(|| NativeId(String::new()));
                Outcome::Applied { id }
            }
            Answer::Rejected(failure) => Outcome::Rejected { text: failure.text.clone() },
            Answer::Unclear(failure) => Outcome::Unclear { text: failure.text.clone() },
        }
    }

    /// A record that was to be removed and is gone is as it should be.
    fn is_done_anyway(&self, at: usize, failure: &Failure) -> bool {
        self.plan().actions[at].kind == ActionKind::Delete && failure.code == Code::NotFound
    }

    /// Records whose answer did not hold them are read again: the base takes only what is reported.
    fn reread(
        &mut self,
        entity: &EntityName,
        target: Side,
        answers: &[Answer],
    ) -> BTreeMap<String, (Option<String>, Image)> {
        let ids: Vec<String> = answers
            .iter()
            .filter_map(|answer| match answer {
                Answer::Applied { id, record: None, .. } => Some(id.clone()),
                Answer::Applied { record: Some(_), .. } | Answer::Rejected(_) | Answer::Unclear(_) => None,
            })
            .collect();
        let mut found = BTreeMap::new();
        if ids.is_empty() {
            return found;
        }
        let Workspace { mapping, systems, opened, .. } = &mut *self.workspace;
        let Some(entity) = mapping.entity(entity) else { return found };
        let request =
            GetRequest { resource: entity.resources.get(target).clone(), ids, fields: entity.requested(target) };
        let facts = &opened.get(target).facts;
        // A record that cannot be read now keeps its old base; the next run compares it again.
        let _ = systems.get_mut(target).get(&request, &mut |batch| {
            for raw in &batch.records {
                if let Ok(json) = record::parse(&raw.raw) {
                    let seen = entity.observe(target, &NativeId(raw.id.clone()), raw.version.as_deref(), &json, facts);
                    found.insert(raw.id.clone(), (raw.version.clone(), seen.image));
                }
            }
        });
        found
    }

    /// One answer becomes the end of its action.
    fn take(&mut self, at: usize, answer: Answer, reread: &BTreeMap<String, (Option<String>, Image)>) {
        let action = &self.planned.plan.actions[at];
        let system = self.planned.plan.binding.systems.get(action.target).clone();
        match answer {
            Answer::Applied { id, version, record } => {
                let removed = matches!(action.kind, ActionKind::Delete);
                let (version, image) = match record {
                    Some(json) => {
                        let facts = &self.workspace.opened.get(action.target).facts;
                        let seen = self.entity(&action.entity).observe(
                            action.target,
                            &NativeId(id.clone()),
                            version.as_deref(),
                            &json,
                            facts,
                        );
                        (version, Some(seen.image))
                    }
                    None => match reread.get(&id) {
                        Some((seen, image)) => (seen.clone(), Some(image.clone())),
                        None => (version, None),
                    },
                };
                let image = image.filter(|_| !removed);
                let differs = image.as_ref().map(|image| self.differences(action, image)).unwrap_or_default();
                let id = NativeId(id);
                self.end(at, End::Applied { id: id.clone(), version, image }, ActionEnd::Applied { id }, differs);
            }
            Answer::Rejected(failure) if self.is_done_anyway(at, &failure) => {
                let id = action.target_id.clone().unwrap_or_else(|| NativeId(String::new()));
                self.end(
                    at,
                    End::Applied { id: id.clone(), version: None, image: None },
                    ActionEnd::Applied { id },
                    Vec::new(),
                );
            }
            Answer::Rejected(failure) => {
                let end = match failure.code {
                    Code::VersionMismatch => {
                        (End::Skipped(Skip::Stale), ActionEnd::Skipped(Message::new("run-skipped-stale")))
                    }
                    _ => (End::Rejected, ActionEnd::Rejected(refusal(&system, &failure))),
                };
                if matches!(failure.code, Code::NotConnected | Code::Unauthorised) {
                    self.dead = Some(failure);
                }
                self.end(at, end.0, end.1, Vec::new());
            }
            Answer::Unclear(failure) => {
                let message = Message::new("run-unclear").with("system", system).with("said", &failure.text);
                self.end(at, End::Unclear, ActionEnd::Unclear(message), Vec::new());
            }
        }
    }

    /// Where the system stored something else than it was asked to (invariant 18).
    fn differences(&self, action: &Action, stored: &Image) -> Vec<(String, String, String)> {
        let entity = self.entity(&action.entity);
        let mut differences = Vec::new();
        for (name, asked) in &action.write.0 {
            let asked = self.filled(asked);
            if let (Some(position), Some(stored)) = (entity.position(name), stored.get(name))
                && !entity.as_asked(position, action.before.get(name), &asked, stored)
            {
                differences.push((name.to_string(), display_text(&asked), display_text(stored)));
            }
        }
        differences
    }

    /// A value with the ids of records that were made meanwhile.
    fn filled(&self, value: &Value) -> Value {
        match value {
            Value::Ref(reference) => match pending_action(&reference.key).and_then(|create| self.made.get(&create)) {
                Some(id) => Value::Ref(Ref { key: id.to_string(), ..reference.clone() }),
                None => value.clone(),
            },
            Value::List(rows) => Value::List(rows.iter().map(|row| self.filled_row(row)).collect()),
            Value::Null
            | Value::Bool(_)
            | Value::Decimal(_)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Timestamp(_) => value.clone(),
        }
    }

    fn filled_row(&self, row: &Row) -> Row {
        let fields = row.fields.0.iter().map(|(name, value)| (name.clone(), self.filled(value))).collect();
        Row { key: row.key.iter().map(|value| self.filled(value)).collect(), fields: Image(fields), ..row.clone() }
    }

    // ---- settling

    fn settle(&mut self, pairs: Vec<usize>) -> Result<(), RunError> {
        let mut rows = Vec::new();
        let mut closed = Vec::new();
        for &at in &pairs {
            let actions = self.of_pair[at].clone();
            rows.extend(self.row(at, &actions));
            let applied = |action: &&usize| matches!(self.course.ends.get(action), Some(End::Applied { .. }));
            closed.extend(actions.iter().filter(applied).filter_map(|action| self.intents.get(action).copied()));
        }
        let State::Writing(writer) = &mut self.workspace.state else { return Err(not_locked()) };
        writer.settle(&self.planned.run, &rows, &closed)?;
        self.course.settled.extend(pairs);
        self.course.settled.sort_unstable();
        Ok(())
    }

    fn row(&self, at: usize, actions: &[usize]) -> Option<SettleRow> {
        let pair = &self.plan().pairs[at];
        let entity = self.entity(&pair.entity);
        // A create and the partner id that follows it are on different sides, so there is at most one write per side.
        let written = PerSide::from_fn(|side| {
            let of_side = actions.iter().find(|at| self.plan().actions[**at].target == side);
            of_side.and_then(|at| self.course.ends.get(at))
        });
        let mut settlement = settle(entity, pair, &written)?;
        let mut seen = PerSide::<Hash128>::default();
        if let Settled::Live { versions, hashes, .. } = &mut settlement.settled {
            for side in Side::BOTH {
                let partner = entity.partner_id.get(side).as_ref().map(|_| settlement.ids.get(side.other()).as_str());
                let clean = match written.get(side) {
                    Some(End::Applied { image: Some(reported), .. }) => {
                        entity.image_hash(side, reported, partner) == *hashes.get(side)
                    }
                    Some(End::Applied { image: None, .. } | End::Rejected | End::Unclear | End::Skipped(_)) => false,
                    None => entity.image_hash(side, pair.observed.get(side), partner) == *hashes.get(side),
                };
                if !clean {
                    // Something of it was held or failed: the next run must look at it again, whatever its version says.
                    *versions.get_mut(side) = None;
                } else if written.get(side).is_none() {
                    *seen.get_mut(side) = self.read_hash(&pair.entity, side, settlement.ids.get(side));
                }
            }
        }
        Some(SettleRow { entity: pair.entity.clone(), settlement, seen })
    }

    fn read_hash(&self, entity: &EntityName, side: Side, id: &NativeId) -> Hash128 {
        let hashes = self.workspace.gathered.as_ref().and_then(|gathered| gathered.hashes.get(entity));
        hashes.and_then(|hashes| hashes.get(side).get(id)).copied().unwrap_or_default()
    }
}

/// The actions of each pair, by position.
fn of_pair(plan: &Plan) -> Vec<Vec<usize>> {
    let mut of_pair = vec![Vec::new(); plan.pairs.len()];
    for (at, action) in plan.actions.iter().enumerate() {
        of_pair[action.pair].push(at);
    }
    of_pair
}
