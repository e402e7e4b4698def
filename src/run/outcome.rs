//! What a run tells: the plan with its cost, what became of it, Sync Information, progress. Plain data for reports.

use crate::circumstances::Rebaseline;
use crate::evidence::Evidence;
use crate::rights::Lack;
use selaras_model::{ActionId, EntityName, Message, NativeId, PerSide, RunId, Side, Signature};
use selaras_plan::{Counts, GuardStop, Plan};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A plan and what it takes to carry it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The run.
    pub run: RunId,
    /// When the plan was made, in milliseconds since 1970 (UTC).
    pub made_ms: i64,
    /// The plan.
    pub plan: Plan,
    /// Limits that it goes beyond; empty: go.
    pub stops: Vec<GuardStop>,
    /// Calls made for it and calls that it will make, per side.
    pub calls: PerSide<Calls>,
    /// Sync Information as it stands before the plan is applied.
    pub sync_info: Vec<SyncInfo>,
    /// Open intents that this run could not clear up.
    pub unclear: u64,
    /// Rights that its writes need and the credentials lack, per side; empty: none known.
    pub lacks: PerSide<Vec<Lack>>,
    /// The systems' titles, such as `PT Panduan Sejahtera, cabang Jakarta`.
    pub titles: PerSide<String>,
    /// What of the rules about which records take part has changed since the last run.
    #[serde(default)]
    pub rebased: Vec<Rebaseline>,
    /// What speaks for each removal.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<ActionId, Evidence>,
    /// The run that it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<RunId>,
    /// Who approved it although a guard spoke against it. Never saved.
    #[serde(skip)]
    pub approved: Option<Signature>,
    /// For a plan that was made earlier: what a fresh look says of it. Never saved.
    #[serde(skip)]
    pub review: Option<Review>,
}

/// What a fresh look says of a plan that was made earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Actions that no longer hold, by position, and why.
    pub moved: BTreeMap<usize, Message>,
    /// Pairs that no longer hold, by position.
    pub left: BTreeSet<usize>,
    /// The plan that was made just now, for what is remembered of the run; nothing of it is carried out.
    pub fresh: Plan,
}

/// Calls to one system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// Calls made to read.
    pub reads: u64,
    /// Calls that writing takes (in a plan) or took (after a run).
    pub writes: u64,
    /// Calls that were answered with "too many".
    pub limited: u64,
    /// The least time that the calls to come take under the system's limit, in milliseconds.
    pub write_ms: u64,
    /// The system's limit in calls per second; `None`: none known.
    pub per_second: Option<u32>,
}

/// The four counters of one entity on one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncInfo {
    /// The entity.
    pub entity: EntityName,
    /// The side.
    pub side: Side,
    /// The name of the side's system in the mapping.
    pub system: String,
    /// Sample records living there.
    pub dummy: u64,
    /// Real records that originated there.
    pub data: u64,
    /// Records that came from the other side.
    pub sinkron: u64,
    /// Their sum.
    pub total: u64,
}

/// How one action ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionResult {
    /// The action.
    pub action: ActionId,
    /// How it ended.
    pub end: ActionEnd,
    /// Where what the system stored differs from what was asked: field, asked, stored (as text).
    pub stored_differently: Vec<(String, String, String)>,
}

/// How an action ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionEnd {
    /// Done.
    Applied {
        /// The record's id.
        id: NativeId,
    },
    /// The system said no.
    Rejected(Message),
    /// Nobody knows yet; the next run looks.
    Unclear(Message),
    /// Not tried: the record moved on since the plan, or something it waits for did not happen.
    Skipped(Message),
}

/// What became of a plan.
#[derive(Clone, Debug)]
pub struct Applied {
    /// One result per action, in the plan's order.
    pub results: Vec<ActionResult>,
    /// The accounts after the run, per entity in the plan's order.
    pub counts: Vec<(EntityName, PerSide<Counts>)>,
    /// Sync Information after the run.
    pub sync_info: Vec<SyncInfo>,
    /// Calls made, per side.
    pub calls: PerSide<Calls>,
    /// Intents that are open now.
    pub unclear: u64,
    /// Writes of this run in the journal; each of them is an action of the plan.
    pub checked: u64,
    /// Whether the run was cancelled before the end.
    pub cancelled: bool,
    /// The side whose access ended during the run; nothing was tried after that.
    pub ended: Option<Side>,
}

/// Hears how far a run is. All methods default to silence, but for `wait`.
pub trait Progress: Sync {
    /// Reading an entity on one side began.
    fn reading(&self, _entity: &EntityName, _side: Side) {}
    /// So many records of it were seen so far.
    fn seen(&self, _entity: &EntityName, _side: Side, _records: u64) {}
    /// So many details of `of` were read so far.
    fn details(&self, _entity: &EntityName, _side: Side, _done: u64, _of: u64) {}
    /// Reading it has ended.
    fn read(&self, _entity: &EntityName, _side: Side, _records: u64) {}
    /// It is too soon to look at earlier writes; so much time has to pass. Time passes by itself, unless a test turns the clock.
    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }
    /// Writing has come so far: actions that have ended, of all.
    fn writing(&self, _entity: &EntityName, _side: Side, _done: u64, _of: u64) {}
    /// Writing has ended: so many of all were applied. The others were refused or left out, or nobody knows.
    fn written(&self, _entity: &EntityName, _side: Side, _applied: u64, _of: u64) {}
}

/// Says nothing.
pub struct Quiet;

impl Progress for Quiet {}
