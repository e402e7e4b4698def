//! Plans in a form that can be compared: told by the names of the systems and without the numbers that only hold within one plan.

use selaras_model::PerSide;
use selaras_plan::{Action, Plan};
use serde_json::{Map, Value as Json};

/// The plan told by the names of the systems. What is only an order of telling (which conflict comes first) is sorted away, and so are the
/// labels of conflicts, which come from the record that was looked at first.
pub fn told(plan: &Plan) -> Json {
    let mut text = serde_json::to_string(plan).unwrap();
    for action in &plan.actions {
        text = text.replace(action.id.as_str(), &spelled(action, &plan.binding.systems));
    }
    let mut json: Json = serde_json::from_str(&text).unwrap();
    let pairs = json["pairs"].clone();
    for action in json["actions"].as_array_mut().unwrap() {
        let at = usize::try_from(action["pair"].as_u64().unwrap()).unwrap();
        action["pair"] = pairs[at].clone();
    }
    json["hash"] = Json::Null;
    for conflict in json["conflicts"].as_array_mut().unwrap() {
        conflict["label"] = Json::Null;
    }
    named(json, &plan.binding.systems)
}

fn spelled(action: &Action, systems: &PerSide<String>) -> String {
    let (target, origin) = (action.target_id.as_ref(), action.origin_id.as_ref());
    let id = |id: Option<&selaras_model::NativeId>| id.map_or(String::new(), ToString::to_string);
    format!("{} {:?} in {} {}/{}", action.entity, action.kind, systems.get(action.target), id(target), id(origin))
}

fn named(json: Json, systems: &PerSide<String>) -> Json {
    match json {
        Json::String(text) if text == "left" => Json::String(systems.left.clone()),
        Json::String(text) if text == "right" => Json::String(systems.right.clone()),
        Json::Array(list) => {
            let mut list: Vec<Json> = list.into_iter().map(|item| named(item, systems)).collect();
            list.sort_by_cached_key(ToString::to_string);
            Json::Array(list)
        }
        Json::Object(members) => {
            let key = |key: String| match key.as_str() {
                "left" => systems.left.clone(),
                "right" => systems.right.clone(),
                _ => key,
            };
            let named: Map<String, Json> =
                members.into_iter().map(|(name, value)| (key(name), named(value, systems))).collect();
            // Members in one order, whatever they were called before.
            Json::Object(named.into_iter().collect::<std::collections::BTreeMap<_, _>>().into_iter().collect())
        }
        other => other,
    }
}
