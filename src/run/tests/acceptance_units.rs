//! Units of products: the reference's acceptance scenarios 36 and 37, and what becomes of one, two and three units that change on either side.
//!
//! Accurate numbers its units from the smallest up, SMH from the largest down; each keeps its own order whatever the other does.

mod support;

use selaras_model::Side;
use selaras_plan::ConflictKind;
use serde_json::{Value as Json, json};
use support::company::{PRODUCTS, accurate, company, smh, unit};
use support::{World, accounts, conflicts, counters, everything_adds_up, reasons, text};

#[test]
fn scenario_36_a_product_with_one_unit_has_it_in_unit_l() {
    let mut world = company();
    let item = json!({"no": "BRG.1", "name": "Kopi", "itemType": "INVENTORY", "unit1Name": "PAK", "unitPrice": 12500});
    world.accurate().save("item", item);
    world.settle();
    let here = smh(&world, "products", "BRG.1");
    assert_eq!(
        (&here["unitL"], &here["ratioL"], &here["priceL"]),
        (&unit(&world, "PAK"), &json!("1"), &json!("12500"))
    );
    for member in ["unitM", "ratioM", "priceM", "unitS", "ratioS", "priceS"] {
        assert_eq!(here[member], Json::Null, "{member}");
    }
}

fn four_units(no: &str) -> Json {
    json!({"no": no, "name": "Kopi", "itemType": "INVENTORY", "unitPrice": 1000, "unit1Name": "PCS", "unit2Name": "PAK", "ratio2": 6,
        "unit3Name": "DUS", "ratio3": 24, "unit4Name": "KARTON", "ratio4": 144, "unit2Price": 6000, "unit3Price": 24000, "unit4Price": 140000})
}

#[test]
fn scenario_37_a_product_with_more_than_three_units_stays_behind_and_is_told() {
    let mut world = company();
    world.accurate().save("item", four_units("BRG.4"));
    let (planned, applied) = world.settle();
    assert_eq!(reasons(accounts(&planned.plan, PRODUCTS, Side::Left)), [("more than three units", 1)]);
    assert_eq!(counters(&applied.sync_info, "smh", PRODUCTS), [0, 0, 0, 0]);
}

/// The same mapping without that rule takes the smallest three and leaves the fourth alone.
#[test]
fn scenario_37_without_the_rule_the_fourth_unit_is_left_out() {
    let mut world = company();
    let rule = world.mapping.find("        - require: \"@.unit4Id == null\"").expect("the rule");
    let end = rule + world.mapping[rule..].find("      smh:").expect("what follows it");
    world.mapping.replace_range(rule..end, "");
    world.accurate().save("item", four_units("BRG.4"));
    world.settle();
    let here = smh(&world, "products", "BRG.4");
    let units = ["unitL", "unitM", "unitS"].map(|member| here[member].clone());
    assert_eq!(units, ["DUS", "PAK", "PCS"].map(|name| unit(&world, name)));
    world.http().smh_update("products", &text(&here["id"]), json!({"priceM": "6500"}));
    world.settle();
    let there = accurate(&world, "item", "no", "BRG.4");
    assert_eq!((there["unit2Price"].as_f64(), there["unit4Price"].as_f64()), (Some(6500.0), Some(140_000.0)));
    assert_eq!(there["unit4Id"], accurate(&world, "unit", "name", "KARTON")["id"]);
}

/// Unit, ratio and price, from the smallest.
type Ladder<'a> = &'a [(&'a str, &'a str, &'a str)];

const ONE: Ladder = &[("PCS", "1", "1000")];
const TWO: Ladder = &[("PCS", "1", "1000"), ("DUS", "24", "23000")];
const THREE: Ladder = &[("PCS", "1", "1000"), ("PAK", "6", "5900"), ("DUS", "24", "23000")];

/// An item as Accurate is told it; slots that are not used are cleared.
fn told(units: Ladder) -> Json {
    let mut item = json!({"no": "BRG.1", "name": "Kopi", "itemType": "INVENTORY"});
    for slot in 1..=3 {
        let (unit, ratio, price) =
            units.get(slot - 1).map_or((Json::Null, json!(0), json!(0)), |(unit, ratio, price)| {
                (json!(unit), json!(number(ratio)), json!(number(price)))
            });
        item[format!("unit{slot}Name")] = unit;
        item[if slot == 1 { "unitPrice".to_owned() } else { format!("unit{slot}Price") }] = json!(price);
        if slot > 1 {
            item[format!("ratio{slot}")] = json!(ratio);
        }
    }
    item
}

fn number(text: &str) -> f64 {
    text.parse().expect("a number")
}

/// The slots of SMH's product, from L to S.
fn shown(world: &World) -> Vec<(Json, Json, Json)> {
    let row = smh(world, "products", "BRG.1");
    let slot = |letter: &str| ["unit", "ratio", "price"].map(|member| row[format!("{member}{letter}")].clone());
    ["L", "M", "S"].map(|letter| slot(letter).into()).to_vec()
}

fn expected(world: &World, units: Ladder) -> Vec<(Json, Json, Json)> {
    let mut slots: Vec<(Json, Json, Json)> =
        units.iter().rev().map(|(name, ratio, price)| (unit(world, name), json!(ratio), json!(price))).collect();
    slots.resize(3, (Json::Null, Json::Null, Json::Null));
    slots
}

/// The units of Accurate's item, from the smallest: name, ratio, price.
fn stored(world: &World) -> Vec<(String, f64, f64)> {
    let row = accurate(world, "item", "no", "BRG.1");
    let names = world.accurate_rows("unit");
    let name = |id: &Json| names.iter().find(|unit| &unit["id"] == id).map(|unit| text(&unit["name"]));
    let held = |member: String| row[member].as_f64().unwrap_or(0.0);
    let slot = |slot: usize| {
        let unit = name(&row[format!("unit{slot}Id")])?;
        let price = if slot == 1 { "unitPrice".to_owned() } else { format!("unit{slot}Price") };
        Some((unit, if slot == 1 { 1.0 } else { held(format!("ratio{slot}")) }, held(price)))
    };
    (1..=5).filter_map(slot).collect()
}

fn wanted(units: Ladder) -> Vec<(String, f64, f64)> {
    units.iter().map(|(unit, ratio, price)| ((*unit).to_owned(), number(ratio), number(price))).collect()
}

/// What SMH is told to have these units, from L to S.
fn edit(world: &World, units: Ladder) -> Json {
    let mut product = json!({});
    for (letter, (unit, ratio, price)) in ["L", "M", "S"].into_iter().zip(expected(world, units)) {
        product[format!("unit{letter}")] = unit;
        product[format!("ratio{letter}")] = ratio;
        product[format!("price{letter}")] = price;
    }
    product
}

#[test]
fn units_of_accurate_stand_in_smh_from_the_largest_down() {
    for units in [ONE, TWO, THREE] {
        let mut world = company();
        world.accurate().save("item", told(units));
        world.settle();
        assert_eq!(shown(&world), expected(&world, units));
    }
}

#[test]
fn units_of_smh_stand_in_accurate_from_the_smallest_up() {
    for units in [ONE, TWO, THREE] {
        let mut world = company();
        let mut product = edit(&world, units);
        (product["code"], product["name"]) = (json!("BRG.1"), json!("Kopi"));
        world.http().smh_create("products", product);
        world.settle();
        assert_eq!(stored(&world), wanted(units));
    }
}

#[test]
fn a_unit_added_or_removed_in_accurate_is_added_or_removed_in_smh() {
    let mut world = company();
    let id = world.accurate().save("item", told(ONE))["id"].clone();
    world.settle();
    for units in [TWO, THREE, TWO, ONE, THREE] {
        let mut item = told(units);
        item["id"] = id.clone();
        world.accurate().save("item", item);
        world.settle();
        assert_eq!(shown(&world), expected(&world, units), "{units:?}");
        assert_eq!(stored(&world), wanted(units), "{units:?}");
    }
}

#[test]
fn a_unit_added_or_removed_in_smh_is_added_or_removed_in_accurate() {
    let mut world = company();
    world.accurate().save("item", told(ONE));
    world.settle();
    let id = text(&smh(&world, "products", "BRG.1")["id"]);
    for units in [THREE, TWO, ONE, TWO, THREE] {
        world.http().smh_update("products", &id, edit(&world, units));
        world.settle();
        assert_eq!(stored(&world), wanted(units), "{units:?}");
        assert_eq!(shown(&world), expected(&world, units), "{units:?}");
    }
}

/// Slots need not be filled without gaps: which unit it is decides, not where it stands.
#[test]
fn a_gap_between_the_slots_of_smh_is_no_difference() {
    let mut world = company();
    world.accurate().save("item", told(TWO));
    world.settle();
    let id = text(&smh(&world, "products", "BRG.1")["id"]);
    let moved = json!({"unitM": null, "ratioM": null, "priceM": null, "unitS": unit(&world, "PCS"), "ratioS": "1", "priceS": "1000"});
    world.http().smh_update("products", &id, moved);
    let (planned, _) = world.settle();
    assert_eq!(planned.plan.actions, []);
    world.http().smh_update("products", &id, json!({"priceS": "1100"}));
    world.settle();
    assert_eq!(stored(&world), [("PCS".to_owned(), 1.0, 1100.0), ("DUS".to_owned(), 24.0, 23000.0)]);
    assert_eq!(smh(&world, "products", "BRG.1")["unitM"], Json::Null, "SMH's own arrangement stays");
}

#[test]
fn the_price_of_one_unit_goes_to_that_unit_and_no_other() {
    let mut world = company();
    world.accurate().save("item", told(THREE));
    world.settle();
    let id = text(&smh(&world, "products", "BRG.1")["id"]);
    world.http().smh_update("products", &id, json!({"priceM": "6100"}));
    world.settle();
    assert_eq!(stored(&world), wanted(&[("PCS", "1", "1000"), ("PAK", "6", "6100"), ("DUS", "24", "23000")]));
    let item = accurate(&world, "item", "no", "BRG.1");
    world.accurate().save("item", json!({"id": item["id"], "unitPrice": 1050}));
    world.settle();
    assert_eq!(shown(&world), expected(&world, &[("PCS", "1", "1050"), ("PAK", "6", "6100"), ("DUS", "24", "23000")]));
}

#[test]
fn a_fourth_unit_keeps_a_product_out_and_does_not_end_a_linked_one() {
    let mut world = company();
    let id = world.accurate().save("item", told(THREE))["id"].clone();
    world.settle();
    // Only creation asks for three units at most; who is linked goes on with the first three.
    world.accurate().save("item", json!({"id": id, "unit4Name": "KARTON", "ratio4": 144, "name": "Kopi Susu"}));
    let (planned, applied) = world.settle();
    everything_adds_up(&planned, Some(&applied));
    assert_eq!(shown(&world), expected(&world, THREE));
    assert_eq!(smh(&world, "products", "BRG.1")["name"], "Kopi Susu");
    world.http().smh_update("products", &text(&smh(&world, "products", "BRG.1")["id"]), json!({"priceL": "23500"}));
    world.settle();
    assert_eq!(stored(&world).last(), Some(&("KARTON".to_owned(), 144.0, 0.0)), "the fourth is nobody's business");
}

#[test]
fn units_changed_differently_on_both_sides_are_held() {
    let mut world = company();
    let id = world.accurate().save("item", told(TWO))["id"].clone();
    world.settle();
    let product = text(&smh(&world, "products", "BRG.1")["id"]);
    world.accurate().save("item", json!({"id": id, "unitPrice": 1200}));
    world.http().smh_update("products", &product, json!({"priceM": "1300", "notes": "Laris"}));
    world.apply();
    for _ in 0..2 {
        let again = world.plan();
        assert_eq!(again.plan.actions, []);
        let found = conflicts(&again.plan, PRODUCTS);
        assert_eq!((found.len(), found[0].kind, found[0].fields[0].field.as_str()), (1, ConflictKind::Field, "units"));
    }
    assert_eq!(accurate(&world, "item", "no", "BRG.1")["notes"], "Laris", "the rest crosses");
    assert_eq!((stored(&world)[0].2, shown(&world)[1].2.clone()), (1200.0, json!("1300")), "nothing is overwritten");
}
