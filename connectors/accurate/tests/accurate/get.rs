//! Single records: order, gone against unreadable, and when to stop.

use crate::script::*;
use selaras_connector_api::{Code, Failure, GetDone, GetRequest, HttpRequest};

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
