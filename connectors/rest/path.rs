//! JSONPath over raw JSON: finds the bytes of a value without building the values around it. Plain member paths are walked directly; other
//! paths are first located by the query engine, then walked. What is found is never re-rendered: records stay byte for byte as sent.

use jsonpath_rust::JsonPath as _;
use jsonpath_rust::parser::model::{JpQuery, Segment, Selector};
use jsonpath_rust::parser::parse_json_path;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// An RFC 9535 query.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct JsonPath {
    text: String,
    /// The steps of a path that names at most one value; `None` for a real query.
    #[schemars(skip)]
    steps: Option<Vec<Step>>,
}

#[derive(Clone, Debug, PartialEq, JsonSchema)]
enum Step {
    Member(String),
    Element(usize),
}

impl TryFrom<String> for JsonPath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let query = parse_json_path(&text)
            .map_err(|_| format!("`{text}` is no JSONPath (RFC 9535); a member is written `$.name`"))?;
        let steps = plain_steps(&query);
        Ok(Self { text, steps })
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn plain_steps(query: &JpQuery) -> Option<Vec<Step>> {
    query.segments.iter().map(plain_step).collect()
}

fn plain_step(segment: &Segment) -> Option<Step> {
    match segment {
        Segment::Selector(Selector::Name(name)) => Some(Step::Member(name.clone())),
        Segment::Selector(Selector::Index(index)) => usize::try_from(*index).ok().map(Step::Element),
        _ => None,
    }
}

impl JsonPath {
    /// The path of the whole value.
    #[must_use]
    pub fn root() -> Self {
        Self { text: "$".to_owned(), steps: Some(Vec::new()) }
    }

    /// Whether the path names at most one value.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.steps.is_some()
    }

    /// The path as manifests of the contract have it: dotted, without the root.
    #[must_use]
    pub fn dotted(&self) -> String {
        self.text.trim_start_matches('$').trim_start_matches('.').to_owned()
    }

    /// The first value that the path names.
    #[must_use]
    pub fn pick<'a>(&self, json: &'a RawValue) -> Option<&'a RawValue> {
        match &self.steps {
            Some(steps) => walk(json, steps),
            None => self.locate(json).first().and_then(|steps| walk(json, steps)),
        }
    }

    /// The text of the first value: a string's content, or a number or truth value as it is written.
    #[must_use]
    pub fn text_of(&self, json: &RawValue) -> Option<String> {
        self.pick(json).and_then(text)
    }

    /// All records under the path: the elements of the array that a plain path names, or whatever a query selects.
    /// `None` when there is no such array.
    #[must_use]
    pub fn pick_list<'a>(&self, json: &'a RawValue) -> Option<Vec<&'a RawValue>> {
        match &self.steps {
            Some(steps) => serde_json::from_str(walk(json, steps)?.get()).ok(),
            None => Some(self.locate(json).iter().filter_map(|steps| walk(json, steps)).collect()),
        }
    }

    /// Where a query's results stand.
    fn locate(&self, json: &RawValue) -> Vec<Vec<Step>> {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(json.get()) else {
            return Vec::new();
        };
        let found = value.query_only_path(&self.text).unwrap_or_default();
        found.iter().filter_map(|place| plain_steps(&parse_json_path(place).ok()?)).collect()
    }
}

/// What a scalar says; nothing for null, objects and arrays.
#[must_use]
pub fn text(json: &RawValue) -> Option<String> {
    match json.get().as_bytes().first()? {
        b'"' => serde_json::from_str(json.get()).ok(),
        b'{' | b'[' | b'n' => None,
        _ => Some(json.get().to_owned()),
    }
}

/// Several plain paths in one pass over the outermost object, each with its first match.
#[must_use]
pub fn pick_many<'a>(json: &'a RawValue, paths: &[Option<&JsonPath>]) -> Vec<Option<&'a RawValue>> {
    let heads: Vec<Option<&str>> = paths.iter().map(|path| path.and_then(first_member)).collect();
    let mut found = members(json, &heads);
    for (slot, path) in found.iter_mut().zip(paths) {
        let Some(path) = path else { continue };
        *slot = match (&path.steps, first_member(path)) {
            (Some(steps), Some(_)) => slot.and_then(|inner| walk(inner, &steps[1..])),
            _ => path.pick(json),
        };
    }
    found
}

fn first_member(path: &JsonPath) -> Option<&str> {
    match path.steps.as_ref()?.first()? {
        Step::Member(name) => Some(name),
        Step::Element(_) => None,
    }
}

fn walk<'a>(json: &'a RawValue, steps: &[Step]) -> Option<&'a RawValue> {
    steps.iter().try_fold(json, |json, step| match step {
        Step::Member(name) => members(json, &[Some(name)]).pop().flatten(),
        Step::Element(index) => {
            serde_json::from_str::<Vec<&RawValue>>(json.get()).ok().and_then(|elements| elements.get(*index).copied())
        }
    })
}

/// The raw values of some members of an object; as everywhere in JSON, the last of equal names counts.
fn members<'a>(json: &'a RawValue, names: &[Option<&str>]) -> Vec<Option<&'a RawValue>> {
    let nothing = vec![None; names.len()];
    if !json.get().starts_with('{') {
        return nothing;
    }
    serde_json::Deserializer::from_str(json.get()).deserialize_map(Members { names }).unwrap_or(nothing)
}

struct Members<'n> {
    names: &'n [Option<&'n str>],
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Vec<Option<&'de RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found: Self::Value = vec![None; self.names.len()];
        while let Some(wanted) = map.next_key_seed(Wanted { names: self.names })? {
            if wanted.is_empty() {
                map.next_value::<IgnoredAny>()?;
            } else {
                let value = map.next_value::<&'de RawValue>()?;
                for index in wanted {
                    found[index] = Some(value);
                }
            }
        }
        Ok(found)
    }
}

/// Reads a key as the list of those names that equal it.
struct Wanted<'n> {
    names: &'n [Option<&'n str>],
}

impl<'de> DeserializeSeed<'de> for Wanted<'_> {
    type Value = Vec<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Wanted<'_> {
    type Value = Vec<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.names.iter().enumerate().filter(|(_, name)| **name == Some(key)).map(|(index, _)| index).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> JsonPath {
        JsonPath::try_from(text.to_owned()).unwrap()
    }

    fn raw(text: &str) -> &RawValue {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn plain_paths_cut_bytes_out() {
        let body = raw(r#" {"data": [ {"id":1.50 , "n":"\u00e9"}, 2 ], "x": {"y z": null}} "#);
        assert_eq!(path("$.data[0]").pick(body).unwrap().get(), r#"{"id":1.50 , "n":"\u00e9"}"#);
        assert_eq!(path("$.data[0].n").text_of(body).unwrap(), "é");
        assert_eq!(path("$.data[0].id").text_of(body).unwrap(), "1.50");
        assert_eq!(path("$.x['y z']").pick(body).unwrap().get(), "null");
        assert_eq!(path("$.x['y z']").text_of(body), None);
        assert!(path("$.data.id").pick(body).is_none());
        assert!(path("$.nope").pick(body).is_none());
        assert_eq!(path("$.data").pick_list(body).unwrap().len(), 2);
        assert!(path("$.x").pick_list(body).is_none());
    }

    #[test]
    fn queries_are_located_and_keep_bytes_too() {
        let body = raw(r#"{"a'b":[{"k":1,"v": 0.10},{"k":2,"v": 1.00}]}"#);
        let odd = path(r#"$["a'b"][?@.k == 2].v"#);
        assert!(!odd.is_plain());
        assert_eq!(odd.pick(body).unwrap().get(), "1.00");
        let all: Vec<_> = path("$..v").pick_list(body).unwrap().iter().map(|v| v.get().to_owned()).collect();
        assert_eq!(all, ["0.10", "1.00"]);
    }

    #[test]
    fn many_paths_in_one_pass() {
        let body = raw(r#"{"id":"a","meta":{"rev":7},"id":"b"}"#);
        let (id, rev, deep) = (path("$.id"), path("$.meta.rev"), path("$..rev"));
        let found = pick_many(body, &[Some(&id), None, Some(&rev), Some(&deep), Some(&id)]);
        let found: Vec<_> = found.into_iter().map(|v| v.map(RawValue::get)).collect();
        assert_eq!(found, [Some("\"b\""), None, Some("7"), Some("7"), Some("\"b\"")]);
    }

    #[test]
    fn what_is_no_path_is_said_to_be_none() {
        for bad in ["data", "$.", "$[", "", "$.a["] {
            assert!(JsonPath::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
