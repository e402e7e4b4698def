//! Rights: role, account, scopes held, and knocking for what a system only shows by refusing.

use crate::script::*;
use selaras_connector_api::{Code, Denied, Failure, HttpRequest, Rights, RightsRequest};

fn ask(host: &Scripted<'_>, probe: &[&str]) -> Result<Rights, Failure> {
    let probe = probe.iter().map(|&name| name.to_owned()).collect();
    let rights = opened().rights(host, &RightsRequest { probe });
    assert!(host.all_taken());
    rights
}

const SCOPES: &str = r#"{"s":true,"d":["item_view","customer_view","customer_save","tax_view","unit_view"]}"#;

fn module_of(request: &HttpRequest) -> &str {
    short(request).trim_start_matches("accurate/api/").split('/').next().unwrap()
}

/// Scopes and an account as usual; modules by the script.
fn system(request: &HttpRequest, knock: impl Fn(&str) -> Answer) -> Answer {
    match short(request).split('?').next().unwrap() {
        "api/approved-scope.do" => ok(SCOPES),
        "api/auth-info.do" => ok(r#"{"s":true,"d":{"name":"Budi","email":"budi@contoh.id"}}"#),
        _ => knock(module_of(request)),
    }
}

fn rows() -> Answer {
    ok(r#"{"s":true,"d":[{"id":1}],"sp":{"pageCount":9,"rowCount":9}}"#)
}

fn denied(resource: &str, right: &str, said: &str) -> (String, Option<String>, String) {
    (resource.into(), Some(right.into()), said.into())
}

/// What was refused, with what was said in words.
fn told(denied: &[Denied]) -> Vec<(String, Option<String>, String)> {
    denied.iter().map(|denied| (denied.resource.clone(), denied.right.clone(), denied.said.text.clone())).collect()
}

#[test]
fn rights_are_the_scopes_approved_the_role_and_the_account() {
    let host = Scripted::new(|request, _| system(request, |_| panic!("nothing is to be tried")));
    let rights = ask(&host, &[]).unwrap();
    assert_eq!(rights.role.as_deref(), Some("Administrator"));
    assert_eq!(rights.account.as_deref(), Some("Budi (budi@contoh.id)"));
    assert_eq!(rights.held.unwrap(), ["customer_save", "customer_view", "item_view", "tax_view", "unit_view"]);
    assert_eq!(rights.denied, []);
    assert_eq!(host.calls(), ["GET api/approved-scope.do", "GET api/auth-info.do"]);
}

#[test]
fn whose_token_it_is_is_taken_from_wherever_it_stands_and_nothing_depends_on_it() {
    let cases: [(&str, Option<&str>); 10] = [
        (r#"{"s":true,"d":{"name":" Budi  Santoso "}}"#, Some("Budi Santoso")),
        (r#"{"s":true,"d":{"user":{"email":"b@x.id"},"name":"Aplikasi"}}"#, Some("b@x.id")),
        (r#"{"s":true,"d":["ok"],"user":{"id":1,"name":"Budi"}}"#, Some("Budi")),
        (r#"{"name":"Budi","email":null}"#, Some("Budi")),
        (r#"{"s":true,"d":{"name":{"first":"Budi"}}}"#, None),
        (r#"{"s":false,"d":["URL API tidak tepat"],"name":"x"}"#, None),
        (r#"{"s":true,"d":"Budi"}"#, None),
        ("<html><title>Budi</title></html>", None),
        ("", None),
        ("[[[", None),
    ];
    for (body, account) in cases {
        for code in [200, 404, 500, 403] {
            let host = Scripted::new(|request, _| match short(request) {
                "api/approved-scope.do" => ok(SCOPES),
                "api/userinfo.do" => status(code, body),
                _ => status(404, "{}"),
            });
            let rights = ask(&host, &[]).unwrap();
            assert_eq!(rights.account.as_deref(), account.filter(|_| code == 200), "{code} {body}");
        }
    }
}

#[test]
fn scopes_that_cannot_be_read_are_a_failure() {
    for (answer, code) in [
        (dead_token as fn() -> Answer, Code::Unauthorised),
        (bad_gateway, Code::Unavailable),
        (|| ok(r#"{"s":true,"d":{"a":1}}"#), Code::Protocol),
    ] {
        let host = Scripted::new(|_, _| answer());
        assert_eq!(ask(&host, &["customer"]).unwrap_err().code, code);
    }
}

#[test]
fn knocking_asks_for_as_little_as_there_is() {
    let host = Scripted::new(|request, _| system(request, |_| rows()));
    assert_eq!(ask(&host, &["customer", "tax"]).unwrap().denied, []);
    assert_eq!(
        host.calls()[2..],
        ["GET accurate/api/customer/list.do?fields=id&sp.pageSize=1", "GET accurate/api/tax/list.do?sp.pageSize=1"]
    );
    assert_eq!(host.most_in_flight(), 2, "several at once");
}

#[test]
fn a_refusal_is_an_answer_whatever_its_form() {
    let xml = "<InsufficientScopeException><error>insufficient_scope</error><error_description>Insufficient scope</error_description><scope>tax_view</scope></InsufficientScopeException>";
    let json = r#"{"error":"insufficient_scope","error_description":"Insufficient scope","scope":"unit_view"}"#;
    let host = Scripted::new(|request, _| {
        system(request, |module| match module {
            "customer" => no_right(),
            "tax" => status(403, xml),
            "unit" => status(403, json),
            _ => rows(),
        })
    });
    let rights = ask(&host, &["customer", "employee", "item", "tax", "unit"]).unwrap();
    assert_eq!(
        told(&rights.denied),
        [
            denied("customer", "customer_view", "Anda tidak memiliki hak akses untuk melakukan proses ini"),
            denied("employee", "employee_view", "employee_view was not granted"),
            denied("tax", "tax_view", "Insufficient scope"),
            denied("unit", "unit_view", "Insufficient scope"),
        ]
    );
    assert_eq!(host.count("/employee/"), 0, "what is known needs no call");
    let page = Scripted::new(|request, _| system(request, |_| status(403, "<html><title>Terlarang</title></html>")));
    assert_eq!(told(&ask(&page, &["item"]).unwrap().denied), [denied("item", "item_view", "Terlarang")]);
}

#[test]
fn an_api_token_is_tried_on_everything() {
    let (mut accurate, _) = open_with(&[("auth", "api-token"), ("branch", "50")]);
    let host = Scripted::new(|request, _| if module_of(request) == "tax" { no_right() } else { rows() });
    let probe = ["customer", "tax", "warehouse"].map(str::to_owned).to_vec();
    let rights = accurate.rights(&host, &RightsRequest { probe }).unwrap();
    assert_eq!((rights.account.as_deref(), rights.held), (Some("Budi"), None));
    assert_eq!(rights.denied.iter().map(|denied| denied.resource.as_str()).collect::<Vec<_>>(), ["tax"]);
    assert_eq!(host.requests().len(), 3);
}

#[test]
fn other_trouble_is_a_failure() {
    for (answer, code) in [
        (dead_token as fn() -> Answer, Code::Unauthorised),
        (bad_gateway, Code::Unavailable),
        (|| ok("<html></html>"), Code::Protocol),
        (|| status(429, ""), Code::RateLimited),
    ] {
        let host =
            Scripted::new(|request, _| system(request, |module| if module == "item" { answer() } else { no_right() }));
        assert_eq!(ask(&host, &["customer", "item", "tax"]).unwrap_err().code, code);
    }
    let host = Scripted::new(|_, _| panic!("nothing is to be sent"));
    assert_eq!(ask(&host, &["customer", "invoice"]).unwrap_err().code, Code::Unsupported);
    let host = Scripted::new(|request, _| system(request, |_| rows())).cancel_after(2);
    assert_eq!(ask(&host, &["customer", "tax"]).unwrap_err().code, Code::Cancelled);
}

#[test]
fn a_session_that_ends_while_knocking_is_opened_again() {
    let host = Scripted::new(|request, _| {
        if request.url.contains("open-db.do") {
            return session("5e55-2");
        }
        system(request, |_| if session_of(request) == Some("5e55-1") { lost_session() } else { rows() })
    });
    assert_eq!(ask(&host, &["customer", "item", "tax"]).unwrap().denied, []);
    assert_eq!(host.count("open-db.do"), 1);
}
