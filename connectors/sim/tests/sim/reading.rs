//! Listing and single reads.

use crate::desk::{Desk, get, list};
use selaras_connector_api::{Code, Connector, GetRequest, OpenRequest, Operation, ReadRequest, Strength};
use selaras_connector_sim::{Call, Sim, SimWorld, TableSpec, hub, ledger};
use serde_json::{Value as Json, json};

fn things(spec: TableSpec, count: u64) -> SimWorld {
    let world = SimWorld::new().with_side("s", vec![spec]);
    for n in 1..=count {
        world.put("s", "thing", json!({"n": n, "deep": {"a": 1, "b": 2}})).unwrap();
    }
    world
}

fn first_raw(world: &SimWorld, fields: &[&str]) -> (Json, Json) {
    let mut sim = Sim::new(world.clone(), "s");
    let fields: Vec<String> = fields.iter().map(|&field| field.to_owned()).collect();
    let desk = Desk::default();
    sim.read(&desk, &ReadRequest { resource: "thing".into(), fields: fields.clone(), since: None }).unwrap();
    sim.get(&desk, &GetRequest { resource: "thing".into(), ids: vec!["1".into()], fields }).unwrap();
    let raw = |at: usize| serde_json::from_slice(&desk.emitted.borrow()[at].raw).unwrap();
    (raw(0), raw(1))
}

#[test]
fn lists_come_in_pages_by_ascending_id() {
    let world = things(TableSpec { page_size: 5, ..TableSpec::new("thing", "th") }, 12);
    let desk = Desk::default();
    let request = ReadRequest { resource: "thing".into(), fields: Vec::new(), since: None };
    let done = Sim::new(world.clone(), "s").read(&desk, &request).unwrap();
    assert_eq!(*desk.pages.borrow(), [5, 5, 2]);
    let records = desk.emitted.borrow();
    assert_eq!((records[0].id.as_str(), records[11].id.as_str()), ("th-000001", "th-000012"));
    assert_eq!(records[0].version.as_deref(), Some("1"));
    assert!(done.complete && done.cursor.is_none());
    assert_eq!(world.journal("s"), [Call::Read { table: "thing".into(), since: None, rows: 12 }]);
}

#[test]
fn ids_are_json_integers_without_a_prefix() {
    let world = things(TableSpec::new("thing", ""), 2);
    assert_eq!(world.record("s", "thing", "2").unwrap()["id"], json!(2));
    assert_eq!(list(&world, "s", "thing", None).0, ["1", "2"]);
    assert_eq!(get(&world, "s", "thing", &["2", "02", "x", "3"]).1.gone, ["02", "x", "3"]);
}

#[test]
fn lists_leave_out_what_only_details_have() {
    let only = |paths: &[&str]| {
        let detail_only = paths.iter().map(|&path| path.to_owned()).collect();
        first_raw(&things(TableSpec { detail_only, ..TableSpec::new("thing", "") }, 1), &[])
    };
    let (listed, detail) = only(&["deep.a"]);
    assert_eq!(listed, json!({"id": 1, "version": 1, "n": 1, "deep": {"b": 2}}));
    assert_eq!(detail, json!({"id": 1, "version": 1, "n": 1, "deep": {"a": 1, "b": 2}}));
    assert_eq!(only(&["*"]).0, json!({"id": 1, "version": 1}));
}

#[test]
fn a_table_may_give_only_what_is_asked_for() {
    let world = things(TableSpec { only_asked: true, ..TableSpec::new("thing", "") }, 1);
    let want = json!({"id": 1, "version": 1, "deep": {"a": 1, "b": 2}});
    assert_eq!(first_raw(&world, &["deep.a"]), (want.clone(), want));
}

#[test]
fn changes_are_listed_since_a_cursor() {
    let world = things(TableSpec { change_filter: true, ..TableSpec::new("thing", "") }, 3);
    let cursor = list(&world, "s", "thing", None).1.cursor.unwrap();
    assert!(list(&world, "s", "thing", Some(&cursor)).0.is_empty());
    world.edit("s", "thing", "2", json!({"n": 20})).unwrap();
    world.edit("s", "thing", "3", json!({"n": 3})).unwrap();
    let (ids, done) = list(&world, "s", "thing", Some(&cursor));
    assert_eq!(ids, ["2"], "an edit that changes nothing is no change");
    assert_ne!(done.cursor.unwrap(), cursor);
    let mut sim = Sim::new(world, "s");
    let request = ReadRequest { resource: "thing".into(), fields: Vec::new(), since: Some("x".into()) };
    assert_eq!(sim.read(&Desk::default(), &request).unwrap_err().code, Code::Invalid);
}

#[test]
fn what_a_table_cannot_do_is_unsupported() {
    let mut sim = Sim::new(things(TableSpec { without: vec![Operation::Read], ..TableSpec::new("thing", "") }, 1), "s");
    let read = |sim: &mut Sim, resource: &str| {
        let request = ReadRequest { resource: resource.into(), fields: Vec::new(), since: None };
        sim.read(&Desk::default(), &request).unwrap_err()
    };
    assert_eq!(read(&mut sim, "thing").code, Code::Unsupported);
    let failure = read(&mut sim, "nothing");
    assert!(failure.code == Code::Unsupported && failure.text.contains("thing"), "{failure}");
    let nowhere = Sim::new(SimWorld::new(), "s").describe().unwrap_err();
    assert_eq!(nowhere.code, Code::NotConnected);
}

#[test]
fn the_ready_sets_describe_themselves() {
    for (side, specs) in [("accurate", ledger()), ("smh", hub())] {
        let world = SimWorld::pair();
        let mut sim = Sim::new(world.clone(), side);
        let manifest = sim.describe().unwrap();
        assert_eq!(manifest.name, side);
        let names: Vec<&str> = manifest.resources.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(names, specs.iter().map(|s| s.name.as_str()).collect::<Vec<_>>());
        for resource in &manifest.resources {
            let strong = resource.version.as_ref().unwrap().strength == Strength::Strong;
            assert_eq!((strong, resource.compare_and_set), (side == "smh", side == "smh"), "{}", resource.name);
            assert_eq!(resource.children.len(), usize::from(resource.name == "order"));
        }
        world.set_facts(side, json!({"branch": {"id": 100}}));
        let opened = sim.open(&Desk::default(), &OpenRequest::default()).unwrap();
        assert_eq!(opened.endpoint, format!("sim/{side}"));
        assert_eq!(opened.facts["branch"]["id"], 100);
        assert_eq!(world.journal(side), [Call::Open]);
    }
}
