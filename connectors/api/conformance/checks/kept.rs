//! What the system keeps of a write: to the digit, changed by the system, dropped, unique, taken out of use, gone.

use crate::conformance::bench::{Disturbance, Exact};
use crate::conformance::exact;
use crate::conformance::run::{CAPITALS, OLD, Run, SENT, applied, create, get, set, shown};
use crate::conformance::session::Session;
use crate::conformance::trouble::{Checked, ensure, failed, skipped};
use crate::{Code, Operation, Outcome, Recogniser, WriteItem, WriteOp};
use serde_json::{Map, Value as Json};

/// Decimals, dates and texts go there and back unchanged: written, stored, listed, read alone, and in the answer of the write.
pub(crate) fn values(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Update, Operation::Get])?;
    if run.sample.exact.is_empty() {
        return Err(skipped("the sample has no values for it"));
    }
    let mut session = run.session()?;
    let id = run.seed()?;
    let sample = run.sample;
    for exact in &sample.exact {
        for (value, shown) in &exact.values {
            there_and_back(run, &mut session, &id, exact, value, shown)?;
        }
    }
    Ok(())
}

fn there_and_back(
    run: &mut Run<'_>,
    session: &mut Session,
    id: &str,
    exact: &Exact,
    value: &Json,
    expected: &str,
) -> Checked {
    let path = &exact.member.read;
    let mut fields = Map::new();
    set(&mut fields, &exact.member.write, value.clone());
    let item = run.item(session, WriteOp::Update, id, fields)?;
    let outcomes = run.write(session, vec![item])?;
    let (_, version, record) = applied(outcomes.first(), "a good value is taken")?;
    let agrees = |record: &[u8]| {
        let texts = exact::texts(record, path);
        texts.len() == 1 && exact::same(&texts[0], expected, exact.number)
    };
    let check = |what: &str, record: &[u8]| {
        ensure(agrees(record), "values keep every digit and every letter", || {
            format!("{path}: {value} was sent, {what}: {:?}", exact::texts(record, path))
        })
    };
    check("the system holds", &run.stored(id)?.unwrap_or_default())?;
    let single = run.read_one(session, id)?;
    check("the single read gives", &single.raw)?;
    if let Some(record) = record {
        check("the answer of the write holds", record.to_string().as_bytes())?;
    }
    let same = version.is_none() || version == single.version;
    ensure(same, "the version in the answer of a write is the one that the record has then", || {
        format!("{version:?}, then {:?}", single.version)
    })?;
    if run.resource.operations.contains_key(&Operation::Read) && !run.resource.is_detail_only(path) {
        let listing = session.list(&run.all())?;
        check("the list gives", listing.record(id).map(|record| record.raw.as_slice()).unwrap_or_default())?;
    }
    Ok(())
}

/// A system that keeps something else says so in its answer, or is asked again; what was sent is not what is kept.
pub(crate) fn normalised(run: &mut Run<'_>) -> Checked {
    kept(run, &Disturbance::KeepsCapitals, CAPITALS)
}

/// A system that says yes and keeps what it had.
pub(crate) fn dropped(run: &mut Run<'_>) -> Checked {
    kept(run, &Disturbance::KeepsOld, OLD)
}

fn kept(run: &mut Run<'_>, disturbance: &Disturbance, expected: &str) -> Checked {
    run.claims(&[Operation::Update, Operation::Get])?;
    let id = run.seed_with_text(OLD)?;
    let mut session = run.session()?;
    let item = run.update(&mut session, &id, SENT)?;
    run.disturb(disturbance)?;
    let outcomes = run.write(&mut session, vec![item]);
    run.calm(disturbance)?;
    let outcomes = outcomes?;
    if run.stored_text(&id)?.as_deref() != Some(expected) {
        return Err(skipped(format!("{disturbance:?} could not be brought about")));
    }
    let path = &run.sample.text.read;
    let (_, _, record) = applied(outcomes.first(), "the system said yes")?;
    let told = record.as_ref().and_then(|record| exact::text(record.to_string().as_bytes(), path));
    ensure(record.is_none() || told.as_deref() == Some(expected), "an answer holds what the system keeps", || {
        format!("{SENT} was sent, {expected} is kept, and the outcome says {told:?}")
    })?;
    let single = run.read_one(&mut session, &id)?;
    let came = exact::text(&single.raw, path);
    ensure(came.as_deref() == Some(expected), "a read gives what the system keeps", || {
        format!("{expected} is kept, and {came:?} came")
    })
}

/// What is said to recognise a record keeps it unique and is kept as given.
pub(crate) fn recogniser(run: &mut Run<'_>) -> Checked {
    let paths = match &run.resource.recogniser {
        Recogniser::OwnNumber { path } | Recogniser::Marker { path } => vec![path.clone()],
        Recogniser::NaturalKey { paths } => paths.clone(),
        Recogniser::None => return Err(skipped("none is claimed")),
    };
    run.claims(&[Operation::Create, Operation::Read])?;
    let mut session = run.session()?;
    let (first, mut second) = (run.fields(), run.fields());
    for path in &paths {
        match get(&first, path) {
            Some(value) => set(&mut second, path, value.clone()),
            None => return Err(skipped(format!("the sample has no {path}"))),
        }
    }
    let outcomes = run.write(&mut session, vec![create(first.clone())])?;
    let (id, _, _) = applied(outcomes.first(), "a create of a good record is done")?;
    run.bench.settle(run.resource.settle_ms);
    let listing = session.list(&run.all())?;
    for path in &paths {
        let wanted = get(&first, path).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let found = listing.record(&id).and_then(|record| exact::text(&record.raw, path));
        ensure(found == wanted, "a record is found by what we gave it", || {
            format!("{path} was {wanted:?}, and the list says {found:?}")
        })?;
    }
    let before = run.ids()?;
    let outcomes = run.write(&mut session, vec![create(second)])?;
    let refused = matches!(&outcomes[0], Outcome::Rejected(failure) if failure.code == Code::Conflict);
    ensure(refused, "the system keeps it unique: a second record with the same is refused as a conflict", || {
        format!("{}: {}", paths.join(", "), shown(outcomes.first()))
    })?;
    ensure(run.ids()? == before, "nothing happened", || "the second was made all the same".to_owned())
}

/// A write shows in lists and reads when it is said to.
pub(crate) fn settles(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Create, Operation::Get, Operation::Read])?;
    let mut session = run.session()?;
    let id = run.create(&mut session)?;
    run.bench.settle(run.resource.settle_ms);
    let expected = "a write shows once the settle time is over";
    let got = session.get(&run.single(&[&id]))?;
    ensure(got.records.len() == 1, expected, || format!("{id}, read alone: {:?}", got.done))?;
    let listing = session.list(&run.all())?;
    ensure(listing.record(&id).is_some(), expected, || format!("{id} is not in the list"))
}

/// A write that expects another version than there is is refused, and the other's change stays.
pub(crate) fn compares(run: &mut Run<'_>) -> Checked {
    if !run.resource.compare_and_set {
        return Err(skipped("compare_and_set is not claimed"));
    }
    run.claims(&[Operation::Update, Operation::Get])?;
    let mut session = run.session()?;
    let (moved, stays) = (run.seed()?, run.seed()?);
    let items = vec![
        run.update(&mut session, &moved, "written over it")?,
        run.update(&mut session, &stays, "written as expected")?,
    ];
    run.change(&moved, "changed by somebody")?;
    let outcomes = run.write(&mut session, items)?;
    mismatch(run, outcomes.first(), &moved, "update")?;
    applied(outcomes.get(1), "a write that expects the version there is is done")?;
    if run.resource.operations.contains_key(&Operation::Delete) {
        let item = run.item(&mut session, WriteOp::Delete, &moved, Map::new())?;
        run.change(&moved, "changed by somebody again")?;
        let outcomes = run.write(&mut session, vec![item])?;
        ensure(run.stored(&moved)?.is_some(), "a write that expects another version does nothing", || {
            format!("{moved} is gone: {}", shown(outcomes.first()))
        })?;
        ensure(is_mismatch(outcomes.first()), "a write that expects another version is refused as such", || {
            format!("delete: {}", shown(outcomes.first()))
        })?;
    }
    Ok(())
}

fn is_mismatch(outcome: Option<&Outcome>) -> bool {
    matches!(outcome, Some(Outcome::Rejected(failure)) if failure.code == Code::VersionMismatch)
}

fn mismatch(run: &mut Run<'_>, outcome: Option<&Outcome>, id: &str, what: &str) -> Checked {
    let stored = run.stored_text(id)?;
    ensure(
        stored.as_deref() == Some("changed by somebody"),
        "a write that expects another version does nothing",
        || format!("{what}: somebody's change was written over; {}", shown(outcome)),
    )?;
    ensure(is_mismatch(outcome), "a write that expects another version is refused as such", || {
        format!("{what}: {}", shown(outcome))
    })
}

/// A record that was deleted is gone, by either hand; deleting it again does no harm.
pub(crate) fn deletes(run: &mut Run<'_>) -> Checked {
    run.claims(&[Operation::Delete])?;
    let (ours, theirs) = (run.seed()?, run.seed()?);
    let mut session = run.session()?;
    let item = run.item(&mut session, WriteOp::Delete, &ours, Map::new())?;
    let outcomes = run.write(&mut session, vec![item.clone()])?;
    run.made.remove(&ours);
    let (id, _, _) = applied(outcomes.first(), "a delete is done")?;
    ensure(id == ours, "a delete names the record it removed", || format!("{ours} was removed, {id} is named"))?;
    ensure(run.stored(&ours)?.is_none(), "a record that was deleted is gone", || format!("{ours} is still there"))?;
    run.bench.remove(&run.resource.name, &theirs).map_err(crate::conformance::trouble::bench)?;
    run.made.remove(&theirs);
    run.bench.settle(run.resource.settle_ms);
    if run.resource.operations.contains_key(&Operation::Read) {
        let listing = session.list(&run.all())?;
        let left = [&ours, &theirs].into_iter().find(|id| listing.record(id).is_some());
        ensure(left.is_none(), "a record that was deleted is not listed", || format!("{left:?}"))?;
        run.honest(&listing, "after a delete")?;
    }
    if run.resource.operations.contains_key(&Operation::Get) {
        let got = session.get(&run.single(&[&ours, &theirs]))?;
        ensure(got.gone().len() == 2, "a record that was deleted is gone", || format!("{:?}", got.done))?;
    }
    let outcomes = run.write(&mut session, vec![item])?;
    let fine = match &outcomes[0] {
        Outcome::Applied { .. } => true,
        Outcome::Rejected(failure) => failure.code == Code::NotFound,
        Outcome::Unclear(_) => false,
    };
    ensure(fine, "deleting what is gone is done already, or not found", || shown(outcomes.first()))
}

/// A record taken out of use carries the value that the manifest names, and is still there.
pub(crate) fn deactivates(run: &mut Run<'_>) -> Checked {
    let Some(deactivate) = run.resource.deactivate.clone() else { return Err(skipped("it is not claimed")) };
    run.claims(&[Operation::Deactivate, Operation::Get, Operation::Read])?;
    let id = run.seed()?;
    let mut session = run.session()?;
    let item = run.item(&mut session, WriteOp::Deactivate, &id, Map::new())?;
    let outcomes = run.write(&mut session, vec![item])?;
    applied(outcomes.first(), "a deactivation is done")?;
    let wanted = deactivate.value.as_str().map_or_else(|| deactivate.value.to_string(), str::to_owned);
    let single = run.read_one(&mut session, &id)?;
    for (what, record) in
        [("the system holds", run.stored(&id)?.unwrap_or_default()), ("the single read gives", single.raw)]
    {
        let is = exact::text(&record, &deactivate.path);
        ensure(is.as_ref() == Some(&wanted), "a record out of use carries the value that is claimed", || {
            format!("{} is to be {wanted}, {what} {is:?}", deactivate.path)
        })?;
    }
    let listing = session.list(&run.all())?;
    ensure(listing.record(&id).is_some(), "a record out of use is still listed", || format!("{id} is not"))
}

/// Children are written in the style that is claimed.
pub(crate) fn children(run: &mut Run<'_>) -> Checked {
    use crate::{ChildOp, ChildRow, ChildStyle, Children};
    let Some(sample) = &run.sample.children else { return Err(skipped("the sample has none")) };
    let Some(style) = run.resource.children.get(&sample.path).copied() else {
        return Err(failed("a list of children is claimed with its style", format!("{} is not", sample.path)));
    };
    run.claims(&[Operation::Create, Operation::Update, Operation::Get])?;
    let row = |op, id: Option<&str>, number| ChildRow { op, id: id.map(str::to_owned), fields: (sample.make)(number) };
    let list = |rows| vec![Children { path: sample.path.clone(), rows }];
    let mut session = run.session()?;
    let rows = vec![row(ChildOp::Add, None, 1), row(ChildOp::Add, None, 2), row(ChildOp::Add, None, 3)];
    let item = WriteItem { children: list(rows), ..create(run.fields()) };
    let outcomes = run.write(&mut session, vec![item])?;
    let (id, _, _) = applied(outcomes.first(), "a create with children is done")?;
    let now = |run: &mut Run<'_>| -> Result<Vec<(String, String)>, crate::conformance::trouble::Trouble> {
        let stored = run.stored(&id)?.unwrap_or_default();
        let member = |row: &[u8], path: &str| exact::text(row, path).unwrap_or_default();
        let rows = exact::rows(&stored, &sample.path);
        Ok(rows.iter().map(|row| (member(row, &sample.id), member(row, &sample.shows.0))).collect())
    };
    let before = now(run)?;
    let is = |rows: &[(String, String)], numbers: &[u64]| {
        rows.len() == numbers.len()
            && rows.iter().zip(numbers).all(|((_, shown), n)| exact::same(shown, &(sample.shows.1)(*n), true))
    };
    ensure(is(&before, &[1, 2, 3]), "children are made as written, in their order", || format!("{before:?}"))?;
    let ids: Vec<&str> = before.iter().map(|(id, _)| id.as_str()).collect();
    let change = match style {
        // What is not named stays.
        ChildStyle::Additive => vec![row(ChildOp::Update, Some(ids[1]), 5), row(ChildOp::Delete, Some(ids[2]), 3)],
        // What is not named goes.
        ChildStyle::Replace => vec![row(ChildOp::Keep, Some(ids[0]), 1), row(ChildOp::Update, Some(ids[1]), 5)],
    };
    let mut item = run.item(&mut session, WriteOp::Update, &id, Map::new())?;
    item.children = list([change, vec![row(ChildOp::Add, None, 6)]].concat());
    let outcomes = run.write(&mut session, vec![item])?;
    applied(outcomes.first(), "an update of children is done")?;
    let after = now(run)?;
    ensure(is(&after, &[1, 5, 6]), "children are written in the style that is claimed", || {
        format!("{style:?}: {before:?} became {after:?}")
    })?;
    let stay = after[0].0 == before[0].0 && after[1].0 == before[1].0;
    ensure(stay, "children that stay keep their ids", || format!("{before:?} became {after:?}"))
}
