//! The door to the network, from the side of a connector: what is let through, what is added, what is repeated, and how a lost answer is
//! told. Against servers on loopback, with connectors that are linked.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod support;

use axum::http::{HeaderMap, StatusCode, header};
use selaras_connector_api::{
    Batch, Code, Failure, HttpRequest, HttpResponse, LogLevel, Outcome, RawRecord, ReadRequest, Transport, WriteDone,
    WriteItem, WriteOp, WriteRequest,
};
use selaras_host::{Host, HostOptions, System, SystemSettings, Timeouts};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{Probe, Seen, break_off, nobody, raw_server, recorder, server, settings, with_auth};

fn host() -> Host {
    Host::new(HostOptions { timeouts: Timeouts::all(Duration::from_millis(400)), ..HostOptions::default() }).unwrap()
}

fn read_of(system: &mut System) -> Result<(), Failure> {
    let request = ReadRequest { resource: "customer".into(), fields: Vec::new(), since: None };
    system.read(&request, &mut |_| {}).map(|_| ())
}

fn write_of(host: &Host, system: &mut System, items: usize) -> Result<WriteDone, Failure> {
    let item = WriteItem {
        op: WriteOp::Create,
        id: None,
        version: None,
        fields: serde_json::Map::new(),
        children: Vec::new(),
    };
    let request = WriteRequest { resource: "customer".into(), items: vec![item; items] };
    system.write(&host.permit_writes(), &request)
}

fn request(method: &str, url: &str) -> HttpRequest {
    HttpRequest { method: method.into(), repeatable: false, ..HttpRequest::get(url) }
}

type Answer = Result<HttpResponse, Transport>;

/// Sends requests one after another while observing, and gives what came of each.
fn observe_by(host: &Host, settings: &SystemSettings, requests: Vec<HttpRequest>) -> (Vec<Answer>, System) {
    let (sender, answers) = channel();
    let probe = Probe::reading(move |host| {
        requests.iter().for_each(|request| sender.send(host.call(request.clone())).unwrap());
        Ok(())
    });
    let mut system = host.linked("side", probe, settings);
    read_of(&mut system).unwrap();
    (answers.try_iter().collect(), system)
}

fn observe(base: &str, request: HttpRequest) -> (Answer, System) {
    let (mut answers, system) = observe_by(&host(), &settings("probe", base), vec![request]);
    (answers.remove(0), system)
}

/// Sends one request while writing.
fn write_one(base: &str, request: HttpRequest) -> (Answer, System) {
    let (sender, answers) = channel();
    let probe = Probe::writing(move |host| {
        sender.send(host.call(request.clone())).unwrap();
        Ok(WriteDone { outcomes: Vec::new() })
    });
    let host = host();
    let mut system = host.linked("side", probe, &settings("probe", base));
    write_of(&host, &mut system, 0).unwrap();
    (answers.recv().unwrap(), system)
}

#[test]
fn writes_pass_only_with_a_permit() {
    let (base, seen) = recorder();
    for method in ["POST", "PUT", "PATCH", "DELETE", "HEAD", "get"] {
        let (answer, system) = observe(&base, request(method, &format!("{base}/save")));
        assert!(matches!(&answer, Err(Transport::Refused(failure)) if failure.code == Code::WriteRefused), "{method}");
        assert_eq!((system.calls().reads, system.calls().writes), (0, 0));
    }
    assert_eq!(Seen::taken(&seen), Vec::<String>::new());
    assert!(observe(&base, request("POST", &format!("{base}/search"))).0.is_ok(), "a read by the manifest");
    let (answer, system) = write_one(&base, request("POST", &format!("{base}/save")));
    assert_eq!((answer.unwrap().status, system.calls().writes), (200, 1));
    assert_eq!(Seen::taken(&seen), ["POST /search", "POST /save"]);
}

#[test]
fn every_attempt_is_signed_anew() {
    let (sender, heard) = channel::<HeaderMap>();
    let sender = Mutex::new(sender);
    let sender = Arc::new(sender);
    let (base, _) = server(move |number, request| {
        sender.lock().unwrap().send(request.headers().clone()).unwrap();
        if number == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
    });
    let now = AtomicI64::new(1_700_000_000);
    let clock = Arc::new(move || now.fetch_add(1, Ordering::SeqCst));
    let host = Host::with_clock(HostOptions::default(), clock, 1).unwrap();
    let settings = with_auth(&base, "api-token", "aat.x.y", Some("31d49b3dc632614495ff8071e5be44a1"));
    let (answers, system) = observe_by(&host, &settings, vec![HttpRequest::get(format!("{base}/a"))]);
    assert_eq!(answers[0].as_ref().unwrap().status, 200);
    assert_eq!((system.calls().reads, system.calls().retried), (2, 1));
    let heard: Vec<HeaderMap> = heard.try_iter().collect();
    let text = |headers: &HeaderMap, name: &str| headers[name].to_str().unwrap().to_owned();
    assert_eq!(text(&heard[0], "authorization"), "Bearer aat.x.y");
    assert_eq!(text(&heard[0], "x-api-timestamp"), "1700000000");
    // Worked out by another implementation.
    assert_eq!(text(&heard[0], "x-api-signature"), "I9mj1D2LvKIw7iwz4tcAo2GLXNlqzLpJ/HmPJ3uie0o=");
    assert_ne!(text(&heard[0], "x-api-timestamp"), text(&heard[1], "x-api-timestamp"));
    assert_ne!(text(&heard[0], "x-api-signature"), text(&heard[1], "x-api-signature"));
}

#[test]
fn a_clock_that_is_off_is_told_by_how_much() {
    let refusal = r#"{"s":false,"d":["Header X-Api-Timestamp difference more than 600 seconds"]}"#;
    let answer = move |_: usize, _: &axum::extract::Request| {
        (StatusCode::UNAUTHORIZED, [(header::DATE, "Tue, 14 Nov 2023 22:13:20 GMT")], refusal)
    };
    let (base, seen) = server(answer);
    // 20 minutes behind.
    let host = Host::with_clock(HostOptions::default(), Arc::new(|| 1_700_000_000 - 1200), 1).unwrap();
    let url = HttpRequest::get(format!("{base}/a"));
    let (answers, _) = observe_by(&host, &with_auth(&base, "api-token", "aat.x.y", Some("secret")), vec![url.clone()]);
    let Err(Transport::Refused(failure)) = &answers[0] else { panic!("{answers:?}") };
    assert!(failure.code == Code::ClockOff && failure.text.contains("is 20 min behind"), "{failure}");
    assert_eq!(Seen::taken(&seen).len(), 1);
    let (answers, _) = observe_by(&host, &with_auth(&base, "bearer", "token", None), vec![url]);
    assert_eq!(answers[0].as_ref().unwrap().status, 401, "without a signature it is the connector's to read");
}

#[test]
fn credentials_are_not_shown_to_strangers() {
    let (base, _) = recorder();
    for url in
        ["http://192.0.2.1/", "http://example.com/", "http://user:pw@127.0.0.1/", "file:///etc/passwd", "nonsense"]
    {
        let settings = with_auth(&base, "bearer", "topsecret", None);
        let (answers, system) = observe_by(&host(), &settings, vec![HttpRequest::get(url)]);
        assert!(matches!(&answers[0], Err(Transport::Refused(_))), "{url}: {:?}", answers[0]);
        assert_eq!(system.calls().reads, 0, "{url}");
    }
    let (other, seen) = recorder();
    let (answers, _) = observe_by(&host(), &settings("probe", &base), vec![HttpRequest::get(format!("{other}/x"))]);
    assert!(answers[0].is_ok(), "from loopback to loopback, whatever the port");
    assert_eq!(Seen::taken(&seen), ["GET /x"]);
}

#[test]
fn invariant_22_secrets_do_not_come_back_in_failures_or_logs() {
    let (base, _) = recorder();
    let host = host();
    let probe = Probe::reading(|host| {
        host.log(LogLevel::Warn, "tried topsecret");
        Err(Failure::new(Code::Unauthorised, "topsecret is no good").with_detail("topsecret"))
    });
    let mut system = host.linked("side", probe, &with_auth(&base, "bearer", "topsecret", None));
    let failure = read_of(&mut system).unwrap_err();
    assert_eq!((failure.text.as_str(), failure.detail.as_deref()), ("*** is no good", Some("***")));
    assert_eq!(system.take_log(), [(LogLevel::Warn, "tried ***".to_owned())]);
    let opened = format!("{:?}", system.open().unwrap());
    assert!(opened.contains("bearer") && !opened.contains("topsecret"), "{opened}");
}

#[test]
fn too_many_calls_wait_as_long_as_they_are_told() {
    let answer = |number: usize, _: &axum::extract::Request| match number {
        1 => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")]),
        _ => (StatusCode::OK, [(header::RETRY_AFTER, "0")]),
    };
    let (base, _) = server(answer);
    let start = Instant::now();
    // A write, too: the answer says that it was not done.
    let (answer, system) = write_one(&base, request("POST", &format!("{base}/save")));
    assert_eq!(answer.unwrap().status, 200);
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!((system.calls().writes, system.calls().retried, system.calls().limited), (2, 1, 1));
}

#[test]
fn a_wait_without_end_is_handed_on_at_once() {
    let (base, seen) = server(|_, _| (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "86400")]));
    let start = Instant::now();
    let (answer, _) = observe(&base, HttpRequest::get(format!("{base}/a")));
    assert_eq!(answer.unwrap().status, 429);
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(Seen::taken(&seen).len(), 1);
}

#[test]
fn a_system_that_is_down_for_a_moment_is_asked_again_but_not_written_to_again() {
    let (base, seen) = server(|number, _| if number < 3 { StatusCode::BAD_GATEWAY } else { StatusCode::OK });
    assert_eq!(observe(&base, HttpRequest::get(format!("{base}/a"))).0.unwrap().status, 200);
    assert_eq!(Seen::taken(&seen).len(), 3);
    assert_eq!(write_one(&base, request("POST", &format!("{base}/b"))).0.unwrap().status, 502);
    assert_eq!(Seen::taken(&seen), ["POST /b"]);
    let repeatable = HttpRequest { repeatable: true, ..request("PUT", &format!("{base}/c")) };
    assert_eq!(write_one(&base, repeatable).0.unwrap().status, 200);
}

#[test]
fn an_answer_that_breaks_off_is_lost_and_only_reads_are_repeated() {
    for half in [true, false] {
        let (base, seen) = raw_server(move |_, stream| if half { break_off(stream) } else { drop(stream) });
        let (answer, system) = observe(&base, HttpRequest::get(format!("{base}/a?q=private")));
        let Err(Transport::AnswerLost(failure)) = answer else { panic!("{answer:?}") };
        assert!(failure.code == Code::Unavailable && !failure.text.contains("private"), "{failure}");
        assert_eq!((Seen::taken(&seen).len(), system.calls().retried), (4, 3));
        let (answer, _) = write_one(&base, request("POST", &format!("{base}/b")));
        assert!(matches!(answer, Err(Transport::AnswerLost(_))), "{answer:?}");
        assert_eq!(Seen::taken(&seen).len(), 1);
    }
}

#[test]
fn no_answer_in_time_is_a_lost_answer() {
    let (base, seen) = raw_server(|_, stream| {
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(5));
            drop(stream);
        });
    });
    let (answer, _) = write_one(&base, request("POST", &format!("{base}/b")));
    let Err(Transport::AnswerLost(failure)) = answer else { panic!("{answer:?}") };
    assert!(failure.text.contains("no answer within 0.4 s"), "{failure}");
    assert_eq!(Seen::taken(&seen).len(), 1);
}

#[test]
fn without_a_connection_nothing_was_sent() {
    let base = nobody();
    for answer in [observe(&base, HttpRequest::get(&base)).0, write_one(&base, request("POST", &base)).0] {
        assert!(matches!(&answer, Err(Transport::NotSent(failure)) if failure.code == Code::Unavailable), "{answer:?}");
    }
}

#[test]
fn redirects_are_answers() {
    let (base, seen) = server(|_, _| (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, "http://192.0.2.1/")]));
    let response = observe(&base, HttpRequest::get(format!("{base}/a"))).0.unwrap();
    assert_eq!(response.status, 308);
    assert!(response.headers.contains(&("location".into(), "http://192.0.2.1/".into())));
    assert_eq!(Seen::taken(&seen).len(), 1);
}

#[test]
fn compressed_answers_are_unpacked_and_endless_ones_refused() {
    const PACKED: [u8; 32] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 203, 87, 178, 82, 114, 214, 53, 84, 170, 5, 0, 67, 5, 137, 160,
        12, 0, 0, 0,
    ];
    let (base, seen) = server(|_, request| {
        assert!(request.headers()[header::ACCEPT_ENCODING].to_str().unwrap().contains("gzip"));
        match request.uri().path() {
            "/huge" => ([(header::CONTENT_ENCODING, "identity")], vec![b' '; 65 * 1024 * 1024]),
            _ => ([(header::CONTENT_ENCODING, "gzip")], PACKED.to_vec()),
        }
    });
    assert_eq!(observe(&base, HttpRequest::get(&base)).0.unwrap().body, br#"{"no":"C-1"}"#);
    Seen::taken(&seen);
    let patient = Host::new(HostOptions::default()).unwrap();
    let (answers, _) = observe_by(&patient, &settings("probe", &base), vec![HttpRequest::get(format!("{base}/huge"))]);
    assert!(
        matches!(&answers[0], Err(Transport::AnswerLost(failure)) if failure.code == Code::Protocol),
        "{answers:?}"
    );
    assert_eq!(Seen::taken(&seen).len(), 1, "asking again would not help");
}

#[test]
fn a_run_that_is_being_ended_waits_for_nothing() {
    let cancel = Arc::new(AtomicBool::new(false));
    let host = Host::new(HostOptions { cancel: Arc::clone(&cancel), ..HostOptions::default() }).unwrap();
    let (base, _) = raw_server(|_, stream| std::mem::forget(stream));
    let flag = Arc::clone(&cancel);
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        flag.store(true, Ordering::Relaxed);
    });
    let start = Instant::now();
    let requests = vec![HttpRequest::get(&base), HttpRequest::get(&base)];
    let (answers, _) = observe_by(&host, &settings("probe", &base), requests);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    for answer in answers {
        assert!(matches!(&answer, Err(Transport::Refused(failure)) if failure.code == Code::Cancelled), "{answer:?}");
    }
    canceller.join().unwrap();
}

#[test]
fn batches_reach_the_sink_as_they_come_on_the_callers_thread() {
    let host = host();
    let (told, tell) = channel();
    let told = Mutex::new(told);
    let probe = Probe::reading(move |host| {
        for id in ["1", "2"] {
            host.emit(Batch { records: vec![RawRecord { id: id.into(), version: None, raw: b"{}".to_vec() }] });
            told.lock().unwrap().send(format!("emitted {id}")).unwrap();
        }
        Ok(())
    });
    let mut system = host.linked("side", probe, &settings("probe", "http://127.0.0.1"));
    let caller = std::thread::current().id();
    let mut order = Vec::new();
    let request = ReadRequest { resource: "customer".into(), fields: Vec::new(), since: None };
    let sink = &mut |batch: Batch| {
        assert_eq!(std::thread::current().id(), caller);
        order.extend(tell.try_iter());
        order.push(format!("got {}", batch.records[0].id));
    };
    system.read(&request, sink).unwrap();
    assert_eq!(order, ["got 1", "emitted 1", "got 2"]);
}

#[test]
fn a_failed_batch_is_unclear_only_if_something_may_have_been_done() {
    let cases: [(StatusCode, bool); 4] = [
        (StatusCode::OK, true),
        (StatusCode::INTERNAL_SERVER_ERROR, true),
        (StatusCode::UNAUTHORIZED, false),
        (StatusCode::REQUEST_TIMEOUT, true),
    ];
    for (status, unclear) in cases {
        let (base, _) = server(move |_, _| status);
        let url = base.clone();
        let probe = Probe::writing(move |host| {
            // Started and never waited for: it counts all the same.
            host.start(request("POST", &url));
            Err(Failure::new(Code::Internal, "gave up"))
        });
        let host = host();
        let mut system = host.linked("side", probe, &settings("probe", &base));
        match write_of(&host, &mut system, 2) {
            Ok(done) => assert!(unclear && matches!(&done.outcomes[..], [Outcome::Unclear(_), Outcome::Unclear(_)])),
            Err(failure) => assert!(!unclear && failure.text == "gave up", "{status}"),
        }
    }
}

#[test]
fn a_connector_that_answers_for_the_wrong_number_of_writes_is_not_believed() {
    let (base, _) = recorder();
    let url = base.clone();
    let probe = Probe::writing(move |host| {
        host.call(request("POST", &url)).unwrap();
        Ok(WriteDone { outcomes: vec![Outcome::Rejected(Failure::new(Code::Invalid, "no"))] })
    });
    let host = host();
    let mut system = host.linked("side", probe, &settings("probe", &base));
    let done = write_of(&host, &mut system, 3).unwrap();
    assert!(done.outcomes.len() == 3 && done.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Unclear(_))));
}

#[test]
fn a_linked_connector_that_panics_is_not_used_again() {
    let host = host();
    let probe = Probe::reading(|_| panic!("out of bounds"));
    let mut system = host.linked("side", probe, &settings("probe", "http://127.0.0.1"));
    for _ in 0..2 {
        let failure = read_of(&mut system).unwrap_err();
        assert!(failure.code == Code::Internal && failure.text.contains("out of bounds"), "{failure}");
    }
}

#[test]
fn a_system_can_be_made_used_and_dropped_inside_another_runtime() {
    fn can_move<T: Send>(_: &T) {}
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (base, _) = recorder();
        let (answers, system) = observe_by(&host(), &settings("probe", &base), vec![HttpRequest::get(&base)]);
        can_move(&system);
        assert!(answers[0].is_ok());
    });
}
