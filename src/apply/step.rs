//! The next step of carrying out a plan.

use selaras_model::{ActionId, Image, NativeId};
use selaras_plan::{Action, PartnerId, Plan};
use std::collections::BTreeMap;

/// How an action ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Done.
    Applied {
        /// The record's id.
        id: NativeId,
        /// Its version afterwards.
        version: Option<String>,
        /// Its image as the system reports it; `None` for a record that was removed.
        image: Option<Image>,
    },
    /// The system said no.
    Rejected,
    /// Nobody knows.
    Unclear,
    /// Not tried.
    Skipped(Skip),
}

/// Why an action is not tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Something it waits for did not happen.
    WaitsFor(ActionId),
    /// The record moved on since the plan was made.
    Stale,
    /// The run was cancelled.
    Cancelled,
    /// The record cannot be written as planned; the message is the shell's.
    Unwritable,
}

/// How far a plan has come.
#[derive(Clone, Debug)]
pub struct Course {
    /// How each action ended, by its position in the plan.
    pub ends: BTreeMap<usize, End>,
    /// Pairs that were settled or need no settling, ascending.
    pub settled: Vec<usize>,
    /// The position of each action in the plan.
    positions: BTreeMap<ActionId, usize>,
}

impl Course {
    /// The course of a plan of which nothing was done yet.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let positions = plan.actions.iter().enumerate().map(|(at, action)| (action.id.clone(), at)).collect();
        Self { ends: BTreeMap::new(), settled: Vec::new(), positions }
    }

    /// How an action ended, if it has.
    fn end_of(&self, id: &ActionId) -> Option<&End> {
        self.ends.get(self.positions.get(id)?)
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Settle these pairs: all their actions have ended.
    Settle(Vec<usize>),
    /// Do not try these: what they wait for did not happen.
    Skip(Vec<(usize, Skip)>),
    /// Write intents for these and perform them together: one entity, one side, one kind.
    Perform(Vec<usize>),
    /// Nothing is left.
    Done,
}

/// The next step. `limit` says how many actions like this one go into one batch.
#[must_use]
pub fn step(plan: &Plan, course: &Course, limit: impl Fn(&Action) -> usize) -> Step {
    let ripe = ripe_pairs(plan, course);
    if !ripe.is_empty() {
        return Step::Settle(ripe);
    }
    let mut open = plan.actions.iter().enumerate().filter(|(at, _)| !course.ends.contains_key(at)).peekable();
    let Some(&(first, lead)) = open.peek() else { return Step::Done };
    if let Some(skip) = blocked(course, lead) {
        return Step::Skip(vec![(first, skip)]);
    }
    let alike =
        |action: &Action| (&action.entity, action.target, action.kind) == (&lead.entity, lead.target, lead.kind);
    let ready =
        |action: &Action| blocked(course, action).is_none() && waits(action).all(|id| course.end_of(id).is_some());
    let batch =
        open.take_while(|(_, action)| alike(action) && ready(action)).map(|(at, _)| at).take(limit(lead).max(1));
    Step::Perform(batch.collect())
}

/// Pairs whose actions have all ended and that are not settled yet.
fn ripe_pairs(plan: &Plan, course: &Course) -> Vec<usize> {
    let mut unfinished = vec![false; plan.pairs.len()];
    for (at, action) in plan.actions.iter().enumerate() {
        if !course.ends.contains_key(&at) {
            unfinished[action.pair] = true;
        }
    }
    let settled = |pair: &usize| course.settled.binary_search(pair).is_ok();
    (0..plan.pairs.len()).filter(|pair| !unfinished[*pair] && !settled(pair)).collect()
}

/// All actions that an action waits for.
fn waits(action: &Action) -> impl Iterator<Item = &ActionId> {
    let partner = match &action.partner_id {
        Some(PartnerId::Of(create)) => Some(create),
        Some(PartnerId::Known(_)) | None => None,
    };
    action.waits_for.iter().chain(partner)
}

/// The reason why an action can never be tried, if something it waits for has failed.
fn blocked(course: &Course, action: &Action) -> Option<Skip> {
    waits(action)
        .find(|id| matches!(course.end_of(id), Some(End::Rejected | End::Unclear | End::Skipped(_))))
        .map(|id| Skip::WaitsFor(id.clone()))
}
