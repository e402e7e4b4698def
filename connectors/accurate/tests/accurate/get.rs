//! Single records: order, gone against unreadable, and when to stop.

use crate::script::*;
use selaras_connector_api::{Code, Failure, GetDone, GetRequest, HttpRequest, ReadRequest};

fn get(host: &Scripted<'_>, ids: impl IntoIterator<Item = u64>) -> Result<GetDone, Failure> {
    let ids = ids.into_iter().map(|id| id.to_string()).collect();
    let done = opened().get(host, &GetRequest { resource: "customer".into(), ids, fields: Vec::new() });
    assert!(host.all_taken());
    done
}

fn found(request: &HttpRequest) -> Answer {
    let id = parameter(request, "id").unwrap();
    ok(format!(r#"{{"s":true,"d":{{"billStreet":"Jl. {id}","optLock":2,"id":{id}}}}}"#))
}

#[test]
fn records_come_in_order_one_call_each_several_in_flight() {
    let host = Scripted::new(|request, _| found(request));
    assert_eq!(get(&host, 1..=20).unwrap(), GetDone::default());
    assert_eq!(host.ids(), (1..=20).map(|id| id.to_string()).collect::<Vec<_>>());
    assert_eq!(host.most_in_flight(), 8);
    assert_eq!(host.calls()[0], "GET accurate/api/customer/detail.do?id=1");
    let record = &host.batches()[0].records[0];
    assert_eq!(record.raw, br#"{"billStreet":"Jl. 1","optLock":2,"id":1}"#);
    assert_eq!(record.version.as_deref(), Some("2"));
}

#[test]
fn gone_is_told_from_unreadable() {
    let host = Scripted::new(|request, _| match parameter(request, "id") {
        Some("2") => ok(r#"{"s":false,"d":["Pelanggan tidak tepat"]}"#),
        Some("3") => ok(r#"{"s":false,"d":["Pelanggan tidak ditemukan atau sudah dihapus"]}"#),
        Some("4") => ok(r#"{"s":false,"d":["Terjadi kesalahan pada sistem"]}"#),
        Some("5") => bad_gateway(),
        Some("6") => ok(r#"{"s":true,"d":{"id":7,"optLock":0}}"#),
        Some("7") => ok(r#"{"s":true,"d":null}"#),
        Some("8") => status(429, ""),
        Some("9") => ok(r#"{"s":false,"d":["Invalid Item branch access"]}"#),
        _ => found(request),
    });
    let done = get(&host, 1..=10).unwrap();
    assert_eq!(host.ids(), ["1", "10"]);
    assert_eq!(done.gone, ["2", "3"]);
    let failed: Vec<_> = done.failed.iter().map(|(id, failure)| (id.as_str(), failure.code)).collect();
    assert_eq!(
        failed,
        [
            ("4", Code::Invalid),
            ("5", Code::Unavailable),
            ("6", Code::Protocol),
            ("7", Code::Protocol),
            ("8", Code::RateLimited),
            ("9", Code::Forbidden)
        ]
    );
}

#[test]
fn a_wrong_address_or_a_lost_session_never_means_gone() {
    for answer in [
        lost_session,
        || status(404, r#"{"s":false,"d":["URL API tidak tepat"]}"#),
        || ok(r#"{"s":false,"d":["Data Session Key tidak tepat"]}"#),
    ] {
        let host = Scripted::new(|request, _| opening(request).unwrap_or_else(answer));
        assert!(get(&host, 1..=1).is_err());
    }
}

#[test]
fn a_missing_scope_stops_and_is_named() {
    let xml = "<InsufficientScopeException><error>insufficient_scope</error><error_description>Insufficient scope</error_description><scope>customer_view</scope></InsufficientScopeException>";
    let host = Scripted::new(|_, _| status(403, xml));
    let failure = get(&host, 1..=500).unwrap_err();
    assert_eq!((failure.code, failure.detail.as_deref()), (Code::Forbidden, Some("customer_view")));
    assert!(host.requests().len() <= 8);
}

#[test]
fn what_a_cancelled_run_left_out_is_said() {
    let host = Scripted::new(|request, _| found(request)).cancel_after(3);
    let done = get(&host, 1..=5).unwrap();
    assert_eq!(host.ids(), ["1", "2", "3"]);
    assert_eq!(
        done.failed.iter().map(|(id, f)| (id.as_str(), f.code)).collect::<Vec<_>>(),
        [("4", Code::Cancelled), ("5", Code::Cancelled)]
    );
}

/// A list of customers `C.1`, `C.2` and so on has been read; then the versions of these are looked at. Answers their ids and versions, in the
/// order in which they came, and the calls that it took.
fn looked_at(
    customers: std::ops::RangeInclusive<u64>,
    answer: impl Fn(&HttpRequest) -> Answer,
) -> (Vec<(String, Option<String>)>, Vec<String>) {
    let row = |id: u64| format!(r#"{{"id":{id},"optLock":1,"customerNo":"C.{id}"}}"#);
    let listed = page(&customers.clone().map(row).collect::<Vec<_>>());
    let host = Scripted::new(|request, _| match parameter(request, "sp.sort") {
        Some(_) => ok(listed.clone()),
        None => answer(request),
    });
    let mut connector = opened();
    let read = ReadRequest { resource: "customer".into(), fields: vec!["customerNo".into()], since: None };
    connector.read(&host, &read).unwrap();
    let (batches, calls) = (host.batches().len(), host.requests().len());
    let ids: Vec<String> = customers.map(|id| id.to_string()).collect();
    let request = GetRequest { resource: "customer".into(), ids, fields: vec!["optLock".into()] };
    // The second time it knows what the first one taught.
    for _ in 0..2 {
        assert_eq!(connector.get(&host, &request).unwrap(), GetDone::default());
    }
    assert!(host.all_taken());
    let found = host.batches().into_iter().skip(batches).flat_map(|batch| batch.records);
    (found.map(|record| (record.id, record.version)).collect(), host.calls().split_off(calls))
}

/// The customers that a look asks for.
fn named(request: &HttpRequest) -> Vec<u64> {
    let names = request.url.split('&').filter(|pair| pair.starts_with("filter.no.val["));
    names.map(|pair| pair.rsplit_once("=C.").unwrap().1.parse().unwrap()).collect()
}

fn rows(ids: &[u64]) -> Answer {
    ok(page(&ids.iter().map(|id| format!(r#"{{"id":{id},"optLock":7}}"#)).collect::<Vec<_>>()))
}

/// The only page of a list.
fn page(rows: &[String]) -> String {
    let count = rows.len();
    format!(
        r#"{{"s":true,"d":[{}],"sp":{{"page":1,"pageSize":100,"pageCount":1,"rowCount":{count}}}}}"#,
        rows.join(",")
    )
}

#[test]
fn the_versions_of_many_are_looked_at_in_few_calls() {
    let (found, calls) = looked_at(1..=250, |request| rows(&named(request)));
    assert_eq!(calls.len(), 6, "{calls:?}");
    assert!(
        calls[0].starts_with(
            "GET accurate/api/customer/list.do?fields=id,optLock&filter.no.op=EQUAL&filter.no.val[0]=C.1&"
        )
    );
    assert!(calls[0].ends_with("&filter.no.val[99]=C.100&sp.pageSize=100"), "{}", calls[0]);
    assert_eq!(found.len(), 500);
    assert!(found.iter().all(|(_, version)| version.as_deref() == Some("7")));
}

#[test]
fn what_a_look_does_not_find_is_asked_for_singly() {
    // One has another code by now, one comes without a version, and one comes that nobody asked for.
    let (found, calls) = looked_at(1..=10, |request| match parameter(request, "id") {
        Some(_) => found(request),
        None => {
            let version = |id: u64| if id == 4 { String::new() } else { r#","optLock":7"#.to_owned() };
            let others = named(request).into_iter().filter(|id| *id != 3).chain([77]);
            ok(page(&others.map(|id| format!(r#"{{"id":{id}{}}}"#, version(id))).collect::<Vec<_>>()))
        }
    });
    let singly: Vec<&str> =
        calls.iter().filter_map(|call| call.split_once("detail.do?id=")).map(|(_, id)| id).collect();
    assert_eq!(singly, ["3", "4", "3", "4"]);
    assert_eq!(found.len(), 20);
    assert!(found.iter().all(|(id, _)| id != "77"));
}

#[test]
fn a_system_that_ignores_the_filter_is_not_asked_so_again() {
    for useless in [|| rows(&[501, 502, 503]), || bad_gateway(), || ok(r#"{"s":false,"d":["filter tidak tepat"]}"#)] {
        let (found, calls) = looked_at(1..=10, |request| match parameter(request, "id") {
            Some(_) => found(request),
            None => useless(),
        });
        assert_eq!(calls.iter().filter(|call| call.contains("list.do")).count(), 1, "{calls:?}");
        assert_eq!(calls.iter().filter(|call| call.contains("detail.do")).count(), 20);
        assert_eq!(found.len(), 20);
    }
}
