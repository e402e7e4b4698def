//! Listing: what is asked, order, de-duplication, completeness, sessions and moves on the way.

use crate::script::*;
use selaras_connector_api::{Code, Connector, Failure, HttpRequest, ReadDone, ReadRequest, Transport};

fn request(resource: &str, fields: &[&str], since: Option<&str>) -> ReadRequest {
    ReadRequest {
        resource: resource.into(),
        fields: fields.iter().map(|&field| field.to_owned()).collect(),
        since: since.map(str::to_owned),
    }
}

fn read(accurate: &mut dyn Connector, host: &Scripted<'_>) -> Result<ReadDone, Failure> {
    let done = accurate.read(host, &request("customer", &["customerNo", "name"], None));
    assert!(host.all_taken(), "every ticket is waited for");
    done
}

fn page_of(request: &HttpRequest) -> u64 {
    parameter(request, "sp.page").unwrap().parse().unwrap()
}

/// A page holding these ids.
fn page(ids: impl IntoIterator<Item = u64>, pages: u64, rows: u64) -> Answer {
    let rows_text: Vec<String> = ids.into_iter().map(|id| format!(r#"{{"id":{id},"optLock":3}}"#)).collect();
    ok(format!(
        r#"{{"s":true,"d":[{}],"sp":{{"page":1,"sort":null,"pageSize":100,"pageCount":{pages},"rowCount":{rows},"start":0,"limit":null}}}}"#,
        rows_text.join(",")
    ))
}

/// Page `number` of records 1, 2, 3 … in pages of ten.
fn tens(number: u64, rows: u64) -> Answer {
    let first = (number - 1) * 10 + 1;
    page(first..=rows.min(first + 9), rows.div_ceil(10), rows)
}

fn numbers(range: std::ops::RangeInclusive<u64>) -> Vec<String> {
    range.map(|id| id.to_string()).collect()
}

#[test]
fn asks_for_the_fields_wanted_and_no_others() {
    let mut accurate = opened();
    let host = Scripted::new(|_, _| page([], 1, 0));
    for (resource, fields, since) in [
        ("customer", &["customerNo", "name", "term.name", "billStreet"][..], None),
        ("customer", &["billStreet"], None),
        ("item", &["no", "lastUpdate"], Some("01/06/2026 07:05:00")),
        ("employee", &["number", "name"], None),
        ("sales-order", &["number", "detailItem[].quantity"], None),
    ] {
        accurate.read(&host, &request(resource, fields, since)).unwrap();
    }
    insta::assert_snapshot!("read_requests", host.transcript());
}

#[test]
fn pages_are_in_flight_together_and_emitted_in_order() {
    let mut accurate = opened();
    let host = Scripted::new(|request, _| tens(page_of(request), 195));
    let done = read(&mut *accurate, &host).unwrap();
    assert_eq!(done, ReadDone { complete: true, why_incomplete: None, cursor: None });
    assert_eq!(host.ids(), numbers(1..=195));
    assert_eq!(host.batches().len(), 20);
    assert_eq!(host.most_in_flight(), 8);
    assert_eq!(host.requests().len(), 20, "each page once");
    assert_eq!(host.batches()[0].records[0].version.as_deref(), Some("3"));
}

#[test]
fn the_first_page_goes_alone_and_a_single_page_is_one_call() {
    let mut accurate = opened();
    let host = Scripted::new(|request, _| tens(page_of(request), 7));
    assert!(read(&mut *accurate, &host).unwrap().complete);
    assert_eq!(host.requests().len(), 1);
}

#[test]
fn records_leave_byte_for_byte() {
    let row = r#"{ "optLock" : 8,"unitPrice":134400.000000,"big":999999999999.123456,"note":"a\/b \u00e9","x":{"id":9}, "id":82994 }"#;
    let body = format!(r#"{{"sp":{{"rowCount":1,"pageCount":1}},"d":[ {row} ],"s":true}}"#);
    let mut accurate = opened();
    let host = Scripted::new(|_, _| ok(body.clone()));
    assert!(read(&mut *accurate, &host).unwrap().complete);
    let record = &host.batches()[0].records[0];
    assert_eq!(String::from_utf8_lossy(&record.raw), row);
    assert_eq!((record.id.as_str(), record.version.as_deref()), ("82994", Some("8")));
}

#[test]
fn lists_that_ignore_paging_give_each_record_once() {
    let mut accurate = opened();
    let host = Scripted::new(|_, _| page(1..=30, 3, 30));
    assert!(read(&mut *accurate, &host).unwrap().complete);
    assert_eq!(host.ids(), numbers(1..=30));
}

#[test]
fn shifting_pages_are_never_called_complete() {
    // Record 5 goes while pages are read: 11 slides onto page 1, which was read before.
    let mut accurate = opened();
    let host = Scripted::new(|request, _| match page_of(request) {
        1 => page(1..=10, 3, 30),
        2 => page(12..=21, 3, 29),
        _ => page(22..=30, 3, 29),
    });
    let done = read(&mut *accurate, &host).unwrap();
    assert!(!done.complete);
    assert_eq!(
        done.why_incomplete.as_ref().map(|why| why.text.as_str()),
        Some("30 records were announced, then 29: something changed while it was read")
    );
    assert_eq!(host.ids().len(), 29);
}

#[test]
fn a_record_that_silently_stays_away_is_noticed() {
    let mut accurate = opened();
    let host = Scripted::new(
        |request, _| if page_of(request) == 2 { page(10..=19, 3, 30) } else { tens(page_of(request), 30) },
    );
    let done = read(&mut *accurate, &host).unwrap();
    assert_eq!(
        (done.complete, done.why_incomplete.as_ref().map(|why| why.text.as_str())),
        (false, Some("30 records were announced, and 29 came"))
    );
    let mut sorted = host.ids();
    sorted.dedup();
    assert_eq!(sorted.len(), host.ids().len(), "10 came twice and is emitted once");
}

#[test]
fn records_without_id_and_answers_without_counts_are_noticed() {
    for body in
        [r#"{"s":true,"d":[{"id":1},{"name":"x"}],"sp":{"pageCount":1,"rowCount":1}}"#, r#"{"s":true,"d":[{"id":1}]}"#]
    {
        let mut accurate = opened();
        let host = Scripted::new(|_, _| ok(body));
        assert!(!read(&mut *accurate, &host).unwrap().complete, "{body}");
        assert_eq!(host.ids(), ["1"]);
    }
}

#[test]
fn pages_that_appear_while_reading_are_read_too() {
    let mut accurate = opened();
    let host = Scripted::new(|request, _| tens(page_of(request), if page_of(request) == 1 { 20 } else { 25 }));
    assert!(!read(&mut *accurate, &host).unwrap().complete);
    assert_eq!(host.ids(), numbers(1..=25));
}

#[test]
fn an_empty_page_ends_a_list_that_promises_without_end() {
    let mut accurate = opened();
    let host =
        Scripted::new(|request, _| if page_of(request) == 1 { page(1..=10, 90_000, 10) } else { page([], 90_000, 10) });
    read(&mut *accurate, &host).unwrap();
    assert!(host.requests().len() < 20);
    let host = Scripted::new(|_, _| page(1..=10, u64::MAX, 10));
    assert_eq!(read(&mut *accurate, &host).unwrap_err().code, Code::Protocol);
}

#[test]
fn a_page_that_fails_breaks_off_and_hands_over_nothing_behind_it() {
    let answers: [(fn() -> Answer, Code); 4] = [
        (bad_gateway, Code::Unavailable),
        (dead_token, Code::Unauthorised),
        (|| Err(Transport::AnswerLost(failure("timed out"))), Code::Unavailable),
        (|| ok(r#"{"s":true,"d":{"id":1}}"#), Code::Protocol),
    ];
    for (answer, code) in answers {
        let mut accurate = opened();
        let host =
            Scripted::new(|request, _| if page_of(request) == 4 { answer() } else { tens(page_of(request), 500) });
        assert_eq!(read(&mut *accurate, &host).unwrap_err().code, code);
        assert_eq!(host.ids(), numbers(1..=30));
        assert!(host.requests().len() <= 12, "no more pages are asked for");
    }
}

#[test]
fn a_run_that_ends_stops_between_pages() {
    let mut accurate = opened();
    let host = Scripted::new(|request, _| tens(page_of(request), 500)).cancel_after(12);
    let failure = read(&mut *accurate, &host).unwrap_err();
    assert_eq!(failure.code, Code::Cancelled);
    assert_eq!(failure.text, "customer/list.do: stopped after 12 of 50 pages, because the run is to end.");
    assert_eq!(host.ids(), numbers(1..=120));
}

#[test]
fn a_session_that_ends_half_way_is_opened_again_once() {
    let mut accurate = opened();
    let host = Scripted::new(|request, _| {
        let session = request.headers.iter().find(|(name, _)| name == "X-Session-ID").map(|(_, id)| id.as_str());
        match session {
            None => ok(
                r#"{"s":true,"d":["Proses Berhasil Dilakukan"],"session":"5e55-2","host":"https://iris.accurate.id"}"#,
            ),
            Some("5e55-1") if page_of(request) > 3 => lost_session(),
            _ => tens(page_of(request), 200),
        }
    });
    assert!(read(&mut *accurate, &host).unwrap().complete);
    assert_eq!(host.ids(), numbers(1..=200));
    assert_eq!(
        host.calls().iter().filter(|call| call.contains("open-db.do")).count(),
        1,
        "though several pages met it"
    );
    assert!(host.requests().last().unwrap().url.starts_with("https://iris.accurate.id/accurate/api/customer/list.do"));
}

#[test]
fn a_session_refused_again_and_again_is_a_failure() {
    let mut accurate = opened();
    let host = Scripted::new(|request, _| opening(request).unwrap_or_else(lost_session));
    assert_eq!(read(&mut *accurate, &host).unwrap_err().code, Code::NotConnected);
    assert_eq!(host.requests().len(), 3, "asked, opened again, asked again");
}

#[test]
fn a_database_that_moves_is_followed_and_remembered() {
    let mut accurate = opened();
    let host = Scripted::new(|request, _| {
        if request.url.starts_with("https://zeus.") && page_of(request) > 1 {
            moved("https://iris.accurate.id")
        } else {
            tens(page_of(request), 40)
        }
    });
    assert!(read(&mut *accurate, &host).unwrap().complete);
    assert_eq!(host.ids(), numbers(1..=40));
    let again = Scripted::new(|_, _| page([], 1, 0));
    read(&mut *accurate, &again).unwrap();
    let request = &again.requests()[0];
    assert!(request.url.starts_with("https://iris.accurate.id/"), "{}", request.url);
    assert!(request.headers.iter().any(|(name, _)| name == "X-Session-ID"));
}

#[test]
fn a_database_that_moves_in_circles_is_given_up() {
    let mut accurate = opened();
    let host = Scripted::new(|request, _| {
        moved(if request.url.starts_with("https://zeus.") {
            "https://iris.accurate.id"
        } else {
            "https://zeus.accurate.id"
        })
    });
    assert_eq!(read(&mut *accurate, &host).unwrap_err().code, Code::Protocol);
    assert!(host.requests().len() <= 5);
}

#[test]
fn the_cursor_is_the_latest_time_seen_less_an_overlap() {
    let body = r#"{"s":true,"d":[{"id":1,"lastUpdate":"30/05/2025 15:36:11"},{"id":2,"lastUpdate":"01/06/2025 00:02:00"},{"id":3,"lastUpdate":null}],"sp":{"pageCount":1,"rowCount":3}}"#;
    let mut accurate = opened();
    let host = Scripted::new(|_, _| ok(body));
    let wanted = request("customer", &["lastUpdate"], Some("01/01/2025 00:00:00"));
    let done = accurate.read(&host, &wanted).unwrap();
    assert_eq!(done.cursor.as_deref(), Some("31/05/2025 23:57:00"));
    let torn = Scripted::new(|_, _| ok(body.replace("\"rowCount\":3", "\"rowCount\":4")));
    let done = accurate.read(&torn, &wanted).unwrap();
    assert_eq!(done.cursor.as_deref(), Some("01/01/2025 00:00:00"), "an incomplete list moves nothing");
}

#[test]
fn what_cannot_be_asked_is_not_sent() {
    let mut accurate = opened();
    let host = Scripted::new(|_, _| panic!("nothing is to be sent"));
    for (resource, since, code) in [
        ("customer", Some("2026-06-01"), Code::Invalid),
        ("customer-category", Some("01/06/2026"), Code::Unsupported),
        ("sales-order", Some("01/06/2026"), Code::Unsupported),
        ("invoice", None, Code::Unsupported),
    ] {
        assert_eq!(accurate.read(&host, &request(resource, &[], since)).unwrap_err().code, code, "{resource}");
    }
}
