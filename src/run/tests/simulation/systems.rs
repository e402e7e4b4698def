//! The two simulated systems as their users see them: raw members in and out, nothing of the mapping's evaluation.

use super::oracle::{Fields, Kind, Oracle, Val, rules};
use selaras_connector_api::{Code, Failure, Recogniser};
use selaras_connector_sim::{SimWorld, TableSpec, hub, ledger};
use selaras_model::Side;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

pub const NAMES: [&str; 2] = ["accurate", "smh"];

pub fn name(side: Side) -> &'static str {
    if side == Side::Left { NAMES[0] } else { NAMES[1] }
}

pub fn table(side: Side, kind: Kind) -> &'static str {
    match (kind, side) {
        (Kind::Term, _) => "term",
        (Kind::Employee, _) => "employee",
        (Kind::Item, Side::Left) => "item",
        (Kind::Item, Side::Right) => "product",
        (Kind::Customer, _) => "customer",
        (Kind::Order, _) => "order",
    }
}

/// How the tables of a world differ from the plain ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manners {
    /// Nothing is unique: a record made twice stays there twice.
    pub lax: bool,
    /// Lists leave out some members.
    pub details: bool,
    /// Answers hold only what was asked for.
    pub only_asked: bool,
    /// Neither side can compare and set, and versions are weak.
    pub page: u32,
    /// How long a write may take to show.
    pub settle_ms: u64,
    /// Accurate's versions sometimes stay as they are, or come a second time.
    pub slipping: bool,
    /// Accurate's versions move on with an order's lines, too.
    pub sees_lines: bool,
}

pub fn world(manners: Manners) -> SimWorld {
    let dress = |tables: Vec<TableSpec>| -> Vec<TableSpec> {
        tables.into_iter().map(|table| dressed(table, manners)).collect()
    };
    SimWorld::new().with_side(NAMES[0], dress(ledger())).with_side(NAMES[1], dress(hub()))
}

fn dressed(mut table: TableSpec, manners: Manners) -> TableSpec {
    table.page_size = manners.page;
    table.all_members = true;
    table.only_asked = manners.only_asked;
    table.settle_ms = manners.settle_ms;
    table.version_sees_children = manners.sees_lines;
    table.slipping_version = manners.slipping && !table.compare_and_set;
    if manners.lax {
        table.unique.clear();
        table.recogniser = Recogniser::None;
    }
    if manners.details {
        match table.name.as_str() {
            "customer" => table.detail_only = vec!["notes".into()],
            "order" => table.detail_only = vec!["detailItem".into(), "lines".into()],
            _ => {}
        }
    }
    table
}

/// The member that holds a field.
pub fn member(side: Side, kind: Kind, field: &str) -> &'static str {
    let (accurate, smh) = match (kind, field) {
        (Kind::Term | Kind::Employee | Kind::Item | Kind::Customer, "name") => ("name", "name"),
        (Kind::Term, "days") => ("netDays", "days"),
        (Kind::Employee, "code") => ("number", "code"),
        (Kind::Employee | Kind::Customer, "phone") => ("mobilePhone", "handphone"),
        (Kind::Item, "code") => ("no", "code"),
        (Kind::Item, "price") => ("unitPrice", "price"),
        (Kind::Customer, "code") => ("customerNo", "code"),
        (Kind::Customer, "city") => ("billCity", "city"),
        (Kind::Customer, "notes") => ("notes", "notes"),
        (Kind::Customer, "term") => ("termName", "paymentTermId"),
        (Kind::Order, "number") => ("number", "number"),
        (Kind::Order, "date") => ("transDate", "date"),
        (Kind::Order, "customer") => ("customerNo", "customerId"),
        (Kind::Order, "notes") => ("description", "notes"),
        (Kind::Order, "lines") => ("detailItem", "lines"),
        other => panic!("no member for {other:?}"),
    };
    if side == Side::Left { accurate } else { smh }
}

/// The path of a member for faults, as the system stores it.
pub fn path(side: Side, kind: Kind, field: &str) -> String {
    member(side, kind, field).to_owned()
}

/// What users of a system write to give a record these fields. References are told as each system wants them told: Accurate by names and
/// codes, SMH by ids.
pub fn raw(oracle: &Oracle, side: Side, kind: Kind, fields: &Fields) -> Json {
    let mut record = Map::new();
    for (field, value) in fields {
        record.insert(member(side, kind, field).to_owned(), raw_value(oracle, side, value));
    }
    Json::Object(record)
}

fn raw_value(oracle: &Oracle, side: Side, value: &Val) -> Json {
    match value {
        Val::Nothing => Json::Null,
        Val::Text(text) => json!(text),
        Val::Number(number) => json!(number),
        Val::Thing(place) => told(oracle, side, *place),
        Val::Lines(lines) => {
            let item = if side == Side::Left { "itemNo" } else { "productId" };
            let price_name = if side == Side::Left { "unitPrice" } else { "price" };
            let line = |(place, (quantity, price)): (&usize, &(i64, i64))| json!({ item: told(oracle, side, *place), "quantity": quantity, price_name: price });
            Json::Array(lines.iter().map(line).collect())
        }
        Val::Odd(text) => panic!("nobody types {text}"),
    }
}

fn told(oracle: &Oracle, side: Side, place: usize) -> Json {
    let thing = &oracle.things[place];
    if side == Side::Right {
        return json!(thing.id(side));
    }
    let by = if thing.kind == Kind::Term { "name" } else { "code" };
    match thing.fields(side).get(by) {
        Some(Val::Text(text)) => json!(text),
        other => panic!("{other:?} is no code"),
    }
}

/// Gives rows the ids that rows of the same items have already, as a user who edits in place leaves them.
pub fn keep_row_ids(world: &SimWorld, side: Side, id: &str, record: &mut Json) {
    let rows_name = if side == Side::Left { "detailItem" } else { "lines" };
    let Some(held) = world.record(name(side), "order", id) else { return };
    let known: BTreeMap<String, Json> =
        list(&held, rows_name).iter().map(|row| (item_of(side, row), row["id"].clone())).collect();
    let codes: BTreeMap<String, String> = world
        .records(name(side), table(side, Kind::Item))
        .iter()
        .map(|item| (text(&item["no"]), text(&item["id"])))
        .collect();
    for row in record.get_mut(rows_name).and_then(Json::as_array_mut).into_iter().flatten() {
        let item =
            if side == Side::Left { codes.get(&text(&row["itemNo"])).cloned() } else { Some(text(&row["productId"])) };
        if let Some(id) = item.and_then(|item| known.get(&item)) {
            row["id"] = id.clone();
        }
    }
}

fn list<'j>(record: &'j Json, name: &str) -> &'j [Json] {
    record.get(name).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn item_of(side: Side, row: &Json) -> String {
    if side == Side::Left { text(&row["item"]["id"]) } else { text(&row["productId"]) }
}

/// A text or number as text; nothing for nothing.
pub fn text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Who has which id in a system.
pub fn places(oracle: &Oracle, side: Side) -> BTreeMap<(Kind, String), usize> {
    let of = |(place, thing): (usize, &super::oracle::Thing)| Some(((thing.kind, thing.id(side)?.clone()), place));
    oracle.things.iter().enumerate().filter_map(of).collect()
}

/// What a record of a system says.
pub fn read(places: &BTreeMap<(Kind, String), usize>, side: Side, kind: Kind, record: &Json) -> Fields {
    let field = |(field, _, _): &super::oracle::Rule| (*field, value(places, side, kind, field, record));
    rules(kind).iter().map(field).collect()
}

fn value(places: &BTreeMap<(Kind, String), usize>, side: Side, kind: Kind, field: &str, record: &Json) -> Val {
    let thing = |kind: Kind, id: &Json| match places.get(&(kind, text(id))) {
        Some(place) => Val::Thing(*place),
        None if text(id).is_empty() => Val::Nothing,
        None => Val::Odd(format!("{kind:?} {id}")),
    };
    let raw = &record[member(side, kind, field)];
    match (kind, field) {
        (Kind::Customer, "term") => thing(Kind::Term, if side == Side::Left { &record["term"]["id"] } else { raw }),
        (Kind::Order, "customer") => {
            thing(Kind::Customer, if side == Side::Left { &record["customer"]["id"] } else { raw })
        }
        (Kind::Order, "lines") => lines(places, side, raw),
        (Kind::Term, "days") | (Kind::Item, "price") => number(raw),
        _ if text(raw).is_empty() => Val::Nothing,
        _ => Val::Text(text(raw)),
    }
}

fn number(raw: &Json) -> Val {
    match text(raw).parse() {
        Ok(number) => Val::Number(number),
        Err(_) if text(raw).is_empty() => Val::Nothing,
        Err(_) => Val::Odd(raw.to_string()),
    }
}

fn lines(places: &BTreeMap<(Kind, String), usize>, side: Side, raw: &Json) -> Val {
    let price = if side == Side::Left { "unitPrice" } else { "price" };
    let mut lines = BTreeMap::new();
    for row in raw.as_array().map_or(&[][..], Vec::as_slice) {
        let (Some(place), Val::Number(quantity), Val::Number(price)) =
            (places.get(&(Kind::Item, item_of(side, row))), number(&row["quantity"]), number(&row[price]))
        else {
            return Val::Odd(format!("line {row}"));
        };
        if lines.insert(*place, (quantity, price)).is_some() {
            return Val::Odd(format!("the same line twice: {raw}"));
        }
    }
    if lines.is_empty() { Val::Nothing } else { Val::Lines(lines) }
}

/// The failure of a system that says no.
pub fn refusal() -> Failure {
    Failure::new(Code::Invalid, "the day is closed")
}
