//! Changes made in SMH: what its users do all day.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Done, Outcome, ShakeError, Shaker};
use crate::scenario::prng::Prng;
use crate::scenario::{goods, names, places};

/// Records looked at before saying that none will do.
const LOOKS: u32 = 8;

/// The text of a member.
pub(super) fn text<'a>(record: &'a Value, member: &str) -> &'a str {
    record.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// A price of whole hundreds near the one before.
pub(super) fn near(prng: &mut Prng, price: u64) -> u64 {
    (price.max(1_000) * prng.between(90, 115) / 10_000).max(1) * 100
}

/// The whole part of a stored decimal.
pub(super) fn whole(value: &str) -> u64 {
    value.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or(0)
}

impl Shaker {
    /// One of the records of a resource.
    pub(super) fn any_smh(&mut self, resource: &str) -> Result<Option<Value>, ShakeError> {
        let count = self.client.smh_count(resource)?;
        if count == 0 {
            return Ok(None);
        }
        let place = self.prng.below(count);
        self.client.smh_at(resource, place)
    }

    /// One of the records that passes, if a few looks find one.
    pub(super) fn any_smh_that(
        &mut self,
        resource: &str,
        passes: impl Fn(&Value) -> bool,
    ) -> Result<Option<Value>, ShakeError> {
        for _ in 0..LOOKS {
            match self.any_smh(resource)? {
                Some(record) if passes(&record) => return Ok(Some(record)),
                Some(_) => {}
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Sends a change of a record and says so, unless it says nothing new.
    pub(super) fn patch_smh(&mut self, resource: &str, record: &Value, changes: Value) -> Outcome {
        let id = text(record, "id");
        let told = told(record, &changes);
        if told.is_empty() {
            return Ok(Done::No(format!("smh {id}: nothing would change")));
        }
        let (status, answer) = self.client.smh(Method::PATCH, &format!("{resource}/{id}"), Some(&changes))?;
        match status {
            200 => Ok(Done::Yes(format!("smh: edited {resource} {id} \"{}\": {told}", label(record)))),
            _ => Ok(Done::No(answer.to_string())),
        }
    }

    fn post_smh(&mut self, resource: &str, record: &Value) -> Outcome {
        let (status, answer) = self.client.smh(Method::POST, resource, Some(record))?;
        let made = answer.get("data").unwrap_or(&Value::Null);
        match status {
            201 => Ok(Done::Yes(format!("smh: created {resource} {} \"{}\"", text(made, "id"), label(made)))),
            _ => Ok(Done::No(answer.to_string())),
        }
    }

    pub(super) fn edit_smh_customer(&mut self) -> Outcome {
        let Some(customer) = self.any_smh("customers")? else { return Ok(Done::No("SMH has no customers".to_owned())) };
        let prng = &mut self.prng;
        let changes = match prng.below(7) {
            0 => json!({ "name": names::shop(prng) }),
            1 => {
                let place = prng.pick(&places::AROUND_JAKARTA);
                json!({ "address": places::street(prng), "city": place.city, "province": place.province,
                    "postalCode": place.postal_code(prng) })
            }
            2 => json!({ "status": if text(&customer, "status") == "active" { "inactive" } else { "active" } }),
            3 => json!({ "email": names::email(text(&customer, "name"), prng.below(1000)) }),
            4 => json!({ "creditLimit": (prng.between(1, 40) * 2_500_000).to_string() }),
            _ => json!({ "handphone": names::mobile(prng) }),
        };
        self.patch_smh("customers", &customer, changes)
    }

    pub(super) fn edit_smh_product(&mut self) -> Outcome {
        let Some(product) = self.any_smh("products")? else { return Ok(Done::No("SMH has no products".to_owned())) };
        let prng = &mut self.prng;
        let sizes: Vec<&str> =
            ["L", "M", "S"].into_iter().filter(|size| !text(&product, &format!("unit{size}")).is_empty()).collect();
        let changes = match prng.below(6) {
            0 => json!({ "name": format!("{} Baru", text(&product, "name")) }),
            1 => json!({ "status": if text(&product, "status") == "active" { "inactive" } else { "active" } }),
            2 => json!({ "barcode": goods::barcode(prng) }),
            _ if sizes.is_empty() => Value::Null,
            _ => {
                let member = format!("price{}", prng.pick(&sizes));
                let price = near(prng, whole(text(&product, &member)));
                json!({ member: price.to_string() })
            }
        };
        self.patch_smh("products", &product, changes)
    }

    pub(super) fn edit_smh_employee(&mut self) -> Outcome {
        let Some(employee) = self.any_smh("employees")? else { return Ok(Done::No("SMH has no employees".to_owned())) };
        let prng = &mut self.prng;
        let changes = match prng.below(3) {
            0 => json!({ "name": names::person(prng) }),
            1 => json!({ "email": names::email(text(&employee, "name"), prng.below(1000)) }),
            _ => json!({ "handphone": names::mobile(prng) }),
        };
        self.patch_smh("employees", &employee, changes)
    }

    pub(super) fn create_smh_customer(&mut self) -> Outcome {
        let prng = &mut self.prng;
        let place = prng.pick(&places::AROUND_JAKARTA);
        let customer = json!({ "name": names::shop(prng), "address": places::street(prng), "city": place.city,
            "province": place.province, "postalCode": place.postal_code(prng), "country": "Indonesia", "handphone": names::mobile(prng) });
        self.post_smh("customers", &customer)
    }

    pub(super) fn create_smh_product(&mut self) -> Outcome {
        let Some(unit) = self.any_smh("units")? else { return Ok(Done::No("SMH has no units".to_owned())) };
        let good = goods::good(100_000 + self.prng.below(100_000));
        let price = good.units.first().map_or(1_000, |unit| unit.2);
        let product =
            json!({ "name": good.name, "unitL": text(&unit, "id"), "ratioL": "1", "priceL": price.to_string() });
        self.post_smh("products", &product)
    }

    pub(super) fn create_smh_employee(&mut self) -> Outcome {
        let prng = &mut self.prng;
        let employee = json!({ "name": names::person(prng), "position": "Salesman", "isSalesman": true, "handphone": names::mobile(prng) });
        self.post_smh("employees", &employee)
    }

    pub(super) fn create_smh_order(&mut self) -> Outcome {
        let active = |record: &Value| text(record, "status") == "active";
        let Some(customer) = self.any_smh_that("customers", active)? else {
            return Ok(Done::No("SMH has no active customer".to_owned()));
        };
        let sells = |record: &Value| active(record) && record.get("isSalesman") == Some(&json!(true));
        let salesman = self.any_smh_that("employees", sells)?;
        let mut lines = Vec::new();
        for _ in 0..self.prng.between(1, 3) {
            let Some(product) = self.any_smh_that("products", active)? else {
                return Ok(Done::No("SMH has no active product".to_owned()));
            };
            lines.push(line(&mut self.prng, &product));
        }
        let prng = &mut self.prng;
        let mut order = json!({ "date": format!("2026-05-{:02}", prng.between(1, 28)), "customerId": text(&customer, "id"),
            "salesmanId": salesman.as_ref().map(|salesman| text(salesman, "id")), "paymentTermId": customer.get("paymentTermId"),
            "status": "Verified", "taxInclusive": prng.chance(50), "lines": lines });
        if prng.chance(20) {
            order["discountPercent"] = json!("2.5");
        }
        self.post_smh("orders", &order)
    }

    pub(super) fn edit_smh_order(&mut self) -> Outcome {
        let open = |order: &Value| text(order, "status") != "Closed";
        let Some(order) = self.any_smh_that("orders", open)? else {
            return Ok(Done::No("SMH has no open order".to_owned()));
        };
        let prng = &mut self.prng;
        let changes = match prng.below(4) {
            0 => json!({ "notes": format!("Kirim paling lambat tanggal {}", prng.between(1, 28)) }),
            1 => json!({ "status": "Closed" }),
            _ => {
                let mut lines = order.get("lines").cloned().unwrap_or_default();
                let count = lines.as_array().map_or(0, Vec::len);
                match lines.get_mut(prng.position(count)) {
                    // A larger quantity never falls below an amount that was granted off the line.
                    Some(line) => {
                        line["quantity"] = json!((whole(text(line, "quantity")) + prng.between(1, 5)).to_string())
                    }
                    None => return Ok(Done::No("the order has no lines".to_owned())),
                }
                json!({ "lines": lines })
            }
        };
        self.patch_smh("orders", &order, changes)
    }

    pub(super) fn delete_in_smh(&mut self) -> Outcome {
        let resource = *self.prng.pick(&["customers", "customers", "products", "employees", "orders"]);
        let deletable = |record: &Value| text(record, "status") != "Closed";
        let Some(record) = self.any_smh_that(resource, deletable)? else {
            return Ok(Done::No(format!("SMH has no {resource}")));
        };
        let id = text(&record, "id");
        let (status, answer) = self.client.smh(Method::DELETE, &format!("{resource}/{id}"), None)?;
        match status {
            204 => Ok(Done::Yes(format!("smh: deleted {resource} {id} \"{}\"", label(&record)))),
            _ => Ok(Done::No(answer.to_string())),
        }
    }
}

/// A line of an order: most without a discount, some with a percentage, some with an amount of rupiah.
fn line(prng: &mut Prng, product: &Value) -> Value {
    let sizes: Vec<&str> =
        ["L", "M", "S"].into_iter().filter(|size| !text(product, &format!("unit{size}")).is_empty()).collect();
    let size = if sizes.is_empty() { "L" } else { *prng.pick(&sizes) };
    let price = whole(text(product, &format!("price{size}"))).max(1_000);
    let quantity = prng.between(1, 12);
    let (kind, value) = match prng.below(4) {
        0 => (json!("percent"), json!(prng.pick(&["2.5", "5", "10"]))),
        1 => (json!("amount"), json!((prng.between(1, 9) * 100 * quantity.min(price / 1_000)).to_string())),
        _ => (Value::Null, Value::Null),
    };
    json!({ "productId": text(product, "id"), "unitId": text(product, &format!("unit{size}")), "quantity": quantity.to_string(),
        "price": price.to_string(), "discountType": kind, "discountValue": value })
}

/// What people call a record.
fn label(record: &Value) -> &str {
    match text(record, "name") {
        "" => text(record, "number"),
        name => name,
    }
}

/// The members that differ, with their values before and after; lines only by name.
fn told(record: &Value, changes: &Value) -> String {
    let members =
        changes.as_object().into_iter().flatten().filter(|(name, value)| record.get(name.as_str()) != Some(value));
    let told: Vec<String> = members
        .map(|(name, value)| match value {
            Value::Array(_) => format!("{name} changed"),
            _ => format!("{name} {} -> {value}", record.get(name.as_str()).unwrap_or(&Value::Null)),
        })
        .collect();
    told.join(", ")
}
