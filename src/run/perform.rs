//! Applying a plan: what `selaras-apply` names is done, and nothing else. Intents are on disk before a call is made, outcomes right after it,
//! and the base takes only what was reported.

mod answers;
mod doubts;
mod settling;
mod writing;

use crate::error::RunError;
use crate::gather::missing;
use crate::outcome::{ActionEnd, ActionResult, Applied, Planned, Progress, SyncInfo};
use crate::planning::batch_limit;
use crate::recover;
use crate::workspace::{State, Workspace};
use crate::{accounts, info, remember};
use selaras_apply::{Course, End, Skip, Step, step};
use selaras_connector_api::Failure;
use selaras_host::WritePermit;
use selaras_mapping::program::Entity;
use selaras_model::{ActionId, EntityName, IntentId, Message, NativeId, PerSide, RunId, Side, WriteKind};
use selaras_plan::Plan;
use selaras_store::{Approval, OpenEntry, RunSummary, Taking, Writer};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
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
    dead: Option<(Side, Failure)>,
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
        self.clear_up(planned, started)?;
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
        doing.leave_moved();
        doing.carry_out()?;
        let checked = doing.check_journal()?;
        let results: Vec<ActionResult> = std::mem::take(&mut doing.results).into_values().collect();
        let ended = doing.dead.as_ref().map(|(side, _)| *side);
        let cancelled = cancel.load(Ordering::Relaxed);
        let applied = self.finish(planned, results, started, clock())?;
        Ok(Applied { cancelled, ended, checked, ..applied })
    }

    /// What the observation cleared up goes into the journal, and unchanged records that came in other bytes are remembered.
    fn clear_up(&mut self, planned: &Planned, now_ms: i64) -> Result<(), RunError> {
        let Some(gathered) = &self.gathered else { return Ok(()) };
        let State::Writing(writer) = &mut self.state else { return Err(not_locked()) };
        let lifts: Vec<_> = planned.plan.lifts.iter().map(|lift| (lift.entity.clone(), lift.ids.clone())).collect();
        writer.lift(&planned.run, &lifts)?;
        // A plan made earlier says nothing about what was found just now: whether a record was made is for the next run to say.
        let open =
            gathered.open.iter().filter(|entry| planned.review.is_none() || entry.intent.kind != WriteKind::Create);
        let open: Vec<OpenEntry> = open.cloned().collect();
        writer.settle(&planned.run, &gathered.absorbed, &[])?;
        let seen = (gathered.entities.as_slice(), &gathered.too_soon);
        recover::close(writer, &planned.run, &open, &planned.plan, seen, now_ms)?;
        for side in Side::BOTH {
            writer.refresh(side, gathered.refresh.get(side))?;
        }
        for input in gathered.entities.iter().filter(|_| !gathered.narrowed) {
            writer.note_missed(&planned.run, &input.entity, &missing(&self.mapping, input))?;
        }
        for (entity, missing) in &gathered.missing {
            writer.note_missed(&planned.run, entity, missing)?;
        }
        Ok(())
    }

    fn finish(
        &mut self,
        planned: &Planned,
        results: Vec<ActionResult>,
        started: i64,
        ended: i64,
    ) -> Result<Applied, RunError> {
        let sync_info = info::after(&planned.sync_info, &planned.plan, &results);
        let names = self.system_names();
        let known: Vec<SyncInfo> = self.state.info()?.into_iter().map(SyncInfo::from).collect();
        let order = self.mapping.entities.iter().map(|entity| entity.name.clone()).collect::<Vec<_>>();
        let mut all = info::merged(known, &sync_info, &names);
        all.sort_by_key(|info| (order.iter().position(|name| name == &info.entity), info.side));
        let stored: Vec<_> = all.iter().cloned().map(Into::into).collect();
        let known_conflicts = self.state.conflicts()?;
        let conflicts = match &planned.undoes {
            // Taking a run back looks for no conflicts.
            Some(_) => known_conflicts,
            None => remember::conflicts(known_conflicts, found(planned), self.gathered.as_ref()),
        };
        if let State::Writing(writer) = &mut self.state {
            writer.save_findings(&stored, &conflicts)?;
            writer.close_decisions(&planned.run, &remember::closed(&planned.plan, &results))?;
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
        Ok(Applied { results, counts, sync_info, calls, unclear, checked: 0, cancelled: false, ended: None })
    }

    fn note_run(
        &mut self,
        planned: &Planned,
        started: i64,
        ended: Option<i64>,
        results: &[ActionResult],
    ) -> Result<(), RunError> {
        let summary = self.summary(planned, started, ended, results)?;
        let State::Writing(writer) = &mut self.state else { return Err(not_locked()) };
        Ok(writer.save_run(&summary)?)
    }

    /// Notes for the history that a plan was refused by a guard, and why. Nothing else of the state changes.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn note_refused(&mut self, planned: &Planned, now_ms: i64, code: u8) -> Result<(), RunError> {
        let mut summary = self.summary(planned, planned.made_ms, None, &[])?;
        summary.refused = planned.stops.iter().filter_map(|stop| serde_json::to_value(stop).ok()).collect();
        (summary.finished_ms, summary.exit) = (Some(now_ms), Some(code));
        let State::Writing(writer) = &mut self.state else { return Err(not_locked()) };
        Ok(writer.note_refused(&summary)?)
    }

    fn summary(
        &self,
        planned: &Planned,
        started: i64,
        ended: Option<i64>,
        results: &[ActionResult],
    ) -> Result<RunSummary, RunError> {
        let count = |of: fn(&ActionEnd) -> bool| results.iter().filter(|result| of(&result.end)).count() as u64;
        let titles = self.titles();
        Ok(RunSummary {
            run: planned.run.clone(),
            started_ms: started,
            finished_ms: ended,
            mapping: self.mapping.name.clone(),
            titles: [titles.left, titles.right],
            applied: count(|end| matches!(end, ActionEnd::Applied { .. })),
            rejected: count(|end| matches!(end, ActionEnd::Rejected(_))),
            unclear: count(|end| matches!(end, ActionEnd::Unclear(_))),
            skipped: count(|end| matches!(end, ActionEnd::Skipped(_))),
            plan: planned.plan.hash.clone(),
            approved: planned.approved.clone(),
            rules: self.rules_after(ended.is_some())?,
            mapping_hash: self.mapping.hash.clone(),
            complete: if ended.is_some() { self.read_to_the_end() } else { Vec::new() },
            undoes: planned.undoes.clone(),
            refused: Vec::new(),
            conflicts: match &planned.undoes {
                // It looked for none: those of before are still there.
                Some(_) => self.state.conflicts()?.len() as u64,
                None => planned.plan.conflicts.len() as u64,
            },
            held: planned.plan.held.len() as u64,
            problems: planned.plan.problems.len() as u64,
            exit: None,
        })
    }
}

/// Writes down that a person approved a plan; needs no connection. `lineage` becomes the identity of a state file that is new.
///
/// # Errors
/// When another runner is at work, or the state cannot be written.
pub fn note_approval(path: &Path, lineage: &str, approval: &Approval, taking: &Taking<'_>) -> Result<(), RunError> {
    Ok(Writer::take(path, lineage, taking)?.approve(approval)?)
}

/// What was found just now: the plan itself, or the one that it was reviewed by.
fn found(planned: &Planned) -> &Plan {
    planned.review.as_ref().map_or(&planned.plan, |review| &review.fresh)
}

impl Workspace {
    /// The approval of a plan, if a person gave one.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn approval(&self, planned: &Planned) -> Result<Option<Approval>, RunError> {
        Ok(self.state.approval(&planned.plan.hash)?)
    }

    /// Writes down that a person approved a plan.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn approve(&mut self, approval: &Approval) -> Result<(), RunError> {
        let State::Writing(writer) = &mut self.state else { return Err(not_locked()) };
        Ok(writer.approve(approval)?)
    }

    /// Notes how the program ended after a run, for its history.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn note_exit(&mut self, run: &RunId, code: u8) -> Result<(), RunError> {
        let State::Writing(writer) = &mut self.state else { return Err(not_locked()) };
        Ok(writer.note_exit(run, code)?)
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

    /// What a fresh look has found to have moved is neither written nor settled.
    fn leave_moved(&mut self) {
        let Some(review) = &self.planned.review else { return };
        self.course.settled = review.left.iter().copied().collect();
        for (at, why) in &review.moved {
            self.end(*at, End::Skipped(Skip::Stale), ActionEnd::Skipped(why.clone()), Vec::new());
        }
    }

    /// Whether the journal of this run names nothing but actions of the plan, each once (invariant 9). Answers how many.
    fn check_journal(&self) -> Result<u64, RunError> {
        let Some(first) = self.intents.values().min() else { return Ok(0) };
        let written = self.workspace.state.actions_of(&self.planned.run, *first)?;
        let mut open: BTreeSet<&ActionId> = self.plan().actions.iter().map(|action| &action.id).collect();
        let beyond: Vec<String> =
            written.iter().filter(|action| !open.remove(action)).map(ToString::to_string).collect();
        if beyond.is_empty() { Ok(written.len() as u64) } else { Err(RunError::BeyondPlan(beyond)) }
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
                Some((_, failure)) => Message::new("run-skipped-dead").with("said", &failure.text),
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
}

/// The actions of each pair, by position.
fn of_pair(plan: &Plan) -> Vec<Vec<usize>> {
    let mut of_pair = vec![Vec::new(); plan.pairs.len()];
    for (at, action) in plan.actions.iter().enumerate() {
        of_pair[action.pair].push(at);
    }
    of_pair
}
