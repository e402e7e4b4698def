//! A small shop for tests about orders: a handful of masters that both systems know, orders typed into SMH, and Accurate's orders as an
//! accountant reads them, in full.

use super::{Http, World};
use selaras_run::{ActionEnd, Applied, Planned, Selection};
use selaras_sandbox::Row;
use selaras_sandbox::faults::Fault;
use serde_json::{Value as Json, json};

/// The database of every scenario.
pub const DATABASE: u64 = 1_234_567;
/// The branch that the connection proposes.
pub const JAKARTA: u64 = 100;
/// Another one.
pub const SURABAYA: u64 = 101;

/// A world with a few masters of Accurate's that have been pulled into SMH.
pub struct Shop {
    pub world: World,
    pub http: Http,
}

impl Shop {
    /// Opens the shop: masters in Accurate, one run.
    pub fn open() -> Self {
        let mut shop = Self::unsynced();
        shop.world.settle();
        shop
    }

    /// The same before the first run.
    pub fn unsynced() -> Self {
        let world = World::empty();
        let http = world.http();
        let shop = Self { world, http };
        shop.stock();
        shop
    }

    fn stock(&self) {
        for name in ["PCS", "DUS"] {
            self.put("unit", json!({"name": name}));
        }
        self.put("payment-term", json!({"name": "net 30", "netDays": 30, "suspended": false}));
        self.put("warehouse", json!({"name": "Gudang Jakarta", "suspended": false}));
        let (pcs, dus) = (self.accurate_id("unit", "name", "PCS"), self.accurate_id("unit", "name", "DUS"));
        for (no, name, price, tax) in [
            ("TEH", "Teh Celup", 10_000.0, json!(50)),
            ("KOPI", "Kopi Bubuk", 25_000.0, json!(50)),
            ("BERAS", "Beras", 60_000.0, json!(null)),
        ] {
            self.put(
                "item",
                json!({"no": no, "name": name, "itemType": "INVENTORY", "unit1Id": pcs, "unitPrice": price, "tax1Id": tax,
                    "unit2Id": dus, "ratio2": 12.0, "unit2Price": price * 12.0, "itemCategoryId": 50}),
            );
        }
        for (no, name) in [("C-1", "Toko Makmur"), ("C-2", "Toko Sejahtera"), ("C-3", "Toko Abadi")] {
            self.put(
                "customer",
                json!({"customerNo": no, "name": name, "categoryId": 50, "priceCategoryId": 50, "defaultTermId": 50}),
            );
        }
        for (number, name) in [("E-101", "Budi"), ("E-102", "Dewi")] {
            self.put("employee", json!({"number": number, "name": name, "salesman": true, "salutation": "MR"}));
        }
    }

    // ---- Accurate, from behind

    /// A record put into Accurate as if it had always been there.
    pub fn put(&self, module: &str, row: Json) -> u64 {
        let Json::Object(row) = row else { panic!("a record is an object") };
        self.world.sandbox.with_world(|world| {
            let db = world.accurate.databases.get_mut(&DATABASE).expect("the database");
            selaras_sandbox::accurate::insert(db, module, row)
        })
    }

    /// Accurate's rows of a module.
    pub fn rows(&self, module: &str) -> Vec<Row> {
        self.world.sandbox.with_world(|world| {
            let db = &world.accurate.databases[&DATABASE];
            db.tables.get(module).map(|table| table.rows.values().cloned().collect()).unwrap_or_default()
        })
    }

    /// The id of the record with this key.
    pub fn accurate_id(&self, module: &str, column: &str, key: &str) -> u64 {
        self.row(module, column, key)["id"].as_u64().expect("an id")
    }

    fn row(&self, module: &str, column: &str, key: &str) -> Row {
        let found: Vec<Row> =
            self.rows(module).into_iter().filter(|row| row.get(column) == Some(&json!(key))).collect();
        assert_eq!(found.len(), 1, "{module} {key}");
        found.into_iter().next().expect("one")
    }

    /// A record changed in Accurate by one of its users.
    pub fn edit(&self, module: &str, column: &str, key: &str, change: impl FnOnce(&mut Row)) {
        let id = self.accurate_id(module, column, key);
        self.world.sandbox.with_world(|world| {
            let db = world.accurate.databases.get_mut(&DATABASE).expect("the database");
            let row = db.table_mut(module).rows.get_mut(&id).expect("the record");
            change(row);
            let version = row.get("optLock").and_then(Json::as_u64).unwrap_or(0) + 1;
            row.insert("optLock".into(), json!(version));
        });
    }

    /// A member of a record changed in Accurate.
    pub fn set(&self, module: &str, column: &str, key: &str, member: &str, value: Json) {
        self.edit(module, column, key, |row| drop(row.insert(member.into(), value)));
    }

    /// A record removed in Accurate.
    pub fn remove(&self, module: &str, column: &str, key: &str) {
        let id = self.accurate_id(module, column, key);
        self.world.sandbox.with_world(|world| {
            let db = world.accurate.databases.get_mut(&DATABASE).expect("the database");
            db.table_mut(module).rows.remove(&id);
        });
    }

    // ---- SMH, as its users

    /// The id of an SMH record by its code, number or name.
    pub fn id(&self, resource: &str, code: &str) -> Json {
        self.http.smh_find(resource, code).unwrap_or_else(|| panic!("SMH has no {code} in {resource}"))["id"].clone()
    }

    /// A line of an order.
    pub fn line(&self, product: &str, unit: &str, quantity: &str, price: &str) -> Json {
        json!({"productId": self.id("products", product), "unitId": self.id("units", unit), "quantity": quantity, "price": price})
    }

    /// A Verified order in SMH, sold by Budi, tax on top.
    pub fn order(&self, number: &str, customer: &str, lines: &[Json]) -> Json {
        self.order_with(number, customer, lines, json!({}))
    }

    /// The same with other members.
    pub fn order_with(&self, number: &str, customer: &str, lines: &[Json], with: Json) -> Json {
        let mut order = json!({
            "number": number, "date": "2026-05-12", "customerId": self.id("customers", customer),
            "salesmanId": self.id("employees", "E-101"), "paymentTermId": self.id("payment-terms", "net 30"),
            "status": "Verified", "taxInclusive": false, "lines": lines,
        });
        for (member, value) in with.as_object().expect("an object") {
            order[member] = value.clone();
        }
        self.http.smh_create("orders", order)
    }

    /// The plainest order: two boxes of tea.
    pub fn plain(&self, number: &str, customer: &str) -> Json {
        self.order(number, customer, &[self.line("TEH", "DUS", "2", "120000")])
    }

    /// The order as SMH has it now.
    pub fn smh_order(&self, number: &str) -> Json {
        self.http.smh_find("orders", number).unwrap_or_else(|| panic!("SMH has no order {number}"))
    }

    /// Changes an order in SMH.
    pub fn change(&self, number: &str, data: Json) -> Json {
        let id = self.smh_order(number)["id"].as_str().expect("an id").to_owned();
        self.http.smh_update("orders", &id, data)
    }

    // ---- runs

    /// Orders the next requests to fail.
    pub fn fault(&self, fault: Json) {
        let fault: Fault = serde_json::from_value(fault).expect("a fault");
        self.world.sandbox.state().faults.add(vec![fault]);
    }

    /// A run of transactions only: "Sync Transaction".
    pub fn transactions(&mut self) -> (Planned, Applied) {
        self.world
            .apply_only(&Selection { only: Some(selaras_mapping::program::Group::Transaction), ..Selection::default() })
    }

    /// The numbers of Accurate's orders, as many times as there are.
    pub fn numbers(&self) -> Vec<String> {
        let mut numbers: Vec<String> =
            self.rows("sales-order").iter().map(|row| row["number"].as_str().unwrap_or_default().to_owned()).collect();
        numbers.sort();
        numbers
    }

    /// Accurate's order, with references as names, and nothing left out that the two systems share.
    pub fn accurate_order(&self, number: &str) -> Json {
        let order = self.row("sales-order", "number", number);
        let lines: Vec<Json> =
            order["detailItem"].as_array().into_iter().flatten().map(|line| self.accurate_line(line)).collect();
        json!({
            "number": order["number"], "date": order["transDate"], "branch": order["branchId"],
            "customer": self.named("customer", order.get("customerId"), "customerNo"),
            "salesman": self.named("employee", order.get("masterSalesmanId"), "number"),
            "term": self.named("payment-term", order.get("paymentTermId"), "name"),
            "taxable": order.get("taxable"), "inclusive": order.get("inclusiveTax"),
            "percent": order.get("cashDiscPercent"), "discount": order.get("cashDiscount"), "notes": order.get("description"),
            "lines": lines, "sub_total": order["subTotal"], "tax": order["tax1Amount"], "total": order["totalAmount"],
        })
    }

    fn accurate_line(&self, line: &Json) -> Json {
        let salesmen: Vec<Json> = line["salesmanListId"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|id| self.named("employee", Some(id), "number"))
            .collect();
        json!({
            "item": self.named("item", line.get("itemId"), "no"), "unit": self.named("unit", line.get("itemUnitId"), "name"),
            "warehouse": self.named("warehouse", line.get("warehouseId"), "name"), "salesmen": salesmen,
            "quantity": line["quantity"], "price": line["unitPrice"], "percent": line.get("itemDiscPercent"),
            "discount": line.get("itemCashDiscount"), "net": line["totalPrice"], "taxed": line["useTax1"], "notes": line.get("detailNotes"),
        })
    }

    fn named(&self, module: &str, id: Option<&Json>, column: &str) -> Json {
        let Some(id) = id.and_then(Json::as_u64) else { return Json::Null };
        let found = self.rows(module).into_iter().find(|row| row["id"] == json!(id));
        found.and_then(|row| row.get(column).cloned()).unwrap_or_else(|| json!("gone"))
    }

    /// The ids of the lines of Accurate's order, with the items.
    pub fn line_ids(&self, number: &str) -> Vec<(String, u64)> {
        let order = self.row("sales-order", "number", number);
        let lines = order["detailItem"].as_array().cloned().unwrap_or_default();
        lines
            .iter()
            .map(|line| {
                let item = self.named("item", line.get("itemId"), "no");
                (item.as_str().unwrap_or_default().to_owned(), line["id"].as_u64().expect("an id"))
            })
            .collect()
    }

    /// Calls so far with this in their path, on either side.
    pub fn calls(&self, path: &str) -> u64 {
        let report = self.world.sandbox.state().calls.report();
        let calls = report["calls"].as_array().cloned().unwrap_or_default();
        let wanted = calls.iter().filter(|call| call["path"].as_str().is_some_and(|text| text.contains(path)));
        wanted.map(|call| call["count"].as_u64().unwrap_or(0)).sum()
    }
}

/// A line of an order as Accurate shows it when nothing particular was said: Budi sold it, from the default warehouse.
pub fn sold(item: &str, unit: &str, quantity: f64, price: f64) -> Json {
    json!({
        "item": item, "unit": unit, "warehouse": "Utama", "salesmen": ["E-101"], "quantity": quantity, "price": price,
        "percent": null, "discount": null, "net": quantity * price, "taxed": item != "BERAS", "notes": null,
    })
}

/// Accurate writes "no discount" and "no text" in several ways; for comparison they are all nothing.
pub fn plain(order: &Json) -> Json {
    match order {
        Json::Object(members) => members.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        Json::Array(items) => items.iter().map(plain).collect(),
        Json::String(text) if text.is_empty() => Json::Null,
        other => other.clone(),
    }
}

/// The same, and amounts of zero are nothing where they are discounts.
pub fn without_zero_discounts(order: &Json) -> Json {
    let mut order = plain(order);
    let clear = |value: &mut Json| {
        if value["discount"] == json!(0.0) || value["discount"] == json!(0) {
            value["discount"] = Json::Null;
        }
    };
    clear(&mut order);
    if let Some(lines) = order["lines"].as_array_mut() {
        lines.iter_mut().for_each(clear);
    }
    order
}

/// The entity.
pub const ORDERS: &str = "Pesanan Penjualan";

/// Accurate's order, so that two ways of saying "no discount" compare equal.
pub fn seen(shop: &Shop, number: &str) -> Json {
    without_zero_discounts(&shop.accurate_order(number))
}

/// What a plain order looks like in Accurate.
pub fn expected(number: &str, customer: &str) -> Json {
    json!({
        "number": number, "date": "12/05/2026", "branch": JAKARTA, "customer": customer, "salesman": "E-101", "term": "net 30",
        "taxable": true, "inclusive": false, "percent": null, "discount": null, "notes": null,
        "lines": [sold("TEH", "DUS", 2.0, 120_000.0)], "sub_total": 240_000.0, "tax": 26_400.0, "total": 266_400.0,
    })
}

/// The orders that a plan makes in Accurate.
pub fn created(plan: &selaras_plan::Plan) -> Vec<&str> {
    let creates = plan.actions.iter().filter(|action| {
        action.entity == selaras_model::EntityName::from(ORDERS)
            && action.target == selaras_model::Side::Left
            && action.kind == selaras_plan::ActionKind::Create
    });
    creates.map(|action| action.label.as_str()).collect()
}

/// What was said of the action with this label that did not succeed.
pub fn refusals(planned: &Planned, applied: &Applied) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (action, result) in planned.plan.actions.iter().zip(&applied.results) {
        assert_eq!(action.id, result.action);
        match &result.end {
            ActionEnd::Applied { .. } => {}
            ActionEnd::Rejected(message) | ActionEnd::Unclear(message) | ActionEnd::Skipped(message) => {
                let said = format!("{} {}", message.key, message.args.values().cloned().collect::<Vec<_>>().join(" "));
                all.push((action.label.clone(), said));
            }
        }
    }
    all
}

/// What waits in a plan, and for what.
pub fn waiting(planned: &Planned) -> Vec<(String, String)> {
    let held = planned.plan.held.iter().map(|held| {
        let said = format!("{} {}", held.reason.key, held.reason.args.values().cloned().collect::<Vec<_>>().join(" "));
        (held.label.clone(), said)
    });
    held.collect()
}

// ---- deaths and old states

/// The state as it is on disk: every file of its folder.
pub struct Snapshot(Vec<(std::ffi::OsString, Vec<u8>)>);

impl Snapshot {
    /// Takes it; another process may be at work on the state.
    pub fn of(folder: &std::path::Path) -> Self {
        let entries = std::fs::read_dir(folder).expect("the folder can be read");
        let files = entries.filter_map(|entry| {
            let entry = entry.expect("an entry");
            Some((entry.file_name(), std::fs::read(entry.path()).ok()?))
        });
        Self(files.collect())
    }

    /// Puts it back in place of what is there now.
    pub fn restore(&self, folder: &std::path::Path) {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            std::fs::remove_file(entry.expect("an entry").path()).expect("removed");
        }
        for (name, bytes) in &self.0 {
            std::fs::write(folder.join(name), bytes).expect("written");
        }
    }
}

/// Dies after so many batches of writes were answered and before they were settled.
pub struct Dies {
    after: std::sync::atomic::AtomicU64,
}

impl Dies {
    pub fn after(batches: u64) -> Self {
        Self { after: std::sync::atomic::AtomicU64::new(batches) }
    }
}

impl selaras_run::Progress for Dies {
    fn writing(&self, _: &selaras_model::EntityName, _: selaras_model::Side, _: u64, _: u64) {
        let left = self.after.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
        if left == 0 {
            std::panic::panic_any(Dead);
        }
    }
}

/// What [`Dies`] panics with.
pub struct Dead;

/// Cancels the run after the first batch of writes.
pub struct Cancels<'a>(pub &'a std::sync::atomic::AtomicBool);

impl selaras_run::Progress for Cancels<'_> {
    fn writing(&self, _: &selaras_model::EntityName, _: selaras_model::Side, _: u64, _: u64) {
        self.0.store(true, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Shop {
    /// A run that dies after so many batches; answers whether it came that far.
    pub fn dying_run(&mut self, batches: u64) -> bool {
        let world = &mut self.world;
        let dies = Dies::after(batches);
        let never = std::sync::atomic::AtomicBool::new(false);
        let run = std::panic::AssertUnwindSafe(|| drop(world.apply_watched(&Selection::default(), &dies, &never)));
        match std::panic::catch_unwind(run) {
            Ok(()) => false,
            Err(payload) if payload.is::<Dead>() => true,
            Err(payload) => std::panic::resume_unwind(payload),
        }
    }

    /// A run of which the state is taken while a write is on its way, and which ends there: what is on disk when the power fails.
    pub fn state_during(&mut self, fault: Json) -> Snapshot {
        self.fault(fault);
        let folder = self.world.folder.path().to_owned();
        let state = std::sync::Arc::clone(self.world.sandbox.state());
        let cancel = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let ends = std::sync::Arc::clone(&cancel);
        let taken = std::thread::spawn(move || {
            while !state.faults.waiting().is_empty() {
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            let taken = Snapshot::of(&folder);
            ends.store(true, std::sync::atomic::Ordering::SeqCst);
            taken
        });
        self.world.apply_watched(&Selection::default(), &selaras_run::Quiet, &cancel);
        taken.join().expect("taken")
    }

    /// How often each code occurs in a module of Accurate and a resource of SMH.
    pub fn twice(&self) -> Vec<String> {
        let mut seen = std::collections::BTreeMap::<(String, String), u32>::new();
        for (module, column) in
            [("customer", "customerNo"), ("item", "no"), ("employee", "number"), ("sales-order", "number")]
        {
            for row in self.rows(module) {
                *seen.entry((module.to_owned(), row[column].to_string())).or_default() += 1;
                if let Some(name) = row.get("name") {
                    *seen.entry((format!("{module} by name"), name.to_string())).or_default() += 1;
                }
            }
        }
        for (resource, column) in [
            ("customers", "code"),
            ("products", "code"),
            ("employees", "code"),
            ("orders", "number"),
            ("units", "name"),
        ] {
            for row in self.http.smh_all(resource) {
                *seen.entry((format!("smh {resource}"), row[column].to_string())).or_default() += 1;
            }
        }
        seen.into_iter().filter(|(_, count)| *count > 1).map(|((of, key), _)| format!("{of} {key}")).collect()
    }
}
