//! Hosts that move: followed by hand with the same call, remembered, told in the log, and given up where it leads nowhere.

use crate::script::*;
use selaras_connector_api::{Code, HttpRequest, ReadRequest, SpacesRequest, Transport};

const BEARER: &[(&str, &str)] = &[("auth", "oauth2"), ("database", "1234567"), ("branch", "100")];

fn request() -> ReadRequest {
    ReadRequest { resource: "customer".into(), fields: Vec::new(), since: None }
}

fn page(request: &HttpRequest) -> Answer {
    let page = parameter(request, "sp.page").unwrap();
    ok(format!(r#"{{"s":true,"d":[{{"id":{page}}}],"sp":{{"pageCount":30,"rowCount":30}}}}"#))
}

fn is_first_page(request: &HttpRequest) -> bool {
    parameter(request, "sp.page") == Some("1")
}

#[test]
fn an_account_that_moved_is_followed_remembered_and_told() {
    let mut accurate = connector();
    let host = Scripted::new(|request, before| {
        if before == 0 { moved("https://account2.accurate.id/api/db-list.do") } else { opening(request).unwrap() }
    });
    accurate.open(&host, &settings(BEARER)).unwrap();
    let requests = host.requests();
    assert_eq!(requests[1].url, "https://account2.accurate.id/api/db-list.do");
    assert_eq!(requests[0].headers, requests[1].headers);
    assert!(requests[2].url.starts_with("https://account2.accurate.id/api/open-db.do"));
    assert_eq!(host.logged(), ["the account host moved to https://account2.accurate.id; set base_url to it"]);
    // Sessions are opened again there, too.
    let host =
        Scripted::new(
            |request, before| {
                if before == 0 { lost_session() } else { opening(request).unwrap_or_else(|| page(request)) }
            },
        );
    accurate.read(&host, &request()).unwrap();
    assert!(host.requests()[1].url.starts_with("https://account2.accurate.id/api/open-db.do"));
}

#[test]
fn an_account_that_moves_in_circles_is_given_up() {
    let host = Scripted::new(|_, before| moved(&format!("https://account{}.accurate.id", before % 2)));
    let failure = connector().open(&host, &settings(BEARER)).unwrap_err();
    assert_eq!(failure.code, Code::Protocol);
    assert!(failure.text.starts_with("db-list.do: the server sent the call on more than 3 times."), "{failure}");
    assert_eq!(host.requests().len(), 4);
    let request = SpacesRequest { settings: settings(BEARER).settings, database: None };
    assert_eq!(connector().spaces(&host, &request).unwrap_err().code, Code::Protocol);
}

#[test]
fn a_move_is_told_once_however_many_calls_meet_it() {
    let mut accurate = opened();
    let host = Scripted::new(|request, _| {
        if request.url.starts_with("https://zeus.") && !is_first_page(request) {
            moved("https://iris.accurate.id")
        } else {
            page(request)
        }
    });
    assert!(accurate.read(&host, &request()).unwrap().complete);
    assert_eq!(host.ids().len(), 30);
    assert_eq!(host.logged(), ["the database moved to https://iris.accurate.id"]);
    assert!(host.count("zeus.") <= 9, "{}", host.count("zeus."));
}

#[test]
fn calls_under_way_to_an_old_host_never_lead_back() {
    // It moves on while calls to the first host are in flight.
    let mut accurate = opened();
    let host = Scripted::new(|request, _| match request.url.split('.').next().unwrap() {
        "https://zeus" if !is_first_page(request) => moved("https://iris.accurate.id"),
        "https://iris" => moved("https://public.accurate.id"),
        _ => page(request),
    });
    assert!(accurate.read(&host, &request()).unwrap().complete);
    assert_eq!(host.count("iris."), 1, "the others go straight to where it is now");
    assert_eq!(host.logged(), ["the database moved to https://public.accurate.id"]);
}

#[test]
fn a_new_place_that_does_not_answer_is_not_remembered() {
    let mut accurate = opened();
    let host = Scripted::new(|request, _| {
        if request.url.contains("evil.example") {
            Err(Transport::Refused(selaras_connector_api::Failure::new(Code::Settings, "not sent there")))
        } else {
            moved("https://evil.example")
        }
    });
    assert_eq!(accurate.read(&host, &request()).unwrap_err().code, Code::Settings);
    let host = Scripted::new(|request, _| page(request));
    accurate.read(&host, &request()).unwrap();
    assert!(host.requests()[0].url.starts_with("https://zeus.accurate.id/"));
}

#[test]
fn a_database_that_moves_and_forgets_the_session_is_opened_again_there() {
    let mut accurate = opened();
    let opened_again = || ok(r#"{"s":true,"d":["ok"],"session":"5e55-2","host":"https://iris.accurate.id"}"#);
    let host = Scripted::new(|request, _| match (request.url.split('.').next().unwrap(), session_of(request)) {
        ("https://zeus", _) => moved("https://iris.accurate.id"),
        (_, None) => opened_again(),
        (_, Some("5e55-1")) => lost_session(),
        _ => page(request),
    });
    assert!(accurate.read(&host, &request()).unwrap().complete);
    assert_eq!((host.ids().len(), host.count("open-db.do")), (30, 1));
}
