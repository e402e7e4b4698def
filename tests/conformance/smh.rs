//! The sandbox's SMH as a bench, with the manifest that the project ships; only its pages are smaller.

use super::client::{Client, member, parsed};
use super::place::Place;
use selaras_connector_api::Connector;
use selaras_connector_api::conformance::{Bench, ChildSample, Disturbance, Exact, Fields, InUse, Member, Sample};
use selaras_sandbox::faults::{Fault, Kind};
use selaras_sandbox::{Clock, Options, Sandbox, Scenario, start};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use tempfile::TempDir;

/// Records in a page.
const PAGE: usize = 12;

/// An empty SMH, and what orders need.
pub struct Hub {
    sandbox: Sandbox,
    place: Place,
    client: Client,
    base: String,
    token: String,
    _folder: TempDir,
}

/// The manifest of the project with pages of a size that a test can fill, and changed by a test.
fn declared(change: impl Fn(&str) -> String) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/connectors/smh/connector.toml");
    let text = std::fs::read_to_string(file).expect("the manifest is there");
    let small = text.replace("\npage_size = 500", &format!("\npage_size = {PAGE}"));
    assert_ne!(small, text, "the page size is where it was");
    std::fs::create_dir(folder.path().join("smh")).expect("a folder");
    std::fs::write(folder.path().join("smh/connector.toml"), change(&small)).expect("written");
    folder
}

/// A manifest without batches: records are written one by one.
pub fn one_by_one(manifest: &str) -> String {
    let (before, after) = manifest.split_once("[defaults.batch]").expect("batches are declared");
    let (_, after) = after.split_once("\n# ---").expect("the resources come after it");
    format!("{before}# ---{after}")
}

impl Hub {
    /// A connector with the project's manifest.
    pub fn open() -> Self {
        Self::with(str::to_owned)
    }

    /// A connector with the project's manifest, changed.
    pub fn with(change: impl Fn(&str) -> String) -> Self {
        // All in one second, so that whatever goes by time is put to the test.
        let clock = Clock::fixed("2026-05-02T02:15:00Z".parse().expect("a moment"));
        let options = Options { limit: false, scenario: Scenario::Kosong, clock, ..Options::default() };
        let sandbox = start(options).expect("a sandbox starts");
        let settings = sandbox.smh_settings();
        let (base, token) = (settings["base_url"].clone(), settings["token"].clone());
        let folder = declared(change);
        let place = Place::new("smh", vec![folder.path().to_owned()], &[("base_url", base.as_str())], &token);
        let mut hub = Self { sandbox, place, client: Client::new(), base, token, _folder: folder };
        for (resource, record) in [
            ("unit", json!({"name": "PCS"})),
            ("customer", json!({"code": "C-KIT", "name": "Toko Sumber"})),
            ("product", json!({"code": "B-KIT", "name": "Gula", "unitL": UNIT})),
        ] {
            let id = hub.seed(resource, record.as_object().expect("an object")).expect("what orders need is taken");
            assert!([UNIT, CUSTOMER, PRODUCT].contains(&id.as_str()), "{id}");
        }
        hub
    }

    fn call(&self, method: &str, path: &str, body: Option<&Json>) -> Result<(u16, String), String> {
        let bearer = format!("Bearer {}", self.token);
        self.client.call(method, &format!("{}/{path}", self.base), &[("Authorization", bearer.as_str())], body)
    }

    fn done(&self, method: &str, path: &str, body: Option<&Json>) -> Result<String, String> {
        match self.call(method, path, body)? {
            (200..=299, text) => Ok(text),
            (status, text) => Err(format!("{path}: {status} {text}")),
        }
    }
}

const UNIT: &str = "unt-000001";
const CUSTOMER: &str = "cus-000001";
const PRODUCT: &str = "prd-000001";

fn path(resource: &str) -> String {
    if resource == "tax" { "taxes".to_owned() } else { format!("{resource}s") }
}

impl Bench for Hub {
    fn connector(&mut self) -> Result<Box<dyn Connector>, String> {
        self.place.load()
    }

    fn put_to_use(&mut self, connector: Box<dyn Connector>) -> Result<Box<dyn InUse>, String> {
        Ok(self.place.put_to_use(connector))
    }

    fn ids(&mut self, resource: &str) -> Result<BTreeSet<String>, String> {
        let path = path(resource);
        Ok(self.sandbox.with_world(|world| {
            let keys = world.smh.tables.get(&path).into_iter().flat_map(|table| table.rows.keys());
            keys.filter_map(|key| selaras_sandbox::smh::id_of(&path, *key)).collect()
        }))
    }

    fn stored(&mut self, resource: &str, id: &str) -> Result<Option<String>, String> {
        match self.call("GET", &format!("{}/{id}", path(resource)), None)? {
            (200, text) => Ok(member(&text, "data")),
            (404, _) => Ok(None),
            (status, text) => Err(format!("{status} {text}")),
        }
    }

    fn seed(&mut self, resource: &str, fields: &Fields) -> Result<String, String> {
        let text = self.done("POST", &path(resource), Some(&Json::Object(fields.clone())))?;
        parsed(&text)["data"]["id"].as_str().map(str::to_owned).ok_or(text)
    }

    fn change(&mut self, resource: &str, id: &str, fields: &Fields) -> Result<(), String> {
        self.done("PATCH", &format!("{}/{id}", path(resource)), Some(&Json::Object(fields.clone()))).map(|_| ())
    }

    fn remove(&mut self, resource: &str, id: &str) -> Result<(), String> {
        self.done("DELETE", &format!("{}/{id}", path(resource)), None).map(|_| ())
    }

    fn disturb(&mut self, disturbance: &Disturbance) -> bool {
        if *disturbance != Disturbance::AnswersLost {
            return false;
        }
        // A connection that is really cut, after the write was really done.
        self.sandbox.state().faults.add(vec![Fault {
            system: Some(selaras_sandbox::calls::System::Smh),
            method: Some("POST".to_owned()),
            path_contains: None,
            times: 1,
            after_calls: 0,
            passed: 0,
            kind: Kind::LoseAnswer,
        }]);
        true
    }

    fn struck(&mut self) -> bool {
        self.sandbox.state().faults.waiting().is_empty()
    }

    fn calm(&mut self) {
        self.sandbox.state().faults.clear();
    }
}

fn fields(json: Json) -> Fields {
    json.as_object().cloned().expect("an object")
}

fn sample(resource: &str, read: &[&str], make: fn(u64) -> Json) -> Sample {
    Sample {
        resource: resource.into(),
        fields: read.iter().map(|&name| name.to_owned()).collect(),
        make: Box::new(move |number| fields(make(number))),
        refused: Some(fields(json!({ "notes": "without a name" }))),
        text: Member::same("notes"),
        exact: Vec::new(),
        page: PAGE,
        children: None,
        missing: String::new(),
        unasked: None,
    }
}

/// Customers, products and orders.
pub fn samples() -> Vec<Sample> {
    let customer = |n| json!({"code": format!("K-{n}"), "partnerId": format!("kit-{n}"), "name": format!("Toko {n}")});
    let product = |n| {
        json!({"code": format!("K-{n}"), "partnerId": format!("kit-{n}"), "name": format!("Gula {n}"),
               "unitL": UNIT, "priceL": "12500"})
    };
    let order = |n| {
        json!({"number": format!("SO-KIT-{n}"), "date": "2026-05-02", "customerId": CUSTOMER,
               "lines": [{"productId": PRODUCT, "unitId": UNIT, "quantity": "1", "price": "12500"}]})
    };
    let line =
        |n: u64| fields(json!({"productId": PRODUCT, "unitId": UNIT, "quantity": n.to_string(), "price": "12500.5"}));
    let children = ChildSample {
        path: "lines".into(),
        make: Box::new(line),
        shows: ("quantity".into(), Box::new(|n| n.to_string())),
        id: "id".into(),
    };
    let amounts = ["0.07", "1250000.5", "53275.675676", "999999999998.123456"];
    let hard = "Jl. \"Melati\" & Co; 50% + é 🙂 = a/b\\c";
    vec![
        Sample {
            exact: vec![
                Exact::texts(Member::same("notes"), &[hard, "a\nb"]),
                Exact::decimals(Member::same("creditLimit"), &amounts),
            ],
            missing: "cus-987654".into(),
            ..sample("customer", &["code", "name", "notes", "creditLimit", "partnerId", "updatedAt"], customer)
        },
        Sample {
            exact: vec![Exact::decimals(Member::same("priceL"), &amounts)],
            missing: "prd-987654".into(),
            ..sample("product", &["code", "name", "notes", "priceL", "partnerId", "updatedAt"], product)
        },
        Sample {
            exact: vec![Exact::texts(Member::same("date"), &["2026-12-31", "2028-02-29"])],
            children: Some(children),
            missing: "ord-987654".into(),
            ..sample("order", &["number", "date", "notes", "lines[].quantity", "lines[].price", "updatedAt"], order)
        },
    ]
}
