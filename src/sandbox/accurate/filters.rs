//! The filters of a list: which there are is up to the module; here they are read and applied.
//!
//! A filter nobody documented is ignored, as the live server was seen to do, so a misspelt one returns every record.

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde_json::Value;

use super::model::{Compare, Filter, Module};
use super::params::Flat;
use super::small::has_children;
use super::values;
use crate::knobs::{Knobs, UnknownOperator};
use crate::world::{Database, Row};

/// A value that can be compared with others of its kind.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Comparable {
    Text(String),
    Number(Decimal),
    Flag(bool),
    Moment(DateTime),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    Between,
    NotBetween,
    Empty,
    NotEmpty,
    Contain,
}

impl Operator {
    fn parse(text: &str) -> Option<Operator> {
        Some(match text {
            "EQUAL" => Operator::Equal,
            "NOT_EQUAL" => Operator::NotEqual,
            "GREATER_THAN" => Operator::Greater,
            "GREATER_EQUAL_THAN" => Operator::GreaterEqual,
            "LESS_THAN" => Operator::Less,
            "LESS_EQUAL_THAN" => Operator::LessEqual,
            "BETWEEN" => Operator::Between,
            "NOT_BETWEEN" => Operator::NotBetween,
            "EMPTY" => Operator::Empty,
            "NOT_EMPTY" => Operator::NotEmpty,
            "CONTAIN" => Operator::Contain,
            _ => return None,
        })
    }
}

/// What a record must fulfil to be listed.
pub struct Condition {
    filter: &'static Filter,
    operator: Operator,
    values: Vec<Comparable>,
}

/// The older spellings of some filters: parameter, filter, operator.
const OLDER: [(&str, &str, Operator); 12] = [
    ("keywords", "keywords", Operator::Contain),
    ("lastUpdateFilter", "lastUpdate", Operator::GreaterEqual),
    ("transDateFilter", "transDate", Operator::Equal),
    ("suspendedFilter", "suspended", Operator::Equal),
    ("branchFilter", "branchId", Operator::Equal),
    ("customerFilter", "customerId", Operator::Equal),
    ("itemTypeFilter", "itemType", Operator::Equal),
    ("statusFilter", "status", Operator::Equal),
    ("approvalStatusFilter", "approvalStatus", Operator::Equal),
    ("salesmanFilter", "salesman", Operator::Equal),
    ("leafOnly", "leafOnly", Operator::Equal),
    ("npwpNo", "npwpNo", Operator::Equal),
];

/// The conditions a call asks for.
///
/// # Errors
/// When a value is none of the filter's kind, or an operator is unknown and the setting refuses those.
pub fn read(module: &'static Module, sent: &Flat, knobs: &Knobs) -> Result<Vec<Condition>, String> {
    let mut conditions = Vec::new();
    for filter in module.filters {
        let (operator, texts) = match asked(filter.name, sent, knobs)? {
            Some(asked) => asked,
            None => match asked_the_older_way(filter.name, sent) {
                Some(asked) => asked,
                None => continue,
            },
        };
        let valueless = matches!(operator, Operator::Empty | Operator::NotEmpty);
        if texts.is_empty() && !valueless {
            continue;
        }
        let values = texts.iter().map(|text| {
            comparable(filter.by, &Value::String(text.clone()))
                .ok_or_else(|| format!("Invalid field value for field \"filter.{}\".", filter.name))
        });
        let values = if valueless { Vec::new() } else { values.collect::<Result<_, _>>()? };
        conditions.push(Condition { filter, operator, values });
    }
    Ok(conditions)
}

type Asked = (Operator, Vec<String>);

/// What `filter.<name>…` asks for.
fn asked(name: &str, sent: &Flat, knobs: &Knobs) -> Result<Option<Asked>, String> {
    let stem = format!("filter.{name}");
    let mut operator = None;
    let mut texts: Vec<(usize, String)> = Vec::new();
    for (key, value) in &sent.0 {
        let Some(rest) = key.strip_prefix(&stem) else { continue };
        match rest {
            ".op" | ".operator" => operator = Some(value.as_str()),
            "" | ".val" => texts.push((texts.len(), value.clone())),
            _ => {
                let index = rest.strip_prefix(".val[").and_then(|rest| rest.strip_suffix(']'));
                let Some(index) = index else { continue };
                texts.push((index.parse().unwrap_or(texts.len()), value.clone()));
            }
        }
    }
    if operator.is_none() && texts.is_empty() {
        return Ok(None);
    }
    let operator = match operator {
        None | Some("") => Operator::Equal,
        Some(text) => match (Operator::parse(text), knobs.unknown_operator) {
            (Some(operator), _) => operator,
            (None, UnknownOperator::Equal) => Operator::Equal,
            (None, UnknownOperator::Refuse) => {
                return Err(format!("Invalid field value for field \"{stem}.op\"."));
            }
        },
    };
    texts.sort_by_key(|(index, _)| *index);
    Ok(Some((operator, texts.into_iter().map(|(_, text)| text).collect())))
}

/// What an older parameter such as `branchFilter=[50,120]` asks for.
fn asked_the_older_way(name: &str, sent: &Flat) -> Option<Asked> {
    let (parameter, _, operator) = OLDER.iter().find(|(_, filter, _)| *filter == name)?;
    let text = sent.get(parameter)?;
    let texts: Vec<String> = match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(list)) => {
            let one = |value: &Value| super::params::plain_text(value.get("id").unwrap_or(value));
            list.iter().filter_map(one).collect()
        }
        _ => vec![text.to_owned()],
    };
    let operator = if texts.len() > 1 && *name == *"lastUpdate" { Operator::Between } else { *operator };
    Some((operator, texts))
}

fn comparable(by: Compare, value: &Value) -> Option<Comparable> {
    match by {
        Compare::Text | Compare::Via(..) | Compare::Keywords => super::params::plain_text(value).map(Comparable::Text),
        Compare::Number => values::decimal(value).map(Comparable::Number),
        Compare::Flag | Compare::Leaf => values::flag(value).map(Comparable::Flag),
        Compare::Moment => value.as_str().and_then(values::parse_moment).map(Comparable::Moment),
    }
}

impl Condition {
    /// Whether this is about whether records are suspended.
    pub fn is_about_suspension(&self) -> bool {
        self.filter.name == "suspended"
    }

    /// Whether a record fulfils it.
    pub fn holds(&self, db: &Database, module: &Module, row: &Row) -> bool {
        if self.filter.by == Compare::Keywords {
            return self.values.iter().any(|value| has_keyword(module, row, value));
        }
        let found = match self.filter.by {
            Compare::Via(target, column) => {
                let id = row.get(self.filter.column).and_then(Value::as_u64);
                id.and_then(|id| db.row(target, id)).and_then(|row| row.get(column))
            }
            _ => row.get(self.filter.column).or_else(|| (module.shape.template)().get(self.filter.column)),
        };
        let found = match self.filter.by {
            // Asking for leaves asks for all records that are no parent; not asking for them asks for nothing.
            Compare::Leaf => {
                let wanted = self.values.first() == Some(&Comparable::Flag(true));
                return !wanted || !has_children(db, module.name, row);
            }
            by => found.and_then(|value| comparable(by, value)),
        };
        self.compare(found.as_ref())
    }

    fn compare(&self, found: Option<&Comparable>) -> bool {
        let empty = found.is_none() || found == Some(&Comparable::Text(String::new()));
        let first = self.values.first();
        match self.operator {
            Operator::Empty => empty,
            Operator::NotEmpty => !empty,
            Operator::NotEqual => !found.is_some_and(|found| self.values.contains(found)),
            Operator::NotBetween => !self.is_between(found),
            Operator::Between => self.is_between(found),
            Operator::Equal => found.is_some_and(|found| self.values.contains(found)),
            Operator::Greater => found.is_some() && found > first,
            Operator::GreaterEqual => found.is_some() && found >= first,
            Operator::Less => found.is_some() && found < first,
            Operator::LessEqual => found.is_some() && found <= first,
            Operator::Contain => match (found, first) {
                (Some(Comparable::Text(text)), Some(Comparable::Text(part))) => contains(text, part),
                _ => found == first,
            },
        }
    }

    /// Between the first two values, or equal to the only one.
    fn is_between(&self, found: Option<&Comparable>) -> bool {
        let (Some(found), Some(low)) = (found, self.values.first()) else { return false };
        found >= low && found <= self.values.get(1).unwrap_or(low)
    }
}

fn has_keyword(module: &Module, row: &Row, value: &Comparable) -> bool {
    let Comparable::Text(keyword) = value else { return false };
    let keys = module.unique.iter().map(|(column, _)| *column);
    keys.chain([module.called, "description"])
        .filter_map(|column| row.get(column).and_then(Value::as_str))
        .any(|text| contains(text, keyword))
}

fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}
