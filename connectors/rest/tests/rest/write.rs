//! Writing: what is sent, one by one and in batches, and how each answer is taken.

use crate::fake::{Answer, FakeHost, connector, lost, ok, status, text, thing};
use selaras_connector_api::{
    ChildOp, ChildRow, Children, Code, Connector, Failure, Outcome, Transport, WriteItem, WriteOp, WriteRequest,
};
use selaras_connector_rest::Rest;
use serde_json::{Map, Value as Json, json};

const SINGLE: &str = r#"
create = { method = "POST", path = "{path}", record = "$.data" }
update = { method = "PATCH", path = "{path}/{id}", record = "$.data", if_match = '"{version}"' }
delete = { method = "DELETE", path = "{path}/{id}", if_match = '"{version}"' }
deactivate = { path = "state.active", value = false }
children = { lines = { style = "replace", id = "lineId", type = "integer" } }
numbers = ["price", "lines[].amount"]
"#;

const BATCH: &str = r#"
[resources.thing.batch]
path = "{path}/batch"
max = 3
items = "items"
item = { method = "do", id = "id", version = "version", data = "data" }
methods = { create = "make", update = "change", delete = "drop" }
results = "$.items"
status = "$.status"
record = "$.data"
"#;

fn batching() -> Rest {
    connector(&format!("{SINGLE}{BATCH}"))
}

fn item(op: WriteOp, number: u64) -> WriteItem {
    let id = (op != WriteOp::Create).then(|| format!("t{number}"));
    let fields = if op == WriteOp::Delete { Map::new() } else { members(json!({"name": format!("n{number}")})) };
    WriteItem { op, id, version: None, fields, children: Vec::new() }
}

fn members(value: Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

fn write(rest: &mut Rest, host: &FakeHost<'_>, items: Vec<WriteItem>) -> Vec<Outcome> {
    let count = items.len();
    let done = rest.write(host, &WriteRequest { resource: "thing".into(), items }).unwrap();
    assert_eq!(done.outcomes.len(), count);
    done.outcomes
}

/// `applied t1 v1`, `rejected Conflict name`, `unclear Unavailable`.
fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Applied { id, version, record } => {
            let version = version.as_deref().map_or(String::new(), |v| format!(" v{v}"));
            format!("applied {id}{version}{}", if record.is_some() { " with record" } else { "" })
        }
        Outcome::Rejected(f) => {
            format!("rejected {:?}{}", f.code, f.field.as_deref().map_or(String::new(), |f| format!(" {f}")))
        }
        Outcome::Unclear(f) => format!("unclear {:?}", f.code),
    }
}

/// The outcome of one write that is answered like this.
fn one(op: WriteOp, answer: impl Fn() -> Answer) -> String {
    let host = FakeHost::new(|_| answer());
    short(&write(&mut connector(SINGLE), &host, vec![item(op, 1)])[0])
}

fn error(code: &str) -> Json {
    json!({"error": {"code": code, "message": "words", "field": "name"}})
}

#[test]
fn singles_go_to_their_addresses_with_what_changes() {
    let host = FakeHost::new(|_| ok(&json!({"data": thing(1)})));
    let mut update = item(WriteOp::Update, 1);
    update.version = Some("7".into());
    let mut delete = item(WriteOp::Delete, 1);
    delete.version = Some("7".into());
    let items = vec![item(WriteOp::Create, 1), update, delete, item(WriteOp::Deactivate, 1)];
    let outcomes = write(&mut connector(SINGLE), &host, items);
    assert!(outcomes.iter().all(|o| short(o).starts_with("applied t1")), "{outcomes:?}");
    assert_eq!(host.calls(), ["POST /things", "PATCH /things/t1", "DELETE /things/t1", "PATCH /things/t1"]);
    assert_eq!(host.body(0), json!({"name": "n1"}));
    assert_eq!(host.body(3), json!({"name": "n1", "state": {"active": false}}));
    let asked = host.asked.borrow();
    let header = |at: usize, name| asked[at].headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert_eq!(header(1, "If-Match"), Some("\"7\""));
    assert_eq!(header(2, "If-Match"), Some("\"7\""));
    assert_eq!(header(3, "If-Match"), None, "no version is expected");
    assert_eq!(header(1, "Content-Type"), Some("application/json"));
    assert_eq!((header(2, "Content-Type"), asked[2].body.len()), (None, 0));
    assert!(asked.iter().all(|request| !request.repeatable), "no write may be sent twice");
}

#[test]
fn singles_fly_together_and_their_outcomes_keep_the_order() {
    let host = FakeHost::new(|request| {
        let number = request.url.rsplit('t').next().unwrap().parse::<u64>().unwrap();
        if number == 5 { status(409, &error("conflict")) } else { ok(&json!({"data": thing(number)})) }
    });
    let outcomes = write(&mut connector(SINGLE), &host, (1..=9).map(|n| item(WriteOp::Update, n)).collect());
    let got: Vec<String> = outcomes.iter().map(short).collect();
    assert_eq!(got[3..6], ["applied t4 v4 with record", "rejected Conflict name", "applied t6 v6 with record"]);
    assert_eq!(host.most_in_flight.get(), 4);
}

#[test]
fn each_answer_has_its_outcome() {
    use WriteOp::{Create, Delete, Update};
    let data = json!({"data": thing(1)});
    let cases: Vec<(WriteOp, Answer, &str)> = vec![
        (Create, status(201, &data), "applied t1 v1 with record"),
        (Create, text(201, ""), "unclear Protocol"),
        (Create, status(201, &json!({"data": {"name": "n"}})), "unclear Protocol"),
        (Create, text(200, "<html>"), "unclear Protocol"),
        (Create, status(303, &json!({})), "unclear Protocol"),
        (Create, status(404, &error("not_found")), "rejected NotFound name"),
        (Update, text(204, ""), "applied t1"),
        (Update, text(200, "{\"da"), "unclear Protocol"),
        (Update, ok(&json!({})), "unclear Protocol"),
        (Update, ok(&json!({"data": thing(2)})), "unclear Protocol"),
        (Update, status(404, &error("not_found")), "rejected NotFound name"),
        (Update, text(412, ""), "rejected VersionMismatch"),
        (Update, status(409, &error("unheard of")), "rejected Conflict name"),
        (Update, text(408, ""), "unclear Invalid"),
        (Update, text(429, ""), "rejected RateLimited"),
        (Update, text(500, ""), "unclear Unavailable"),
        (Update, status(503, &error("busy")), "unclear Unavailable"),
        (Update, status(503, &error("closed")), "rejected Unavailable name"),
        (Update, lost(), "unclear Unavailable"),
        (Update, Err(Transport::NotSent(Failure::new(Code::Unavailable, "down"))), "rejected Unavailable"),
        (Update, Err(Transport::Refused(Failure::new(Code::WriteRefused, "only looking"))), "rejected WriteRefused"),
        (Delete, text(204, ""), "applied t1"),
        (Delete, text(200, "gone!"), "unclear Protocol"),
        (Delete, status(404, &error("not_found")), "applied t1"),
        (Delete, text(404, "<html>"), "rejected NotFound"),
        (Delete, lost(), "unclear Unavailable"),
    ];
    for (op, answer, want) in cases {
        assert_eq!(one(op, || answer.clone()), want, "{op:?} {answer:?}");
    }
}

#[test]
fn children_replace_the_list_and_those_that_stay_carry_their_id() {
    let row = |op, id: Option<&str>, amount: &str| ChildRow {
        op,
        id: id.map(str::to_owned),
        fields: members(json!({"amount": amount, "code": "007"})),
    };
    let mut order = item(WriteOp::Update, 1);
    order.fields.insert("price".into(), json!("12345678901234567890.10"));
    order.children = vec![Children {
        path: "lines".into(),
        rows: vec![
            row(ChildOp::Keep, Some("11"), "1.50"),
            row(ChildOp::Delete, Some("12"), "2"),
            row(ChildOp::Add, None, "-3"),
            row(ChildOp::Update, Some("x"), "4"),
        ],
    }];
    let host = FakeHost::new(|_| ok(&json!({"data": thing(1)})));
    write(&mut connector(SINGLE), &host, vec![order.clone()]);
    let want = r#"{"lines":[{"amount":1.50,"code":"007","lineId":11},{"amount":-3,"code":"007"},{"amount":4,"code":"007","lineId":"x"}],"name":"n1","price":12345678901234567890.10}"#;
    assert_eq!(String::from_utf8(host.asked.borrow()[0].body.clone()).unwrap(), want, "numbers keep every digit");

    order.fields.insert("price".into(), json!("12,5"));
    let outcomes = write(&mut connector(SINGLE), &host, vec![order.clone()]);
    assert_eq!(short(&outcomes[0]), "rejected Invalid", "{outcomes:?}");
    order.children[0].path = "notes".into();
    assert_eq!(short(&write(&mut connector(SINGLE), &host, vec![order])[0]), "rejected Unsupported notes");
    assert_eq!(host.calls().len(), 1, "what cannot be said is not sent");
}

#[test]
fn a_batch_is_cut_into_calls_and_each_item_has_its_own_end() {
    let host = FakeHost::new(|request| {
        let body: Json = serde_json::from_slice(&request.body).unwrap();
        let result = |item: &Json| match item["data"]["name"].as_str().unwrap() {
            "n2" => json!({"status": 409, "error": {"code": "conflict", "field": "name", "message": "m"}}),
            "n4" => json!({"status": 500}),
            name => json!({"status": 201, "data": thing(name[1..].parse().unwrap())}),
        };
        ok(&json!({"items": body["items"].as_array().unwrap().iter().map(result).collect::<Vec<_>>()}))
    });
    let outcomes = write(&mut batching(), &host, (1..=5).map(|n| item(WriteOp::Create, n)).collect());
    let got: Vec<String> = outcomes.iter().map(short).collect();
    let want = [
        "applied t1 v1 with record",
        "rejected Conflict name",
        "applied t3 v3 with record",
        "unclear Unavailable",
        "applied t5 v5 with record",
    ];
    assert_eq!(got, want);
    assert_eq!(host.calls(), ["POST /things/batch", "POST /things/batch"]);
    assert_eq!(
        host.body(1),
        json!({"items": [{"do": "make", "data": {"name": "n4"}}, {"do": "make", "data": {"name": "n5"}}]})
    );
    assert_eq!(host.most_in_flight.get(), 1, "the items of a request keep their order");
}

#[test]
fn a_batch_carries_ids_versions_and_deletes() {
    let host =
        FakeHost::new(|_| ok(&json!({"items": [{"status": 204}, {"status": 404, "error": {"code": "not_found"}}]})));
    let mut items = vec![item(WriteOp::Delete, 1), item(WriteOp::Delete, 2)];
    items[0].version = Some("3".into());
    let outcomes = write(&mut batching(), &host, items);
    assert_eq!(outcomes.iter().map(short).collect::<Vec<_>>(), ["applied t1", "applied t2"]);
    assert_eq!(host.body(0), json!({"items": [{"do": "drop", "id": "t1", "version": 3}, {"do": "drop", "id": "t2"}]}));
    let host = FakeHost::new(|_| ok(&json!({"items": [{"status": 200, "data": thing(1)}]})));
    write(&mut batching(), &host, vec![item(WriteOp::Deactivate, 1)]);
    assert_eq!(host.body(0)["items"][0]["do"], "change");
}

#[test]
fn a_batch_that_fails_as_a_whole() {
    let whole = |answer: Answer, op| {
        let host = FakeHost::new(move |_| answer.clone());
        let outcomes = write(&mut batching(), &host, vec![item(op, 1), item(op, 2)]);
        assert_eq!(short(&outcomes[0]), short(&outcomes[1]));
        short(&outcomes[0])
    };
    assert_eq!(whole(text(502, "<html>"), WriteOp::Create), "unclear Unavailable");
    assert_eq!(whole(lost(), WriteOp::Update), "unclear Unavailable");
    assert_eq!(whole(text(401, ""), WriteOp::Update), "rejected Unauthorised");
    assert_eq!(whole(text(200, "oops"), WriteOp::Update), "unclear Protocol");
    assert_eq!(whole(ok(&json!({"items": [{"status": 200, "data": thing(1)}]})), WriteOp::Update), "unclear Protocol");
    assert_eq!(
        whole(status(404, &error("not_found")), WriteOp::Delete),
        "rejected NotFound name",
        "the batch is gone, not the record"
    );
    let refused = Err(Transport::NotSent(Failure::new(Code::Unavailable, "down")));
    assert_eq!(whole(refused, WriteOp::Create), "rejected Unavailable");
}

#[test]
fn a_batch_that_fails_as_a_whole_says_what_was_asked() {
    for (op, word) in [(WriteOp::Create, "create"), (WriteOp::Update, "update"), (WriteOp::Delete, "delete")] {
        let host = FakeHost::new(|_| text(502, "<html>"));
        let outcomes = write(&mut batching(), &host, vec![item(op, 1)]);
        let Outcome::Unclear(failure) = &outcomes[0] else { panic!("{outcomes:?}") };
        assert!(failure.text.starts_with(&format!("the {word} of a record of `thing`")), "{}", failure.text);
    }
}

#[test]
fn what_was_not_sent_before_a_cancel_is_rejected() {
    let good = || {
        ok(
            &json!({"items": [{"status": 201, "data": thing(1)}, {"status": 201, "data": thing(2)}, {"status": 201, "data": thing(3)}]}),
        )
    };
    let host = FakeHost::new(|_| good());
    host.cancel_after.set(Some(1));
    let outcomes = write(&mut batching(), &host, (1..=5).map(|n| item(WriteOp::Create, n)).collect());
    assert_eq!(short(&outcomes[2]), "applied t3 v3 with record");
    assert_eq!(short(&outcomes[3]), "rejected Cancelled");
    let host = FakeHost::new(|_| ok(&json!({"data": thing(1)})));
    host.cancel_after.set(Some(2));
    let outcomes = write(&mut connector(SINGLE), &host, (1..=5).map(|_| item(WriteOp::Create, 1)).collect());
    let sent = outcomes.iter().filter(|o| matches!(o, Outcome::Applied { .. })).count();
    assert_eq!((sent, host.calls().len()), (2, 2), "what was sent has its outcome");
}

#[test]
fn impossible_writes_are_rejected_unsent() {
    let host = FakeHost::new(|_| lost());
    let mut nobody = item(WriteOp::Update, 1);
    nobody.id = None;
    assert_eq!(short(&write(&mut connector(SINGLE), &host, vec![nobody])[0]), "rejected Internal");
    let outcomes = write(&mut connector(""), &host, vec![item(WriteOp::Deactivate, 1)]);
    assert_eq!(short(&outcomes[0]), "rejected Unsupported");
    assert!(host.calls().is_empty());
}

/// A number may have more digits than a binary float holds; what is told of the record is what will be read later.
#[test]
fn the_stored_record_keeps_every_digit() {
    let mut rest = connector(SINGLE);
    let host = FakeHost::new(|_| text(200, r#"{"data":{"id":"t1","price":12345678901234567.891,"small":0.5}}"#));
    let outcomes = write(&mut rest, &host, vec![item(WriteOp::Update, 1)]);
    let Outcome::Applied { record: Some(record), .. } = &outcomes[0] else { panic!("{outcomes:?}") };
    assert_eq!(record, &json!({"id": "t1", "price": "12345678901234567.891", "small": 0.5}));
}
