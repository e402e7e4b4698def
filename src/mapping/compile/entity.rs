//! Entities: identity, rules and fields put together.

use super::context::{At, Context};
use super::field::{self, Defaults};
use super::{head, rules};
use crate::codec::{Codec, Kind};
use crate::condition::Condition;
use crate::diagnostics as diag;
use crate::path::Path;
use crate::program::{
    ConflictRule, Direction, Entity, Field, FirstMeeting, Group, Guards, ListPlace, OnDelete, Rule, SlotCell, WriteRule,
};
use crate::syntax::{AllowFile, EntityFile, GroupFile, Many, OnDeleteFile, OnDeleteWord, PathFile, Sides};
use selaras_model::{EntityName, FieldName, PerSide, Side};
use std::collections::BTreeSet;

/// What holds for an entity that says nothing else.
#[derive(Clone, Copy)]
pub(super) struct Above {
    pub(super) guards: Guards,
    pub(super) conflict: ConflictRule,
}

/// Compiles an entity. What is wrong was reported and is left out; `None`: too little is left to go on with.
pub(super) fn entity(cx: &mut Context<'_>, name: &str, file: &EntityFile, above: Above, at: &At) -> Option<Entity> {
    if !head::is_name(name) {
        let spot = cx.key_spot(at);
        cx.report(diag::bad_name(spot, name));
    }
    let resources = resources(cx, name, file, at);
    let sync = file.sync.as_ref().and_then(|text| cx.direction(text, &at.key("sync")));
    let conflict = file.conflict.as_ref().and_then(|text| cx.conflict(text, &at.key("conflict")));
    let first = file.first_meeting.as_ref().and_then(|text| cx.first_meeting(text, &at.key("first_meeting")));
    let first_meeting = first.unwrap_or(FirstMeeting::Hold);
    let defaults = Defaults {
        direction: sync.unwrap_or(Direction::TwoWay),
        write: WriteRule::OnChange,
        conflict: conflict.unwrap_or(above.conflict),
        first_meeting,
    };
    let mut groups = Vec::new();
    let (names, fields) = fields(cx, file, defaults, &mut groups, at);
    let identity = identity(cx, file, &names, &fields, at);
    let partner_id = partner_id(cx, file.partner_id.as_ref(), &at.key("partner_id"));
    let rules = Rules {
        dummy: rules::conditions(cx, file.dummy.as_ref(), &at.key("dummy")),
        scope: rules::rules(cx, file.scope.as_ref(), &at.key("scope")),
        create_when: rules::rules(cx, file.create_when.as_ref(), &at.key("create_when")),
        arrived: rules::conditions(cx, file.arrived.as_ref(), &at.key("arrived")),
    };
    let guards = head::limits(cx, file.guards.as_ref(), above.guards, &at.key("guards"));
    if !cx.stands(&at.key("match")) && !cx.stands(&at.key("partner_id")) {
        let spot = cx.key_spot(at);
        cx.report(diag::no_identity(spot, name));
    }
    // Fields that are wrong leave no gap from here on: there will be no mapping, but the rest can still be held against the connectors.
    let fields: Vec<Field> = fields.into_iter().flatten().collect();
    let entity = Entity {
        name: EntityName::from(name),
        group: group(file.group?),
        resources,
        sync: sync?,
        partner_id,
        match_keys: identity.match_keys,
        confirm: identity.confirm,
        dummy: rules.dummy,
        scope: rules.scope,
        create_when: rules.create_when,
        arrived: rules.arrived,
        on_create: on_create(cx, file, sync?),
        on_delete: on_deletes(cx, file, &at.key("on_delete")),
        first_meeting,
        references: references(name, &fields),
        by_name: names.iter().enumerate().map(|(position, name)| (FieldName::from(*name), position)).collect(),
        label: identity.label,
        fields,
        groups,
        guards,
    };
    check_creates(cx, &entity, file, at);
    Some(entity)
}

struct Rules {
    dummy: PerSide<Option<Condition>>,
    scope: PerSide<Vec<Rule>>,
    create_when: PerSide<Vec<Rule>>,
    arrived: PerSide<Option<Condition>>,
}

fn group(file: GroupFile) -> Group {
    match file {
        GroupFile::Master => Group::Master,
        GroupFile::Transaction => Group::Transaction,
    }
}

fn on_deletes(cx: &mut Context<'_>, file: &EntityFile, at: &At) -> PerSide<OnDelete> {
    let sides = cx.per_side(file.on_delete.as_ref());
    PerSide::from_fn(|side| match sides.get(side) {
        None => OnDelete::Unlink,
        Some(OnDeleteFile::Now(word) | OnDeleteFile::Later { action: word, grace: None }) => on_delete(*word),
        Some(OnDeleteFile::Later { action, grace: Some(grace) }) => {
            let at = at.key(&cx.name(side));
            later(cx, *action, grace, &at)
        }
    })
}

/// A delete that waits. Only a delete can: nothing else is lost when it comes too early.
fn later(cx: &mut Context<'_>, action: OnDeleteWord, grace: &str, at: &At) -> OnDelete {
    if action != OnDeleteWord::Delete {
        let spot = cx.spot(&at.key("action"));
        cx.report(diag::grace_without_delete(spot));
    }
    let hours = head::hours_of(grace).filter(|hours| *hours > 0);
    if hours.is_none() {
        let spot = cx.spot(&at.key("grace"));
        cx.report(diag::bad_grace(spot, grace));
    }
    hours.map_or(OnDelete::Hold, |hours| OnDelete::DeleteAfter { hours })
}

fn on_delete(word: OnDeleteWord) -> OnDelete {
    match word {
        OnDeleteWord::Delete => OnDelete::Delete,
        OnDeleteWord::Deactivate => OnDelete::Deactivate,
        OnDeleteWord::Unlink => OnDelete::Unlink,
        OnDeleteWord::Hold => OnDelete::Hold,
    }
}

fn on_create(cx: &Context<'_>, file: &EntityFile, sync: Direction) -> PerSide<bool> {
    let said = cx.per_side(file.on_create.as_ref());
    PerSide::from_fn(|side| said.get(side).map_or(sync.flows_to(side), |said| *said == AllowFile::Allow))
}

fn resources(cx: &mut Context<'_>, name: &str, file: &EntityFile, at: &At) -> PerSide<String> {
    let sides = cx.per_side(Some(&file.resources));
    for side in Side::BOTH {
        if sides.get(side).is_none() && !cx.stands(&at.key(&cx.name(side))) {
            let spot = cx.key_spot(at);
            cx.report(diag::missing_resource(spot, name, &cx.name(side)));
        }
    }
    sides.map(|resource| resource.map(|resource| resource.0.clone()).unwrap_or_default())
}

/// The fields in the order of the file; a gap where something is wrong, so that positions stay.
fn fields<'f>(
    cx: &mut Context<'_>,
    file: &'f EntityFile,
    defaults: Defaults,
    groups: &mut Vec<String>,
    at: &At,
) -> (Vec<&'f str>, Vec<Option<Field>>) {
    let at = at.key("fields");
    let Some(files) = &file.fields else { return (Vec::new(), Vec::new()) };
    if files.is_empty() {
        let spot = cx.key_spot(&at);
        cx.report(diag::empty(spot, "fields"));
    }
    let names = cx.in_order(&at, files.keys());
    cx.siblings = names.iter().map(|name| (*name).to_owned()).collect();
    let fields =
        names.iter().map(|name| field::field(cx, name, &files[*name], defaults, groups, &at.key(name))).collect();
    (names, fields)
}

fn partner_id(cx: &mut Context<'_>, file: Option<&Sides<PathFile>>, at: &At) -> PerSide<Option<Path>> {
    let sides = cx.per_side(file);
    if sides.left.is_some() && sides.right.is_some() {
        let spot = cx.key_spot(at);
        cx.report(diag::partner_id_twice(spot));
    }
    PerSide::from_fn(|side| {
        let path = (*sides.get(side))?;
        cx.path(path, &at.key(&cx.name(side)))
    })
}

struct Identity {
    match_keys: Vec<Vec<usize>>,
    confirm: Vec<usize>,
    label: Vec<usize>,
}

fn identity(cx: &mut Context<'_>, file: &EntityFile, names: &[&str], fields: &[Option<Field>], at: &At) -> Identity {
    let match_at = at.key("match");
    let mut match_keys = Vec::new();
    for (position, key) in file.match_keys.iter().flat_map(Many::iter) {
        let at = match_at.item(position);
        if key.is_empty() {
            let spot = cx.spot(&at);
            cx.report(diag::empty(spot, "match"));
        }
        match_keys.push(positions(cx, Some(key), names, &at));
        check_comparable(cx, key, names, fields, true, &at);
    }
    let confirm = positions(cx, file.confirm.as_ref(), names, &at.key("confirm"));
    if let Some(key) = &file.confirm {
        check_comparable(cx, key, names, fields, false, &at.key("confirm"));
    }
    let label = match &file.label {
        Some(_) => positions(cx, file.label.as_ref(), names, &at.key("label")),
        None => default_label(names, &match_keys),
    };
    Identity { match_keys, confirm, label }
}

/// Code or number, and name; where there is none of them, the first key.
fn default_label(names: &[&str], match_keys: &[Vec<usize>]) -> Vec<usize> {
    let position = |wanted: &str| names.iter().position(|name| *name == wanted);
    let label: Vec<usize> =
        position("code").or_else(|| position("number")).into_iter().chain(position("name")).collect();
    if label.is_empty() { match_keys.first().cloned().unwrap_or_default() } else { label }
}

fn positions(cx: &mut Context<'_>, file: Option<&Many<String>>, names: &[&str], at: &At) -> Vec<usize> {
    let mut found = Vec::new();
    for (item, name) in file.into_iter().flat_map(Many::iter) {
        match names.iter().position(|known| known == name) {
            Some(position) => found.push(position),
            None => {
                let spot = cx.spot(&at.item(item));
                cx.report(diag::unknown_field(spot, name, names.iter().copied()));
            }
        }
    }
    found
}

/// Fields of keys must be readable on both sides, and keys proper must be single values.
fn check_comparable(
    cx: &mut Context<'_>,
    key: &Many<String>,
    names: &[&str],
    fields: &[Option<Field>],
    single: bool,
    at: &At,
) {
    for (item, name) in key.iter() {
        let position = names.iter().position(|known| known == name);
        let Some(field) = position.and_then(|position| fields.get(position)).and_then(Option::as_ref) else { continue };
        let readable = Side::BOTH
            .iter()
            .all(|side| field.cells.get(*side).as_ref().is_some_and(|cell| cell.read.is_some() && cell.codec.reads()));
        if !(readable || (field.list.is_some() && !single)) {
            let spot = cx.spot(&at.item(item));
            cx.report(diag::key_not_comparable(spot, name));
        }
    }
}

/// The entities that fields refer to, this one excluded.
fn references(name: &str, fields: &[Field]) -> Vec<EntityName> {
    let mut found = BTreeSet::new();
    let mut note = |codec: &Codec| {
        if let Kind::Ref(entity) = codec.kind()
            && entity.as_str() != name
        {
            found.insert(entity);
        }
    };
    for field in fields {
        let children = field.list.iter().flat_map(|list| &list.fields);
        for side in Side::BOTH {
            let cells = [field].into_iter().chain(children.clone()).filter_map(|field| field.cells.get(side).as_ref());
            cells.for_each(|cell| note(&cell.codec));
            let slots = field.list.iter().flat_map(|list| match list.places.get(side) {
                ListPlace::Slots { columns, .. } => columns.iter().flatten().collect(),
                ListPlace::Array { .. } => Vec::new(),
            });
            for slot in slots {
                if let SlotCell::Cell(cell) = slot {
                    note(&cell.codec);
                }
            }
        }
    }
    found.into_iter().collect()
}

/// A record made of nothing helps nobody.
fn check_creates(cx: &mut Context<'_>, entity: &Entity, file: &EntityFile, at: &At) {
    let said = cx.per_side(file.on_create.as_ref());
    for side in Side::BOTH {
        let flows = entity.fields.iter().any(|field| field.direction.flows_to(side));
        if said.get(side).is_some_and(|said| *said == AllowFile::Allow) && !flows {
            let name = cx.name(side);
            let spot = cx.spot(&at.key("on_create").key(&name));
            cx.report(diag::creates_nothing(spot, entity.name.as_str(), &name));
        }
    }
}
