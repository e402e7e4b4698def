//! Batches: up to a hundred creates, updates and deletes of one resource, in order, each with an outcome of its own.

use serde_json::{Value, json};

use super::error::{Code, SmhError};
use super::resources::Resource;
use super::shown::Shown;
use super::store::Store;
use super::write;

const MOST: usize = 100;
const MEMBERS: [&str; 4] = ["method", "id", "version", "data"];

/// Carries out a batch and returns the outcomes.
///
/// # Errors
/// When the batch as a whole is not understood; nothing was done then.
pub(crate) fn run(store: &mut Store<'_>, resource: &'static Resource, body: &Value) -> Result<Value, SmhError> {
    let Some(items) = body.get("items").and_then(Value::as_array) else {
        return Err(SmhError::invalid("items", "a batch is {\"items\": [ … ]}"));
    };
    if items.len() > MOST {
        return Err(SmhError::invalid(
            "items",
            format!("a batch holds at most {MOST} items, not {}; split it", items.len()),
        ));
    }
    let outcomes: Vec<Value> = items.iter().map(|item| outcome(store, resource, item)).collect();
    Ok(json!({ "items": outcomes }))
}

fn outcome(store: &mut Store<'_>, resource: &'static Resource, item: &Value) -> Value {
    match perform(store, resource, item) {
        Ok((status, Some(key))) => match store.row(resource, key) {
            Some(row) => json!({ "status": status, "data": Shown { resource, key, row } }),
            None => json!({ "status": status }),
        },
        Ok((status, None)) => json!({ "status": status }),
        Err(error) => json!({ "status": error.status(), "error": error.body() }),
    }
}

fn perform(store: &mut Store<'_>, resource: &'static Resource, item: &Value) -> Result<(u16, Option<u64>), SmhError> {
    let Some(members) = item.as_object() else {
        return Err(SmhError::new(Code::Invalid, "an item of a batch must be an object"));
    };
    if let Some(name) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(SmhError::invalid(name, format!("an item of a batch has no member {name}")));
    }
    let data = item.get("data").unwrap_or(&Value::Null);
    match item.get("method").and_then(Value::as_str) {
        Some("create") => Ok((201, Some(write::create(store, resource, data)?))),
        Some("update") => Ok((200, Some(write::update(store, resource, id(item)?, version(item)?, data)?))),
        Some("delete") => write::delete(store, resource, id(item)?, version(item)?).map(|()| (204, None)),
        _ => Err(SmhError::invalid("method", "the method of an item must be create, update or delete")),
    }
}

fn id(item: &Value) -> Result<&str, SmhError> {
    item.get("id")
        .and_then(Value::as_str)
        .ok_or_else(|| SmhError::invalid("id", "an update or delete must name its id"))
}

fn version(item: &Value) -> Result<Option<u64>, SmhError> {
    match item.get("version") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64() {
            Some(version) => Ok(Some(version)),
            None => Err(SmhError::invalid("version", format!("version must be an integer, not {value}"))),
        },
    }
}
