//! How a module of the simulated API is described: which actions it has, what its records look like, what a save takes
//! and what a list filters by. The descriptions themselves are in `customer`, `item`, `employee`, `small` and `order_model`.
//!
//! A stored row is flat: scalars under the names of `detail.do`, references as ids (`categoryId`), lists of employees as
//! `salesmanListId`, lines as arrays of rows of the same kind. Members a row does not hold read as the default in the
//! module's template, so rows stay small; `insert` fills in only what every record has (see there).

use serde_json::{Value, json};

use super::customer::CUSTOMER;
use super::employee::EMPLOYEE;
use super::item::ITEM;
use super::order_model::SALES_ORDER;
use super::param::Param;
use super::privilege::ACCESS_PRIVILEGE;
use super::small::{
    BRANCH, CURRENCY, CUSTOMER_CATEGORY, ITEM_CATEGORY, PAYMENT_TERM, PRICE_CATEGORY, TAX, UNIT, WAREHOUSE,
};
use crate::world::{Database, Row};

/// The id of the first record of every module.
pub const FIRST_ID: u64 = 50;

/// What `insert` stamps on records that bring no times of their own.
const UNDATED: &str = "01/01/2026 08:00:00";

/// Every module there is.
pub static MODULES: [&Module; 14] = [
    &CUSTOMER,
    &ITEM,
    &EMPLOYEE,
    &SALES_ORDER,
    &WAREHOUSE,
    &UNIT,
    &TAX,
    &PAYMENT_TERM,
    &BRANCH,
    &CUSTOMER_CATEGORY,
    &ITEM_CATEGORY,
    &PRICE_CATEGORY,
    &CURRENCY,
    &ACCESS_PRIVILEGE,
];

/// The module of this name.
pub fn module(name: &str) -> Option<&'static Module> {
    MODULES.iter().copied().find(|module| module.name == name)
}

/// One module, such as `customer`.
pub struct Module {
    /// Its name in addresses.
    pub name: &'static str,
    /// Its name in messages.
    pub label: &'static str,
    /// Whether lists give only the fields asked for; otherwise they give whole rows.
    pub has_fields: bool,
    /// Whether records can be saved.
    pub saves: bool,
    /// Whether many can be saved at once.
    pub bulk: bool,
    /// Whether records can be deleted.
    pub deletes: bool,
    /// The parameter that can stand for `id`, and the column it looks in.
    pub alternative: Option<(&'static str, &'static str)>,
    /// The column that names a record in messages.
    pub called: &'static str,
    /// Columns that must differ between records, with their names in messages.
    pub unique: &'static [(&'static str, &'static str)],
    /// The column numbered automatically when left empty.
    pub numbering: Option<Numbering>,
    /// What a record looks like.
    pub shape: Shape,
    /// What a list shows of a record another one refers to.
    pub short: &'static [&'static str],
    /// What an embedded copy in another record holds.
    pub embedded: Embedded,
    /// Members only `detail.do` gives.
    pub detail_only: &'static [&'static str],
    /// What a save takes.
    pub params: &'static [Param],
    /// What a list can be filtered by.
    pub filters: &'static [Filter],
    /// Whether records show `createDate` and `lastUpdate`.
    pub shows_times: bool,
    /// Fills in stored values that follow from others. Runs for saves and for `insert`.
    pub complete: fn(&mut Database, &mut Row),
    /// Checks a save beyond its single parameters and adds messages.
    pub check: fn(&mut super::save::Draft<'_, '_>),
}

/// What a record, or a line of one, looks like.
pub struct Shape {
    /// Every visible member with its default.
    pub template: fn() -> &'static Row,
    /// Members that are other records.
    pub references: &'static [Reference],
    /// Members that are lines.
    pub lines: &'static [(&'static str, &'static Shape)],
    /// Members worked out when reading. None leaves the stored value.
    pub computed: fn(&Database, &Row, &str) -> Option<Value>,
}

/// A member that is another record.
pub struct Reference {
    /// The member that shows the record.
    pub member: &'static str,
    /// The column with its id.
    pub id: &'static str,
    /// The module it belongs to.
    pub module: &'static str,
}

/// Shorthand for a `Reference`.
pub const fn to(member: &'static str, id: &'static str, module: &'static str) -> Reference {
    Reference { member, id, module }
}

/// What an embedded copy holds.
pub enum Embedded {
    /// Everything but these members.
    Without(&'static [&'static str]),
    /// These members.
    Only(&'static [&'static str]),
}

/// How automatic numbers look.
pub struct Numbering {
    /// The column.
    pub column: &'static str,
    /// Text before the number; `{month}` stands for year and month of the document.
    pub prefix: &'static str,
    /// Digits.
    pub width: usize,
    /// The number before the first.
    pub after: u64,
}

/// One filter of a list.
pub struct Filter {
    /// Its name after `filter.`.
    pub name: &'static str,
    /// The column it looks at.
    pub column: &'static str,
    /// How values compare.
    pub by: Compare,
}

/// How the values of a filter compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// As text.
    Text,
    /// As numbers.
    Number,
    /// As yes or no.
    Flag,
    /// As dates or times.
    Moment,
    /// As text, in this column of the record of this module that the column points to.
    Via(&'static str, &'static str),
    /// Whether the record has no children; the column is the one that names the parent.
    Leaf,
    /// Anywhere in the record's number or name.
    Keywords,
}

/// Shorthand for a filter on the column of the same name.
pub const fn filter(name: &'static str, by: Compare) -> Filter {
    Filter { name, column: name, by }
}
/// Shorthand for a filter on another column.
pub const fn filter_on(name: &'static str, column: &'static str, by: Compare) -> Filter {
    Filter { name, column, by }
}

/// A template from JSON text plus numbered members: name, how many, default.
pub fn template(text: &str, numbered: &[(&str, usize, Value)]) -> Row {
    let mut row: Row = serde_json::from_str(text).expect("templates are literals checked by a test");
    for (name, count, default) in numbered {
        for n in 1..=*count {
            row.insert(format!("{name}{n}"), default.clone());
        }
    }
    row
}

/// The custom members of masters and documents.
pub fn custom_members() -> [(&'static str, usize, Value); 3] {
    [("charField", 10, json!("")), ("numericField", 10, json!(0.0)), ("dateField", 2, Value::Null)]
}

/// Nothing is worked out.
pub fn nothing_computed(_: &Database, _: &Row, _: &str) -> Option<Value> {
    None
}
/// Nothing follows from other values.
pub fn nothing_to_complete(_: &mut Database, _: &mut Row) {}
/// Nothing more to check.
pub fn nothing_to_check(_: &mut super::save::Draft<'_, '_>) {}

/// Stores a record as if it had always been there, and returns its id. For scenarios and tests; a save by a client goes
/// through `save`, with its checks.
///
/// The row may be partial. Filled in when missing: `id` (the next free one, 50 first), `optLock` 0, `createDate` and
/// `lastUpdate` (01/01/2026 08:00:00), `suspended` false where the module has it, and what follows from other values:
/// an order's number, status, branch, currency, term, line ids, units, taxes and all amounts; a tax's `taxInfo`.
/// Every other missing member reads as the default of the module's template.
pub fn insert(db: &mut Database, module: &str, mut row: Row) -> u64 {
    let described = self::module(module);
    let id = row.get("id").and_then(Value::as_u64).unwrap_or_else(|| db.table_mut(module).take_id(FIRST_ID));
    row.insert("id".to_owned(), json!(id));
    let mut fill = |name: &str, value: Value| {
        if !row.contains_key(name) {
            row.insert(name.to_owned(), value);
        }
    };
    fill("optLock", json!(0));
    fill("createDate", json!(UNDATED));
    fill("lastUpdate", json!(UNDATED));
    if described.is_some_and(|module| (module.shape.template)().contains_key("suspended")) {
        fill("suspended", json!(false));
    }
    if let Some(described) = described {
        if let Some(numbering) = &described.numbering
            && !row.contains_key(numbering.column)
        {
            let number = super::books::next_number(db, described, numbering, &row);
            row.insert(numbering.column.to_owned(), json!(number));
        }
        (described.complete)(db, &mut row);
    }
    db.table_mut(module).put(id, row);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_fit_their_templates() {
        for module in MODULES {
            let template = (module.shape.template)();
            assert!(template.contains_key("id") && template.contains_key("optLock"), "{}", module.name);
            for reference in module.shape.references {
                assert!(template.contains_key(reference.member), "{} {}", module.name, reference.member);
                assert!(template.contains_key(reference.id), "{} {}", module.name, reference.id);
                assert!(self::module(reference.module).is_some(), "{} {}", module.name, reference.module);
            }
            for (lines, _) in module.shape.lines {
                assert!(template.contains_key(*lines), "{} {lines}", module.name);
            }
            for hidden in module.detail_only {
                assert!(template.contains_key(*hidden), "{} {hidden}", module.name);
            }
            assert_eq!(template.contains_key("lastUpdate"), module.shows_times, "{}", module.name);
        }
    }

    #[test]
    fn inserted_records_get_ids_from_fifty_on() {
        let mut db = Database::default();
        let row = |name: &str| Row::from_iter([("name".to_owned(), json!(name))]);
        assert_eq!(insert(&mut db, "unit", row("PCS")), 50);
        assert_eq!(insert(&mut db, "unit", row("BOX")), 51);
        let mut chosen = row("LSN");
        chosen.insert("id".to_owned(), json!(100));
        assert_eq!(insert(&mut db, "unit", chosen), 100);
        assert_eq!(insert(&mut db, "unit", row("KG")), 101);
        assert_eq!(db.row("unit", 51).unwrap()["optLock"], 0);
    }
}
