//! The engine between two sources, and a state file in which all their records are linked already.

use crate::meter::Aside;
use crate::records::{BRANCH, Population};
use crate::source::{Source, bare};
use selaras_connector_api::Manifest;
use selaras_host::{Host, HostOptions, SystemSettings};
use selaras_mapping::program::{Entity, Mapping};
use selaras_mapping::record;
use selaras_model::{Hash128, NativeId, Observed, PerSide, RunId, Settled, Settlement, Side};
use selaras_run::{Applied, Planned, Quiet, Selection, Workspace};
use selaras_store::{SettleRow, Writer};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Records in a page of a list, as the real connectors ask for them.
const PAGES: PerSide<u64> = PerSide::new(100, 500);
/// Links settled in one transaction.
const SETTLED_TOGETHER: u64 = 5_000;
const NOW_MS: i64 = 1_780_000_000_000;

/// The mapping that the project ships, between sources.
pub struct Bench {
    pub mapping: Mapping,
    pub aside: Aside,
    manifests: PerSide<Manifest>,
    host: Host,
    state: PathBuf,
}

impl Bench {
    /// With its state in this folder.
    pub fn new(folder: &Path) -> Self {
        let accurate = selaras_connector_accurate::new(None).expect("the connector is made");
        let smh = selaras_connector_rest::new(Some(include_str!("../../connectors/smh/connector.toml")));
        let manifests = PerSide::new(bare(accurate.as_ref()), bare(smh.expect("the declaration is sound").as_ref()));
        let by_name = |name: &str| Side::BOTH.into_iter().map(|side| manifests.get(side)).find(|one| one.name == name);
        let (mapping, found) = selaras_mapping::compile(include_str!("../../mappings/accurate.yaml"), by_name);
        let mapping = mapping.unwrap_or_else(|| panic!("the mapping does not compile: {found:#?}"));
        let host = Host::new(HostOptions::default()).expect("the host starts");
        Self { mapping, aside: Aside::default(), manifests, host, state: folder.join("state.db") }
    }

    /// A side's source.
    pub fn source(&self, side: Side, population: Population) -> Source {
        let (manifest, aside) = (self.manifests.get(side).clone(), self.aside.clone());
        Source { side, population, page: *PAGES.get(side), manifest, aside }
    }

    /// The engine, ready to plan.
    pub fn workspace(&self, population: Population) -> Workspace {
        let systems = PerSide::from_fn(|side| {
            let name = &self.mapping.systems.get(side).name;
            let settings = SystemSettings { connector: name.clone(), ..SystemSettings::default() };
            self.host.linked(name, Box::new(self.source(side, population)), &settings)
        });
        Workspace::open(self.mapping.clone(), systems, &self.state).expect("the workspace opens")
    }

    /// What `runner plan` does.
    pub fn plan(&self, population: Population) -> Planned {
        let mut workspace = self.workspace(population);
        workspace.plan(&RunId("plan".to_owned()), &Selection::default(), NOW_MS, &Quiet).expect("a plan")
    }

    /// What `runner apply` does.
    pub fn apply(&self, population: Population) -> (Planned, Applied) {
        let mut workspace = self.workspace(population);
        let run = RunId("apply".to_owned());
        workspace.lock("bench").expect("the state can be locked");
        let planned = workspace.plan(&run, &Selection::default(), NOW_MS, &Quiet).expect("a plan");
        let permit = self.host.permit_writes();
        let applied = workspace.apply(&permit, &planned, &|| NOW_MS, &Quiet, &AtomicBool::new(false));
        (planned, applied.expect("it applies"))
    }

    /// Links all records as an earlier run would have left them. That run's own first link would hold them all in memory at once.
    pub fn link(&self, population: Population) {
        let mut writer = Writer::open(&self.state, "bench").expect("the state opens");
        let endpoints = self.workspace(population).endpoints();
        writer.select(&self.mapping.name, &endpoints).expect("the scope is made");
        let places = population.places();
        for entity in &self.mapping.entities {
            let resource = entity.resources.left.clone();
            let count = population.count(&resource);
            for first in (0..count).step_by(usize::try_from(SETTLED_TOGETHER).expect("fits")) {
                let numbers = first..(first + SETTLED_TOGETHER).min(count);
                let rows: Vec<SettleRow> = numbers
                    .map(|number| {
                        let right = if resource == "customer" { population.place_of(number, &places) } else { number };
                        self.row(entity, population, PerSide::new(number, right))
                    })
                    .collect();
                writer.settle(&RunId("0".to_owned()), &rows, &[]).expect("it settles");
            }
        }
    }

    fn row(&self, entity: &Entity, population: Population, places: PerSide<u64>) -> SettleRow {
        let observed: PerSide<Observed> = PerSide::from_fn(|side| {
            let raw = population.record(entity.resources.get(side), side, *places.get(side));
            let json = record::parse(&raw.raw).expect("JSON");
            let facts = json!({ "branch": { "id": BRANCH } });
            entity.observe(side, &NativeId(raw.id), raw.version.as_deref(), &json, &facts)
        });
        let hashes = PerSide::from_fn(|side| entity.hash(side, observed.get(side)));
        let settlement = Settlement {
            ids: observed.as_ref().map(|record| record.id.clone()),
            origin: Side::Left,
            label: observed.left.label.clone(),
            settled: Settled::Live {
                versions: observed.as_ref().map(|record| record.version.clone()),
                hashes,
                keys: observed.as_ref().map(|record| record.keys.clone()),
                made: false,
                grace: None,
                images: observed.map(|record| record.image),
            },
        };
        // As after an edit of the mapping: what was read is not known any more, and the next run looks at each record.
        let seen = PerSide::from_fn(|_| Hash128::of(b"another mapping"));
        SettleRow { entity: entity.name.clone(), settlement, seen }
    }
}
