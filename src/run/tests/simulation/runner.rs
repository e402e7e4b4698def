//! The engine at work between the simulated systems, run by run, and the comparison with the account.

use super::busy::{Busy, Crowd};
use super::clock::{Clock, Waits};
use super::crash::{Doomed, Moment, Snapshot, Witness};
use super::gate::{Door, Gated, is_turned_away};
use super::oracle::{Kind, Quirk};
use super::rival::{Meeting, Rival, Visit, Visited, Whose};
use super::story::{Dice, Story};
use super::systems::{self, Manners, NAMES, name, places, read, table, text};
use selaras_connector_api::{Connector, Manifest};
use selaras_connector_sim::{Alter, Faults, How, Sim, SimWorld};
use selaras_host::{Host, HostOptions, SystemSettings};
use selaras_mapping::program::Mapping;
use selaras_model::{PerSide, RunId, Side};
use selaras_plan::{ActionKind, Conflict};
use selaras_run::{ActionEnd, Applied, Planned, Progress, RunError, Selection, Workspace};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

/// How soon all must be settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// After one run.
    Strict,
    /// After two: what went wrong before must come right by itself.
    Patient,
}

pub(super) static HOST: LazyLock<Host> = LazyLock::new(|| Host::new(HostOptions::default()).expect("a host"));

/// The mapping, and the same with removals that wait.
static MAPPINGS: LazyLock<[Mapping; 2]> = LazyLock::new(|| {
    const AT_ONCE: &str = "on_delete: { accurate: delete, smh: delete }";
    const LATER: &str = "on_delete: { accurate: { action: delete, grace: 30d }, smh: { action: delete, grace: 30d } }";
    let at_once = include_str!("mapping.yaml");
    assert!(at_once.contains(AT_ONCE), "the mapping is another one by now");
    [compiled(at_once), compiled(&at_once.replace(AT_ONCE, LATER))]
});

/// Longer than any removal waits, in milliseconds.
const LONG_MS: i64 = 31 * 24 * 3_600_000;

fn compiled(text: &str) -> Mapping {
    let world = systems::world(Manners { page: 2, ..Manners::default() });
    let manifests: BTreeMap<&str, Manifest> = NAMES
        .iter()
        .map(|side| (*side, Sim::new(world.clone(), side).describe().expect("it describes itself")))
        .collect();
    let (mapping, diagnostics) = selaras_mapping::compile(text, |name| manifests.get(name));
    mapping.unwrap_or_else(|| panic!("{diagnostics:#?}"))
}

/// A run that is not left in peace.
#[derive(Clone, Debug, Default)]
pub struct Rough {
    /// What the systems do wrong.
    pub faults: [Faults; 2],
    /// So many deeds of users of each system meanwhile.
    pub deeds: usize,
    /// Whether users change records just before the engine does.
    pub races: bool,
    /// Whether users make what the engine is about to make: only where a system keeps codes unique can that be seen.
    pub twins: bool,
    /// When the runner is killed, and that is all that is left of it.
    pub killed: Option<Moment>,
    /// The doors of the systems.
    pub doors: [Door; 2],
    /// When a second runner comes, and with which state.
    pub visit: Option<Visit>,
}

/// What besides the engine has a hand in a run.
#[derive(Clone, Default)]
struct Hands {
    doom: Option<Arc<Snapshot>>,
    crowd: Option<Arc<Crowd>>,
    rival: Option<Arc<Rival>>,
    doors: [Door; 2],
}

/// How failures begin that are the systems' and not ours.
pub(super) const WEATHER: &str = "the weather";

/// Two systems, a state file, a clock.
pub struct Bench {
    pub story: Story,
    world: SimWorld,
    alter: [Vec<Alter>; 2],
    folder: tempfile::TempDir,
    runs: u64,
    clock: Arc<Clock>,
    /// How long a write may take to show.
    pub settle_ms: u64,
    /// Whether versions move on with an order's lines, too.
    pub sees_lines: bool,
    /// How far apart runs are.
    pub pace_ms: i64,
    waits: bool,
}

impl Bench {
    pub fn new(manners: Manners, dice: Dice) -> Self {
        // In memory where there is such a place: the state is as durable as ever, only the disk is fast.
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let world = systems::world(manners);
        let clock = Arc::new(Clock::new(world.clone()));
        Self {
            story: Story::new(world.clone(), dice),
            world,
            alter: [Vec::new(), Vec::new()],
            folder: folder.expect("a folder"),
            runs: 0,
            clock,
            settle_ms: manners.settle_ms,
            sees_lines: manners.sees_lines,
            pace_ms: 60_000,
            waits: false,
        }
    }

    /// From now on, removals wait.
    pub fn let_wait(&mut self) {
        self.waits = true;
        self.story.oracle.waits = true;
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.now()
    }

    pub fn quirks(&mut self, quirks: &[(Side, Kind, &'static str, Quirk)], how: impl Fn(Quirk) -> How) {
        for (side, kind, field, quirk) in quirks {
            let at = if *side == Side::Left { 0 } else { 1 };
            self.story.oracle.quirks.insert((at, *kind, field), *quirk);
            let (table, path) = (table(*side, *kind).to_owned(), systems::path(*side, *kind, field));
            self.alter[at].push(Alter { table, path, how: how(*quirk) });
        }
        self.faults(Faults::default(), Faults::default());
    }

    pub fn faults(&self, left: Faults, right: Faults) {
        for (side, faults) in [left, right].into_iter().enumerate() {
            let late_ms = i64::try_from(self.settle_ms).expect("a short time");
            self.world.set_faults(NAMES[side], Faults { alter: self.alter[side].clone(), late_ms, ..faults });
        }
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state.db")
    }

    fn workspace(&self, hands: &Hands) -> Result<Workspace, RunError> {
        workspace_at(&self.world, (&self.state(), self.waits), |side, sim| {
            let mut connector: Box<dyn Connector> = Box::new(sim);
            let door = hands.doors[if side == Side::Left { 0 } else { 1 }];
            if door.ends.is_some() || door.quota.is_some() {
                connector = Box::new(Gated::new(connector, side, door, Arc::clone(&self.clock)));
            }
            if let Some(crowd) = &hands.crowd {
                connector = Box::new(Busy::new(connector, side, Arc::clone(crowd)));
            }
            if let Some(rival) = &hands.rival {
                connector = Box::new(Visited::new(connector, side, Arc::clone(rival)));
            }
            if let Some(snapshot) = &hands.doom {
                connector = Box::new(Doomed::new(connector, Arc::clone(snapshot)));
            }
            connector
        })
    }

    /// A workspace whose connectors somebody has put something around.
    pub(super) fn workspace_of(&self, around: impl Fn(Sim) -> Box<dyn Connector>) -> Result<Workspace, RunError> {
        workspace_at(&self.world, (&self.state(), self.waits), |_, sim| around(sim))
    }

    pub(super) fn next_run(&mut self) -> RunId {
        self.runs += 1;
        self.clock.pass(self.pace_ms);
        RunId(format!("{:06}", self.runs))
    }

    pub(super) fn plan(&mut self) -> Result<Planned, String> {
        let run = self.next_run();
        let mut workspace = self.workspace(&Hands::default()).map_err(|error| error.to_string())?;
        let waits = Waits(Arc::clone(&self.clock));
        let planned = workspace.plan(&run, &Selection::default(), self.clock.now(), &waits);
        planned.map_err(|error| format!("no plan: {error}"))
    }

    pub(super) fn apply(&mut self) -> Result<(Planned, Applied), String> {
        let (planned, applied) = self.apply_with(&Hands::default())?;
        self.note_refusals(&planned, &applied);
        Ok((planned, applied))
    }

    fn apply_with(&mut self, hands: &Hands) -> Result<(Planned, Applied), String> {
        let run = self.next_run();
        let waits = || Waits(Arc::clone(&self.clock));
        let peace = AtomicBool::new(false);
        let (progress, cancel): (Box<dyn Progress>, &AtomicBool) = match &hands.doom {
            Some(snapshot) => (Box::new(Witness(Arc::clone(snapshot), waits())), &snapshot.dead),
            None => (Box::new(waits()), &peace),
        };
        let mut workspace = self.workspace(hands).map_err(said)?;
        let between = Between { rival: hands.rival.clone() };
        workspace.lock("simulation").map_err(said)?;
        let done = one_run(&mut workspace, &run, &self.clock, progress.as_ref(), cancel, &between)?;
        if std::env::var("TRACE").is_ok() {
            eprintln!("run {} at {}: {:#?} {:#?}", self.runs, self.clock.now(), told(&done.0), done.1.results);
        }
        Ok(done)
    }

    /// The state file is gone.
    pub fn lose_state(&mut self) {
        for ending in ["", "-wal", "-shm", "-mark"] {
            let file = PathBuf::from(format!("{}{ending}", self.state().display()));
            if file.exists() {
                std::fs::remove_file(file).expect("removed");
            }
        }
        self.story.oracle.forget();
    }

    fn rival(&mut self, visit: Visit) -> Arc<Rival> {
        self.runs += 1;
        let run = RunId(format!("{:06}", self.runs));
        let state = if visit.whose == Whose::Same { self.state() } else { self.copy() };
        Arc::new(Rival::new(visit, self.world.clone(), Arc::clone(&self.clock), state, run))
    }

    /// Where the copy of the state is.
    fn copy(&self) -> PathBuf {
        self.folder.path().join("copy.db")
    }

    /// Somebody copies the state as it is now.
    pub fn keep_copy(&self) {
        for ending in ["", "-wal", "-shm", "-mark"] {
            let place = |of: PathBuf| PathBuf::from(format!("{}{ending}", of.display()));
            let (from, to) = (place(self.state()), place(self.copy()));
            if from.exists() {
                std::fs::copy(from, to).expect("copied");
            } else if to.exists() {
                std::fs::remove_file(to).expect("removed");
            }
        }
    }

    /// Runs with the copy, after everything has come to rest: it learns what happened meanwhile, and has nothing to write. What a system
    /// refuses to remove it may ask for once, as anybody would who does not know.
    pub fn catch_up(&mut self) -> Result<(), String> {
        let before = NAMES.map(|side| self.world.effects(side));
        let visit = Visit { whose: Whose::Copy, meeting: Meeting::Planned };
        let rival = self.rival(visit);
        rival.meet(Meeting::Planned);
        let did = rival.did().transpose()?;
        if before == NAMES.map(|side| self.world.effects(side)) {
            return Ok(());
        }
        let told = did.map(|(planned, _)| told(&planned)).unwrap_or_default();
        Err(format!("a runner with an earlier copy of the state wrote: {told:#?}"))
    }

    /// Time enough passes for all removals that wait.
    pub fn wait_long(&mut self) {
        self.clock.pass(LONG_MS);
        self.story.oracle.end_waits();
    }

    /// Time enough passes for all that was written to show.
    pub fn rest(&self) {
        self.clock.pass(i64::try_from(self.settle_ms).expect("a short time"));
    }

    /// Puts the runner's clock, and those of the systems, wrong by so much.
    pub fn set_clocks(&self, runner: i64, systems: [i64; 2]) {
        self.clock.set_wrong(runner);
        self.clock.set_skew(systems);
    }

    /// A run in bad weather. It may fail as a whole because of it: what becomes of it is seen when the sun shines again. But our state may
    /// not contradict itself, nor our plan.
    pub fn rough(&mut self, rough: Rough) -> Result<(), String> {
        let [left, right] = rough.faults;
        self.faults(left, right);
        let doom = rough.killed.map(|moment| Arc::new(Snapshot::new(self.state(), moment)));
        let crowd = (rough.deeds > 0 || rough.races).then(|| {
            let nobody = Story::new(self.world.clone(), Dice::new(0));
            let story = std::mem::replace(&mut self.story, nobody);
            Arc::new(Crowd::new(story, rough.deeds, rough.races, rough.twins))
        });
        let rival = rough.visit.map(|visit| self.rival(visit));
        let hands = Hands { doom: doom.clone(), crowd, rival: rival.clone(), doors: rough.doors };
        let ended = self.apply_with(&hands);
        if let Some(crowd) = hands.crowd {
            self.story = Arc::into_inner(crowd).expect("the run is over").home();
        }
        if let Some(did) = rival.and_then(|rival| rival.did()) {
            let (planned, applied) = did?;
            self.note_refusals(&planned, &applied);
        }
        if let Ok((planned, applied)) = &ended {
            self.note_refusals(planned, applied);
        }
        if let Some(snapshot) = doom {
            snapshot.restore();
        }
        self.faults(Faults::default(), Faults::default());
        match ended {
            Err(why) if !why.starts_with(WEATHER) => Err(why),
            Err(_) | Ok(_) => Ok(()),
        }
    }

    /// Deletes that a system refused are not asked for again.
    pub(super) fn note_refusals(&mut self, planned: &Planned, applied: &Applied) {
        for (action, result) in planned.plan.actions.iter().zip(&applied.results) {
            let removes = matches!(action.kind, ActionKind::Delete | ActionKind::Deactivate);
            if let (true, ActionEnd::Rejected(why), Some(id)) = (removes, &result.end, &action.target_id)
                && !is_turned_away(why)
            {
                let thing = self.story.oracle.things.iter_mut().find(|thing| {
                    thing.id(action.target).is_some_and(|known| known == id.as_str())
                        && table(action.target, thing.kind) == self_table(action.target, action.entity.as_str())
                });
                thing.expect("only known records are removed").refused = true;
            }
        }
    }

    /// Runs in fair weather: afterwards all is as the account says.
    pub fn calm(&mut self, run: Run) -> Result<(), String> {
        self.trace();
        let mut rounds = Vec::new();
        let mut open = 0;
        for _ in 0..if run == Run::Patient { 2 } else { 1 } {
            let (planned, applied) = self.apply()?;
            rounds.push(told(&planned));
            open = applied.unclear;
        }
        self.story.oracle.run();
        self.learn_ids().and_then(|()| self.compare()).map_err(|why| format!("{why}\n    after {rounds:#?}"))?;
        if open > 0 {
            return Err(format!("{open} intents stay open\n    after {rounds:#?}"));
        }
        let effects = NAMES.map(|side| self.world.effects(side));
        let again = self.plan()?;
        if !again.plan.actions.is_empty() {
            return Err(format!("the next run is not empty: {:#?}\n    after {rounds:#?}", told(&again)));
        }
        if effects != NAMES.map(|side| self.world.effects(side)) {
            return Err("a plan wrote".to_owned());
        }
        self.compare_conflicts(&again)
    }

    /// The ids of what the engine made: each record of SMH holds that of its partner.
    fn learn_ids(&mut self) -> Result<(), String> {
        for kind in Kind::ALL {
            let records = self.world.records(name(Side::Right), table(Side::Right, kind));
            let partners: Vec<(String, String)> =
                records.iter().map(|record| (text(&record["partnerId"]), text(&record["id"]))).collect();
            for thing in self.story.oracle.things.iter_mut().filter(|thing| thing.kind == kind && thing.live) {
                let ids = PerSide::new(thing.id(Side::Left).cloned(), thing.id(Side::Right).cloned());
                let found = partners.iter().find(|(left, right)| match (&ids.left, &ids.right) {
                    (Some(known), None) => known == left,
                    (None, Some(known)) => known == right,
                    (Some(known), Some(other)) => known == left && other == right,
                    (None, None) => false,
                });
                match found {
                    Some((left, right)) if !left.is_empty() => {
                        thing.set_id(Side::Left, left.clone());
                        thing.set_id(Side::Right, right.clone());
                    }
                    _ if !thing.stands(Side::Right) => {}
                    _ => return Err(format!("no partner was made, or its id is wrong: {thing:?} {partners:?}")),
                }
            }
        }
        Ok(())
    }

    fn compare(&self) -> Result<(), String> {
        let oracle = &self.story.oracle;
        for side in Side::BOTH {
            let places = places(oracle, side);
            for kind in Kind::ALL {
                let records = self.world.records(name(side), table(side, kind));
                let wanted: BTreeSet<usize> = (0..oracle.things.len())
                    .filter(|place| oracle.things[*place].kind == kind && oracle.things[*place].stands(side))
                    .collect();
                let mut seen = BTreeSet::new();
                for record in &records {
                    let place = places.get(&(kind, text(&record["id"])));
                    let place = place.ok_or_else(|| format!("{} has a {kind:?} too many: {record}", name(side)))?;
                    seen.insert(*place);
                    self.compare_one(side, *place, &read(&places, side, kind, record))?;
                    let in_use = record["suspended"] != json!(true) && record["status"] != json!("inactive");
                    if oracle.things[*place].waiting == in_use && kind == Kind::Item {
                        return Err(format!("{} has {record} in use: {:?}", name(side), oracle.things[*place]));
                    }
                }
                if let Some(lost) = wanted.difference(&seen).next() {
                    return Err(format!("{} has lost {:?}", name(side), oracle.things[*lost]));
                }
            }
        }
        Ok(())
    }

    fn compare_one(&self, side: Side, place: usize, holds: &super::oracle::Fields) -> Result<(), String> {
        let thing = &self.story.oracle.things[place];
        if !thing.stands(side) {
            return Err(format!("{} still has {thing:?}", name(side)));
        }
        for (field, wanted) in thing.fields(side) {
            if &holds[field] != wanted {
                let held = &holds[field];
                return Err(format!(
                    "{} holds {field} {held:?} and should hold {wanted:?} in thing {place}: {thing:?}",
                    name(side)
                ));
            }
        }
        Ok(())
    }

    fn compare_conflicts(&self, planned: &Planned) -> Result<(), String> {
        let oracle = &self.story.oracle;
        let places = PerSide::from_fn(|side| places(oracle, side));
        let place = |conflict: &Conflict| -> Option<usize> {
            let kind = kind_of(conflict.entity.as_str());
            Side::BOTH.into_iter().find_map(|side| {
                let id = conflict.ids.get(side).first()?;
                places.get(side).get(&(kind, id.to_string())).copied()
            })
        };
        let found: BTreeSet<usize> = planned.plan.conflicts.iter().filter_map(place).collect();
        if found != oracle.conflicts {
            let show = |of: &BTreeSet<usize>| {
                of.iter().map(|place| format!("{place}: {:?}", oracle.things[*place])).collect::<Vec<_>>()
            };
            return Err(format!(
                "other conflicts than there should be: {:#?}\n    instead of {:#?}",
                planned
                    .plan
                    .conflicts
                    .iter()
                    .map(|c| format!("{:?} {:?} {:?}", c.kind, c.ids, c.fields))
                    .collect::<Vec<_>>(),
                show(&oracle.conflicts)
            ));
        }
        Ok(())
    }
}

/// Both systems and a state file, with something around each connector; and whether removals wait.
pub(super) fn workspace_at(
    world: &SimWorld,
    (state, waits): (&Path, bool),
    around: impl Fn(Side, Sim) -> Box<dyn Connector>,
) -> Result<Workspace, RunError> {
    let system = |side: Side| {
        let connector = around(side, Sim::new(world.clone(), name(side)));
        let settings = SystemSettings {
            connector: name(side).to_owned(),
            values: BTreeMap::new(),
            auth: None,
            ..SystemSettings::default()
        };
        HOST.linked(name(side), connector, &settings)
    };
    let systems = PerSide::from_fn(system);
    Workspace::open(MAPPINGS[usize::from(waits)].clone(), systems, state)
}

/// What happens between a plan and its first write.
#[derive(Clone, Default)]
pub(super) struct Between {
    rival: Option<Arc<Rival>>,
}

fn said(error: RunError) -> String {
    match error {
        RunError::System { .. } => format!("{WEATHER}: {error}"),
        ours => ours.to_string(),
    }
}

/// One run, with the state held.
pub(super) fn one_run(
    workspace: &mut Workspace,
    run: &RunId,
    clock: &Clock,
    progress: &dyn Progress,
    cancel: &AtomicBool,
    between: &Between,
) -> Result<(Planned, Applied), String> {
    let planned = workspace.plan(run, &Selection::default(), clock.now(), progress).map_err(said)?;
    if !planned.stops.is_empty() {
        return Err(format!("{WEATHER}: a guard stopped the plan: {:?}", planned.stops));
    }
    if let Some(rival) = &between.rival {
        rival.meet(Meeting::Planned);
    }
    let permit = HOST.permit_writes();
    let applied = workspace.apply(&permit, &planned, &|| clock.now(), progress, cancel).map_err(said)?;
    Ok((planned, applied))
}

fn kind_of(entity: &str) -> Kind {
    match entity {
        "Term" => Kind::Term,
        "Employee" => Kind::Employee,
        "Item" => Kind::Item,
        "Customer" => Kind::Customer,
        _ => Kind::Order,
    }
}

fn self_table(side: Side, entity: &str) -> &'static str {
    table(side, kind_of(entity))
}

/// A plan's actions in short.
pub(super) fn told(planned: &Planned) -> Vec<String> {
    let actions = planned.plan.actions.iter().map(|action| {
        let fields: Vec<String> = action
            .changes
            .iter()
            .map(|change| format!("{} {:?} -> {:?}", change.field, change.before, change.after))
            .collect();
        format!(
            "{} {:?} {:?} {:?} {}: {}",
            action.entity,
            action.kind,
            action.target,
            action.target_id,
            action.label,
            fields.join(", ")
        )
    });
    let held = planned
        .plan
        .held
        .iter()
        .map(|held| format!("held {} {:?} {} {:?}", held.entity, held.side, held.label, held.reason));
    let problems =
        planned.plan.problems.iter().map(|problem| format!("problem {} {:?}", problem.label, problem.messages));
    let conflicts =
        planned.plan.conflicts.iter().map(|conflict| format!("conflict {:?} {}", conflict.kind, conflict.label));
    actions.chain(held).chain(problems).chain(conflicts).collect()
}

impl Bench {
    pub fn trace(&self) {
        let Ok(place) = std::env::var("TRACE") else { return };
        let Ok(place) = place.parse::<usize>() else { return };
        let Some(thing) = self.story.oracle.things.get(place) else { return };
        eprintln!("run {} thing {place}: {thing:#?}", self.runs);
        for side in Side::BOTH {
            if let Some(id) = thing.id(side) {
                eprintln!("   {:?}", self.world.record(name(side), table(side, thing.kind), id).map(|r| r.to_string()));
            }
        }
    }
}
