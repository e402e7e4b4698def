//! The conformance kit itself: a connector without fault passes all of it, and each fault is seen by the check that is there for it.

mod bench;
mod clerk;
mod shop;

use bench::{Counter, samples};
use clerk::Flaw;
use selaras_connector_api::conformance::{CHECKS, Excuse, Verdict, check, check_only};
use std::collections::BTreeSet;

#[test]
fn a_connector_without_fault_passes_every_check() {
    let report = check(&mut Counter::new(Flaw::None), &samples(), &[]);
    report.assert_conforms();
    let passed = report.passed();
    let left: Vec<&str> = CHECKS.iter().map(|check| check.name).filter(|name| !passed.contains_key(name)).collect();
    // The shop has no children.
    assert_eq!(left, ["children"], "{report}");
}

/// Each fault, and a check that must see it.
#[test]
fn every_fault_is_seen() {
    for (flaw, wanted) in Flaw::ALL.into_iter().chain(Flaw::MORE) {
        let report = check_only(&mut Counter::new(flaw), &samples(), &[], |name| name == wanted);
        assert!(report.failed_checks().contains(&wanted), "{flaw:?}: {wanted} did not see it: {report}");
    }
}

#[test]
fn what_is_excused_is_shown_and_what_needs_no_excuse_is_told() {
    let excuse = |check| Excuse { check, resource: Some("thing"), because: "the shop is closed on Sundays" };
    let only = |name: &str| name == "never-gone";
    let mut counter = Counter::new(Flaw::AnyNotFoundIsGone);
    let report = check_only(&mut counter, &samples(), &[excuse("never-gone")], only);
    report.assert_conforms();
    assert!(matches!(&report.lines[0].verdict, Verdict::Excused { because, .. } if because.contains("Sundays")));
    let report = check_only(&mut Counter::new(Flaw::None), &samples(), &[excuse("never-gone")], only);
    assert_eq!(report.idle_excuses, ["never-gone of thing"]);
    assert!(std::panic::catch_unwind(|| report.assert_conforms()).is_err());
}

#[test]
fn a_report_says_what_was_expected_and_what_was_seen() {
    let only = |name: &str| name == "lost-answer";
    let report = check_only(&mut Counter::new(Flaw::LostIsDone), &samples(), &[], only);
    let text = report.to_string();
    for part in [
        "FAILED   lost-answer thing",
        "expected: a write whose answer was lost is unclear",
        "seen:     Create: applied",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn the_guide_names_every_check() {
    let guide = include_str!("../../../../docs/connectors.md");
    let missing: Vec<&str> =
        CHECKS.iter().map(|check| check.name).filter(|name| !guide.contains(&format!("`{name}`"))).collect();
    assert_eq!(missing, Vec::<&str>::new(), "docs/connectors.md has a table of them");
    let flaws: BTreeSet<String> = Flaw::ALL.iter().chain(&Flaw::MORE).map(|(flaw, _)| format!("{flaw:?}")).collect();
    assert!(guide.contains(&format!("{} faults", flaws.len())), "there are {}", flaws.len());
}
