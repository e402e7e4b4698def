//! Guards: limits on what one plan may do. A guard that trips writes nothing (invariant 19); it is counted on the whole plan before
//! anything is sent, and answered for exactly that plan.

use crate::plan::{Action, ActionKind, EntityReport, GuardStop, Plan};
use selaras_mapping::program::{Entity, Guards, Limit, Mapping, OnDelete};
use selaras_model::{EntityName, PerSide, Side};
use std::collections::BTreeMap;

/// What a guard has to know besides the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The state is an older copy: how far it had come once, and how far this copy has.
    pub older_state: Option<(u64, u64)>,
    /// By entity.
    pub entities: BTreeMap<EntityName, Around>,
}

/// What a guard has to know of an entity besides the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// Linked records that vanished from a side while their partners are still there.
    pub vanished: PerSide<u64>,
    /// Records removed or taken out of use on a side by earlier runs, within the window.
    pub removed: PerSide<u64>,
    /// What decides which records take part has changed since the links were last seen complete.
    pub rules_changed: bool,
    /// Pairs that know each other by their partner id, and that the state does not know.
    pub unknown_partners: u64,
    /// Linked records of the entity, those included that take no part in this plan.
    pub linked: u64,
}

/// The limits that a plan goes beyond; none means go.
#[must_use]
pub fn guard(plan: &Plan, mapping: &Mapping, circumstances: &Circumstances) -> Vec<GuardStop> {
    let mut stops = Vec::new();
    stops.extend(older_state(plan, circumstances));
    let nothing = Around::default();
    for report in &plan.entities {
        let Some(entity) = mapping.entity(&report.entity) else { continue };
        let around = circumstances.entities.get(&report.entity).unwrap_or(&nothing);
        for side in Side::BOTH {
            let desk = Desk { plan, report, entity, around, side };
            let limits = desk.limits();
            let tripped = |guard: &str| limits.iter().any(|stop| stop.guard == guard);
            let beyond: Vec<GuardStop> = [
                desk.empty_side(),
                desk.shrunken_side(),
                desk.rules_changed(),
                desk.unknown_partners(),
                desk.window().filter(|_| !tripped("delete")),
                desk.all_changed().filter(|_| !tripped("update")),
            ]
            .into_iter()
            .flatten()
            .collect();
            stops.extend(limits);
            stops.extend(beyond);
        }
    }
    stops
}

/// An older copy of the state knows of old values as if they were the last: what people undid meanwhile would be undone again.
fn older_state(plan: &Plan, circumstances: &Circumstances) -> Option<GuardStop> {
    let (once, now) = circumstances.older_state?;
    let report = plan.entities.first()?;
    let idle = plan.actions.is_empty() && plan.pairs.is_empty();
    (!idle).then(|| GuardStop {
        entity: report.entity.clone(),
        side: Side::Left,
        guard: "older_state".to_owned(),
        planned: now,
        allowed: once,
        population: report.linked,
        limit: String::new(),
    })
}

/// One entity and the side that would be written to, or of which something is said.
struct Desk<'a> {
    plan: &'a Plan,
    report: &'a EntityReport,
    entity: &'a Entity,
    around: &'a Around,
    side: Side,
}

impl Desk<'_> {
    fn count(&self, kinds: &[ActionKind]) -> u64 {
        let ours = |action: &&Action| {
            action.entity == self.report.entity && action.target == self.side && kinds.contains(&action.kind)
        };
        self.plan.actions.iter().filter(ours).count() as u64
    }

    /// Records that would be changed. One that only gets to know its new partner's id is not: however many come new, nothing of theirs changes, and
    /// the limit on creates is there for them. A linked record that is pointed at another partner is.
    fn updates(&self) -> u64 {
        let is_new = |action: &Action| {
            self.plan
                .pairs
                .get(action.pair)
                .is_some_and(|pair| pair.found || Side::BOTH.iter().any(|side| pair.ids.get(*side).is_none()))
        };
        let ours = |action: &&Action| {
            action.entity == self.report.entity && action.target == self.side && action.kind == ActionKind::Update
        };
        let changed = |action: &&Action| !(action.changes.is_empty() && is_new(action));
        self.plan.actions.iter().filter(ours).filter(changed).count() as u64
    }

    fn removals(&self) -> u64 {
        self.count(&[ActionKind::Delete, ActionKind::Deactivate])
    }

    fn stop(&self, guard: &str, planned: u64, allowed: u64, limit: &str) -> GuardStop {
        GuardStop {
            entity: self.report.entity.clone(),
            side: self.side,
            guard: guard.to_owned(),
            planned,
            allowed,
            population: self.population(),
            limit: limit.to_owned(),
        }
    }

    fn limits(&self) -> Vec<GuardStop> {
        let Guards { delete, update, create, minimum, .. } = self.entity.guards;
        [
            ("delete", delete, self.removals()),
            ("update", update, self.updates()),
            ("create", create, self.count(&[ActionKind::Create])),
        ]
        .into_iter()
        .filter_map(|(guard, limit, planned)| {
            let allowed = allowed(limit, self.population(), minimum)?;
            (planned > allowed).then(|| self.stop(guard, planned, allowed, &written(limit)))
        })
        .collect()
    }

    /// A side is suddenly empty while records were linked: a wrong database, a missing right or a broken listing looks just like that. Both
    /// sides empty is no such thing, and a few records that are all gone are held one by one (`entity/removal`).
    fn empty_side(&self) -> Option<GuardStop> {
        let gone = *self.around.vanished.get(self.side);
        let linked = self.report.linked;
        let empty = gone >= 2 && gone == linked && self.report.counts.get(self.side).seen == 0;
        (empty && linked >= self.entity.guards.minimum).then(|| self.stop("empty_side", gone, 0, "0"))
    }

    /// More links would end than records may be deleted. Where the partners are removed, the limit on deletes says so.
    fn shrunken_side(&self) -> Option<GuardStop> {
        let Guards { delete, minimum, .. } = self.entity.guards;
        let gone = *self.around.vanished.get(self.side);
        let allowed = allowed(delete, self.population(), minimum)?;
        let unlinks = *self.entity.on_delete.get(self.side) == OnDelete::Unlink;
        (unlinks && gone > allowed).then(|| self.stop("shrunken_side", gone, allowed, &written(delete)))
    }

    /// Linked records that shares are of: all of the entity's, even where only some take part, so that a limit holds for small runs, too.
    fn population(&self) -> u64 {
        self.report.linked.max(self.around.linked)
    }

    /// Removals of several runs count together.
    fn window(&self) -> Option<GuardStop> {
        let Guards { delete, minimum, window, .. } = self.entity.guards;
        let (planned, before) = (self.removals(), *self.around.removed.get(self.side));
        let population = self.population() + before;
        let allowed = allowed(delete, population, minimum)?;
        let beyond = planned > 0 && before > 0 && planned + before > allowed;
        let limit = format!("{}, {window}h", written(delete));
        beyond.then(|| GuardStop { population, ..self.stop("delete_window", planned + before, allowed, &limit) })
    }

    /// Each and every record changes at once, whatever the limit: that is how a clock, an encoding or a field that means something else now
    /// looks.
    fn all_changed(&self) -> Option<GuardStop> {
        let (planned, linked) = (self.updates(), self.report.linked);
        let all = planned >= linked && linked >= self.entity.guards.minimum.max(2);
        all.then(|| self.stop("all_changed", planned, linked.saturating_sub(1), ""))
    }

    /// Records vanish in the very run in which the mapping looks at others than before: nobody can tell one from the other.
    fn rules_changed(&self) -> Option<GuardStop> {
        let planned = self.removals();
        (self.around.rules_changed && planned > 0).then(|| self.stop("rules_changed", planned, 0, ""))
    }

    /// Pairs that name each other and are unknown to the state were linked by a run that this state has not seen.
    fn unknown_partners(&self) -> Option<GuardStop> {
        let (planned, unknown) = (self.removals(), self.around.unknown_partners);
        let strange = unknown > 0 && planned > 0 && self.report.linked > 0;
        strange.then(|| GuardStop { population: unknown, ..self.stop("unknown_partners", planned, 0, "") })
    }
}

/// How many may be; `None`: no limit applies. Percentages count only from a minimum population on, and are rounded down, but never to none
/// unless they say none.
#[must_use]
pub fn allowed(limit: Limit, population: u64, minimum: u64) -> Option<u64> {
    let share_of = |percent: u8| (population * u64::from(percent) / 100).max(u64::from(percent > 0));
    let share = limit.percent.filter(|_| population >= minimum).map(share_of);
    match (limit.count, share) {
        (Some(count), Some(share)) => Some(count.min(share)),
        (count, share) => count.or(share),
    }
}

/// A limit as the mapping writes it.
#[must_use]
pub fn written(limit: Limit) -> String {
    match (limit.count, limit.percent) {
        (Some(count), Some(percent)) => format!("{count}, {percent}%"),
        (Some(count), None) => count.to_string(),
        (None, Some(percent)) => format!("{percent}%"),
        (None, None) => String::new(),
    }
}
