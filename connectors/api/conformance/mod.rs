//! The conformance kit: what a connector claims is tested, not believed, against a system that lies.
//!
//! A connector's author writes a [`Bench`] in a test: the connector, a system to test it against (a sandbox, a server in memory), a way to
//! that system which is not the connector, and a [`Sample`] of each resource. [`check`] does the rest: it makes records behind the connector's
//! back, reads and writes through it, disturbs what lies between, and compares what the connector says with what is so. `README.md` beside
//! `Cargo.toml` tells how to go about it.
//!
//! A [`Wire`] is put between the connector and its host. It loses answers, repeats and thins pages, answers nonsense, and watches the rules
//! of the contract. So it makes no difference whether a connector is linked or loaded, or whose host it runs on.
//!
//! What the kit leaves to others: retries, budgets, time-outs and authentication are the host's, and are tested there.

mod bench;
mod checks;
mod exact;
mod lie;
mod linked;
mod report;
mod run;
mod session;
mod trouble;
mod wire;

pub use bench::{Bench, ChildSample, Disturbance, Exact, Fields, InUse, Member, Sample, settings};
pub use checks::{CHECKS, Check};
pub use linked::{Linked, Server};
pub use report::{Line, Report, Verdict};
pub use wire::{Answer, Exchange, Wire};

use crate::{Manifest, Resource};
use checks::Scope;
use run::Run;
use std::collections::BTreeSet;
use trouble::Trouble;

/// A failure that is known and explained. It is shown, and does not make the connector fail; where nothing fails any more, that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excuse {
    /// The check.
    pub check: &'static str,
    /// The resource; `None`: all.
    pub resource: Option<&'static str>,
    /// Why it is so.
    pub because: &'static str,
}

/// Makes all checks for all samples.
pub fn check(bench: &mut dyn Bench, samples: &[Sample], excuses: &[Excuse]) -> Report {
    check_only(bench, samples, excuses, |_| true)
}

/// Makes the checks that are wanted, by name.
pub fn check_only(
    bench: &mut dyn Bench,
    samples: &[Sample],
    excuses: &[Excuse],
    wanted: impl Fn(&str) -> bool,
) -> Report {
    let mut report = Report::default();
    let manifest = match described(bench) {
        Ok(manifest) => manifest,
        Err(line) => {
            report.lines.push(line);
            return report;
        }
    };
    report.connector.clone_from(&manifest.name);
    let (mut numbers, mut made) = (0, BTreeSet::new());
    for (at, sample) in samples.iter().enumerate() {
        let Some(resource) = manifest.resource(&sample.resource) else {
            report.lines.push(no_resource(sample));
            continue;
        };
        made.clear();
        for check in CHECKS.iter().filter(|check| wanted(check.name)) {
            if check.scope == Scope::Connector && at > 0 {
                continue;
            }
            let run = Run {
                bench: &mut *bench,
                sample,
                manifest: &manifest,
                resource,
                wire: Wire::new(&manifest),
                numbers: &mut numbers,
                made: &mut made,
                by_bench: false,
            };
            report.lines.push(one(check, run, resource, excuses));
        }
    }
    report.idle_excuses = idle(&report, excuses, wanted);
    report
}

fn one(check: &Check, mut run: Run<'_>, resource: &Resource, excuses: &[Excuse]) -> Line {
    let done = (check.work)(&mut run);
    // Whatever a check that failed has left on.
    run.bench.calm();
    let name = if check.scope == Scope::Connector { String::new() } else { resource.name.clone() };
    let fits = |excuse: &&Excuse| {
        excuse.check == check.name && excuse.resource.is_none_or(|resource| resource == name || name.is_empty())
    };
    let verdict = match (done, excuses.iter().find(fits)) {
        (Ok(()), _) => Verdict::Passed,
        (Err(Trouble::Skipped(why)), _) => Verdict::Skipped(why),
        (Err(Trouble::Failed { seen, .. }), Some(excuse)) => {
            Verdict::Excused { because: excuse.because.to_owned(), seen }
        }
        (Err(Trouble::Failed { expected, seen }), None) => Verdict::Failed { expected, seen },
    };
    Line { check: check.name, resource: name, verdict }
}

fn described(bench: &mut dyn Bench) -> Result<Manifest, Line> {
    let described = bench.connector().and_then(|connector| connector.describe().map_err(|failure| failure.to_string()));
    described.map_err(|seen| Line {
        check: "describe",
        resource: String::new(),
        verdict: Verdict::Failed { expected: "a connector that describes itself".to_owned(), seen },
    })
}

fn no_resource(sample: &Sample) -> Line {
    Line {
        check: "describe",
        resource: sample.resource.clone(),
        verdict: Verdict::Failed {
            expected: "the sample's resource is in the manifest".to_owned(),
            seen: "it is not".to_owned(),
        },
    }
}

/// The excuses that nothing needed.
fn idle(report: &Report, excuses: &[Excuse], wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let needed = |excuse: &Excuse| {
        report.lines.iter().any(|line| {
            matches!(line.verdict, Verdict::Excused { .. })
                && line.check == excuse.check
                && excuse.resource.is_none_or(|resource| resource == line.resource)
        })
    };
    let idle = excuses.iter().filter(|excuse| wanted(excuse.check) && !needed(excuse));
    idle.map(|excuse| format!("{} of {}", excuse.check, excuse.resource.unwrap_or("all resources"))).collect()
}
