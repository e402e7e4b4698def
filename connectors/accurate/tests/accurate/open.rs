//! Opening, spaces, rights: both schemes, choices left open, refusals.

use crate::script::*;
use selaras_connector_api::{Auth, Code, RightsRequest, SpacesRequest};
use serde_json::json;

const BEARER: &[(&str, &str)] = &[("auth", "bearer"), ("database", "1234567"), ("branch", "100")];

fn refusal(
    pairs: &[(&str, &str)],
    script: impl Fn(&selaras_connector_api::HttpRequest, usize) -> Answer,
) -> selaras_connector_api::Failure {
    let host = Scripted::new(script);
    let failure = connector().open(&host, &settings(pairs)).unwrap_err();
    assert!(host.all_taken());
    failure
}

#[test]
fn a_bearer_token_opens_the_database_and_carries_the_session() {
    let mut accurate = connector();
    let host = Scripted::new(|request, _| opening(request).unwrap());
    let opened = accurate.open(&host, &settings(BEARER)).unwrap();
    assert_eq!(opened.endpoint, "accurate/1234567/100");
    assert_eq!(opened.title, "PT Panduan Sejahtera, cabang Jakarta");
    assert_eq!(
        opened.facts,
        json!({"database": {"id": 1234567, "alias": "PT Panduan Sejahtera"}, "branch": {"id": 100, "name": "Jakarta"}})
    );
    insta::assert_snapshot!("open_bearer", host.transcript());
}

#[test]
fn an_api_token_needs_neither_database_nor_session() {
    let mut accurate = connector();
    let host = Scripted::new(|request, _| opening(request).unwrap());
    let opened = accurate.open(&host, &settings(&[("auth", "api-token"), ("branch", "Jakarta")])).unwrap();
    assert_eq!(opened.endpoint, "accurate/1234567/100");
    insta::assert_snapshot!("open_api_token", host.transcript());
    let rights = accurate.rights(&host, &RightsRequest::default()).unwrap();
    assert_eq!(rights.account.as_deref(), Some("Budi"), "known since opening; nothing else is told");
    assert_eq!((rights.role, rights.held, rights.denied), (None, None, Vec::new()));
}

#[test]
fn what_is_left_open_is_asked_for_with_its_choices() {
    for (pairs, field, choices) in [
        (&[("auth", "bearer"), ("database", "1234567")][..], "branch", "50 (Kantor Pusat), 100 (Jakarta)"),
        (
            &[("auth", "bearer"), ("database", "1234567"), ("branch", "77")],
            "branch",
            "50 (Kantor Pusat), 100 (Jakarta)",
        ),
        (&[("auth", "bearer"), ("branch", "50")], "database", "1234567 (PT Panduan Sejahtera), 99 (PT Contoh)"),
        (&[("auth", "bearer"), ("database", "5")], "database", "1234567 (PT Panduan Sejahtera), 99 (PT Contoh)"),
        (&[("auth", "api-token"), ("database", "99")], "database", "1234567 (PT Panduan Sejahtera)"),
    ] {
        let failure = refusal(pairs, |request, _| opening(request).unwrap());
        assert_eq!((failure.code, failure.field.as_deref()), (Code::Settings, Some(field)), "{failure}");
        assert!(failure.text.contains(choices), "{failure}");
    }
}

#[test]
fn settings_that_make_no_sense_are_named_before_anything_is_sent() {
    for (pairs, field) in [
        (&[("base_url", "account.accurate.id"), ("auth", "bearer")][..], "base_url"),
        (&[("auth", "basic")], "auth"),
        (&[], "auth"),
        (&[("auth", "bearer"), ("page_size", "0")], "page_size"),
        (&[("auth", "bearer"), ("page_size", "2000")], "page_size"),
    ] {
        let failure = refusal(pairs, |_, _| panic!("nothing is to be sent"));
        assert_eq!((failure.code, failure.field.as_deref()), (Code::Settings, Some(field)), "{failure}");
    }
}

#[test]
fn a_single_branch_in_use_needs_no_setting() {
    let rows = r#"{"s":true,"d":[{"id":50,"name":"Pusat","suspended":false},{"id":51,"name":"Lama","suspended":true}],"sp":{"pageCount":1,"rowCount":2}}"#;
    let mut accurate = connector();
    let host = Scripted::new(
        |request, _| {
            if request.url.contains("branch/list.do") { ok(rows) } else { opening(request).unwrap() }
        },
    );
    let opened = accurate.open(&host, &settings(&[("auth", "api-token")])).unwrap();
    assert_eq!(opened.endpoint, "accurate/1234567/50");
}

#[test]
fn without_the_right_to_list_branches_an_id_is_enough() {
    let forbidden = || {
        status(403, r#"{"error":"insufficient_scope","error_description":"Insufficient scope","scope":"branch_view"}"#)
    };
    let script = |request: &selaras_connector_api::HttpRequest, _| {
        if request.url.contains("branch/list.do") { forbidden() } else { opening(request).unwrap() }
    };
    let host = Scripted::new(script);
    let opened = connector().open(&host, &settings(BEARER)).unwrap();
    assert_eq!(opened.endpoint, "accurate/1234567/100");
    let failure = refusal(&[("auth", "bearer"), ("database", "1234567")], script);
    assert_eq!((failure.code, failure.detail.as_deref()), (Code::Forbidden, Some("branch_view")));
}

#[test]
fn refusals_of_opening_keep_the_servers_words() {
    let open_db = |answer: fn() -> Answer| {
        refusal(
            BEARER,
            move |request, _| if request.url.contains("open-db.do") { answer() } else { opening(request).unwrap() },
        )
    };
    let ended = open_db(|| status(500, r#"{"s":false,"d":["Masa ujicoba PT X sudah berakhir"]}"#));
    assert_eq!((ended.code, ended.field.as_deref()), (Code::Settings, Some("database")));
    assert_eq!(
        ended.text,
        "The database PT Panduan Sejahtera (1234567) cannot be opened: Accurate says \"Masa ujicoba PT X sudah berakhir\"; have its \
         subscription extended in Accurate, or connect again and choose another database."
    );
    let unseen = open_db(|| ok(r#"{"s":false,"d":["Data Usaha tidak tepat"]}"#));
    assert_eq!((unseen.code, unseen.field.as_deref()), (Code::NotConnected, Some("database")));
    assert!(unseen.text.contains("PT Panduan Sejahtera (1234567)"), "{unseen}");
    let wrong_scheme = open_db(|| {
        status(
            500,
            r#"{"s":false,"d":["API Token ini sudah termasuk Sesi Database. Anda tidak perlu melakukan open-db.do lagi."]}"#,
        )
    });
    assert_eq!((wrong_scheme.code, wrong_scheme.field.as_deref()), (Code::Settings, Some("auth")));
    assert_eq!(open_db(dead_token).code, Code::Unauthorised);
    assert_eq!(open_db(bad_gateway).code, Code::Unavailable);
    let nested = open_db(|| ok(r#"{"s":true,"d":{"session":"x","host":"https://zeus.accurate.id"}}"#));
    assert_eq!(nested.code, Code::Protocol, "session and host stand beside d, not in it");
}

#[test]
fn spaces_need_nothing_open() {
    let mut accurate = connector();
    let host = Scripted::new(|request, _| opening(request).unwrap());
    let request = |database: Option<&str>| SpacesRequest {
        settings: settings(&[("auth", "oauth2")]).settings,
        database: database.map(str::to_owned),
    };
    let databases = accurate.spaces(&host, &request(None)).unwrap();
    assert_eq!(databases.iter().map(|space| space.id.as_str()).collect::<Vec<_>>(), ["1234567", "99"]);
    let one = accurate.spaces(&host, &request(Some("99"))).unwrap();
    let branches: Vec<_> = one[0].branches.iter().map(|space| (space.id.as_str(), space.title.as_str())).collect();
    assert_eq!((one[0].title.as_str(), branches), ("PT Contoh", vec![("50", "Kantor Pusat"), ("100", "Jakarta")]));
}

#[test]
fn nothing_works_before_opening_or_after_closing() {
    let mut accurate = opened();
    let host = Scripted::new(|_, _| panic!("nothing is to be sent"));
    accurate.close(&host);
    assert_eq!(accurate.rights(&host, &RightsRequest::default()).unwrap_err().code, Code::NotConnected);
}

#[test]
fn a_company_without_branches_is_told_so_when_one_is_set() {
    let none = || ok(r#"{"s":true,"d":[],"sp":{"pageCount":0,"rowCount":0}}"#);
    let failure =
        refusal(
            BEARER,
            move |request, _| {
                if request.url.contains("branch/list.do") { none() } else { opening(request).unwrap() }
            },
        );
    assert_eq!((failure.code, failure.field.as_deref()), (Code::Settings, Some("branch")));
    assert!(failure.text.ends_with("There are none at all; leave branch out."), "{failure}");
}

#[test]
fn the_manifest_says_how_to_sign_in() {
    let manifest = connector().describe().unwrap();
    let Auth::OAuth2 { authorize_path, token_path, pkce, base_scopes } = &manifest.auth[0] else {
        panic!("{:?}", manifest.auth)
    };
    assert_eq!((authorize_path.as_str(), token_path.as_str(), *pkce), ("/oauth/authorize", "/oauth/token", true));
    assert_eq!(base_scopes, &["branch_view"], "that is what opening calls, besides the account host");
    assert_eq!(manifest.auth.len(), 3);
}

#[test]
fn the_manifest_says_what_each_resource_can_do() {
    let manifest = connector().describe().unwrap();
    let mut lines = String::new();
    for resource in &manifest.resources {
        lines += &format!("{} ({})\n  recogniser {:?}\n", resource.name, resource.title, resource.recogniser);
        for (operation, spec) in &resource.operations {
            let right = spec.right.as_deref().unwrap_or("-");
            lines += &format!("  {operation:?} {} {right}\n", spec.per_call);
        }
        lines += &format!("  children {:?}\n", resource.children.keys().collect::<Vec<_>>());
    }
    insta::assert_snapshot!("manifest", lines);
    let customer = manifest.resource("customer").unwrap();
    assert!(customer.is_detail_only("billStreet") && customer.is_detail_only("detailContact[].name"));
    assert!(!customer.is_detail_only("term.name"));
}
