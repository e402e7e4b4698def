//! Planning: gather, plan, check, guard, and say what it costs. Writes nothing.

use crate::circumstances::Rebaseline;
use crate::error::RunError;
use crate::outcome::{Calls, Planned, Progress, SyncInfo};
use crate::rights::{self, Lack};
use crate::workspace::{Selection, State, Workspace};
use crate::{info, recover};
use selaras_connector_api::{Manifest, Operation, RightsRequest};
use selaras_host::System;
use selaras_mapping::program::Mapping;
use selaras_model::{PerSide, RunId, Side};
use selaras_plan::{Action, ActionKind, Binding, EntityInput, GuardStop, Input, Plan, check, guard, plan as make};
use selaras_store::{StoreError, Taking, Writer};
use std::collections::BTreeMap;
use std::time::Duration;

/// The lineage of a state that no run has written to.
const UNUSED: &str = "new";

/// The longest that a run waits for a look at an earlier write to be conclusive; what takes longer stays held for the next run.
const LONGEST_WAIT_MS: u64 = 10_000;

impl Workspace {
    /// Observes both sides and makes a plan.
    ///
    /// # Errors
    /// When a system cannot be read at all, the state cannot be read, or the plan fails its own check.
    pub fn plan(
        &mut self,
        run: &RunId,
        selection: &Selection,
        now_ms: i64,
        progress: &dyn Progress,
    ) -> Result<Planned, RunError> {
        let State::Reading(reader) = &self.state else { return self.plan_here(run, selection, now_ms, progress) };
        if reader.open_intents()?.is_empty() {
            return self.plan_here(run, selection, now_ms, progress);
        }
        // A run begins by clearing up what earlier ones left open, and plans from there. So that a dry run says what a run does, the same is done
        // in a copy, which nobody sees.
        let mark = reader.mark()?;
        let no_room = |error: std::io::Error| StoreError::Io { path: std::env::temp_dir(), detail: error.to_string() };
        let folder = tempfile::tempdir().map_err(no_room)?;
        let copy = folder.path().join("state.db");
        reader.copy_to(&copy)?;
        let mut writer = Writer::take(&copy, UNUSED, &Taking::default())?;
        writer.select(&self.mapping.name, &self.endpoints())?;
        let own = std::mem::replace(&mut self.state, State::Writing(Box::new(writer)));
        let place = std::mem::replace(&mut self.path, copy);
        let planned = self.plan_here(run, selection, now_ms, progress);
        (self.state, self.path) = (own, place);
        if self.state.mark()? == mark { planned } else { Err(RunError::StateMoved) }
    }

    fn plan_here(
        &mut self,
        run: &RunId,
        selection: &Selection,
        now_ms: i64,
        progress: &dyn Progress,
    ) -> Result<Planned, RunError> {
        if let Some(name) = selection.entities.iter().find(|name| self.mapping.entity(name).is_none()) {
            return Err(RunError::NoSuchEntity(name.to_string()));
        }
        // With the state locked, what an earlier run left open is cleared up first; a look too soon after a write would prove nothing.
        let wait = self.recover(run, now_ms)?.min(LONGEST_WAIT_MS);
        if wait > 0 {
            progress.wait(Duration::from_millis(wait));
        }
        let now_ms = now_ms.saturating_add_unsigned(wait);
        let mark = self.state.mark()?;
        let mut gathered = self.gather_settled(selection, now_ms, LONGEST_WAIT_MS, progress)?;
        gathered.absorbed = recover::absorbed(&self.mapping, &self.systems, &mut gathered);
        let binding = self.binding()?;
        let entities = std::mem::take(&mut gathered.entities);
        let refs = std::mem::take(&mut gathered.refs);
        let undo = gathered.undo.clone();
        // What people decided is for the next ordinary run.
        let decisions = if undo.is_some() { Vec::new() } else { self.state.decisions()? };
        let (mapping, swings) = (&self.mapping, Vec::new());
        let mut input = Input { mapping, binding, entities, refs, decisions, swings, now_ms, undo };
        let mut plan = make(&input);
        if input.undo.is_none() {
            input.swings = self.swings(&plan)?;
        }
        if !input.swings.is_empty() {
            plan = make(&input);
        }
        if self.state.mark()? != mark {
            // Some of it was read before a write of another runner and some after: the parts need not fit.
            return Err(RunError::StateMoved);
        }
        let findings = check(&plan, &input);
        if !findings.is_empty() {
            return Err(RunError::Unsound(findings));
        }
        let rebased = self.rebaselines(&input.entities)?;
        let stops = self.limits(&plan, &input.entities, &rebased, now_ms)?;
        let sync_info = match &input.undo {
            // Only some records were looked at: what the last run counted is changed by what is done now.
            Some(_) => self.state.info()?.into_iter().map(SyncInfo::from).collect(),
            None => info::before(&self.state, &plan, &input.entities)?,
        };
        let evidence =
            if input.undo.is_some() { BTreeMap::new() } else { self.evidence(&plan, &input.entities, now_ms)? };
        let undoes = input.undo.as_ref().map(|undo| undo.run.clone());
        let unclear = recover::still_unclear(&gathered.open, &plan, &input.entities, &gathered.too_soon);
        gathered.entities = input.entities;
        let lacks = self.lacks(&plan)?;
        let calls = PerSide::from_fn(|side| self.calls(&plan, side));
        self.gathered = Some(gathered);
        Ok(Planned {
            run: run.clone(),
            made_ms: now_ms,
            plan,
            stops,
            calls,
            sync_info,
            unclear,
            lacks,
            titles: self.titles(),
            rebased,
            evidence,
            undoes,
            approved: None,
            review: None,
        })
    }

    /// The limits that a plan goes beyond.
    pub(crate) fn limits(
        &self,
        plan: &Plan,
        inputs: &[EntityInput],
        rebased: &[Rebaseline],
        now_ms: i64,
    ) -> Result<Vec<GuardStop>, RunError> {
        let circumstances = self.circumstances(plan, inputs, rebased, now_ms)?;
        Ok(guard(plan, &self.mapping, &circumstances))
    }

    /// The rights that exactly this plan needs and the credentials lack.
    pub(crate) fn lacks(&mut self, plan: &Plan) -> Result<PerSide<Vec<Lack>>, RunError> {
        lacks(&self.mapping, &mut self.systems, plan)
    }

    /// What a plan is bound to.
    pub(crate) fn binding(&self) -> Result<Binding, RunError> {
        let generation = self.state.generation()?;
        // A state that no run has written to is as good as none: what is planned before the file is made holds after it, too.
        let lineage = if generation == 0 { UNUSED.to_owned() } else { self.state.lineage()? };
        Ok(Binding {
            mapping: self.mapping.name.clone(),
            mapping_hash: self.mapping.hash.clone(),
            systems: self.system_names(),
            connectors: self.systems.as_ref().map(|system| system.library_hash().to_owned()),
            endpoints: self.endpoints(),
            lineage,
            generation,
        })
    }

    pub(crate) fn calls(&self, plan: &Plan, side: Side) -> Calls {
        let system = self.systems.get(side);
        let made = system.calls();
        let writes = cost(plan, &self.mapping, system.manifest(), side);
        let per_second = system.manifest().budget.map(|budget| budget.per_second);
        let write_ms = per_second.map_or(0, |rate| writes.saturating_sub(1) * 1000 / u64::from(rate.max(1)));
        Calls { reads: made.reads, writes, limited: made.limited, write_ms, per_second }
    }
}

/// The rights that exactly this plan needs and the credentials lack. A side that is not written to is not asked.
fn lacks(mapping: &Mapping, systems: &mut PerSide<System>, plan: &Plan) -> Result<PerSide<Vec<Lack>>, RunError> {
    let mut lacks = PerSide::<Vec<Lack>>::default();
    for side in Side::BOTH {
        let system = systems.get_mut(side);
        let needs = rights::of_plan(plan, mapping, system.manifest(), side);
        if needs.rights().is_empty() {
            continue;
        }
        let held = system.rights(&RightsRequest::default());
        let held = held.map_err(|failure| RunError::System { system: system.name().to_owned(), failure })?;
        *lacks.get_mut(side) = needs.lacking(&held);
    }
    Ok(lacks)
}

/// The calls that writing takes on one side: batches as full as the resource takes them, and a look before each write of a resource that
/// cannot compare and set.
fn cost(plan: &Plan, mapping: &Mapping, manifest: &Manifest, side: Side) -> u64 {
    let mut counts: BTreeMap<(&str, ActionKind), u64> = BTreeMap::new();
    for action in plan.actions.iter().filter(|action| action.target == side) {
        *counts.entry((action.entity.as_str(), action.kind)).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|((entity, kind), count)| {
            let entity = mapping.entity(&entity.into());
            let resource = entity.and_then(|entity| manifest.resource(entity.resources.get(side)));
            let per_call = resource
                .and_then(|resource| resource.operations.get(&operation(kind)))
                .map_or(1, |spec| spec.per_call.max(1));
            count.div_ceil(u64::from(per_call))
        })
        .sum()
}

/// The connector's operation behind an action.
pub(crate) const fn operation(kind: ActionKind) -> Operation {
    match kind {
        ActionKind::Create => Operation::Create,
        ActionKind::Update => Operation::Update,
        ActionKind::Delete => Operation::Delete,
        ActionKind::Deactivate => Operation::Deactivate,
    }
}

/// How many actions like this one go to a connector together.
pub(crate) fn batch_limit(mapping: &Mapping, manifest: &Manifest, action: &Action) -> usize {
    /// Calls in flight where no budget is known: little enough to stop soon.
    const IN_FLIGHT: u32 = 4;
    let resource =
        mapping.entity(&action.entity).and_then(|entity| manifest.resource(entity.resources.get(action.target)));
    let per_call = resource
        .and_then(|resource| resource.operations.get(&operation(action.kind)))
        .map_or(1, |spec| spec.per_call.max(1));
    // As many as a budget lets begin at once: while they are settled, the budget recovers, and none of it is wasted.
    let parallel = manifest.budget.map_or(IN_FLIGHT, |budget| budget.parallel.clamp(1, 8));
    (per_call * if per_call > 1 { parallel } else { parallel * 2 }) as usize
}
