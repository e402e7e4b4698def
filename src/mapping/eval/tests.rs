//! Tests of evaluation on the real mapping and on small ones for what it does not have.

use super::testing::*;
use crate::program::Entity;
use proptest::prelude::*;
use selaras_connector_api::{ChildOp, ChildRow};
use selaras_model::{Hash128, Image, NativeId, Side, Standing, Value};
use serde_json::{Value as Json, json};

const ACCURATE: Side = Side::Left;
const SMH: Side = Side::Right;

fn customer(changes: &[(&str, Json)]) -> Json {
    let mut record = json!({
        "customerNo": "C.1", "name": "Toko Makmur", "branchId": null, "suspended": false, "billStreet": " Jl. A ", "email": "A@b.id",
        "mobilePhone": "0812-3456-7890", "category": null, "defaultTermId": 50, "defaultSalesmanId": null,
        "customerLimitAmount": true, "customerLimitAmountValue": 1500000.50
    });
    for (name, value) in changes {
        record[*name] = value.clone();
    }
    record
}

fn messages(standing: &Standing) -> Vec<(String, String)> {
    match standing {
        Standing::Unreadable(messages) => {
            messages.iter().map(|message| (message.key.clone(), message.args["field"].clone())).collect()
        }
        other => panic!("readable: {other:?}"),
    }
}

fn written(entity: &Entity, side: Side, changes: &Image, base: Option<&Image>) -> Json {
    let payload = entity.payload(side, base.is_none(), changes, changes, base, &known).unwrap();
    Json::Object(payload.fields)
}

// ---------------------------------------------------------------------------------------------------- what is asked for

#[test]
fn connectors_are_asked_for_exactly_what_is_read() {
    let members = entity("Barang & Jasa").requested(ACCURATE);
    let expected = [
        "branchId",
        "itemCategory.name",
        "itemType",
        "name",
        "no",
        "notes",
        "ratio2",
        "ratio3",
        "suspended",
        "tax1Id",
        "unit1Id",
        "unit2Id",
        "unit2Price",
        "unit3Id",
        "unit3Price",
        "unit4Id",
        "unitPrice",
        "upcNo",
    ];
    assert_eq!(members, expected);
    let customer = entity("Pelanggan");
    let members = customer.requested(ACCURATE);
    for member in ["customerLimitAmount", "customerLimitAmountValue", "category.name", "defaultTermId"] {
        assert!(members.iter().any(|each| each == member), "{member}");
    }
    assert!(!members.iter().any(|each| each == "termName"), "only written");
    assert!(customer.requested(SMH).iter().any(|each| each == "partnerId"));
    let lines = entity("Pesanan Penjualan").requested(ACCURATE);
    assert!(lines.iter().any(|each| each == "detailItem") && !lines.iter().any(|each| each.starts_with("detailItem.")));
    assert!(!lines.iter().any(|each| each == "taxable"), "a constant is not read");
}

#[test]
fn a_brief_look_needs_little_and_sees_the_same() {
    let customer_entity = entity("Pelanggan");
    let members = customer_entity.brief_members(ACCURATE);
    for member in ["branchId", "customerNo", "suspended"] {
        assert!(members.iter().any(|each| each == member), "{member} in {members:?}");
    }
    assert!(!members.iter().any(|each| each == "billStreet"));
    let record = customer(&[("billStreet", json!({"not": "text"})), ("suspended", json!(true))]);
    let brief = customer_entity.observe_brief(ACCURATE, &NativeId::from("7"), None, &record, &facts());
    let full = observe(&customer_entity, ACCURATE, &customer(&[("suspended", json!(true))]));
    assert_eq!(brief.standing, Standing::Real, "what is not looked at cannot be wrong");
    assert!(brief.image.is_empty() && !brief.keys.is_empty());
    assert_eq!((brief.keys, brief.label, brief.not_created), (full.keys, full.label, full.not_created));
}

// ---------------------------------------------------------------------------------------------------- how a record stands

#[test]
fn dummy_comes_before_scope_and_scope_before_values() {
    let entity = entity("Pelanggan");
    let standing = |changes: &[(&str, Json)]| observe(&entity, ACCURATE, &customer(changes)).standing;
    let elsewhere = ("branchId", json!(50));
    let sample = ("customerNo", json!("C.DEMO-1"));
    let broken = ("billStreet", json!([]));
    assert_eq!(standing(&[]), Standing::Real);
    assert_eq!(standing(&[sample, elsewhere.clone(), broken.clone()]), Standing::Dummy);
    match standing(&[elsewhere, broken.clone()]) {
        Standing::OutOfScope(reason) => {
            assert_eq!((reason.rule.as_str(), reason.text.en.as_str()), ("scope", "another branch"))
        }
        other => panic!("{other:?}"),
    }
    let both = standing(&[broken, ("customerLimitAmountValue", json!("banyak"))]);
    let mut found = messages(&both);
    found.sort();
    assert_eq!(found, [("map-not-number".into(), "credit_limit".into()), ("map-not-text".into(), "address".into())]);
    let observed = observe(&entity, ACCURATE, &json!("text"));
    assert_eq!(observed.label, "7", "a record without a name is called by its id");
    assert!(matches!(observed.standing, Standing::Unreadable(_)));
}

#[test]
fn what_takes_no_part_has_keys_and_nothing_else() {
    let entity = entity("Pelanggan");
    for change in [("customerNo", json!("C.DEMO-1")), ("branchId", json!(50)), ("billStreet", json!([]))] {
        let observed = observe(&entity, ACCURATE, &customer(&[change]));
        assert_ne!(observed.standing, Standing::Real);
        assert_eq!(observed.keys.len(), 1, "its code is taken, whatever it is: {observed:?}");
        assert!(observed.image.is_empty());
    }
    assert_eq!(
        observe(&entity, ACCURATE, &json!({"customerNo": ["C.1"]})).keys,
        [],
        "a code that cannot be read is no key"
    );
}

#[test]
fn what_takes_part_has_image_keys_and_label() {
    let entity = entity("Pelanggan");
    let observed = observe(&entity, ACCURATE, &customer(&[("suspended", json!(true))]));
    let get = |name: &str| observed.image.get(&name.into()).cloned();
    assert_eq!(get("address"), Some(text("Jl. A")));
    assert_eq!(get("status"), Some(text("inactive")));
    assert_eq!(get("category"), Some(Value::Null), "below a null there is nothing");
    assert_eq!(get("city"), None, "what was not returned is unknown");
    assert_eq!(get("source"), None, "constants are not read");
    assert_eq!(get("term"), Some(reference("Syarat Pembayaran", "50")));
    assert_eq!(get("credit_limit"), Some(number("1500000.5")));
    assert_eq!(observed.keys.len(), 1);
    assert_eq!(observed.keys[0].values, [text("C.1")]);
    assert!(observed.label.contains("C.1"), "{}", observed.label);
    assert_eq!(observed.not_created.unwrap().rule, "create_when");
    assert_eq!(entity.references(&observed.image).len(), 1);
    let smh = observe(&entity, SMH, &json!({"code": "", "status": "active", "partnerId": 77, "source": "partner"}));
    assert_eq!((smh.partner_id.as_deref(), smh.arrived, smh.keys.len()), (Some("77"), true, 0));
    let none = observe(&entity, SMH, &json!({"code": "x", "status": "active", "partnerId": null, "source": "own"}));
    assert_eq!((none.partner_id, none.arrived, none.not_created), (None, false, None));
}

// ---------------------------------------------------------------------------------------------------- flags and shared members

#[test]
fn a_switch_says_whether_an_amount_counts() {
    let entity = entity("Pelanggan");
    let limit = |changes: &[(&str, Json)]| {
        observe(&entity, ACCURATE, &customer(changes)).image.get(&"credit_limit".into()).cloned()
    };
    assert_eq!(
        limit(&[("customerLimitAmount", json!(false))]),
        Some(Value::Null),
        "the amount left behind does not count"
    );
    let mut unsaid = customer(&[]);
    unsaid.as_object_mut().unwrap().remove("customerLimitAmount");
    assert_eq!(observe(&entity, ACCURATE, &unsaid).image.get(&"credit_limit".into()), None);
    let base = Image::default();
    let off = written(&entity, ACCURATE, &image(&[("credit_limit", Value::Null)]), Some(&base));
    assert_eq!(off, json!({"customerLimitAmount": false, "customerLimitAmountValue": null}));
    let on = written(&entity, ACCURATE, &image(&[("credit_limit", number("5000.50"))]), Some(&base));
    assert_eq!(on, json!({"customerLimitAmount": true, "customerLimitAmountValue": "5000.5"}));
}

const DISCOUNT: &str = "      percent: { a: $.percent, b: { path: $.value, as: percent, flag: { path: $.type, is: percent, else: null } }, as: percent }
      amount: { a: $.amount, b: { path: $.value, as: decimal, flag: { path: $.type, is: amount, else: null } }, as: decimal }
      note: { a: $.note, b: $.note }
";

#[test]
fn of_two_fields_in_one_member_the_one_with_a_value_counts() {
    let entity = small(DISCOUNT);
    let read = |record: Json| {
        let image = observe(&entity, SMH, &record).image;
        (image.get(&"percent".into()).cloned(), image.get(&"amount".into()).cloned())
    };
    assert_eq!(read(json!({"type": "percent", "value": "5+2"})), (Some(text("5+2")), Some(Value::Null)));
    assert_eq!(read(json!({"type": "amount", "value": 100})), (Some(Value::Null), Some(number("100"))));
    assert_eq!(read(json!({"type": null, "value": 100})), (Some(Value::Null), Some(Value::Null)));

    let base = Image::default();
    let whole = image(&[("percent", Value::Null), ("amount", number("100")), ("note", text("x"))]);
    let payload = entity.payload(SMH, false, &image(&[("percent", Value::Null)]), &whole, Some(&base), &known).unwrap();
    assert_eq!(
        Json::Object(payload.fields),
        json!({"type": "amount", "value": "100"}),
        "the amount must survive its neighbour"
    );
    let both = image(&[("percent", text("5")), ("amount", number("100"))]);
    let refused = entity.payload(SMH, false, &both, &both, Some(&base), &known).unwrap_err();
    assert_eq!((refused[0].key.as_str(), refused[0].args["member"].as_str()), ("map-two-values", "value"));
}

/// What M071 says of two fields in one member.
#[test]
fn two_fields_that_differ_in_one_member_are_not_written_and_a_constant_gives_way() {
    let entity = small("      name: { a: $.name, b: $.name }\n      title: { a: $.title, b: $.name }\n");
    let written = |one: &str, other: &str| {
        let whole = image(&[("name", text(one)), ("title", text(other))]);
        entity.payload(SMH, true, &whole, &whole, None, &known).map(|payload| Json::Object(payload.fields))
    };
    assert_eq!(written("same", "same"), Ok(json!({"name": "same"})));
    assert_eq!(written("one", "other").unwrap_err()[0].key, "map-two-values");

    let entity =
        small("      name: { a: $.name, b: $.name }\n      kind: { b: { path: $.name, as: { constant: MR } } }\n");
    let whole = image(&[("name", text("one"))]);
    let payload = entity.payload(SMH, true, &whole, &whole, None, &known).unwrap();
    assert_eq!(Json::Object(payload.fields), json!({"name": "one"}));
}

// ---------------------------------------------------------------------------------------------------- slots

fn units(entity: &Entity, units: &[(&str, &str, Option<&str>)]) -> Value {
    let fields: Vec<Vec<(&str, Value)>> = units
        .iter()
        .map(|(unit, ratio, price)| {
            let price = price.map_or(Value::Null, number);
            vec![("unit", reference("Satuan", unit)), ("ratio", number(ratio)), ("price", price)]
        })
        .collect();
    rows(entity, "units", &fields.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

#[test]
fn units_are_read_from_their_slots() {
    let entity = entity("Barang & Jasa");
    let record = json!({
        "no": "1", "itemType": "INVENTORY", "branchId": null,
        "unit1Id": 50, "unitPrice": 1000.0, "unit2Id": 51, "ratio2": 12.0, "unit2Price": 0.0, "unit3Id": null, "ratio3": 0.0, "unit3Price": "?"
    });
    let observed = observe(&entity, ACCURATE, &record);
    assert_eq!(observed.standing, Standing::Real, "an empty slot is not looked into");
    assert_eq!(
        observed.image.get(&"units".into()),
        Some(&units(&entity, &[("50", "1", Some("1000")), ("51", "12", None)]))
    );
    let mut partial = record.clone();
    partial.as_object_mut().unwrap().remove("unit2Id");
    assert_eq!(
        observe(&entity, ACCURATE, &partial).image.get(&"units".into()),
        None,
        "who knows how many units there are"
    );
    let broken = observe(&entity, ACCURATE, &{
        let mut record = record;
        record["ratio2"] = json!("dua belas");
        record
    });
    assert_eq!(messages(&broken.standing), [("map-not-number".into(), "units[2].ratio".into())]);
}

#[test]
fn units_fill_slots_in_order_and_the_rest_is_cleared() {
    let entity = entity("Barang & Jasa");
    let change = image(&[("units", units(&entity, &[("51", "12", Some("11000")), ("50", "1", None)]))]);
    let base = Image::default();
    let smh = written(&entity, SMH, &change, Some(&base));
    let expected = json!({
        "unitL": "51", "ratioL": "12", "priceL": "11000", "unitM": "50", "ratioM": "1", "priceM": "0", "unitS": null, "ratioS": null, "priceS": null
    });
    assert_eq!(smh, expected, "largest first");
    let accurate = written(&entity, ACCURATE, &change, Some(&base));
    let expected = json!({
        "unit1Name": "50", "unitPrice": "0", "unit2Name": "51", "ratio2": "12", "unit2Price": "11000", "unit3Name": null, "ratio3": null, "unit3Price": null
    });
    assert_eq!(accurate, expected, "smallest first, and its ratio is not written");
}

#[test]
fn units_that_do_not_fit_are_refused() {
    let entity = entity("Barang & Jasa");
    let refused = |side, list: &[(&str, &str, Option<&str>)]| {
        let change = image(&[("units", units(&entity, list))]);
        entity.payload(side, false, &change, &change, None, &known).unwrap_err()
    };
    let four = [("1", "1", None), ("2", "2", None), ("3", "3", None), ("4", "4", None)];
    let message = &refused(SMH, &four)[0];
    assert_eq!(
        (message.key.as_str(), message.args["count"].as_str(), message.args["max"].as_str()),
        ("map-slots-full", "4", "3")
    );
    let message = &refused(ACCURATE, &[("1", "6", None), ("2", "12", None)])[0];
    assert_eq!((message.key.as_str(), message.args["field"].as_str()), ("map-slot-fixed", "units[1].ratio"));
}

// ---------------------------------------------------------------------------------------------------- arrays

type Line<'a> = (&'a str, &'a str, &'a str);

fn lines(entity: &Entity, lines: &[Line<'_>]) -> Value {
    let fields: Vec<Vec<(&str, Value)>> = lines
        .iter()
        .map(|(item, unit, quantity)| {
            vec![
                ("item", reference("Barang & Jasa", item)),
                ("unit", reference("Satuan", unit)),
                ("quantity", number(quantity)),
            ]
        })
        .collect();
    rows(entity, "lines", &fields.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn with_ids(value: &Value) -> Value {
    let Value::List(rows) = value else { panic!("no list") };
    let mut rows = rows.clone();
    rows.iter_mut().enumerate().for_each(|(number, row)| row.id = Some(format!("id{number}")));
    Value::List(rows)
}

fn written_rows(entity: &Entity, old: &[Line<'_>], new: &[Line<'_>]) -> Vec<ChildRow> {
    let base = image(&[("lines", with_ids(&lines(entity, old)))]);
    let change = image(&[("lines", lines(entity, new))]);
    let payload = entity.payload(ACCURATE, false, &change, &change, Some(&base), &known).unwrap();
    assert!(payload.fields.is_empty());
    assert_eq!(payload.children.len(), 1);
    assert_eq!(payload.children[0].path, "detailItem");
    payload.children[0].rows.clone()
}

#[test]
fn lines_are_added_changed_kept_and_removed_by_key() {
    let entity = entity("Pesanan Penjualan");
    let old = [("A", "pcs", "1"), ("B", "pcs", "2"), ("C", "pcs", "3")];
    let new = [("D", "pcs", "9"), ("C", "pcs", "3.0"), ("A", "pcs", "5")];
    let rows = written_rows(&entity, &old, &new);
    let brief: Vec<_> = rows.iter().map(|row| (row.op, row.id.as_deref())).collect();
    let expected = [
        (ChildOp::Add, None),
        (ChildOp::Keep, Some("id2")),
        (ChildOp::Update, Some("id0")),
        (ChildOp::Delete, Some("id1")),
    ];
    assert_eq!(brief, expected, "in the new order, then what goes");
    assert_eq!(Json::Object(rows[2].fields.clone()), json!({"itemNo": "A", "itemUnitName": "pcs", "quantity": "5"}));
    assert!(rows[3].fields.is_empty());
}

#[test]
fn the_same_item_twice_keeps_its_order() {
    let entity = entity("Pesanan Penjualan");
    let old = [("A", "pcs", "1"), ("A", "pcs", "2"), ("A", "box", "3")];
    let rows =
        written_rows(&entity, &old, &[("A", "pcs", "1"), ("A", "box", "3"), ("A", "pcs", "7"), ("A", "pcs", "8")]);
    let brief: Vec<_> = rows.iter().map(|row| (row.op, row.id.as_deref())).collect();
    assert_eq!(
        brief,
        [
            (ChildOp::Keep, Some("id0")),
            (ChildOp::Keep, Some("id2")),
            (ChildOp::Update, Some("id1")),
            (ChildOp::Add, None)
        ]
    );
}

#[test]
fn order_of_lines_and_their_ids_are_not_compared_but_what_is_in_them_is() {
    let entity = entity("Pesanan Penjualan");
    let position = entity.position(&"lines".into()).unwrap();
    let one = lines(&entity, &[("A", "pcs", "1"), ("B", "pcs", "2")]);
    let turned = with_ids(&lines(&entity, &[("B", "pcs", "2.00"), ("A", "pcs", "1")]));
    assert!(entity.same(position, &one, &turned));
    assert!(!entity.same(position, &one, &lines(&entity, &[("B", "pcs", "2"), ("A", "pcs", "3")])));
    assert!(!entity.same(position, &one, &lines(&entity, &[("A", "pcs", "1")])));
    assert!(entity.same(position, &Value::Null, &Value::List(Vec::new())));
}

#[test]
fn lines_are_read_with_ids_and_troubles_are_named_by_line() {
    let entity = entity("Pesanan Penjualan");
    let record = |quantity: Json| {
        json!({"number": "SO.1", "branchId": null, "detailItem": [
            {"id": 1, "itemId": 5, "itemUnitId": 50, "quantity": 2.0}, {"id": 2, "itemId": 5, "itemUnitId": 50, "quantity": quantity}]})
    };
    let observed = observe(&entity, ACCURATE, &record(json!(3)));
    let Some(Value::List(rows)) = observed.image.get(&"lines".into()) else { panic!("{observed:?}") };
    let brief: Vec<_> = rows.iter().map(|row| (row.id.as_deref(), row.occurrence)).collect();
    assert_eq!(brief, [(Some("1"), 0), (Some("2"), 1)]);
    let broken = observe(&entity, ACCURATE, &record(json!("x")));
    assert_eq!(messages(&broken.standing), [("map-not-number".into(), "lines[2].quantity".into())]);
    let cleared = observe(&entity, ACCURATE, &json!({"number": "SO.1", "branchId": null, "detailItem": null}));
    assert_eq!(cleared.image.get(&"lines".into()), Some(&Value::List(Vec::new())));
    let no_list = observe(&entity, ACCURATE, &json!({"number": "SO.1", "branchId": null, "detailItem": [5]}));
    assert_eq!(messages(&no_list.standing), [("map-child-not-object".into(), "lines[1]".into())]);
}

// ---------------------------------------------------------------------------------------------------- what is written

#[test]
fn a_create_has_constants_and_an_update_only_what_changes() {
    let entity = entity("Karyawan");
    let new = image(&[("code", text("E1")), ("name", text("Budi")), ("email", Value::Null)]);
    let created = written(&entity, ACCURATE, &new, None);
    assert_eq!(created, json!({"number": "E1", "name": "Budi", "email": null, "salutation": "MR"}));
    let changed = written(&entity, ACCURATE, &image(&[("name", text("Budi S"))]), Some(&new));
    assert_eq!(changed, json!({"name": "Budi S"}));
}

#[test]
fn what_cannot_be_written_is_said_all_at_once() {
    let entity = entity("Pelanggan");
    let change = image(&[
        ("term", reference("Syarat Pembayaran", "50")),
        ("credit_limit", text("banyak")),
        ("stranger", Value::Null),
        ("source", Value::Null),
    ]);
    let refused = entity.payload(ACCURATE, false, &change, &change, None, &|_, _| None).unwrap_err();
    let mut brief: Vec<_> =
        refused.iter().map(|message| (message.key.as_str(), message.args["field"].as_str())).collect();
    brief.sort_unstable();
    let expected = [
        ("map-no-field", "stranger"),
        ("map-not-writable", "source"),
        ("map-ref-unresolved", "term"),
        ("map-wrong-kind", "credit_limit"),
    ];
    assert_eq!(brief, expected);
}

#[test]
fn partner_ids_are_written_where_they_are_kept_and_join_a_payload() {
    let entity = entity("Pelanggan");
    assert!(entity.partner_payload(ACCURATE, &NativeId::from("5")).is_empty());
    let change = image(&[("name", text("x"))]);
    let mut payload = entity.payload(SMH, false, &change, &change, Some(&Image::default()), &known).unwrap();
    payload.join(entity.partner_payload(SMH, &NativeId::from("5")));
    assert_eq!(Json::Object(payload.fields), json!({"name": "x", "partnerId": "5"}));
}

#[test]
fn nested_members_are_joined_not_replaced() {
    let entity = small("      street: { a: $.address.street, b: $.s }\n      city: { a: $.address.city, b: $.c }\n");
    let change = image(&[("street", text("Jl. A")), ("city", text("Solo"))]);
    assert_eq!(
        written(&entity, Side::Left, &change, Some(&Image::default())),
        json!({"address": {"street": "Jl. A", "city": "Solo"}})
    );
}

#[test]
fn templates_follow_the_fields_they_are_made_of() {
    let entity = small(
        "      name: { a: $.name, b: $.name }\n      title: { b: { path: $.title, as: { template: '{code} {name}' } } }\n",
    );
    let whole = image(&[("code", text("C1")), ("name", text("Toko"))]);
    let payload = |create, changes: &Image| entity.payload(SMH, create, changes, &whole, None, &known).unwrap().fields;
    assert_eq!(Json::Object(payload(true, &whole)), json!({"code": "C1", "name": "Toko", "title": "C1 Toko"}));
    assert_eq!(
        Json::Object(payload(false, &image(&[("name", text("Toko"))]))),
        json!({"name": "Toko", "title": "C1 Toko"})
    );
    assert!(payload(false, &Image::default()).is_empty());
}

// ---------------------------------------------------------------------------------------------------- equality and hashes

#[test]
fn equal_images_hash_alike_and_others_do_not() {
    let entity = entity("Pelanggan");
    let hash = |changes: &[(&str, Json)]| entity.hash(ACCURATE, &observe(&entity, ACCURATE, &customer(changes)));
    let plain = hash(&[]);
    assert_eq!(
        plain,
        hash(&[("email", json!("a@B.ID ")), ("mobilePhone", json!("+62 812 3456 7890")), ("unmapped", json!(1))])
    );
    assert_eq!(plain, hash(&[("customerLimitAmountValue", json!("1500000.500"))]));
    let mut seen = vec![
        plain,
        hash(&[("name", json!("Toko"))]),
        hash(&[("name", json!(null))]),
        hash(&[("billCity", json!(null))]),
    ];
    seen.push(hash(&[("billStreet", json!("")), ("name", json!("Jl. A"))]));
    let image = observe(&entity, ACCURATE, &customer(&[])).image;
    seen.push(entity.image_hash(ACCURATE, &image, Some("1")));
    seen.push(entity.image_hash(SMH, &image, None));
    let distinct: std::collections::BTreeSet<Hash128> = seen.iter().copied().collect();
    assert_eq!(distinct.len(), seen.len());
    assert_eq!(entity.image_hash(ACCURATE, &image, None), plain);
}

#[test]
fn both_cells_have_their_say_in_what_is_equal() {
    let entity = small(
        "      rate: { a: { path: $.rate, as: { decimal: { scale: 3 } } }, b: { path: $.rate, as: { decimal: { scale: 1, blank: 0 } } } }\n",
    );
    let position = entity.position(&"rate".into()).unwrap();
    assert!(entity.same(position, &number("0.04"), &Value::Null), "rounded to the coarser scale it is the blank");
    assert!(!entity.same(position, &number("0.0499"), &number("0.1")), "rounding once, not 0.0499 to 0.05 to 0.1");
    assert!(entity.same(position, &number("0.06"), &number("0.1")));
}

// ---------------------------------------------------------------------------------------------------- laws

proptest! {
    #![proptest_config(crate::properties::config(48))]

    /// What is created reads back as it was meant; an update of what differs makes the one image into the other, and touches nothing else.
    #[test]
    fn writing_and_reading_agree(bytes in prop::collection::vec(any::<u8>(), 1..160)) {
        let mut entropy = Entropy(bytes.iter().cycle());
        for (name, side) in [
            ("Pelanggan", ACCURATE), ("Pelanggan", SMH), ("Barang & Jasa", ACCURATE), ("Barang & Jasa", SMH), ("Karyawan", SMH),
            ("Pesanan Penjualan", ACCURATE), ("Gudang", SMH),
        ] {
            let entity = entity(name);
            let first = any_image(&entity, side, &mut entropy);
            let second = any_image(&entity, side, &mut entropy);
            let mut record = in_scope(&entity, side);
            let payload = entity.payload(side, true, &first, &first, None, &known).map_err(|why| TestCaseError::fail(format!("{why:?}")))?;
            store(&entity, side, &mut record, &payload);
            let seen = agree(&entity, side, &record, &first)?;

            let changed = |(name, value): &(&selaras_model::FieldName, &Value)| {
                let position = entity.position(name).unwrap();
                !entity.same(position, first.get(name).unwrap(), value)
            };
            let changes: Image = second.0.iter().filter(changed).map(|(name, value)| (name.clone(), value.clone())).collect();
            let payload = entity.payload(side, false, &changes, &second, Some(&seen), &known).map_err(|why| TestCaseError::fail(format!("{why:?}")))?;
            store(&entity, side, &mut record, &payload);
            agree(&entity, side, &record, &second)?;
        }
    }

    /// Equal folds, equal hashes, and the other way round.
    #[test]
    fn hashes_follow_folds(bytes in prop::collection::vec(any::<u8>(), 1..24)) {
        let entity = entity("Pesanan Penjualan");
        let mut entropy = Entropy(bytes.iter().cycle());
        let (one, other) = (any_image(&entity, ACCURATE, &mut entropy), any_image(&entity, ACCURATE, &mut entropy));
        let same = one.0.iter().all(|(name, value)| entity.same(entity.position(name).unwrap(), value, other.get(name).unwrap()));
        prop_assert_eq!(same, entity.image_hash(ACCURATE, &one, None) == entity.image_hash(ACCURATE, &other, None));
    }
}

/// A record that takes part, with every member that no write will set.
fn in_scope(entity: &Entity, side: Side) -> Json {
    match (entity.name.as_str(), side) {
        ("Barang & Jasa", Side::Left) => {
            json!({"branchId": null, "itemType": "INVENTORY", "suspended": false, "unit1Id": null, "unit2Id": null, "unit3Id": null})
        }
        ("Barang & Jasa", Side::Right) => json!({"unitL": null, "unitM": null, "unitS": null}),
        _ => json!({"branchId": null, "suspended": false}),
    }
}

fn agree(entity: &Entity, side: Side, record: &Json, meant: &Image) -> Result<Image, TestCaseError> {
    let observed = observe(entity, side, record);
    prop_assert_eq!(&observed.standing, &Standing::Real, "{}", record);
    for (name, value) in meant.0.iter() {
        let position = entity.position(name).unwrap();
        let seen = observed.image.get(name).unwrap_or(&Value::Null);
        prop_assert_eq!(
            entity.fold_field(position, seen),
            entity.fold_field(position, value),
            "{} of {}: {}",
            name,
            &entity.name,
            record
        );
    }
    Ok(observed.image)
}
