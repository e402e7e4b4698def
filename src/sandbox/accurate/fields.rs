//! What a list shows of each record when fields are asked for by name.

use serde_json::{Map, Value};

use super::expand::{TIMES, member, reduce};
use super::model::Module;
use crate::world::{Database, Row};

/// Names asked for, each split at its dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields(Vec<Vec<String>>);

impl Fields {
    /// Reads `id,name,customer.name`. None if nothing is named.
    pub fn parse(text: &str) -> Option<Fields> {
        let paths = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let paths: Vec<Vec<String>> =
            paths.map(|name| name.split('.').map(|part| part.trim().to_owned()).collect()).collect();
        (!paths.is_empty()).then_some(Fields(paths))
    }

    /// The members of a record that were asked for. Unknown ones and those only a detail gives are left out.
    pub fn project(&self, db: &Database, module: &Module, row: &Row, times: bool) -> Value {
        let mut shown = Map::new();
        for path in &self.0 {
            let Some((head, rest)) = path.split_first() else { continue };
            if !is_listed(module, head, times) {
                continue;
            }
            let value = if rest.is_empty() {
                in_list(db, module, row, head)
            } else {
                pick(&member(db, &module.shape, row, head), rest)
            };
            match shown.get_mut(head) {
                Some(there) => merge(there, value),
                None => {
                    shown.insert(head.clone(), value);
                }
            }
        }
        Value::Object(shown)
    }
}

/// Whether a list can show a member.
pub fn is_listed(module: &Module, name: &str, times: bool) -> bool {
    let known = (module.shape.template)().contains_key(name) || (times && TIMES.contains(&name));
    known && !module.detail_only.contains(&name)
}

/// A member as a list shows it: other records only in short.
fn in_list(db: &Database, module: &Module, row: &Row, name: &str) -> Value {
    let reference = module.shape.references.iter().find(|reference| reference.member == name);
    match reference {
        Some(reference) => {
            let id = row.get(reference.id).and_then(Value::as_u64);
            id.map_or(Value::Null, |id| reduce(db, reference.module, id))
        }
        None => member(db, &module.shape, row, name),
    }
}

/// Only the part of a value that a path leads to, with the objects on the way.
fn pick(value: &Value, path: &[String]) -> Value {
    match (value, path.split_first()) {
        (_, None) => value.clone(),
        (Value::Object(members), Some((head, rest))) => {
            let found = members.get(head).map(|inner| (head.clone(), pick(inner, rest)));
            Value::Object(found.into_iter().collect())
        }
        (Value::Array(list), Some(_)) => Value::Array(list.iter().map(|inner| pick(inner, path)).collect()),
        _ => Value::Null,
    }
}

fn merge(there: &mut Value, more: Value) {
    match (there, more) {
        (Value::Object(there), Value::Object(more)) => {
            for (name, value) in more {
                match there.get_mut(&name) {
                    Some(inner) => merge(inner, value),
                    None => {
                        there.insert(name, value);
                    }
                }
            }
        }
        (Value::Array(there), Value::Array(more)) => {
            for (inner, value) in there.iter_mut().zip(more) {
                merge(inner, value);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::{insert, module};
    use super::*;
    use serde_json::json;

    fn row(value: Value) -> Row {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn dotted_names_nest_and_merge() {
        let mut db = Database::default();
        let unit = insert(&mut db, "unit", row(json!({"name": "PCS"})));
        insert(&mut db, "item", row(json!({"no": "A", "name": "Teh", "unit1Id": unit, "unitPrice": 5.0})));
        let show = |fields: &str| {
            let item = module("item").unwrap();
            Fields::parse(fields).unwrap().project(&db, item, db.row("item", 50).unwrap(), false)
        };
        assert_eq!(show("id,no"), json!({"id": 50, "no": "A"}));
        assert_eq!(show("unit1"), json!({"unit1": {"id": 50, "name": "PCS"}}));
        assert_eq!(show("unit1.name, unit1.id"), json!({"unit1": {"id": 50, "name": "PCS"}}));
        assert_eq!(show("nothing,unit2,no.x"), json!({"unit2": null, "no": null}));
        assert_eq!(
            show("detailSellingPrice.price,detailSellingPrice.unit.name"),
            json!({"detailSellingPrice": [{"price": 5.0, "unit": {"name": "PCS"}}]})
        );
        assert_eq!(show("detailGroup"), json!({}));
    }
}
