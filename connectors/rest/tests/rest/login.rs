//! The call that proves a credential on opening.

use crate::fake::{Answer, BASE, FakeHost, HEAD, lost, status, text};
use selaras_connector_api::{Code, Connector, Failure, OpenRequest, ReadRequest, RightsRequest, Transport};
use selaras_connector_rest::Rest;
use serde_json::json;
use std::collections::BTreeMap;

const LOGIN: &str = r#"
settings.company = { default = "a b" , help = "which" }
[login]
path = "/companies/{company}"
params = { limit = "1" }
[defaults.headers]
X-Company = "{company}"
[resources.thing]
title = "Thing"
path = "/things"
"#;

fn open(host: &FakeHost<'_>) -> (Rest, Result<(), Failure>) {
    // The head ends in a table of its own, so the settings go before it.
    let (settings, rest) = LOGIN.split_once("[login]").expect("it declares one");
    let head = HEAD.replacen("[errors]", &format!("{settings}[errors]"), 1);
    let mut rest = Rest::from_toml(&format!("{head}\n[login]{rest}")).unwrap_or_else(|failure| panic!("{failure}"));
    let settings = BTreeMap::from([("base_url".to_owned(), BASE.to_owned())]);
    let opened = rest.open(host, &OpenRequest { settings }).map(|_| ());
    (rest, opened)
}

#[test]
fn the_call_is_what_was_declared() {
    let host = FakeHost::new(|_| status(200, &json!({"anything": 1})));
    let (rest, opened) = open(&host);
    opened.unwrap();
    drop(rest);
    assert_eq!(host.calls(), ["GET /companies/a%20b?limit=1"]);
    let headers = host.asked.borrow()[0].headers.clone();
    assert_eq!(headers, [("Accept".into(), "application/json".into()), ("X-Company".into(), "a b".into())]);
}

#[test]
fn only_a_good_answer_opens() {
    type Case = (fn() -> Answer, Option<Code>);
    let cases: [Case; 9] = [
        (|| text(204, ""), None),
        (|| text(200, "{}"), None),
        (|| text(200, "<html>Please sign in</html>"), Some(Code::Protocol)),
        (|| text(302, ""), Some(Code::Protocol)),
        (|| status(401, &json!({"error": {"message": "bad key"}})), Some(Code::Unauthorised)),
        (|| text(403, "<html>"), Some(Code::Forbidden)),
        (|| text(503, ""), Some(Code::Unavailable)),
        (lost, Some(Code::Unavailable)),
        (|| Err(Transport::NotSent(Failure::new(Code::Unavailable, "no route"))), Some(Code::Unavailable)),
    ];
    for (answer, code) in cases {
        let host = FakeHost::new(|_| answer());
        let (mut rest, opened) = open(&host);
        assert_eq!(opened.err().map(|failure| failure.code), code);
        let request = ReadRequest { resource: "thing".into(), fields: Vec::new(), since: None };
        let read = rest.read(&FakeHost::new(|_| panic!("no call")), &request).unwrap_err().code;
        // What is open has no list declared.
        assert_eq!(read, if code.is_none() { Code::Unsupported } else { Code::NotConnected });
    }
}

#[test]
fn a_refusal_after_a_good_opening_closes_it() {
    let host = FakeHost::new(|_| text(200, "{}"));
    let (mut rest, _) = open(&host);
    let refused = FakeHost::new(|_| text(401, ""));
    let settings = BTreeMap::from([("base_url".to_owned(), BASE.to_owned())]);
    let failure = rest.open(&refused, &OpenRequest { settings }).unwrap_err();
    assert_eq!(
        failure.text,
        "the check of the credential of Test was answered with HTTP 401, without a reason; the credential was refused, so connect \
         again with a valid one"
    );
    let request = ReadRequest { resource: "thing".into(), fields: Vec::new(), since: None };
    assert_eq!(rest.read(&refused, &request).unwrap_err().code, Code::NotConnected);
}

#[test]
fn rights_are_never_invented() {
    let host = FakeHost::new(|_| text(200, "{}"));
    let (mut rest, _) = open(&host);
    let silent = FakeHost::new(|_| panic!("no call"));
    let rights = rest.rights(&silent, &RightsRequest { probe: vec!["thing".into()] }).unwrap();
    assert_eq!((rights.held, rights.denied), (None, Vec::new()));
}
