//! A token that dies in use: renewed once, by one, and never at the price of the grant. Against a hostile token server on loopback, with
//! threads, with other hosts on the same folder, and with answers that are lost.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod support;

use selaras_connector_api::{Code, Failure, HttpRequest, LogLevel, ReadRequest, Transport, WriteDone, WriteRequest};
use selaras_host::{AuthSettings, Host, OAuthClient, Secret, System};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;
use support::Probe;
use support::tokens::{LIFETIME, NOW, Style, Tokens, Trick, clean, connect, host_at, leaks, stored, vault};

/// A system that makes so many calls at once with each read.
fn system(host: &Host, tokens: &Tokens, calls: usize) -> System {
    let url = tokens.base.clone();
    let probe = Probe::reading(move |host| {
        let tickets: Vec<_> = (0..calls).map(|n| host.start(HttpRequest::get(format!("{url}/{n}")))).collect();
        tickets.into_iter().try_for_each(|ticket| {
            let response = host.wait(ticket).map_err(Transport::into_failure)?;
            let text = String::from_utf8_lossy(&response.body).into_owned();
            if response.status == 200 { Ok(()) } else { Err(Failure::new(Code::Protocol, text)) }
        })
    });
    host.linked("side", probe, &stored(&tokens.base))
}

fn read(system: &mut System) -> Result<(), Failure> {
    let request = ReadRequest { resource: "customer".into(), fields: Vec::new(), since: None };
    system.read(&request, &mut |_| {}).map(|_| ())
}

fn ground() -> (tempfile::TempDir, Tokens) {
    let (root, tokens) = (tempfile::tempdir().unwrap(), Tokens::start());
    connect(&tokens, root.path());
    (root, tokens)
}

/// Exchanges asked for and granted since the connection was made.
fn renewals(tokens: &Tokens) -> (usize, usize) {
    let world = tokens.world();
    (world.posts - 1, world.granted - 1)
}

fn facts(dir: &Path) -> selaras_host::CredentialFacts {
    vault(dir).facts("side").unwrap().unwrap()
}

/// All that a system has said, which quotes no secret.
fn heard(tokens: &Tokens, dir: &Path, system: &mut System, result: &Result<(), Failure>) -> String {
    let text = format!("{result:?} {:?} {:?}", system.take_log(), facts(dir));
    clean(tokens, &text);
    assert_eq!(leaks(tokens, dir), []);
    text
}

#[test]
fn a_dead_token_is_renewed_once_and_the_call_repeated_however_the_server_says_it() {
    for style in [Style::Json, Style::Xml, Style::Challenge] {
        let (root, tokens) = ground();
        tokens.world().style = style;
        let host = host_at(root.path(), NOW + 9);
        let mut system = system(&host, &tokens, 1);
        read(&mut system).unwrap();
        tokens.expire();
        read(&mut system).unwrap();
        let calls = system.calls();
        assert_eq!((calls.reads, calls.renewed, calls.retried), (3, 1, 1), "{style:?}");
        assert_eq!(renewals(&tokens), (1, 1));
        let facts = facts(root.path());
        assert_eq!((facts.obtained_at, facts.expires_at), (Some(NOW + 9), Some(NOW + 9 + LIFETIME)));
        assert_eq!((facts.renewal_began_at, facts.dead_since), (None, None));
        heard(&tokens, root.path(), &mut system, &Ok(()));
        // The next process begins with the new pair.
        read(&mut self::system(&host_at(root.path(), NOW), &tokens, 1)).unwrap();
        assert_eq!((renewals(&tokens), tokens.world().refused), ((1, 1), 1));
    }
}

#[test]
fn a_write_is_repeated_because_a_401_did_nothing() {
    let (root, tokens) = ground();
    tokens.expire();
    let host = host_at(root.path(), NOW);
    let url = format!("{}/save", tokens.base);
    let probe = Probe::writing(move |host| {
        let request = HttpRequest { method: "POST".into(), repeatable: false, ..HttpRequest::get(&url) };
        assert_eq!(host.call(request).unwrap().status, 200);
        Ok(WriteDone { outcomes: Vec::new() })
    });
    let mut system = host.linked("side", probe, &stored(&tokens.base));
    system.write(&host.permit_writes(), &WriteRequest { resource: "x".into(), items: Vec::new() }).unwrap();
    assert_eq!(tokens.world().calls, ["POST /save", "POST /save"]);
    assert_eq!((system.calls().writes, system.calls().renewed), (2, 1));
}

#[test]
fn a_token_whose_time_is_over_is_renewed_before_it_is_shown() {
    let (root, tokens) = ground();
    let late = NOW + LIFETIME;
    read(&mut system(&host_at(root.path(), late - 1), &tokens, 1)).unwrap();
    assert_eq!(renewals(&tokens), (0, 0));
    read(&mut system(&host_at(root.path(), late), &tokens, 4)).unwrap();
    assert_eq!((renewals(&tokens), tokens.world().refused), ((1, 1), 0));
}

#[test]
fn a_server_that_calls_every_token_dead_is_not_asked_for_ever() {
    let (root, tokens) = ground();
    tokens.world().always_dead = true;
    let mut system = system(&host_at(root.path(), NOW), &tokens, 1);
    let result = read(&mut system);
    assert_eq!(result.clone().unwrap_err().code, Code::Protocol, "the second 401 is the connector's to read");
    // It quotes the token that was got a moment ago.
    assert!(heard(&tokens, root.path(), &mut system, &result).contains("Bearer ***"));
    assert_eq!((renewals(&tokens), system.calls().renewed, system.calls().reads), ((1, 1), 1, 2));
}

#[test]
fn a_renewal_is_finished_even_if_nobody_waits_for_the_call_any_more() {
    let (root, tokens) = ground();
    tokens.expire();
    let returned = Arc::new(AtomicBool::new(false));
    let (seen, leaves) = (Arc::clone(&returned), Arc::clone(&returned));
    tokens.world().meanwhile = Some(Box::new(move || {
        while !seen.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        // Long enough for a host that does not wait to be caught.
        std::thread::sleep(Duration::from_millis(50));
    }));
    let asked = Arc::clone(&tokens.asked);
    let url = tokens.base.clone();
    let probe = Probe::reading(move |host| {
        host.start(HttpRequest::get(&url));
        while asked.load(Ordering::SeqCst) < 2 {
            std::thread::yield_now();
        }
        leaves.store(true, Ordering::SeqCst);
        Ok(())
    });
    let host = host_at(root.path(), NOW + 7);
    let mut system = host.linked("side", probe, &stored(&tokens.base));
    read(&mut system).unwrap();
    let facts = facts(root.path());
    assert_eq!((facts.obtained_at, facts.renewal_began_at), (Some(NOW + 7), None));
}

#[test]
fn two_systems_with_many_calls_at_the_same_moment_renew_once() {
    let (root, tokens) = ground();
    let host = host_at(root.path(), NOW);
    let systems = [system(&host, &tokens, 4), system(&host, &tokens, 4)];
    tokens.expire();
    // All eight meet the dead token before one of them knows.
    tokens.world().crowd = Some(Arc::new(Barrier::new(8)));
    std::thread::scope(|scope| {
        for mut system in systems {
            scope.spawn(move || read(&mut system).unwrap());
        }
    });
    assert_eq!((renewals(&tokens), tokens.world().refused), ((1, 1), 8));
    assert_eq!(leaks(&tokens, root.path()), []);
}

#[test]
fn two_hosts_with_vaults_of_their_own_renew_once() {
    let (root, tokens) = ground();
    let hosts = [host_at(root.path(), NOW), host_at(root.path(), NOW), host_at(root.path(), NOW)];
    let systems: Vec<System> = hosts.iter().map(|host| system(host, &tokens, 1)).collect();
    tokens.expire();
    tokens.world().crowd = Some(Arc::new(Barrier::new(3)));
    let renewed: u64 = std::thread::scope(|scope| {
        let threads: Vec<_> = systems
            .into_iter()
            .map(|mut system| {
                scope.spawn(move || {
                    read(&mut system).unwrap();
                    system.calls().renewed
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!((renewed, renewals(&tokens)), (1, (1, 1)));
}

#[test]
fn an_answer_that_was_lost_before_anything_was_done_costs_nothing() {
    for tricks in [&[Trick::CutBefore][..], &[Trick::AtOnce], &[Trick::AtOnce, Trick::CutBefore]] {
        let (root, tokens) = ground();
        tokens.expire();
        tokens.trick(tricks);
        let mut system = system(&host_at(root.path(), NOW), &tokens, 1);
        let result = read(&mut system);
        assert!(result.is_ok(), "{tricks:?}: {result:?}");
        assert_eq!(renewals(&tokens), (1 + tricks.len(), 1), "{tricks:?}");
        assert_eq!(facts(root.path()).renewal_began_at, None);
    }
}

#[test]
fn an_answer_that_was_lost_after_all_was_done_ends_the_grant_and_says_so_once() {
    for trick in [Trick::CutAfter, Trick::GatewayAfter, Trick::PageAfter] {
        let (root, tokens) = ground();
        tokens.expire();
        tokens.trick(&[trick]);
        let host = host_at(root.path(), NOW + 5);
        let mut first = system(&host, &tokens, 3);
        let result = read(&mut first);
        let failure = result.clone().unwrap_err();
        assert_eq!(failure.code, Code::NotConnected, "{trick:?}: {failure}");
        assert!(failure.text.contains("was interrupted"), "{failure}");
        heard(&tokens, root.path(), &mut first, &result);
        assert_eq!(renewals(&tokens), (2, 1), "{trick:?}: tried once more, never again");
        let facts = facts(root.path());
        assert_eq!((facts.dead_since, facts.renewal_began_at), (Some(NOW + 5), Some(NOW + 5)));
        let calls = tokens.world().calls.len();
        for mut system in [first, system(&host_at(root.path(), NOW + 60), &tokens, 1)] {
            assert_eq!(read(&mut system).unwrap_err().text, failure.text);
        }
        assert_eq!(tokens.world().calls.len(), calls, "nothing is sent any more");
        assert_eq!(renewals(&tokens), (2, 1));
    }
}

#[test]
fn a_grant_that_was_revoked_ends_with_the_way_out() {
    let (root, tokens) = ground();
    tokens.revoke();
    let mut system = system(&host_at(root.path(), NOW), &tokens, 1);
    let result = read(&mut system);
    let failure = result.clone().unwrap_err();
    assert_eq!(failure.code, Code::NotConnected);
    assert!(failure.text.contains("revoked"), "{failure}");
    assert!(!failure.text.contains("interrupted"), "{failure}");
    heard(&tokens, root.path(), &mut system, &result);
    assert_eq!((facts(root.path()).renewal_began_at, facts(root.path()).dead_since), (None, Some(NOW)));
    // Connecting again is the way out.
    connect(&tokens, root.path());
    assert_eq!(facts(root.path()).dead_since, None);
    read(&mut self::system(&host_at(root.path(), NOW), &tokens, 1)).unwrap();
}

#[test]
fn a_grant_without_a_refresh_token_lives_until_the_system_says_no() {
    let (root, tokens) = (tempfile::tempdir().unwrap(), Tokens::start());
    tokens.world().no_refresh = true;
    connect(&tokens, root.path());
    assert!(!facts(root.path()).renewable);
    let mut system = system(&host_at(root.path(), NOW + 2 * LIFETIME), &tokens, 1);
    read(&mut system).unwrap();
    tokens.expire();
    let failure = read(&mut system).unwrap_err();
    assert!(failure.code == Code::NotConnected && failure.text.contains("has ended"), "{failure}");
    assert_eq!((renewals(&tokens), facts(root.path()).dead_since), ((0, 0), Some(NOW + 2 * LIFETIME)));
}

#[test]
fn a_no_that_changes_nothing_leaves_the_grant_alive() {
    for (tricks, code, words) in [
        (&[Trick::WrongClient][..], Code::NotConnected, "id and secret"),
        (&[Trick::NotFound], Code::Protocol, "HTTP 404"),
        (&[Trick::Tomorrow], Code::RateLimited, "pause"),
        (&[Trick::CutBefore, Trick::CutBefore], Code::Unavailable, "lost"),
    ] {
        let (root, tokens) = ground();
        tokens.expire();
        tokens.trick(tricks);
        let mut system = system(&host_at(root.path(), NOW), &tokens, 1);
        let result = read(&mut system);
        let failure = result.clone().unwrap_err();
        assert!(failure.code == code && failure.text.contains(words), "{tricks:?}: {failure:?}");
        heard(&tokens, root.path(), &mut system, &result);
        let unclear = tricks.len() == 2;
        assert_eq!((facts(root.path()).renewal_began_at.is_some(), facts(root.path()).dead_since), (unclear, None));
        let mut next = self::system(&host_at(root.path(), NOW), &tokens, 1);
        read(&mut next).unwrap();
        assert_eq!(facts(root.path()).renewal_began_at, None, "{tricks:?}");
    }
}

#[test]
fn a_new_pair_that_finds_no_room_is_used_and_kept_as_soon_as_there_is_some() {
    let (root, tokens) = ground();
    tokens.expire();
    let full = root.path().join("side.sealed.new");
    let block = full.clone();
    tokens.world().meanwhile = Some(Box::new(move || {
        let _ = std::fs::create_dir(&block);
    }));
    let host = host_at(root.path(), NOW);
    let mut system = system(&host, &tokens, 2);
    read(&mut system).unwrap();
    let log = system.take_log();
    assert!(matches!(&log[..], [(LogLevel::Warn, text)] if text.contains("`runner connect side`")), "{log:?}");
    clean(&tokens, &format!("{log:?}"));
    assert_eq!(facts(root.path()).renewal_began_at, Some(NOW), "the disk knows that something is under way");
    // Another death of the token while there is still no room: the run goes on.
    tokens.expire();
    read(&mut system).unwrap();
    assert_eq!(renewals(&tokens), (2, 2));
    tokens.world().meanwhile = None;
    std::fs::remove_dir(&full).unwrap();
    system.take_log();
    read(&mut system).unwrap();
    let log = system.take_log();
    assert!(matches!(&log[..], [(LogLevel::Info, text)] if text.contains("on disk now")), "{log:?}");
    assert_eq!(facts(root.path()).renewal_began_at, None);
    read(&mut self::system(&host_at(root.path(), NOW), &tokens, 1)).unwrap();
    assert_eq!(renewals(&tokens), (2, 2));
}

#[test]
fn without_room_for_the_mark_the_pair_is_not_given_away() {
    let (root, tokens) = ground();
    tokens.expire();
    let full = root.path().join("side.sealed.new");
    std::fs::create_dir(&full).unwrap();
    let mut system = system(&host_at(root.path(), NOW), &tokens, 1);
    let failure = read(&mut system).unwrap_err();
    assert!(failure.code == Code::Settings && failure.text.contains("was not renewed"), "{failure}");
    assert_eq!(renewals(&tokens), (0, 0));
    std::fs::remove_dir(&full).unwrap();
    read(&mut system).unwrap();
}

#[test]
fn a_credential_that_was_taken_away_or_replaced_meanwhile_is_noticed() {
    let (root, tokens) = ground();
    let mut left = system(&host_at(root.path(), NOW), &tokens, 1);
    let mut other = system(&host_at(root.path(), NOW), &tokens, 1);
    // A new consent kills the old pair; whoever still runs takes the new one over.
    connect(&tokens, root.path());
    read(&mut left).unwrap();
    assert_eq!((renewals(&tokens), left.calls().renewed), ((1, 1), 0));
    assert!(vault(root.path()).forget("side").unwrap());
    let failure = read(&mut other).unwrap_err();
    assert!(failure.code == Code::NotConnected && failure.text.contains("taken away"), "{failure}");
    let host = host_at(root.path(), NOW);
    let failure = read(&mut system(&host, &tokens, 1)).unwrap_err();
    assert!(failure.text.contains("is not connected. Run `runner connect side`"), "{failure}");
}

#[test]
fn what_settings_say_goes_before_the_vault_and_a_static_credential_comes_out_of_it() {
    let (root, tokens) = ground();
    let host = host_at(root.path(), NOW);
    let access = tokens.world().access.clone();
    let auth = AuthSettings { scheme: "bearer".into(), token: Secret::new("own-token"), secret: None };
    let url = tokens.base.clone();
    let probe = move || {
        let url = url.clone();
        Probe::reading(move |host| match host.call(HttpRequest::get(&url)).map(|response| response.status) {
            Ok(200) => Ok(()),
            other => Err(Failure::new(Code::Protocol, format!("{other:?}"))),
        })
    };
    let mut settings = stored(&tokens.base);
    settings.auth = Some(auth);
    assert!(read(&mut host.linked("side", probe(), &settings)).is_err(), "its own token is a wrong one");
    let auth = AuthSettings { scheme: "bearer".into(), token: Secret::new(access), secret: None };
    vault(root.path()).put("side", &auth, NOW).unwrap();
    read(&mut host.linked("side", probe(), &stored(&tokens.base))).unwrap();
    assert_eq!(renewals(&tokens), (0, 0), "what is static is never renewed");
}

#[test]
fn debug_shows_no_secret() {
    let (root, tokens) = ground();
    let vault = vault(root.path());
    let client = OAuthClient { id: "x".into(), secret: Secret::new(support::tokens::SECRET) };
    clean(&tokens, &format!("{vault:?} {:?} {client:?}", vault.facts("side").unwrap()));
}
