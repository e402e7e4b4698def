//! From what a run tells to a report: names instead of sides, sentences instead of messages, one total for everything.

use super::model::{
    ActionReport, CallsReport, CandidateReport, Cell, ChangeReport, ConflictReport, DecidedReport, EntityRow,
    FieldConflictReport, GuardReport, HeldReport, MissingRight, OutOfScopeReport, Outcome, PlanReport, ProblemReport,
    ReasonRow, RebaselineReport, ResultReport, Stored, SyncInfoRow, SystemReport, Tally, UnchangedReport,
};
use super::show::{Shower, clean};
use super::{answers, grounds};
use crate::catalogue::Catalogue;
use crate::commands::lack_line;
use crate::exit::Exit;
use selaras_model::{Decision, Message, PerSide, Reason, Side, Take, Value};
use selaras_plan::{
    Action, ActionKind, Change, Conflict, ConflictKind, Counts, EntityReport, FieldConflict, GuardStop, Held, Named,
    PartnerId, Plan, Problem,
};
use selaras_run::{ActionEnd, ActionResult, Applied, Calls, OpenConflict, Planned, Rebaseline, SyncInfo};
use std::collections::BTreeMap;

/// What a report is made from.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The plan with its cost.
    pub planned: &'a Planned,
    /// What became of it, if it was applied.
    pub applied: Option<&'a Applied>,
    /// How the program ends.
    pub exit: Exit,
}

/// Makes the report.
#[must_use]
pub fn build(catalogue: &Catalogue, facts: &Facts<'_>) -> PlanReport {
    let Facts { planned, applied, exit } = *facts;
    let plan = &planned.plan;
    let builder = Builder { catalogue, systems: &plan.binding.systems, shower: Shower::new(catalogue, plan) };
    let entities = builder.entities(plan, applied);
    PlanReport {
        format_version: PlanReport::VERSION,
        mapping: plan.binding.mapping.clone(),
        lang: catalogue.lang().code(),
        run: planned.run.to_string(),
        made_at: jiff::Timestamp::from_millisecond(planned.made_ms).unwrap_or_default().to_string(),
        plan_hash: plan.hash.clone(),
        exit_code: exit.code(),
        systems: Side::BOTH.into_iter().map(|side| builder.system(planned, side)).collect(),
        tally: tally(plan),
        actions: builder.actions(planned, applied),
        conflicts: plan.conflicts.iter().map(|conflict| builder.conflict(conflict)).collect(),
        held: plan.held.iter().map(|held| builder.held(held)).collect(),
        problems: plan.problems.iter().map(|problem| builder.problem(problem)).collect(),
        waiting: plan.waiting.iter().map(|waits| grounds::waiting(builder.systems, waits)).collect(),
        undoes: planned.undoes.as_ref().map(ToString::to_string),
        not_undone: plan
            .kept
            .iter()
            .map(|kept| grounds::kept(catalogue, builder.systems, &builder.shower, kept))
            .collect(),
        out_of_scope: builder.out_of_scope(plan, applied),
        unchanged: unchanged(&entities),
        calls: builder.calls(applied.map_or(&planned.calls, |applied| &applied.calls)),
        entities,
        guard: planned.stops.iter().map(|stop| builder.guard(stop)).collect(),
        rebaseline: planned.rebased.iter().map(|change| builder.rebaseline(change)).collect(),
        missing_rights: Side::BOTH.into_iter().flat_map(|side| builder.missing_rights(planned, side)).collect(),
        sync_info: sync_info(applied.map_or(&planned.sync_info, |applied| &applied.sync_info)),
        unclear: applied.map_or(planned.unclear, |applied| applied.unclear),
        outcome: applied.map(|applied| outcome(planned, applied)),
    }
}

/// Sync Information as a report has it.
pub fn sync_info(rows: &[SyncInfo]) -> Vec<SyncInfoRow> {
    let row = |info: &SyncInfo| SyncInfoRow {
        entity: info.entity.to_string(),
        system: info.system.clone(),
        dummy: info.dummy,
        data: info.data,
        sinkron: info.sinkron,
        total: info.total,
    };
    rows.iter().map(row).collect()
}

/// Conflicts as a report has them, without the plan that they come from.
#[must_use]
pub fn conflict_reports(
    catalogue: &Catalogue,
    systems: &PerSide<String>,
    conflicts: &[OpenConflict],
) -> Vec<ConflictReport> {
    let report = |open: &OpenConflict| {
        let builder = Builder { catalogue, systems, shower: Shower::with_names(catalogue, &open.names) };
        let report = builder.conflict(&open.conflict);
        if open.decided.is_empty() {
            return report;
        }
        let decided = open.decided.iter().map(|decision| builder.decided(decision)).collect();
        // What is said of an earlier decision is over once there is another one.
        let note = report.note.filter(|_| open.waits());
        ConflictReport { decided, note, waits: open.waits(), answers: answers::rest(systems, open), ..report }
    };
    conflicts.iter().map(report).collect()
}

/// One value, without the plan that it comes from.
#[must_use]
pub fn shown(catalogue: &Catalogue, names: &[Named], side: Side, value: &Value) -> Cell {
    Shower::with_names(catalogue, names).cell(side, value)
}

/// One change, without the plan that it comes from.
#[must_use]
pub fn change(catalogue: &Catalogue, names: &[Named], side: Side, change: &Change) -> ChangeReport {
    let systems = PerSide::<String>::default();
    Builder { catalogue, systems: &systems, shower: Shower::with_names(catalogue, names) }.change(side, change)
}

/// What a guard says, without the plan that it refused.
#[must_use]
pub fn guard_text(catalogue: &Catalogue, systems: &PerSide<String>, stop: &GuardStop) -> String {
    Builder { catalogue, systems, shower: Shower::with_names(catalogue, &[]) }.guard(stop).text
}

struct Builder<'a> {
    catalogue: &'a Catalogue,
    systems: &'a PerSide<String>,
    shower: Shower<'a>,
}

impl Builder<'_> {
    fn name(&self, side: Side) -> String {
        self.systems.get(side).clone()
    }

    /// Why records stay out: in the words of the mapping's author, or in ours where the mapping only implies it.
    fn reason(&self, reason: &Reason) -> String {
        match reason.rule.as_str() {
            "direction" => self.catalogue.text("reason-direction"),
            "on_create" => self.catalogue.text("reason-on-create"),
            _ => clean(self.catalogue.of(&reason.text)),
        }
    }

    /// A sentence on one line, whatever the systems put into it.
    fn say(&self, message: &Message) -> String {
        clean(&self.catalogue.render(message))
    }

    fn system(&self, planned: &Planned, side: Side) -> SystemReport {
        let binding = &planned.plan.binding;
        SystemReport {
            name: self.name(side),
            title: clean(planned.titles.get(side)),
            endpoint: clean(binding.endpoints.get(side)),
            connector: binding.connectors.get(side).clone(),
        }
    }

    fn actions(&self, planned: &Planned, applied: Option<&Applied>) -> Vec<ActionReport> {
        let results: BTreeMap<_, _> =
            applied.into_iter().flat_map(|applied| &applied.results).map(|result| (&result.action, result)).collect();
        let evidence = |action: &Action| {
            let found = planned.evidence.get(&action.id)?;
            Some(grounds::evidence(self.catalogue, self.systems, found))
        };
        let report = |action: &Action| ActionReport {
            evidence: evidence(action),
            ..self.action(action, results.get(&action.id).copied())
        };
        planned.plan.actions.iter().map(report).collect()
    }

    fn action(&self, action: &Action, result: Option<&ActionResult>) -> ActionReport {
        let mut changes: Vec<ChangeReport> =
            action.changes.iter().map(|change| self.change(action.target, change)).collect();
        changes.extend(self.partner(action));
        ActionReport {
            id: action.id.to_string(),
            entity: action.entity.to_string(),
            kind: kind(action.kind),
            system: self.name(action.target),
            record: clean(&action.label),
            target_id: action.target_id.as_ref().map(ToString::to_string),
            origin_id: action.origin_id.as_ref().map(ToString::to_string),
            why: self.say(&action.why),
            why_key: action.why.key.clone(),
            changes,
            evidence: None,
            waits_for: action.waits_for.iter().map(ToString::to_string).collect(),
            result: result.map(|result| self.result(result)),
        }
    }

    fn change(&self, side: Side, change: &Change) -> ChangeReport {
        let shown = self.shower.change(side, change.field.as_str(), change.before.as_ref(), &change.after);
        // An undo says it of the whole record already.
        let why = change.why.as_ref().filter(|why| why.key != "plan-why-undo");
        ChangeReport { why: why.map(|why| self.say(why)), ..shown }
    }

    /// The partner id is no field of the mapping, and yet a value that is written: an update that writes nothing else would look empty.
    fn partner(&self, action: &Action) -> Option<ChangeReport> {
        let PartnerId::Known(id) = action.partner_id.as_ref()? else { return None };
        let shown = |change: &Change| change.field.as_str() == "partner_id";
        if action.changes.iter().any(shown) {
            return None;
        }
        Some(self.shower.change(action.target, "partner_id", None, &Value::Text(id.to_string())))
    }

    fn result(&self, result: &ActionResult) -> ResultReport {
        let (end, text, id) = match &result.end {
            ActionEnd::Applied { id } => ("applied", None, Some(id.to_string())),
            ActionEnd::Rejected(message) => ("rejected", Some(self.say(message)), None),
            ActionEnd::Unclear(message) => ("unclear", Some(self.say(message)), None),
            ActionEnd::Skipped(message) => ("skipped", Some(self.say(message)), None),
        };
        let differently = result.stored_differently.iter().map(|(field, asked, stored)| Stored {
            field: clean(field),
            asked: clean(asked),
            stored: clean(stored),
        });
        ResultReport { end, text, id, stored_differently: differently.collect() }
    }

    fn conflict(&self, conflict: &Conflict) -> ConflictReport {
        let ids = Side::BOTH
            .into_iter()
            .map(|side| (self.name(side), conflict.ids.get(side).iter().map(ToString::to_string).collect::<Vec<_>>()));
        let candidates = conflict.candidates.iter().map(|candidate| CandidateReport {
            system: self.name(candidate.side),
            id: candidate.id.to_string(),
            record: clean(&candidate.label),
            linked: candidate.linked,
        });
        ConflictReport {
            id: conflict.id.to_string(),
            candidates: candidates.collect(),
            note: conflict.note.as_ref().map(|note| self.say(note)),
            gone: conflict.gone.map(|side| self.name(side)),
            decided: Vec::new(),
            waits: true,
            advice: self.catalogue.text(&format!("conflict-help-{}", conflict_kind(conflict.kind))),
            answers: answers::answers(self.systems, conflict),
            entity: conflict.entity.to_string(),
            kind: conflict_kind(conflict.kind).to_owned(),
            record: clean(&conflict.label),
            ids: ids.collect(),
            message: self.say(&conflict.message),
            message_key: conflict.message.key.clone(),
            fields: conflict.fields.iter().map(|field| self.field_conflict(field)).collect(),
        }
    }

    fn decided(&self, decision: &Decision) -> DecidedReport {
        let signature = &decision.signature;
        let (key, take) = match (&decision.take, decision.gone) {
            (Take::Side(side), Some(gone)) if *side == gone => ("conflict-decided-deletion", self.name(*side)),
            (Take::Side(side), Some(_)) => ("conflict-decided-return", self.name(*side)),
            (Take::Side(side), None) => ("conflict-decided", self.name(*side)),
            (Take::Value(value), _) => ("conflict-decided", self.shower.cell(Side::Left, value).text),
        };
        let fields: Vec<String> =
            decision.on.keys().filter(|_| decision.gone.is_none()).map(ToString::to_string).collect();
        let (by, because) = (clean(&signature.by), clean(&signature.because));
        let when = jiff::Timestamp::from_millisecond(signature.at_ms)
            .map_or_else(|_| signature.when(), |at| crate::locale::moment(self.catalogue.lang(), at));
        let said = Message::new(key).with("fields", fields.join(", ")).with("take", &take).with("when", when);
        let text = self.say(&said.with("by", &by).with("because", &because));
        DecidedReport { fields, take, by, when: signature.when(), because, text }
    }

    fn field_conflict(&self, field: &FieldConflict) -> FieldConflictReport {
        let cells = |values: &PerSide<Option<Value>>| {
            let known = Side::BOTH.into_iter().filter_map(|side| values.get(side).as_ref().map(|value| (side, value)));
            known.map(|(side, value)| (self.name(side), self.shower.cell(side, value))).collect::<BTreeMap<_, _>>()
        };
        FieldConflictReport { field: field.field.to_string(), base: cells(&field.base), now: cells(&field.now) }
    }

    fn held(&self, held: &Held) -> HeldReport {
        HeldReport {
            entity: held.entity.to_string(),
            system: self.name(held.side),
            id: held.id.to_string(),
            record: clean(&held.label),
            reason: self.say(&held.reason),
            reason_key: held.reason.key.clone(),
        }
    }

    fn problem(&self, problem: &Problem) -> ProblemReport {
        ProblemReport {
            entity: problem.entity.to_string(),
            system: self.name(problem.side),
            id: problem.id.to_string(),
            record: clean(&problem.label),
            messages: problem.messages.iter().map(|message| self.say(message)).collect(),
            message_keys: problem.messages.iter().map(|message| message.key.clone()).collect(),
        }
    }

    fn entities(&self, plan: &Plan, applied: Option<&Applied>) -> Vec<EntityRow> {
        let rows = plan.entities.iter().flat_map(|report| {
            Side::BOTH.into_iter().map(move |side| self.entity(report, side, counts(report, side, applied)))
        });
        rows.collect()
    }

    fn entity(&self, report: &EntityReport, side: Side, counts: &Counts) -> EntityRow {
        let reasons = counts
            .out_of_scope
            .iter()
            .map(|entry| ReasonRow { reason: self.reason(&entry.reason), count: entry.count });
        EntityRow {
            entity: report.entity.to_string(),
            system: self.name(side),
            linked: report.linked,
            rebased: report.rebased,
            seen: counts.seen,
            dummy: counts.dummy,
            out_of_scope: reasons.collect(),
            failed: counts.failed,
            created: counts.created,
            updated: counts.updated,
            unchanged: counts.unchanged,
            held: counts.held,
            incomplete: report.incomplete.get(side).as_ref().map(|message| self.say(message)),
        }
    }

    fn out_of_scope(&self, plan: &Plan, applied: Option<&Applied>) -> Vec<OutOfScopeReport> {
        let mut rows = Vec::new();
        for report in &plan.entities {
            for side in Side::BOTH {
                rows.extend(counts(report, side, applied).out_of_scope.iter().map(|entry| OutOfScopeReport {
                    entity: report.entity.to_string(),
                    system: self.name(side),
                    rule: entry.reason.rule.clone(),
                    reason: self.reason(&entry.reason),
                    count: entry.count,
                }));
            }
        }
        rows
    }

    fn calls(&self, calls: &PerSide<Calls>) -> Vec<CallsReport> {
        let row = |side: Side| {
            let calls = calls.get(side);
            CallsReport {
                system: self.name(side),
                reads: calls.reads,
                writes: calls.writes,
                limited: calls.limited,
                write_ms: calls.write_ms,
                per_second: calls.per_second,
            }
        };
        Side::BOTH.into_iter().map(row).collect()
    }

    fn missing_rights(&self, planned: &Planned, side: Side) -> Vec<MissingRight> {
        let system = self.systems.get(side);
        let lacks = planned.lacks.get(side).iter();
        lacks
            .map(|lack| {
                let message = Message::new("rights-operations").with("count", lack.operations);
                let message = message.with("right", lack_line(self.catalogue, lack)).with("system", system);
                MissingRight {
                    system: system.clone(),
                    title: lack.title.clone(),
                    right: lack.right.clone(),
                    entities: lack.entities.iter().map(ToString::to_string).collect(),
                    operations: lack.operations,
                    text: self.catalogue.render(&message),
                }
            })
            .collect()
    }

    fn rebaseline(&self, change: &Rebaseline) -> RebaselineReport {
        let key = match change.rule.as_str() {
            "scope" => "rebaseline-scope",
            "dummy" => "rebaseline-dummy",
            _ => "rebaseline-resource",
        };
        let reason = change.reason.as_ref().map_or_else(String::new, |reason| self.reason(reason));
        let message = Message::new(key)
            .with("entity", &change.entity)
            .with("system", self.systems.get(change.side))
            .with("count", change.frozen)
            .with("reason", reason);
        RebaselineReport {
            entity: change.entity.to_string(),
            system: self.name(change.side),
            rule: change.rule.clone(),
            frozen: change.frozen,
            text: self.say(&message),
        }
    }

    fn guard(&self, stop: &GuardStop) -> GuardReport {
        let key = match stop.guard.as_str() {
            "delete" => "guard-delete",
            "update" => "guard-update",
            "create" => "guard-create",
            "delete_window" => "guard-delete-window",
            "empty_side" => "guard-empty-side",
            "shrunken_side" => "guard-shrunken-side",
            "all_changed" => "guard-all-changed",
            "rules_changed" => "guard-rules-changed",
            "unknown_partners" => "guard-unknown-partners",
            "older_state" => "guard-older-state",
            _ => "guard-other",
        };
        let message = Message::new(key)
            .with("guard", &stop.guard)
            .with("entity", &stop.entity)
            .with("system", self.systems.get(stop.side))
            .with("planned", stop.planned)
            .with("allowed", stop.allowed)
            .with("population", stop.population)
            .with("limit", &stop.limit);
        GuardReport {
            entity: stop.entity.to_string(),
            system: self.name(stop.side),
            guard: stop.guard.clone(),
            planned: stop.planned,
            allowed: stop.allowed,
            population: stop.population,
            limit: stop.limit.clone(),
            text: self.say(&message),
        }
    }
}

/// The accounts after the run where there was one, else those of the plan.
fn counts<'a>(report: &'a EntityReport, side: Side, applied: Option<&'a Applied>) -> &'a Counts {
    let after = applied.and_then(|applied| applied.counts.iter().find(|(entity, _)| *entity == report.entity));
    after.map_or_else(|| report.counts.get(side), |(_, counts)| counts.get(side))
}

fn unchanged(entities: &[EntityRow]) -> Vec<UnchangedReport> {
    let row = |row: &EntityRow| UnchangedReport {
        entity: row.entity.clone(),
        system: row.system.clone(),
        count: row.unchanged,
    };
    entities.iter().filter(|row| row.unchanged > 0).map(row).collect()
}

fn tally(plan: &Plan) -> Tally {
    let of = |kind: ActionKind| count(plan.actions.iter().filter(|action| action.kind == kind));
    Tally {
        creates: of(ActionKind::Create),
        updates: of(ActionKind::Update),
        deletes: of(ActionKind::Delete),
        deactivates: of(ActionKind::Deactivate),
        links: count(plan.pairs.iter().filter(|pair| pair.found)),
        conflicts: count(plan.conflicts.iter()),
        held: count(plan.held.iter()),
        problems: count(plan.problems.iter()),
    }
}

fn outcome(planned: &Planned, applied: &Applied) -> Outcome {
    let ended = |end: fn(&ActionEnd) -> bool| count(applied.results.iter().filter(|result| end(&result.end)));
    Outcome {
        run: planned.run.to_string(),
        applied: ended(|end| matches!(end, ActionEnd::Applied { .. })),
        rejected: ended(|end| matches!(end, ActionEnd::Rejected(_))),
        unclear: ended(|end| matches!(end, ActionEnd::Unclear(_))),
        skipped: ended(|end| matches!(end, ActionEnd::Skipped(_))),
        checked: applied.checked,
        cancelled: applied.cancelled || applied.ended.is_some(),
    }
}

fn count<T>(of: impl Iterator<Item = T>) -> u64 {
    of.fold(0, |count, _| count + 1)
}

fn kind(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Create => "create",
        ActionKind::Update => "update",
        ActionKind::Delete => "delete",
        ActionKind::Deactivate => "deactivate",
    }
}

fn conflict_kind(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::Field => "field",
        ConflictKind::FirstMeeting => "first_meeting",
        ConflictKind::Delete => "delete",
        ConflictKind::Ambiguous => "ambiguous",
        ConflictKind::LinkedElsewhere => "linked_elsewhere",
        ConflictKind::Stranger => "stranger",
        ConflictKind::KeyTaken => "key_taken",
        ConflictKind::PartnerId => "partner_id",
    }
}
