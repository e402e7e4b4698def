//! What a write does to a table: members, children, uniqueness, versions. All or nothing per record.

use crate::faults::{Alter, How};
use crate::member::{Record, each, get, merge, rows, set, text};
use crate::references::{in_use_still, resolve, user_of};
use crate::spec::TableSpec;
use crate::table::{Counters, SideState, Table, values};
use selaras_connector_api::{ChildOp, ChildStyle, Children, Code, Failure, Strength, WriteItem, WriteOp};
use selaras_model::Decimal;
use serde_json::Value as Json;

/// How a write that succeeded left the record.
pub struct Done {
    /// The record's id.
    pub id: String,
    /// The record; `None` after a delete.
    pub record: Option<Record>,
    /// Whether anything changed at all.
    pub changed: bool,
}

/// Performs one write. `strict` holds it to the members known, as from outside.
pub fn perform(side: &mut SideState, table: &str, item: &WriteItem, strict: bool) -> Result<Done, Failure> {
    let old = side.table(table)?.of_item(item)?;
    if item.op == WriteOp::Delete {
        return delete(side, table, item, old.as_ref());
    }
    let Prepared { mut record, counters, altered } = prepare(side, table, item, old.as_ref(), strict)?;
    side.struck.note("alter", altered);
    let id = item.id.clone().unwrap_or_else(|| side.next_id(table));
    let changed = old.as_ref() != Some(&record);
    if changed {
        mark(&side.table(table)?.spec, &mut record, old.as_ref(), &id, (&side.now, side.tick));
        side.store(table, &id, record.clone(), counters)?;
    }
    Ok(Done { id, record: Some(record), changed })
}

fn delete(side: &mut SideState, table: &str, item: &WriteItem, old: Option<&Record>) -> Result<Done, Failure> {
    let id = item.id.clone().unwrap_or_default();
    if old.is_some() {
        if let Some(user) = user_of(side, table, &id) {
            return Err(Failure::new(Code::InUse, format!("{table} {id} is used by {user}")));
        }
        side.remove(table, &id)?;
    }
    Ok(Done { id, record: None, changed: old.is_some() })
}

struct Prepared {
    record: Record,
    counters: Counters,
    altered: bool,
}

/// The record as it would be stored, but for its version.
fn prepare(
    side: &SideState,
    name: &str,
    item: &WriteItem,
    old: Option<&Record>,
    strict: bool,
) -> Result<Prepared, Failure> {
    let table = side.table(name)?;
    if strict {
        known_members(&table.spec, item)?;
    }
    let mut counters = table.counters;
    let mut record = old.cloned().unwrap_or_default();
    merge(&mut record, &item.fields);
    for children in &item.children {
        write_children(table, &mut record, old, children, &mut counters)?;
    }
    if let (WriteOp::Deactivate, Some(deactivate)) = (item.op, &table.spec.deactivate) {
        set(&mut record, &deactivate.path, deactivate.value.clone());
    }
    let mut altered = false;
    for alter in side.faults.alter.iter().filter(|alter| alter.table == name) {
        altered |= apply(alter, &mut record, old);
    }
    resolve(side, &table.spec.references, &mut record)?;
    for (path, children) in &table.spec.children {
        for row in rows_mut(&mut record, path) {
            resolve(side, &children.references, row)?;
        }
    }
    if table.spec.all_members {
        fill(&table.spec, &mut record);
    }
    in_use_still(side, &table.spec, &record, old)?;
    number(table, &mut record, &mut counters);
    required(&table.spec, &record)?;
    unique(table, &record, item.id.as_deref())?;
    Ok(Prepared { record, counters, altered })
}

fn rows_mut<'r>(record: &'r mut Record, path: &str) -> impl Iterator<Item = &'r mut Record> {
    record.get_mut(path).and_then(Json::as_array_mut).into_iter().flatten().filter_map(Json::as_object_mut)
}

/// Gives a record every member that can be read.
fn fill(spec: &TableSpec, record: &mut Record) {
    let plain = spec.members.iter().filter(|(path, member)| member.read && !path.contains(['.', '[']));
    let shown = spec.references.iter().filter_map(|reference| reference.read.as_ref());
    for name in plain.map(|(path, _)| path).chain(shown) {
        record.entry(name.clone()).or_insert(Json::Null);
    }
}

/// Members that are not known, or not to be written.
fn known_members(spec: &TableSpec, item: &WriteItem) -> Result<(), Failure> {
    if spec.members.is_empty() {
        return Ok(());
    }
    let refuse = |name: &str, what: &str| {
        Err(Failure::new(Code::Invalid, format!("{} has no member `{name}` {what}", spec.name)).on_field(name))
    };
    let writable = |path: &str| {
        let below = |known: &str| known.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        spec.members.iter().any(|(known, member)| member.write && (known == path || below(known)))
    };
    if let Some(name) = item.fields.keys().find(|name| !writable(name)) {
        return refuse(name, "that can be written");
    }
    for children in &item.children {
        let members = children.rows.iter().flat_map(|row| row.fields.keys());
        if let Some(name) = members.map(|m| format!("{}[].{m}", children.path)).find(|path| !writable(path)) {
            return refuse(&name, "that can be written");
        }
    }
    Ok(())
}

/// Writes a list of children in the table's style.
fn write_children(
    table: &Table,
    record: &mut Record,
    old: Option<&Record>,
    children: &Children,
    counters: &mut Counters,
) -> Result<(), Failure> {
    let path = &children.path;
    let Some(spec) = table.spec.children.get(path) else {
        let text = format!("the children `{path}` of {} cannot be written", table.spec.name);
        return Err(Failure::new(Code::Unsupported, text).on_field(path));
    };
    let before: Vec<Record> = old.map(|old| rows(old, path).cloned().collect()).unwrap_or_default();
    let position = |list: &[Record], id: &str| list.iter().position(|row| id_of(row).as_deref() == Some(id));
    let mut list = if spec.style == ChildStyle::Additive { before.clone() } else { Vec::new() };
    for row in &children.rows {
        let id = row.id.as_deref().filter(|_| row.op != ChildOp::Add);
        if let Some(id) = id.filter(|id| position(&before, id).is_none()) {
            let text = format!("{} has no child {id} under `{path}`", table.spec.name);
            return Err(Failure::new(Code::Invalid, text).on_field(path));
        }
        let at = id.and_then(|id| position(&list, id));
        match (spec.style, row.op, at) {
            (ChildStyle::Additive, ChildOp::Update, Some(at)) => merge(&mut list[at], &row.fields),
            (ChildStyle::Additive, ChildOp::Delete, Some(at)) => {
                list.remove(at);
            }
            (ChildStyle::Additive, ChildOp::Keep, _) | (_, ChildOp::Delete, _) => {}
            (ChildStyle::Additive | ChildStyle::Replace, ChildOp::Add | ChildOp::Update | ChildOp::Keep, _) => {
                // A replaced child is what was sent, and nothing else of it stays.
                let mut fields = row.fields.clone();
                let id = id.map(str::to_owned).unwrap_or_else(|| counters.child_id(&table.spec));
                fields.insert("id".into(), table.spec.id_json(&id));
                list.push(fields);
            }
        }
    }
    set(record, path, Json::Array(list.into_iter().map(Json::Object).collect()));
    Ok(())
}

fn id_of(record: &Record) -> Option<String> {
    get(record, "id").and_then(text)
}

/// What the system makes of a value. Gives back whether it made anything of it.
fn apply(alter: &Alter, record: &mut Record, old: Option<&Record>) -> bool {
    let mut any = false;
    let was = old.and_then(|old| get(old, &alter.path)).cloned();
    each(record, &alter.path, &mut |holder, name| {
        let Some(value) = holder.get(name).filter(|value| !value.is_null()) else { return };
        let made = match alter.how {
            How::Upper => value.as_str().map(|text| Json::from(text.to_uppercase())),
            How::Cut(length) => value.as_str().map(|text| text.chars().take(length).collect::<String>().into()),
            How::Round(places) => rounded(value, places),
            How::Drop => Some(was.clone().unwrap_or_default()),
        };
        let Some(made) = made.filter(|made| made != value) else { return };
        any = true;
        holder.insert(name.to_owned(), made);
    });
    any
}

fn rounded(value: &Json, places: u32) -> Option<Json> {
    let decimal: Decimal = text(value)?.parse().ok()?;
    let shown = decimal.round_dp(places).normalize().to_string();
    if value.is_string() { Some(shown.into()) } else { serde_json::from_str(&shown).ok() }
}

fn number(table: &Table, record: &mut Record, counters: &mut Counters) {
    let Some(auto) = table.spec.auto.as_ref().filter(|auto| get(record, &auto.path).is_none()) else { return };
    loop {
        counters.number += 1;
        let number = Json::from(format!("{}{:0width$}", auto.prefix, counters.number, width = auto.digits));
        let rule = table.spec.rule_of(&auto.path);
        let taken = rule.is_some_and(|rule| table.holders(rule, std::slice::from_ref(&number)).next().is_some());
        if !taken {
            set(record, &auto.path, number);
            return;
        }
    }
}

fn required(spec: &TableSpec, record: &Record) -> Result<(), Failure> {
    match spec.required.iter().find(|path| get(record, path).is_none_or(|value| value == "")) {
        Some(path) => Err(Failure::new(Code::Invalid, format!("{} needs `{path}`", spec.name)).on_field(path)),
        None => Ok(()),
    }
}

fn unique(table: &Table, record: &Record, own: Option<&str>) -> Result<(), Failure> {
    for (rule, paths) in table.spec.unique.iter().enumerate() {
        let Some(wanted) = values(record, paths) else { continue };
        if let Some(id) = table.holders(rule, &wanted).find(|id| Some(id.as_str()) != own) {
            let shown: Vec<String> = wanted.iter().filter_map(text).collect();
            let text = format!("{} {id} has {} {} already", table.spec.name, paths.join(", "), shown.join(", "));
            return Err(Failure::new(Code::Conflict, text).on_field(paths.first().cloned().unwrap_or_default()));
        }
    }
    Ok(())
}

/// The next version of a table whose versions slip: the same, an earlier one, or a new one.
fn slipped(before: u64, tick: u64) -> u64 {
    match tick % 3 {
        0 => before,
        1 => before.saturating_sub(1).max(1),
        _ => before + 1,
    }
}

/// Id, version and time of a record that changed.
fn mark(spec: &TableSpec, record: &mut Record, old: Option<&Record>, id: &str, (now, tick): (&str, u64)) {
    record.insert("id".into(), spec.id_json(id));
    if let Some(version) = &spec.version {
        let before = old.and_then(|old| get(old, &version.path)).and_then(Json::as_u64);
        // A weak version does not see the children, unless told otherwise.
        let blind = |name: &String| spec.children.contains_key(name) && !spec.version_sees_children;
        let same =
            |old: &Record| record.iter().chain(old).all(|(name, _)| blind(name) || record.get(name) == old.get(name));
        let stays = version.strength == Strength::Weak && old.is_some_and(same);
        let next = before.map_or(1, |before| match (stays, spec.slipping_version) {
            (true, _) => before,
            (false, true) => slipped(before, tick),
            (false, false) => before + 1,
        });
        set(record, &version.path, next.into());
    }
    if let Some(stamp) = &spec.stamp {
        set(record, stamp, now.into());
    }
}
