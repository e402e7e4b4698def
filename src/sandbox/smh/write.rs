//! Create, update and delete: each either happens whole or is refused and leaves nothing behind. Rules over several members are in
//! `rules.rs`, lines of orders in `lines.rs`.

use serde_json::{Value, json};

use super::error::{Code, SmhError};
use super::resources::{Default, Kind, Member, Resource};
use super::store::Store;
use super::{lines, rules, values};
use crate::world::Row;

/// Counts line ids given out within an order; kept in the row, never shown.
const LINES_GIVEN_OUT: &str = "_linesGivenOut";

/// Stores a new record and returns its key.
///
/// # Errors
/// Any broken rule.
pub(crate) fn create(store: &mut Store<'_>, resource: &'static Resource, data: &Value) -> Result<u64, SmhError> {
    let key = next_key(store, resource);
    let mut row = Row::new();
    merge(resource, &mut row, data, None)?;
    if let Some(member) = resource.made
        && !row.contains_key(member)
    {
        let made = number(store, resource, &row);
        row.insert(member.to_owned(), Value::String(made));
    }
    finish(store, resource, key, &mut row, data, None)?;
    let now = store.now.clone();
    row.insert("version".to_owned(), json!(1));
    row.insert("createdAt".to_owned(), json!(now));
    row.insert("updatedAt".to_owned(), json!(now));
    store.index.change(store.world, resource, key, Some(row));
    Ok(key)
}

/// Changes the members given. A request that changes nothing leaves the version as it is.
///
/// # Errors
/// Any broken rule, `not_found`, `version_mismatch`.
pub(crate) fn update(
    store: &mut Store<'_>,
    resource: &'static Resource,
    id: &str,
    version: Option<u64>,
    data: &Value,
) -> Result<u64, SmhError> {
    let (key, before) = current(store, resource, id, version)?;
    let mut row = before.clone();
    merge(resource, &mut row, data, Some((id, &before)))?;
    finish(store, resource, key, &mut row, data, Some(&before))?;
    if row == before {
        return Ok(key);
    }
    row.insert("version".to_owned(), json!(version_of(&before) + 1));
    row.insert("updatedAt".to_owned(), json!(store.now));
    store.index.change(store.world, resource, key, Some(row));
    Ok(key)
}

/// Removes a record that nothing refers to.
///
/// # Errors
/// `not_found`, `version_mismatch`, `in_use`; `invalid` for a closed order.
pub(crate) fn delete(
    store: &mut Store<'_>,
    resource: &'static Resource,
    id: &str,
    version: Option<u64>,
) -> Result<(), SmhError> {
    let (key, row) = current(store, resource, id, version)?;
    let uses = store.index.uses(store.world, id);
    if uses > 0 {
        let message = format!(
            "the {} {id} is used by other records ({uses} references); delete those first or make it inactive",
            resource.singular
        );
        return Err(SmhError::new(Code::InUse, message));
    }
    rules::deletable(resource, &row)?;
    store.index.change(store.world, resource, key, None);
    Ok(())
}

/// The version of a stored record; generated data may leave it out.
pub(crate) fn version_of(row: &Row) -> u64 {
    row.get("version").and_then(Value::as_u64).unwrap_or(1)
}

fn current(store: &Store<'_>, resource: &Resource, id: &str, version: Option<u64>) -> Result<(u64, Row), SmhError> {
    let key = store.find(resource, id)?;
    let row = store.row(resource, key).cloned().unwrap_or_default();
    let held = version_of(&row);
    match version {
        Some(version) if version != held => {
            let message = format!("the {} {id} is at version {held}, not {version}; read it again", resource.singular);
            Err(SmhError::new(Code::VersionMismatch, message))
        }
        _ => Ok((key, row)),
    }
}

/// Checks each member sent and puts it into the row. Lines come later: they need the rest of the record.
fn merge(resource: &Resource, row: &mut Row, data: &Value, before: Option<(&str, &Row)>) -> Result<(), SmhError> {
    let Some(data) = data.as_object() else {
        return Err(SmhError::new(Code::Invalid, format!("a {} must be a JSON object, not {data}", resource.singular)));
    };
    for (name, value) in data {
        if name == "id" {
            unchanged("id", value, before.map_or(Value::Null, |(id, _)| json!(id)))?;
            continue;
        }
        let Some(member) = resource.member(name) else {
            let message = format!("{} have no member {name}; see the list of members of the resource", resource.name);
            return Err(SmhError::invalid(name, message));
        };
        if member.kind == Kind::Derived || (name == "source" && before.is_some()) {
            unchanged(name, value, before.and_then(|(_, row)| row.get(name).cloned()).unwrap_or_default())?;
        } else if member.kind != Kind::Lines {
            put(row, member, values::stored(member.kind, name, value)?);
        }
    }
    for member in resource.all_members() {
        if let Some(default) = member.default
            && !row.contains_key(member.name)
        {
            put(row, member, default_value(default));
        }
    }
    Ok(())
}

/// A read-only member may be sent back as it was read, so that whole records can be returned.
fn unchanged(name: &str, value: &Value, held: Value) -> Result<(), SmhError> {
    if *value == held {
        return Ok(());
    }
    Err(SmhError::invalid(name, format!("{name} is read-only; leave it out")))
}

fn put(row: &mut Row, member: &Member, value: Value) {
    if value.is_null() {
        row.remove(member.name);
    } else {
        row.insert(member.name.to_owned(), value);
    }
}

fn default_value(default: Default) -> Value {
    match default {
        Default::Word(word) => json!(word),
        Default::No => json!(false),
    }
}

/// Everything that needs the whole record or other records.
fn finish(
    store: &mut Store<'_>,
    resource: &'static Resource,
    key: u64,
    row: &mut Row,
    data: &Value,
    before: Option<&Row>,
) -> Result<(), SmhError> {
    for member in resource.all_members().filter(|member| member.required && member.kind != Kind::Lines) {
        if !row.contains_key(member.name) {
            return Err(SmhError::invalid(member.name, format!("{} is required", member.name)));
        }
    }
    references(store, resource, row, before)?;
    if resource.member("lines").is_some() {
        order_lines(store, resource, key, row, data, before)?;
    }
    rules::check(store, resource, row, before)?;
    unique(store, resource, key, row)
}

fn references(store: &Store<'_>, resource: &Resource, row: &Row, before: Option<&Row>) -> Result<(), SmhError> {
    for member in resource.members {
        let Kind::Reference(to) = member.kind else { continue };
        let Some(id) = row.get(member.name).and_then(Value::as_str) else { continue };
        if before.and_then(|row| row.get(member.name)) == row.get(member.name) {
            continue;
        }
        if resource.name == "orders" && matches!(to, "customers" | "employees") {
            store.active(to, member.name, id)?;
        } else {
            store.referred(to, member.name, id)?;
        }
    }
    Ok(())
}

fn order_lines(
    store: &Store<'_>,
    resource: &Resource,
    key: u64,
    row: &mut Row,
    data: &Value,
    before: Option<&Row>,
) -> Result<(), SmhError> {
    let sent = match (data.get("lines"), before) {
        (Some(sent), _) if !sent.is_null() => sent,
        (None, Some(_)) => return Ok(()),
        _ => return Err(SmhError::invalid("lines", "lines is required")),
    };
    let old = before.and_then(|row| row.get("lines")).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let given_out = before.and_then(|row| row.get(LINES_GIVEN_OUT)).and_then(Value::as_u64).unwrap_or(old.len() as u64);
    let (lines, given_out) = lines::replace(store, &resource.id(key), sent, old, given_out)?;
    row.insert("lines".to_owned(), Value::Array(lines));
    row.insert(LINES_GIVEN_OUT.to_owned(), json!(given_out));
    Ok(())
}

fn unique(store: &mut Store<'_>, resource: &'static Resource, key: u64, row: &Row) -> Result<(), SmhError> {
    for member in resource.all_members().filter(|member| member.unique) {
        let Some(value) = row.get(member.name).and_then(Value::as_str) else { continue };
        match store.index.holder(store.world, resource, member.name, value) {
            Some(holder) if holder != key => {
                let message = format!(
                    "the {} {} already has the {} {value}",
                    resource.singular,
                    resource.id(holder),
                    member.name
                );
                return Err(SmhError::at(Code::Conflict, member.name, message));
            }
            _ => {}
        }
    }
    Ok(())
}

fn next_key(store: &Store<'_>, resource: &Resource) -> u64 {
    store
        .world
        .tables
        .get(resource.name)
        .map_or(1, |table| table.next_id.max(1).max(table.rows.last_key_value().map_or(1, |(key, _)| key + 1)))
}

/// The next free code or number of the resource's own series.
fn number(store: &mut Store<'_>, resource: &'static Resource, row: &Row) -> String {
    let member = resource.made.unwrap_or("code");
    let dated = row.get("date").and_then(Value::as_str).unwrap_or(&store.now);
    let month = format!("{}{}", dated.get(2..4).unwrap_or("00"), dated.get(5..7).unwrap_or("00"));
    let series = match resource.name {
        "customers" | "orders" => format!("{} {month}", resource.name),
        _ => resource.name.to_owned(),
    };
    let mut last = store.world.counters.get(&series).copied().unwrap_or(0);
    loop {
        last += 1;
        let text = match resource.name {
            "customers" => format!("CS-{month}{last:05}"),
            "products" => format!("PD-{last:06}"),
            "employees" => format!("E-{last:02}"),
            _ => format!("SO-{month}-{last:05}"),
        };
        if store.index.holder(store.world, resource, member, &text).is_none() {
            // Remembered even if the write is refused after all: a gap in the series harms nobody.
            store.world.counters.insert(series, last);
            return text;
        }
    }
}
