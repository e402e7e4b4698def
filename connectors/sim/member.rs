//! Members of records by dotted path: reading, setting, removing, and changing each value under a path that goes through lists.

use serde_json::{Map, Value as Json};

/// A record.
pub type Record = Map<String, Json>;

/// The value at a dotted path; null counts as absent.
pub fn get<'a>(record: &'a Record, path: &str) -> Option<&'a Json> {
    let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    let value = record.get(head).filter(|value| !value.is_null())?;
    match rest {
        Some(rest) => get(value.as_object()?, rest),
        None => Some(value),
    }
}

/// Sets the value at a dotted path, making objects on the way.
pub fn set(record: &mut Record, path: &str, value: Json) {
    let Some((head, rest)) = path.split_once('.') else {
        record.insert(path.to_owned(), value);
        return;
    };
    let inner = record.entry(head).or_insert(Json::Null);
    if !inner.is_object() {
        *inner = Json::Object(Map::new());
    }
    if let Json::Object(inner) = inner {
        set(inner, rest, value);
    }
}

/// Merges members in: objects member by member, everything else as a whole.
pub fn merge(record: &mut Record, members: &Record) {
    for (name, value) in members {
        match (record.get_mut(name), value) {
            (Some(Json::Object(old)), Json::Object(new)) => merge(old, new),
            _ => {
                record.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Calls `change` with each object that holds the last member of the path, and that member's name. `[]` goes through lists.
pub fn each(record: &mut Record, path: &str, change: &mut dyn FnMut(&mut Record, &str)) {
    let Some((head, rest)) = path.split_once('.') else {
        change(record, path);
        return;
    };
    if let Some(list) = head.strip_suffix("[]") {
        if let Some(Json::Array(rows)) = record.get_mut(list) {
            rows.iter_mut().filter_map(Json::as_object_mut).for_each(|row| each(row, rest, change));
        }
    } else if let Some(Json::Object(inner)) = record.get_mut(head) {
        each(inner, rest, change);
    }
}

/// The children under a member.
pub fn rows<'r>(record: &'r Record, path: &str) -> impl Iterator<Item = &'r Record> {
    record.get(path).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_object)
}

/// What an id says, whether text or number.
pub fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(value: Json) -> Record {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn paths_reach_into_objects_and_lists() {
        let mut it = record(json!({"a": {"b": 1}, "rows": [{"x": 1}, {"y": 2}], "none": null}));
        assert_eq!(get(&it, "a.b"), Some(&json!(1)));
        assert_eq!((get(&it, "none"), get(&it, "a.c"), get(&it, "rows.x")), (None, None, None));
        set(&mut it, "n.m", json!(3));
        set(&mut it, "none.m", json!(4));
        each(&mut it, "rows[].x", &mut |row, name| {
            row.remove(name);
        });
        assert_eq!(Json::Object(it), json!({"a": {"b": 1}, "rows": [{}, {"y": 2}], "none": {"m": 4}, "n": {"m": 3}}));
    }

    #[test]
    fn merging_keeps_what_is_not_named() {
        let mut it = record(json!({"a": {"b": 1, "c": 2}, "l": [1, 2]}));
        merge(&mut it, &record(json!({"a": {"c": null}, "l": [3]})));
        assert_eq!(Json::Object(it), json!({"a": {"b": 1, "c": null}, "l": [3]}));
    }
}
