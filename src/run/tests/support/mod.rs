//! A world for tests: the sandbox on a free port, the real connectors loaded from their libraries, a state file of its own.
//!
//! Tests drive the engine through its library and look into both systems from behind; the binary itself is driven in `cli.rs`.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use selaras_host::{AuthSettings, Host, HostOptions, Secret, SystemSettings};
use selaras_mapping::program::Mapping;
use selaras_model::{PerSide, RunId};
use selaras_plan::Plan;
use selaras_run::{Applied, Planned, Quiet, Selection, Workspace};
use selaras_sandbox::{Options, Sandbox, Scenario};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
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
    pub sandbox: Sandbox,
    pub host: Host,
    pub folder: tempfile::TempDir,
    pub mapping: String,
    runs: u64,
    now_ms: i64,
}

impl World {
    pub fn panduan() -> Self {
        Self::new(Scenario::Panduan)
    }

    pub fn empty() -> Self {
        Self::new(Scenario::Kosong)
    }

    pub fn new(scenario: Scenario) -> Self {
        let sandbox = selaras_sandbox::start(Options { scenario, limit: false, ..Options::default() }).expect("the sandbox starts");
        let exe = std::env::current_exe().expect("a test has a path");
        let exe_dir = exe.parent().expect("in a folder").to_owned();
        let options = HostOptions { search: vec![root().join("connectors")], exe_dir, limited: false, ..HostOptions::default() };
        let host = Host::new(options).expect("the host starts");
        let folder = tempfile::tempdir().expect("a folder");
        Self { sandbox, host, folder, mapping: shipped_mapping(), runs: 0, now_ms: 1_780_000_000_000 }
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
        let manifests: BTreeMap<&str, _> =
            ["accurate", "smh"].into_iter().map(|name| (name, self.host.load(name).expect("the connector loads").manifest)).collect();
        let (mapping, diagnostics) = selaras_mapping::compile(&self.mapping, |name| manifests.get(name));
        mapping.unwrap_or_else(|| panic!("the mapping does not compile: {diagnostics:#?}"))
    }

    pub fn workspace(&self) -> Workspace {
        let mapping = self.compiled();
        let system = |name: &str, settings: BTreeMap<String, String>| {
            self.host.system(name, &settings_of(name, settings)).expect("the system can be made")
        };
        let systems = PerSide::new(
            system("accurate", self.sandbox.accurate_settings()),
            system("smh", self.sandbox.smh_settings()),
        );
        Workspace::open(mapping, systems, &self.state()).expect("the workspace opens")
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
        let run = self.next_run();
        let now = self.now_ms;
        self.workspace().plan(&run, selection, now, &Quiet).expect("a plan")
    }

    pub fn apply(&mut self) -> (Planned, Applied) {
        self.apply_only(&Selection::default())
    }

    pub fn apply_only(&mut self, selection: &Selection) -> (Planned, Applied) {
        let run = self.next_run();
        let now = self.now_ms;
        let mut workspace = self.workspace();
        workspace.lock("test").expect("the state can be locked");
        workspace.recover(&run, now).expect("recovery");
        let planned = workspace.plan(&run, selection, now, &Quiet).expect("a plan");
        assert_eq!(planned.stops, [], "a guard stopped the plan");
        let permit = self.host.permit_writes();
        let applied = workspace.apply(&permit, &planned, &|| now, &Quiet, &AtomicBool::new(false)).expect("it applies");
        (planned, applied)
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
}

fn settings_of(connector: &str, mut values: BTreeMap<String, String>) -> SystemSettings {
    let take = |values: &mut BTreeMap<String, String>, key: &str| values.remove(key);
    let scheme = take(&mut values, "auth").expect("a scheme");
    let token = Secret::new(take(&mut values, "token").expect("a token"));
    let secret = take(&mut values, "secret").map(Secret::new);
    take(&mut values, "oauth_token");
    SystemSettings { connector: connector.to_owned(), values, auth: Some(AuthSettings { scheme, token, secret }) }
}

/// Counts of a plan, to compare with.
pub fn kinds(plan: &Plan) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for action in &plan.actions {
        *kinds.entry(format!("{} {:?} {:?}", action.entity, action.kind, action.target)).or_default() += 1;
    }
    kinds
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
        Self { smh: settings["base_url"].clone(), smh_token: settings["token"].clone(), client: reqwest::Client::new(), runtime }
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
        self.smh_all(resource).into_iter().find(|row| ["code", "number", "name"].iter().any(|key| row[*key] == json!(code)))
    }
}

fn rustls_ready() -> bool {
    true
}

/// A path that certainly is no state file.
pub fn garbage(path: &Path) {
    std::fs::write(path, b"this is not a database, and it is long enough to be taken for one: ........................................")
        .expect("written");
}
