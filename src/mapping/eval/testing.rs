//! Help for tests of evaluation: the real mapping, small mappings, a system that stores what it is told, and images out of entropy.

use super::{Payload, list};
use crate::codec::Codec;
use crate::program::{Cell, Entity, Field, ListPlace, ListSpec, Mapping, SlotCell};
use rust_decimal::Decimal;
use selaras_connector_api::ChildOp;
use selaras_model::{EntityName, FieldName, Image, NativeId, Observed, Ref, RefBy, Row, Side, Value};
use serde_json::{Value as Json, json};
use std::sync::LazyLock;

pub(super) fn compiled(text: &str) -> Mapping {
    let (mapping, diagnostics) = crate::compile(text, |_| None);
    mapping.unwrap_or_else(|| panic!("{diagnostics:#?}"))
}

/// The real mapping.
static REAL: LazyLock<Mapping> = LazyLock::new(|| compiled(include_str!("../../../mappings/accurate.yaml")));

/// An entity of the real mapping.
pub(super) fn entity(name: &str) -> Entity {
    REAL.entity(&EntityName::from(name)).unwrap_or_else(|| panic!("no {name}")).clone()
}

/// An entity of one field or more, two-way, between the systems `a` and `b`.
pub(super) fn small(fields: &str) -> Entity {
    let text = format!(
        "version: 1\nname: small\nsystems: {{ a: {{ connector: a }}, b: {{ connector: b }} }}\nentities:\n  Thing:\n    group: master\n    a: thing\n    b: thing\n    sync: two-way\n    partner_id: {{ b: $.partner }}\n    fields:\n      code: {{ a: $.code, b: $.code }}\n{fields}"
    );
    compiled(&text).entities.remove(0)
}

pub(super) fn facts() -> Json {
    json!({"branch": {"id": 100}})
}

pub(super) fn observe(entity: &Entity, side: Side, record: &Json) -> Observed {
    entity.observe(side, &NativeId::from("7"), Some("1"), record, &facts())
}

/// Every reference is known by its own key, whatever it is asked by.
pub(super) fn known(reference: &Ref, _: &RefBy) -> Option<String> {
    Some(reference.key.clone())
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn number(text: &str) -> Value {
    Value::Decimal(text.parse().unwrap())
}

pub(super) fn reference(entity: &str, key: &str) -> Value {
    Value::Ref(Ref { entity: entity.into(), by: RefBy::Id, key: key.into() })
}

pub(super) fn image(fields: &[(&str, Value)]) -> Image {
    fields.iter().map(|(name, value)| (FieldName::from(*name), value.clone())).collect()
}

/// A list of rows given by their fields, numbered as reading numbers them.
pub(super) fn rows(entity: &Entity, list: &str, rows: &[&[(&str, Value)]]) -> Value {
    let spec = entity.field(&list.into()).unwrap().list.as_ref().unwrap();
    let row = |fields: &&[(&str, Value)]| Row { key: Vec::new(), occurrence: 0, id: None, fields: image(fields) };
    Value::List(list::numbered(spec, rows.iter().map(row).collect()))
}

/// What a well-behaved system makes of a write: what comes in under the names of writes goes out under those of reads.
pub(super) fn store(entity: &Entity, side: Side, record: &mut Json, payload: &Payload) {
    let sent = Json::Object(payload.fields.clone());
    for field in &entity.fields {
        match &field.list {
            None => field.cells.get(side).iter().for_each(|cell| store_cell(cell, &sent, record)),
            Some(spec) => store_list(spec, side, record, payload, &sent),
        }
    }
}

fn store_cell(cell: &Cell, sent: &Json, record: &mut Json) {
    if let Some((path, flag)) = cell.flag.as_ref().and_then(|flag| Some((&flag.path, flag.path.get(sent)?))) {
        path.set(record, flag.clone());
    }
    if let (Some(read), Some(raw)) = (&cell.read, cell.write.as_ref().and_then(|path| path.get(sent))) {
        read.set(record, raw.clone());
    }
}

fn store_list(spec: &ListSpec, side: Side, record: &mut Json, payload: &Payload, sent: &Json) {
    match spec.places.get(side) {
        ListPlace::Slots { columns, .. } => {
            for slot in columns.iter().flatten() {
                if let SlotCell::Cell(cell) = slot {
                    store_cell(cell, sent, record);
                }
            }
        }
        ListPlace::Array { path, id } => {
            let Some(children) = payload.children.iter().find(|children| children.path == path.dotted()) else {
                return;
            };
            let old = path.get(record).and_then(Json::as_array).cloned().unwrap_or_default();
            let of = |row_id: &Option<String>| {
                let same = |child: &&Json| {
                    id.as_ref().and_then(|path| path.get(child)) == row_id.as_ref().map(|id| json!(id)).as_ref()
                };
                old.iter().find(same).cloned().expect("the row is one of the record's")
            };
            let mut next = old.len();
            let mut stored = Vec::new();
            for row in &children.rows {
                let mut child = match row.op {
                    ChildOp::Delete => continue,
                    ChildOp::Add => {
                        next += 1;
                        let mut child = json!({});
                        id.iter().for_each(|path| path.set(&mut child, json!(format!("row-{next}"))));
                        child
                    }
                    ChildOp::Update | ChildOp::Keep => of(&row.id),
                };
                let sent = Json::Object(row.fields.clone());
                let before = child.clone();
                spec.fields
                    .iter()
                    .filter_map(|field| field.cells.get(side).as_ref())
                    .for_each(|cell| store_cell(cell, &sent, &mut child));
                assert!(
                    row.op != ChildOp::Keep || child == before,
                    "a row that is kept changed from {before} to {child}"
                );
                stored.push(child);
            }
            path.set(record, Json::Array(stored));
        }
    }
}

/// Numbers to choose by; the same numbers choose the same image.
pub(super) struct Entropy<'a>(pub(super) std::iter::Cycle<std::slice::Iter<'a, u8>>);

impl Entropy<'_> {
    fn below(&mut self, bound: usize) -> usize {
        usize::from(*self.0.next().expect("a cycle of at least one number")) % bound
    }
}

/// A value for every field that may flow to `side` and can be written and read back there.
pub(super) fn any_image(entity: &Entity, side: Side, entropy: &mut Entropy<'_>) -> Image {
    let mut image = Image::default();
    for field in entity.fields.iter().filter(|field| field.direction.flows_to(side)) {
        match (&field.list, field.cells.get(side)) {
            (Some(spec), _) => image.set(field.name.clone(), any_list(spec, side, entropy)),
            (None, Some(cell)) if settable(cell) => image.set(field.name.clone(), any_value(&cell.codec, entropy)),
            (None, _) => {}
        }
    }
    image
}

fn settable(cell: &Cell) -> bool {
    cell.read.is_some() && cell.write.is_some() && cell.codec.reads() && cell.codec.writes()
}

fn any_list(spec: &ListSpec, side: Side, entropy: &mut Entropy<'_>) -> Value {
    let any_row = |fields: Vec<(&Field, Value)>| Row {
        key: Vec::new(),
        occurrence: 0,
        id: None,
        fields: fields.into_iter().map(|(field, value)| (field.name.clone(), value)).collect(),
    };
    let rows: Vec<Row> = match spec.places.get(side) {
        ListPlace::Array { .. } => (0..entropy.below(5))
            .map(|_| {
                any_row(
                    spec.fields
                        .iter()
                        .map(|field| (field, any_value(&field.cells.get(side).as_ref().unwrap().codec, entropy)))
                        .collect(),
                )
            })
            .collect(),
        ListPlace::Slots { by, columns, .. } => (0..entropy.below(columns.len() + 1))
            .map(|number| {
                let value = |(position, field): (usize, &Field), entropy: &mut Entropy<'_>| {
                    let codec = &field.cells.get(side).as_ref().unwrap().codec;
                    // The smallest is the base unit, and a slot without a key is empty.
                    let value = match position {
                        _ if position == *by => {
                            Value::Decimal(if number == 0 { 1.into() } else { Decimal::from(2 + entropy.below(3)) })
                        }
                        _ if spec.key.contains(&position) => {
                            reference("Satuan", ["PCS", "BOX", "CRT"][entropy.below(3)])
                        }
                        _ => any_value(codec, entropy),
                    };
                    (field.name.clone(), value)
                };
                let fields = spec.fields.iter().enumerate().map(|field| value(field, entropy)).collect();
                Row { key: Vec::new(), occurrence: 0, id: None, fields }
            })
            .collect(),
    };
    Value::List(list::numbered(spec, rows))
}

fn any_value(codec: &Codec, entropy: &mut Entropy<'_>) -> Value {
    if entropy.below(5) == 0 && !matches!(codec, Codec::Table(_)) {
        return Value::Null;
    }
    match codec {
        Codec::Text(_) => text(["a", "B b", "c\nd", "é"][entropy.below(4)]),
        Codec::Phone => text(["0812 3456 7890", "+6281234567890", "14045"][entropy.below(3)]),
        Codec::Integer(_) => Value::Decimal(Decimal::from(entropy.below(99))),
        Codec::Decimal(_) => {
            Value::Decimal(Decimal::new(entropy.below(99) as i64, entropy.below(4) as u32).normalize())
        }
        Codec::Bool => Value::Bool(entropy.below(2) == 0),
        Codec::Date(_) => {
            Value::Date(jiff::civil::date(2026, 1 + entropy.below(12) as i8, 1 + entropy.below(28) as i8))
        }
        Codec::Timestamp(_) => Value::Timestamp(jiff::Timestamp::from_second(entropy.below(250) as i64).unwrap()),
        Codec::Table(table) => table.entries()[entropy.below(table.entries().len())].1.clone(),
        Codec::Ref(codec) => {
            let key = ["1", "2"][entropy.below(2)].to_owned();
            Value::Ref(Ref { entity: codec.entity.clone(), by: codec.read.clone(), key })
        }
        Codec::Percent => text(["5", "5+2", "12.5"][entropy.below(3)]),
        Codec::Constant(_) | Codec::Template(_) => unreachable!("only what can be set is asked for"),
    }
}
