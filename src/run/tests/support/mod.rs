//! A world for tests: the sandbox on a free port, the real connectors loaded from their libraries, a state file of its own.
//!
//! Tests drive the engine through its library and look into both systems from behind; the binary itself is driven in `cli.rs`.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

pub mod accurate;
pub mod company;

use accurate::Accurate;
pub mod orders;

use selaras_host::{AuthSettings, Host, HostOptions, Secret, SystemSettings};
use selaras_mapping::program::Mapping;
use selaras_model::{PerSide, RunId, Side};
use selaras_plan::{Conflict, Counts, Plan};
use selaras_run::{Applied, Planned, Progress, Quiet, RunError, Selection, SyncInfo, Workspace};
use selaras_sandbox::{Options, Sandbox, Scenario};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

/// The root of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text of the mapping that the project ships.
pub fn shipped_mapping() -> String {
    std::fs::read_to_string(root().join("mappings/accurate.yaml")).expect("the mapping is there")
}

/// A sandbox, a host and a folder for state.
pub struct World {
    // Dropped first: its open connections would keep the sandbox waiting for them.
    pub host: Host,
    pub sandbox: Sandbox,
    pub folder: tempfile::TempDir,
    pub mapping: String,
    /// Settings of Accurate that differ from the sandbox's own, such as another branch.
    pub accurate_settings: BTreeMap<String, String>,
    pub runs: u64,
    pub now_ms: i64,
}

impl World {
    pub fn panduan() -> Self {
        Self::new(Scenario::Panduan)
    }

    pub fn empty() -> Self {
        Self::new(Scenario::Kosong)
    }

    pub fn new(scenario: Scenario) -> Self {
        let sandbox = selaras_sandbox::start(Options { scenario, limit: false, ..Options::default() })
            .expect("the sandbox starts");
        let exe = std::env::current_exe().expect("a test has a path");
        let exe_dir = exe.parent().expect("in a folder").to_owned();
        let options =
            HostOptions { search: vec![root().join("connectors")], exe_dir, limited: false, ..HostOptions::default() };
        let host = Host::new(options).expect("the host starts");
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            sandbox,
            host,
            folder,
            mapping: shipped_mapping(),
            accurate_settings: BTreeMap::new(),
            runs: 0,
            now_ms: 1_780_000_000_000,
        }
    }

    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state.db")
    }

    /// Replaces a piece of the mapping's text; the piece must be there.
    pub fn edit_mapping(&mut self, from: &str, to: &str) {
        assert!(self.mapping.contains(from), "the mapping has no {from:?}");
        self.mapping = self.mapping.replace(from, to);
    }

    pub fn compiled(&self) -> Mapping {
        let manifests: BTreeMap<&str, _> = ["accurate", "smh"]
            .into_iter()
            .map(|name| (name, self.host.load(name).expect("the connector loads").manifest))
            .collect();
        let (mapping, diagnostics) = selaras_mapping::compile(&self.mapping, |name| manifests.get(name));
        mapping.unwrap_or_else(|| panic!("the mapping does not compile: {diagnostics:#?}"))
    }

    pub fn workspace(&self) -> Workspace {
        self.try_workspace().expect("the workspace opens")
    }

    pub fn try_workspace(&self) -> Result<Workspace, RunError> {
        let mapping = self.compiled();
        let system = |name: &str, settings: BTreeMap<String, String>| {
            self.host.system(name, &settings_of(name, settings)).expect("the system can be made")
        };
        let mut accurate = self.sandbox.accurate_settings();
        accurate.extend(self.accurate_settings.clone());
        let systems = PerSide::new(system("accurate", accurate), system("smh", self.sandbox.smh_settings()));
        Workspace::open(mapping, systems, &self.state())
    }

    fn next_run(&mut self) -> RunId {
        self.runs += 1;
        self.now_ms += 60_000;
        RunId(format!("{:04}", self.runs))
    }

    pub fn plan(&mut self) -> Planned {
        self.plan_only(&Selection::default())
    }

    pub fn plan_only(&mut self, selection: &Selection) -> Planned {
        self.try_plan(selection).expect("a plan")
    }

    pub fn try_plan(&mut self, selection: &Selection) -> Result<Planned, RunError> {
        let run = self.next_run();
        let now = self.now_ms;
        self.try_workspace()?.plan(&run, selection, now, &Quiet)
    }

    pub fn apply(&mut self) -> (Planned, Applied) {
        self.apply_only(&Selection::default())
    }

    pub fn apply_only(&mut self, selection: &Selection) -> (Planned, Applied) {
        self.apply_watched(selection, &Quiet, &AtomicBool::new(false))
    }

    /// Applies while somebody watches, who may cancel.
    pub fn apply_watched(
        &mut self,
        selection: &Selection,
        progress: &dyn Progress,
        cancel: &AtomicBool,
    ) -> (Planned, Applied) {
        let run = self.next_run();
        let now = self.now_ms;
        let mut workspace = self.workspace();
        workspace.lock("test").expect("the state can be locked");
        let planned = workspace.plan(&run, selection, now, &Quiet).expect("a plan");
        assert_eq!(planned.stops, [], "a guard stopped the plan");
        let permit = self.host.permit_writes();
        let applied = workspace.apply(&permit, &planned, &|| now, progress, cancel).expect("it applies");
        (planned, applied)
    }

    /// Applies as far as the systems let it; what kept it from going on is told.
    pub fn try_apply(&mut self, progress: &dyn Progress) -> Result<(Planned, Applied), RunError> {
        let run = self.next_run();
        let now = self.now_ms;
        let mut workspace = self.try_workspace()?;
        workspace.lock("test")?;
        let planned = workspace.plan(&run, &Selection::default(), now, progress)?;
        assert_eq!(planned.stops, [], "a guard stopped the plan");
        let permit = self.host.permit_writes();
        let applied = workspace.apply(&permit, &planned, &|| now, progress, &AtomicBool::new(false))?;
        Ok((planned, applied))
    }

    /// Applies, and then demands that nothing is left to do.
    pub fn settle(&mut self) -> (Planned, Applied) {
        let done = self.apply();
        let again = self.plan();
        assert_eq!(again.plan.actions, [], "a second run right after the first has nothing to do");
        done
    }

    pub fn http(&self) -> Http {
        Http::new(&self.sandbox)
    }

    pub fn accurate(&self) -> Accurate {
        Accurate::open(&self.sandbox)
    }

    /// The rows of a module of Accurate as its database holds them.
    pub fn accurate_rows(&self, module: &str) -> Vec<Json> {
        self.sandbox.state().read(|world| {
            let database = world.accurate.databases.values().next().expect("a database");
            let rows = database.tables.get(module).into_iter().flat_map(|table| table.rows.values());
            rows.cloned().map(Json::Object).collect()
        })
    }

    /// The one row of a module in which a member has this value.
    pub fn accurate_row(&self, module: &str, member: &str, value: &str) -> Option<Json> {
        let mut found = self.accurate_rows(module).into_iter().filter(|row| text(&row[member]) == value);
        let row = found.next();
        assert_eq!(found.next(), None, "more than one {module} with {member} {value}");
        row
    }

    /// Calls that asked either system for a change, since the last [`World::forget_calls`].
    pub fn writes(&self) -> u64 {
        self.sandbox.state().calls.report()["writes"].as_u64().expect("a number")
    }

    pub fn forget_calls(&self) {
        self.sandbox.state().calls.reset();
    }

    /// The state file is lost, and everything that belongs to it.
    pub fn lose_state(&self) {
        for entry in std::fs::read_dir(self.folder.path()).expect("the folder can be read") {
            std::fs::remove_file(entry.expect("an entry").path()).expect("removed");
        }
        assert!(!self.state().exists());
    }
}

/// A JSON value as plain text, numbers as Accurate's ids.
pub fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The four counters of an entity on one side: dummy, data, sinkron, total.
pub fn counters(all: &[SyncInfo], system: &str, entity: &str) -> [u64; 4] {
    let mut found = all.iter().filter(|info| info.system == system && info.entity.as_str() == entity);
    let info = found.next().unwrap_or_else(|| panic!("no counters of {entity} in {system}"));
    assert_eq!(found.next(), None, "{entity} in {system} is told once");
    [info.dummy, info.data, info.sinkron, info.total]
}

/// The accounts of an entity on one side in a plan.
pub fn accounts<'p>(plan: &'p Plan, entity: &str, side: Side) -> &'p Counts {
    let report = plan.entities.iter().find(|report| report.entity.as_str() == entity);
    report.unwrap_or_else(|| panic!("no report on {entity}")).counts.get(side)
}

/// The reasons that keep records out, with their numbers, in English.
pub fn reasons(counts: &Counts) -> Vec<(&str, u64)> {
    counts.out_of_scope.iter().map(|entry| (entry.reason.text.en.as_str(), entry.count)).collect()
}

/// The conflicts about an entity.
pub fn conflicts<'p>(plan: &'p Plan, entity: &str) -> Vec<&'p Conflict> {
    plan.conflicts.iter().filter(|conflict| conflict.entity.as_str() == entity).collect()
}

/// Whatever happened, each record seen is counted once, and each total is the sum of its parts.
pub fn everything_adds_up(planned: &Planned, applied: Option<&Applied>) {
    let before = planned.plan.entities.iter().map(|report| (&report.entity, &report.counts));
    let after = applied.iter().flat_map(|applied| applied.counts.iter().map(|(entity, counts)| (entity, counts)));
    for (entity, counts) in before.chain(after) {
        for side in Side::BOTH {
            let counts = counts.get(side);
            assert_eq!(counts.sum(), counts.seen, "{entity} {side:?}: {counts:?}");
        }
    }
    let after = applied.iter().flat_map(|applied| &applied.sync_info);
    for info in planned.sync_info.iter().chain(after) {
        assert_eq!(info.dummy + info.data + info.sinkron, info.total, "{info:?}");
    }
}

fn settings_of(connector: &str, mut values: BTreeMap<String, String>) -> SystemSettings {
    let take = |values: &mut BTreeMap<String, String>, key: &str| values.remove(key);
    let scheme = take(&mut values, "auth").expect("a scheme");
    let token = Secret::new(take(&mut values, "token").expect("a token"));
    let secret = take(&mut values, "secret").map(Secret::new);
    take(&mut values, "oauth_token");
    SystemSettings {
        connector: connector.to_owned(),
        values,
        auth: Some(AuthSettings { scheme, token, secret }),
        ..SystemSettings::default()
    }
}

/// Counts of a plan, to compare with.
pub fn kinds(plan: &Plan) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for action in &plan.actions {
        *kinds.entry(format!("{} {:?} {:?}", action.entity, action.kind, action.target)).or_default() += 1;
    }
    kinds
}

/// One client for all: making it costs more than most requests. It keeps no connections, since they belong to the runtime of whoever asked.
fn client() -> reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> =
        LazyLock::new(|| reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client"));
    CLIENT.clone()
}

/// Both systems over their public APIs, as their own users would use them.
pub struct Http {
    pub smh: String,
    smh_token: String,
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

impl Http {
    fn new(sandbox: &Sandbox) -> Self {
        let settings = sandbox.smh_settings();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let _ = rustls_ready();
        Self { smh: settings["base_url"].clone(), smh_token: settings["token"].clone(), client: client(), runtime }
    }

    fn send(&self, method: &str, path: &str, body: Option<Json>) -> (u16, Json) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.client.request(method, format!("{}/{path}", self.smh)).bearer_auth(&self.smh_token);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        self.runtime.block_on(async {
            let response = request.send().await.expect("an answer");
            let status = response.status().as_u16();
            let text = response.text().await.expect("a body");
            (status, serde_json::from_str(&text).unwrap_or(Json::Null))
        })
    }

    /// A record made in SMH.
    pub fn smh_create(&self, resource: &str, data: Json) -> Json {
        let (status, answer) = self.send("POST", resource, Some(data));
        assert_eq!(status, 201, "{answer}");
        answer["data"].clone()
    }

    /// A record changed in SMH.
    pub fn smh_update(&self, resource: &str, id: &str, data: Json) -> Json {
        let (status, answer) = self.send("PATCH", &format!("{resource}/{id}"), Some(data));
        assert_eq!(status, 200, "{answer}");
        answer["data"].clone()
    }

    /// A record removed in SMH.
    pub fn smh_delete(&self, resource: &str, id: &str) {
        let (status, answer) = self.send("DELETE", &format!("{resource}/{id}"), None);
        assert_eq!(status, 204, "{answer}");
    }

    /// All records of a resource.
    pub fn smh_all(&self, resource: &str) -> Vec<Json> {
        let mut all = Vec::new();
        for page in 1.. {
            let (status, answer) = self.send("GET", &format!("{resource}?page={page}&pageSize=500"), None);
            assert_eq!(status, 200, "{answer}");
            let rows = answer["data"].as_array().cloned().unwrap_or_default();
            if rows.is_empty() {
                return all;
            }
            all.extend(rows);
        }
        all
    }

    /// The record of a resource with this code (or number or name).
    pub fn smh_find(&self, resource: &str, code: &str) -> Option<Json> {
        self.smh_all(resource)
            .into_iter()
            .find(|row| ["code", "number", "name"].iter().any(|key| row[*key] == json!(code)))
    }
}

fn rustls_ready() -> bool {
    true
}

/// A path that certainly is no state file.
pub fn garbage(path: &Path) {
    std::fs::write(
        path,
        b"this is not a database, and it is long enough to be taken for one: ........................................",
    )
    .expect("written");
}
