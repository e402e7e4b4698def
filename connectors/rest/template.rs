//! Texts with slots, such as `{path}/{id}`, and the encoding of what goes into addresses. What may stand in a slot is `check`'s business.

use schemars::JsonSchema;
use serde::Deserialize;

/// A text with slots in braces.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct Template {
    parts: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
enum Piece {
    Plain(String),
    Slot(String),
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some(open) = rest.find(['{', '}']) {
            let close = rest[open..].find('}').filter(|_| rest[open..].starts_with('{'));
            let Some(close) = close else {
                return Err(format!("unbalanced braces in `{text}`; a slot is written `{{name}}`"));
            };
            let slot = &rest[open + 1..open + close];
            if slot.is_empty() || !slot.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
                return Err(format!("`{{{slot}}}` is no slot; a slot is written `{{name}}`"));
            }
            parts.push(Piece::Plain(rest[..open].to_owned()));
            parts.push(Piece::Slot(slot.to_owned()));
            rest = &rest[open + close + 1..];
        }
        parts.push(Piece::Plain(rest.to_owned()));
        Ok(Self { parts })
    }
}

impl Template {
    /// The names of the slots.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Piece::Slot(name) => Some(name.as_str()),
            Piece::Plain(_) => None,
        })
    }

    /// The text with its slots filled; the name of the first slot that has no value otherwise.
    ///
    /// # Errors
    /// When a slot has no value.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Piece::Plain(text) => out.push_str(text),
                Piece::Slot(name) => out.push_str(&value(name).ok_or_else(|| name.clone())?),
            }
        }
        Ok(out)
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, for path segments and query values alike.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Appends query parameters to an address that may have some already.
pub fn with_query<'a>(url: &str, params: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut out = url.to_owned();
    let mut sign = if url.contains('?') { '&' } else { '?' };
    for (name, value) in params {
        out.push(sign);
        out.push_str(&format!("{}={}", encode(name), encode(&value)));
        sign = '&';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Result<Template, String> {
        Template::try_from(text.to_owned())
    }

    #[test]
    fn slots_are_filled_and_named() {
        let it = template("{path}/{id}/x").unwrap();
        assert_eq!(it.slots().collect::<Vec<_>>(), ["path", "id"]);
        assert_eq!(it.fill(|name| Some(name.to_uppercase())).unwrap(), "PATH/ID/x");
        assert_eq!(it.fill(|name| (name == "path").then(String::new)).unwrap_err(), "id");
    }

    #[test]
    fn braces_must_balance() {
        for bad in ["{", "}", "a{b", "a}b", "{}", "{a b}", "{a{b}}"] {
            assert!(template(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_goes_into_addresses_is_encoded() {
        assert_eq!(encode("a/b c+d?é"), "a%2Fb%20c%2Bd%3F%C3%A9");
        let url = with_query("http://h/p?x=1", [("since", "2026-01-31T10:00:00+07:00".to_owned())]);
        assert_eq!(url, "http://h/p?x=1&since=2026-01-31T10%3A00%3A00%2B07%3A00");
    }
}
