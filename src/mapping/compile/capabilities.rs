//! Whether the connectors can do what a compiled entity asks of them: resources, members, operations, rights.
//!
//! Only what a manifest says is held against a mapping: a connector that lists no members gets none checked.

use super::context::{At, Context};
use crate::diagnostics::{self as diag, Spot};
use crate::path::Path;
use crate::program::{Cell, Entity, Field, ListPlace, Permission, SlotCell};
use selaras_connector_api::{FieldSpec, Operation, Resource};
use selaras_model::{PerSide, Side, Span};
use std::collections::BTreeMap;

/// Checks one entity against both manifests.
pub(super) fn check(cx: &mut Context<'_>, entity: &Entity, permissions: &PerSide<Vec<Permission>>) {
    let at = At::root().key("entities").key(entity.name.as_str());
    for side in Side::BOTH {
        let Some(manifest) = *cx.manifests.get(side) else { continue };
        let name = entity.resources.get(side);
        if name.is_empty() {
            continue;
        }
        let system_at = at.key(&cx.name(side));
        let Some(resource) = manifest.resource(name) else {
            let known = manifest.resources.iter().map(|resource| resource.name.as_str());
            let found = diag::unknown_resource(cx.spot(&system_at), name, &manifest.name, known);
            cx.report(found);
            continue;
        };
        operations(cx, entity, resource, side, &at);
        rights(cx, entity, resource, permissions.get(side), side);
        members(cx, entity, resource, side, &at);
    }
}

/// Checks that no two fields write the same member at the same time. Needs no manifest.
pub(super) fn check_written_twice(cx: &mut Context<'_>, entity: &Entity) {
    let at = At::root().key("entities").key(entity.name.as_str()).key("fields");
    for side in Side::BOTH {
        written_twice(cx, &entity.fields, side, &at);
        for field in &entity.fields {
            let list_at = at.key(field.name.as_str()).key("list").key("fields");
            if let Some(list) = &field.list {
                written_twice(cx, &list.fields, side, &list_at);
            }
        }
    }
}

fn written_twice(cx: &mut Context<'_>, fields: &[Field], side: Side, at: &At) {
    let mut written: BTreeMap<(String, String), Span> = BTreeMap::new();
    let system = cx.name(side);
    for field in fields.iter().filter(|field| field.direction.flows_to(side)) {
        let Some(cell) = field.cells.get(side) else { continue };
        let Some(path) = &cell.write else { continue };
        let flag = cell.flag.as_ref().map(|flag| format!("{} {}", flag.path, flag.is)).unwrap_or_default();
        let pointer = at.key(field.name.as_str()).key(&system).to_string();
        let span = cx.spans.value(&pointer);
        match written.get(&(path.to_string(), flag.clone())) {
            Some(first) => {
                let found = diag::written_twice(Spot::value(cx.spans, &pointer), *first, &path.to_string(), &system);
                cx.report(found);
            }
            None => {
                written.insert((path.to_string(), flag), span);
            }
        }
    }
}

fn operations(cx: &mut Context<'_>, entity: &Entity, resource: &Resource, side: Side, at: &At) {
    let system = cx.name(side);
    let demands = entity.demands(side);
    let on_create_at = at.key("on_create").key(&system);
    let create_at = if cx.stands(&on_create_at) { on_create_at } else { at.key("sync") };
    let on_delete_at = at.key("on_delete").key(&cx.name(side.other()));
    let needs = [
        (Operation::Read, "read", at.key(&system)),
        (Operation::Create, "create", create_at),
        (Operation::Update, "update", at.key("sync")),
        (Operation::Delete, "delete", on_delete_at.clone()),
    ];
    for (operation, word, at) in needs {
        if demands.contains(&operation) && !resource.operations.contains_key(&operation) {
            let spot = cx.spot(&at);
            cx.report(diag::missing_operation(spot, word, &resource.name, &system));
        }
    }
    if demands.contains(&Operation::Deactivate) && resource.deactivate.is_none() {
        let spot = cx.spot(&on_delete_at);
        cx.report(diag::no_deactivate(spot, &resource.name, &system));
    }
}

/// Any one of the permissions suffices, so each list of rights must hold what this resource needs.
fn rights(cx: &mut Context<'_>, entity: &Entity, resource: &Resource, permissions: &[Permission], side: Side) {
    let Some(title) = &resource.right_title else { return };
    let system = cx.name(side);
    let at = At::root().key("permissions").key(&system).key("any_of");
    for (position, permission) in permissions.iter().enumerate() {
        if let Permission::Rights(rights) = permission
            && !rights.contains(title)
        {
            let spot = cx.key_spot(&at.item(position).key("rights"));
            cx.report(diag::right_not_asked(spot, title, entity.name.as_str(), &system));
        }
    }
}

/// Which way a member is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    Write,
}

fn members(cx: &mut Context<'_>, entity: &Entity, resource: &Resource, side: Side, at: &At) {
    let system = cx.name(side);
    let mut check = Members { resource, side };
    if let Some(path) = entity.partner_id.get(side) {
        let at = at.key("partner_id").key(&system);
        check.member(cx, &path.dotted(), Use::Read, &at);
        check.member(cx, &path.dotted(), Use::Write, &at);
    }
    check.conditions(cx, entity, at);
    for field in &entity.fields {
        let field_at = at.key("fields").key(field.name.as_str());
        match &field.list {
            None => check.field(cx, field, "", &field_at.key(&system)),
            Some(list) => {
                let list_at = field_at.key("list");
                match list.places.get(side) {
                    ListPlace::Array { path, id } => {
                        let prefix = format!("{}[]", path.dotted());
                        check.array(cx, field, path, id.as_ref(), &prefix, &list_at.key(&system));
                        for child in &list.fields {
                            let at = list_at.key("fields").key(child.name.as_str()).key(&system);
                            check.field(cx, child, &format!("{prefix}."), &at);
                        }
                    }
                    ListPlace::Slots { columns, .. } => {
                        let at = list_at.key(&system).key("slots").key("columns");
                        check.slots(cx, field, &list.fields, columns, &at);
                    }
                }
            }
        }
    }
}

struct Members<'m> {
    resource: &'m Resource,
    side: Side,
}

impl Members<'_> {
    fn field(&mut self, cx: &mut Context<'_>, field: &Field, prefix: &str, at: &At) {
        if let Some(cell) = field.cells.get(self.side) {
            self.cell(cx, cell, field.direction.flows_to(self.side), prefix, at);
        }
    }

    fn cell(&mut self, cx: &mut Context<'_>, cell: &Cell, written: bool, prefix: &str, at: &At) {
        let dotted = |path: &Path| format!("{prefix}{}", path.dotted());
        let place = |cx: &Context<'_>, key: &str| {
            [at.key(key), at.key("path")].into_iter().find(|at| cx.stands(at)).unwrap_or_else(|| at.clone())
        };
        if let Some(path) = &cell.read
            && cell.codec.reads()
        {
            let at = place(cx, "read");
            self.member(cx, &dotted(path), Use::Read, &at);
        }
        if let Some(path) = &cell.write
            && written
        {
            let at = place(cx, "write");
            self.member(cx, &dotted(path), Use::Write, &at);
        }
        if let Some(flag) = &cell.flag {
            let at = at.key("flag").key("path");
            self.member(cx, &dotted(&flag.path), Use::Read, &at);
            if written {
                self.member(cx, &dotted(&flag.path), Use::Write, &at);
            }
        }
    }

    fn array(&mut self, cx: &mut Context<'_>, field: &Field, path: &Path, id: Option<&Path>, prefix: &str, at: &At) {
        let written = field.direction.flows_to(self.side);
        let member = path.dotted();
        if written && !self.resource.children.contains_key(&member) {
            let known = self.resource.children.keys().map(String::as_str);
            let spot = cx.spot(&at.key("path"));
            cx.report(diag::children_not_writable(spot, &member, &self.resource.name, known));
        } else if !self.resource.fields.keys().any(|known| known.starts_with(prefix)) {
            self.member(cx, &member, Use::Read, &at.key("path"));
        }
        if let Some(id) = id {
            self.member(cx, &format!("{prefix}.{}", id.dotted()), Use::Read, &at.key("id"));
        }
    }

    fn slots(&mut self, cx: &mut Context<'_>, field: &Field, children: &[Field], columns: &[Vec<SlotCell>], at: &At) {
        for (position, column) in columns.iter().enumerate() {
            for (child, slot) in children.iter().zip(column) {
                if let SlotCell::Cell(cell) = slot {
                    let at = at.item(position).key(child.name.as_str());
                    self.cell(cx, cell, field.direction.flows_to(self.side), "", &at);
                }
            }
        }
    }

    fn conditions(&mut self, cx: &mut Context<'_>, entity: &Entity, at: &At) {
        let system = cx.name(self.side);
        let single = [("dummy", &entity.dummy), ("arrived", &entity.arrived)];
        for (key, conditions) in single {
            if let Some(condition) = conditions.get(self.side) {
                self.paths(cx, condition.paths(), &at.key(key).key(&system));
            }
        }
        for (key, rules) in [("scope", &entity.scope), ("create_when", &entity.create_when)] {
            for (position, rule) in rules.get(self.side).iter().enumerate() {
                let at = at.key(key).key(&system);
                let places = [at.item(position).key("require"), at.item(position)];
                let at = places.into_iter().find(|at| cx.stands(at)).unwrap_or(at);
                self.paths(cx, rule.require.paths(), &at);
            }
        }
    }

    fn paths(&mut self, cx: &mut Context<'_>, paths: &[String], at: &At) {
        for path in paths {
            self.member(cx, path, Use::Read, at);
        }
    }

    fn member(&mut self, cx: &mut Context<'_>, member: &str, used: Use, at: &At) {
        if self.resource.fields.is_empty() {
            return;
        }
        let Some(spec) = spec_of(&self.resource.fields, member) else {
            let known = self.resource.fields.keys().map(String::as_str);
            let found = diag::unknown_member(cx.spot(at), member, &self.resource.name, known);
            cx.report(found);
            return;
        };
        if used == Use::Read && !spec.read {
            let spot = cx.spot(at);
            cx.report(diag::member_not_readable(spot, member, &self.resource.name));
        }
        if used == Use::Write && !spec.write {
            let other = cx.name(self.side.other());
            let spot = cx.spot(at);
            cx.report(diag::member_not_writable(spot, member, &self.resource.name, &other));
        }
    }
}

/// What is known of a member. A manifest may stop at a parent, and a mapping may name the parent of what a manifest lists.
fn spec_of(fields: &BTreeMap<String, FieldSpec>, member: &str) -> Option<FieldSpec> {
    if let Some(spec) = fields.get(member) {
        return Some(spec.clone());
    }
    let below = |parent: &str, child: &str| child.strip_prefix(parent).is_some_and(|rest| rest.starts_with(['.', '[']));
    let mut children = fields.iter().filter(|(known, _)| below(member, known)).peekable();
    if children.peek().is_some() {
        let (read, write) =
            children.fold((false, false), |(read, write), (_, it)| (read || it.read, write || it.write));
        return Some(FieldSpec { read, write });
    }
    let parents = fields.iter().filter(|(known, _)| below(known, member));
    let (parent, spec) = parents.max_by_key(|(known, _)| known.len())?;
    // A parent whose members are listed is listed in full.
    let listed_in_full = fields.keys().any(|known| below(parent, known));
    (!listed_in_full).then(|| spec.clone())
}
