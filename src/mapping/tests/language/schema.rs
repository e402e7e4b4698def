//! The schema for editors: fresh on disk, and of one mind with the compiler.

use crate::support::{accurate_yaml, repository};
use selaras_mapping::{compile, mapping_schema};
use serde_json::{Value as Json, json};

const FILE: &str = "schemas/mapping.schema.json";

fn accepts(text: &str) -> bool {
    let validator = jsonschema::draft7::new(&mapping_schema()).unwrap();
    validator.is_valid(&serde_yaml::from_str::<Json>(text).unwrap())
}

#[test]
fn the_schema_on_disk_is_fresh() {
    let fresh = format!("{}\n", serde_json::to_string_pretty(&mapping_schema()).unwrap());
    let file = repository(FILE);
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&file, &fresh).unwrap();
    }
    let stale = std::fs::read_to_string(&file).unwrap_or_default() != fresh;
    assert!(!stale, "{FILE} is stale: run `UPDATE_SCHEMAS=1 cargo test -p selaras-mapping schema`");
}

#[test]
fn the_schema_is_draft_07_and_valid() {
    let schema = mapping_schema();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert!(jsonschema::draft7::meta::is_valid(&schema));
}

#[test]
fn the_real_mapping_is_accepted() {
    let validator = jsonschema::draft7::new(&mapping_schema()).unwrap();
    let value = serde_yaml::from_str::<Json>(&accurate_yaml()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value).map(|it| format!("{} {it}", it.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn mistakes_are_rejected_by_schema_and_compiler_alike() {
    let mistakes = [
        ("guards: {", "gaurds: {"),
        ("    match: [[name]]", "    mtach: [[name]]"),
        ("    sync: accurate -> smh", "    sink: accurate -> smh"),
        ("required: true", "requird: true"),
        ("write: on_create", "write: on_creation"),
        ("as: decimal", "as: decimals"),
        ("as: { table:", "as: { tabel:"),
        ("group: master", "group: masters"),
        ("on_delete: { accurate: deactivate", "on_delete: { accurate: disable"),
        ("partner_id: { smh: $.partnerId }", "partner_id: $.partnerId"),
        ("accurate: $.name", "accurate: name"),
        ("delete: 10%", "delete: ten"),
        ("unlisted: ignore", "unlisted: skip"),
        ("order: ascending", "order: up"),
        ("version: 1", "version: one"),
        ("date: dd/MM/yyyy", "date: mm/dd/yyyy"),
        ("ratio: { fixed: 1 }", "ratio: { fixd: 1 }"),
        ("name: accurate-smh", "nama: accurate-smh"),
    ];
    for (right, wrong) in mistakes {
        let text = accurate_yaml().replacen(right, wrong, 1);
        assert_ne!(text, accurate_yaml(), "{right} is not in the mapping");
        assert!(!accepts(&text), "the schema lets `{wrong}` pass");
        assert!(compile(&text, |_| None).0.is_none(), "the compiler lets `{wrong}` pass");
    }
}

/// Editors show descriptions and offer words: every key has one, every enumeration lists them.
#[test]
fn everything_is_described() {
    let schema = mapping_schema();
    let mut bare = Vec::new();
    undescribed(&schema, "", &mut bare);
    assert_eq!(bare, Vec::<String>::new());
    let codecs = &schema["definitions"]["CodecName"]["oneOf"];
    assert!(codecs.as_array().unwrap().iter().any(|it| it["const"] == json!("phone") && it["description"].is_string()));
}

fn undescribed(schema: &Json, at: &str, bare: &mut Vec<String>) {
    for (key, inner) in schema.as_object().into_iter().flatten() {
        if key == "properties" {
            for (name, property) in inner.as_object().into_iter().flatten() {
                if property.get("description").is_none() {
                    bare.push(format!("{at}/{name}"));
                }
            }
        }
        undescribed(inner, &format!("{at}/{key}"), bare);
    }
    for inner in schema.as_array().into_iter().flatten() {
        undescribed(inner, &format!("{at}/-"), bare);
    }
}
