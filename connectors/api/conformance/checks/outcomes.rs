//! Writes: one outcome for each item, and never another than what happened.

use crate::conformance::bench::Disturbance;
use crate::conformance::lie::{self, Lie, Order};
use crate::conformance::run::{Run, applied, create, shown};
use crate::conformance::session::Session;
use crate::conformance::trouble::{Checked, Trouble, ensure, failed, skipped};
use crate::{Code, Operation, Outcome, WriteItem, WriteOp};
use std::collections::BTreeSet;

/// How many creates of one request are a batch and a little more.
fn more_than_a_batch(run: &Run<'_>) -> usize {
    let per_call = run.resource.operations.get(&Operation::Create).map_or(1, |spec| spec.per_call);
    usize::try_from(per_call).unwrap_or(1).min(200) + 3
}

/// More than one batch, of which every third is refused: each item has its own outcome, in its own place.
pub(crate) fn batch(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Create])?;
    let mut session = run.session()?;
    let (count, before) = (more_than_a_batch(run).max(6), run.ids()?);
    let mut items = Vec::new();
    let mut texts = Vec::new();
    for at in 0..count {
        let text = format!("item {at} of a batch");
        let mut fields = run.fields();
        match run.sample.refused.clone().filter(|_| at % 3 == 1) {
            Some(refused) => {
                texts.push(None);
                fields = refused;
            }
            None => {
                fields.extend(run.text(&text));
                texts.push(Some(text));
            }
        }
        items.push(create(fields));
    }
    let outcomes = run.write(&mut session, items)?;
    let mut made = BTreeSet::new();
    for (at, (outcome, text)) in outcomes.iter().zip(&texts).enumerate() {
        let place = format!("item {} of {count}: {}", at + 1, shown(Some(outcome)));
        match (text, outcome) {
            (Some(_), Outcome::Applied { id, .. }) => {
                ensure(made.insert(id.clone()), "each record has its own id", || place)?;
            }
            (None, Outcome::Rejected(failure)) if failure.code != Code::Cancelled => {}
            (Some(_), _) => return Err(failed("a good item of a batch is done", place)),
            (None, _) => return Err(failed("an item that the system refuses is rejected", place)),
        }
    }
    let grown: BTreeSet<String> = run.ids()?.difference(&before).cloned().collect();
    ensure(grown == made, "what is said to be done is there, and nothing else", || {
        format!("{} records more, {} said to be done", grown.len(), made.len())
    })?;
    for (outcome, text) in outcomes.iter().zip(&texts).take(4).chain(outcomes.iter().zip(&texts).skip(count - 2)) {
        let (Outcome::Applied { id, .. }, Some(text)) = (outcome, text) else { continue };
        let stored = run.stored_text(id)?;
        ensure(stored.as_ref() == Some(text), "each outcome stands in the place of its item", || {
            format!("{id} was to be {text:?}, and is {stored:?}")
        })?;
    }
    updates(run, &mut session)
}

/// Updates of which one is of a record that is not there.
fn updates(run: &mut Run<'_>, session: &mut Session) -> Checked {
    if !run.resource.operations.contains_key(&Operation::Update) {
        return Ok(());
    }
    let (first, last) = (run.seed()?, run.seed()?);
    let mut items = vec![run.update(session, &first, "first of three")?, run.update(session, &last, "last of three")?];
    let version = items[0].version.clone();
    let missing =
        WriteItem { id: Some(run.sample.missing.clone()), version, fields: run.text("nobody"), ..items[0].clone() };
    items.insert(1, missing);
    let outcomes = run.write(session, items)?;
    for (at, id, text) in [(0, &first, "first of three"), (2, &last, "last of three")] {
        let (said, _, _) = applied(outcomes.get(at), "an update beside one that is refused is done")?;
        let stored = run.stored_text(id)?;
        ensure(said == *id && stored.as_deref() == Some(text), "each outcome stands in the place of its item", || {
            format!("{id} was to be {text:?}, the outcome names {said}, and it is {stored:?}")
        })?;
    }
    ensure(matches!(outcomes[1], Outcome::Rejected(_)), "an update of a record that is not there is rejected", || {
        shown(outcomes.get(1))
    })
}

/// The writes that a resource has, each ready to be sent.
fn one_of_each(run: &mut Run<'_>, session: &mut Session) -> Result<Vec<WriteItem>, Trouble> {
    let mut items = Vec::new();
    let can = |run: &Run<'_>, operation| run.resource.operations.contains_key(&operation);
    if can(run, Operation::Create) {
        items.push(create(run.fields()));
    }
    if can(run, Operation::Update) {
        let id = run.seed()?;
        items.push(run.update(session, &id, "changed by the kit")?);
    }
    if can(run, Operation::Delete) {
        let id = run.seed()?;
        items.push(run.item(session, WriteOp::Delete, &id, serde_json::Map::new())?);
    }
    if items.is_empty() { Err(skipped("no write is claimed")) } else { Ok(items) }
}

/// Writes something under lies, and gives back the outcomes.
fn under(
    run: &mut Run<'_>,
    session: &mut Session,
    order: Order,
    items: Vec<WriteItem>,
) -> Result<Vec<Outcome>, Trouble> {
    run.wire.lie(order);
    let outcomes = run.write(session, items);
    let struck = run.wire.struck() > 0;
    run.wire.calm();
    if struck { outcomes } else { Err(skipped("the connector makes no requests that could write")) }
}

/// A write whose answer was lost is unclear, is not repeated, and says neither done nor refused. On the wire, where the connector is alone
/// with it, and in the system itself, where the host may do something about it.
pub(crate) fn lost_answers(run: &mut Run<'_>) -> Checked {
    let mut session = run.session()?;
    let mut any = false;
    for item in one_of_each(run, &mut session)? {
        any |= answer_lost(run, &mut session, item, false)?;
    }
    for item in one_of_each(run, &mut session)? {
        any |= answer_lost(run, &mut session, item, true)?;
    }
    if !any {
        return Err(skipped("AnswersLost could not be brought about"));
    }
    run.usable(&mut session, "answers that were lost")?;
    second_batch_lost(run, &mut session)
}

/// One write without an answer. Gives back whether it could be brought about.
fn answer_lost(run: &mut Run<'_>, session: &mut Session, item: WriteItem, by_bench: bool) -> Result<bool, Trouble> {
    let (op, id, before) = (item.op, item.id.clone(), run.ids()?);
    if !by_bench {
        run.wire.lie(Order::writes(Lie::Lost));
    } else if !run.bench.disturb(&Disturbance::AnswersLost) {
        return Ok(false);
    }
    run.by_bench = by_bench;
    let outcomes = run.write(session, vec![item]);
    let sent = run.wire.log().iter().filter(|exchange| exchange.writes).count();
    match run.calm(&Disturbance::AnswersLost) {
        Err(Trouble::Skipped(_)) => return Ok(false),
        other => other?,
    }
    let outcomes = outcomes?;
    // A host may repeat a delete; then it is done, and really so.
    let gone = match (&id, op) {
        (Some(id), WriteOp::Delete) if by_bench => run.stored(id)?.is_none(),
        _ => false,
    };
    let fine = match &outcomes[0] {
        Outcome::Unclear(_) => true,
        Outcome::Applied { .. } => gone,
        Outcome::Rejected(_) => false,
    };
    ensure(fine, "a write whose answer was lost is unclear", || format!("{op:?}: {}", shown(outcomes.first())))?;
    ensure(sent <= 1, "a connector never repeats a write by itself", || format!("{op:?}: {sent} requests went out"))?;
    let grown = run.ids()?.difference(&before).count();
    ensure(grown <= 1, "a lost answer doubles nothing", || format!("{grown} records more than before"))?;
    Ok(true)
}

/// The first batch of a request is answered, the second is not.
fn second_batch_lost(run: &mut Run<'_>, session: &mut Session) -> Checked {
    let per_call = run.resource.operations.get(&Operation::Create).map_or(0, |spec| spec.per_call);
    if per_call == 0 || per_call > 200 {
        return Ok(());
    }
    let (count, first) = (more_than_a_batch(run), per_call as usize);
    let items: Vec<WriteItem> = (0..count).map(|_| create(run.fields())).collect();
    let before = run.ids()?;
    let outcomes = match under(run, session, Order::writes(Lie::Lost).after(1), items) {
        Err(Trouble::Skipped(_)) => return Ok(()),
        outcomes => outcomes?,
    };
    let (head, tail) = outcomes.split_at(first.min(outcomes.len()));
    let done = head.iter().all(|outcome| matches!(outcome, Outcome::Applied { .. }));
    ensure(done, "what was answered before the line broke keeps its outcome", || {
        shown(head.iter().find(|outcome| !matches!(outcome, Outcome::Applied { .. })))
    })?;
    let claimed: BTreeSet<&str> = tail
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Applied { id, .. } => Some(id.as_str()),
            _ => None,
        })
        .collect();
    ensure(claimed.is_empty(), "what was not answered is not said to be done", || format!("{claimed:?}"))?;
    let rejected = tail.iter().filter(|outcome| matches!(outcome, Outcome::Rejected(_))).count();
    let really = run.ids()?.difference(&before).count();
    ensure(first + tail.len() - rejected >= really, "what was done is not said to be refused", || {
        format!("{really} records were made; {first} are said to be done, {rejected} of the others refused")
    })
}

/// A write that did not reach the system is rejected, and nothing is there.
pub(crate) fn not_sent(run: &mut Run<'_>) -> Checked {
    let mut session = run.session()?;
    for item in one_of_each(run, &mut session)? {
        let (op, id, before) = (item.op, item.id.clone(), run.ids()?);
        let was = id.as_ref().map(|id| run.stored_text(id)).transpose()?;
        let outcomes = under(run, &mut session, Order::all(Lie::NotSent), vec![item])?;
        ensure(matches!(outcomes[0], Outcome::Rejected(_)), "a write that was not sent is rejected", || {
            format!("{op:?}: {}", shown(outcomes.first()))
        })?;
        let is = id.as_ref().map(|id| run.stored_text(id)).transpose()?;
        ensure(run.ids()? == before && is == was, "nothing happened", || format!("{op:?} happened all the same"))?;
    }
    run.usable(&mut session, "requests that were not sent")
}

/// An answer that makes no sense is neither a yes nor a no.
pub(crate) fn senseless(run: &mut Run<'_>) -> Checked {
    let mut session = run.session()?;
    for (what, response) in lie::senseless().into_iter().chain(lie::broken()) {
        for (carried_out, lie) in [(false, Lie::Unheard(response.clone())), (true, Lie::Instead(response.clone()))] {
            for item in one_of_each(run, &mut session)? {
                let op = item.op;
                if op == WriteOp::Delete && will_do(&response) {
                    continue;
                }
                let outcomes = under(run, &mut session, Order::writes(lie.clone()), vec![item])?;
                let wrong = match &outcomes[0] {
                    Outcome::Applied { .. } => !carried_out,
                    Outcome::Rejected(_) => carried_out && response.status != 302,
                    Outcome::Unclear(_) => false,
                };
                ensure(!wrong, "an answer that makes no sense leaves a write unclear", || {
                    format!("{op:?} was carried out: {carried_out}; {what}: {}", shown(outcomes.first()))
                })?;
            }
        }
    }
    senseless_batches(run, &mut session)?;
    for item in one_of_each(run, &mut session)? {
        let op = item.op;
        let outcomes = under(run, &mut session, Order::writes(Lie::Unheard(lie::lost_page())), vec![item])?;
        let done = matches!(outcomes[0], Outcome::Applied { .. });
        ensure(!done, "a page of a proxy under 404 does not say that something was done", || {
            format!("{op:?}: {}", shown(outcomes.first()))
        })?;
    }
    run.usable(&mut session, "answers that made no sense")
}

/// Whether a system might answer a delete so: of a record that is gone there is nothing to tell, and any JSON will do.
fn will_do(response: &crate::HttpResponse) -> bool {
    response.status == 200 && serde_json::from_slice::<&serde_json::value::RawValue>(&response.body).is_ok()
}

/// The answer about a batch breaks off, or speaks of fewer items than were sent.
fn senseless_batches(run: &mut Run<'_>, session: &mut Session) -> Checked {
    let per_call = run.resource.operations.get(&Operation::Create).map_or(0, |spec| spec.per_call);
    if per_call < 3 {
        return Ok(());
    }
    for (what, lie) in [("it breaks off", Lie::Halved), ("it speaks of one item only", Lie::Thinned(1))] {
        let items = (0..3).map(|_| create(run.fields())).collect();
        let outcomes = under(run, session, Order::writes(lie), items)?;
        // All three were done, so that none may be called refused; which of them the answer speaks of, nobody can tell.
        let refused = outcomes.iter().find(|outcome| matches!(outcome, Outcome::Rejected(_)));
        ensure(refused.is_none(), "an answer that does not tell leaves a write unclear", || {
            format!("three were done, and of the answer {what}: {}", shown(refused))
        })?;
        let claimed = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Applied { .. })).count();
        ensure(claimed <= 1, "an answer that does not tell leaves a write unclear", || {
            format!("of the answer {what}, and {claimed} of three are said to be done")
        })?;
    }
    Ok(())
}

/// A write that was refused for too many calls is rejected as such and not sent on and on.
pub(crate) fn too_many(run: &mut Run<'_>) -> Checked {
    let mut session = run.session()?;
    for item in one_of_each(run, &mut session)? {
        let (op, before) = (item.op, run.ids()?);
        run.disturb(&Disturbance::TooManyCalls)?;
        let outcomes = run.write(&mut session, vec![item]);
        let sent = run.wire.log().iter().filter(|exchange| exchange.writes).count();
        run.calm(&Disturbance::TooManyCalls)?;
        let outcomes = outcomes?;
        let told = match &outcomes[0] {
            Outcome::Rejected(failure) | Outcome::Unclear(failure) => failure.code == Code::RateLimited,
            Outcome::Applied { .. } => false,
        };
        ensure(told, "too many calls are reported as such", || format!("{op:?}: {}", shown(outcomes.first())))?;
        ensure(sent <= 2, "a write that was refused is not sent on and on", || format!("{op:?}: {sent} times"))?;
        ensure(run.ids()? == before, "nothing happened", || format!("{op:?} happened all the same"))?;
    }
    run.usable(&mut session, "too many calls")
}

/// Once the run is to end, nothing more is sent, and what was sent has its outcome.
pub(crate) fn cancelled(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Create])?;
    let mut session = run.session()?;
    let per_call = run.resource.operations.get(&Operation::Create).map_or(1, |spec| spec.per_call) as usize;
    if per_call > 200 {
        return Err(skipped("a batch is too large to need a second"));
    }
    // Single writes may well all be in flight when it is noticed; that many are not.
    let count = if per_call == 1 { 40 } else { per_call + 3 };
    let before = run.ids()?;
    let items: Vec<WriteItem> = (0..count).map(|_| create(run.fields())).collect();
    run.wire.cancel_at(2);
    let outcomes = run.write(&mut session, items);
    run.wire.calm();
    let outcomes = outcomes?;
    let done: BTreeSet<String> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Applied { id, .. } => Some(id.clone()),
            _ => None,
        })
        .collect();
    let unsent = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Rejected(failure) if failure.code == Code::Cancelled))
        .count();
    ensure(unsent > 0, "once the run is to end, what is not sent yet is rejected as cancelled", || {
        format!("{} of {count} done, {unsent} cancelled", done.len())
    })?;
    let really: BTreeSet<String> = run.ids()?.difference(&before).cloned().collect();
    ensure(really == done, "what was sent before the end has its outcome", || {
        format!("{} records were made, {} are said to be done", really.len(), done.len())
    })
}
