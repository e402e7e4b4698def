//! Single records: found, gone, in trouble.

use crate::fake::{FakeHost, connector, lost, ok, status, text, thing};
use selaras_connector_api::{Code, Connector, Failure, GetDone, GetRequest, Transport};
use serde_json::json;

const GET: &str = r#"get = { path = "{path}/{id}", record = "$.data" }"#;

fn get(host: &FakeHost<'_>, ids: &[&str]) -> Result<GetDone, Failure> {
    let ids = ids.iter().map(|&id| id.to_owned()).collect();
    connector(GET).get(host, &GetRequest { resource: "thing".into(), ids, fields: Vec::new() })
}

#[test]
fn each_id_ends_on_its_own() {
    let host = FakeHost::new(|request| match request.url.rsplit('/').next().unwrap() {
        "t1" => ok(&json!({"data": thing(1)})),
        "t2" => status(404, &json!({"error": {"code": "not_found", "message": "no such thing"}})),
        "t3" => status(500, &json!({})),
        "t4" => text(404, "<html>"),
        "t5" => ok(&json!({"data": thing(6)})),
        "t7" => ok(&json!({"data": thing(7)})),
        "a%2Fb" => ok(&json!({"data": {"id": "a/b"}})),
        _ => lost(),
    });
    let done = get(&host, &["t1", "t2", "t3", "t4", "t5", "t7", "a/b", "t8"]).unwrap();
    assert_eq!(host.ids(), ["t1", "t7", "a/b"]);
    assert_eq!(done.gone, ["t2"]);
    let failed: Vec<_> = done.failed.iter().map(|(id, failure)| (id.as_str(), failure.code)).collect();
    let want = [("t3", Code::Unavailable), ("t4", Code::NotFound), ("t5", Code::Protocol), ("t8", Code::Unavailable)];
    assert_eq!(failed, want, "a 404 that the system did not explain is no evidence of absence");
    assert_eq!(host.most_in_flight.get(), 4);
}

#[test]
fn a_refused_credential_ends_it_all() {
    let host = FakeHost::new(|_| status(401, &json!({})));
    let ids: Vec<String> = (0..20).map(|n| format!("t{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let failure = get(&host, &ids).unwrap_err();
    assert_eq!(failure.code, Code::Unauthorised);
    assert!(failure.text.ends_with("the credential was refused, so connect again with a valid one"), "{failure}");
    assert_eq!(host.calls().len(), 4, "what was in flight is waited for, nothing more is sent");
}

#[test]
fn a_host_that_refuses_ends_it_all() {
    let refused = || Err(Transport::Refused(Failure::new(Code::Cancelled, "stop")));
    assert_eq!(get(&FakeHost::new(|_| refused()), &["t1"]).unwrap_err().code, Code::Cancelled);
}

#[test]
fn what_is_not_declared_is_unsupported() {
    let host = FakeHost::new(|_| lost());
    let request = GetRequest { resource: "thing".into(), ids: vec!["t1".into()], fields: Vec::new() };
    assert_eq!(connector("").get(&host, &request).unwrap_err().code, Code::Unsupported);
    let request = GetRequest { resource: "nothing".into(), ..request };
    let failure = connector(GET).get(&host, &request).unwrap_err();
    assert!(failure.text.contains("`nothing`; it has thing"), "{failure}");
}
