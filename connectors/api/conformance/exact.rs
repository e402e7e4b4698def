//! Looks members of a record up without rounding anything: the text stands there as the system sent it.

use selaras_model::Decimal;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The texts under a dotted path; lists on the way give each of their elements' (`lines.quantity`, `lines[].quantity`). Null and absent give
/// nothing. A number gives its digits, a text its content, anything else its JSON.
pub(super) fn texts(record: &[u8], path: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(raw) = serde_json::from_slice::<&RawValue>(record) {
        let path = path.replace("[]", "");
        let parts: Vec<&str> = path.split('.').collect();
        walk(raw, &parts, &mut found);
    }
    found
}

/// The text under a path, where there is exactly one.
pub(super) fn text(record: &[u8], path: &str) -> Option<String> {
    let mut found = texts(record, path);
    if found.len() == 1 { found.pop() } else { None }
}

/// Whether a record has a member at all, null or not. Only the first part of the path is looked at.
pub(super) fn has(record: &[u8], path: &str) -> bool {
    let name = path.split(['.', '[']).next().unwrap_or_default();
    serde_json::from_slice::<BTreeMap<String, &RawValue>>(record).is_ok_and(|members| members.contains_key(name))
}

/// The records under a path that holds a list.
pub(super) fn rows(record: &[u8], path: &str) -> Vec<Vec<u8>> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(record).unwrap_or_default();
    let list = members.get(path).and_then(|raw| serde_json::from_str::<Vec<&RawValue>>(raw.get()).ok());
    list.into_iter().flatten().map(|row| row.get().as_bytes().to_vec()).collect()
}

fn walk(raw: &RawValue, path: &[&str], found: &mut Vec<String>) {
    let source = raw.get();
    if source.starts_with('[') {
        let elements: Vec<&RawValue> = serde_json::from_str(source).unwrap_or_default();
        elements.into_iter().for_each(|element| walk(element, path, found));
        return;
    }
    let Some((name, rest)) = path.split_first() else {
        match serde_json::from_str::<String>(source) {
            Ok(text) => found.push(text),
            Err(_) if source == "null" => {}
            Err(_) => found.push(source.to_owned()),
        }
        return;
    };
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(source).unwrap_or_default();
    if let Some(inner) = members.get(*name) {
        walk(inner, rest, found);
    }
}

/// Whether two texts are the same value.
pub(super) fn same(a: &str, b: &str, number: bool) -> bool {
    a == b || (number && decimal(a).is_some_and(|a| Some(a) == decimal(b)))
}

fn decimal(text: &str) -> Option<Decimal> {
    let exact = Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text));
    exact.ok().map(|decimal| decimal.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_as_they_were_sent() {
        let record =
            br#"{"a":{"b":"x"},"n":12345678901234567.8910,"l":[{"q":1.50},{"q":null},{"q":"2"}],"z":null,"t":true}"#;
        assert_eq!(text(record, "a.b").as_deref(), Some("x"));
        assert_eq!(text(record, "n").as_deref(), Some("12345678901234567.8910"));
        assert_eq!(texts(record, "l[].q"), ["1.50", "2"]);
        assert_eq!((text(record, "z"), text(record, "none"), text(record, "t")), (None, None, Some("true".into())));
        assert!(has(record, "z") && has(record, "l[].q") && !has(record, "q"));
        assert_eq!(rows(record, "l").len(), 3);
    }

    #[test]
    fn numbers_are_compared_as_numbers_and_to_the_digit() {
        assert!(same("1.50", "1.5", true) && same("1.0E3", "1000", true) && !same("1.50", "1.5", false));
        assert!(!same("12345678901234567.891", "12345678901234568", true));
    }
}
