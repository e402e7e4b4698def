//! Whether a file has the shape of a mapping: unknown and missing keys, kinds of values, words. All mistakes at once.
//!
//! Walks the value along the JSON Schema that editors use, so that both say the same. What is wrong is reported and left out, so that the
//! rest can be read and checked further. What the values mean is for the other modules.

use crate::diagnostics::{self as diag, Spot};
use crate::schema;
use crate::spans::{SpanIndex, escape};
use crate::syntax::SIDE_KEYS;
use selaras_model::Diagnostic;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// Checks a file, and gives what of it is in shape.
pub(super) fn check(value: &Json, spans: &SpanIndex, systems: &[String]) -> (Option<Json>, Vec<Diagnostic>) {
    let root = schema::shared();
    let mut shape = Shape { root, spans, systems, found: Vec::new() };
    let kept = shape.value(root, value, "", Missing::LeftOut);
    (kept, shape.found)
}

/// What follows from a missing key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// The rest of the mapping is kept and checked further.
    LeftOut,
    /// The mapping as a whole is dropped: it is one of several forms, told apart by their keys.
    Fails,
}

struct Shape<'a> {
    root: &'static Json,
    spans: &'a SpanIndex,
    systems: &'a [String],
    found: Vec<Diagnostic>,
}

impl Shape<'_> {
    fn value(&mut self, schema: &'static Json, value: &Json, at: &str, missing: Missing) -> Option<Json> {
        let schema = self.resolve(schema);
        if let Some(branches) = schema.get("anyOf").and_then(Json::as_array) {
            return self.one_of_several(branches, value, at);
        }
        let words = words_of(schema);
        if !accepts(schema, value) {
            self.wrong_kind(&kinds_of(schema), value, at);
            return None;
        }
        match value {
            Json::Object(members) => self.members(schema, members, at, missing),
            Json::Array(items) => Some(self.items(schema, items, at)),
            Json::String(word) if !words.is_empty() => self.word(word, &words, at),
            Json::String(_) | Json::Number(_) => self.scalar(schema, value, at),
            Json::Null | Json::Bool(_) => Some(value.clone()),
        }
    }

    /// Follows references; schemars wraps a reference that has a description into `allOf`.
    fn resolve(&self, schema: &'static Json) -> &'static Json {
        let mut schema = schema;
        loop {
            if let Some(inner) = schema.get("allOf").and_then(|all| all.get(0)) {
                schema = inner;
            } else if let Some(reference) = schema.get("$ref").and_then(Json::as_str) {
                match reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)) {
                    Some(target) => schema = target,
                    None => return schema,
                }
            } else {
                return schema;
            }
        }
    }

    fn one_of_several(&mut self, branches: &'static [Json], value: &Json, at: &str) -> Option<Json> {
        let branches: Vec<&'static Json> = branches.iter().map(|branch| self.resolve(branch)).collect();
        let fitting: Vec<&'static Json> = branches.iter().copied().filter(|branch| accepts(branch, value)).collect();
        let Json::Object(members) = value else {
            return match fitting.first() {
                Some(branch) => self.value(branch, value, at, Missing::Fails),
                None => {
                    let kinds: BTreeSet<&str> = branches.iter().flat_map(|branch| kinds_of(branch)).collect();
                    self.wrong_kind(&kinds.into_iter().collect::<Vec<_>>(), value, at);
                    None
                }
            };
        };
        if fitting.is_empty() {
            let kinds: BTreeSet<&str> = branches.iter().flat_map(|branch| kinds_of(branch)).collect();
            self.wrong_kind(&kinds.into_iter().collect::<Vec<_>>(), value, at);
            return None;
        }
        let best = fitting.iter().copied().rev().max_by_key(|branch| likeness(branch, members));
        match best {
            Some(branch) if fitting.len() == 1 || likeness(branch, members).1 > 0 => {
                self.value(branch, value, at, Missing::Fails)
            }
            _ => {
                self.no_form(&fitting, members, at);
                None
            }
        }
    }

    /// A mapping that has no key of any of the forms possible here.
    fn no_form(&mut self, forms: &[&'static Json], members: &Map<String, Json>, at: &str) {
        let known: BTreeSet<&str> = forms.iter().flat_map(|form| properties(form)).collect();
        if members.is_empty() {
            let firsts: Vec<&str> = forms.iter().filter_map(|form| required(form).next()).collect();
            self.found.push(diag::missing_one_of(Spot::value(self.spans, at), &firsts.join(", ")));
        }
        for key in members.keys() {
            let spot = Spot::key(self.spans, &below(at, key));
            self.found.push(diag::unknown_key(spot, key, known.iter().copied()));
        }
    }

    fn members(
        &mut self,
        schema: &'static Json,
        members: &Map<String, Json>,
        at: &str,
        missing: Missing,
    ) -> Option<Json> {
        let mut kept = Map::new();
        for (key, value) in members {
            let own = below(at, key);
            match self.member_schema(schema, key) {
                Some(inner) => {
                    if let Some(value) = self.value(inner, value, &own, Missing::LeftOut) {
                        kept.insert(key.clone(), value);
                    }
                }
                None => {
                    let sides = if has_side_keys(schema) { self.systems } else { &[] };
                    let mut known: Vec<&str> = sides.iter().map(String::as_str).collect();
                    properties(schema).for_each(|name| known.push(name));
                    self.found.push(diag::unknown_key(Spot::key(self.spans, &own), key, known));
                }
            }
        }
        for key in required(schema).filter(|key| !members.contains_key(*key)) {
            self.found.push(diag::missing_key(Spot::key(self.spans, at), key));
        }
        let complete = required(schema).all(|key| kept.contains_key(key));
        (complete || missing == Missing::LeftOut).then_some(Json::Object(kept))
    }

    fn member_schema(&self, schema: &'static Json, key: &str) -> Option<&'static Json> {
        if let Some(inner) = schema.get("properties").and_then(|all| all.get(key)) {
            return Some(inner);
        }
        let other = schema.get("additionalProperties").filter(|other| other.is_object())?;
        // Without systems (they are wrong themselves) any key may be meant for one.
        let known = !has_side_keys(schema) || self.systems.is_empty() || self.systems.iter().any(|name| name == key);
        known.then_some(other)
    }

    fn items(&mut self, schema: &'static Json, items: &[Json], at: &str) -> Json {
        let Some(inner) = schema.get("items") else { return Json::Array(items.to_vec()) };
        let kept = items.iter().enumerate().map(|(position, item)| {
            self.value(inner, item, &format!("{at}/{position}"), Missing::LeftOut).unwrap_or(Json::Null)
        });
        Json::Array(kept.collect())
    }

    fn word(&mut self, word: &str, words: &[&str], at: &str) -> Option<Json> {
        if words.contains(&word) {
            return Some(Json::String(word.to_owned()));
        }
        self.found.push(diag::unknown_word(Spot::value(self.spans, at), word, words.iter().copied()));
        None
    }

    /// Text or a number: what was written without quotes must not look like something else.
    fn scalar(&mut self, schema: &'static Json, value: &Json, at: &str) -> Option<Json> {
        let plain = self.plain_text(at);
        let odd = match (value, plain) {
            (Json::String(_), Some(text)) => looks_numeric(text),
            // Where any value may stand, a number that is not written like one was meant as text, such as a telephone number.
            (Json::Number(_), Some(text)) => kinds_of(schema).contains(&"text") && oddly_written(text),
            _ => false,
        };
        if odd {
            let text = plain.unwrap_or_default().to_owned();
            self.found.push(diag::quote_it(Spot::value(self.spans, at), &text));
        }
        Some(value.clone())
    }

    fn plain_text(&self, at: &str) -> Option<&str> {
        let scalar = self.spans.place(at)?.scalar.as_ref()?;
        scalar.plain.then_some(scalar.text.as_str())
    }

    fn wrong_kind(&mut self, expected: &[&str], value: &Json, at: &str) {
        let spot = Spot::value(self.spans, at);
        let plain = self.plain_text(at).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
        let wants_text = expected.contains(&"text");
        self.found.push(match (value, plain) {
            (Json::Number(_) | Json::Bool(_) | Json::Null, Some(text)) if wants_text => diag::quote_it(spot, &text),
            _ => diag::wrong_kind(spot, &expected.join("-or-"), kind_of(value)),
        });
    }
}

/// The pointer of a member.
fn below(at: &str, key: &str) -> String {
    format!("{at}/{}", escape(key))
}

fn properties(schema: &'static Json) -> impl Iterator<Item = &'static str> {
    schema.get("properties").and_then(Json::as_object).into_iter().flat_map(|all| all.keys().map(String::as_str))
}

fn required(schema: &'static Json) -> impl Iterator<Item = &'static str> {
    schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}

fn has_side_keys(schema: &Json) -> bool {
    schema.get(SIDE_KEYS).is_some()
}

/// How well a mapping fits a form: whether it has all keys that the form needs, and how many of its keys the form knows.
fn likeness(form: &'static Json, members: &Map<String, Json>) -> (bool, usize) {
    let complete = required(form).all(|key| members.contains_key(key));
    (complete, properties(form).filter(|key| members.contains_key(*key)).count())
}

/// The words of an enumeration: `enum`, or constants with descriptions.
fn words_of(schema: &'static Json) -> Vec<&'static str> {
    let listed = schema.get("enum").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    let described = schema.get("oneOf").and_then(Json::as_array).into_iter().flatten();
    let described = described.flat_map(|one| {
        let listed = one.get("enum").and_then(Json::as_array).into_iter().flatten();
        one.get("const").into_iter().chain(listed).filter_map(Json::as_str)
    });
    listed.chain(described).collect()
}

fn types_of(schema: &'static Json) -> Vec<&'static str> {
    match schema.get("type") {
        Some(Json::String(one)) => vec![one],
        Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
        _ if schema.get("oneOf").is_some() => vec!["string"],
        _ => Vec::new(),
    }
}

/// The kinds of values that a schema takes, by the names that diagnostics use.
fn kinds_of(schema: &'static Json) -> Vec<&'static str> {
    let kinds = types_of(schema).into_iter().map(|name| match name {
        "string" => "text",
        "object" => "mapping",
        "array" => "list",
        "integer" => "whole",
        "boolean" => "bool",
        other => other,
    });
    kinds.collect()
}

fn accepts(schema: &'static Json, value: &Json) -> bool {
    types_of(schema).into_iter().any(|name| match name {
        "string" => value.is_string(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        // All whole numbers of the language count something.
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    })
}

fn kind_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "text",
        Json::Array(_) => "list",
        Json::Object(_) => "mapping",
    }
}

/// Text that some readers of YAML take for a number: `00123`, `1_000`, `0x1F`.
fn looks_numeric(text: &str) -> bool {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = body.strip_prefix("0x").or_else(|| body.strip_prefix("0o")).unwrap_or(body);
    let prefixed = digits.len() < body.len();
    let fits = |c: char| c.is_ascii_digit() || matches!(c, '_' | '.') || (prefixed && c.is_ascii_hexdigit());
    body.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.contains(|c: char| c.is_ascii_hexdigit())
        && digits.chars().all(fits)
}

/// A number that nobody writes who means a number: with a plus, or with more digits than a number can hold exactly.
fn oddly_written(text: &str) -> bool {
    text.starts_with('+') || text.chars().filter(char::is_ascii_digit).count() > 15
}
