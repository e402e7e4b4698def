//! How people call the records that a plan's values refer to: a plan is read by people, and nobody knows record 102 by heart.

use crate::input::{RefAnswer, RefQuestion, RefTable};
use crate::plan::{Conflict, Named, Plan};
use selaras_model::{Ref, RefBy, Side, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The names of all records referred to in changes and conflicts, as far as they are known.
pub(crate) fn names(plan: &Plan, refs: &RefTable) -> Vec<Named> {
    let labels = labels(refs);
    let named = |(side, reference): (Side, Ref)| {
        let label = labels.get(&(side, reference.clone()))?.clone();
        Some(Named { side, reference, label })
    };
    mentioned(plan).into_iter().filter_map(named).collect()
}

fn labels(refs: &RefTable) -> BTreeMap<(Side, Ref), String> {
    let mut labels = BTreeMap::new();
    for (question, answer) in refs {
        let RefAnswer::Found { label, partner, .. } = answer else { continue };
        let entity = &question.entity;
        let own = Ref { entity: entity.clone(), by: question.by.clone(), key: question.key.clone() };
        labels.insert((question.side, own), label.clone());
        if let Some((id, _)) = partner {
            let other = Ref { entity: entity.clone(), by: RefBy::Id, key: id.to_string() };
            // What a record is called on its own side comes first.
            let asked = RefQuestion {
                entity: other.entity.clone(),
                side: question.side.other(),
                by: RefBy::Id,
                key: other.key.clone(),
            };
            if !refs.contains_key(&asked) {
                labels.insert((question.side.other(), other), label.clone());
            }
        }
    }
    labels
}

/// Those of the names that belong to the values of a conflict.
#[must_use]
pub fn names_in(conflict: &Conflict, names: &[Named]) -> Vec<Named> {
    let mut found = BTreeSet::new();
    in_conflict(conflict, &mut found);
    names.iter().filter(|named| found.contains(&(named.side, named.reference.clone()))).cloned().collect()
}

fn in_conflict(conflict: &Conflict, found: &mut BTreeSet<(Side, Ref)>) {
    for field in &conflict.fields {
        for side in Side::BOTH {
            let values = field.base.get(side).iter().chain(field.now.get(side));
            values.for_each(|value| references(side, value, found));
        }
    }
}

fn mentioned(plan: &Plan) -> BTreeSet<(Side, Ref)> {
    let mut found = BTreeSet::new();
    for action in &plan.actions {
        for change in &action.changes {
            change.before.iter().chain([&change.after]).for_each(|value| references(action.target, value, &mut found));
        }
    }
    plan.conflicts.iter().for_each(|conflict| in_conflict(conflict, &mut found));
    found
}

/// Adds the references in a value of a side.
pub fn references(side: Side, value: &Value, found: &mut BTreeSet<(Side, Ref)>) {
    match value {
        Value::Ref(reference) => found.extend([(side, reference.clone())]),
        Value::List(rows) => {
            rows.iter().flat_map(|row| row.fields.0.values()).for_each(|value| references(side, value, found))
        }
        Value::Null | Value::Bool(_) | Value::Decimal(_) | Value::Text(_) | Value::Date(_) | Value::Timestamp(_) => {}
    }
}
