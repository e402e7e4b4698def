//! The conformance kit on the connectors that the project ships: their real libraries, loaded by the runner's host, over real HTTP against
//! the sandbox. The kit's wire lies between connector and host; what is behind its back goes to the sandbox by a client of its own.

mod accurate;
mod client;
mod place;
mod smh;

use selaras_connector_api::conformance::{Report, check, check_only};

/// The checks that must really have been carried out for every resource, so that a bench that can do nothing does not pass.
fn carried_out(report: &Report, resources: usize, checks: &[&str]) {
    let passed = report.passed();
    for check in checks {
        assert_eq!(passed.get(check), Some(&resources), "{check} was not carried out for all: {report}");
    }
}

const ALWAYS: [&str; 22] = [
    "unclaimed",
    "complete-listing",
    "fields",
    "repeated-page",
    "shifting-pages",
    "cut-listing",
    "broken-page",
    "changes",
    "missing",
    "never-gone",
    "right-record",
    "version",
    "batch",
    "lost-answer",
    "not-sent",
    "senseless-answer",
    "cancelled-write",
    "exact-values",
    "normalised",
    "dropped",
    "delete",
    "close",
];

#[test]
fn accurate_conforms() {
    let report = check(&mut accurate::Books::open(), &accurate::samples(), &[]);
    report.assert_conforms();
    carried_out(&report, 3, &ALWAYS);
    carried_out(&report, 3, &["session-ended", "host-moved", "recogniser"]);
    carried_out(&report, 2, &["deactivate"]);
    carried_out(&report, 1, &["children"]);
}

#[test]
fn rest_conforms_with_the_manifest_of_smh() {
    let report = check(&mut smh::Hub::open(), &smh::samples(), &[]);
    report.assert_conforms();
    carried_out(&report, 3, &ALWAYS);
    carried_out(&report, 3, &["compare-and-set", "recogniser"]);
    carried_out(&report, 2, &["deactivate"]);
    carried_out(&report, 1, &["children"]);
}

/// The same system where nothing can be written in batches: other requests, another way to send the version.
#[test]
fn rest_conforms_writing_one_by_one() {
    let samples = smh::samples();
    let report = check(&mut smh::Hub::with(smh::one_by_one), &samples[..1], &[]);
    report.assert_conforms();
    carried_out(&report, 1, &ALWAYS);
    carried_out(&report, 1, &["compare-and-set", "recogniser", "deactivate"]);
}

/// What a manifest says that is not so is seen through all layers: the library's boundary, the runner's host, real HTTP.
#[test]
fn false_manifests_are_caught() {
    let lies = [
        ("recogniser", "marker = \"partnerId\"", "marker = \"name\""),
        ("deactivate", "value = \"inactive\"", "value = \"closed\""),
        (
            "version",
            "path = \"$.version\", strength = \"strong\", type = \"integer\"",
            "path = \"$.updatedAt\", strength = \"strong\"",
        ),
        ("never-gone", "not_found = \"not_found\"\n", ""),
        ("cut-listing", "total = \"$.rowCount\"\npage_count = \"$.pageCount\"\n", ""),
    ];
    let samples = smh::samples();
    for (wanted, truth, lie) in lies {
        let mut hub = smh::Hub::with(|manifest| {
            assert!(manifest.contains(truth), "{truth} is not in the manifest any more");
            manifest.replace(truth, lie)
        });
        let report = check_only(&mut hub, &samples[..1], &[], |name| name == wanted);
        assert_eq!(report.failed_checks(), [wanted], "{lie}: {report}");
    }
}
