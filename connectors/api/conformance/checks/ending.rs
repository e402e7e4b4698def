//! Sessions that end, systems that move, runs that are to end, and closing.

use crate::conformance::bench::Disturbance;
use crate::conformance::lie::{Lie, Order, path_of};
use crate::conformance::run::{Run, applied, create};
use crate::conformance::trouble::{Checked, ensure, failed, skipped};
use crate::{Code, Operation, Outcome};

/// A session that ended is opened again once, and the request repeated.
pub(crate) fn session_ended(run: &mut Run<'_>) -> Checked {
    carries_on(run, &Disturbance::SessionEnded)
}

/// A system that moved is followed.
pub(crate) fn host_moved(run: &mut Run<'_>) -> Checked {
    carries_on(run, &Disturbance::HostMoved)
}

fn carries_on(run: &mut Run<'_>, disturbance: &Disturbance) -> Checked {
    run.claims(&[Operation::Read])?;
    write_once(run, disturbance)?;
    run.fill()?;
    let mut session = run.session()?;
    run.disturb(disturbance)?;
    let listing = session.list(&run.all());
    let log = run.wire.log();
    run.calm(disturbance)?;
    let listing = listing?;
    let what = format!("{disturbance:?}");
    ensure(
        listing.claims_all() == run.resource.complete_listing,
        "a listing goes on where it was interrupted",
        || format!("{what}: {:?}", listing.done),
    )?;
    run.honest(&listing, &what)?;
    let turned = log.iter().find_map(|exchange| {
        let answer = exchange.answer.as_ref()?.as_ref().ok()?;
        (answer.status >= 300).then(|| (path_of(&exchange.request.url).to_owned(), answer.clone()))
    });
    let Some((path, answer)) = turned else { return Ok(()) };
    // The same again and again: a new session is refused as well, the new place sends it on.
    run.wire.lie(Order::all(Lie::Unheard(answer)).path(&path));
    let listing = session.list(&run.all());
    let requests = run.wire.log().len();
    run.wire.calm();
    let listing = listing?;
    ensure(!listing.claims_all() && requests <= 40, "what does not get better is given up", || {
        format!("{what}, again and again: {requests} requests, {:?}", listing.done)
    })?;
    run.usable(&mut session, &what)
}

/// A write in the middle of it is carried out exactly once.
fn write_once(run: &mut Run<'_>, disturbance: &Disturbance) -> Checked {
    if run.claims(&[Operation::Create]).is_err() {
        return Ok(());
    }
    let mut session = run.session()?;
    let before = run.ids()?;
    let item = create(run.fields());
    run.disturb(disturbance)?;
    let outcomes = run.write(&mut session, vec![item]);
    run.calm(disturbance)?;
    applied(outcomes?.first(), "a write that was turned away is sent again, and done")?;
    let grown = run.ids()?.difference(&before).count();
    ensure(grown == 1, "a write that was turned away is done once", || format!("{grown} records more"))
}

/// Once the run is to end, a listing stops, and does not say that it was all.
pub(crate) fn cancelled(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Read])?;
    run.fill()?;
    let mut session = run.session()?;
    run.wire.cancel_at(2);
    let listing = session.list(&run.all());
    let requests = run.wire.log().len();
    run.wire.calm();
    let listing = listing?;
    ensure(!listing.claims_all(), "a listing that was cancelled is not complete", || "complete: true".to_owned())?;
    if let Err(failure) = &listing.done {
        ensure(failure.code == Code::Cancelled, "a run that is to end is reported as such", || {
            format!("{:?}: {failure}", failure.code)
        })?;
    }
    ensure(requests <= 3, "once the run is to end, no further page is asked for", || {
        format!("{requests} requests were made")
    })?;
    run.honest(&listing, "cancelled")?;
    run.usable(&mut session, "a run that was to end")
}

/// Closing ends the session; it can be opened again, and closing works whatever the state.
pub(crate) fn close(run: &mut Run<'_>) -> Checked {
    let mut session = run.connect()?;
    session.close()?;
    let early = session.list(&run.all())?;
    if let Err(failure) = &early.done {
        ensure(failure.code == Code::NotConnected, "what is not open says so", || {
            format!("{:?}: {failure}", failure.code)
        })?;
    }
    session.open()?;
    session.close()?;
    session.close()?;
    let late = session.list(&run.all())?;
    if let Err(failure) = &late.done {
        ensure(failure.code == Code::NotConnected, "what was closed says so", || {
            format!("{:?}: {failure}", failure.code)
        })?;
    }
    let writes = run.resource.operations.contains_key(&Operation::Create);
    if writes && late.done.is_err() {
        let item = create(run.fields());
        let outcomes = run.write(&mut session, vec![item])?;
        ensure(matches!(outcomes[0], Outcome::Rejected(_)), "what was closed writes nothing", || {
            format!("{:?}", outcomes[0])
        })?;
    }
    session.open()?;
    run.wire.lie(Order::all(Lie::NotSent));
    session.close()?;
    let opened = session.try_open();
    let struck = run.wire.struck() > 0;
    run.wire.calm();
    if struck && opened?.is_ok() && run.manifest.auth.is_empty() {
        return Err(failed("a system that cannot be reached is not open", "it opened"));
    }
    session.open()?;
    match run.resource.operations.contains_key(&Operation::Read) {
        true => run.usable(&mut session, "closing"),
        false => Err(skipped("there is no list")),
    }
}
