//! The JSON Schema of mapping files, for editors and for our own check of shapes: draft-07, made from the types in `syntax`.

use crate::syntax::MappingFile;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Value as Json, json};
use std::sync::LazyLock;

static SCHEMA: LazyLock<Json> = LazyLock::new(build);

/// The JSON Schema of a mapping file.
#[must_use]
pub fn mapping_schema() -> Json {
    SCHEMA.clone()
}

/// The same without a copy.
pub(crate) fn shared() -> &'static Json {
    &SCHEMA
}

fn build() -> Json {
    let settings = SchemaSettings::draft07().with(|settings| {
        settings.transforms.insert(0, Box::new(RecursiveTransform(without_null)));
    });
    let mut schema = settings.into_generator().into_root_schema_for::<MappingFile>().to_value();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), json!("Selaras mapping"));
    }
    schema
}

/// An optional key is one that may be absent, not one that may hold nothing: `name:` with nothing behind it is a mistake.
fn without_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Json::Array(kinds)) = object.get_mut("type")
        && kinds.len() == 2
        && let Some(null) = kinds.iter().position(|kind| kind == "null")
    {
        kinds.remove(null);
        let only = kinds[0].take();
        object.insert("type".to_owned(), only);
    }
    let Some(Json::Array(branches)) = object.get_mut("anyOf") else { return };
    let before = branches.len();
    branches.retain(|branch| branch.get("type") != Some(&json!("null")));
    if before != branches.len() && branches.len() == 1 {
        let only = branches[0].take();
        object.remove("anyOf");
        if let Json::Object(only) = only {
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
}
