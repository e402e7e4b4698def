//! The call budget against a server that counts as strictly as can be: a sliding second, and calls in flight. Real sockets, real time.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod support;

use axum::Router;
use axum::http::StatusCode;
use selaras_connector_api::{Budget, HttpRequest, ReadRequest, Transport};
use selaras_host::{Host, HostOptions, Limits, System};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{Probe, serve, with_auth};

#[derive(Default)]
struct Count {
    begun: VecDeque<Instant>,
    flying: usize,
    refused: usize,
    served: usize,
}

/// A server with Accurate's limits: 8 calls in any second, 8 at once.
fn strict() -> (String, Arc<Mutex<Count>>) {
    let count = Arc::new(Mutex::new(Count::default()));
    let shared = Arc::clone(&count);
    let router = Router::new().fallback(move || {
        let count = Arc::clone(&shared);
        async move {
            {
                let mut count = count.lock().unwrap();
                let now = Instant::now();
                while count.begun.front().is_some_and(|at| now - *at >= Duration::from_secs(1)) {
                    count.begun.pop_front();
                }
                if count.begun.len() >= 8 || count.flying >= 8 {
                    count.refused += 1;
                    return StatusCode::TOO_MANY_REQUESTS;
                }
                count.begun.push_back(now);
                count.flying += 1;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
            let mut count = count.lock().unwrap();
            count.flying -= 1;
            count.served += 1;
            StatusCode::OK
        }
    });
    (serve(router), count)
}

fn system(host: &Host, base: &str, calls: usize) -> System {
    let url = base.to_owned();
    let mut probe = Probe::reading(move |host| {
        let tickets: Vec<_> = (0..calls).map(|n| host.start(HttpRequest::get(format!("{url}/{n}")))).collect();
        tickets.into_iter().try_for_each(|ticket| host.wait(ticket).map(|_| ()).map_err(Transport::into_failure))
    });
    probe.budget = Some(Budget { per_second: 8, parallel: 8 });
    host.linked("side", probe, &with_auth(base, "bearer", "one-credential", None))
}

#[test]
fn two_systems_of_one_credential_keep_the_limit_together_and_draw_no_refusal() {
    let (base, count) = strict();
    let host = Host::new(HostOptions::default()).unwrap();
    let systems = [system(&host, &base, 16), system(&host, &base, 17)];
    let start = Instant::now();
    std::thread::scope(|scope| {
        for mut system in systems {
            scope.spawn(move || {
                let request = ReadRequest { resource: "x".into(), fields: Vec::new(), since: None };
                system.read(&request, &mut |_| {}).unwrap();
                assert_eq!((system.calls().limited, system.calls().retried), (0, 0));
            });
        }
    });
    let took = start.elapsed();
    let count = count.lock().unwrap();
    assert_eq!((count.refused, count.served), (0, 33));
    // Four full windows; more than one extra would waste the budget.
    assert!(took >= Duration::from_secs(4) && took < Duration::from_millis(5500), "{took:?}");
}

#[test]
fn limits_of_the_settings_stand_in_for_those_of_the_manifest() {
    let (base, count) = strict();
    let host = Host::new(HostOptions::default()).unwrap();
    let url = base.clone();
    let mut probe = Probe::reading(move |host| {
        let tickets: Vec<_> = (0..4).map(|n| host.start(HttpRequest::get(format!("{url}/{n}")))).collect();
        tickets.into_iter().try_for_each(|ticket| host.wait(ticket).map(|_| ()).map_err(Transport::into_failure))
    });
    probe.budget = Some(Budget { per_second: 8, parallel: 8 });
    let mut settings = with_auth(&base, "bearer", "one-credential", None);
    settings.limits = Some(Limits { per_second: Some(2), ..Limits::default() });
    let mut system = host.linked("side", probe, &settings);
    let start = Instant::now();
    let request = ReadRequest { resource: "x".into(), fields: Vec::new(), since: None };
    system.read(&request, &mut |_| {}).unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1), "four calls at two a second: {:?}", start.elapsed());
    assert_eq!(count.lock().unwrap().served, 4);
}

/// Two hosts stand for two processes: they share nothing but the folder.
#[test]
fn two_processes_of_one_credential_keep_the_limit_together_and_draw_no_refusal() {
    let (base, count) = strict();
    let folder = tempfile::tempdir().unwrap();
    let options = || HostOptions { quota: Some(folder.path().join("quota")), ..HostOptions::default() };
    let hosts = [Host::new(options()).unwrap(), Host::new(options()).unwrap()];
    let start = Instant::now();
    std::thread::scope(|scope| {
        for host in &hosts {
            let mut system = system(host, &base, 16);
            scope.spawn(move || {
                let request = ReadRequest { resource: "x".into(), fields: Vec::new(), since: None };
                system.read(&request, &mut |_| {}).unwrap();
                assert_eq!((system.calls().limited, system.calls().retried), (0, 0));
            });
        }
    });
    let took = start.elapsed();
    let count = count.lock().unwrap();
    assert_eq!((count.refused, count.served), (0, 32));
    assert!(took >= Duration::from_secs(3) && took < Duration::from_secs(7), "{took:?}");
}

/// A process that died in the middle of its calls leaves places that free themselves, and no lock.
#[test]
fn what_a_dead_process_left_behind_frees_itself() {
    let (base, count) = strict();
    let folder = tempfile::tempdir().unwrap();
    let quota = folder.path().join("quota");
    let options = || HostOptions { quota: Some(quota.clone()), ..HostOptions::default() };
    let request = ReadRequest { resource: "x".into(), fields: Vec::new(), since: None };
    let host = Host::new(options()).unwrap();
    system(&host, &base, 1).read(&request, &mut |_| {}).unwrap();
    let shared = std::fs::read_dir(&quota).unwrap().next().unwrap().unwrap().path();
    for number in 0..8 {
        // As if taken for a day: no call lasts so long, so a clock was wrong.
        std::fs::write(shared.join(format!("place-{number}")), format!("{:020}", u64::MAX / 2)).unwrap();
    }
    let start = Instant::now();
    system(&Host::new(options()).unwrap(), &base, 2).read(&request, &mut |_| {}).unwrap();
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(count.lock().unwrap().served, 3);
}
