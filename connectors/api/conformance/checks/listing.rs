//! Listings: all, once, and honest about it; and what changed since.

use crate::conformance::bench::{Disturbance, Fields};
use crate::conformance::exact;
use crate::conformance::lie::{self, Lie, Order};
use crate::conformance::run::{Run, set};
use crate::conformance::session::Session;
use crate::conformance::trouble::{Checked, Trouble, bench, ensure, failed, skipped};
use crate::{Code, Operation};

/// A listing over several pages holds every record once, and says so where that is claimed.
pub(crate) fn complete(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Read])?;
    run.fill()?;
    let mut session = run.session()?;
    let listing = session.list(&run.all())?;
    let done = listing.done.as_ref().map_err(|failure| failed("the list can be read", failure.to_string()))?;
    ensure(done.complete == run.resource.complete_listing, "a listing is complete where that is claimed", || {
        format!("claimed {}, answered {done:?}", run.resource.complete_listing)
    })?;
    run.honest(&listing, "several pages")?;
    let truth = run.ids()?;
    let stray = listing.ids().difference(&truth).next().cloned();
    ensure(stray.is_none(), "only records that are there are listed", || format!("{stray:?}"))
}

/// Lists give the members asked for, as single reads do, and the others where nothing else is claimed.
pub(crate) fn fields(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Read])?;
    let mut fields = run.fields();
    for exact in &run.sample.exact {
        if let Some((value, _)) = exact.values.first() {
            set(&mut fields, &exact.member.write, value.clone());
        }
    }
    let id = run.bench.seed(&run.resource.name, &fields).map_err(bench)?;
    run.made.insert(id.clone());
    let stored = run.stored(&id)?.ok_or_else(|| bench(format!("{id} is not there after it was made")))?;
    let mut session = run.session()?;
    let listing = session.list(&run.all())?;
    let Some(listed) = listing.record(&id) else {
        return Err(failed("a record that is there is listed", format!("{id}: {:?}", listing.done)));
    };
    let (only, every): (Vec<&String>, Vec<&String>) =
        run.sample.fields.iter().partition(|field| run.resource.is_detail_only(field));
    same_members("the list", &listed.raw, &stored, &every)?;
    if let Some(field) = only.iter().find(|field| exact::has(&listed.raw, field) && !exact::has(&stored, field)) {
        return Err(failed("members come from the system", format!("{field} is in the list and not in the system")));
    }
    if run.resource.operations.contains_key(&Operation::Get) {
        let single = run.read_one(&mut session, &id)?;
        let all: Vec<&String> = run.sample.fields.iter().collect();
        same_members("the single read", &single.raw, &stored, &all)?;
    }
    match &run.sample.unasked {
        Some(member) => ensure(!exact::has(&listed.raw, member), "only the members asked for are read", || {
            format!("{member} came although nobody asked for it")
        }),
        None => Ok(()),
    }
}

fn same_members(what: &str, came: &[u8], stored: &[u8], fields: &[&String]) -> Checked {
    for field in fields {
        let (came, stored) = (exact::texts(came, field), exact::texts(stored, field));
        let same = came.len() == stored.len() && came.iter().zip(&stored).all(|(a, b)| exact::same(a, b, true));
        ensure(
            same,
            "members asked for come as the system holds them, unless they are claimed to be detail only",
            || format!("{what}, {field}: {came:?}; the system holds {stored:?}"),
        )?;
    }
    Ok(())
}

/// A page that comes again doubles nothing, and hides nothing.
pub(crate) fn repeated_page(run: &mut Run<'_>) -> Checked {
    listing_under(run, &Disturbance::PageRepeated)
}

/// Pages with fewer records than there are, under counts that say otherwise.
pub(crate) fn cut(run: &mut Run<'_>) -> Checked {
    listing_under(run, &Disturbance::ListingCut)
}

fn listing_under(run: &mut Run<'_>, disturbance: &Disturbance) -> Checked {
    run.claims(&[Operation::Read])?;
    run.fill()?;
    let mut session = run.session()?;
    run.disturb(disturbance)?;
    let listing = session.list(&run.all());
    run.calm(disturbance)?;
    let listing = listing?;
    run.honest(&listing, &format!("{disturbance:?}"))?;
    let moved = listing.done.as_ref().is_ok_and(|done| !done.complete && done.cursor.is_some());
    ensure(!moved, "a listing that is not complete gives no cursor", || format!("{disturbance:?}: it gives one"))?;
    run.usable(&mut session, &format!("{disturbance:?}"))
}

/// Records made and removed between two pages shift the others.
pub(crate) fn shifting(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Read])?;
    run.fill()?;
    let mut session = run.session()?;
    for removes in [true, false] {
        let before = run.ids()?;
        let (request, fields, name) = (run.all(), run.fields(), run.resource.name.clone());
        let (at_work, made) = (&mut *run.bench, &mut *run.made);
        let mut done: Option<Result<(), String>> = None;
        let listing = session.list_with(&request, &mut |_, batch| {
            if done.is_some() {
                return;
            }
            let ours = batch.records.iter().find(|record| made.contains(&record.id));
            done = match (removes, ours) {
                (true, Some(record)) => Some(at_work.remove(&name, &record.id)),
                (true, None) => None,
                (false, _) => Some(at_work.seed(&name, &fields).map(|id| {
                    made.insert(id);
                })),
            };
        })?;
        match done {
            None => return Err(skipped("no record of the kit came with the first pages")),
            Some(moved) => moved.map_err(bench)?,
        }
        if let Some(id) = listing.double() {
            return Err(failed("each record is handed over once", format!("pages shifted, and {id} came twice")));
        }
        let came = listing.ids();
        let missing = run.ids()?.into_iter().find(|id| before.contains(id) && !came.contains(id));
        ensure(
            !listing.claims_all() || missing.is_none(),
            "a listing that missed a record does not say complete",
            || format!("pages shifted while it was read (removed: {removes}), {missing:?} was there all the time"),
        )?;
    }
    run.usable(&mut session, "pages that shifted")
}

/// A page that fails, or makes no sense, ends the listing as a failure or as incomplete; the first one too.
pub(crate) fn broken_page(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Read])?;
    run.fill()?;
    let mut session = run.session()?;
    if run.bench.disturb(&Disturbance::PageFails) {
        let listing = session.list(&run.all());
        run.by_bench = true;
        run.calm(&Disturbance::PageFails)?;
        return run.honest(&listing?, "a page that failed");
    }
    let mut lies: Vec<(&str, Lie)> = vec![
        ("an answer that was lost", Lie::Lost),
        ("a request that was not sent", Lie::NotSent),
        ("an answer that breaks off", Lie::Halved),
    ];
    let pages = lie::senseless().into_iter().chain(lie::broken());
    lies.extend(pages.map(|(what, response)| (what, Lie::Unheard(response))));
    lies.push(("a page of a proxy under 404", Lie::Unheard(lie::lost_page())));
    let mut struck = false;
    for (what, lie) in lies {
        for after in [0, 1] {
            run.wire.lie(Order::all(lie.clone()).after(after));
            let listing = session.list(&run.all());
            let hit = run.wire.struck() > 0;
            run.wire.calm();
            struck |= hit;
            if hit {
                let listing = listing?;
                run.honest(&listing, what)?;
                let moved = listing.done.as_ref().is_ok_and(|done| done.cursor.is_some() && !done.complete);
                ensure(!moved, "a listing that is not complete gives no cursor", || format!("{what}: it gives one"))?;
            }
        }
    }
    if !struck {
        return Err(skipped("the connector makes no requests"));
    }
    run.usable(&mut session, "answers that made no sense")
}

/// What changed since a moment misses nothing; where it is not claimed, it is refused.
pub(crate) fn changes(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Read])?;
    let mut session = run.session()?;
    if !run.resource.change_filter {
        let whole = session.list(&run.all())?.done.ok().and_then(|done| done.cursor);
        let cursor = whole.unwrap_or_else(|| "2020-01-01T00:00:00Z".to_owned());
        let listing = session.list(&run.since(&cursor))?;
        let refused =
            listing.done.as_ref().is_err_and(|failure| matches!(failure.code, Code::Unsupported | Code::Invalid));
        return ensure(refused, "a change filter that is not claimed is refused", || format!("{:?}", listing.done));
    }
    run.fill()?;
    let changed = run.seed()?;
    let listing = session.list(&run.all())?;
    let cursor = cursor_of(&listing.done)?;
    run.change(&changed, "changed since")?;
    let made = run.seed()?;
    run.bench.settle(run.resource.settle_ms);
    let listing = session.list(&run.since(&cursor))?;
    let next = cursor_of(&listing.done)?;
    for (id, what) in [(&changed, "changed"), (&made, "made")] {
        ensure(listing.record(id).is_some(), "what changed since is listed", || {
            format!("{id} was {what}, and is not")
        })?;
    }
    let path = &run.sample.text.read;
    let text = listing.record(&changed).and_then(|record| exact::text(&record.raw, path));
    if !run.resource.is_detail_only(path) {
        ensure(text.as_deref() == Some("changed since"), "what changed is listed as it is now", || {
            format!("{text:?}")
        })?;
    }
    while_it_is_read(run, &mut session)?;
    run.wire.lie(Order::all(Lie::Unheard(lie::answer(500, "text/plain", ""))));
    let listing = session.list(&run.since(&next));
    run.wire.calm();
    let moved = listing?.done.is_ok_and(|done| !done.complete && done.cursor.is_some_and(|cursor| cursor != next));
    ensure(!moved, "the cursor stays where a listing broke off", || "it moved".to_owned())
}

/// A record that was handed over and changes before the listing ends belongs to the next one.
fn while_it_is_read(run: &mut Run<'_>, session: &mut Session) -> Checked {
    let (request, name) = (run.all(), run.resource.name.clone());
    let fields: Fields = run.text("changed while it was read");
    let (at_work, made) = (&mut *run.bench, &*run.made);
    let mut changed: Option<(String, Result<(), String>)> = None;
    let listing = session.list_with(&request, &mut |_, batch| {
        let ours = batch.records.iter().find(|record| made.contains(&record.id));
        if let (None, Some(record)) = (&changed, ours) {
            changed = Some((record.id.clone(), at_work.change(&name, &record.id, &fields)));
        }
    })?;
    let Some((id, done)) = changed else { return Ok(()) };
    done.map_err(bench)?;
    let cursor = cursor_of(&listing.done)?;
    let listing = session.list(&run.since(&cursor))?;
    ensure(listing.record(&id).is_some(), "what changed while it was read is listed the next time", || {
        format!("{id} changed after it was handed over, and is not")
    })
}

fn cursor_of(done: &Result<crate::ReadDone, crate::Failure>) -> Result<String, Trouble> {
    let cursor = done.as_ref().ok().and_then(|done| done.cursor.clone());
    cursor.ok_or_else(|| {
        failed("a complete listing gives a cursor where a change filter is claimed", format!("{done:?}"))
    })
}
