//! What looks like a wave of deletes and is none: an old state file, a swapped pair, a narrowed scope, a changed rule, an emptied side, a listing
//! that ends early. No delete in any, and a message that says why. And what guards count beyond one plan.

use selaras_connector_api::{Connector, Manifest};
use selaras_connector_sim::{EndEarly, Faults, Sim, SimWorld, When, hub};
use selaras_host::{Host, HostOptions, SystemSettings};
use selaras_model::{Message, PerSide, RunId, Side, Signature};
use selaras_plan::{ActionKind, Plan};
use selaras_run::{Applied, Approval, Planned, Quiet, RunError, Selection, Taking, Workspace, note_approval};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

static HOST: LazyLock<Host> = LazyLock::new(|| Host::new(HostOptions::default()).expect("a host"));

const MAPPING: &str = "version: 1
name: guards
systems: { accurate: { connector: accurate }, smh: { connector: smh } }
guards: { GUARDS }
entities:
  Customer:
    group: master
    accurate: customer
    smh: customer
    sync: two-way
    partner_id: { smh: $.partnerId }
    match: [[code]]
    RULES
    on_delete: { accurate: delete, smh: delete }
    fields:
      code: { accurate: $.code, smh: $.code, conflict: accurate, required: true }
      name: { accurate: $.name, smh: $.name, required: true }
      city: { accurate: $.city, smh: $.city }
";

/// Two systems with linked customers, a state file, a clock.
struct Bench {
    world: SimWorld,
    folder: tempfile::TempDir,
    guards: &'static str,
    rules: &'static str,
    /// The systems have changed places.
    swapped: bool,
    runs: i64,
    now_ms: i64,
    codes: usize,
}

const HOUR: i64 = 3_600_000;

impl Bench {
    /// So many customers, typed into Accurate and synced.
    fn of(customers: usize) -> Self {
        let world = SimWorld::new().with_side("accurate", hub()).with_side("smh", hub());
        let folder = tempfile::tempdir().expect("a folder");
        let (guards, rules) = ("delete: 10%, update: 100%", "");
        let mut bench =
            Self { world, folder, guards, rules, swapped: false, runs: 0, now_ms: 1_780_000_000_000, codes: 0 };
        (0..customers).for_each(|_| drop(bench.make("accurate")));
        bench.sync();
        bench
    }

    fn make(&mut self, side: &str) -> String {
        self.codes += 1;
        let city = if self.codes.is_multiple_of(3) { "Bekasi" } else { "Depok" };
        let code = format!("C{}", self.codes);
        self.world.put(side, "customer", json!({ "code": code, "name": code, "city": city })).expect("made")
    }

    fn ids(&self, side: &str) -> Vec<String> {
        let text = |record: &serde_json::Value| record["id"].as_str().expect("an id").to_owned();
        self.world.records(side, "customer").iter().map(text).collect()
    }

    fn remove(&self, side: &str, count: usize) {
        self.ids(side)[..count].iter().for_each(|id| self.world.remove(side, "customer", id).expect("removed"));
    }

    fn edit(&self, side: &str, at: usize, member: &str, value: &str) {
        self.world.edit(side, "customer", &self.ids(side)[at], json!({ member: value })).expect("edited");
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state.db")
    }

    fn workspace(&self) -> Result<Workspace, RunError> {
        let manifest = |side: &str| Sim::new(self.world.clone(), side).describe().expect("it describes itself");
        let manifests: BTreeMap<&str, Manifest> = ["accurate", "smh"].map(|side| (side, manifest(side))).into();
        let text = MAPPING.replace("GUARDS", self.guards).replace("RULES", self.rules);
        let (mapping, diagnostics) = selaras_mapping::compile(&text, |name| manifests.get(name));
        let mapping = mapping.unwrap_or_else(|| panic!("{diagnostics:#?}"));
        let system = |name: &str, side: &str| {
            let settings = SystemSettings { connector: name.to_owned(), ..SystemSettings::default() };
            HOST.linked(name, Box::new(Sim::new(self.world.clone(), side)), &settings)
        };
        let places = if self.swapped { ["smh", "accurate"] } else { ["accurate", "smh"] };
        let systems = PerSide::new(system("accurate", places[0]), system("smh", places[1]));
        Workspace::open(mapping, systems, &self.state())
    }

    fn try_plan(&mut self) -> Result<Planned, RunError> {
        self.runs += 1;
        self.now_ms += 60_000;
        let run = RunId(format!("{:04}", self.runs));
        self.workspace()?.plan(&run, &Selection::default(), self.now_ms, &Quiet)
    }

    fn plan(&mut self) -> Planned {
        self.try_plan().expect("a plan")
    }

    /// A run; one that a guard stops writes nothing.
    fn apply(&mut self) -> Result<(Planned, Applied), Box<Planned>> {
        self.apply_to(&Selection::default())
    }

    fn apply_to(&mut self, selection: &Selection) -> Result<(Planned, Applied), Box<Planned>> {
        self.runs += 1;
        self.now_ms += 60_000;
        let (run, now) = (RunId(format!("{:04}", self.runs)), self.now_ms);
        let mut workspace = self.workspace().expect("a workspace");
        workspace.lock("guards").expect("locked");
        let planned = workspace.plan(&run, selection, now, &Quiet).expect("a plan");
        let approved = workspace.approval(&planned).expect("looked up").is_some();
        if !planned.stops.is_empty() && !approved {
            return Err(Box::new(planned));
        }
        let permit = HOST.permit_writes();
        let applied = workspace.apply(&permit, &planned, &|| now, &Quiet, &AtomicBool::new(false)).expect("applied");
        Ok((planned, applied))
    }

    fn sync(&mut self) -> Planned {
        self.apply().unwrap_or_else(|planned| panic!("a guard stopped it: {:?}", planned.stops)).0
    }

    /// The state file as it is now, with or without the note beside it.
    fn keep(&self, note: bool) -> Vec<(PathBuf, Vec<u8>)> {
        let endings = if note { &["", "-wal", "-mark"][..] } else { &["", "-wal"] };
        let files = endings.iter().map(|ending| PathBuf::from(format!("{}{ending}", self.state().display())));
        files.filter_map(|file| Some((file.clone(), std::fs::read(file).ok()?))).collect()
    }

    /// Puts an older copy of it back.
    fn put_back(&self, kept: &[(PathBuf, Vec<u8>)]) {
        for ending in ["", "-wal", "-shm"] {
            drop(std::fs::remove_file(format!("{}{ending}", self.state().display())));
        }
        kept.iter().for_each(|(file, bytes)| std::fs::write(file, bytes).expect("written"));
    }
}

fn stops(planned: &Planned) -> Vec<&str> {
    planned.stops.iter().map(|stop| stop.guard.as_str()).collect()
}

fn deletes(plan: &Plan) -> usize {
    let removes = |kind: ActionKind| matches!(kind, ActionKind::Delete | ActionKind::Deactivate);
    plan.actions.iter().filter(|action| removes(action.kind)).count()
}

fn incomplete(planned: &Planned, side: Side) -> Option<&Message> {
    planned.plan.entities[0].incomplete.get(side).as_ref()
}

#[test]
fn guard_an_older_copy_of_the_state_is_told_by_the_note_beside_it() {
    let mut bench = Bench::of(30);
    let old = bench.keep(false);
    bench.edit("accurate", 0, "city", "Bogor");
    bench.sync();
    // Somebody takes it back. To the old copy this looks like an edit of SMH, and Accurate would be overwritten.
    bench.edit("accurate", 0, "city", "Depok");
    let latest = bench.keep(false);
    bench.put_back(&old);
    let stopped = bench.apply().expect_err("stopped");
    assert_eq!(stops(&stopped), ["older_state"]);
    assert!(stopped.stops[0].planned < stopped.stops[0].allowed);
    // With the latest copy it goes on as if nothing had been.
    bench.put_back(&latest);
    let planned = bench.sync();
    assert_eq!((planned.plan.actions.len(), planned.plan.actions[0].target), (1, Side::Right));
}

#[test]
fn guard_an_older_copy_without_its_note_is_told_by_partners_it_does_not_know() {
    let mut bench = Bench::of(30);
    let old = bench.keep(true);
    bench.make("accurate");
    bench.sync();
    bench.remove("accurate", 1);
    bench.put_back(&old);
    let stopped = bench.apply().expect_err("stopped");
    assert_eq!(stops(&stopped), ["unknown_partners"]);
    assert_eq!(bench.ids("smh").len(), 31, "nothing was deleted");
}

#[test]
fn guard_a_swapped_pair_is_refused() {
    let mut bench = Bench::of(30);
    bench.swapped = true;
    let said = bench.try_plan().expect_err("refused").message();
    assert_eq!(said.key, "run-swapped");
    assert_eq!((said.args["left-system"].as_str(), said.args["left"].as_str()), ("accurate", "simulated smh"));
    bench.swapped = false;
    assert_eq!(bench.plan().plan.actions, []);
}

#[test]
fn guard_a_narrowed_scope_freezes_and_deletes_nothing() {
    let mut bench = Bench::of(30);
    bench.rules = "scope: { accurate: \"@.city != 'Bekasi'\" }";
    let planned = bench.plan();
    assert_eq!((planned.plan.actions.len(), stops(&planned)), (0, vec![]));
    let change = &planned.rebased[0];
    assert_eq!((change.rule.as_str(), change.side, change.frozen), ("scope", Side::Left, 10));
    assert!(change.reason.as_ref().expect("a reason").text.en.contains("Bekasi"));
    // A delete at the same time: nobody can tell the one from the other.
    bench.remove("accurate", 1);
    let stopped = bench.apply().expect_err("stopped");
    assert_eq!((stops(&stopped), deletes(&stopped.plan)), (vec!["rules_changed"], 1));
    // The old mapping lets it pass, and then the new one has nothing to stop.
    bench.rules = "";
    assert_eq!(deletes(&bench.sync().plan), 1);
    bench.rules = "scope: { accurate: \"@.city != 'Bekasi'\" }";
    assert_eq!(bench.sync().plan.actions, []);
    assert_eq!(bench.plan().rebased, [], "said once");
    assert_eq!(bench.ids("smh").len(), 29);
}

#[test]
fn guard_a_changed_dummy_rule_freezes_and_deletes_nothing() {
    let mut bench = Bench::of(30);
    bench.rules = "dummy: { accurate: \"match(@.code, 'C1.*')\" }";
    let planned = bench.sync();
    assert_eq!((planned.plan.actions.len(), stops(&planned)), (0, vec![]));
    assert_eq!((planned.rebased[0].rule.as_str(), planned.rebased[0].frozen), ("dummy", 11));
    assert_eq!(bench.ids("smh").len(), 30);
}

#[test]
fn guard_an_emptied_side_is_not_followed() {
    for (side, emptied) in [("accurate", Side::Left), ("smh", Side::Right)] {
        let mut bench = Bench::of(30);
        bench.remove(side, 30);
        let stopped = bench.apply().expect_err("stopped");
        assert_eq!(stops(&stopped).iter().filter(|stop| **stop == "empty_side").count(), 1, "{:?}", stopped.stops);
        assert!(stopped.stops.iter().any(|stop| stop.guard == "empty_side" && stop.side == emptied));
        let other = if side == "smh" { "accurate" } else { "smh" };
        assert_eq!(bench.ids(other).len(), 30);
    }
    // Too few for a guard: held, each for a person to decide, and nothing else waits for that.
    let mut bench = Bench::of(5);
    bench.remove("accurate", 5);
    let planned = bench.sync();
    assert_eq!((deletes(&planned.plan), planned.plan.conflicts.len()), (0, 5));
    assert_eq!(bench.ids("smh").len(), 5);
    // What a run makes there meanwhile is no proof that the others were deleted, and neither is a look at only one of them. Even if the first that
    // saw it was the run of the new record alone.
    let mut other = Bench::of(5);
    other.remove("accurate", 5);
    let new = other.make("smh");
    other.apply_to(&Selection { record: Some(new), ..Selection::default() }).expect("no guard has a say");
    assert_eq!(other.ids("accurate").len(), 1, "made");
    assert_eq!((deletes(&other.sync().plan), other.ids("smh").len()), (0, 6));
    bench.make("smh");
    bench.sync();
    assert_eq!(bench.ids("accurate").len(), 1);
    let one = Selection { record: Some("C1".to_owned()), ..Selection::default() };
    for selection in [Selection::default(), one] {
        let planned = bench.apply_to(&selection).expect("no guard has a say").0;
        assert_eq!((deletes(&planned.plan), bench.ids("smh").len()), (0, 6), "{:#?}", planned.plan.actions);
        assert!(planned.plan.conflicts.iter().all(|conflict| conflict.message.key == "plan-conflict-emptied"));
    }
}

#[test]
fn guard_a_truncated_listing_deletes_and_creates_nothing() {
    // Few enough to ask for each: they are there, so that the listing is no ground for anything.
    let mut bench = Bench::of(40);
    bench.make("smh");
    bench.remove("accurate", 1);
    let lying = |after| Faults { end_early: Some(EndEarly { after, admits: false }), ..Faults::default() };
    bench.world.set_faults("accurate", lying(10));
    let planned = bench.sync();
    assert_eq!(planned.plan.actions, []);
    assert_eq!(incomplete(&planned, Side::Left).expect("it is said").key, "run-left-out");
    bench.world.set_faults("accurate", Faults::default());
    let planned = bench.sync();
    assert_eq!((deletes(&planned.plan), planned.plan.actions.len()), (1, 3), "{:#?}", planned.plan.actions);

    // Too many to ask for each: none is asked for, and it is said.
    let mut bench = Bench::of(260);
    bench.world.set_faults("smh", lying(10));
    bench.make("accurate");
    let planned = bench.sync();
    assert_eq!(planned.plan.actions, []);
    let said = incomplete(&planned, Side::Right).expect("it is said");
    assert_eq!(
        (said.key.as_str(), said.args["count"].as_str(), said.args["limit"].as_str()),
        ("run-many-missing", "250", "10%")
    );
}

#[test]
fn guard_deletes_of_several_runs_count_together() {
    let mut bench = Bench::of(40);
    bench.remove("accurate", 3);
    bench.sync();
    bench.remove("accurate", 2);
    // Two of thirty-seven are few; five of forty within a day are not.
    let stopped = bench.apply().expect_err("stopped");
    assert_eq!(stops(&stopped), ["delete_window"]);
    let stop = &stopped.stops[0];
    assert_eq!((stop.planned, stop.allowed, stop.population, stop.limit.as_str()), (5, 4, 40, "10%, 24h"));
    bench.now_ms += 25 * HOUR;
    assert_eq!(deletes(&bench.sync().plan), 2);
    // Without a window each plan counts by itself.
    bench.guards = "delete: 10%, window: 0h";
    bench.remove("accurate", 3);
    assert_eq!(deletes(&bench.sync().plan), 3);
}

#[test]
fn guard_everything_at_once_is_stopped_whatever_the_limit() {
    let mut bench = Bench::of(30);
    for at in 0..30 {
        bench.edit("accurate", at, "name", &format!("N{at}"));
    }
    let stopped = bench.apply().expect_err("stopped");
    assert_eq!(stops(&stopped), ["all_changed"]);
    bench.edit("accurate", 7, "name", "C8");
    assert_eq!(bench.sync().plan.actions.len(), 29);
}

#[test]
fn guard_back_and_forth_is_held_and_names_both_values() {
    let mut bench = Bench::of(3);
    // A robot at each system that knows better.
    bench.edit("accurate", 0, "city", "Bogor");
    assert_eq!(bench.sync().plan.actions.len(), 1);
    bench.edit("smh", 0, "city", "Depok");
    assert_eq!(bench.sync().plan.actions.len(), 1);
    bench.edit("accurate", 0, "city", "Bogor");
    bench.edit("accurate", 1, "name", "goes on");
    let planned = bench.sync();
    assert_eq!(planned.plan.actions.len(), 1, "the other record goes on");
    let message = &planned.plan.conflicts[0].message;
    assert_eq!(message.key, "plan-conflict-ping-pong");
    assert_eq!((message.args["one"].as_str(), message.args["other"].as_str()), ("Depok", "Bogor"));
    // It waits, however many runs write something else.
    for name in ["again", "and again"] {
        bench.edit("accurate", 1, "name", name);
        let planned = bench.sync();
        assert_eq!((planned.plan.actions.len(), planned.plan.conflicts.len()), (1, 1));
    }
    // Until somebody says something else.
    bench.edit("accurate", 0, "city", "Bandung");
    let planned = bench.sync();
    assert_eq!((planned.plan.actions.len(), planned.plan.conflicts.len()), (1, 0));
}

#[test]
fn guard_whoever_changes_his_mind_on_one_side_is_followed() {
    let mut bench = Bench::of(2);
    for round in 0..6 {
        bench.edit("accurate", 0, "city", if round % 2 == 0 { "Bogor" } else { "Depok" });
        let planned = bench.sync();
        assert_eq!((planned.plan.actions.len(), planned.plan.conflicts.len()), (1, 0), "round {round}");
    }
}

/// A write that a system refuses is tried again by each run, and that is no back and forth.
#[test]
fn guard_what_a_system_refuses_is_tried_again() {
    let mut bench = Bench::of(2);
    bench.edit("accurate", 0, "city", "Bogor");
    bench.world.set_faults("smh", Faults { refuse: When::Always, ..Faults::default() });
    for _ in 0..4 {
        let planned = bench.sync();
        assert_eq!((planned.plan.actions.len(), planned.plan.conflicts.len()), (1, 0));
    }
    bench.world.set_faults("smh", Faults::default());
    bench.sync();
    assert_eq!(bench.plan().plan.actions, []);
}

#[test]
fn guard_an_approval_is_for_exactly_one_plan_and_recorded() {
    let mut bench = Bench::of(30);
    bench.remove("accurate", 5);
    let stopped = bench.apply().expect_err("stopped");
    assert_eq!(stops(&stopped), ["delete"]);
    let signature = Signature { by: "sri".to_owned(), at_ms: 7, because: "pelanggan lama".to_owned() };
    let approve = |hash: &str| {
        let approval = Approval { hash: hash.to_owned(), signature: signature.clone() };
        note_approval(&bench.state(), "guards", &approval, &Taking::default()).expect("noted");
    };
    approve("0123456789ab");
    approve(&stopped.plan.hash[..12]);
    // Something else has come along: it is another plan.
    bench.edit("accurate", 0, "city", "Bogor");
    assert_eq!(stops(&bench.apply().expect_err("stopped")), ["delete"]);
    bench.edit(
        "accurate",
        0,
        "city",
        if bench.world.records("smh", "customer")[5]["city"] == "Bekasi" { "Bekasi" } else { "Depok" },
    );
    let (planned, _) = bench.apply().expect("approved");
    assert_eq!((deletes(&planned.plan), planned.plan.hash), (5, stopped.plan.hash));
}
