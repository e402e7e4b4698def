//! Fresh looks at records that a run refers to without having observed them.
//!
//! "Sync Transaction" observes orders and no masters. Where a system is told a customer by his code, the code of last time may be another
//! customer's by now; what stands there is looked up once, by id, before anything is planned.

use crate::error::RunError;
use crate::observe::Watch;
use crate::workspace::{State, Workspace};
use selaras_mapping::Codec;
use selaras_mapping::program::{Entity, ListPlace, Mapping, SlotCell};
use selaras_model::{EntityName, Image, NativeId, Observed, Presence, Ref, RefBy, Side, Standing};
use selaras_plan::EntityInput;
use std::collections::{BTreeMap, BTreeSet};

/// What was seen, by entity, side and id. A record that is missing here was not looked at.
pub(crate) type Fresh = BTreeMap<(EntityName, Side, NativeId), Presence>;

/// The records to look at, each with what was last seen of it.
type Wanted = BTreeMap<(EntityName, Side), BTreeMap<NativeId, Image>>;

/// Beyond so many records a listing is cheaper than a call for each.
const SINGLE_LOOKS: usize = 40;

/// Looks at the partners of all records that something to be written refers to, where the other side is told about them by a field.
pub(crate) fn look_up(workspace: &mut Workspace, inputs: &[EntityInput]) -> Result<Fresh, RunError> {
    let wanted = wanted(&workspace.mapping, &workspace.state, inputs)?;
    let mut fresh = Fresh::new();
    for ((name, side), records) in wanted {
        for (id, presence) in look(workspace, &name, side, records)? {
            fresh.insert((name.clone(), side, id), presence);
        }
    }
    Ok(fresh)
}

fn wanted(mapping: &Mapping, state: &State, inputs: &[EntityInput]) -> Result<Wanted, RunError> {
    let observed: BTreeSet<&EntityName> = inputs.iter().map(|input| &input.entity).collect();
    let mut wanted = Wanted::new();
    for input in inputs {
        let Some(entity) = mapping.entity(&input.entity) else { continue };
        for side in Side::BOTH {
            let told = told_by_field(entity, side.other());
            let unseen = |reference: &Ref| !observed.contains(&reference.entity) && told.contains(&reference.entity);
            let references = moving(entity, input, side).flat_map(|image| entity.references(image));
            for reference in references.filter(|reference| reference.by == RefBy::Id).filter(unseen) {
                if let Some(mut link) = state.link_of(&reference.entity, side, &reference.key)? {
                    let image = std::mem::take(link.images.get_mut(side.other()));
                    let records = wanted.entry((reference.entity, side.other())).or_default();
                    records.insert(link.ids.get(side.other()).clone(), image);
                }
            }
        }
    }
    Ok(wanted)
}

/// The images on one side from which something may be written to the other.
fn moving<'a>(entity: &Entity, input: &'a EntityInput, side: Side) -> impl Iterator<Item = &'a Image> {
    let flows = entity.sync.flows_to(side.other());
    let changed = input.links.iter().filter_map(move |link| match link.now.get(side) {
        Presence::Present(record) => Some(record.as_ref()),
        Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => None,
    });
    let new = input.unlinked.get(side).iter().filter(|record| record.not_created.is_none());
    changed.chain(new).filter(move |record| flows && record.standing == Standing::Real).map(|record| &record.image)
}

/// The entities whose records a side is told by a field, such as a code.
fn told_by_field(entity: &Entity, side: Side) -> BTreeSet<EntityName> {
    let mut found = BTreeSet::new();
    let mut note = |codec: &Codec| {
        if let Codec::Ref(codec) = codec
            && codec.write != RefBy::Id
        {
            found.insert(codec.entity.clone());
        }
    };
    for field in &entity.fields {
        field.cells.get(side).iter().for_each(|cell| note(&cell.codec));
        let Some(list) = &field.list else { continue };
        list.fields.iter().filter_map(|child| child.cells.get(side).as_ref()).for_each(|cell| note(&cell.codec));
        if let ListPlace::Slots { columns, .. } = list.places.get(side) {
            for slot in columns.iter().flatten() {
                if let SlotCell::Cell(cell) = slot {
                    note(&cell.codec);
                }
            }
        }
    }
    found
}

fn look(
    workspace: &mut Workspace,
    name: &EntityName,
    side: Side,
    mut records: BTreeMap<NativeId, Image>,
) -> Result<Vec<(NativeId, Presence)>, RunError> {
    let Workspace { mapping, systems, opened, state, .. } = workspace;
    let Some(entity) = mapping.entity(name) else { return Ok(Vec::new()) };
    let system = systems.get_mut(side);
    let Some(resource) = system.manifest().resource(entity.resources.get(side)).cloned() else { return Ok(Vec::new()) };
    let watch = Watch::new(mapping, entity, side, &opened.get(side).facts, state, resource);
    let mut found = Vec::new();
    let mut gone = Vec::new();
    if records.len() > SINGLE_LOOKS {
        watch.pick(system, |id| records.contains_key(&NativeId::from(id)), &mut |record| found.push(record))?;
    } else {
        let ids = records.keys().map(ToString::to_string).collect();
        gone = watch.get(system, ids, &mut |record| found.push(record))?.gone;
    }
    let seen = found.into_iter().filter_map(|record| {
        let known = records.remove(&record.id)?;
        Some((record.id.clone(), Presence::Present(Box::new(over(known, record)))))
    });
    let mut seen: Vec<_> = seen.collect();
    seen.extend(gone.into_iter().map(|id| (NativeId(id), Presence::Gone)));
    Ok(seen)
}

/// What was seen now, and what was known of fields that a list leaves out.
fn over(mut known: Image, record: Observed) -> Observed {
    known.extend(record.image.0.iter().map(|(name, value)| (name.clone(), value.clone())));
    Observed { image: known, ..record }
}
