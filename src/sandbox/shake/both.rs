//! Changes made to the same record on both sides between two runs: the same field with different values, or different fields.

use serde_json::{Value, json};

use super::smh::{near, text, whole};
use super::{Done, Outcome, ShakeError, Shaker};
use crate::scenario::names;

/// A record that both sides have, and how it is called there.
struct Pair {
    resource: &'static str,
    module: &'static str,
    /// As SMH has it.
    record: Value,
    /// Accurate's id.
    id: Value,
}

impl Shaker {
    /// One of the records that both sides have.
    fn any_pair(&mut self) -> Result<Option<Pair>, ShakeError> {
        let kinds =
            [("customers", "customer"), ("customers", "customer"), ("products", "item"), ("employees", "employee")];
        let (resource, module) = *self.prng.pick(&kinds);
        let record = self.any_smh_that(resource, |record| !text(record, "partnerId").is_empty())?;
        Ok(record.and_then(|record| {
            let id = json!(text(&record, "partnerId").parse::<u64>().ok()?);
            Some(Pair { resource, module, record, id })
        }))
    }

    pub(super) fn edit_same_field_on_both_sides(&mut self) -> Outcome {
        let Some(pair) = self.any_pair()? else { return Ok(Done::No("no record is on both sides".to_owned())) };
        let prng = &mut self.prng;
        let (here, there) = match pair.module {
            "item" => {
                let name = text(&pair.record, "name");
                (json!({ "name": format!("{name} Lama") }), json!({ "name": format!("{name} Baru") }))
            }
            _ if prng.chance(50) => {
                (json!({ "handphone": names::mobile(prng) }), json!({ "mobilePhone": names::mobile(prng) }))
            }
            "customer" => (json!({ "name": names::shop(prng) }), json!({ "name": names::shop(prng) })),
            _ => (json!({ "name": names::person(prng) }), json!({ "name": names::person(prng) })),
        };
        self.edit_pair(&pair, here, &there)
    }

    pub(super) fn edit_different_fields_on_both_sides(&mut self) -> Outcome {
        let Some(pair) = self.any_pair()? else { return Ok(Done::No("no record is on both sides".to_owned())) };
        let prng = &mut self.prng;
        let (here, there) = match pair.module {
            "item" => {
                let price = near(prng, whole(text(&pair.record, "priceL")));
                (json!({ "priceL": price.to_string() }), json!({ "notes": "Simpan di tempat kering" }))
            }
            "customer" => (json!({ "handphone": names::mobile(prng) }), json!({ "name": names::shop(prng) })),
            _ => (json!({ "handphone": names::mobile(prng) }), json!({ "name": names::person(prng) })),
        };
        self.edit_pair(&pair, here, &there)
    }

    fn edit_pair(&mut self, pair: &Pair, here: Value, there: &Value) -> Outcome {
        let label = text(&pair.record, "name").to_owned();
        let in_accurate = match self.save_in_accurate(pair.module, &pair.id, &label, there)? {
            Done::Yes(line) => line,
            refused @ Done::No(_) => return Ok(refused),
        };
        Ok(match self.patch_smh(pair.resource, &pair.record, here)? {
            Done::Yes(line) => Done::Yes(format!("both: {in_accurate}; {line}")),
            Done::No(_) => Done::Yes(in_accurate),
        })
    }
}
