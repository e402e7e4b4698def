//! Values for the eye: how a canonical value reads, and what differs between two lists.

use super::model::{Cell, ChangeReport, LineReport};
use crate::catalogue::Catalogue;
use crate::locale;
use selaras_model::{EntityName, NativeId, Ref, RefBy, Row, Side, Value};
use selaras_plan::{Named, Plan, pending_action};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// Shows values of one plan.
pub struct Shower<'a> {
    catalogue: &'a Catalogue,
    /// How people call the records that references point to, as the plan says.
    known: BTreeMap<(Side, &'a Ref), &'a str>,
    /// The same for the records of the plan's own pairs.
    names: BTreeMap<(&'a EntityName, Side, &'a NativeId), &'a str>,
    /// How people call the records that actions make.
    pending: BTreeMap<&'a str, &'a str>,
}

impl<'a> Shower<'a> {
    /// For the values of a plan.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue, plan: &'a Plan) -> Self {
        let mut names = BTreeMap::new();
        for pair in &plan.pairs {
            for side in Side::BOTH {
                if let Some(id) = pair.ids.get(side) {
                    names.insert((&pair.entity, side, id), pair.label.as_str());
                }
            }
        }
        let known = plan.names.iter().map(|named| ((named.side, &named.reference), named.label.as_str())).collect();
        let pending = plan.actions.iter().map(|action| (action.id.as_str(), action.label.as_str())).collect();
        Self { catalogue, known, names, pending }
    }

    /// For values without a plan: references show the names given, and where there is none, their keys.
    #[must_use]
    pub fn with_names(catalogue: &'a Catalogue, names: &'a [Named]) -> Self {
        let known = names.iter().map(|named| ((named.side, &named.reference), named.label.as_str())).collect();
        Self { catalogue, known, names: BTreeMap::new(), pending: BTreeMap::new() }
    }

    /// A value in the form of `side`.
    #[must_use]
    pub fn cell(&self, side: Side, value: &Value) -> Cell {
        Cell { data: self.data(side, value), text: self.text(side, value) }
    }

    /// A change of a field of `side`.
    #[must_use]
    pub fn change(&self, side: Side, field: &str, before: Option<&Value>, after: &Value) -> ChangeReport {
        let lines = match (before, after) {
            (None | Some(Value::Null), Value::List(after)) => self.lines(side, &[], after),
            (Some(Value::List(before)), Value::List(after)) => self.lines(side, before, after),
            (Some(Value::List(before)), Value::Null) => self.lines(side, before, &[]),
            _ => Vec::new(),
        };
        let before = before.map(|value| self.cell(side, value));
        ChangeReport { field: clean(field), before, after: self.cell(side, after), lines, why: None }
    }

    fn data(&self, side: Side, value: &Value) -> Json {
        match value {
            Value::Null => Json::Null,
            Value::Bool(yes) => Json::Bool(*yes),
            Value::Decimal(number) => Json::String(number.to_string()),
            Value::Text(text) => Json::String(text.clone()),
            Value::Date(date) => Json::String(date.to_string()),
            Value::Timestamp(moment) => Json::String(moment.to_string()),
            Value::Ref(reference) => Json::String(self.reference(side, reference)),
            Value::List(rows) => Json::Array(rows.iter().map(|row| self.row(side, row)).collect()),
        }
    }

    fn row(&self, side: Side, row: &Row) -> Json {
        let fields = row.fields.0.iter().map(|(field, value)| (field.to_string(), self.data(side, value)));
        Json::Object(fields.collect::<Map<_, _>>())
    }

    fn text(&self, side: Side, value: &Value) -> String {
        let lang = self.catalogue.lang();
        match value {
            Value::Null => self.catalogue.text("value-empty"),
            Value::Text(text) if text.is_empty() => self.catalogue.text("value-empty"),
            Value::Bool(true) => self.catalogue.text("value-yes"),
            Value::Bool(false) => self.catalogue.text("value-no"),
            Value::Decimal(number) => locale::number(lang, &number.to_string()),
            Value::Text(text) => clean(text),
            Value::Date(date) => locale::date(lang, *date),
            Value::Timestamp(moment) => locale::moment(lang, *moment),
            Value::Ref(reference) => self.reference(side, reference),
            Value::List(rows) if rows.is_empty() => self.catalogue.text("value-empty"),
            Value::List(rows) => rows.iter().map(|row| self.whole_row(side, row)).collect::<Vec<_>>().join("; "),
        }
    }

    /// A reference by the name that people know its record by; failing that, by its key.
    fn reference(&self, side: Side, reference: &Ref) -> String {
        if let Some(action) = pending_action(&reference.key) {
            return self.pending.get(action.as_str()).map_or_else(|| clean(&reference.key), |label| clean(label));
        }
        if let Some(label) = self.known.get(&(side, reference)) {
            return clean(label);
        }
        match &reference.by {
            RefBy::Field(_) => clean(&reference.key),
            RefBy::Id => {
                let id = NativeId(reference.key.clone());
                let named = self.names.get(&(&reference.entity, side, &id));
                named.map_or_else(|| clean(&format!("{} #{}", reference.entity, reference.key)), |label| clean(label))
            }
        }
    }

    fn whole_row(&self, side: Side, row: &Row) -> String {
        let rest: Vec<String> =
            self.rest(row).map(|(field, value)| format!("{field} {}", self.text(side, value))).collect();
        let name = self.row_name(side, row);
        if rest.is_empty() { name } else { format!("{name} ({})", rest.join(", ")) }
    }

    fn row_name(&self, side: Side, row: &Row) -> String {
        let keys: Vec<String> = row.key.iter().map(|value| self.text(side, value)).collect();
        let name = keys.join(" / ");
        if row.occurrence == 0 { name } else { format!("{name} ({})", row.occurrence + 1) }
    }

    /// The fields of a child that its key does not say already.
    fn rest<'r>(&self, row: &'r Row) -> impl Iterator<Item = (&'r str, &'r Value)> {
        row.fields.0.iter().filter(|(_, value)| !row.key.contains(value)).map(|(field, value)| (field.as_str(), value))
    }

    fn lines(&self, side: Side, before: &[Row], after: &[Row]) -> Vec<LineReport> {
        let find = |rows: &'_ [Row], row: &Row| {
            rows.iter().position(|other| (&other.key, other.occurrence) == (&row.key, row.occurrence))
        };
        let mut lines = Vec::new();
        for row in after {
            match find(before, row).map(|at| &before[at]) {
                None => lines.push(self.line(side, "added", row)),
                Some(old) => lines.extend(self.changed_line(side, old, row)),
            }
        }
        let removed = before.iter().filter(|row| find(after, row).is_none());
        lines.extend(removed.map(|row| self.line(side, "removed", row)));
        lines
    }

    fn line(&self, side: Side, kind: &'static str, row: &Row) -> LineReport {
        let fields = self
            .rest(row)
            .filter(|(_, value)| !value.is_blank())
            .map(|(field, value)| self.change(side, field, None, value));
        LineReport { kind, line: self.row_name(side, row), fields: fields.collect() }
    }

    fn changed_line(&self, side: Side, before: &Row, after: &Row) -> Option<LineReport> {
        let mut fields = Vec::new();
        for (field, value) in after.fields.0.iter() {
            let old = before.fields.get(field);
            if old != Some(value) {
                fields.push(self.change(side, field.as_str(), Some(old.unwrap_or(&Value::Null)), value));
            }
        }
        (!fields.is_empty()).then(|| LineReport { kind: "changed", line: self.row_name(side, after), fields })
    }
}

/// Text from a system, fit to stand on one line of a terminal: line ends become visible, other control characters (which could move the
/// cursor or colour what follows) and the marks that reorder text are replaced.
#[must_use]
pub fn clean(text: &str) -> String {
    let reorders = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.chars().any(|c| c.is_control() || reorders(c)) {
        return text.to_owned();
    }
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| match c {
            '\n' | '\r' => '⏎',
            '\t' => ' ',
            c if c.is_control() || reorders(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}
