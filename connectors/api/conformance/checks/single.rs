//! Single reads: who is gone and who is not; versions.

use crate::conformance::bench::Disturbance;
use crate::conformance::exact;
use crate::conformance::lie::{self, Lie, Order};
use crate::conformance::run::Run;
use crate::conformance::trouble::{Checked, bench, ensure, failed, skipped};
use crate::{Code, Operation, Strength};
use std::collections::BTreeSet;

/// A record that is not there is gone; one that is there is not.
pub(crate) fn missing(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Get])?;
    let (there, removed) = (run.seed()?, run.seed()?);
    run.bench.remove(&run.resource.name, &removed).map_err(bench)?;
    run.made.remove(&removed);
    let mut session = run.session()?;
    let never = run.sample.missing.clone();
    let got = session.get(&run.single(&[&there, &never, &removed]))?;
    let gone: BTreeSet<&str> = got.gone().iter().map(String::as_str).collect();
    ensure(gone == BTreeSet::from([never.as_str(), removed.as_str()]), "those that are not there are gone", || {
        format!("{never} never was, {removed} was removed, {there} is there: {:?}", got.done)
    })?;
    ensure(got.records.len() == 1, "the one that is there comes", || format!("{:?}", got.done))
}

/// Trouble is never taken for absence.
pub(crate) fn never_gone(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Get])?;
    let (first, second) = (run.seed()?, run.seed()?);
    let mut session = run.session()?;
    let mut lies: Vec<(&str, Lie)> = vec![
        ("an answer that was lost", Lie::Lost),
        ("a request that was not sent", Lie::NotSent),
        ("an answer that breaks off", Lie::Halved),
        ("too many calls", Lie::Unheard(lie::too_many())),
        ("a page of a proxy under 404", Lie::Unheard(lie::lost_page())),
        ("an HTML page under 403", Lie::Unheard(lie::answer(403, "text/html", "<html><title>no</title></html>"))),
    ];
    let pages = lie::senseless().into_iter().chain(lie::broken());
    lies.extend(pages.map(|(what, response)| (what, Lie::Unheard(response))));
    for (what, lie) in lies {
        run.wire.lie(Order::all(lie));
        let got = session.get(&run.single(&[&first, &second]));
        let struck = run.wire.struck() > 0;
        run.wire.calm();
        if !struck {
            return Err(skipped("the connector makes no requests"));
        }
        let got = got?;
        ensure(got.gone().is_empty(), "a record is gone only when the system says so", || {
            format!("{what}: {:?} are said to be gone", got.gone())
        })?;
        ensure(got.records.is_empty(), "a record comes only from the system", || format!("{what}: a record came"))?;
        let Ok(done) = &got.done else { continue };
        let limited = what != "too many calls" || done.failed.iter().all(|(_, why)| why.code == Code::RateLimited);
        ensure(limited, "too many calls are reported as such", || format!("{:?}", done.failed))?;
    }
    let record = run.read_one(&mut session, &first)?;
    ensure(record.id == first, "an operation that failed leaves the connector usable", || record.id.clone())
}

/// An answer that holds another record than the one asked for is noticed.
pub(crate) fn right_one(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Get])?;
    let (asked, other) = (run.seed()?, run.seed()?);
    let mut session = run.session()?;
    run.read_one(&mut session, &other)?;
    let answers = run.wire.log();
    let Some(Ok(answer)) = answers.last().and_then(|exchange| exchange.answer.clone()) else {
        return Err(skipped("the connector makes no requests"));
    };
    run.wire.lie(Order::all(Lie::Unheard(answer)));
    let got = session.get(&run.single(&[&asked]));
    run.wire.calm();
    let got = got?;
    ensure(got.records.is_empty() && got.gone().is_empty(), "the record asked for, or a failure", || {
        format!("{asked} was asked for, the answer was about {other}, and it was taken: {:?}", got.done)
    })
}

/// Versions stand where they are said to, stay while nothing changes, and where claimed strong, change with every change.
pub(crate) fn versions(run: &mut Run<'_>) -> Checked {
    let Some(token) = run.resource.version.clone() else { return Err(skipped("no version is claimed")) };
    run.claims(&[Operation::Read, Operation::Get])?;
    let id = run.seed_with_text("version a")?;
    let mut session = run.session()?;
    let mut seen: Vec<String> = Vec::new();
    for text in ["version a", "version b", "version a", "version c", "version a"] {
        if !seen.is_empty() {
            run.change(&id, text)?;
        }
        let listed = session.list(&run.all())?.record(&id).and_then(|record| record.version.clone());
        let single = run.read_one(&mut session, &id)?;
        let Some(version) = single.version.clone() else {
            return Err(failed("every record has a version where one is claimed", format!("{id} has none")));
        };
        ensure(listed.as_ref() == Some(&version), "the list and the single read give the same version", || {
            format!("{id}: {listed:?} and {version}")
        })?;
        let again = run.read_one(&mut session, &id)?.version;
        ensure(again.as_ref() == Some(&version), "a version stays while nothing changes", || {
            format!("{id}: {version}, then {again:?}")
        })?;
        let stored = run.stored(&id)?.and_then(|record| exact::text(&record, &token.path));
        ensure(stored.as_ref() == Some(&version), "the version is what stands at its member", || {
            format!("{id}: {version}, and {} is {stored:?}", token.path)
        })?;
        let strong = token.strength == Strength::Strong;
        ensure(
            !strong || !seen.contains(&version),
            "a strong version changes with every change and never comes back",
            || format!("{id} became {text:?} and has version {version}; before it had {}", seen.join(", ")),
        )?;
        seen.push(version);
    }
    children_count(run, token.strength)
}

/// A strong version also sees what happens to children.
fn children_count(run: &mut Run<'_>, strength: Strength) -> Checked {
    let (Some(children), Strength::Strong) = (&run.sample.children, strength) else { return Ok(()) };
    let mut fields = run.fields();
    let rows = |numbers: &[u64]| numbers.iter().map(|&n| (children.make)(n).into()).collect::<Vec<serde_json::Value>>();
    fields.insert(children.path.clone(), rows(&[1, 2]).into());
    let id = run.bench.seed(&run.resource.name, &fields).map_err(bench)?;
    let mut session = run.session()?;
    let before = run.read_one(&mut session, &id)?.version;
    let only = [(children.path.clone(), rows(&[1, 3]).into())].into_iter().collect();
    run.bench.change(&run.resource.name, &id, &only).map_err(bench)?;
    let after = run.read_one(&mut session, &id)?.version;
    ensure(before != after, "a strong version changes when children do", || {
        format!("{id}: {before:?} before and after")
    })
}

/// Too many calls are told as such, when the host's waiting was of no use.
pub(crate) fn too_many(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Read])?;
    run.fill()?;
    let mut session = run.session()?;
    let disturbance = Disturbance::TooManyCalls;
    run.disturb(&disturbance)?;
    let listing = session.list(&run.all());
    let requests = run.wire.log().len();
    run.calm(&disturbance)?;
    let listing = listing?;
    match &listing.done {
        Err(failure) => ensure(failure.code == Code::RateLimited, "too many calls are reported as such", || {
            format!("{:?}: {failure}", failure.code)
        })?,
        Ok(done) => ensure(!done.complete, "a listing that was refused is not complete", || format!("{done:?}"))?,
    }
    ensure(requests <= 8, "after a refusal for too many calls it is not asked on and on", || {
        format!("{requests} requests were made")
    })?;
    run.usable(&mut session, "too many calls")
}
