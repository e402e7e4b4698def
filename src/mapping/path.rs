//! Singular JSONPaths (RFC 9535): where one member of a record stands, for reading and for writing.
//!
//! The grammar is `jsonpath-rust`'s; evaluation is our own walk over compiled segments, which also makes missing parents when it writes.
//! Paths that may name several places belong to conditions only.

use jsonpath_rust::parser::errors::JsonPathError;
use jsonpath_rust::parser::model::{JpQuery, Segment as AstSegment, Selector};
use jsonpath_rust::parser::parse_json_path;
use selaras_model::Message;
use serde_json::{Map, Value as Json};
use std::fmt;

/// The longest text that is tried: the parser is recursive, and no member needs more.
const MAX_LENGTH: usize = 512;
/// The highest index: writing pads an array up to it.
const MAX_INDEX: i64 = 999;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A member of an object.
    Name(String),
    /// An element of an array, from 0.
    Index(usize),
}

/// Where one member stands: names and indexes from the root. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    segments: Vec<Segment>,
}

/// Why a text is no path that a cell can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// What is wrong.
    pub message: Message,
    /// Where in the text, in bytes.
    pub offset: usize,
}

impl Path {
    /// The path of a single member, such as `$.name` for `name`.
    #[must_use]
    pub fn member(name: &str) -> Self {
        Self { segments: vec![Segment::Name(name.to_owned())] }
    }

    /// Reads a path such as `$.customer.name` or `$['nama lain'][0]`.
    ///
    /// # Errors
    /// When the text is no JSONPath, or one that may name several places, counts from the end, or names the whole record.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text.len() > MAX_LENGTH {
            let message = Message::new("map-path-too-long").with("max", MAX_LENGTH);
            return Err(PathError { message, offset: MAX_LENGTH });
        }
        let query = parse_json_path(text).map_err(|error| syntax_error(&error, "map-path-syntax", text, 0))?;
        let segments = singular(&query).map_err(|message| PathError { message, offset: 0 })?;
        if segments.is_empty() {
            return Err(PathError { message: Message::new("map-path-empty"), offset: text.len() });
        }
        Ok(Self { segments })
    }

    /// Its steps.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// What stands there, if anything does.
    #[must_use]
    pub fn get<'a>(&self, record: &'a Json) -> Option<&'a Json> {
        walk(&self.segments, record)
    }

    /// What a system says of the place: as [`Path::get`], but what lies below a null, or past the end of a list that was returned, is null
    /// too. `None`: the system did not say.
    #[must_use]
    pub fn look<'a>(&self, record: &'a Json) -> Option<&'a Json> {
        static NOTHING: Json = Json::Null;
        self.segments.iter().try_fold(record, |place, segment| match (place, segment) {
            (Json::Null, _) => Some(&NOTHING),
            (Json::Object(members), Segment::Name(name)) => members.get(name),
            (Json::Array(elements), Segment::Index(index)) => Some(elements.get(*index).unwrap_or(&NOTHING)),
            _ => None,
        })
    }

    /// Puts a value there. Missing parents are made; a parent of the wrong kind is replaced.
    pub fn set(&self, record: &mut Json, value: Json) {
        let mut place = record;
        for segment in &self.segments {
            place = step_into(place, segment);
        }
        *place = value;
    }

    /// The member as connectors know it: names joined by dots, elements of arrays as `[]`, such as `salesmanList[].id`.
    #[must_use]
    pub fn dotted(&self) -> String {
        dotted(&self.segments)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.segments.iter().try_for_each(|segment| match segment {
            Segment::Name(name) if is_shorthand(name) => write!(f, ".{name}"),
            Segment::Name(name) => write!(f, "['{}']", escaped(name)),
            Segment::Index(index) => write!(f, "[{index}]"),
        })
    }
}

/// Follows steps through a value.
pub(crate) fn walk<'a>(segments: &[Segment], record: &'a Json) -> Option<&'a Json> {
    segments.iter().try_fold(record, |place, segment| match segment {
        Segment::Name(name) => place.as_object()?.get(name),
        Segment::Index(index) => place.as_array()?.get(*index),
    })
}

/// Steps as connectors know the member.
pub(crate) fn dotted(segments: &[Segment]) -> String {
    let mut text = String::new();
    for segment in segments {
        match segment {
            Segment::Name(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Segment::Index(_) => text.push_str("[]"),
        }
    }
    text
}

/// The error of `jsonpath-rust` in our words, placed in the text that the author wrote (`before` bytes were put in front of it).
pub(crate) fn syntax_error(error: &JsonPathError, key: &str, text: &str, before: usize) -> PathError {
    let offset = match error {
        JsonPathError::PestError(error) => match error.location {
            pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
        },
        _ => before,
    };
    let mut offset = offset.saturating_sub(before).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let rest: String = text[offset..].chars().take(20).collect();
    PathError { message: Message::new(key).with("text", text).with("rest", rest), offset }
}

fn singular(query: &JpQuery) -> Result<Vec<Segment>, Message> {
    query.segments.iter().map(singular_segment).collect()
}

/// A segment of the parser as one of ours, if it names one place.
pub(crate) fn singular_segment(segment: &AstSegment) -> Result<Segment, Message> {
    match segment {
        AstSegment::Selector(Selector::Name(name)) => Ok(Segment::Name(name.clone())),
        AstSegment::Selector(Selector::Index(index)) => index_segment(*index),
        AstSegment::Selector(Selector::Wildcard | Selector::Slice(..) | Selector::Filter(_))
        | AstSegment::Selectors(_)
        | AstSegment::Descendant(_) => Err(Message::new("map-path-not-singular")),
    }
}

/// An index that can be both read and written.
pub(crate) fn index_segment(index: i64) -> Result<Segment, Message> {
    if index < 0 {
        return Err(Message::new("map-path-negative-index").with("index", index));
    }
    if index > MAX_INDEX {
        return Err(Message::new("map-path-index-too-high").with("index", index).with("max", MAX_INDEX));
    }
    usize::try_from(index)
        .map(Segment::Index)
        .map_err(|_| Message::new("map-path-index-too-high").with("index", index).with("max", MAX_INDEX))
}

fn step_into<'a>(place: &'a mut Json, segment: &Segment) -> &'a mut Json {
    match segment {
        Segment::Name(name) => {
            if !place.is_object() {
                *place = Json::Object(Map::new());
            }
            match place {
                Json::Object(members) => members.entry(name.as_str()).or_insert(Json::Null),
                _ => place,
            }
        }
        Segment::Index(index) => {
            if !place.is_array() {
                *place = Json::Array(Vec::new());
            }
            match place {
                Json::Array(elements) => {
                    if elements.len() <= *index {
                        elements.resize(index + 1, Json::Null);
                    }
                    &mut elements[*index]
                }
                _ => place,
            }
        }
    }
}

fn is_shorthand(name: &str) -> bool {
    // The parser trims a shorthand of all that Unicode calls blank.
    let beyond = |each: char| !each.is_ascii() && !each.is_whitespace();
    let starts = |first: char| first.is_ascii_alphabetic() || first == '_' || beyond(first);
    name.chars().next().is_some_and(starts) && name.chars().all(|each| starts(each) || each.is_ascii_digit())
}

fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for each in name.chars() {
        match each {
            '\'' | '\\' => text.extend(['\\', each]),
            control if control < ' ' => text.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn path(text: &str) -> Path {
        Path::parse(text).unwrap()
    }

    #[test]
    fn members_and_elements_are_read() {
        let record = json!({"customer": {"name": "Toko"}, "rows": [{"id": 7}], "a.b": 1, "empty": null});
        assert_eq!(path("$.customer.name").get(&record), Some(&json!("Toko")));
        assert_eq!(path("$.rows[0].id").get(&record), Some(&json!(7)));
        assert_eq!(path("$['a.b']").get(&record), Some(&json!(1)));
        assert_eq!(path("$.empty").get(&record), Some(&Json::Null), "null is not missing");
        assert_eq!(path("$.empty.deeper").get(&record), None);
        assert_eq!(path("$.rows[1]").get(&record), None);
    }

    #[test]
    fn below_a_null_there_is_nothing_and_elsewhere_nobody_knows() {
        let record = json!({"category": null, "list": [], "other": {}});
        assert_eq!(path("$.category.name").look(&record), Some(&Json::Null));
        assert_eq!(path("$.list[0].id").look(&record), Some(&Json::Null));
        assert_eq!(path("$.other.name").look(&record), None);
        assert_eq!(path("$.absent").look(&record), None);
    }

    #[test]
    fn writing_makes_missing_parents_and_keeps_neighbours() {
        let mut record = json!({"a": {"kept": 1}, "scalar": 5});
        path("$.a.b[2].c").set(&mut record, json!("x"));
        path("$.scalar.inner").set(&mut record, json!(true));
        assert_eq!(record, json!({"a": {"kept": 1, "b": [null, null, {"c": "x"}]}, "scalar": {"inner": true}}));
    }

    #[test]
    fn dots_for_connectors() {
        assert_eq!(path("$.customer.name").dotted(), "customer.name");
        assert_eq!(path("$.salesmanList[0].id").dotted(), "salesmanList[].id");
    }

    #[test]
    fn what_may_name_several_places_is_refused() {
        for text in ["$.*", "$..name", "$.rows[*].id", "$.rows[0:2]", "$['a','b']", "$.rows[?@.id == 1]"] {
            assert_eq!(Path::parse(text).unwrap_err().message.key, "map-path-not-singular", "{text}");
        }
        assert_eq!(Path::parse("$").unwrap_err().message.key, "map-path-empty");
        assert_eq!(Path::parse("$.a[-1]").unwrap_err().message.key, "map-path-negative-index");
        assert_eq!(Path::parse("$.a[1000]").unwrap_err().message.key, "map-path-index-too-high");
        assert_eq!(Path::parse(&format!("$.{}", "a".repeat(600))).unwrap_err().message.key, "map-path-too-long");
    }

    #[test]
    fn syntax_errors_say_where() {
        let error = Path::parse("$.customer..").unwrap_err();
        assert_eq!(error.message.key, "map-path-syntax");
        assert!(error.offset >= 10, "{error:?}");
        assert!(Path::parse("customer.name").is_err());
        assert!(Path::parse("").is_err());
        assert!(Path::parse("$.é[").is_err());
    }

    proptest! {
        #![proptest_config(crate::properties::config(256))]

        #[test]
        fn text_form_reads_back(names in prop::collection::vec("\\PC{1,8}|[a-z'\\\\ ]{1,6}", 1..4), index in prop::option::of(0usize..9)) {
            let mut segments: Vec<Segment> = names.into_iter().map(Segment::Name).collect();
            segments.extend(index.map(Segment::Index));
            let path = Path { segments };
            prop_assert_eq!(Path::parse(&path.to_string()), Ok(path));
        }

        #[test]
        fn what_is_put_is_got(text in "\\$(\\.[a-c]|\\[[0-3]\\]){1,5}", earlier in "\\$(\\.[a-c]|\\[[0-3]\\]){1,5}") {
            let mut record = json!({});
            path(&earlier).set(&mut record, json!("earlier"));
            path(&text).set(&mut record, json!("value"));
            prop_assert_eq!(path(&text).get(&record), Some(&json!("value")));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}|[$.@\\[\\]'?*:0-9a-z\\-]{0,24}") {
            let _ = Path::parse(&text);
        }
    }
}
