//! The real mapping, and the meaning of what may be left out.

use crate::support::{Catalogue, accurate_yaml, manifest};
use selaras_mapping::compile;
use selaras_mapping::program::{
    ConflictRule, Direction, Entity, Field, FirstMeeting, Group, ListPlace, Mapping, OnDelete, Permission, SlotCell,
    WriteRule,
};
use selaras_mapping::render::{Style, render};
use selaras_model::{FieldName, Side, Value};

/// Compiles without connectors; any diagnostic fails the test, readably.
pub fn compiled(text: &str) -> Mapping {
    let (mapping, found) = compile(text, |_| None);
    let english = Catalogue::english();
    assert!(found.is_empty(), "{}", render(&found, text, "mapping.yaml", Style::Plain, |it| english.say(it)));
    mapping.unwrap()
}

fn field<'m>(entity: &'m Entity, name: &str) -> &'m Field {
    entity.field(&FieldName::from(name)).unwrap()
}

fn names(entity: &Entity, positions: &[usize]) -> Vec<String> {
    positions.iter().map(|position| entity.fields[*position].name.to_string()).collect()
}

#[test]
fn the_real_mapping_compiles() {
    let mapping = compiled(&accurate_yaml());
    assert_eq!(mapping.name, "accurate-smh");
    assert_eq!((mapping.systems.left.name.as_str(), mapping.systems.right.name.as_str()), ("accurate", "smh"));
    let order: Vec<&str> = mapping.entities.iter().map(|entity| entity.name.as_str()).collect();
    let expected = [
        "Satuan",
        "Pajak",
        "Syarat Pembayaran",
        "Gudang",
        "Karyawan",
        "Pelanggan",
        "Barang & Jasa",
        "Pesanan Penjualan",
    ];
    assert_eq!(order, expected);
    assert_eq!(mapping.permissions.left.len(), 2);
    assert_eq!(mapping.permissions.left[0], Permission::Role("Administrator".to_owned()));
    assert_eq!((mapping.guards.delete.percent, mapping.guards.update.percent), (Some(10), Some(50)));
    assert_eq!((mapping.guards.create.count, mapping.guards.create.percent, mapping.guards.minimum), (None, None, 20));
}

#[test]
fn the_customer_means_what_it_says() {
    let mapping = compiled(&accurate_yaml());
    let customer = mapping.entity(&"Pelanggan".into()).unwrap();
    assert_eq!(customer.group, Group::Master);
    assert_eq!(customer.sync, Direction::TwoWay);
    assert_eq!((customer.on_delete.left, customer.on_delete.right), (OnDelete::Deactivate, OnDelete::Delete));
    assert_eq!((customer.on_create.left, customer.on_create.right), (true, true));
    assert_eq!(customer.partner_side(), Some(Side::Right));
    assert_eq!(names(customer, &customer.match_keys[0]), ["code"]);
    assert_eq!(names(customer, &customer.label), ["code", "name"]);
    assert_eq!(customer.groups, ["address"]);
    assert_eq!(customer.scope.left[0].reason.id, "cabang lain");
    assert!(customer.scope.right.is_empty() && customer.dummy.left.is_some() && customer.arrived.right.is_some());
    let references: Vec<&str> = customer.references.iter().map(|name| name.as_str()).collect();
    assert_eq!(references, ["Karyawan", "Syarat Pembayaran"]);

    let code = field(customer, "code");
    assert_eq!((code.conflict, code.required), (ConflictRule::Wins(Side::Left), true));
    assert_eq!(field(customer, "name").conflict, ConflictRule::Hold);
    assert_eq!(field(customer, "status").direction, Direction::Towards(Side::Right));
    let source = field(customer, "source");
    assert_eq!((source.direction, source.write), (Direction::Towards(Side::Right), WriteRule::OnCreate));
    assert!(source.cells.left.is_none());
    let category = field(customer, "category").cells.left.as_ref().unwrap();
    assert_eq!(category.read.as_ref().unwrap().dotted(), "category.name");
    assert_eq!(category.write.as_ref().unwrap().dotted(), "categoryName");
    let flag = field(customer, "credit_limit").cells.left.as_ref().unwrap().flag.as_ref().unwrap();
    assert_eq!(
        (flag.path.dotted().as_str(), &flag.is, &flag.otherwise),
        ("customerLimitAmount", &true.into(), &false.into())
    );
    assert_eq!(field(customer, "phone").cells.right.as_ref().unwrap().codec.name(), "phone");
}

#[test]
fn lists_stand_in_arrays_or_slots() {
    let mapping = compiled(&accurate_yaml());
    let item = mapping.entity(&"Barang & Jasa".into()).unwrap();
    let units = field(item, "units").list.as_ref().unwrap();
    let child_names: Vec<&str> = units.fields.iter().map(|child| child.name.as_str()).collect();
    assert_eq!((child_names.as_slice(), units.key.as_slice()), (["unit", "ratio", "price"].as_slice(), [0].as_slice()));
    let ListPlace::Slots { by, ascending, columns } = &units.places.left else { panic!("slots") };
    assert_eq!((*by, *ascending, columns.len()), (1, true, 3));
    assert!(matches!(&columns[0][1], SlotCell::Fixed(Value::Decimal(one)) if one.to_string() == "1"));
    let SlotCell::Cell(unit) = &columns[2][0] else { panic!("a cell") };
    assert_eq!(
        (unit.read.as_ref().unwrap().dotted(), unit.write.as_ref().unwrap().dotted()),
        ("unit3Id".into(), "unit3Name".into())
    );
    assert_eq!(unit.codec.name(), "ref");

    let order = mapping.entity(&"Pesanan Penjualan".into()).unwrap();
    assert_eq!((order.on_create.left, order.on_create.right), (true, false));
    assert_eq!(names(order, &order.confirm), ["customer", "date", "lines"]);
    let lines = field(order, "lines");
    assert_eq!(
        (lines.direction, lines.group, field(order, "salesman").group),
        (Direction::Towards(Side::Left), Some(0), Some(0))
    );
    let list = lines.list.as_ref().unwrap();
    assert!(list.fields.iter().all(|child| child.direction == Direction::Towards(Side::Left)));
    assert!(
        matches!(&list.places.right, ListPlace::Array { path, id: Some(id) } if path.dotted() == "lines" && id.dotted() == "id")
    );
}

const SMALL: &str = "
version: 1
name: small
systems: { a: { connector: toy }, b: { connector: toy } }
entities:
  Zebra:
    group: master
    a: full
    b: full
    sync: two-way
    match: [[code]]
    fields:
      code: { a: $.code, b: $.code }
      parent: { a: { path: $.name, as: { ref: Zebra, by: code } }, b: { path: $.name, as: { ref: Zebra } } }
      ape: { a: { path: $.number, as: { ref: Ape } }, b: { path: $.number, as: { ref: Ape } } }
  Ape:
    group: transaction
    a: other
    b: other
    sync: a -> b
    conflict: b
    first_meeting: fill
    partner_id: { a: $.partnerId }
    guards: { delete: 3, create: { count: 10, percent: 5% } }
    fields:
      name: { a: $.name, b: $.name, first_meeting: a }
      tag: { b: { path: $.extra, as: { template: '{name}!' } } }
";

#[test]
fn what_is_left_out_has_its_default() {
    let mapping = compiled(SMALL);
    let order: Vec<&str> = mapping.entities.iter().map(|entity| entity.name.as_str()).collect();
    assert_eq!(order, ["Ape", "Zebra"], "referenced first; a reference to itself does not count");
    let (ape, zebra) = (&mapping.entities[0], &mapping.entities[1]);
    assert_eq!(mapping.guards.delete.percent, Some(10));
    assert_eq!((ape.guards.delete.count, ape.guards.delete.percent), (Some(3), None));
    assert_eq!((ape.guards.create.count, ape.guards.create.percent), (Some(10), Some(5)));
    assert_eq!((ape.guards.update.percent, ape.guards.minimum), (Some(50), 20));
    assert_eq!((ape.on_create.left, ape.on_create.right), (false, true));
    assert_eq!((zebra.on_create.left, zebra.on_create.right), (true, true));
    assert_eq!(ape.on_delete.left, OnDelete::Unlink);
    assert_eq!(
        (ape.fields[0].first_meeting, ape.fields[1].first_meeting),
        (FirstMeeting::Wins(Side::Left), FirstMeeting::Fill)
    );
    assert_eq!(ape.fields[0].conflict, ConflictRule::Wins(Side::Right));
    assert_eq!(zebra.fields[0].conflict, ConflictRule::Hold);
    assert_eq!(ape.fields[1].direction, Direction::Towards(Side::Right));
    assert_eq!(names(zebra, &zebra.label), ["code"]);
    assert!(zebra.match_keys.len() == 1 && ape.match_keys.is_empty());
}

#[test]
fn rules_without_reasons_are_their_own() {
    let text = SMALL.replace(
        "match: [[code]]",
        "match: [[code]]\n    scope:\n      a: \"@.x == 1\"\n      b: [\"@.y == 2\", { require: \"@.z == 3\", reason: besar }]",
    );
    let mapping = compiled(&text);
    let zebra = &mapping.entities[1];
    assert_eq!(zebra.scope.left[0].reason.en, "@.x == 1");
    assert_eq!(zebra.scope.right[0].reason.id, "@.y == 2");
    assert_eq!(zebra.scope.right[1].reason.en, "besar");
}

#[test]
fn the_hash_sees_meaning_and_nothing_else() {
    let hash = |text: &str| compiled(text).hash;
    let plain = hash(SMALL);
    assert_eq!(plain.len(), 64);
    assert_eq!(plain, hash(&format!("# a comment\n{}\n\n", SMALL.replace("name: small", "name:   'small' # why"))));
    assert_eq!(
        plain,
        hash(
            &SMALL.replace("{ a: $.name, b: $.name, first_meeting: a }", "{ first_meeting: a, b: $.name, a: $.name }")
        )
    );
    assert_ne!(plain, hash(&SMALL.replace("$.extra", "$.name2")));
    assert_ne!(
        plain,
        hash(&SMALL.replace(
            "{ a: { connector: toy }, b: { connector: toy } }",
            "{ b: { connector: toy }, a: { connector: toy } }"
        ))
    );
}

#[test]
fn connectors_that_can_do_it_are_content() {
    let toy = manifest("toy");
    let (mapping, found) = compile(SMALL, |name| (name == "toy").then_some(&toy));
    assert_eq!(found, [], "nothing is wrong");
    assert!(mapping.is_some());
}

#[test]
fn codes_keep_the_kind_in_which_they_were_written() {
    let table = "table: { true: yes-it-is, 'false': no, 2: two }";
    let text = SMALL.replace(
        "name: { a: $.name, b: $.name, first_meeting: a }",
        &format!("name: {{ a: {{ path: $.name, as: {{ {table} }} }}, b: $.name }}"),
    );
    let mapping = compiled(&text);
    let codec = &mapping.entities[0].fields[0].cells.left.as_ref().unwrap().codec;
    let selaras_mapping::Codec::Table(table) = codec else { panic!("a table") };
    let codes: Vec<String> = table.entries().iter().map(|(raw, value)| format!("{raw} {value:?}")).collect();
    assert_eq!(codes, ["true Text(\"yes-it-is\")", "\"false\" Text(\"no\")", "2 Text(\"two\")",]);
}
