//! Sessions that end: opened again once for all calls in flight, the same call repeated, never a write done twice, and an end to it.

use crate::script::*;
use selaras_connector_api::{
    Code, Connector, GetRequest, HttpRequest, Outcome, ReadRequest, Transport, WriteItem, WriteOp, WriteRequest,
};
use serde_json::{Map, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

fn item(op: WriteOp, id: u64) -> WriteItem {
    let fields = Map::from_iter([("name".to_owned(), json!(format!("Toko {id}")))]);
    WriteItem { op, id: Some(id.to_string()), version: None, fields, children: Vec::new() }
}

fn items(op: WriteOp, count: u64) -> Vec<WriteItem> {
    (1..=count).map(|id| item(op, id)).collect()
}

fn write(accurate: &mut dyn Connector, host: &Scripted<'_>, resource: &str, items: Vec<WriteItem>) -> Vec<Outcome> {
    let done = accurate.write(host, &WriteRequest { resource: resource.into(), items }).unwrap();
    assert!(host.all_taken());
    done.outcomes
}

fn codes(outcomes: &[Outcome]) -> Vec<Option<Code>> {
    let code = |outcome: &Outcome| match outcome {
        Outcome::Applied { .. } => None,
        Outcome::Rejected(failure) => Some(failure.code),
        Outcome::Unclear(failure) => panic!("unclear: {failure}"),
    };
    outcomes.iter().map(code).collect()
}

/// What a system that works says.
fn works(request: &HttpRequest) -> Answer {
    let id = parameter(request, "id").unwrap_or("50");
    let body = String::from_utf8(request.body.clone()).unwrap();
    if request.url.contains("bulk-save") {
        let rows = (0..).take_while(|at| body.contains(&format!("data[{at}]."))).count();
        let rows: Vec<String> =
            (1..=rows).map(|id| format!(r#"{{"s":true,"d":["ok"],"r":{{"id":{id},"optLock":1}}}}"#)).collect();
        return ok(format!(r#"{{"s":true,"d":[{}]}}"#, rows.join(",")));
    }
    if request.url.contains("/save.do") {
        let id = body.split('&').find_map(|pair| pair.strip_prefix("id=")).unwrap();
        return ok(format!(r#"{{"s":true,"d":["ok"],"r":{{"id":{id},"optLock":1}}}}"#));
    }
    if request.url.contains("/list.do") {
        let page: u64 = parameter(request, "sp.page").unwrap().parse().unwrap();
        return ok(format!(r#"{{"s":true,"d":[{{"id":{page}}}],"sp":{{"pageCount":60,"rowCount":60}}}}"#));
    }
    ok(format!(r#"{{"s":true,"d":{{"id":{id},"optLock":0}}}}"#))
}

/// A system whose sessions are good for so many calls each. Remembers how often each call was really answered.
struct ShortLived {
    calls: u32,
    opened: Cell<u32>,
    left: RefCell<BTreeMap<String, u32>>,
    answered: RefCell<BTreeMap<String, u32>>,
}

impl ShortLived {
    fn new(calls: u32) -> Self {
        let left = RefCell::new(BTreeMap::from([("5e55-1".to_owned(), calls)]));
        Self { calls, opened: Cell::new(1), left, answered: RefCell::default() }
    }

    fn answer(&self, request: &HttpRequest) -> Answer {
        if request.url.contains("open-db.do") {
            self.opened.set(self.opened.get() + 1);
            let id = format!("5e55-{}", self.opened.get());
            self.left.borrow_mut().insert(id.clone(), self.calls);
            return session(&id);
        }
        let mut left = self.left.borrow_mut();
        match left.get_mut(session_of(request).unwrap()).filter(|left| **left > 0) {
            None => lost_session(),
            Some(left) => {
                *left -= 1;
                let call = format!("{} {}", short(request), String::from_utf8_lossy(&request.body));
                *self.answered.borrow_mut().entry(call).or_default() += 1;
                works(request)
            }
        }
    }

    fn nothing_twice(&self) {
        for (call, times) in self.answered.borrow().iter() {
            assert_eq!(*times, 1, "{call}");
        }
    }
}

#[test]
fn each_kind_of_call_is_repeated_as_it_was() {
    type Act = fn(&mut dyn Connector, &Scripted<'_>);
    let acts: [(&str, Act); 5] = [
        ("list.do", |accurate, host| {
            let request = ReadRequest { resource: "unit".into(), fields: Vec::new(), since: None };
            assert!(accurate.read(host, &request).unwrap().complete);
        }),
        ("detail.do", |accurate, host| {
            let request = GetRequest { resource: "unit".into(), ids: vec!["7".into()], fields: Vec::new() };
            assert_eq!(accurate.get(host, &request).unwrap().failed, []);
        }),
        ("/save.do", |accurate, host| {
            assert_eq!(codes(&write(accurate, host, "unit", items(WriteOp::Update, 1))), [None]);
        }),
        ("bulk-save.do", |accurate, host| {
            assert_eq!(codes(&write(accurate, host, "unit", items(WriteOp::Update, 3))), [None; 3]);
        }),
        ("delete.do", |accurate, host| {
            assert_eq!(codes(&write(accurate, host, "unit", items(WriteOp::Delete, 1))), [None]);
        }),
    ];
    let expired: [fn() -> Answer; 2] = [lost_session, || ok(r#"{"s":false,"d":["Data Session Key tidak tepat"]}"#)];
    for (endpoint, act) in acts {
        for expired in expired {
            let host = Scripted::new(|request, _| match session_of(request) {
                None => session("5e55-2"),
                Some("5e55-1") => expired(),
                Some(_) => works(request),
            });
            act(&mut *opened(), &host);
            let requests = host.requests();
            assert!(requests[0].url.contains(endpoint) && requests[1].url.contains("open-db.do?id=1234567"));
            let (first, again) = (&requests[0], &requests[2]);
            assert_eq!((&first.method, &first.url, &first.body), (&again.method, &again.url, &again.body));
            assert_eq!((session_of(first), session_of(again)), (Some("5e55-1"), Some("5e55-2")));
            assert_eq!(host.count("open-db.do"), 1);
        }
    }
}

#[test]
fn calls_in_flight_share_one_reopening_and_no_write_is_done_twice() {
    let server = ShortLived::new(5);
    // The second session is for good.
    let host = Scripted::new(|request, _| match session_of(request) {
        Some("5e55-2") => {
            server.left.borrow_mut().insert("5e55-2".into(), 1);
            server.answer(request)
        }
        _ => server.answer(request),
    });
    let outcomes = write(&mut *opened(), &host, "employee", items(WriteOp::Update, 30));
    assert_eq!(codes(&outcomes), [None; 30]);
    assert_eq!(host.count("open-db.do"), 1);
    server.nothing_twice();
    assert_eq!(server.answered.borrow().len(), 30);
}

#[test]
fn however_short_sessions_are_a_run_gets_through() {
    for calls in [1, 2, 3, 7, 8, 9] {
        let server = ShortLived::new(calls);
        let host = Scripted::new(|request, _| server.answer(request));
        let mut accurate = opened();
        let request = ReadRequest { resource: "unit".into(), fields: Vec::new(), since: None };
        assert!(accurate.read(&host, &request).unwrap().complete, "{calls}");
        assert_eq!(host.ids().len(), 60, "{calls}");
        let outcomes = write(&mut *accurate, &host, "employee", items(WriteOp::Delete, 60));
        assert_eq!(codes(&outcomes), [None; 60], "{calls}");
        server.nothing_twice();
        assert!(calls > 3 || server.opened.get() > 20, "{calls}: {}", server.opened.get());
    }
}

#[test]
fn a_session_that_dies_at_once_is_given_up_in_clear_words() {
    let host = Scripted::new(|request, _| opening(request).unwrap_or_else(lost_session));
    let request = ReadRequest { resource: "unit".into(), fields: Vec::new(), since: None };
    let failure = opened().read(&host, &request).unwrap_err();
    assert_eq!(failure.code, Code::NotConnected);
    assert_eq!(
        failure.text,
        "unit/list.do: the database PT Panduan Sejahtera (1234567) was opened again, and the new session was refused at once. Run it \
         again in a few minutes; if it stays so, connect this system again."
    );
    let host = Scripted::new(|request, _| opening(request).unwrap_or_else(lost_session));
    let outcomes = write(&mut *opened(), &host, "employee", items(WriteOp::Update, 40));
    assert_eq!(codes(&outcomes), [Some(Code::NotConnected); 40]);
    assert!(host.requests().len() <= 3 * 8, "{}", host.requests().len());
}

#[test]
fn a_reopening_that_fails_is_tried_once_for_all_in_flight() {
    let host =
        Scripted::new(|request, _| if request.url.contains("open-db.do") { bad_gateway() } else { lost_session() });
    let outcomes = write(&mut *opened(), &host, "employee", items(WriteOp::Delete, 24));
    assert_eq!(codes(&outcomes), [Some(Code::Unavailable); 24], "nothing was done, and it may be well again soon");
    let tries = host.count("open-db.do");
    assert!((1..=6).contains(&tries), "{tries}");
}

#[test]
fn a_trial_that_ends_in_the_middle_of_a_run_is_told_with_the_database() {
    let over = || status(500, r#"{"s":false,"d":["Masa ujicoba PT Panduan Sejahtera sudah berakhir"]}"#);
    let host = Scripted::new(|request, _| if request.url.contains("open-db.do") { over() } else { lost_session() });
    let mut accurate = opened();
    let outcomes = write(&mut *accurate, &host, "employee", items(WriteOp::Update, 24));
    assert_eq!(codes(&outcomes), [Some(Code::Settings); 24]);
    assert_eq!((host.count("open-db.do"), host.requests().len()), (1, 9));
    let Outcome::Rejected(failure) = &outcomes[23] else { panic!("rejected") };
    assert!(failure.text.contains("PT Panduan Sejahtera (1234567)"), "{failure}");
    // The data host may be the first to say it. Then a write is unclear, and the others are not sent.
    let host = Scripted::new(|_, _| over());
    let mut accurate = opened();
    let request = WriteRequest { resource: "employee".into(), items: items(WriteOp::Update, 24) };
    let outcomes = accurate.write(&host, &request).unwrap().outcomes;
    assert!(matches!(&outcomes[0], Outcome::Unclear(failure) if failure.code == Code::Settings));
    assert!(matches!(&outcomes[23], Outcome::Rejected(failure) if failure.code == Code::Settings));
    assert_eq!(host.requests().len(), 8);
}

#[test]
fn a_lost_answer_to_the_repeated_save_is_unclear() {
    let host = Scripted::new(|request, _| match session_of(request) {
        None => session("5e55-2"),
        Some("5e55-1") => lost_session(),
        Some(_) => Err(Transport::AnswerLost(failure("timed out"))),
    });
    let request = WriteRequest { resource: "unit".into(), items: items(WriteOp::Update, 3) };
    let outcomes = opened().write(&host, &request).unwrap().outcomes;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Unclear(_))), "{outcomes:?}");
    assert_eq!(host.requests().len(), 3);
}
