//! The records a new Accurate database comes with.

use serde_json::{Value, json};

use super::model::insert;
use crate::world::Database;

/// Fills a new database with its default records, all with id 50 where there is one of a kind: currency IDR, branch
/// Kantor Pusat, PPN 11 %, term C.O.D, categories Umum, warehouse Utama, unit PCS.
pub fn default_records(db: &mut Database) {
    for (module, row) in [
        ("currency", json!({"code": "IDR", "name": "Indonesian Rupiah", "symbol": "Rp", "defaultCurrency": true})),
        ("branch", json!({"name": "Kantor Pusat", "defaultBranch": true})),
        ("tax", json!({"description": "Pajak Pertambahan Nilai", "taxType": "PPN", "rate": 11.0})),
        ("payment-term", json!({"name": "C.O.D", "cashOnDelivery": true, "defaultTerm": true})),
        ("customer-category", json!({"name": "Umum", "defaultCategory": true})),
        ("item-category", json!({"name": "Umum", "defaultCategory": true})),
        ("price-category", json!({"name": "Umum", "defaultCategory": true})),
        ("warehouse", json!({"name": "Utama", "defaultWarehouse": true})),
        ("unit", json!({"name": "PCS"})),
    ] {
        if let Value::Object(row) = row {
            insert(db, module, row);
        }
    }
}
