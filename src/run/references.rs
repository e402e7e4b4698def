//! What stands behind each reference that a record of the input holds: looked up once, so that the planner never has to.

use crate::error::RunError;
use crate::fresh::Fresh;
use crate::workspace::State;
use selaras_mapping::program::{Entity, Mapping};
use selaras_model::{
    EntityName, Image, Link, Message, NativeId, Observed, PerSide, Presence, Ref, RefBy, Side, Standing,
};
use selaras_plan::{EntityInput, RefAnswer, RefQuestion, RefTable, Undo, UndoWhat};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// What was observed in this run, by entity, side and id.
struct Seen<'a> {
    unlinked: BTreeMap<(&'a EntityName, Side, &'a NativeId), &'a Observed>,
    links: BTreeMap<(&'a EntityName, Side, &'a NativeId), (&'a Link, &'a PerSide<Presence>)>,
    observed: BTreeSet<&'a EntityName>,
    /// Looks at records of entities that were not observed.
    fresh: &'a Fresh,
}

/// Looks up every reference of the input.
pub(crate) fn resolve(
    mapping: &Mapping,
    state: &State,
    inputs: &[EntityInput],
    fresh: &Fresh,
    undo: Option<&Undo>,
) -> Result<RefTable, RunError> {
    let seen = Seen::new(inputs, fresh);
    let mut table = RefTable::new();
    for input in inputs {
        let Some(entity) = mapping.entity(&input.entity) else { continue };
        let earlier = earlier(undo, &input.entity);
        for (side, image) in images(input).chain(earlier.iter().map(|(side, image)| (*side, image))) {
            for reference in entity.references(image) {
                let question = question(side, &reference);
                if let Entry::Vacant(place) = table.entry(question) {
                    let answer = answer(mapping, state, &seen, place.key())?;
                    place.insert(answer);
                }
            }
        }
    }
    Ok(table)
}

/// The values that an undo gives back.
fn earlier(undo: Option<&Undo>, entity: &EntityName) -> Vec<(Side, Image)> {
    let writes = undo.into_iter().flat_map(|undo| &undo.writes).filter(|write| write.entity == *entity);
    let images = writes.filter_map(|write| match &write.what {
        UndoWhat::Fields(fields) => {
            let mut image = Image::default();
            image.extend(fields.iter().map(|field| (field.field.clone(), field.before.clone())));
            Some((write.side, image))
        }
        UndoWhat::Made { .. } => None,
    });
    images.collect()
}

fn question(side: Side, reference: &Ref) -> RefQuestion {
    RefQuestion { entity: reference.entity.clone(), side, by: reference.by.clone(), key: reference.key.clone() }
}

/// All images that a planner compares or translates.
fn images(input: &EntityInput) -> impl Iterator<Item = (Side, &Image)> {
    let linked = input.links.iter().flat_map(|link| {
        Side::BOTH.into_iter().map(move |side| match link.now.get(side) {
            Presence::Present(record) => (side, &record.image),
            Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => (side, link.link.images.get(side)),
        })
    });
    let free = Side::BOTH
        .into_iter()
        .flat_map(|side| input.unlinked.get(side).iter().map(move |record| (side, &record.image)));
    linked.chain(free)
}

impl<'a> Seen<'a> {
    fn new(inputs: &'a [EntityInput], fresh: &'a Fresh) -> Self {
        let mut seen = Self { unlinked: BTreeMap::new(), links: BTreeMap::new(), observed: BTreeSet::new(), fresh };
        for input in inputs {
            seen.observed.insert(&input.entity);
            for side in Side::BOTH {
                for record in input.unlinked.get(side) {
                    seen.unlinked.insert((&input.entity, side, &record.id), record);
                }
                for link in &input.links {
                    seen.links.insert((&input.entity, side, link.link.ids.get(side)), (&link.link, &link.now));
                }
            }
        }
        seen
    }
}

impl Seen<'_> {
    /// What is known now of a link that is not part of the input: as it was, unless it was looked at.
    fn presence(&self, link: &Link, entity: &EntityName) -> PerSide<Presence> {
        PerSide::from_fn(|side| {
            let looked = self.fresh.get(&(entity.clone(), side, link.ids.get(side).clone()));
            looked.cloned().unwrap_or(Presence::Unchanged)
        })
    }
}

fn answer(mapping: &Mapping, state: &State, seen: &Seen, question: &RefQuestion) -> Result<RefAnswer, RunError> {
    match &question.by {
        RefBy::Id => by_id(state, seen, question, &NativeId(question.key.clone())),
        RefBy::Field(_) => by_field(mapping, state, seen, question),
    }
}

fn by_id(state: &State, seen: &Seen, question: &RefQuestion, id: &NativeId) -> Result<RefAnswer, RunError> {
    let key = (&question.entity, question.side, id);
    if let Some((link, now)) = seen.links.get(&key) {
        return Ok(linked(link, now, question.side));
    }
    if let Some(record) = seen.unlinked.get(&key) {
        return Ok(free(record));
    }
    if let Some(link) = state.link_of(&question.entity, question.side, id.as_str())? {
        return Ok(linked(&link, &seen.presence(&link, &question.entity), question.side));
    }
    Ok(if seen.observed.contains(&question.entity) {
        RefAnswer::Missing
    } else {
        let message = Message::new("plan-hold-reference-not-observed").with("entity", &question.entity);
        RefAnswer::NotObserved(message.with("record", &question.key))
    })
}

/// A reference by the value of a field, such as a name: all records that have it, linked or not.
fn by_field(mapping: &Mapping, state: &State, seen: &Seen, question: &RefQuestion) -> Result<RefAnswer, RunError> {
    let RefBy::Field(field) = &question.by else { return Ok(RefAnswer::Missing) };
    let Some(entity) = mapping.entity(&question.entity) else { return Ok(RefAnswer::Missing) };
    let has = |entity: &Entity, image: &Image| {
        let position = entity.position(field);
        let wanted = selaras_model::Value::Text(question.key.clone());
        position.zip(image.get(field)).is_some_and(|(position, value)| entity.same(position, value, &wanted))
    };
    let mut ids: BTreeSet<NativeId> = BTreeSet::new();
    let ours = |of: &EntityName, side: Side| of == &question.entity && side == question.side;
    for ((of, side, id), record) in &seen.unlinked {
        if ours(of, *side) && has(entity, &record.image) {
            ids.insert((*id).clone());
        }
    }
    for ((of, side, id), (link, now)) in &seen.links {
        if ours(of, *side) && has(entity, current(link, now, question.side)) {
            ids.insert((*id).clone());
        }
    }
    for link in state.links_by_text(&question.entity, question.side, field, &question.key, 3)? {
        let id = link.ids.get(question.side);
        if !seen.links.contains_key(&(&question.entity, question.side, id)) {
            ids.insert(id.clone());
        }
    }
    let ids: Vec<NativeId> = ids.into_iter().collect();
    match &ids[..] {
        [] => by_id(state, seen, question, &NativeId(String::new())),
        [id] => by_id(state, seen, question, id),
        [_, _, ..] => Ok(RefAnswer::Ambiguous { labels: ids.iter().map(ToString::to_string).collect() }),
    }
}

/// The image of a linked record as it is now.
fn current<'l>(link: &'l Link, now: &'l PerSide<Presence>, side: Side) -> &'l Image {
    match now.get(side) {
        Presence::Present(record) if record.standing == Standing::Real => &record.image,
        Presence::Present(_) | Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => link.images.get(side),
    }
}

fn linked(link: &Link, now: &PerSide<Presence>, side: Side) -> RefAnswer {
    let other = side.other();
    let gone = matches!(now.get(other), Presence::Gone);
    let standing = Side::BOTH.into_iter().find_map(|side| kept_out(now.get(side)));
    let partner = || (link.ids.get(other).clone(), current(link, now, other).clone());
    RefAnswer::Found {
        id: link.ids.get(side).clone(),
        label: link.label.clone(),
        image: current(link, now, side).clone(),
        partner: (!gone && standing.is_none()).then(partner),
        standing: standing.unwrap_or(Standing::Real),
    }
}

/// How a linked record stands that takes no part any more: what refers to it does not cross either.
fn kept_out(now: &Presence) -> Option<Standing> {
    match now {
        Presence::Present(record) => match &record.standing {
            Standing::Dummy | Standing::OutOfScope(_) => Some(record.standing.clone()),
            Standing::Real | Standing::Unreadable(_) => None,
        },
        Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => None,
    }
}

fn free(record: &Observed) -> RefAnswer {
    RefAnswer::Found {
        id: record.id.clone(),
        label: record.label.clone(),
        image: record.image.clone(),
        partner: None,
        standing: record.standing.clone(),
    }
}
