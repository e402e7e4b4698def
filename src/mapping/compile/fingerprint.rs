//! The hash of what a mapping file means: comments, layout and the order of keys make no difference, except where order has a meaning.

use super::context::At;
use super::head::VERSION;
use crate::spans::SpanIndex;
use serde_json::Value as Json;

/// The hash of a file's value, as hex.
pub(super) fn of(value: &Json, spans: &SpanIndex) -> String {
    let mut text = format!("mapping language {VERSION}\n");
    write(value, &At::root(), &mut text, spans);
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn write(value: &Json, at: &At, text: &mut String, spans: &SpanIndex) {
    match value {
        Json::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort_unstable();
            if order_matters(at) {
                keys.sort_by_key(|key| spans.order(&at.key(key).to_string()));
            }
            text.push('{');
            for key in keys {
                text.push_str(&Json::String(key.clone()).to_string());
                text.push(':');
                write(&members[key.as_str()], &at.key(key), text, spans);
                text.push(',');
            }
            text.push('}');
        }
        Json::Array(items) => {
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                write(item, &at.item(position), text, spans);
                text.push(',');
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// The first system is the left one; entities and fields keep their positions.
fn order_matters(at: &At) -> bool {
    let at = at.to_string();
    let steps: Vec<&str> = at.split('/').skip(1).collect();
    matches!(
        steps.as_slice(),
        ["systems" | "entities"] | ["entities", _, "fields"] | ["entities", _, "fields", _, "list", "fields"]
    )
}
