//! Changes made in Accurate: what its users do all day.

use reqwest::Method;
use serde_json::{Value, json};

use super::smh::{near, text};
use super::{Done, Outcome, ShakeError, Shaker};
use crate::scenario::{goods, names, places};

/// The day on which records are made.
const TODAY: &str = "15/05/2026";

/// The price in a row, in whole rupiah.
fn rupiah(row: &Value, member: &str) -> u64 {
    row.get(member).map(ToString::to_string).map_or(0, |text| super::smh::whole(&text))
}

impl Shaker {
    /// One of the records of a module, with these fields.
    fn any_accurate(&mut self, module: &str, fields: &str) -> Result<Option<Value>, ShakeError> {
        let count = self.client.accurate_count(module)?;
        if count == 0 {
            return Ok(None);
        }
        let place = self.prng.below(count);
        self.client.accurate_at(module, place, fields)
    }

    /// Saves changes of the record with this id and says so.
    pub(super) fn save_in_accurate(&mut self, module: &str, id: &Value, label: &str, changes: &Value) -> Outcome {
        let mut body = changes.clone();
        body["id"] = id.clone();
        let answer = match self.client.accurate(Method::POST, &format!("{module}/save.do"), Some(&body))? {
            Ok(answer) => answer,
            Err(refusal) => return Ok(Done::No(refusal)),
        };
        // A parameter that is not taken is passed over in silence, so look at what was stored.
        let stored = answer.get("r").unwrap_or(&Value::Null);
        let kept =
            changes.as_object().into_iter().flatten().all(|(name, value)| same(stored.get(name.as_str()), value));
        let told: Vec<String> =
            changes.as_object().into_iter().flatten().map(|(name, value)| format!("{name} -> {value}")).collect();
        let line = format!("accurate: edited {module} {id} \"{label}\": {}", told.join(", "));
        Ok(if kept { Done::Yes(line) } else { Done::No(format!("{line} was not kept")) })
    }

    pub(super) fn edit_accurate_customer(&mut self) -> Outcome {
        let Some(customer) = self.any_accurate("customer", "id,customerNo,name,suspended")? else {
            return Ok(Done::No("Accurate has no customers".to_owned()));
        };
        let prng = &mut self.prng;
        let changes = match prng.below(8) {
            0 => json!({ "name": names::shop(prng) }),
            1 => {
                let place = prng.pick(&places::AROUND_JAKARTA);
                json!({ "billStreet": places::street(prng), "billCity": place.city, "billProvince": place.province,
                    "billZipCode": place.postal_code(prng) })
            }
            2 => json!({ "suspended": customer.get("suspended") != Some(&json!(true)) }),
            3 => json!({ "email": names::email(text(&customer, "name"), prng.below(1000)) }),
            4 => json!({ "customerNo": format!("C.9{}", prng.digits(5)) }),
            5 => json!({ "notes": format!("Dikunjungi tanggal {}", prng.between(1, 28)) }),
            _ => json!({ "mobilePhone": names::mobile(prng) }),
        };
        self.save_in_accurate("customer", &customer["id"], text(&customer, "name"), &changes)
    }

    pub(super) fn edit_accurate_item(&mut self) -> Outcome {
        let Some(item) = self.any_accurate("item", "id,no,name,suspended,unitPrice")? else {
            return Ok(Done::No("Accurate has no items".to_owned()));
        };
        let prng = &mut self.prng;
        let changes = match prng.below(6) {
            0 => json!({ "name": format!("{} Isi Baru", text(&item, "name").trim_end_matches(" Isi Baru")) }),
            1 => json!({ "suspended": item.get("suspended") != Some(&json!(true)) }),
            2 => json!({ "upcNo": goods::barcode(prng) }),
            _ => json!({ "unitPrice": near(prng, rupiah(&item, "unitPrice")) }),
        };
        self.save_in_accurate("item", &item["id"], text(&item, "name"), &changes)
    }

    pub(super) fn edit_accurate_employee(&mut self) -> Outcome {
        let Some(employee) = self.any_accurate("employee", "id,number,name")? else {
            return Ok(Done::No("Accurate has no employees".to_owned()));
        };
        let prng = &mut self.prng;
        let changes = match prng.below(3) {
            0 => json!({ "name": names::person(prng) }),
            1 => json!({ "email": names::email(text(&employee, "name"), prng.below(1000)) }),
            _ => json!({ "mobilePhone": names::mobile(prng) }),
        };
        self.save_in_accurate("employee", &employee["id"], text(&employee, "name"), &changes)
    }

    pub(super) fn create_in_accurate(&mut self) -> Outcome {
        let branch = self.branch.filter(|_| self.prng.chance(50));
        match self.prng.below(5) {
            0 | 1 => self.create_accurate_customer(branch),
            2 | 3 => self.create_accurate_item(branch),
            _ => self.create_accurate_employee(branch),
        }
    }

    fn create_accurate_customer(&mut self, branch: Option<u64>) -> Outcome {
        let prng = &mut self.prng;
        let place = prng.pick(&places::AROUND_JAKARTA);
        let customer = json!({ "name": names::shop(prng), "transDate": TODAY, "mobilePhone": names::mobile(prng),
            "billStreet": places::street(prng), "billCity": place.city, "billProvince": place.province, "billCountry": "Indonesia",
            "billZipCode": place.postal_code(prng) });
        self.create("customer", customer, branch)
    }

    fn create_accurate_item(&mut self, branch: Option<u64>) -> Outcome {
        let units = self.any_accurate("unit", "id,name")?;
        let Some(unit) = units else { return Ok(Done::No("Accurate has no units".to_owned())) };
        let good = goods::good(200_000 + self.prng.below(100_000));
        let price = good.units.first().map_or(1_000, |unit| unit.2);
        let item =
            json!({ "name": good.name, "itemType": "INVENTORY", "unit1Name": text(&unit, "name"), "unitPrice": price });
        self.create("item", item, branch)
    }

    fn create_accurate_employee(&mut self, branch: Option<u64>) -> Outcome {
        let prng = &mut self.prng;
        let employee = json!({ "name": names::person(prng), "salutation": "MR", "transDate": TODAY, "joinDate": TODAY,
            "salesman": true, "mobilePhone": names::mobile(prng) });
        self.create("employee", employee, branch)
    }

    fn create(&mut self, module: &str, mut record: Value, branch: Option<u64>) -> Outcome {
        if let Some(branch) = branch {
            record["branchId"] = json!(branch);
        }
        Ok(match self.client.accurate(Method::POST, &format!("{module}/save.do"), Some(&record))? {
            Ok(answer) => {
                let id = answer.pointer("/r/id").unwrap_or(&Value::Null);
                Done::Yes(format!("accurate: created {module} {id} \"{}\"", text(&record, "name")))
            }
            Err(refusal) => Done::No(refusal),
        })
    }

    pub(super) fn delete_in_accurate(&mut self) -> Outcome {
        let module = *self.prng.pick(&["customer", "customer", "item", "employee"]);
        let Some(record) = self.any_accurate(module, "id,name")? else {
            return Ok(Done::No(format!("Accurate has no {module}")));
        };
        let id = &record["id"];
        Ok(match self.client.accurate(Method::DELETE, &format!("{module}/delete.do?id={id}"), None)? {
            Ok(_) => Done::Yes(format!("accurate: deleted {module} {id} \"{}\"", text(&record, "name"))),
            Err(refusal) => Done::No(refusal),
        })
    }
}

/// Whether a stored value is the one sent; numbers may come back with a point.
fn same(stored: Option<&Value>, sent: &Value) -> bool {
    match (stored, sent) {
        (Some(Value::Number(stored)), Value::Number(sent)) => stored.as_f64() == sent.as_f64(),
        (stored, sent) => stored == Some(sent),
    }
}
