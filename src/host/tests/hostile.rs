//! Servers that mean no good: that never answer, trickle, never come to an end, fail again and again, or ask for absurd waits. And what becomes
//! of a run that is to end while one of them is being waited for. Real sockets, real time, with room for a slow machine.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod support;

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use selaras_connector_api::{
    Code, Failure, HttpRequest, HttpResponse, ReadRequest, Transport, WriteDone, WriteRequest,
};
use selaras_host::{Host, HostOptions, Limits, SystemSettings, Timeouts};
use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use support::{Probe, Seen, break_off, raw_server, server, settings};

type Answer = Result<HttpResponse, Transport>;

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn write(method: &str, url: &str) -> HttpRequest {
    HttpRequest { method: method.into(), repeatable: false, ..HttpRequest::get(url) }
}

fn limited(base: &str, limits: Limits) -> SystemSettings {
    SystemSettings { limits: Some(limits), ..settings("probe", base) }
}

/// Sends requests while writing, one after another, with pauses before them.
fn send(host: &Host, settings: &SystemSettings, requests: Vec<(Duration, HttpRequest)>) -> Vec<Answer> {
    let (sender, answers) = channel();
    let probe = Probe::writing(move |host| {
        for (pause, request) in &requests {
            std::thread::sleep(*pause);
            sender.send(host.call(request.clone())).unwrap();
        }
        Ok(WriteDone { outcomes: Vec::new() })
    });
    let mut system = host.linked("side", probe, settings);
    let nothing = WriteRequest { resource: "customer".into(), items: Vec::new() };
    system.write(&host.permit_writes(), &nothing).unwrap();
    answers.try_iter().collect()
}

fn send_one(host: &Host, settings: &SystemSettings, request: HttpRequest) -> Answer {
    send(host, settings, vec![(Duration::ZERO, request)]).remove(0)
}

fn lost(answer: &Answer) -> &Failure {
    match answer {
        Err(Transport::AnswerLost(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

fn not_sent(answer: &Answer) -> &Failure {
    match answer {
        Err(Transport::NotSent(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

/// Sends a piece again and again, until nobody listens any more.
fn trickle(mut stream: TcpStream, head: &str, piece: &'static [u8], pause: Duration) {
    let _ = stream.write_all(head.as_bytes());
    std::thread::spawn(move || {
        while stream.write_all(piece).is_ok() {
            std::thread::sleep(pause);
        }
    });
}

const CHUNKED: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";

/// Each part of a call has its own time-out, which says which one it was; a write is unclear after each of them, and sent once.
#[test]
fn each_part_of_a_call_has_its_own_end() {
    let long = Duration::from_secs(60);
    let usual =
        Limits { connect: Some(long), answer: Some(long), idle: Some(long), whole: Some(long), ..Limits::default() };
    let short = Some(milliseconds(300));
    let host = Host::new(HostOptions::default()).unwrap();
    let never = |_: usize, stream: TcpStream| std::mem::forget(stream);
    let head = |_: usize, stream: TcpStream| trickle(stream, "HTTP/1.1 200 OK\r\n", b"x-a: b\r\n", milliseconds(50));
    let stalls = |_: usize, stream: TcpStream| trickle(stream, CHUNKED, b"1\r\na\r\n", Duration::from_secs(50));
    let drips = |_: usize, stream: TcpStream| trickle(stream, CHUNKED, b"1\r\na\r\n", milliseconds(50));
    type Server = Box<dyn Fn(usize, TcpStream) + Send>;
    let cases: [(Server, Limits, &str); 4] = [
        (Box::new(never), Limits { connect: short, answer: short, ..usual }, "no answer within 0.3 s"),
        (Box::new(head), Limits { connect: short, answer: short, ..usual }, "no answer within 0.3 s"),
        (Box::new(stalls), Limits { idle: short, ..usual }, "the answer stood still for 0.3 s"),
        (Box::new(drips), Limits { connect: short, whole: short, ..usual }, "the answer took longer than 0.3 s"),
    ];
    for (answer, limits, expected) in cases {
        let (base, seen) = raw_server(answer);
        let start = Instant::now();
        let answer = send_one(&host, &limited(&base, limits), write("POST", &format!("{base}/save?q=private")));
        let failure = lost(&answer);
        assert!(failure.text.contains(expected) && !failure.text.contains("private"), "{expected}: {failure}");
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
        assert_eq!(Seen::taken(&seen).len(), 1, "{expected}");
    }
}

#[test]
fn an_answer_without_end_is_cut_off_at_its_limit() {
    const PIECE: &[u8] = &{
        let mut piece = [b' '; 0x10000 + 9];
        let head = *b"10000\r\n";
        let mut at = 0;
        while at < head.len() {
            piece[at] = head[at];
            at += 1;
        }
        piece[0x10000 + 7] = b'\r';
        piece[0x10000 + 8] = b'\n';
        piece
    };
    let (base, seen) = raw_server(|_, stream| trickle(stream, CHUNKED, PIECE, Duration::ZERO));
    let host = Host::new(HostOptions::default()).unwrap();
    let answer = send_one(&host, &settings("probe", &base), HttpRequest::get(&base));
    let failure = lost(&answer);
    assert!(failure.code == Code::Protocol && failure.text.contains("larger than 64 MiB"), "{failure}");
    assert_eq!(Seen::taken(&seen).len(), 1, "asking again would not help");
}

/// The connection is not even accepted: an address that swallows everything. Where the machine has no route to it, that is no connection either.
#[test]
fn a_connection_that_is_never_made_means_that_nothing_was_sent() {
    let base = "http://192.0.2.1";
    let limits = Limits { connect: Some(milliseconds(200)), ..Limits::default() };
    let host = Host::new(HostOptions::default()).unwrap();
    let answer = send_one(&host, &limited(base, limits), write("POST", base));
    assert!(not_sent(&answer).text.contains("no connection"), "{answer:?}");
}

#[test]
fn a_system_that_fails_again_and_again_is_left_alone_and_tried_by_one_call() {
    for page in [true, false] {
        let answer = move |number: usize, _: &axum::extract::Request| match (number, page) {
            (5.., _) => StatusCode::OK.into_response(),
            (_, true) => ([(header::CONTENT_TYPE, "text/html")], "<html>maintenance</html>").into_response(),
            (_, false) => StatusCode::BAD_GATEWAY.into_response(),
        };
        let (base, seen) = server(answer);
        // Long enough for what is sent below to come before it is over, even on a slow machine.
        let rest = milliseconds(1500);
        let limits = Limits { failures: Some(3), rest: Some(rest), ..Limits::default() };
        let host = Host::new(HostOptions::default()).unwrap();
        let now = Duration::ZERO;
        let requests: Vec<_> = [now, now, now, now, now, rest, now, rest * 2, now]
            .into_iter()
            .map(|pause| (pause, write("POST", &format!("{base}/save"))))
            .collect();
        let answers = send(&host, &limited(&base, limits), requests);
        assert!(answers[..3].iter().all(Result::is_ok), "{answers:?}");
        for at in [3, 4, 6] {
            let failure = not_sent(&answers[at]);
            assert_eq!(failure.code, Code::Unavailable);
            for part in ["not sent", "times in a row since", "HTTP ", "next try is at"] {
                assert!(failure.text.contains(part), "{at}: {failure}");
            }
        }
        // One call tried it and failed, so that the next was not sent; then one tried it and all was well.
        assert_eq!(answers[5].as_ref().unwrap().status, if page { 200 } else { 502 });
        assert_eq!((answers[7].as_ref().unwrap().status, answers[8].as_ref().unwrap().status), (200, 200));
        assert_eq!(Seen::taken(&seen).len(), 6);
    }
}

#[test]
fn records_that_the_application_refuses_with_an_error_do_not_open_the_breaker_at_once() {
    let (base, seen) = server(|_, _| {
        (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, "application/json")], "{\"s\":false}")
    });
    let host = Host::new(HostOptions::default()).unwrap();
    let limits = Limits { failures: Some(2), rest: Some(Duration::from_secs(60)), ..Limits::default() };
    let requests = (0..12).map(|_| (Duration::ZERO, write("POST", &base))).collect();
    let answers = send(&host, &limited(&base, limits), requests);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 8);
    assert_eq!(Seen::taken(&seen).len(), 8);
}

/// A write that may be repeated was sent and its answer lost; the repetition was not carried out. That is no "no".
#[test]
fn a_write_whose_answer_was_lost_is_not_said_to_be_undone_because_its_repetition_was_refused() {
    let (base, seen) = raw_server(|number, mut stream| match number {
        1 => break_off(stream),
        _ => drop(stream.write_all(b"HTTP/1.1 429 Too Many\r\nretry-after: 99999\r\ncontent-length: 0\r\n\r\n")),
    });
    let host = Host::new(HostOptions::default()).unwrap();
    let removal = HttpRequest { repeatable: true, ..write("DELETE", &base) };
    let answer = send_one(&host, &settings("probe", &base), removal);
    lost(&answer);
    assert_eq!(Seen::taken(&seen).len(), 2);
    // Asked only once, the same answer says that nothing was done.
    let (base, _) = server(|_, _| (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "99999")]));
    assert_eq!(send_one(&host, &settings("probe", &base), write("POST", &base)).unwrap().status, 429);
}

/// A host whose run is to end a moment after it began.
fn ending(after: Duration, limits: Limits, base: &str, request: HttpRequest) -> (Answer, Duration) {
    let cancel = Arc::new(AtomicBool::new(false));
    let options = HostOptions { cancel: Arc::clone(&cancel), timeouts: Timeouts::default(), ..HostOptions::default() };
    let host = Host::new(options).unwrap();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(after);
        cancel.store(true, Ordering::Relaxed);
    });
    let start = Instant::now();
    let answer = send_one(&host, &limited(base, limits), request);
    canceller.join().unwrap();
    (answer, start.elapsed())
}

#[test]
fn a_run_that_is_to_end_waits_neither_for_retry_after_nor_for_the_budget() {
    let (base, seen) = server(|_, _| (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "45")]));
    let (answer, took) = ending(milliseconds(300), Limits::default(), &base, write("POST", &base));
    assert!(matches!(&answer, Err(Transport::Refused(failure)) if failure.code == Code::Cancelled), "{answer:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(Seen::taken(&seen).len(), 1);
}

#[test]
fn a_run_that_is_to_end_waits_a_moment_for_the_answer_to_a_write_and_then_calls_it_open() {
    let (base, seen) = raw_server(|_, stream| std::mem::forget(stream));
    let (answer, took) = ending(milliseconds(200), Limits::default(), &base, write("POST", &base));
    assert!(lost(&answer).text.contains("the run was ended"), "{answer:?}");
    assert!(took < Duration::from_secs(15), "{took:?}");
    assert_eq!(Seen::taken(&seen).len(), 1);
    // An answer that comes in that time is an answer.
    let (base, _) = raw_server(|_, mut stream| {
        std::thread::sleep(milliseconds(600));
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    });
    let (answer, _) = ending(milliseconds(100), Limits::default(), &base, write("POST", &base));
    assert_eq!(answer.unwrap().status, 200);
}

/// Reads in flight are simply dropped.
#[test]
fn a_run_that_is_to_end_does_not_wait_for_what_it_only_reads() {
    let (base, _) = raw_server(|_, stream| std::mem::forget(stream));
    let cancel = Arc::new(AtomicBool::new(false));
    let host = Host::new(HostOptions { cancel: Arc::clone(&cancel), ..HostOptions::default() }).unwrap();
    let url = base.clone();
    let probe = Probe::reading(move |host| {
        let open: Vec<_> = (0..12).map(|_| host.start(HttpRequest::get(&url))).collect();
        cancel.store(true, Ordering::Relaxed);
        open.into_iter().try_for_each(|ticket| host.wait(ticket).map(drop).map_err(Transport::into_failure))
    });
    let mut system = host.linked("side", probe, &settings("probe", &base));
    let start = Instant::now();
    let request = ReadRequest { resource: "customer".into(), fields: Vec::new(), since: None };
    assert_eq!(system.read(&request, &mut |_| {}).unwrap_err().code, Code::Cancelled);
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}
