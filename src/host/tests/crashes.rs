//! Processes that really die: this test program starts itself, has the child killed at each fault point, and looks at what is left. Also
//! real processes that renew at the same moment.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]
#![cfg(debug_assertions)]

mod support;

use selaras_connector_api::{Code, Failure, HttpRequest, ReadRequest, Transport};
use selaras_host::{Answer, Host};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Barrier};
use support::tokens::{BACK, NOW, Tokens, clean, client, connect, host_at, leaks, stored, vault};
use support::{Probe, manifest};

/// What a child does. Not a test by itself: without the environment of one it returns at once.
#[test]
fn child() {
    let variable = |name: &str| std::env::var(format!("SELARAS_CHILD_{name}")).ok();
    let (Some(what), Some(dir), Some(base)) = (variable("DOES"), variable("DIR"), variable("BASE")) else { return };
    let host = host_at(Path::new(&dir), NOW);
    let done = match what.as_str() {
        "call" => call(&host, &base).map_err(|failure| failure.text),
        "begin" => begin(&host, &base).map(|url| println!("<{url}>")).map_err(|error| error.to_string()),
        "finish" => {
            let answer = Answer::from_url(&variable("CAME_BACK").unwrap()).unwrap();
            let done = host.consents(&manifest()).finish("side", &stored(&base), &answer);
            done.map(|_| ()).map_err(|error| error.to_string())
        }
        other => panic!("{other}"),
    };
    println!("done: {done:?}");
}

fn call(host: &Host, base: &str) -> Result<(), Failure> {
    let url = base.to_owned();
    let probe = Probe::reading(move |host| {
        host.call(HttpRequest::get(&url))
            .map_err(Transport::into_failure)
            .map(|response| assert_eq!(response.status, 200))
    });
    let request = ReadRequest { resource: "x".into(), fields: Vec::new(), since: None };
    host.linked("side", probe, &stored(base)).read(&request, &mut |_| {}).map(|_| ())
}

fn begin(host: &Host, base: &str) -> Result<String, selaras_host::HostError> {
    host.consents(&manifest()).begin("side", &stored(base), &client(), BACK, &[]).map(|consent| consent.url)
}

fn start(tokens: &Tokens, dir: &Path, does: &str, fault: &str, came_back: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env("SELARAS_CHILD_DOES", does)
        .env("SELARAS_CHILD_DIR", dir)
        .env("SELARAS_CHILD_BASE", &tokens.base)
        .env("SELARAS_CHILD_CAME_BACK", came_back)
        .env("SELARAS_FAULT", fault)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Has a child killed at a point, and looks through what it left for secrets.
fn killed(tokens: &Tokens, dir: &Path, does: &str, fault: &str, came_back: &str) {
    let output = start(tokens, dir, does, fault, came_back).wait_with_output().unwrap();
    let told = texts(&output);
    assert!(!output.status.success() && !told.contains("done:"), "it was not killed at {fault}: {told}");
    clean(tokens, &told);
    assert_eq!(leaks(tokens, dir), [], "{fault}");
}

fn texts(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn whoever_is_killed_while_renewing_leaves_a_working_grant_or_a_clear_end() {
    // Where, and whether the next one still gets through. In between, the only copy of the new pair died with the process.
    let points = [
        ("renew-marked", true),
        ("vault-written", true),
        ("renew-answered", false),
        ("vault-written:2", false),
        ("renew-stored", true),
    ];
    for (point, lives) in points {
        let (root, tokens) = (tempfile::tempdir().unwrap(), Tokens::start());
        connect(&tokens, root.path());
        tokens.expire();
        killed(&tokens, root.path(), "call", point, "");
        let done = call(&host_at(root.path(), NOW + 60), &tokens.base);
        let facts = vault(root.path()).facts("side").unwrap().unwrap();
        if lives {
            assert!(done.is_ok(), "{point}: {done:?}");
            assert_eq!((facts.renewal_began_at, facts.dead_since), (None, None), "{point}");
        } else {
            let failure = done.unwrap_err();
            assert!(
                failure.code == Code::NotConnected && failure.text.contains("was interrupted"),
                "{point}: {failure}"
            );
            assert_eq!((facts.renewal_began_at, facts.dead_since), (Some(NOW), Some(NOW + 60)), "{point}");
            connect(&tokens, root.path());
            call(&host_at(root.path(), NOW), &tokens.base).unwrap();
        }
        assert_eq!(leaks(&tokens, root.path()), [], "{point}");
    }
}

#[test]
fn whoever_is_killed_while_connecting_can_go_on_or_begin_again() {
    for point in ["key-made", "vault-written", "consent-sealed"] {
        let (root, tokens) = (tempfile::tempdir().unwrap(), Tokens::start());
        let dir = root.path().join("credentials");
        killed(&tokens, root.path(), "begin", point, "");
        let (host, settings) = (host_at(root.path(), NOW), stored(&tokens.base));
        let pending = host.consents(&manifest()).pending("side", &settings).unwrap();
        assert_eq!(pending.is_some(), point == "consent-sealed", "{point}");
        let url = pending.map_or_else(|| begin(&host, &tokens.base).unwrap(), |consent| consent.url);
        let answer = Answer::from_url(&tokens.agree(&url)).unwrap();
        host.consents(&manifest()).finish("side", &settings, &answer).unwrap();
        call(&host, &tokens.base).unwrap();
        drop(dir);
    }
    // Where, and what the same answer meets the second time.
    for (point, key) in [
        ("vault-written", None),
        ("consent-exchanged", Some("host-oauth-code")),
        ("vault-written:2", Some("host-oauth-code")),
        ("consent-stored", Some("host-oauth-nothing-pending")),
    ] {
        let (root, tokens) = (tempfile::tempdir().unwrap(), Tokens::start());
        let (host, settings) = (host_at(root.path(), NOW), stored(&tokens.base));
        let came_back = tokens.agree(&begin(&host, &tokens.base).unwrap());
        killed(&tokens, root.path(), "finish", point, &came_back);
        let answer = Answer::from_url(&came_back).unwrap();
        let again = host.consents(&manifest()).finish("side", &settings, &answer);
        assert_eq!(again.err().map(|error| error.key().to_owned()).as_deref(), key, "{point}");
        let connected = vault(root.path()).facts("side").unwrap().is_some_and(|facts| facts.scheme.is_some());
        assert_eq!(connected, key != Some("host-oauth-code"), "{point}");
        if !connected {
            connect(&tokens, root.path());
        }
        call(&host_at(root.path(), NOW), &tokens.base).unwrap();
    }
}

#[test]
fn processes_that_meet_a_dead_token_together_renew_once() {
    let (root, tokens) = (tempfile::tempdir().unwrap(), Tokens::start());
    connect(&tokens, root.path());
    tokens.expire();
    // Nobody hears that the token is dead before all have shown it.
    tokens.world().crowd = Some(Arc::new(Barrier::new(3)));
    let children: Vec<Child> = (0..3).map(|_| start(&tokens, root.path(), "call", "", "")).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let told = texts(&output);
        assert!(told.contains("done: Ok(())"), "{told}");
        clean(&tokens, &told);
    }
    assert_eq!(tokens.world().refused, 3);
    assert_eq!(tokens.world().granted, 2, "one for connecting, one for all three");
    assert_eq!(leaks(&tokens, root.path()), []);
}
