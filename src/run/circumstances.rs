//! What guards have to know besides the plan: what vanished, what earlier runs removed, whether the mapping looks at other records than it did,
//! whether the state is an older copy, and which values go back and forth.

use crate::error::RunError;
use crate::history::Asked;
use crate::workspace::Workspace;
use selaras_mapping::display_text;
use selaras_mapping::program::{Entity, Mapping, Rule};
use selaras_model::{
    Coverage, EntityName, Hash128, Intent, NativeId, Outcome, PerSide, Presence, Reason, Side, Standing, Value,
    WriteKind,
};
use selaras_plan::{Action, ActionKind, Around, Change, Circumstances, Conflict, EntityInput, Pair, Plan, Swing};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What decides which records of an entity take part, each part as a hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rules {
    resources: PerSide<String>,
    scope: PerSide<String>,
    dummy: PerSide<String>,
}

/// By entity, as a run notes them.
pub(crate) type AllRules = BTreeMap<EntityName, serde_json::Value>;

/// What of the rules of an entity has changed since its links were last seen complete, and what that means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebaseline {
    /// The entity.
    pub entity: EntityName,
    /// The side whose rule changed.
    pub side: Side,
    /// `scope`, `dummy` or `resource`.
    pub rule: String,
    /// Linked records that take no part now; their pairs are frozen, and nothing is deleted for that.
    pub frozen: u64,
    /// Why they take no part, the most frequent reason; `None`: sample data.
    pub reason: Option<Reason>,
}

impl Rules {
    fn of(entity: &Entity, mapping: &Mapping) -> Self {
        let hash = |text: String| Hash128::of(text.as_bytes()).to_string();
        let required = |rules: &Vec<Rule>| rules.iter().map(|rule| format!("{:?}", rule.require)).collect::<Vec<_>>();
        Self {
            resources: PerSide::from_fn(|side| {
                format!("{} {}", mapping.systems.get(side).connector, entity.resources.get(side))
            }),
            scope: entity.scope.as_ref().map(|rules| hash(format!("{:?}", required(rules)))),
            dummy: entity.dummy.as_ref().map(|rule| hash(format!("{rule:?}"))),
        }
    }

    /// The rules that differ.
    fn differing(&self, before: &Self) -> Vec<(&'static str, Side)> {
        let mut found = Vec::new();
        for side in Side::BOTH {
            let pairs = [
                ("resource", &self.resources, &before.resources),
                ("scope", &self.scope, &before.scope),
                ("dummy", &self.dummy, &before.dummy),
            ];
            found.extend(
                pairs.iter().filter(|(_, now, was)| now.get(side) != was.get(side)).map(|(rule, ..)| (*rule, side)),
            );
        }
        found
    }
}

impl Workspace {
    /// What was noted of the rules by the last run.
    fn noted_rules(&self) -> Result<AllRules, RunError> {
        Ok(self.state.runs(1)?.into_iter().next().map(|run| run.rules).unwrap_or_default())
    }

    /// The rules of an entity as they are now.
    pub(crate) fn rules_now(&self, entity: &EntityName) -> Option<serde_json::Value> {
        serde_json::to_value(Rules::of(self.mapping.entity(entity)?, &self.mapping)).ok()
    }

    /// The entities of which this run has read both sides to the end.
    pub(crate) fn read_to_the_end(&self) -> Vec<EntityName> {
        let Some(gathered) = self.gathered.as_ref().filter(|gathered| !gathered.narrowed) else { return Vec::new() };
        let complete = |input: &&EntityInput| {
            Side::BOTH.into_iter().all(|side| matches!(input.coverage.get(side), Coverage::Complete))
        };
        gathered.entities.iter().filter(complete).map(|input| input.entity.clone()).collect()
    }

    /// The rules to be noted at the end of a run: those of now for entities whose links were all seen, else those of before.
    pub(crate) fn rules_after(&self, seen: bool) -> Result<AllRules, RunError> {
        let mut rules = self.noted_rules()?;
        let Some(gathered) = self.gathered.as_ref().filter(|gathered| seen && !gathered.narrowed) else {
            return Ok(rules);
        };
        for input in gathered.entities.iter().filter(|input| all_seen(input)) {
            if let Some(entity) = self.mapping.entity(&input.entity) {
                rules.insert(input.entity.clone(), self.rules_now(&entity.name).unwrap_or_default());
            }
        }
        Ok(rules)
    }

    /// What changed of the rules since links were last seen complete.
    pub(crate) fn rebaselines(&self, inputs: &[EntityInput]) -> Result<Vec<Rebaseline>, RunError> {
        let noted = self.noted_rules()?;
        let mut found = Vec::new();
        for input in inputs {
            let Some(entity) = self.mapping.entity(&input.entity) else { continue };
            let before = noted.get(&input.entity).and_then(|rules| serde_json::from_value::<Rules>(rules.clone()).ok());
            let Some(before) = before else { continue };
            let differing = Rules::of(entity, &self.mapping).differing(&before);
            found.extend(differing.into_iter().map(|(rule, side)| rebaseline(input, rule, side)));
        }
        Ok(found)
    }

    /// What the guards have to know.
    pub(crate) fn circumstances(
        &self,
        plan: &Plan,
        inputs: &[EntityInput],
        rebased: &[Rebaseline],
        now_ms: i64,
    ) -> Result<Circumstances, RunError> {
        let mut entities = BTreeMap::new();
        let removes = |action: &Action| matches!(action.kind, ActionKind::Delete | ActionKind::Deactivate);
        // Only where something is to be removed does it matter whose pairs these are.
        let ours = if plan.actions.iter().any(removes) { self.ours(now_ms)? } else { Vec::new() };
        for input in inputs {
            let around = Around {
                vanished: PerSide::from_fn(|side| vanished(input, side)),
                removed: PerSide::default(),
                rules_changed: rebased.iter().any(|change| change.entity == input.entity),
                unknown_partners: self.unknown_partners(plan, input, &ours),
                linked: self.state.live_count(&input.entity)?,
            };
            entities.insert(input.entity.clone(), around);
        }
        self.count_removed(&mut entities, now_ms)?;
        let older_state = match (self.state.once_was()?, self.state.generation()?) {
            // One that was lost is said, and stops nothing: where nothing is remembered, no rule by itself overwrites or deletes.
            (None, _) | (Some(_), 0) => None,
            (Some(once), now) => Some((once, now)),
        };
        Ok(Circumstances { older_state, entities })
    }

    /// Writes that this state knows of: those that are open, and those of the last week.
    fn ours(&self, now_ms: i64) -> Result<Vec<Intent>, RunError> {
        const WEEK_MS: i64 = 7 * 24 * 3_600_000;
        let recent = self.state.recent_intents(now_ms.saturating_sub(WEEK_MS))?;
        let open = self.state.open_intents()?;
        Ok(open.into_iter().map(|entry| entry.intent).chain(recent.into_iter().map(|(intent, _)| intent)).collect())
    }

    fn count_removed(&self, entities: &mut BTreeMap<EntityName, Around>, now_ms: i64) -> Result<(), RunError> {
        const HOUR_MS: u64 = 3_600_000;
        let since = |entity: &Entity| {
            let window = i64::try_from(entity.guards.window.saturating_mul(HOUR_MS)).unwrap_or(i64::MAX);
            now_ms.saturating_sub(window)
        };
        let Some(oldest) = self.mapping.entities.iter().map(since).min() else { return Ok(()) };
        for (intent, outcome) in self.state.recent_intents(oldest)? {
            let removes = matches!(intent.kind, WriteKind::Delete | WriteKind::Deactivate);
            let Some(entity) = self.mapping.entity(&intent.entity).filter(|_| removes) else { continue };
            if let Some(around) = entities.get_mut(&intent.entity)
                && matches!(outcome, Some(Outcome::Applied { .. }))
                && intent.at_ms > since(entity)
            {
                *around.removed.get_mut(intent.target) += 1;
            }
        }
        Ok(())
    }

    /// Pairs found by their partner id that no write of ours explains. One that is not settled does: its end is unclear, or the run died after
    /// it. So does a recent one: the run may have died after it had cleared up what earlier ones had left.
    fn unknown_partners(&self, plan: &Plan, input: &EntityInput, ours: &[Intent]) -> u64 {
        let Some(side) = self.mapping.entity(&input.entity).and_then(Entity::partner_side) else { return 0 };
        let named: BTreeMap<&NativeId, &str> = input
            .unlinked
            .get(side)
            .iter()
            .filter_map(|record| Some((&record.id, record.partner_id.as_deref()?)))
            .collect();
        let mut explained: BTreeSet<(Side, &NativeId)> = BTreeSet::new();
        for Intent { target, target_id, origin_id, .. } in ours.iter().filter(|intent| intent.entity == input.entity) {
            explained.extend(target_id.iter().map(|id| (*target, id)));
            explained.extend(origin_id.iter().map(|id| (target.other(), id)));
        }
        let strange = |pair: &&Pair| {
            let (Some(keeper), Some(other)) = (pair.ids.get(side), pair.ids.get(side.other())) else { return false };
            let ours = explained.contains(&(side, keeper)) || explained.contains(&(side.other(), other));
            named.get(keeper) == Some(&other.as_str()) && !ours
        };
        plan.pairs.iter().filter(|pair| pair.found && pair.entity == input.entity).filter(strange).count() as u64
    }

    /// Fields that this plan would write for the third run in a row, back and forth between two values.
    pub(crate) fn swings(&self, plan: &Plan) -> Result<Vec<Swing>, RunError> {
        let updates =
            || plan.actions.iter().filter(|action| action.kind == ActionKind::Update && !action.changes.is_empty());
        if updates().next().is_none() {
            return Ok(Vec::new());
        }
        let past = Past::of(self)?;
        let mut swings = Vec::new();
        for action in updates() {
            let pair = &plan.pairs[action.pair];
            let (Some(left), Some(right)) = (&pair.ids.left, &pair.ids.right) else { continue };
            let ids = PerSide::new(left.clone(), right.clone());
            for change in &action.changes {
                if past.swings(action, change, &ids, pair) {
                    let text = |value: &Value| display_text(value);
                    let values = [change.before.as_ref().map(text).unwrap_or_default(), text(&change.after)];
                    swings.push(Swing {
                        entity: action.entity.clone(),
                        ids: ids.clone(),
                        field: change.field.clone(),
                        values,
                    });
                }
            }
        }
        swings.sort();
        swings.dedup();
        Ok(swings)
    }
}

/// What the last two runs that wrote anything have written, and what already waits.
struct Past {
    last: Vec<Written>,
    before: Vec<Written>,
    waiting: Vec<Conflict>,
}

struct Written {
    entity: EntityName,
    side: Side,
    id: NativeId,
    changes: Vec<Change>,
}

impl Past {
    fn of(workspace: &Workspace) -> Result<Self, RunError> {
        let mut by_run: Vec<(selaras_model::RunId, Vec<Written>)> = Vec::new();
        for update in workspace.state.last_updates(2)? {
            if by_run.last().is_none_or(|(run, _)| *run != update.run) {
                by_run.push((update.run, Vec::new()));
            }
            let (Some(id), Some(asked)) = (update.intent.target_id, Asked::of(update.asked.as_ref())) else { continue };
            if asked.why.key == "plan-why-undo" {
                // Taking something back on a person's word is no back and forth of ours.
                continue;
            }
            let written =
                Written { entity: update.intent.entity, side: update.intent.target, id, changes: asked.changes };
            if let Some((_, writes)) = by_run.last_mut() {
                writes.push(written);
            }
        }
        let mut runs = by_run.into_iter().map(|(_, writes)| writes);
        let (last, before) = (runs.next().unwrap_or_default(), runs.next().unwrap_or_default());
        let known = workspace.state.conflicts()?.into_iter();
        let waiting = known.filter_map(|stored| serde_json::from_value::<Conflict>(stored.body).ok());
        let waiting = waiting.filter(|conflict| conflict.message.key == "plan-conflict-ping-pong").collect();
        Ok(Self { last, before, waiting })
    }

    /// Whether a change is the third of a back and forth: the run before the last made the very same one, and the last run wrote the field
    /// again, on either side. Or it waits as such already, and nothing has moved since.
    fn swings(&self, action: &Action, change: &Change, ids: &PerSide<NativeId>, pair: &Pair) -> bool {
        let of_pair = |written: &&Written| written.entity == action.entity && &written.id == ids.get(written.side);
        let same =
            |made: &Change| made.field == change.field && made.before == change.before && made.after == change.after;
        let first = self.before.iter().filter(of_pair).filter(|written| written.side == action.target);
        let second = || self.last.iter().filter(of_pair);
        let again = |written: &Written| {
            // Somebody who changes his mind on one side is followed each time.
            let back = written.side != action.target;
            written.changes.iter().any(|made| if back { made.field == change.field } else { same(made) })
        };
        let thrice = first.flat_map(|written| &written.changes).any(same) && second().any(again);
        thrice || self.waits(action, change, ids, pair)
    }

    fn waits(&self, action: &Action, change: &Change, ids: &PerSide<NativeId>, pair: &Pair) -> bool {
        let origin = action.target.other();
        let said = pair.observed.get(origin).get(&change.field);
        self.waiting.iter().any(|conflict| {
            conflict.entity == action.entity
                && Side::BOTH.iter().all(|side| conflict.ids.get(*side).first() == Some(ids.get(*side)))
                && conflict.fields.iter().filter(|field| field.field == change.field).any(|field| {
                    *field.now.get(action.target) == change.before && field.now.get(origin).as_ref() == said
                })
        })
    }
}

/// Linked records that are gone from a side while their partners are still there.
fn vanished(input: &EntityInput, side: Side) -> u64 {
    let gone = |side: Side| move |now: &PerSide<Presence>| matches!(now.get(side), Presence::Gone);
    let new = input.links.iter().filter(|link| link.link.grace.is_none());
    new.filter(|link| gone(side)(&link.now) && !gone(side.other())(&link.now)).count() as u64
}

/// Whether of each link it is known what became of both its records.
fn all_seen(input: &EntityInput) -> bool {
    let complete = |side: Side| matches!(input.coverage.get(side), Coverage::Complete);
    let known = |side: Side| input.links.iter().all(|link| !matches!(link.now.get(side), Presence::Unknown(_)));
    Side::BOTH.into_iter().all(|side| complete(side) && known(side))
}

fn rebaseline(input: &EntityInput, rule: &str, side: Side) -> Rebaseline {
    let mut reasons: BTreeMap<Option<&Reason>, u64> = BTreeMap::new();
    for link in &input.links {
        if let Presence::Present(record) = link.now.get(side) {
            match &record.standing {
                Standing::OutOfScope(reason) if rule == "scope" => *reasons.entry(Some(reason)).or_default() += 1,
                Standing::Dummy if rule == "dummy" => *reasons.entry(None).or_default() += 1,
                Standing::Real | Standing::Dummy | Standing::OutOfScope(_) | Standing::Unreadable(_) => {}
            }
        }
    }
    let reason = reasons.iter().max_by_key(|(_, count)| **count).and_then(|(reason, _)| reason.cloned());
    let frozen = reasons.values().sum();
    Rebaseline { entity: input.entity.clone(), side, rule: rule.to_owned(), frozen, reason }
}
