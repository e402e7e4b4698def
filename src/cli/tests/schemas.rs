//! The schemas in `schemas/` are those that the program prints. `UPDATE_SCHEMAS=1` writes them anew.

use super::schema;
use crate::args::SchemaName;
use std::path::PathBuf;

#[test]
fn the_schemas_kept_are_fresh() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas"));
    for (of, name) in [
        (SchemaName::Plan, "plan-report"),
        (SchemaName::Config, "runner-config"),
        (SchemaName::Status, "status"),
        (SchemaName::Decisions, "decisions"),
        (SchemaName::Links, "links"),
        (SchemaName::Intents, "intents"),
        (SchemaName::History, "history"),
    ] {
        let file = folder.join(format!("{name}.schema.json"));
        let fresh = schema(of);
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(&file, &fresh).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            kept == fresh,
            "{} is stale; write it anew with UPDATE_SCHEMAS=1 cargo test -p selaras-cli",
            file.display()
        );
    }
}
