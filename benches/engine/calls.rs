//! Calls made against the fewest that would do, over the sandbox with the guide's data: a first apply, and a second one right after it.

use selaras_connector_api::{Connector, Operation};
use selaras_host::{AuthSettings, Host, HostOptions, Secret, System, SystemSettings};
use selaras_mapping::program::Mapping;
use selaras_model::{PerSide, RunId, Side};
use selaras_plan::Plan;
use selaras_run::{Planned, Quiet, Selection, Workspace};
use selaras_sandbox::{Options, Sandbox, Scenario};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Calls by system and what they were for.
type Counted = BTreeMap<(String, String), u64>;

const NOW_MS: i64 = 1_780_000_000_000;

/// Prints the table.
pub fn table() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = selaras_sandbox::start(Options { scenario: Scenario::Panduan, limit: false, ..Options::default() });
    let sandbox = sandbox.expect("the sandbox starts");
    let runs = [1, 2].map(|number| apply(&sandbox, &folder.path().join("state.db"), number));
    println!("\n## Calls, the guide's example over the sandbox\n");
    println!("| system | call | first apply: made | needed | second: made | needed |");
    println!("| --- | --- | ---: | ---: | ---: | ---: |");
    let keys: std::collections::BTreeSet<_> =
        runs.iter().flat_map(|(made, needed)| made.keys().chain(needed.keys())).collect();
    for key @ (system, call) in keys {
        let cells: Vec<u64> = runs
            .iter()
            .flat_map(|(made, needed)| [made, needed].map(|counted| counted.get(key).copied().unwrap_or(0)))
            .collect();
        println!("| {system} | {call} | {} | {} | {} | {} |", cells[0], cells[1], cells[2], cells[3]);
    }
    let sums: Vec<u64> =
        runs.iter().flat_map(|(made, needed)| [made.values().sum::<u64>(), needed.values().sum()]).collect();
    println!("| all | | {} | {} | {} | {} |", sums[0], sums[1], sums[2], sums[3]);
}

/// One apply: the calls made, and those needed for what it did.
fn apply(sandbox: &Sandbox, state: &Path, number: u32) -> (Counted, Counted) {
    sandbox.state().calls.reset();
    let connectors = PerSide::new(
        selaras_connector_accurate::new(None).expect("the connector is made"),
        selaras_connector_rest::new(Some(include_str!("../../connectors/smh/connector.toml")))
            .expect("the declaration is sound"),
    );
    let manifests = connectors.as_ref().map(|connector| connector.describe().expect("it describes itself"));
    let by_name = |name: &str| Side::BOTH.into_iter().map(|side| manifests.get(side)).find(|one| one.name == name);
    let (mapping, _) = selaras_mapping::compile(include_str!("../../mappings/accurate.yaml"), by_name);
    let mapping = mapping.expect("the mapping compiles");
    let host = Host::new(HostOptions { limited: false, ..HostOptions::default() }).expect("the host starts");
    let settings = PerSide::new(sandbox.accurate_settings(), sandbox.smh_settings());
    let PerSide { left, right } = connectors;
    let systems =
        PerSide::new(system(&host, "accurate", left, settings.left), system(&host, "smh", right, settings.right));
    let mut workspace = Workspace::open(mapping.clone(), systems, state).expect("the workspace opens");
    workspace.lock("bench").expect("the state can be locked");
    let run = RunId(number.to_string());
    let planned = workspace.plan(&run, &Selection::default(), NOW_MS, &Quiet).expect("a plan");
    let permit = host.permit_writes();
    let applied = workspace.apply(&permit, &planned, &|| NOW_MS, &Quiet, &AtomicBool::new(false)).expect("it applies");
    drop(applied);
    (made(sandbox), needed(&mapping, &manifests, &planned))
}

fn system(host: &Host, name: &str, connector: Box<dyn Connector>, mut values: BTreeMap<String, String>) -> System {
    let scheme = values.remove("auth").expect("a scheme");
    let token = Secret::new(values.remove("token").expect("a token"));
    let secret = values.remove("secret").map(Secret::new);
    values.remove("oauth_token");
    let auth = Some(AuthSettings { scheme, token, secret });
    host.linked(
        name,
        connector,
        &SystemSettings { connector: name.to_owned(), values, auth, ..SystemSettings::default() },
    )
}

/// What the sandbox counted.
fn made(sandbox: &Sandbox) -> Counted {
    let report = sandbox.state().calls.report();
    let mut made = Counted::new();
    for call in report["calls"].as_array().expect("a list") {
        let text = |key: &str| call[key].as_str().unwrap_or_default();
        let purpose = purpose(text("system"), text("method"), text("path"));
        *made.entry(purpose).or_default() += call["count"].as_u64().unwrap_or(0);
    }
    made
}

fn purpose(system: &str, method: &str, path: &str) -> (String, String) {
    let segments: Vec<&str> = path.split('/').collect();
    let last = segments.last().copied().unwrap_or_default();
    let name = match system {
        "account" => return ("accurate".to_owned(), "sign in".to_owned()),
        "accurate" if path.contains("/branch/") => return ("accurate".to_owned(), "sign in".to_owned()),
        "accurate" => last.trim_end_matches(".do"),
        _ => match (method, last) {
            ("GET", "{id}") => "detail",
            ("GET", _) => "list",
            (_, "batch") => "save",
            _ => "save one",
        },
    };
    let name = match name {
        "bulk-save" => "save",
        other => other,
    };
    (system.to_owned(), name.to_owned())
}

/// The fewest calls that do what a plan did: each page once, a detail for each record that is created or compared from more than lists
/// give, writes as full as the system takes them. Signing in: the session, and the name of the branch.
fn needed(mapping: &Mapping, manifests: &PerSide<selaras_connector_api::Manifest>, planned: &Planned) -> Counted {
    let mut needed = Counted::new();
    let mut add = |side: Side, call: &str, count: u64| {
        *needed.entry((mapping.systems.get(side).name.clone(), call.to_owned())).or_default() += count;
    };
    add(Side::Left, "sign in", 2);
    for report in &planned.plan.entities {
        let Some(entity) = mapping.entity(&report.entity) else { continue };
        for side in Side::BOTH {
            let counts = report.counts.get(side);
            let Some(resource) = manifests.get(side).resource(entity.resources.get(side)) else { continue };
            let per_call =
                |operation: Operation| resource.operations.get(&operation).map_or(1, |spec| u64::from(spec.per_call));
            add(side, "list", counts.seen.div_ceil(per_call(Operation::Read)).max(1));
            let needs_details = entity.requested(side).iter().any(|member| resource.is_detail_only(member));
            add(side, "detail", if needs_details { counts.created } else { 0 });
        }
    }
    for (side, count) in writes(&planned.plan, mapping, manifests) {
        add(side, "save", count);
    }
    needed
}

fn writes(plan: &Plan, mapping: &Mapping, manifests: &PerSide<selaras_connector_api::Manifest>) -> Vec<(Side, u64)> {
    use selaras_plan::ActionKind;
    let mut counts: BTreeMap<(&str, Side, ActionKind), u64> = BTreeMap::new();
    for action in &plan.actions {
        *counts.entry((action.entity.as_str(), action.target, action.kind)).or_default() += 1;
    }
    let calls = counts.into_iter().map(|((name, side, kind), count)| {
        let operation = match kind {
            ActionKind::Create => Operation::Create,
            ActionKind::Update => Operation::Update,
            ActionKind::Delete => Operation::Delete,
            ActionKind::Deactivate => Operation::Deactivate,
        };
        let entity = mapping.entity(&name.into()).expect("of this mapping");
        let resource = manifests.get(side).resource(entity.resources.get(side)).expect("declared");
        let per_call = resource.operations.get(&operation).map_or(1, |spec| u64::from(spec.per_call.max(1)));
        (side, count.div_ceil(per_call))
    });
    calls.collect()
}
