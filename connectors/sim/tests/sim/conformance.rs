//! The simulated system under the conformance kit: it passes as it is, and fails where it claims what is not so.

use selaras_connector_api::conformance::{
    Bench, ChildSample, Disturbance, Exact, Fields, InUse, Linked, Member, Report, Sample, check,
};
use selaras_connector_api::{
    ChildStyle, Connector, Failure, GetDone, GetRequest, Host, Manifest, OpSpec, OpenRequest, Opened, Operation,
    ReadDone, ReadRequest, Recogniser, Resource, Rights, RightsRequest, Space, SpacesRequest, Strength, WriteDone,
    WriteRequest,
};
use selaras_connector_sim::{Alter, EndEarly, Faults, How, Sim, SimWorld, TableSpec, When, hub, ledger};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

const SIDE: &str = "sim";

/// A connector that says something else of itself than is so.
struct Claiming {
    inner: Sim,
    claim: fn(&mut Resource),
}

impl Connector for Claiming {
    fn describe(&self) -> Result<Manifest, Failure> {
        let mut manifest = self.inner.describe()?;
        manifest.resources.iter_mut().for_each(self.claim);
        Ok(manifest)
    }

    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        self.inner.open(host, request)
    }

    fn spaces(&mut self, host: &dyn Host, request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        self.inner.spaces(host, request)
    }

    fn rights(&mut self, host: &dyn Host, request: &RightsRequest) -> Result<Rights, Failure> {
        self.inner.rights(host, request)
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        self.inner.read(host, request)
    }

    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        self.inner.get(host, request)
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        self.inner.write(host, request)
    }

    fn close(&mut self, host: &dyn Host) {
        self.inner.close(host);
    }
}

/// A world with one side.
struct World {
    world: SimWorld,
    claim: fn(&mut Resource),
    /// What is wrong with the system all the time.
    base: Faults,
    striking: &'static str,
}

impl World {
    fn new(tables: Vec<TableSpec>) -> Self {
        let small = |table: TableSpec| TableSpec { page_size: 6, batch: table.batch.min(4), ..table };
        let world = SimWorld::new().with_side(SIDE, tables.into_iter().map(small).collect());
        Self { world, claim: |_| {}, base: Faults::default(), striking: "" }
    }

    fn with_masters(self) -> Self {
        for (table, record) in [
            ("customer", json!({"code": "A", "customerNo": "A", "name": "Toko Sumber"})),
            ("product", json!({"code": "P", "name": "Gula", "price": "12500"})),
            ("item", json!({"no": "P", "name": "Gula", "unitPrice": "12500"})),
        ] {
            // Each set of tables has its own; what it has not is no trouble.
            let _ = self.world.put(SIDE, table, record);
        }
        self
    }
}

impl Bench for World {
    fn connector(&mut self) -> Result<Box<dyn Connector>, String> {
        Ok(Box::new(Claiming { inner: Sim::new(self.world.clone(), SIDE), claim: self.claim }))
    }

    fn put_to_use(&mut self, connector: Box<dyn Connector>) -> Result<Box<dyn InUse>, String> {
        Ok(Box::new(Linked::without_network(connector)))
    }

    fn ids(&mut self, resource: &str) -> Result<BTreeSet<String>, String> {
        let text = |id: &Json| id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        Ok(self.world.records(SIDE, resource).iter().map(|record| text(&record["id"])).collect())
    }

    fn stored(&mut self, resource: &str, id: &str) -> Result<Option<String>, String> {
        Ok(self.world.record(SIDE, resource, id).map(|record| record.to_string()))
    }

    fn seed(&mut self, resource: &str, fields: &Fields) -> Result<String, String> {
        self.world.put(SIDE, resource, fields.clone().into()).map_err(|failure| failure.to_string())
    }

    fn change(&mut self, resource: &str, id: &str, fields: &Fields) -> Result<(), String> {
        self.world.edit(SIDE, resource, id, fields.clone().into()).map_err(|failure| failure.to_string())
    }

    fn remove(&mut self, resource: &str, id: &str) -> Result<(), String> {
        self.world.remove(SIDE, resource, id).map_err(|failure| failure.to_string())
    }

    fn disturb(&mut self, disturbance: &Disturbance) -> bool {
        let alter = |how| {
            let tables = ["customer", "order", "product"].map(|table| (table, text_of(table)));
            let both = tables.iter().flat_map(|(table, text)| [(*table, *text), (*table, "description")]);
            both.map(|(table, path)| Alter { table: table.into(), path: path.into(), how }).collect()
        };
        let base = self.base.clone();
        let (name, faults) = match disturbance {
            Disturbance::AnswersLost => ("lose_answer", Faults { lose_answer: When::Always, ..base }),
            Disturbance::ListingCut => {
                let admits = base.end_early.is_none_or(|end| end.admits);
                ("end_early", Faults { end_early: Some(EndEarly { after: 7, admits }), ..base })
            }
            Disturbance::PageFails => ("fail_page", Faults { fail_page: When::nth(2), ..base }),
            Disturbance::PageRepeated if base.repeat_row == When::Always => ("repeat_row", base),
            Disturbance::KeepsCapitals => ("alter", Faults { alter: alter(How::Upper), ..base }),
            Disturbance::KeepsOld => ("alter", Faults { alter: alter(How::Drop), ..base }),
            _ => return false,
        };
        self.striking = name;
        self.world.set_faults(SIDE, faults);
        true
    }

    fn struck(&mut self) -> bool {
        self.world.struck(SIDE, self.striking) > 0 || self.striking == "repeat_row"
    }

    fn calm(&mut self) {
        self.world.set_faults(SIDE, self.base.clone());
    }

    fn settle(&mut self, milliseconds: u64) {
        if milliseconds > 0 {
            self.world.settle(SIDE);
        }
    }
}

fn text_of(table: &str) -> &'static str {
    if table == "product" { "name" } else { "notes" }
}

fn fields(json: Json) -> Fields {
    json.as_object().cloned().expect("an object")
}

fn sample(resource: &str, read: &[&str], make: fn(u64) -> Json, text: &str) -> Sample {
    Sample {
        resource: resource.into(),
        fields: read.iter().map(|&name| name.to_owned()).collect(),
        make: Box::new(move |n| fields(make(n))),
        refused: Some(fields(json!({}))),
        text: Member::same(text),
        exact: Vec::new(),
        page: 6,
        children: None,
        missing: String::new(),
        unasked: None,
    }
}

fn hub_samples() -> Vec<Sample> {
    let customer = |n| json!({"code": format!("K-{n}"), "partnerId": format!("kit-{n}"), "name": format!("Toko {n}")});
    let product = |n| json!({"code": format!("P-{n}"), "partnerId": format!("kit-{n}"), "name": format!("Gula {n}"), "price": "1.5"});
    let order = |n| {
        json!({"number": format!("SO-K{n}"), "date": "2026-05-02", "customerId": "cus-000001",
               "lines": [{"productId": "prd-000001", "quantity": "1", "price": "12500"}]})
    };
    let child = |n: u64| fields(json!({"productId": "prd-000001", "quantity": n.to_string(), "price": "12500"}));
    vec![
        Sample {
            exact: vec![Exact::texts(Member::same("notes"), &["Jl. \"Melati\" & co; 50% \\ é 🙂", "a\nb"])],
            missing: "cus-999999".into(),
            ..sample("customer", &["code", "name", "notes", "partnerId", "updatedAt"], customer, "notes")
        },
        Sample {
            exact: vec![Exact::decimals(Member::same("price"), &["0.07", "9007199254740993", "53275.675676"])],
            missing: "prd-999999".into(),
            ..sample("product", &["code", "name", "price", "partnerId", "updatedAt"], product, "name")
        },
        Sample {
            children: Some(ChildSample {
                path: "lines".into(),
                make: Box::new(child),
                shows: ("quantity".into(), Box::new(|n| n.to_string())),
                id: "id".into(),
            }),
            missing: "ord-999999".into(),
            ..sample("order", &["number", "date", "customerId", "notes", "lines[].quantity"], order, "notes")
        },
    ]
}

fn ledger_samples() -> Vec<Sample> {
    let customer = |n| json!({"customerNo": format!("K-{n}"), "name": format!("Toko {n}")});
    let order = |n| {
        json!({"number": format!("SO.K{n}"), "transDate": "02/05/2026", "customerNo": "A",
               "detailItem": [{"itemNo": "P", "quantity": "1", "unitPrice": "12500"}]})
    };
    let child = |n: u64| fields(json!({"itemNo": "P", "quantity": n.to_string(), "unitPrice": "12500"}));
    vec![
        Sample { missing: "999999".into(), ..sample("customer", &["customerNo", "name", "notes"], customer, "notes") },
        Sample {
            children: Some(ChildSample {
                path: "detailItem".into(),
                make: Box::new(child),
                shows: ("quantity".into(), Box::new(|n| n.to_string())),
                id: "id".into(),
            }),
            missing: "999999".into(),
            ..sample("order", &["number", "transDate", "description", "detailItem[].quantity"], order, "description")
        },
    ]
}

fn hub_with(change: impl Fn(&mut TableSpec)) -> World {
    let mut tables = hub();
    tables.iter_mut().for_each(change);
    World::new(tables).with_masters()
}

/// The kit on the customers of a hub.
fn customers(mut world: World) -> Report {
    let samples = hub_samples();
    check(&mut world, &samples[..1], &[])
}

#[test]
fn both_sets_conform() {
    let report = check(&mut World::new(hub()).with_masters(), &hub_samples(), &[]);
    report.assert_conforms();
    let passed = report.passed();
    for name in ["changes", "compare-and-set", "children", "exact-values", "normalised", "dropped", "lost-answer"] {
        assert!(passed.contains_key(name), "{name} was not carried out: {report}");
    }
    let report = check(&mut World::new(ledger()).with_masters(), &ledger_samples(), &[]);
    report.assert_conforms();
    assert!(report.passed()["children"] == 1 && report.passed()["version"] == 2, "{report}");
}

/// A check, the world that it is made in, and what is claimed there.
type Claim = (&'static str, World, fn(&mut Resource));

/// Each false claim, and the check that catches it.
fn false_claims() -> Vec<Claim> {
    let late = Faults { late: When::Always, late_reads: 3, ..Faults::default() };
    vec![
        ("compare-and-set", hub_with(|table| table.compare_and_set = false), |resource| {
            resource.compare_and_set = true
        }),
        ("version", hub_with(|table| table.slipping_version = true), |resource| {
            assert_eq!(resource.version.as_ref().unwrap().strength, Strength::Strong)
        }),
        ("version", hub_with(|_| {}), |resource| resource.version.as_mut().unwrap().path = "updatedAt".into()),
        ("changes", hub_with(|table| table.change_filter = false), |resource| resource.change_filter = true),
        ("changes", hub_with(|_| {}), |resource| resource.change_filter = false),
        ("complete-listing", hub_with(|table| table.complete_listing = false), |resource| {
            resource.complete_listing = true;
        }),
        ("fields", hub_with(|table| table.detail_only = vec!["notes".into()]), |resource| resource.detail_only.clear()),
        ("delete", hub_with(|table| table.without = vec![Operation::Delete]), |resource| {
            resource.operations.insert(Operation::Delete, OpSpec { per_call: 1, right: None });
        }),
        ("unclaimed", hub_with(|_| {}), |resource| {
            resource.operations.remove(&Operation::Delete);
        }),
        ("recogniser", hub_with(|table| table.unique.clear()), |_| {}),
        ("recogniser", hub_with(|_| {}), |resource| {
            resource.recogniser = Recogniser::NaturalKey { paths: vec!["name".into()] }
        }),
        ("deactivate", hub_with(|_| {}), |resource| {
            resource.deactivate.iter_mut().for_each(|deactivate| deactivate.value = json!("gone"));
        }),
        ("settle", World { base: late, ..hub_with(|_| {}) }, |_| {}),
        (
            "cut-listing",
            World {
                base: Faults { end_early: Some(EndEarly { after: 1000, admits: false }), ..Faults::default() },
                ..hub_with(|_| {})
            },
            |_| {},
        ),
        (
            "repeated-page",
            World { base: Faults { repeat_row: When::Always, ..Faults::default() }, ..hub_with(|_| {}) },
            |_| {},
        ),
        (
            "complete-listing",
            World {
                base: Faults { end_early: Some(EndEarly { after: 5, admits: false }), ..Faults::default() },
                ..hub_with(|_| {})
            },
            |_| {},
        ),
        ("describe", hub_with(|_| {}), |resource| resource.version = None),
        (
            "shifting-pages",
            World { base: Faults { live_pages: true, ..Faults::default() }, ..hub_with(|_| {}) },
            |_| {},
        ),
    ]
}

#[test]
fn false_claims_are_caught() {
    for (at, (check, mut world, claim)) in false_claims().into_iter().enumerate() {
        world.claim = claim;
        world.world.set_faults(SIDE, world.base.clone());
        let report = customers(world);
        assert!(report.failed_checks().contains(&check), "case {at}: {check} did not see it: {report}");
    }
}

/// The style of children is tested too: replacing what should be added to loses lines.
#[test]
fn a_false_style_of_children_is_caught() {
    let mut world = hub_with(|_| {});
    world.claim = |resource| {
        resource.children.iter_mut().for_each(|(_, style)| *style = ChildStyle::Additive);
    };
    let samples = hub_samples();
    let report = check(&mut world, &samples[2..], &[]);
    assert_eq!(report.failed_checks(), ["children"], "{report}");
}
