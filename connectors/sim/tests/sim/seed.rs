//! The connector as a library makes it: from text, or empty.

use crate::desk::Desk;
use selaras_connector_api::{Code, Connector, ReadRequest};
use selaras_connector_sim::new;
use serde_json::json;

fn rows(sim: &mut dyn Connector, table: &str) -> usize {
    let desk = Desk::default();
    sim.read(&desk, &ReadRequest { resource: table.into(), fields: Vec::new(), since: None }).unwrap();
    desk.emitted.borrow().len()
}

#[test]
fn without_text_the_world_is_empty() {
    let manifest = new(None).unwrap().describe().unwrap();
    assert_eq!((manifest.name.as_str(), manifest.resources.len()), ("sim", 0));
}

#[test]
fn text_makes_tables_records_and_faults() {
    let text = json!({
        "side": "left",
        "set": "hub",
        "tables": [{"name": "thing", "unique": [["n"]]}],
        "records": {
            "customer": [{"name": "A", "paymentTermId": "trm-000001"}],
            "term": [{"name": "net"}],
            "thing": [{"n": 1}, {"n": 2}],
        },
        "faults": {"end_early": {"after": 1, "admits": true}, "lose_answer": {"nth": [1]}},
        "now": "2026-05-02T09:15:00+07:00",
    });
    let mut sim = new(Some(&text.to_string())).unwrap();
    assert_eq!(sim.describe().unwrap().name, "left");
    assert_eq!((rows(&mut *sim, "customer"), rows(&mut *sim, "thing")), (1, 1));
}

#[test]
fn text_that_makes_no_sense_is_refused() {
    let cases = [
        ("{", "wrong"),
        (r#"{"sides": 1}"#, "unknown field `sides`"),
        (r#"{"records": {"x": []}}"#, "`x`, which is no table"),
        (r#"{"set": "hub", "records": {"term": [{"name": "a"}, {"name": "a"}]}}"#, "record 2 of `term`"),
    ];
    for (text, want) in cases {
        let failure = new(Some(text)).err().unwrap();
        assert_eq!(failure.code, Code::Settings);
        assert!(failure.text.contains(want), "{failure}");
    }
}
