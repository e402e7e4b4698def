//! What stands in the two systems, and what their own users do there.

use super::place::Place;
use super::wire;
use selaras_sandbox::{Knobs, Row, Sandbox, Scenario, Table, World};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The database that everything begins with.
pub const DATABASE: u64 = 1_234_567;
/// The one with a single branch; ids and codes are as in the first, records are not.
pub const SINGLE: u64 = 2_345_678;
/// Branches of the first.
pub const JAKARTA: &str = "100";
pub const SURABAYA: &str = "101";

/// All records of both systems: Accurate's by database and module, SMH's by resource.
pub type Records = (BTreeMap<u64, BTreeMap<String, Table>>, BTreeMap<String, Table>);

/// A few records that all cross.
pub fn few() -> Scenario {
    Scenario::Sized { customers: 4, items: 3, employees: 2, orders: 0 }
}

/// The guide's company with a tenth of its records, which is as many kinds of records.
pub fn small_guide() -> Place {
    let place = Place::with(Scenario::Panduan, Knobs::default());
    place.sandbox.with_world(|world| {
        let tables = &mut world.accurate.databases.get_mut(&DATABASE).expect("the database").tables;
        // The first after the samples have codes that the other database has, too.
        for (module, each, first) in [("customer", 10, 123..129), ("item", 12, 135..141)] {
            tables.get_mut(module).expect("records").rows.retain(|id, _| id % each == 0 || first.contains(id));
        }
        tables.get_mut("sales-order").expect("records").rows.clear();
    });
    place
}

impl Place {
    /// Everything that both systems hold.
    pub fn records(&self) -> Records {
        self.sandbox.state().read(|world| {
            let databases = world.accurate.databases.iter().map(|(id, database)| (*id, database.tables.clone()));
            (databases.collect(), world.smh.tables.clone())
        })
    }

    /// Begins to count calls afresh.
    pub fn forget_calls(&self) {
        self.sandbox.state().calls.reset();
    }

    /// The calls that asked for a change of records since then: how often, method, path.
    pub fn writes(&self) -> Vec<String> {
        writes(&self.sandbox)
    }

    /// Changes rows of a module of the first database, as one of its users would.
    pub fn edit_accurate(&self, module: &str, mut change: impl FnMut(u64, &mut Row)) {
        self.sandbox.with_world(|world| {
            let database = world.accurate.databases.get_mut(&DATABASE).expect("the database");
            for (id, row) in &mut database.table_mut(module).rows {
                let before = row.clone();
                change(*id, row);
                if *row != before {
                    let version = row.get("optLock").and_then(Json::as_u64).unwrap_or(0) + 1;
                    row.insert("optLock".into(), json!(version));
                }
            }
        });
    }

    /// Puts a record into a module of the first database, as if it had always been there.
    pub fn put_accurate(&self, module: &str, row: Json) -> u64 {
        let Json::Object(row) = row else { panic!("a record is an object") };
        self.sandbox.with_world(|world| {
            let database = world.accurate.databases.get_mut(&DATABASE).expect("the database");
            selaras_sandbox::accurate::insert(database, module, row)
        })
    }

    /// Rows of a module of a database.
    pub fn accurate(&self, database: u64, module: &str) -> Vec<Row> {
        let rows =
            |world: &World| world.accurate.databases[&database].tables.get(module).map(|table| table.rows.clone());
        self.sandbox.state().read(rows).into_iter().flat_map(BTreeMap::into_values).collect()
    }

    /// Records of SMH, as its users see them.
    pub fn smh(&self, resource: &str) -> Vec<Json> {
        let answer = self.smh_call("GET", &format!("{resource}?page=1&pageSize=500"), None);
        answer["data"].as_array().expect("records").clone()
    }

    /// The one record of SMH with this code, number or name.
    #[track_caller]
    pub fn smh_one(&self, resource: &str, code: &str) -> Json {
        let named = |row: &&Json| ["code", "number", "name"].iter().any(|key| row[*key] == json!(code));
        let all = self.smh(resource);
        let found: Vec<&Json> = all.iter().filter(named).collect();
        assert_eq!(found.len(), 1, "{resource} {code} in {all:#?}");
        found[0].clone()
    }

    /// A record made in SMH.
    #[track_caller]
    pub fn smh_create(&self, resource: &str, data: Json) -> Json {
        self.smh_call("POST", resource, Some(data))["data"].clone()
    }

    /// A record changed in SMH.
    pub fn smh_update(&self, resource: &str, id: &Json, data: Json) {
        self.smh_call("PATCH", &format!("{resource}/{}", id.as_str().expect("an id")), Some(data));
    }

    #[track_caller]
    fn smh_call(&self, method: &str, path: &str, body: Option<Json>) -> Json {
        let settings = self.sandbox.smh_settings();
        let bearer = format!("Bearer {}", settings["token"]);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let answer = wire::send(method, &format!("{}/{path}", settings["base_url"]), &headers, &body);
        assert!((200..300).contains(&answer.status), "{}: {}", answer.status, answer.text);
        answer.json()
    }

    /// A customer that a salesman found, in SMH only.
    pub fn smh_customer(&self, code: &str) -> Json {
        self.smh_create("customers", json!({"code": code, "name": format!("Toko {code}"), "status": "active"}))
    }

    /// An order of one thing in SMH. Everything in it must have been pulled.
    pub fn smh_order(&self, number: &str, customer: &Json, status: &str) -> Json {
        let product = self.smh("products").remove(0);
        let employee = self.smh("employees").into_iter().find(|one| one["isSalesman"] == true);
        let employee = employee.expect("a salesman");
        self.smh_create(
            "orders",
            json!({
                "number": number, "date": "2026-05-12", "customerId": customer["id"], "salesmanId": employee["id"],
                "status": status, "taxInclusive": false,
                "lines": [{"productId": product["id"], "unitId": product["unitL"], "quantity": "2", "price": "10000"}],
            }),
        )
    }

    /// Something happens before a call, or to it.
    pub fn fault(&self, fault: Json) {
        let fault = serde_json::from_value(fault).expect("a fault");
        self.sandbox.state().faults.add(vec![fault]);
    }

    /// Changes the sandbox's settings.
    pub fn knobs(&self, change: impl FnOnce(&mut Knobs)) {
        let mut knobs = self.sandbox.state().knobs();
        change(&mut knobs);
        self.sandbox.state().set_knobs(knobs);
    }

    /// Every record of SMH that is linked is linked to the record of the first database that has its code.
    #[track_caller]
    pub fn links_fit(&self) {
        for (resource, module, key) in
            [("customers", "customer", "customerNo"), ("products", "item", "no"), ("employees", "employee", "number")]
        {
            let rows = self.accurate(DATABASE, module);
            for record in self.smh(resource).iter().filter(|record| !record["partnerId"].is_null()) {
                let id = record["partnerId"].as_str().and_then(|id| id.parse::<u64>().ok());
                let row = rows.iter().find(|row| row.get("id").and_then(Json::as_u64) == id && id.is_some());
                let code = row.and_then(|row| row.get(key));
                assert_eq!(code, Some(&record["code"]), "{record} is linked to another record");
            }
        }
    }

    /// A record's key appears once on both sides: nothing was doubled.
    #[track_caller]
    pub fn nothing_is_double(&self) {
        let once = |what: &str, keys: Vec<String>| {
            let mut sorted = keys.clone();
            sorted.sort();
            sorted.dedup();
            assert_eq!(sorted.len(), keys.len(), "{what}: {keys:?}");
        };
        let text = |value: Option<&Json>| value.map(ToString::to_string).unwrap_or_default();
        for (module, key) in
            [("customer", "customerNo"), ("item", "no"), ("employee", "number"), ("sales-order", "number")]
        {
            once(module, self.accurate(DATABASE, module).iter().map(|row| text(row.get(key))).collect());
        }
        for (resource, key) in
            [("customers", "code"), ("products", "code"), ("employees", "code"), ("orders", "number")]
        {
            once(resource, self.smh(resource).iter().map(|row| text(row.get(key))).collect());
        }
        for resource in ["customers", "products", "employees"] {
            let linked = self.smh(resource).into_iter().filter(|row| !row["partnerId"].is_null());
            once(resource, linked.map(|row| row["partnerId"].to_string()).collect());
        }
    }
}

fn writes(sandbox: &Sandbox) -> Vec<String> {
    let asked = |call: &Json| call["count"].as_u64();
    write_calls(sandbox).iter().map(|call| told(call, asked(call).unwrap_or(0))).collect()
}

/// Those that changed something: what was refused for a dead session or token, or sent on to another host, did not.
pub fn writes_done(sandbox: &Sandbox) -> Vec<String> {
    let done =
        |call: &Json| ["200", "201", "204", "207"].iter().filter_map(|status| call["status"][status].as_u64()).sum();
    let calls = write_calls(sandbox);
    calls
        .iter()
        .map(|call| (call, done(call)))
        .filter(|(_, count)| *count > 0)
        .map(|(call, count)| told(call, count))
        .collect()
}

fn told(call: &Json, count: u64) -> String {
    format!("{count} {} {}", call["method"].as_str().unwrap_or_default(), call["path"].as_str().unwrap_or_default())
}

fn write_calls(sandbox: &Sandbox) -> Vec<Json> {
    let report = sandbox.state().calls.report();
    let mut calls = report["calls"].as_array().expect("calls").clone();
    calls.retain(|call| {
        let path = call["path"].as_str().unwrap_or_default();
        let reads = path.ends_with("/list.do") || path.ends_with("/detail.do");
        call["system"] != "account" && call["method"] != "GET" && !reads
    });
    calls
}
