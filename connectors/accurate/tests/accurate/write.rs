//! Saves and deletes: what is sent, how many calls, and yes, no or nobody knows for each item.

use crate::script::*;
use selaras_connector_api::{
    ChildOp, ChildRow, Children, Code, HttpRequest, Outcome, Transport, WriteItem, WriteOp, WriteRequest,
};
use serde_json::{Map, Value as Json, json};

fn members(value: Json) -> Map<String, Json> {
    let Json::Object(members) = value else { panic!("an object") };
    members
}

fn item(op: WriteOp, id: Option<u64>, fields: Json) -> WriteItem {
    WriteItem { op, id: id.map(|id| id.to_string()), version: None, fields: members(fields), children: Vec::new() }
}

fn creates(count: usize) -> Vec<WriteItem> {
    (0..count)
        .map(|n| item(WriteOp::Create, None, json!({"name": format!("Toko {n}"), "customerNo": format!("C.{n}")})))
        .collect()
}

fn updates(ids: impl IntoIterator<Item = u64>) -> Vec<WriteItem> {
    ids.into_iter().map(|id| item(WriteOp::Update, Some(id), json!({"name": "Toko"}))).collect()
}

fn write(host: &Scripted<'_>, resource: &str, items: Vec<WriteItem>) -> Vec<Outcome> {
    let count = items.len();
    let done = opened().write(host, &WriteRequest { resource: resource.into(), items }).unwrap();
    assert!(host.all_taken());
    assert_eq!(done.outcomes.len(), count, "one outcome per item");
    done.outcomes
}

/// One word per outcome: applied with the id, rejected or unclear with the code.
fn words(outcomes: &[Outcome]) -> Vec<String> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Applied { id, .. } => format!("applied {id}"),
        Outcome::Rejected(failure) => format!("rejected {:?}", failure.code),
        Outcome::Unclear(failure) => format!("unclear {:?}", failure.code),
    };
    outcomes.iter().map(word).collect()
}

fn records_in(request: &HttpRequest) -> usize {
    let body = String::from_utf8(request.body.clone()).unwrap();
    (0..).take_while(|at| body.contains(&format!("data[{at}]."))).count()
}

fn saved(id: u64) -> String {
    format!(r#"{{"s":true,"d":["Pelanggan \"Toko\" berhasil disimpan"],"r":{{"id":{id},"optLock":1,"name":"Toko"}}}}"#)
}

fn bulk(envelopes: &[String]) -> Answer {
    let all = envelopes.iter().all(|envelope| envelope.starts_with(r#"{"s":true"#));
    ok(format!(r#"{{"s":{all},"d":[{}]}}"#, envelopes.join(",")))
}

const TAKEN: &str = r#"{"s":false,"d":["Sudah ada data lain dengan Kode Pelanggan \"C.1\""]}"#;

#[test]
fn a_bulk_save_in_full() {
    let host = Scripted::new(|_, _| bulk(&[saved(201), saved(202)]));
    let items = vec![
        item(
            WriteOp::Create,
            None,
            json!({"customerNo": "C.1", "name": "Toko \"A&B\" + Co", "billStreet": "Jl. Merdeka 1\nBlok C", "customerLimitAmount": true, "customerLimitAmountValue": "1500000.50"}),
        ),
        item(
            WriteOp::Create,
            None,
            json!({"name": "Toko Dua", "email": null, "salesmanListNumber": ["E-01", "E-02"], "defaultSalesDisc": "5+2%"}),
        ),
    ];
    assert_eq!(words(&write(&host, "customer", items)), ["applied 201", "applied 202"]);
    insta::assert_snapshot!("bulk_save", host.transcript());
    assert!(!host.requests()[0].repeatable);
}

#[test]
fn an_order_with_lines_in_full() {
    let host = Scripted::new(|_, _| ok(r#"{"s":true,"d":["ok"],"r":{"id":82994,"optLock":9}}"#));
    let mut order =
        item(WriteOp::Update, Some(82994), json!({"description": "Tolong kirim pagi", "shipDate": "17/03/2026"}));
    let row = |op, id: Option<&str>, fields| ChildRow { op, id: id.map(str::to_owned), fields: members(fields) };
    order.children.push(Children {
        path: "detailItem".into(),
        rows: vec![
            row(ChildOp::Keep, Some("11"), json!({"quantity": "4"})),
            row(ChildOp::Update, Some("12"), json!({"quantity": "4.5", "itemDiscPercent": "5+2"})),
            row(ChildOp::Delete, Some("13"), json!({})),
            row(ChildOp::Add, None, json!({"itemNo": "FG-VP40PCS-00", "unitPrice": "134400", "useTax1": true})),
        ],
    });
    assert_eq!(words(&write(&host, "sales-order", vec![order])), ["applied 82994"]);
    insta::assert_snapshot!("order_save", host.transcript());
}

#[test]
fn bulk_takes_a_hundred_a_call() {
    let host = Scripted::new(|request, _| {
        if request.url.ends_with("/bulk-save.do") { bulk(&vec![saved(7); records_in(request)]) } else { ok(saved(7)) }
    });
    let outcomes = write(&host, "customer", creates(201));
    assert!(words(&outcomes).iter().all(|word| word == "applied 7"));
    let sizes: Vec<usize> = host.requests().iter().map(records_in).collect();
    assert_eq!(sizes, [100, 100, 0]);
    assert!(host.requests()[2].url.ends_with("/customer/save.do"), "the lone one goes by save.do");
    assert_eq!(host.most_in_flight(), 3);
}

#[test]
fn modules_without_bulk_save_one_by_one() {
    let host = Scripted::new(|_, _| ok(saved(7)));
    for resource in ["employee", "warehouse", "price-category"] {
        write(&host, resource, creates(2));
    }
    let calls = host.calls();
    assert_eq!(calls.len(), 6);
    assert!(calls.iter().all(|call| call.starts_with("POST") && call.ends_with("/save.do") && !call.contains("bulk")));
}

#[test]
fn some_of_a_bulk_save_succeed() {
    let host = Scripted::new(|_, _| {
        bulk(&[
            saved(201),
            TAKEN.into(),
            r#"{"s":false,"d":"Syarat Pembayaran \"net 90\" tidak ditemukan atau sudah dihapus"}"#.into(),
            r#"{"d":["?"]}"#.into(),
            r#"{"s":true,"d":["ok"]}"#.into(),
        ])
    });
    let outcomes = write(&host, "customer", creates(5));
    assert_eq!(
        words(&outcomes),
        ["applied 201", "rejected Conflict", "rejected ReferenceMissing", "unclear Protocol", "unclear Protocol"]
    );
    let Outcome::Rejected(taken) = &outcomes[1] else { panic!("rejected") };
    assert_eq!(taken.field.as_deref(), Some("customerNo"));
    assert_eq!(taken.text, "Sudah ada data lain dengan Kode Pelanggan \"C.1\"");
    let Outcome::Rejected(reference) = &outcomes[2] else { panic!("rejected") };
    assert_eq!(reference.field.as_deref(), Some("termName"));
}

#[test]
fn a_bulk_answer_of_another_length_is_unclear_for_all() {
    for count in [1, 3] {
        let host = Scripted::new(|_, _| bulk(&vec![saved(1); count]));
        assert_eq!(words(&write(&host, "customer", creates(2))), ["unclear Protocol", "unclear Protocol"]);
    }
    let host = Scripted::new(|_, _| ok(r#"{"s":true,"d":[]}"#));
    assert_eq!(words(&write(&host, "customer", creates(2))), ["unclear Protocol", "unclear Protocol"]);
}

#[test]
fn a_bulk_call_refused_as_a_whole_is_a_no_for_all() {
    let host = Scripted::new(|_, _| ok(r#"{"s":false,"d":["Data melebihi batas maksimal"]}"#));
    assert_eq!(words(&write(&host, "customer", creates(2))), ["rejected Invalid", "rejected Invalid"]);
}

#[test]
fn an_answer_about_another_record_is_not_believed() {
    let host = Scripted::new(|_, _| bulk(&[saved(51), saved(50)]));
    assert_eq!(words(&write(&host, "customer", updates([50, 51]))), ["unclear Protocol", "unclear Protocol"]);
    let host = Scripted::new(|_, _| ok(r#"{"s":true,"d":["ok"]}"#));
    assert_eq!(words(&write(&host, "customer", updates([50]))), ["applied 50"], "an update knows its id");
}

#[test]
fn the_record_stored_comes_back_unrounded() {
    let host = Scripted::new(|_, _| {
        ok(
            r#"{"s":true,"d":["ok"],"r":{"id":5,"optLock":2,"customerLimitAmountValue":123456789012.123456,"x":134400.0}}"#,
        )
    });
    let outcomes = write(&host, "customer", updates([5]));
    let Outcome::Applied { version, record: Some(record), .. } = &outcomes[0] else { panic!("{outcomes:?}") };
    assert_eq!(version.as_deref(), Some("2"));
    assert_eq!(record["x"].to_string(), "134400.0");
    assert_eq!(record["customerLimitAmountValue"].to_string().trim_matches('"'), "123456789012.123456");
}

#[test]
fn yes_no_or_nobody_knows() {
    let lost = || Err(Transport::AnswerLost(failure("timed out")));
    let unsent = || Err(Transport::NotSent(failure("no route")));
    let xml = || {
        status(
            403,
            "<InsufficientScopeException><error>insufficient_scope</error><scope>customer_save</scope></InsufficientScopeException>",
        )
    };
    type Case = (fn() -> Answer, &'static str);
    let table: [Case; 10] = [
        (|| ok(saved(50)), "applied 50"),
        (|| ok(TAKEN), "rejected Conflict"),
        (|| status(400, TAKEN), "rejected Conflict"),
        (|| status(500, TAKEN), "unclear Unavailable"),
        (bad_gateway, "unclear Unavailable"),
        (lost, "unclear Unavailable"),
        (unsent, "rejected Unavailable"),
        (xml, "rejected Forbidden"),
        (|| status(429, "<html></html>"), "rejected RateLimited"),
        (|| ok(r#"{"s":true,"d":["Pelanggan "#), "unclear Protocol"),
    ];
    for (answer, word) in table {
        let host = Scripted::new(|_, _| answer());
        assert_eq!(words(&write(&host, "customer", updates([50]))), [word]);
        assert_eq!(host.requests().len(), 1, "a save is never repeated: {word}");
        if word.contains("Conflict") || word.starts_with("applied") {
            continue;
        }
        let host = Scripted::new(|_, _| answer());
        assert_eq!(words(&write(&host, "customer", updates([50, 51]))), [word, word], "in bulk");
    }
}

#[test]
fn a_lost_session_is_a_definite_no_and_the_save_goes_out_again_once() {
    let host =
        Scripted::new(
            |request, before| {
                if before == 0 { lost_session() } else { opening(request).unwrap_or_else(|| ok(saved(50))) }
            },
        );
    assert_eq!(words(&write(&host, "customer", updates([50]))), ["applied 50"]);
    assert_eq!(
        host.calls(),
        ["POST accurate/api/customer/save.do", "GET api/open-db.do?id=1234567", "POST accurate/api/customer/save.do"]
    );
    let host = Scripted::new(|request, _| opening(request).unwrap_or_else(lost_session));
    assert_eq!(words(&write(&host, "customer", updates([50]))), ["rejected NotConnected"]);
    assert_eq!(host.requests().len(), 3);
}

#[test]
fn a_session_that_cannot_be_opened_again_is_a_no() {
    let host =
        Scripted::new(|request, _| if request.url.contains("open-db.do") { dead_token() } else { lost_session() });
    assert_eq!(words(&write(&host, "customer", updates([50]))), ["rejected Unauthorised"]);
}

#[test]
fn a_save_follows_a_move_with_its_body() {
    let host = Scripted::new(|request, _| {
        if request.url.starts_with("https://zeus.") { moved("https://iris.accurate.id") } else { ok(saved(50)) }
    });
    assert_eq!(words(&write(&host, "customer", updates([50]))), ["applied 50"]);
    let requests = host.requests();
    assert_eq!(requests[1].url, "https://iris.accurate.id/accurate/api/customer/save.do");
    assert_eq!(
        (&requests[0].method, &requests[0].headers, &requests[0].body),
        (&requests[1].method, &requests[1].headers, &requests[1].body)
    );
}

#[test]
fn deletes_one_by_one_and_gone_is_done() {
    let host = Scripted::new(|request, _| match parameter(request, "id") {
        Some("2") => ok(r#"{"s":false,"d":["Pelanggan tidak ditemukan atau sudah dihapus"]}"#),
        Some("3") => ok(r#"{"s":false,"d":["Pelanggan \"X\" sudah digunakan di Pesanan Penjualan"]}"#),
        Some("4") => bad_gateway(),
        Some("5") => Err(Transport::AnswerLost(failure("timed out"))),
        _ => ok(r#"{"s":true,"d":["Pelanggan \"X\" berhasil dihapus"]}"#),
    });
    let items = (1..=5).map(|id| item(WriteOp::Delete, Some(id), json!({}))).collect();
    assert_eq!(
        words(&write(&host, "customer", items)),
        ["applied 1", "applied 2", "rejected InUse", "unclear Unavailable", "unclear Unavailable"]
    );
    assert_eq!(host.calls()[0], "DELETE accurate/api/customer/delete.do?id=1");
    assert_eq!(host.most_in_flight(), 5);
}

#[test]
fn deactivating_sends_nothing_but_that() {
    let host = Scripted::new(|_, _| ok(saved(50)));
    write(&host, "employee", vec![item(WriteOp::Deactivate, Some(50), json!({"name": "x"}))]);
    assert_eq!(String::from_utf8(host.requests()[0].body.clone()).unwrap(), "id=50&suspended=true");
}

#[test]
fn an_item_that_cannot_be_sent_does_not_hold_up_the_others() {
    let host = Scripted::new(|request, _| bulk(&vec![saved(7); records_in(request)]));
    let mut items = creates(3);
    items[1].id = Some("9".into());
    assert_eq!(words(&write(&host, "customer", items)), ["applied 7", "rejected Invalid", "applied 7"]);
    let host = Scripted::new(|_, _| panic!("nothing is to be sent"));
    let items = vec![item(WriteOp::Delete, None, json!({}))];
    assert_eq!(words(&write(&host, "customer", items)), ["rejected Invalid"]);
}

#[test]
fn what_a_module_cannot_do_is_refused_before_anything_is_sent() {
    let mut accurate = opened();
    let host = Scripted::new(|_, _| panic!("nothing is to be sent"));
    for (resource, op) in [("price-category", WriteOp::Delete), ("unit", WriteOp::Deactivate)] {
        let items = vec![item(op, Some(50), json!({}))];
        let failure = accurate.write(&host, &WriteRequest { resource: resource.into(), items }).unwrap_err();
        assert_eq!(failure.code, Code::Unsupported);
    }
}

#[test]
fn a_run_that_ends_says_what_was_not_sent() {
    let host = Scripted::new(|_, _| ok(saved(7))).cancel_after(2);
    let outcomes = write(&host, "employee", creates(4));
    assert_eq!(words(&outcomes), ["applied 7", "applied 7", "rejected Cancelled", "rejected Cancelled"]);
}

#[test]
fn a_dead_token_stops_sending_and_every_item_hears_of_it() {
    let host = Scripted::new(|_, _| dead_token());
    let outcomes = write(&host, "employee", creates(50));
    assert!(words(&outcomes).iter().all(|word| word == "rejected Unauthorised"), "{:?}", words(&outcomes));
    assert_eq!(host.requests().len(), 8);
}

#[test]
fn a_host_that_only_reads_is_believed() {
    let refused = || Err(Transport::Refused(selaras_connector_api::Failure::new(Code::WriteRefused, "only reading")));
    let host = Scripted::new(|_, _| refused());
    let outcomes = write(&host, "employee", creates(20));
    assert!(words(&outcomes).iter().all(|word| word == "rejected WriteRefused"));
}
