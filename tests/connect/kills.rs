//! `kill -9` at each step of connecting and of a renewal of the token: whatever is left behind, the next command works or says what to do,
//! and whoever does that ends with everything synced and nothing doubled.

use super::advice::MAPPING;
use super::browser::Person;
use super::company::few;
use super::place::{Call, KEY, Place, Said};
use serde_json::json;

/// Runs a command that dies at a fault point. Tells whether it got there.
fn dies(place: &Place, point: &str, args: &[&str]) -> bool {
    let env = [("SELARAS_FAULT", point)];
    let said: Said = place.call(&Call { args, person: Some(Person::named("cabang")), env: &env });
    assert!(said.code.is_none() || said.code == Some(0), "{point}: it was to be killed or to succeed:\n{said}");
    said.code.is_none()
}

/// After the kill: records that wait on both sides cross, once.
fn recovers(place: &Place, point: &str, most: usize) {
    recovers_by(place, point, &format!("apply {MAPPING}"), most);
}

/// The same for somebody who goes on with this command.
fn recovers_by(place: &Place, point: &str, first: &str, most: usize) {
    let steps = place.follows_advice_from(first, "cabang");
    assert!(steps.len() <= most, "{point}: it takes {steps:?}");
    assert_eq!((place.smh("customers").len(), place.smh("products").len()), (5, 3), "{point}");
    place.nothing_is_double();
    place.links_fit();
}

fn fresh() -> Place {
    let place = Place::new(few());
    place.smh_customer("N-1");
    place
}

/// Where SMH's token stands in the settings, so that logging in there is one step.
fn fresh_but_for_smh() -> Place {
    let place = fresh();
    let settings = std::fs::read_to_string(place.home().join("runner.toml")).expect("settings");
    let smh = "[systems.smh]\nauth = \"bearer\"\ntoken = { env = \"SMH_TOKEN\" }\n";
    place.write("runner.toml", &settings.replace("[systems.smh]\n", smh));
    place
}

/// The points that a first connection passes, and how often it passes each.
const CONNECTING: [(&str, usize); 10] = [
    ("key-made", 1),
    ("vault-written", 3),
    ("consent-sealed", 1),
    ("connect-authorising", 1),
    ("consent-exchanged", 1),
    ("consent-stored", 1),
    ("connect-granted", 1),
    ("connect-confirmed", 1),
    ("connect-database", 1),
    ("connect-submitted", 1),
];

fn killed_while_connecting(points: &[(&str, usize)]) {
    for (point, times) in points {
        for nth in 1..=*times {
            let place = fresh_but_for_smh();
            let point = format!("{point}:{nth}");
            assert!(dies(&place, &point, &["connect", "accurate", "--confirm"]), "{point} is never reached");
            recovers_by(&place, &point, "connect accurate --confirm", 5);
        }
    }
}

#[test]
fn killed_while_access_is_asked_for() {
    killed_while_connecting(&CONNECTING[..4]);
}

#[test]
fn killed_while_access_is_given_and_the_place_is_chosen() {
    killed_while_connecting(&CONNECTING[4..]);
}

#[test]
fn killed_while_logging_in() {
    for point in ["vault-written", "login-kept"] {
        let place = fresh();
        place.connect("cabang", &[]).ends(0);
        assert!(dies(&place, point, &["connect", "smh", "--token-env", "SMH_TOKEN"]), "{point} is never reached");
        recovers(&place, point, 4);
    }
    // The first thing to be kept at all, so that the key is made for it.
    let place = fresh();
    assert!(dies(&place, "key-made", &["connect", "smh", "--token-env", "SMH_TOKEN"]));
    recovers(&place, "key-made while logging in", 7);
}

#[test]
fn killed_while_disconnecting() {
    let place = fresh();
    place.ready("cabang");
    place.settle();
    assert!(dies(&place, "disconnect-noted", &["disconnect", "accurate"]));
    assert_eq!(place.stage("accurate"), "disconnected");
    assert!(place.state().join("credentials/accurate.sealed").exists(), "it was killed in between");
    let again = place.run(&["disconnect", "accurate"]).ends(0);
    again.says(&["forgotten"]);
    assert!(!place.state().join("credentials/accurate.sealed").exists());
    recovers(&place, "disconnect-noted", 5);
}

#[test]
fn killed_while_connecting_anew_over_a_grant_that_works() {
    for point in ["consent-sealed", "consent-exchanged", "vault-written:2", "vault-written:3", "connect-granted"] {
        let place = fresh_but_for_smh();
        place.ready("cabang");
        assert!(dies(&place, point, &["connect", "accurate", "--again", "--confirm"]), "{point} is never reached");
        recovers_by(&place, point, "connect accurate --confirm", 5);
    }
}

/// The token ends just before a write, so the renewal is in the middle of a run.
fn killed_while_renewing(points: &[&str]) {
    for point in points {
        for at in ["/list.do", "save.do"] {
            let place = fresh_but_for_smh();
            place.ready("cabang");
            place.fault(json!({"path_contains": at, "do": "expire-token"}));
            assert!(dies(&place, point, &["apply", MAPPING]), "{point} at {at} is never reached");
            // Only a pair that was given out and not kept is lost; everything else goes on by itself.
            let lost = ["renew-answered", "vault-written:2"].contains(point);
            let steps = if lost { 5 } else { 1 };
            recovers(&place, &format!("{point} at {at}"), steps);
            place.is_settled();
        }
    }
}

#[test]
fn killed_before_the_system_was_asked_for_a_new_token() {
    killed_while_renewing(&["vault-written:1", "renew-marked"]);
}

#[test]
fn killed_after_the_system_gave_a_new_token() {
    killed_while_renewing(&["renew-answered", "vault-written:2", "renew-stored"]);
}

/// With a key of the operator's own there is no key file to make; nothing else is different.
#[test]
fn killed_with_a_key_from_the_environment() {
    let (place, point) = (fresh_but_for_smh(), "vault-written:2");
    place.set_env("RUNNER_KEY", KEY);
    assert!(dies(&place, point, &["connect", "accurate", "--confirm"]), "{point} is never reached");
    recovers_by(&place, point, "connect accurate --confirm", 5);
    assert!(!place.state().join("credentials/key").exists());
}
