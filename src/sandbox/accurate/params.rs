//! Reads what a caller sent, in any of the spellings clients use: query string, form with flattened nesting, JSON.
//!
//! The result is either a flat list of names and texts (lists and keys) or a tree of values (saves). What the values
//! mean is decided by `save`.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use crate::world::Row;

/// The highest index a form may name. Higher ones are ignored rather than filled up to.
const MOST_LINES: usize = 10_000;

/// Names and texts as sent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Flat(pub Vec<(String, String)>);

impl Flat {
    /// The pairs of a query string or a form.
    pub fn parse(encoded: &str) -> Flat {
        let pairs = encoded.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Flat(pairs.collect())
    }

    /// The first value under this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// `%41` and `+` undone; bytes that are no UTF-8 become replacement characters.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = match bytes[at] {
            b'%' => bytes
                .get(at + 1..at + 3)
                .filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))
                .and_then(|hex| std::str::from_utf8(hex).ok())
                .and_then(|hex| u8::from_str_radix(hex, 16).ok()),
            _ => None,
        };
        match (escaped, bytes[at]) {
            (Some(byte), _) => {
                plain.push(byte);
                at += 3;
                continue;
            }
            (None, b'+') => plain.push(b' '),
            (None, byte) => plain.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// The query and the body of one call.
#[derive(Debug, Default)]
pub struct Params {
    /// Query and form together, query first.
    pub flat: Flat,
    /// The body, if it was JSON.
    pub json: Option<Value>,
}

impl Params {
    /// Reads a call. A JSON body that is none gives the reason.
    ///
    /// # Errors
    /// When the body says it is JSON and is not.
    pub fn read(query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Result<Params, String> {
        let mut flat = Flat::parse(query.unwrap_or_default());
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let text = String::from_utf8_lossy(body);
        let looks_like_json = kind.is_empty() && text.trim_start().starts_with(['{', '[']);
        if kind.contains("json") || looks_like_json {
            if text.trim().is_empty() {
                return Ok(Params { flat, json: None });
            }
            let json = serde_json::from_str(&text).map_err(|error| format!("Invalid JSON: {error}"))?;
            return Ok(Params { flat, json: Some(json) });
        }
        if let Some(boundary) = kind.split("boundary=").nth(1).filter(|_| kind.starts_with("multipart/")) {
            flat.0.extend(multipart(&text, boundary.split(';').next().unwrap_or_default().trim_matches('"')));
        } else {
            flat.0.extend(Flat::parse(&text).0);
        }
        Ok(Params { flat, json: None })
    }

    /// One plain value, from wherever it was sent.
    pub fn text(&self, name: &str) -> Option<String> {
        if let Some(value) = self.json.as_ref().and_then(|json| json.get(name)) {
            return plain_text(value);
        }
        self.flat.get(name).map(str::to_owned)
    }

    /// Everything as a tree; what JSON says wins over the query.
    pub fn tree(&self, php_nesting: bool) -> Row {
        let mut root = Value::Object(Map::new());
        for (name, value) in &self.flat.0 {
            if let Some(path) = steps(name, php_nesting) {
                place(&mut root, &path, value);
            }
        }
        let mut tree = match root {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        if let Some(Value::Object(members)) = &self.json {
            tree.extend(members.clone());
        }
        tree
    }
}

/// A JSON value as the text a form would carry.
pub fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The text parts of a multipart form, which is what PHP's curl sends for an array.
fn multipart(body: &str, boundary: &str) -> Vec<(String, String)> {
    let part = |text: &str| {
        let (head, value) = text.split_once("\r\n\r\n")?;
        let name = head.split("name=\"").nth(1)?.split('"').next()?;
        Some((name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned()))
    };
    if boundary.is_empty() {
        return Vec::new();
    }
    body.split(&format!("--{boundary}")).filter_map(part).collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Index(usize),
    Append,
}

/// `detailItem[0].itemNo` as steps. None for spellings the server does not understand.
fn steps(name: &str, php_nesting: bool) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for part in name.split('.') {
        let mut pieces = part.split('[');
        let member = pieces.next().filter(|member| !member.is_empty())?;
        steps.push(Step::Member(member.to_owned()));
        for piece in pieces {
            let inside = piece.strip_suffix(']')?;
            steps.push(match inside.parse::<usize>() {
                _ if inside.is_empty() => Step::Append,
                Ok(index) if index < MOST_LINES => Step::Index(index),
                Ok(_) => return None,
                Err(_) if php_nesting => Step::Member(inside.to_owned()),
                Err(_) => return None,
            });
        }
    }
    Some(steps)
}

/// Puts a text into the tree; a second plain value under one name makes a list.
fn place(node: &mut Value, path: &[Step], text: &str) {
    let Some((step, rest)) = path.split_first() else {
        let new = Value::String(text.to_owned());
        match node {
            Value::Null => *node = new,
            Value::Array(list) => list.push(new),
            _ => *node = Value::Array(vec![node.take(), new]),
        }
        return;
    };
    match step {
        Step::Member(name) => {
            if !node.is_object() {
                *node = Value::Object(Map::new());
            }
            if let Value::Object(members) = node {
                place(members.entry(name.clone()).or_insert(Value::Null), rest, text);
            }
        }
        Step::Index(_) | Step::Append => {
            if !node.is_array() {
                *node = Value::Array(Vec::new());
            }
            if let Value::Array(list) = node {
                let index = if let Step::Index(index) = step { *index } else { list.len() };
                if list.len() <= index {
                    list.resize(index + 1, Value::Null);
                }
                place(&mut list[index], rest, text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tree(form: &str, php_nesting: bool) -> Value {
        let params = Params { flat: Flat::parse(form), json: None };
        Value::Object(params.tree(php_nesting))
    }

    #[test]
    fn flattened_nesting_becomes_a_tree() {
        let form = "customerNo=C.1&detailItem[1].itemNo=B&detailItem[0].itemNo=A%26B&detailItem%5B0%5D.quantity=2\
                    &salesmanListNumber[0]=E.1&salesmanListNumber%5B1%5D=E.2";
        assert_eq!(
            tree(form, false),
            json!({"customerNo": "C.1", "detailItem": [{"itemNo": "A&B", "quantity": "2"}, {"itemNo": "B"}],
                   "salesmanListNumber": ["E.1", "E.2"]})
        );
    }

    #[test]
    fn php_nesting_is_understood_only_when_switched_on() {
        let form = "name=x&detailItem[0][itemNo]=A";
        assert_eq!(tree(form, false), json!({"name": "x"}));
        assert_eq!(tree(form, true), json!({"name": "x", "detailItem": [{"itemNo": "A"}]}));
    }

    #[test]
    fn repeated_names_and_empty_brackets_make_lists() {
        let list = json!({"a": ["1", "2"]});
        assert_eq!(tree("a=1&a=2", false), list);
        assert_eq!(tree("a[]=1&a[]=2", false), list);
    }

    #[test]
    fn nonsense_never_panics_nor_fills_memory() {
        for form in ["[0]=1", "a[=1", "a[4000000000].b=1", "=", "&&", "%zz=%4", "a..b=1", "a[0]]=2", "%=%"] {
            tree(form, true);
        }
        assert_eq!(tree("a[4000000000].b=1", false), json!({}));
        assert_eq!(decode("a%2Cb+c%ZZ%4"), "a,b c%ZZ%4");
    }

    #[test]
    fn multipart_forms_are_read() {
        let body = "--XX\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nToko A\r\n--XX--\r\n";
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=XX".parse().unwrap());
        let params = Params::read(None, &headers, body.as_bytes()).unwrap();
        assert_eq!(params.text("name").as_deref(), Some("Toko A"));
    }
}
