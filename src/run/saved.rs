//! Saved plans: a plan in a file, bound to what it was made from, and applied as far as it still holds.
//!
//! Applying one looks at both systems anew, by the ordinary observation, and makes a plan of that. What the saved plan and the fresh one
//! agree on is carried out; everything else moved, is skipped and reported. So whatever the planner looks at (both records, links, tombstones,
//! keys, references, scope, proof of absence, open intents) is looked at again, by the same code.

use crate::error::RunError;
use crate::outcome::{Planned, Progress, Review};
use crate::workspace::{Selection, Workspace};
use selaras_apply::{Shrunk, shrink};
use selaras_model::{Hash128, Message, PerSide, RunId, Side};
use selaras_plan::{Binding, GuardStop};
use serde::{Deserialize, Serialize};

/// A plan as it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedPlan {
    /// The version of this format.
    pub format: u32,
    /// The mapping's file, as it was named.
    pub mapping_file: String,
    /// What of the mapping took part.
    pub selection: Selection,
    /// The plan, when it was made, its binding and what it costs.
    pub planned: Planned,
    /// The hash of all of the above: a file that was cut off or edited is refused.
    pub seal: String,
}

/// Why a file is no plan to be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAPlan {
    /// It is something else, or damaged beyond reading.
    Unreadable,
    /// It is a report of a plan.
    Report,
    /// It was written by a newer runner.
    Newer {
        /// Its format.
        found: u64,
        /// The newest format known.
        known: u32,
    },
    /// It is not as it was saved.
    Changed,
}

impl NotAPlan {
    /// The same for the message catalogue.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            NotAPlan::Unreadable => Message::new("run-plan-unreadable"),
            NotAPlan::Report => Message::new("run-plan-report"),
            NotAPlan::Newer { found, known } => {
                Message::new("run-plan-newer").with("found", found).with("known", known)
            }
            NotAPlan::Changed => Message::new("run-plan-changed"),
        }
    }
}

impl SavedPlan {
    /// The format that this runner writes.
    pub const FORMAT: u32 = 1;

    /// A plan to be saved.
    #[must_use]
    pub fn new(planned: Planned, selection: Selection, mapping_file: String) -> Self {
        let mut saved = Self { format: Self::FORMAT, mapping_file, selection, planned, seal: String::new() };
        saved.seal = saved.hash();
        saved
    }

    fn hash(&self) -> String {
        let bare = Self { seal: String::new(), ..self.clone() };
        Hash128::of(bare.text().as_bytes()).to_string()
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a plan holds only maps with text keys and plain values")
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// When it is not a plan, was written by a newer runner, or is not as it was saved.
    pub fn read(text: &str) -> Result<Self, NotAPlan> {
        #[derive(Deserialize)]
        struct Head {
            format: u64,
            seal: serde_json::Value,
        }
        /// What the JSON form of a report begins with.
        #[derive(Deserialize)]
        struct Report {
            #[serde(rename = "format_version")]
            _format: u64,
            #[serde(rename = "plan_hash")]
            _plan: String,
        }
        if serde_json::from_str::<Report>(text).is_ok() {
            return Err(NotAPlan::Report);
        }
        let unreadable =
            |error: serde_json::Error| if error.is_eof() { NotAPlan::Changed } else { NotAPlan::Unreadable };
        let head: Head = serde_json::from_str(text).map_err(unreadable)?;
        if head.format > u64::from(Self::FORMAT) && head.seal.is_string() {
            return Err(NotAPlan::Newer { found: head.format, known: Self::FORMAT });
        }
        let saved: Self = serde_json::from_str(text).map_err(unreadable)?;
        if saved.seal != saved.hash() || !saved.planned.plan.is_whole() {
            return Err(NotAPlan::Changed);
        }
        Ok(saved)
    }
}

impl Workspace {
    /// Whether a plan was made for this very mapping, these connectors, endpoints and state (invariant 14).
    ///
    /// # Errors
    /// When it was not: the message says what differs.
    pub fn check_binding(&self, planned: &Planned) -> Result<(), RunError> {
        let plan = &planned.plan;
        let now = self.binding()?;
        if let Some(run) = self.state.run_of_plan(&plan.hash)? {
            let at = run.finished_ms.unwrap_or(run.started_ms);
            return Err(RunError::Bound(Message::new("run-plan-applied").with("run", &run.run).with("at", at)));
        }
        match difference(&plan.binding, &now, &self.titles(), &planned.titles) {
            Some(difference) => Err(RunError::Bound(difference)),
            None => Ok(()),
        }
    }

    /// Looks at both systems anew and says what of a saved plan still holds. Nothing is written.
    ///
    /// # Errors
    /// When the plan is not for this workspace, or as for planning.
    pub fn review(
        &mut self,
        run: &RunId,
        saved: &SavedPlan,
        now_ms: i64,
        progress: &dyn Progress,
    ) -> Result<Planned, RunError> {
        self.check_binding(&saved.planned)?;
        self.review_of(run, &saved.planned, &saved.selection, now_ms, progress)
    }

    /// The same for a plan that this workspace has just made.
    ///
    /// # Errors
    /// As for planning.
    pub fn review_of(
        &mut self,
        run: &RunId,
        planned: &Planned,
        selection: &Selection,
        now_ms: i64,
        progress: &dyn Progress,
    ) -> Result<Planned, RunError> {
        let fresh = self.plan(run, selection, now_ms, progress)?;
        let Shrunk { plan, moved, left } = shrink(&planned.plan, &fresh.plan);
        let lacks = self.lacks(&plan)?;
        let calls = PerSide::from_fn(|side| self.calls(&plan, side));
        let inputs = self.gathered.as_ref().map_or(&[][..], |gathered| &gathered.entities);
        let stops = together(&planned.stops, self.limits(&plan, inputs, &fresh.rebased, now_ms)?);
        Ok(Planned {
            made_ms: planned.made_ms,
            plan,
            stops,
            calls,
            lacks,
            review: Some(Review { moved, left, fresh: fresh.plan.clone() }),
            ..fresh
        })
    }
}

/// The stops of both, each once.
fn together(known: &[GuardStop], more: Vec<GuardStop>) -> Vec<GuardStop> {
    let mut all = known.to_vec();
    let is_new = |stop: &GuardStop| {
        !known.iter().any(|old| (&old.entity, old.side, &old.guard) == (&stop.entity, stop.side, &stop.guard))
    };
    all.extend(more.into_iter().filter(is_new));
    all
}

/// The first thing that differs, the one that the others follow from first.
fn difference(plan: &Binding, now: &Binding, titles: &PerSide<String>, planned: &PerSide<String>) -> Option<Message> {
    if plan.mapping != now.mapping {
        return Some(Message::new("run-plan-other-mapping").with("planned", &plan.mapping).with("now", &now.mapping));
    }
    if plan.mapping_hash != now.mapping_hash || plan.systems != now.systems {
        return Some(Message::new("run-plan-mapping-changed").with("mapping", &now.mapping));
    }
    for side in Side::BOTH {
        let system = now.systems.get(side);
        if plan.endpoints.get(side) != now.endpoints.get(side) {
            let place =
                |title: &PerSide<String>, id: &PerSide<String>| format!("{} ({})", title.get(side), id.get(side));
            let message = Message::new("run-plan-endpoint").with("system", system);
            let message = message.with("planned", place(planned, &plan.endpoints));
            return Some(message.with("now", place(titles, &now.endpoints)));
        }
        if plan.connectors.get(side) != now.connectors.get(side) {
            return Some(Message::new("run-plan-connector").with("system", system));
        }
    }
    if plan.lineage != now.lineage {
        return Some(Message::new("run-plan-lineage"));
    }
    // Newer is no harm: what a run has changed since is seen pair by pair.
    (now.generation < plan.generation)
        .then(|| Message::new("run-plan-older-state").with("planned", plan.generation).with("now", now.generation))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding() -> Binding {
        let pair = |left: &str, right: &str| PerSide::new(left.to_owned(), right.to_owned());
        Binding {
            mapping: "m".to_owned(),
            mapping_hash: "1".to_owned(),
            systems: pair("a", "b"),
            connectors: pair("ca", "cb"),
            endpoints: pair("a/1", "b/1"),
            lineage: "line".to_owned(),
            generation: 4,
        }
    }

    fn key(change: impl FnOnce(&mut Binding)) -> Option<String> {
        let titles = PerSide::new("A".to_owned(), "B".to_owned());
        let mut now = binding();
        change(&mut now);
        difference(&binding(), &now, &titles, &titles).map(|message| message.key)
    }

    #[test]
    fn invariant_14_a_plan_holds_for_what_it_was_made_from_and_nothing_else() {
        assert_eq!(key(|_| {}), None);
        assert_eq!(key(|now| now.generation = 5), None, "what a newer state means is seen pair by pair");
        let said = |key: Option<String>| key.unwrap_or_default();
        assert_eq!(said(key(|now| now.mapping = "n".to_owned())), "run-plan-other-mapping");
        assert_eq!(said(key(|now| now.mapping_hash = "2".to_owned())), "run-plan-mapping-changed");
        assert_eq!(said(key(|now| now.endpoints.left = "a/2".to_owned())), "run-plan-endpoint");
        assert_eq!(
            said(key(|now| std::mem::swap(&mut now.endpoints.left, &mut now.endpoints.right))),
            "run-plan-endpoint"
        );
        assert_eq!(said(key(|now| now.connectors.right = "x".to_owned())), "run-plan-connector");
        assert_eq!(said(key(|now| now.lineage = "other".to_owned())), "run-plan-lineage");
        assert_eq!(said(key(|now| now.generation = 3)), "run-plan-older-state");
    }
}
