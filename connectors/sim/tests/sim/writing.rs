//! Writing: the rules of tables, versions, children in both styles, references, numbers.

use crate::desk::{Desk, get, item, members, short, write, write_one};
use WriteOp::{Create, Deactivate, Delete, Update};
use selaras_connector_api::{
    ChildOp, ChildRow, ChildStyle, Children, Connector, Outcome, Strength, WriteItem, WriteOp, WriteRequest,
};
use selaras_connector_sim::{Call, Sim, SimWorld, TableSpec};
use serde_json::{Value as Json, json};

fn pair() -> SimWorld {
    let world = SimWorld::pair();
    world.put("accurate", "term", json!({"name": "net 30"})).unwrap();
    world.put("accurate", "item", json!({"name": "Kopi", "no": "K1"})).unwrap();
    world.put("accurate", "customer", json!({"name": "Toko A", "customerNo": "C1", "termName": "net 30"})).unwrap();
    world.put("smh", "product", json!({"name": "Kopi"})).unwrap();
    world.put("smh", "customer", json!({"name": "Toko A", "partnerId": "50"})).unwrap();
    world
}

fn row(op: ChildOp, id: Option<&str>, fields: Json) -> ChildRow {
    ChildRow { op, id: id.map(str::to_owned), fields: members(fields) }
}

fn with_rows(mut item: WriteItem, path: &str, rows: Vec<ChildRow>) -> WriteItem {
    item.children = vec![Children { path: path.into(), rows }];
    item
}

#[test]
fn creates_get_id_version_number_and_time() {
    let world = pair();
    world.set_now("smh", "2026-05-02T09:15:00+07:00");
    let outcome = write_one(&world, "smh", "customer", item(Create, None, json!({"name": "Toko B"})));
    let Outcome::Applied { id, version, record } = outcome else { panic!("{outcome:?}") };
    assert_eq!((id.as_str(), version.as_deref()), ("cus-000002", Some("1")));
    let want = json!({"id": "cus-000002", "version": 1, "code": "CS-00002", "name": "Toko B", "updatedAt": "2026-05-02T09:15:00+07:00"});
    assert_eq!(record, Some(want.clone()));
    assert_eq!(world.record("smh", "customer", "cus-000002"), Some(want));
}

#[test]
fn numbers_skip_those_taken() {
    let world = pair();
    world.put("smh", "customer", json!({"name": "x", "code": "CS-00002"})).unwrap();
    let id = world.put("smh", "customer", json!({"name": "y"})).unwrap();
    assert_eq!(world.record("smh", "customer", &id).unwrap()["code"], "CS-00003");
}

#[test]
fn each_rule_refuses_by_its_own_code() {
    let world = pair();
    world.put("smh", "term", json!({"name": "old", "status": "inactive"})).unwrap();
    let cases = [
        (item(Create, None, json!({"name": null})), "rejected Invalid name"),
        (item(Create, None, json!({"name": "x", "colour": 1})), "rejected Invalid colour"),
        (item(Create, None, json!({"name": "x", "version": 1})), "rejected Invalid version"),
        (item(Create, None, json!({"name": "x", "partnerId": "50"})), "rejected Conflict partnerId"),
        (item(Create, None, json!({"name": "x", "code": "CS-00001"})), "rejected Conflict code"),
        (
            item(Create, None, json!({"name": "x", "paymentTermId": "trm-000009"})),
            "rejected ReferenceMissing paymentTermId",
        ),
        (
            item(Create, None, json!({"name": "x", "paymentTermId": "trm-000001"})),
            "rejected InactiveReference paymentTermId",
        ),
        (item(Update, Some("cus-000009"), json!({"name": "x"})), "rejected NotFound"),
        (item(Update, None, json!({"name": "x"})), "rejected Internal"),
        (item(Delete, Some("cus-000009"), json!({})), "applied cus-000009"),
        (item(Update, Some("cus-000001"), json!({"partnerId": "50"})), "applied cus-000001 v1"),
    ];
    for (item, want) in cases {
        let shown = format!("{item:?}");
        assert_eq!(short(&write_one(&world, "smh", "customer", item)), want, "{shown}");
    }
    assert_eq!(world.records("smh", "customer").len(), 1, "what is refused leaves nothing behind");
    assert_eq!(world.effects("smh"), 0);
}

#[test]
fn a_version_expected_is_compared_where_the_table_can() {
    let world = pair();
    let mut late = item(Update, Some("cus-000001"), json!({"city": "Bogor"}));
    late.version = Some("1".into());
    assert_eq!(short(&write_one(&world, "smh", "customer", late.clone())), "applied cus-000001 v2");
    assert_eq!(short(&write_one(&world, "smh", "customer", late.clone())), "rejected VersionMismatch");
    late.op = Delete;
    assert_eq!(short(&write_one(&world, "smh", "customer", late)), "rejected VersionMismatch");
    let mut other = item(Update, Some("1"), json!({"notes": "n"}));
    other.version = Some("99".into());
    assert_eq!(short(&write_one(&world, "accurate", "customer", other)), "applied 1 v2", "this one cannot compare");
}

#[test]
fn only_what_is_named_changes_and_null_clears() {
    let world = pair();
    write(
        &world,
        "smh",
        "customer",
        vec![
            item(Update, Some("cus-000001"), json!({"city": "Bogor", "partnerId": null})),
            item(Deactivate, Some("cus-000001"), json!({})),
        ],
    );
    let record = world.record("smh", "customer", "cus-000001").unwrap();
    assert_eq!(record["name"], "Toko A");
    assert_eq!(
        (&record["city"], &record["partnerId"], &record["status"]),
        (&json!("Bogor"), &Json::Null, &json!("inactive"))
    );
    assert_eq!(record["version"], 3);
    world.put("smh", "customer", json!({"name": "x", "partnerId": "50"})).expect("the partner id is free again");
}

#[test]
fn references_by_name_are_written_and_read_under_different_names() {
    let world = pair();
    assert_eq!(world.record("accurate", "customer", "1").unwrap()["term"], json!({"id": 1, "name": "net 30"}));
    assert_eq!(world.record("accurate", "customer", "1").unwrap().get("termName"), None);
    let wrong = item(Update, Some("1"), json!({"termName": "net 60"}));
    assert_eq!(short(&write_one(&world, "accurate", "customer", wrong)), "rejected ReferenceMissing termName");
    write_one(&world, "accurate", "customer", item(Update, Some("1"), json!({"termName": null})));
    assert_eq!(world.record("accurate", "customer", "1").unwrap()["term"], Json::Null);
}

#[test]
fn what_is_used_stays_and_may_go_out_of_use() {
    let world = pair();
    let order =
        json!({"transDate": "2026-05-02", "customerNo": "C1", "detailItem": [{"itemNo": "K1", "quantity": "1"}]});
    world.put("accurate", "order", order).unwrap();
    let delete = |table: &str| short(&write_one(&world, "accurate", table, item(Delete, Some("1"), json!({}))));
    assert_eq!(
        (delete("term"), delete("item"), delete("customer")),
        ("rejected InUse".into(), "rejected InUse".into(), "rejected InUse".into())
    );
    assert_eq!(short(&write_one(&world, "accurate", "item", item(Deactivate, Some("1"), json!({})))), "applied 1 v2");
    let edit = item(Update, Some("1"), json!({"description": "keeps the item that it has"}));
    assert_eq!(short(&write_one(&world, "accurate", "order", edit)), "applied 1 v2");
    assert_eq!(delete("order"), "applied 1");
    assert_eq!(delete("item"), "applied 1");
    assert_eq!(get(&world, "accurate", "item", &["1"]).1.gone, ["1"]);
    let id = world.put("accurate", "item", json!({"name": "Teh"})).unwrap();
    assert_eq!(id, "2", "no id comes twice");
}

#[test]
fn additive_children_leave_the_others_alone() {
    let world = pair();
    let first = item(Create, None, json!({"transDate": "2026-05-02"}));
    let rows = vec![
        row(ChildOp::Add, None, json!({"itemNo": "K1", "quantity": "1"})),
        row(ChildOp::Add, None, json!({"itemNo": "K1", "quantity": "2"})),
        row(ChildOp::Add, None, json!({"itemNo": "K1", "quantity": "3"})),
    ];
    assert_eq!(short(&write_one(&world, "accurate", "order", with_rows(first, "detailItem", rows))), "applied 1 v1");
    let rows = vec![
        row(ChildOp::Update, Some("2"), json!({"quantity": "20"})),
        row(ChildOp::Delete, Some("3"), json!({})),
        row(ChildOp::Add, None, json!({"itemNo": "K1", "quantity": "4"})),
    ];
    let second = with_rows(item(Update, Some("1"), json!({})), "detailItem", rows);
    assert_eq!(
        short(&write_one(&world, "accurate", "order", second)),
        "applied 1 v1",
        "a weak version does not see children"
    );
    let kopi = json!({"id": 1, "no": "K1"});
    let want = json!([
        {"id": 1, "item": kopi, "quantity": "1"},
        {"id": 2, "item": kopi, "quantity": "20"},
        {"id": 4, "item": kopi, "quantity": "4"},
    ]);
    assert_eq!(world.record("accurate", "order", "1").unwrap()["detailItem"], want);
    let wrong =
        with_rows(item(Update, Some("1"), json!({})), "detailItem", vec![row(ChildOp::Update, Some("9"), json!({}))]);
    assert_eq!(short(&write_one(&world, "accurate", "order", wrong)), "rejected Invalid detailItem");
    let wrong = with_rows(item(Update, Some("1"), json!({})), "notes", vec![row(ChildOp::Add, None, json!({"x": 1}))]);
    assert_eq!(short(&write_one(&world, "accurate", "order", wrong)), "rejected Invalid notes[].x");
}

#[test]
fn replaced_children_are_what_was_sent() {
    let world = pair();
    let line = |quantity: &str| json!({"productId": "prd-000001", "quantity": quantity});
    let order = json!({"date": "2026-05-02", "customerId": "cus-000001", "lines": [line("1"), line("2"), line("3")]});
    world.put("smh", "order", order).unwrap();
    world.force("smh", "order", "ord-000001", |record| record["lines"][1]["hidden"] = json!("gift")).unwrap();
    let rows = vec![
        row(ChildOp::Add, None, line("9")),
        row(ChildOp::Keep, Some("ord-line-000002"), line("2")),
        row(ChildOp::Delete, Some("ord-line-000001"), json!({})),
    ];
    let update = with_rows(item(Update, Some("ord-000001"), json!({})), "lines", rows);
    assert_eq!(short(&write_one(&world, "smh", "order", update)), "applied ord-000001 v2");
    let want = json!([
        {"id": "ord-line-000004", "productId": "prd-000001", "quantity": "9"},
        {"id": "ord-line-000002", "productId": "prd-000001", "quantity": "2"},
    ]);
    assert_eq!(world.record("smh", "order", "ord-000001").unwrap()["lines"], want);
    let wrong = with_rows(
        item(Update, Some("ord-000001"), json!({})),
        "lines",
        vec![row(ChildOp::Add, None, json!({"productId": "prd-9"}))],
    );
    assert_eq!(short(&write_one(&world, "smh", "order", wrong)), "rejected ReferenceMissing productId");
}

#[test]
fn writes_go_in_calls_of_the_tables_batch() {
    let world = SimWorld::new().with_side("s", vec![TableSpec { batch: 2, ..TableSpec::new("thing", "") }]);
    let outcomes = write(&world, "s", "thing", (0..5).map(|n| item(Create, None, json!({"n": n}))).collect());
    assert_eq!(
        outcomes.iter().map(short).collect::<Vec<_>>(),
        ["applied 1 v1", "applied 2 v1", "applied 3 v1", "applied 4 v1", "applied 5 v1"]
    );
    let sizes: Vec<usize> = world
        .journal("s")
        .iter()
        .map(|call| match call {
            Call::Write { items, .. } => items.len(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(sizes, [2, 2, 1]);
    assert_eq!(world.effects("s"), 5);
    world.forget("s");
    assert!(world.journal("s").is_empty());
    let request = WriteRequest { resource: "nothing".into(), items: Vec::new() };
    assert!(Sim::new(world, "s").write(&Desk::default(), &request).is_err());
}

#[test]
fn compound_keys_are_unique_together_and_versions_may_be_absent() {
    let mut spec = TableSpec::new("thing", "").version(None).children("rows", ChildStyle::Replace, Vec::new());
    spec.unique.push(vec!["a".into(), "b".into()]);
    let world = SimWorld::new().with_side("s", vec![spec]);
    let make = |fields: Json| short(&write_one(&world, "s", "thing", item(Create, None, fields)));
    assert_eq!(make(json!({"a": 1, "b": 1})), "applied 1");
    assert_eq!(make(json!({"a": 1, "b": 2})), "applied 2");
    assert_eq!(make(json!({"a": 1})), "applied 3");
    assert_eq!(make(json!({"a": 1})), "applied 4", "null is never twice the same");
    assert_eq!(make(json!({"a": 1, "b": 2})), "rejected Conflict a");
    world.remove("s", "thing", "2").unwrap();
    assert_eq!(make(json!({"a": 1, "b": 2})), "applied 5");
    let strong = TableSpec::new("t", "").version(Some(("v", Strength::Strong)));
    assert!(strong.resource().compare_and_set);
}
