//! The module access-privilege (Hak Akses): the groups that rights are given to. For reading only, and small.

use std::sync::LazyLock;

use serde_json::json;

use super::model::{Module, Shape, insert, nothing_computed, template};
use super::small::{KEYWORDS, PLAIN};
use crate::world::{Database, Row};

static PRIVILEGE_TEMPLATE: LazyLock<Row> =
    LazyLock::new(|| template(r#"{"id": null, "name": null, "optLock": 0}"#, &[]));

/// Hak Akses.
pub static ACCESS_PRIVILEGE: Module = Module {
    name: "access-privilege",
    label: "Hak Akses",
    saves: false,
    bulk: false,
    deletes: false,
    shape: Shape { template: || &PRIVILEGE_TEMPLATE, references: &[], lines: &[], computed: nothing_computed },
    filters: &[KEYWORDS],
    ..PLAIN
};

/// Makes the usual groups in a database that has none.
pub fn ensure(database: &mut Database) {
    if !database.table_mut(ACCESS_PRIVILEGE.name).rows.is_empty() {
        return;
    }
    for name in ["Administrator", "Operator Cabang"] {
        let row = Row::from_iter([("name".to_owned(), json!(name))]);
        insert(database, ACCESS_PRIVILEGE.name, row);
    }
}
