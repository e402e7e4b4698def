//! Access that ends or was never given: dead tokens, withdrawn rights, a branch that is gone. Said once, in clear words, and nothing more is sent.

use crate::script::*;
use selaras_connector_api::{
    Code, Connector, Failure, GetRequest, Operation, Outcome, ReadRequest, Transport, WriteItem, WriteOp, WriteRequest,
};
use serde_json::{Map, json};

fn items(op: WriteOp, count: u64) -> Vec<WriteItem> {
    let fields = Map::from_iter([("name".to_owned(), json!("Toko"))]);
    let id = |id: u64| (op != WriteOp::Create).then(|| id.to_string());
    let item = |at| WriteItem { op, id: id(at), version: None, fields: fields.clone(), children: Vec::new() };
    (1..=count).map(item).collect()
}

fn read(accurate: &mut dyn Connector, host: &Scripted<'_>) -> Result<(), Failure> {
    let request = ReadRequest { resource: "customer".into(), fields: Vec::new(), since: None };
    accurate.read(host, &request).map(|_| ())
}

fn rejected(accurate: &mut dyn Connector, host: &Scripted<'_>, resource: &str, items: Vec<WriteItem>) -> Vec<Failure> {
    let done = accurate.write(host, &WriteRequest { resource: resource.into(), items }).unwrap();
    assert!(host.all_taken());
    let failure = |outcome: Outcome| match outcome {
        Outcome::Rejected(failure) => failure,
        other => panic!("{other:?}"),
    };
    done.outcomes.into_iter().map(failure).collect()
}

#[test]
fn a_dead_token_is_no_lost_session_and_ends_everything() {
    let dead: [fn() -> Answer; 5] = [
        dead_token,
        || status(401, r#"{"error":"invalid_token","error_description":"Invalid access token: session 5e55-1"}"#),
        || {
            status(
                401,
                "<OAuth2Exception><error>invalid_token</error><error_description>Invalid access token: session</error_description></OAuth2Exception>",
            )
        },
        || ok(r#"{"error":"error.invalid_token"}"#),
        || {
            Err(Transport::Refused(Failure::new(
                Code::Unauthorised,
                "the access has ended; run `runner connect accurate`",
            )))
        },
    ];
    for dead in dead {
        let mut accurate = opened();
        let host = Scripted::new(|_, _| dead());
        assert_eq!(read(&mut *accurate, &host).unwrap_err().code, Code::Unauthorised);
        assert_eq!(host.calls().len(), 1, "neither repeated nor opened again");
        let silent = Scripted::new(|_, _| panic!("nothing is to be sent"));
        let request = GetRequest { resource: "item".into(), ids: vec!["7".into()], fields: Vec::new() };
        assert_eq!(accurate.get(&silent, &request).unwrap_err().code, Code::Unauthorised);
        let failures = rejected(&mut *accurate, &silent, "customer", items(WriteOp::Update, 250));
        assert!(failures.len() == 250 && failures.iter().all(|failure| failure.code == Code::Unauthorised));
        // A new credential starts afresh.
        let host = Scripted::new(|request, _| opening(request).unwrap());
        accurate.open(&host, &settings(&[("auth", "bearer"), ("database", "1234567"), ("branch", "50")])).unwrap();
        let host = Scripted::new(|_, _| ok(r#"{"s":true,"d":[],"sp":{"pageCount":0,"rowCount":0}}"#));
        read(&mut *accurate, &host).unwrap();
    }
}

#[test]
fn a_token_that_dies_while_the_session_is_opened_again_ends_everything_too() {
    let mut accurate = opened();
    let host =
        Scripted::new(|request, _| if request.url.contains("open-db.do") { dead_token() } else { lost_session() });
    let failures = rejected(&mut *accurate, &host, "employee", items(WriteOp::Update, 40));
    assert!(failures.iter().all(|failure| failure.code == Code::Unauthorised));
    assert_eq!((host.count("open-db.do"), host.requests().len()), (1, 9));
    let silent = Scripted::new(|_, _| panic!("nothing is to be sent"));
    assert_eq!(read(&mut *accurate, &silent).unwrap_err().code, Code::Unauthorised);
}

#[test]
fn an_api_token_that_is_withdrawn_ends_everything() {
    let (mut accurate, _) = open_with(&[("auth", "api-token"), ("branch", "50")]);
    let host = Scripted::new(|_, _| status(401, r#"{"s":false,"d":["Invalid or Revoked API Token"]}"#));
    let failures = rejected(&mut *accurate, &host, "employee", items(WriteOp::Delete, 40));
    assert!(failures.iter().all(|failure| failure.code == Code::Unauthorised && failure.text.contains("Revoked")));
    assert_eq!(host.requests().len(), 8);
    assert_eq!(host.count("open-db.do"), 0);
}

#[test]
fn trouble_of_the_server_ends_nothing() {
    let mut accurate = opened();
    for answer in [bad_gateway, no_right, || status(403, "{}"), || status(429, "")] {
        let host = Scripted::new(|_, _| answer());
        read(&mut *accurate, &host).unwrap_err();
        let host = Scripted::new(|_, _| ok(r#"{"s":true,"d":[],"sp":{"pageCount":0,"rowCount":0}}"#));
        read(&mut *accurate, &host).unwrap();
    }
}

#[test]
fn a_missing_right_at_a_write_is_a_no_that_names_resource_and_action() {
    for (op, right, scope) in [
        (WriteOp::Update, "Karyawan: simpan (employee_save)", "employee_save"),
        (WriteOp::Deactivate, "Karyawan: simpan (employee_save)", "employee_save"),
        (WriteOp::Delete, "Karyawan: hapus (employee_delete)", "employee_delete"),
    ] {
        let host = Scripted::new(|_, _| no_right());
        let failures = rejected(&mut *opened(), &host, "employee", items(op, 40));
        for failure in failures {
            assert_eq!((failure.code, failure.detail.as_deref()), (Code::Forbidden, Some(scope)));
            assert!(failure.text.starts_with(&format!("{right} is missing: ")), "{failure}");
        }
        assert_eq!(host.requests().len(), 8, "the others would be refused as well");
    }
    // Said of the whole bulk call, or of each of its records.
    let row = r#"{"s":false,"d":["Anda tidak memiliki hak akses untuk melakukan proses ini"]}"#;
    for answer in [row.to_owned(), format!(r#"{{"s":false,"d":[{row},{row}]}}"#)] {
        let host = Scripted::new(|_, _| ok(answer.clone()));
        let failures = rejected(&mut *opened(), &host, "customer", items(WriteOp::Create, 2));
        assert!(failures.iter().all(|failure| failure.detail.as_deref() == Some("customer_save")), "{failures:?}");
    }
}

#[test]
fn one_record_out_of_reach_does_not_stop_the_others() {
    let host = Scripted::new(|request, _| match parameter(request, "id") {
        Some("2") => ok(r#"{"s":false,"d":["Invalid Item branch access"]}"#),
        _ => ok(r#"{"s":true,"d":["ok"]}"#),
    });
    let request = WriteRequest { resource: "item".into(), items: items(WriteOp::Delete, 20) };
    let outcomes = opened().write(&host, &request).unwrap().outcomes;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Applied { .. })).count(), 19);
}

#[test]
fn a_scope_that_is_missing_is_named_as_people_know_it() {
    let host = Scripted::new(|_, _| {
        status(
            403,
            r#"{"error":"insufficient_scope","error_description":"Insufficient scope for this resource","scope":"sales_order_save"}"#,
        )
    });
    let failures = rejected(&mut *opened(), &host, "sales-order", items(WriteOp::Update, 2));
    assert_eq!(
        failures[0].text,
        "sales-order/bulk-save.do: Accurate answered 403 \"Insufficient scope for this resource\": Pesanan Penjualan: simpan \
         (sales_order_save) is missing; connect this system again and grant it, with a user who has this right."
    );
}

#[test]
fn a_branch_that_went_away_is_told_as_a_setting() {
    let host = Scripted::new(|_, _| ok(r#"{"s":false,"d":["Cabang 100 tidak ditemukan atau sudah dihapus"]}"#));
    let failures = rejected(&mut *opened(), &host, "employee", items(WriteOp::Create, 40));
    assert_eq!((failures[0].code, failures[0].field.as_deref()), (Code::Settings, Some("branch")));
    assert!(failures[0].text.contains("connect again and choose another branch"), "{}", failures[0]);
    assert_eq!(host.requests().len(), 8);
    let mut own = items(WriteOp::Create, 1);
    own[0].fields.insert("branchName".into(), json!("Lama"));
    let failures = rejected(&mut *opened(), &host, "employee", own);
    assert_eq!((failures[0].code, failures[0].field.as_deref()), (Code::ReferenceMissing, Some("branchId")));
}

/// The rights that the manifest declares are those of the calls that are really made: no operation reads or writes any other module.
#[test]
fn every_call_of_an_operation_is_covered_by_its_right() {
    for resource in connector().describe().unwrap().resources {
        for (operation, spec) in &resource.operations {
            let host = Scripted::new(|_, _| ok(r#"{"s":true,"d":[],"sp":{"pageCount":1,"rowCount":0}}"#));
            let (mut accurate, name) = (opened(), resource.name.clone());
            let fields: Vec<String> = resource.fields.keys().cloned().collect();
            let mut write = |op| {
                let items = items(op, 2);
                accurate.write(&host, &WriteRequest { resource: name.clone(), items }).unwrap();
            };
            match operation {
                Operation::Create => write(WriteOp::Create),
                Operation::Update => write(WriteOp::Update),
                Operation::Delete => write(WriteOp::Delete),
                Operation::Deactivate => write(WriteOp::Deactivate),
                Operation::Read => {
                    accurate.read(&host, &ReadRequest { resource: name, fields, since: None }).unwrap();
                }
                Operation::Get => {
                    accurate.get(&host, &GetRequest { resource: name, ids: vec!["7".into()], fields }).unwrap();
                }
            }
            let calls = host.calls();
            assert!(!calls.is_empty());
            for call in calls {
                let path = call.split_once("accurate/api/").unwrap().1.split('?').next().unwrap().to_owned();
                let (module, action) = path.split_once('/').unwrap();
                let verb = match action {
                    "list.do" | "detail.do" => "view",
                    "save.do" | "bulk-save.do" => "save",
                    "delete.do" => "delete",
                    other => panic!("{other} needs a right that nobody thought of"),
                };
                assert_eq!(spec.right, Some(format!("{}_{verb}", module.replace('-', "_"))), "{call}");
            }
        }
    }
}
