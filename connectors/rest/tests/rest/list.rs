//! Listing: every paging style, several pages in flight, lists that shift, stop early, repeat or lie.

use crate::fake::{Answer, FakeHost, connector, ok, param, status, text, thing};
use selaras_connector_api::{Code, Connector, Failure, HttpRequest, ReadDone, ReadRequest};
use selaras_connector_rest::Rest;
use serde_json::json;
use std::cell::Cell;

const NUMBERED: &str = r#"
[resources.thing.list]
paging = { page-number = { number = "page", size = "size" } }
page_size = 2
records = "$.data"
total = "$.rowCount"
page_count = "$.pageCount"
complete = true
since = { param = "since", changed = "$.updatedAt", overlap_s = 60 }
"#;

fn read(rest: &mut Rest, host: &FakeHost<'_>) -> Result<ReadDone, Failure> {
    rest.read(host, &ReadRequest { resource: "thing".into(), fields: Vec::new(), since: None })
}

fn number(request: &HttpRequest, name: &str) -> u64 {
    param(request, name).map_or(0, |text| text.parse().unwrap())
}

/// `rows` things, two to a page.
fn pages(rows: u64) -> impl Fn(&HttpRequest) -> Answer {
    move |request| {
        let page = number(request, "page");
        let data: Vec<_> = (2 * page - 1..=rows.min(2 * page)).map(thing).collect();
        ok(&json!({"data": data, "page": page, "pageCount": rows.div_ceil(2), "rowCount": rows}))
    }
}

#[test]
fn numbered_pages_come_in_order_with_four_in_flight() {
    let host = FakeHost::new(pages(13));
    let done = read(&mut connector(NUMBERED), &host).unwrap();
    let want: Vec<_> = (1..=13).map(|n| format!("t{n}")).collect();
    assert_eq!(host.ids(), want);
    assert_eq!(host.calls()[..2], ["GET /things?page=1&size=2", "GET /things?page=2&size=2"]);
    assert_eq!(host.calls().len(), 7);
    assert_eq!(host.most_in_flight.get(), 4);
    assert!(done.complete, "{done:?}");
    assert_eq!(
        done.cursor.unwrap(),
        "2026-05-02T09:14:13+07:00",
        "newest change less the overlap, in the zone as written"
    );
    assert_eq!(host.emitted.borrow()[3].version.as_deref(), Some("4"));
}

#[test]
fn a_smaller_budget_means_fewer_in_flight() {
    let budget = format!("{}\n[budget]\nper_second = 8\nparallel = 2\n{}", "", NUMBERED);
    let text = format!("{}\n{budget}", crate::fake::HEAD)
        .replace("[resources.thing.list]", "[resources.thing]\ntitle='t'\npath='/things'\n[resources.thing.list]");
    let mut rest = Rest::from_toml(&text).unwrap();
    crate::fake::opened(&mut rest);
    let host = FakeHost::new(pages(13));
    read(&mut rest, &host).unwrap();
    assert_eq!(host.most_in_flight.get(), 2);
}

#[test]
fn records_are_cut_out_byte_for_byte() {
    let host = FakeHost::new(|_| {
        text(200, r#"{"data": [ {"n": 1.50,  "id":"a" , "s":"\u00e9"} ], "rowCount":1,"pageCount":1}"#)
    });
    read(&mut connector(NUMBERED), &host).unwrap();
    assert_eq!(host.emitted.borrow()[0].raw, br#"{"n": 1.50,  "id":"a" , "s":"\u00e9"}"#);
    assert_eq!(host.emitted.borrow()[0].version, None);
}

#[test]
fn an_empty_list_is_complete() {
    let host = FakeHost::new(|_| ok(&json!({"data": [], "pageCount": 0, "rowCount": 0})));
    let done = read(&mut connector(NUMBERED), &host).unwrap();
    assert!(done.complete && host.calls().len() == 1);
    assert_eq!(done.cursor, None);
}

#[test]
fn a_list_that_shifts_is_not_complete_and_nothing_comes_twice() {
    // A record was put in front after page 1 was read: t2 comes again.
    let host = FakeHost::new(|request| match number(request, "page") {
        1 => ok(&json!({"data": [thing(1), thing(2)], "pageCount": 2, "rowCount": 4})),
        _ => ok(&json!({"data": [thing(2), thing(3)], "pageCount": 2, "rowCount": 4})),
    });
    let done = read(&mut connector(NUMBERED), &host).unwrap();
    assert_eq!(host.ids(), ["t1", "t2", "t3"]);
    assert!(!done.complete);
    assert_eq!(done.why_incomplete.unwrap().text, "4 records were announced, 3 came, 1 came twice");
    assert_eq!(done.cursor, None, "a cursor moves only after a whole reading");
}

#[test]
fn a_list_that_grows_is_read_to_its_new_end_but_is_not_complete() {
    let host = FakeHost::new(|request| match number(request, "page") {
        1 => ok(&json!({"data": [thing(1), thing(2)], "pageCount": 2, "rowCount": 4})),
        page => ok(&json!({"data": [thing(2 * page - 1), thing(2 * page)], "pageCount": 3, "rowCount": 6})),
    });
    let done = read(&mut connector(NUMBERED), &host).unwrap();
    assert_eq!(host.ids().len(), 6);
    assert!(done.why_incomplete.unwrap().text.contains("4 records at first, 6 at last"));
}

#[test]
fn a_list_that_announces_pages_for_ever_ends() {
    let host = FakeHost::new(|request| {
        ok(&json!({"data": [thing(1), thing(2)], "pageCount": number(request, "page") + 1, "rowCount": 2}))
    });
    let done = read(&mut connector(NUMBERED), &host).unwrap();
    assert!(!done.complete);
    assert!(host.calls().len() < 5);
}

#[test]
fn a_list_that_stops_early_is_not_complete() {
    let host = FakeHost::new(|request| match number(request, "page") {
        2 => ok(&json!({"data": [], "pageCount": 2, "rowCount": 4})),
        _ => pages(4)(request),
    });
    let done = read(&mut connector(NUMBERED), &host).unwrap();
    assert_eq!(done.why_incomplete.unwrap().text, "4 records were announced, 2 came");
}

#[test]
fn a_row_without_an_id_is_told_and_the_others_come() {
    let host = FakeHost::new(|_| ok(&json!({"data": [{"id": null}, thing(2)], "pageCount": 1, "rowCount": 2})));
    let done = read(&mut connector(NUMBERED), &host).unwrap();
    assert_eq!(host.ids(), ["t2"]);
    assert!(done.why_incomplete.unwrap().text.contains("without an id"));
}

#[test]
fn a_page_that_fails_ends_the_reading_in_order() {
    let host = FakeHost::new(|request| match number(request, "page") {
        3 => status(403, &json!({"error": {"code": "odd", "message": "not for you"}})),
        _ => pages(12)(request),
    });
    let failure = read(&mut connector(NUMBERED), &host).unwrap_err();
    assert_eq!((failure.code, failure.text.as_str()), (Code::Forbidden, "not for you"));
    assert_eq!(failure.detail.as_deref(), Some("HTTP 403, odd"));
    assert_eq!(host.ids(), ["t1", "t2", "t3", "t4"], "what came after the failed page is not handed over");
}

#[test]
fn answers_that_make_no_sense_are_protocol_failures() {
    for body in ["<html>", "{}", r#"{"data": {}}"#, r#"{"data": null}"#] {
        let host = FakeHost::new(|_| text(200, body));
        assert_eq!(read(&mut connector(NUMBERED), &host).unwrap_err().code, Code::Protocol, "{body}");
    }
}

#[test]
fn a_cancelled_reading_breaks_off() {
    let host = FakeHost::new(pages(40));
    host.cancel_after.set(Some(5));
    assert_eq!(read(&mut connector(NUMBERED), &host).unwrap_err().code, Code::Cancelled);
    assert_eq!(host.calls().len(), 5);
}

#[test]
fn changes_are_asked_for_and_the_cursor_never_goes_back() {
    let host = FakeHost::new(|_| ok(&json!({"data": [thing(30)], "pageCount": 1, "rowCount": 1})));
    let mut rest = connector(NUMBERED);
    let mut since = |since: &str| {
        rest.read(&host, &ReadRequest { resource: "thing".into(), fields: Vec::new(), since: Some(since.into()) })
            .unwrap()
    };
    assert_eq!(since("2026-05-02T02:15:00Z").cursor.unwrap(), "2026-05-02T02:15:00Z");
    assert_eq!(since("2026-05-02T09:00:00+07:00").cursor.unwrap(), "2026-05-02T09:14:30+07:00");
    assert_eq!(host.calls()[0], "GET /things?page=1&size=2&since=2026-05-02T02%3A15%3A00Z");
}

#[test]
fn without_counts_pages_are_read_until_one_is_empty() {
    let paging = r#"list = { paging = { page-number = { number = "p", first = 0 } }, page_size = 2, records = "$", complete = true, params = { sort = "id" } }"#;
    let rows = [2, 1, 2, 0];
    let host = FakeHost::new(|request| {
        let page = number(request, "p");
        let data: Vec<_> = (0..rows[usize::try_from(page).unwrap()]).map(|n| thing(page * 2 + n)).collect();
        ok(&json!(data))
    });
    let done = read(&mut connector(paging), &host).unwrap();
    assert!(done.complete, "a short page is not the last");
    assert_eq!(host.calls().last().unwrap(), "GET /things?p=3&sort=id");
    assert_eq!(host.ids().len(), 5);
}

#[test]
fn a_server_that_ignores_the_page_is_found_out() {
    let paging =
        r#"list = { paging = { page-number = { number = "p" } }, page_size = 2, records = "$", complete = true }"#;
    let host = FakeHost::new(|_| ok(&json!([thing(1), thing(2)])));
    let done = read(&mut connector(paging), &host).unwrap();
    assert!(done.why_incomplete.unwrap().text.contains("repeated earlier records"));
    assert_eq!(host.calls().len(), 2);
}

#[test]
fn offsets_follow_the_rows_that_a_page_really_has() {
    let paging = r#"list = { paging = { offset = { offset = "o", size = "n" } }, page_size = 5, records = "$.data", total = "$.total", complete = true }"#;
    let host = FakeHost::new(|request| {
        let from = number(request, "o");
        // The system caps pages at three.
        let data: Vec<_> = (from..7.min(from + 3)).map(thing).collect();
        ok(&json!({"data": data, "total": 7}))
    });
    let done = read(&mut connector(paging), &host).unwrap();
    assert!(done.complete, "{done:?}");
    assert_eq!(host.calls(), ["GET /things?o=0&n=5", "GET /things?o=3&n=5", "GET /things?o=6&n=5"]);
}

#[test]
fn offsets_without_a_total_go_on_to_an_empty_page() {
    let paging = r#"list = { paging = { offset = { offset = "o" } }, page_size = 5, records = "$", complete = true }"#;
    let host = FakeHost::new(|request| {
        let from = number(request, "o");
        let to = [3, 4, 7, 7][usize::from(from > 0) + usize::from(from > 3)];
        ok(&json!((from..to).map(thing).collect::<Vec<_>>()))
    });
    assert!(read(&mut connector(paging), &host).unwrap().complete);
    assert_eq!(host.calls(), ["GET /things?o=0", "GET /things?o=3", "GET /things?o=4", "GET /things?o=7"]);
}

#[test]
fn a_cursor_is_followed_until_there_is_none() {
    let paging = r#"list = { paging = { cursor = { token = "after", next = "$.meta.next", size = "n" } }, page_size = 1, records = "$.data", complete = true }"#;
    let host = FakeHost::new(|request| match param(request, "after").as_deref() {
        None => ok(&json!({"data": [thing(1)], "meta": {"next": "a b"}})),
        Some("a%20b") => ok(&json!({"data": [thing(2)], "meta": {"next": 7}})),
        Some(_) => ok(&json!({"data": [thing(3)], "meta": {"next": ""}})),
    });
    assert!(read(&mut connector(paging), &host).unwrap().complete);
    assert_eq!(host.calls(), ["GET /things?n=1", "GET /things?after=a%20b&n=1", "GET /things?after=7&n=1"]);
}

#[test]
fn a_cursor_that_goes_round_in_a_circle_ends() {
    let paging = r#"list = { paging = { cursor = { token = "after", next = "$.next" } }, page_size = 1, records = "$.data", complete = true }"#;
    let page = Cell::new(0);
    let host = FakeHost::new(|_| {
        page.set(page.get() + 1);
        ok(&json!({"data": [thing(page.get())], "next": "same"}))
    });
    let done = read(&mut connector(paging), &host).unwrap();
    assert!(done.why_incomplete.unwrap().text.contains("circle"));
    assert_eq!(host.calls().len(), 2);
}

const LINKED: &str = r#"list = { paging = { link-next = {} }, page_size = 1, records = "$", complete = true }"#;

fn linked(body: &serde_json::Value, link: Option<&str>) -> Answer {
    let mut answer = ok(body)?;
    answer.headers.extend(link.map(|link| ("link".to_owned(), link.to_owned())));
    Ok(answer)
}

#[test]
fn the_next_page_is_found_in_the_link_header() {
    let host = FakeHost::new(|request| match param(request, "p").as_deref() {
        None => linked(
            &json!([thing(1)]),
            Some(r#"<http://h/api/x?a=1,2>; rel="prev", </api/things?p=2,5>; title="n"; rel="last next""#),
        ),
        Some("2,5") => linked(&json!([thing(2)]), Some("<?p=3>; rel=next")),
        Some(_) => linked(&json!([thing(3)]), Some("<?p=1>; rel=first")),
    });
    assert!(read(&mut connector(LINKED), &host).unwrap().complete);
    assert_eq!(host.calls(), ["GET /things", "GET /things?p=2,5", "GET /things?p=3"]);
}

#[test]
fn the_next_page_is_never_another_servers() {
    for evil in ["<http://evil/things>; rel=next", "<//evil/things>; rel=next", "<http://h.evil/>; rel=next"] {
        let host = FakeHost::new(|_| linked(&json!([thing(1)]), Some(evil)));
        let failure = read(&mut connector(LINKED), &host).unwrap_err();
        assert_eq!(failure.code, Code::Protocol, "{evil}");
        assert_eq!(host.calls().len(), 1);
    }
}

#[test]
fn the_next_page_may_stand_in_the_body() {
    let paging = LINKED.replace("{}", r#"{ next = "$.next" }"#).replace("\"$\"", "\"$.data\"");
    let host = FakeHost::new(|request| match param(request, "p") {
        None => ok(&json!({"data": [thing(1)], "next": "http://h/api/things?p=2"})),
        Some(_) => ok(&json!({"data": [thing(2)], "next": null})),
    });
    assert!(read(&mut connector(&paging), &host).unwrap().complete);
    assert_eq!(host.ids(), ["t1", "t2"]);
}

#[test]
fn a_list_without_pages_is_one_call_and_promises_only_what_is_declared() {
    let paging = r#"list = { paging = "none", page_size = 1, records = "$..[?@.id]" }"#;
    let host = FakeHost::new(|_| ok(&json!({"groups": [{"rows": [thing(1)]}, {"rows": [thing(2), thing(3)]}]})));
    let done = read(&mut connector(paging), &host).unwrap();
    assert_eq!(host.ids(), ["t1", "t2", "t3"]);
    assert_eq!(host.calls(), ["GET /things"]);
    assert!(done.why_incomplete.unwrap().text.contains("does not promise"));
}

#[test]
fn headers_go_with_every_request() {
    let paging = "list = { paging = \"none\", page_size = 1, records = \"$\" }\nheaders = { X-Api = \"{base_url}\", accept = \"text/json\" }";
    let host = FakeHost::new(|_| ok(&json!([])));
    read(&mut connector(paging), &host).unwrap();
    let headers = host.asked.borrow()[0].headers.clone();
    assert_eq!(
        headers,
        [("X-Api".to_owned(), "http://h/api/".to_owned()), ("accept".to_owned(), "text/json".to_owned())]
    );
}
