//! Puts the parameters of a save into a row: converts each value, resolves names and numbers to ids, merges lines.
//!
//! Unknown parameters are ignored. Everything wrong is collected as messages in the server's wording.

use serde_json::{Value, json};

use super::answer::Messages;
use super::books::Books;
use super::model::{Module, module};
use super::param::{Kind, Param};
use super::params::plain_text;
use super::values;
use crate::world::Row;

/// The largest amount the server takes.
const MOST: i64 = 999_000_000_000;

/// Where values go: the books they are checked against, the entity named in messages, the messages.
pub struct Filling<'a, 'b> {
    /// The database, for references.
    pub books: &'a mut Books<'b>,
    /// The module being saved.
    pub module: &'static Module,
    /// What is wrong so far.
    pub messages: &'a mut Messages,
}

/// What one parameter comes to.
enum Filled {
    /// This value.
    With(Value),
    /// Nothing: the column goes back to its default.
    Cleared,
    /// It is wrong.
    Wrong(String),
}

impl Filling<'_, '_> {
    /// Puts every parameter that was sent into the row. Those not sent stay as they are.
    pub fn fill(&mut self, params: &'static [Param], sent: &Row, row: &mut Row) {
        for param in params {
            let Some(value) = sent.get(param.name) else { continue };
            let filled = match &param.kind {
                Kind::Lines(_) | Kind::FreeLines => {
                    self.merge_lines(param, value, row);
                    continue;
                }
                _ => self.convert(param, value),
            };
            match filled {
                Filled::With(value) => {
                    row.insert(param.column.to_owned(), value);
                }
                Filled::Cleared => {
                    row.remove(param.column);
                }
                Filled::Wrong(message) => self.messages.push(message),
            }
        }
    }

    fn convert(&mut self, param: &'static Param, value: &Value) -> Filled {
        let invalid = || Filled::Wrong(format!("Invalid field value for field \"{}\".", param.name));
        if let Kind::NamedList(target, keys) = param.kind {
            return self.resolve_list(target, keys, value);
        }
        if value.is_null() {
            return Filled::Cleared;
        }
        let Some(text) = plain_text(value) else { return invalid() };
        if text.trim().is_empty() {
            return Filled::Cleared;
        }
        match param.kind {
            Kind::Text(max) => self.text(param, text, max),
            Kind::Number => match values::decimal(value) {
                Some(number) if number.abs() <= MOST.into() => Filled::With(values::number(number)),
                _ => invalid(),
            },
            Kind::Integer => match values::decimal(value).filter(|number| number.fract().is_zero()) {
                Some(number) => i64::try_from(number).map_or_else(|_| invalid(), |number| Filled::With(json!(number))),
                None => invalid(),
            },
            Kind::Flag => values::flag(value).map_or_else(invalid, |flag| Filled::With(json!(flag))),
            Kind::Date => match values::parse_date(&text) {
                Some(date) => Filled::With(json!(date.strftime("%d/%m/%Y").to_string())),
                None => invalid(),
            },
            Kind::Choice(words) if words.contains(&text.as_str()) => Filled::With(json!(text)),
            Kind::Named(target, keys) => self.resolve(target, keys, &text),
            Kind::Id(target) => {
                let id = values::id(value).filter(|id| self.books.db.row(target, *id).is_some());
                id.map_or_else(|| Filled::Wrong(gone(target, &text)), |id| Filled::With(json!(id)))
            }
            _ => invalid(),
        }
    }

    fn text(&self, param: &Param, text: String, max: usize) -> Filled {
        if text.chars().count() <= max {
            return Filled::With(Value::String(text));
        }
        Filled::Wrong(too_long(self.module, param.label, max))
    }

    fn resolve(&mut self, target: &'static str, keys: &[&'static str], text: &str) -> Filled {
        let found = keys.iter().find_map(|key| self.books.find(target, key, text));
        found.map_or_else(|| Filled::Wrong(gone(target, text)), |id| Filled::With(json!(id)))
    }

    fn resolve_list(&mut self, target: &'static str, keys: &[&'static str], value: &Value) -> Filled {
        let texts: Vec<String> = match value {
            Value::Array(list) => list.iter().filter_map(plain_text).collect(),
            other => plain_text(other).into_iter().collect(),
        };
        let mut ids = Vec::new();
        for text in texts.iter().filter(|text| !text.trim().is_empty()) {
            match self.resolve(target, keys, text) {
                Filled::With(id) => ids.push(id),
                wrong => return wrong,
            }
        }
        Filled::With(Value::Array(ids))
    }

    /// Lines with an id change that line, those without are added, `_status: delete` removes; others stay.
    fn merge_lines(&mut self, param: &'static Param, value: &Value, row: &mut Row) {
        let mut lines = match row.remove(param.column) {
            Some(Value::Array(lines)) => lines,
            _ => Vec::new(),
        };
        let sent = match value {
            Value::Array(list) => list.as_slice(),
            one @ Value::Object(_) => std::slice::from_ref(one),
            _ => &[],
        };
        for line in sent.iter().filter_map(Value::as_object) {
            self.merge_line(param, line, &mut lines);
        }
        row.insert(param.column.to_owned(), Value::Array(lines));
    }

    fn merge_line(&mut self, param: &'static Param, sent: &Row, lines: &mut Vec<Value>) {
        let sent_id = sent.get("id").filter(|id| !id.is_null() && **id != json!(""));
        let place = match sent_id {
            None => None,
            Some(id) => {
                let id = values::id(id);
                let place = lines.iter().position(|line| id.is_some() && line.get("id").and_then(Value::as_u64) == id);
                if place.is_none() {
                    self.messages.push("Data tidak ditemukan atau sudah dihapus".to_owned());
                    return;
                }
                place
            }
        };
        let deleted =
            sent.get("_status").and_then(Value::as_str).is_some_and(|status| status.eq_ignore_ascii_case("delete"));
        match (place, deleted) {
            (Some(place), true) => {
                lines.remove(place);
            }
            (None, true) => {}
            (Some(place), false) => {
                let mut line = lines[place].as_object().cloned().unwrap_or_default();
                let before = line.clone();
                self.fill_line(param, sent, &mut line);
                if line != before {
                    let version = line.get("optLock").and_then(Value::as_u64).unwrap_or(0);
                    line.insert("optLock".to_owned(), json!(version + 1));
                }
                lines[place] = Value::Object(line);
            }
            (None, false) => {
                let mut line = Row::new();
                self.fill_line(param, sent, &mut line);
                lines.push(Value::Object(line));
            }
        }
    }

    fn fill_line(&mut self, param: &'static Param, sent: &Row, line: &mut Row) {
        match &param.kind {
            Kind::Lines(params) => self.fill(params, sent, line),
            _ => {
                let kept = sent.iter().filter(|(name, value)| {
                    *name != "id" && *name != "_status" && !value.is_object() && !value.is_array()
                });
                line.extend(kept.map(|(name, value)| (name.clone(), value.clone())));
            }
        }
    }
}

/// A reference that leads nowhere.
pub fn gone(module_name: &str, key: &str) -> String {
    let label = module(module_name).map_or(module_name, |module| module.label);
    format!("{label} {key} tidak ditemukan atau sudah dihapus")
}

/// A text over its length.
pub fn too_long(module: &Module, label: &str, max: usize) -> String {
    format!("Data \"{label}\" pada \"{}\" terlalu besar. Maksimal {max} karakter", module.label)
}

/// A value that must be there.
pub fn missing(label: &str) -> String {
    format!("Nilai {label} harus diisi")
}
