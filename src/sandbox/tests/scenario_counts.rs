//! The ready-made data: the guide's numbers, references that lead somewhere, the same data every time.

use std::collections::{BTreeMap, BTreeSet};

use selaras_sandbox::scenario::build;
use selaras_sandbox::{Database, Options, Row, Scenario, World, start};
use serde_json::Value;

const JAKARTA: u64 = 100;

fn database(world: &World) -> &Database {
    &world.accurate.databases[&1_234_567]
}

fn rows<'a>(world: &'a World, module: &str) -> Vec<&'a Row> {
    database(world).tables.get(module).map(|table| table.rows.values().collect()).unwrap_or_default()
}

fn text<'a>(row: &'a Row, member: &str) -> &'a str {
    row.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn number(row: &Row, member: &str) -> Option<u64> {
    row.get(member).and_then(Value::as_u64)
}

fn is_dummy(code: &str, prefix: &str) -> bool {
    code.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What the rules of the mapping say of a customer or item, first reason first.
fn fate(row: &Row, code: &str, prefix: &str, item: bool) -> &'static str {
    if is_dummy(text(row, code), prefix) {
        return "dummy";
    }
    if number(row, "branchId").is_some_and(|branch| branch != JAKARTA) {
        return "other branch";
    }
    if item && text(row, "itemType") != "INVENTORY" {
        return "not stocked";
    }
    if row.get("suspended") == Some(&Value::Bool(true)) {
        return "suspended";
    }
    if item && number(row, "unit4Id").is_some() {
        return "more than three units";
    }
    "crosses"
}

fn count<'a>(fates: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    fates.for_each(|fate| *counts.entry(fate).or_default() += 1);
    counts
}

#[test]
fn panduan_has_the_numbers_of_the_guide() {
    let world = build(&Scenario::Panduan);
    let customers = count(rows(&world, "customer").into_iter().map(|row| fate(row, "customerNo", "C.DEMO-", false)));
    assert_eq!(customers, BTreeMap::from([("dummy", 23), ("other branch", 187), ("suspended", 82), ("crosses", 131)]));
    let items = count(rows(&world, "item").into_iter().map(|row| fate(row, "no", "BRG.DEMO-", true)));
    let expected = [
        ("dummy", 35),
        ("other branch", 121),
        ("not stocked", 118),
        ("suspended", 96),
        ("more than three units", 28),
        ("crosses", 56),
    ];
    assert_eq!(items, BTreeMap::from(expected));
    let employees = rows(&world, "employee");
    assert_eq!(employees.len(), 11);
    assert!(employees.iter().all(|row| is_dummy(text(row, "number"), "DEMO-")));
    assert_eq!(rows(&world, "sales-order").len(), 12);
    let smh: BTreeMap<&str, usize> =
        world.smh.tables.iter().map(|(name, table)| (name.as_str(), table.rows.len())).collect();
    assert_eq!(smh, BTreeMap::from([("employees", 2)]));
    let own: Vec<String> = world.smh.tables["employees"]
        .rows
        .values()
        .map(|row| format!("{} {}", text(row, "code"), text(row, "name")))
        .collect();
    assert_eq!(own, ["E-01 Agung", "E-02 Siti Rahmawati"]);
}

#[test]
fn what_crosses_needs_nothing_that_stays_behind() {
    let world = build(&Scenario::Panduan);
    for row in rows(&world, "customer").into_iter().filter(|row| fate(row, "customerNo", "C.DEMO-", false) == "crosses")
    {
        assert!(!row.contains_key("defaultSalesmanId") && !row.contains_key("salesmanListId"), "{row:?}");
        for member in
            ["categoryId", "priceCategoryId", "defaultTermId", "billStreet", "billCity", "billZipCode", "mobilePhone"]
        {
            assert!(row.contains_key(member), "{member}: {row:?}");
        }
    }
    let crossing: Vec<&Row> =
        rows(&world, "item").into_iter().filter(|row| fate(row, "no", "BRG.DEMO-", true) == "crosses").collect();
    let units = |row: &&Row| (1..=3).filter(|nth| row.contains_key(&format!("unit{nth}Id"))).count();
    let mix = crossing.iter().map(units).fold([0; 4], |mut mix, units| {
        mix[units] += 1;
        mix
    });
    assert!(mix[0] == 0 && mix[1..].iter().all(|count| *count >= 5), "items of one, two and three units: {mix:?}");
    for row in &crossing {
        let ratio = |nth: usize| row.get(&format!("ratio{nth}")).map_or(1.0, |ratio| ratio.as_f64().unwrap());
        assert!((2..=units(row)).all(|nth| ratio(nth) > ratio(nth - 1)), "{row:?}");
    }
    let taxed = crossing.iter().filter(|row| number(row, "tax1Id") == Some(50)).count();
    assert!(taxed > crossing.len() / 2, "{taxed}");
}

#[test]
fn references_lead_somewhere_and_codes_are_unique() {
    let to = [
        ("categoryId", "customer-category"),
        ("priceCategoryId", "price-category"),
        ("defaultTermId", "payment-term"),
        ("currencyId", "currency"),
        ("branchId", "branch"),
        ("defaultSalesmanId", "employee"),
        ("itemCategoryId", "item-category"),
        ("tax1Id", "tax"),
        ("customerId", "customer"),
        ("paymentTermId", "payment-term"),
    ];
    let sized = Scenario::Sized { customers: 40, items: 90, employees: 3, orders: 5 };
    for world in [build(&Scenario::Panduan), build(&Scenario::Kosong), build(&sized)] {
        let has = |module: &str, id: u64| database(&world).row(module, id).is_some();
        for (module, code) in [
            ("customer", "customerNo"),
            ("item", "no"),
            ("employee", "number"),
            ("sales-order", "number"),
            ("unit", "name"),
        ] {
            let codes: BTreeSet<&str> = rows(&world, module).into_iter().map(|row| text(row, code)).collect();
            assert_eq!(codes.len(), rows(&world, module).len(), "{module}");
            for row in rows(&world, module) {
                for (member, target) in to {
                    assert!(number(row, member).is_none_or(|id| has(target, id)), "{module} {member}: {row:?}");
                }
                for nth in 1..=5 {
                    assert!(number(row, &format!("unit{nth}Id")).is_none_or(|id| has("unit", id)), "{row:?}");
                }
            }
        }
        assert!(rows(&world, "unit").into_iter().all(|row| (1..=7).contains(&text(row, "name").len())));
        for (module, tables) in &database(&world).tables {
            for (id, row) in &tables.rows {
                assert_eq!(number(row, "id"), Some(*id), "{module}");
                let made = text(row, "lastUpdate");
                assert!(made.len() == 19 && ["2025", "2026"].contains(&&made[6..10]), "{module} {made}");
            }
        }
    }
}

#[test]
fn kosong_holds_default_records_only() {
    let world = build(&Scenario::Kosong);
    assert_eq!(database(&world).alias, "PT Panduan Sejahtera");
    let counts: BTreeMap<&str, usize> =
        database(&world).tables.iter().map(|(name, table)| (name.as_str(), table.rows.len())).collect();
    let expected = [
        ("branch", 3),
        ("currency", 1),
        ("customer-category", 1),
        ("item-category", 1),
        ("payment-term", 1),
        ("price-category", 1),
        ("tax", 1),
        ("warehouse", 1),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    let first = |module: &str| rows(&world, module)[0];
    assert_eq!(number(first("tax"), "id"), Some(50));
    assert_eq!((text(first("currency"), "code"), text(first("payment-term"), "name")), ("IDR", "C.O.D"));
    assert!(world.smh.tables.values().all(|table| table.rows.is_empty()));
}

#[test]
fn building_twice_gives_the_same_world() {
    let sized = Scenario::Sized { customers: 50, items: 30, employees: 4, orders: 20 };
    for scenario in [Scenario::Panduan, Scenario::Kosong, sized] {
        assert_eq!(build(&scenario), build(&scenario), "{scenario:?}");
    }
}

#[test]
fn sized_data_all_crosses() {
    let world = build(&Scenario::Sized { customers: 300, items: 200, employees: 7, orders: 0 });
    let customers = count(rows(&world, "customer").into_iter().map(|row| fate(row, "customerNo", "C.DEMO-", false)));
    let items = count(rows(&world, "item").into_iter().map(|row| fate(row, "no", "BRG.DEMO-", true)));
    assert_eq!((customers, items), (BTreeMap::from([("crosses", 300)]), BTreeMap::from([("crosses", 200)])));
    assert_eq!(rows(&world, "employee").len(), 7);
    assert!(world.smh.tables.is_empty(), "without orders nothing was pulled yet");
}

#[test]
fn a_connection_is_offered_the_jakarta_branch() {
    let options = Options { scenario: Scenario::Panduan, ..Options::default() };
    let settings = start(options).map(|sandbox| sandbox.accurate_settings()).unwrap();
    assert_eq!((settings["database"].as_str(), settings["branch"].as_str()), ("1234567", "100"));
    assert_eq!(database(&build(&Scenario::Panduan)).row("branch", JAKARTA).unwrap()["name"], "Jakarta");
}
