//! What a connector says of itself, and opening.

use crate::conformance::run::Run;
use crate::conformance::trouble::{Checked, ensure, failed};
use crate::{Failure, Manifest, Operation, Resource};

fn described(answer: Result<Manifest, Failure>) -> Result<Manifest, crate::conformance::trouble::Trouble> {
    answer.map_err(|failure| failed("a connector describes itself offline", failure.to_string()))
}

/// The description is the same each time, from each instance, and makes sense.
pub(crate) fn describe(run: &mut Run<'_>) -> Checked {
    let connector = run.bench.connector().map_err(crate::conformance::trouble::bench)?;
    let (first, second) = (described(connector.describe())?, described(connector.describe())?);
    ensure(first == second, "the same description each time", || "two calls differ".to_owned())?;
    ensure(&first == run.manifest, "the same description from each instance", || "two instances differ".to_owned())?;
    let mut session = run.session()?;
    let _ = session.list(&run.all())?;
    let again = described(connector.describe())?;
    ensure(first == again, "the same description whatever was done", || "it differs after a listing".to_owned())?;
    let json = serde_json::to_string(&first).map_err(|error| failed("it becomes JSON", error.to_string()))?;
    let back: Option<Manifest> = serde_json::from_str(&json).ok();
    ensure(back.as_ref() == Some(&first), "it survives being sent as JSON", || "it comes back changed".to_owned())?;
    let mut names: Vec<&str> = first.resources.iter().map(|resource| resource.name.as_str()).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    ensure(twice.is_none(), "each resource is named once", || format!("{twice:?}"))?;
    first.resources.iter().try_for_each(sensible)
}

fn sensible(resource: &Resource) -> Checked {
    let says = |what: &str| format!("{}: {what}", resource.name);
    let can = |operation| resource.operations.contains_key(&operation);
    ensure(!resource.compare_and_set || resource.version.is_some(), "comparing needs a version", || {
        says("compare_and_set without a version")
    })?;
    ensure(!resource.change_filter || can(Operation::Read), "a change filter needs a list", || {
        says("change_filter without reading")
    })?;
    ensure(resource.deactivate.is_some() == can(Operation::Deactivate), "deactivation says how", || {
        says("the operation and the member do not go together")
    })?;
    let free = resource.operations.iter().find(|(_, spec)| spec.per_call == 0);
    ensure(free.is_none(), "every operation costs a call", || says(&format!("{free:?}")))
}

/// Opening twice is opening the same, under a name that holds for years.
pub(crate) fn open(run: &mut Run<'_>) -> Checked {
    let mut session = run.connect()?;
    let (first, second) = (session.open()?, session.open()?);
    ensure(first == second, "opening twice opens the same", || format!("{first:?}, then {second:?}"))?;
    let other = run.connect()?.open()?;
    ensure(first == other, "every instance opens the same", || format!("{first:?}, then {other:?}"))?;
    let name = &first.endpoint;
    ensure(!name.is_empty() && !name.contains("://"), "the endpoint names who this is, never a host", || {
        format!("{name:?}")
    })
}

/// What is not claimed is not done, and says so.
pub(crate) fn unclaimed(run: &mut Run<'_>) -> Checked {
    use crate::conformance::run::shown;
    use crate::{Code, Outcome, WriteItem, WriteOp};
    let mut session = run.session()?;
    let stranger = crate::ReadRequest { resource: "no-such-resource".to_owned(), ..run.all() };
    let listing = session.list(&stranger)?;
    let unsupported = listing.done.as_ref().is_err_and(|failure| failure.code == Code::Unsupported);
    ensure(unsupported, "a resource that is not there is unsupported", || format!("{:?}", listing.done))?;
    let pairs = [
        (WriteOp::Create, Operation::Create),
        (WriteOp::Update, Operation::Update),
        (WriteOp::Delete, Operation::Delete),
        (WriteOp::Deactivate, Operation::Deactivate),
    ];
    for (op, operation) in pairs {
        if run.resource.operations.contains_key(&operation) {
            continue;
        }
        let id = match op {
            WriteOp::Create => None,
            _ => Some(run.seed()?),
        };
        let fields = run.fields();
        let before = run.ids()?;
        let item = WriteItem { op, id, version: None, fields, children: Vec::new() };
        let outcomes = run.write(&mut session, vec![item])?;
        let refused = matches!(outcomes.first(), Some(Outcome::Rejected(failure)) if failure.code == Code::Unsupported);
        ensure(refused, "an operation that is not claimed is unsupported", || {
            format!("{op:?}: {}", shown(outcomes.first()))
        })?;
        ensure(run.ids()? == before, "an operation that is not claimed does nothing", || format!("{op:?}"))?;
    }
    Ok(())
}
