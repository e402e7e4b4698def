//! Two entities of one resource: no record may take part in both, or it would be created or linked twice.

use super::context::{At, Context};
use crate::diagnostics as diag;
use crate::program::{Entity, Field, ListPlace, SlotCell, WriteRule};
use selaras_model::Side;
use std::collections::BTreeSet;

/// Reports entities that may take the same records, once per entity and side.
///
/// A record takes part where the scope of its side lets it pass; scopes keep two entities apart on a side when one can be *seen* to exclude
/// the other (`Condition::excludes`). What must be kept apart follows from what could be doubled:
///
/// - **The same resource on both sides**: every side from which one of the two creates. Otherwise both make a partner for the same record, or
///   one takes what the other made for a new record and makes a partner of that. Where neither creates, one side that is kept apart suffices:
///   a link has a record of each side, so none can be in both. That holds for one-way entities, too: of two that go `a -> b`, only `a` counts.
/// - **The same resource on one side only**: there, if both create in it (one business partner that is two records over there would be made
///   twice here), or if both write one of its members (they would overwrite each other for ever). Two entities that read a resource into two
///   others are fine, and so is one that fills a resource and another that only reads it on.
///
/// `create_when` and `dummy` do not count: the first is about creating alone, the second about sample data.
pub(super) fn check(cx: &mut Context<'_>, entities: &[Entity]) {
    for (position, again) in entities.iter().enumerate() {
        for side in Side::BOTH {
            let first = entities[..position].iter().find(|first| may_take_the_same(first, again, side));
            if let Some(first) = first {
                report(cx, first, again, side);
            }
        }
    }
}

fn report(cx: &mut Context<'_>, first: &Entity, again: &Entity, side: Side) {
    let system = cx.name(side);
    let place = |entity: &Entity| At::root().key("entities").key(entity.name.as_str()).key(&system);
    let first_span = cx.spans.value(&place(first).to_string());
    let names = [first.name.as_str(), again.name.as_str()];
    let found = diag::records_of_two(cx.spot(&place(again)), first_span, names, again.resources.get(side), &system);
    cx.report(found);
}

fn may_take_the_same(first: &Entity, again: &Entity, side: Side) -> bool {
    let other = side.other();
    let shared = |side: Side| first.resources.get(side) == again.resources.get(side);
    if !shared(side) || first.resources.get(side).is_empty() || kept_apart(first, again, side) {
        return false;
    }
    let both = [first, again];
    if shared(other) {
        let one_creates = |towards: Side| both.iter().any(|entity| creates(entity, towards));
        let none_creates = !one_creates(side) && !one_creates(other);
        one_creates(other) || (none_creates && side == Side::Left && !kept_apart(first, again, other))
    } else {
        both.iter().all(|entity| creates(entity, side)) || !written(first, side).is_disjoint(&written(again, side))
    }
}

/// All rules of a scope must hold, so one that excludes one of the other suffices.
fn kept_apart(first: &Entity, again: &Entity, side: Side) -> bool {
    let (rules, others) = (first.scope.get(side), again.scope.get(side));
    rules.iter().any(|rule| others.iter().any(|other| rule.require.excludes(&other.require)))
}

fn creates(entity: &Entity, side: Side) -> bool {
    entity.sync.flows_to(side) && *entity.on_create.get(side)
}

/// The members that an entity writes in records that are there already.
fn written(entity: &Entity, side: Side) -> BTreeSet<String> {
    let mut members = BTreeSet::new();
    let flowing = |field: &&Field| field.direction.flows_to(side) && field.write != WriteRule::OnCreate;
    for field in entity.fields.iter().filter(flowing) {
        members.extend(field.cells.get(side).iter().filter_map(|cell| cell.write.as_ref()).map(ToString::to_string));
        match field.list.as_ref().map(|list| list.places.get(side)) {
            Some(ListPlace::Array { path, .. }) => {
                members.insert(path.to_string());
            }
            Some(ListPlace::Slots { columns, .. }) => {
                let cells = columns.iter().flatten().filter_map(|slot| match slot {
                    SlotCell::Cell(cell) => cell.write.as_ref(),
                    SlotCell::Fixed(_) => None,
                });
                members.extend(cells.map(ToString::to_string));
            }
            None => {}
        }
    }
    if creates(entity, side.other()) {
        members.extend(entity.partner_id.get(side).iter().map(ToString::to_string));
    }
    members
}
