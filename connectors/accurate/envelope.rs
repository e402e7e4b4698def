//! Reading Accurate's answers: the `{s, d, r, sp}` envelope, and rows cut out byte for byte.
//! What an answer means for the caller is decided in `refusal` and by the operations.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// An answer taken apart, its members still as they were sent.
///
/// All members are raw, so that an odd type in one that does not matter cannot make an answer unreadable.
#[derive(Default, Deserialize)]
pub(crate) struct Envelope<'a> {
    #[serde(borrow)]
    s: Option<&'a RawValue>,
    /// Rows, the record, messages, or envelopes of single records.
    #[serde(borrow)]
    pub(crate) d: Option<&'a RawValue>,
    /// The record as stored.
    #[serde(borrow)]
    pub(crate) r: Option<&'a RawValue>,
    #[serde(borrow)]
    sp: Option<&'a RawValue>,
    /// The session that `open-db.do` gives, beside `d`.
    #[serde(borrow)]
    pub(crate) session: Option<&'a RawValue>,
    /// The data host that `open-db.do` gives, beside `d`.
    #[serde(borrow)]
    pub(crate) host: Option<&'a RawValue>,
    /// Whether the user administers the database.
    #[serde(borrow)]
    pub(crate) admin: Option<&'a RawValue>,
    /// The new address of a database that moved.
    #[serde(borrow)]
    pub(crate) endpoint: Option<&'a RawValue>,
    /// The error of the authorisation layer.
    #[serde(borrow)]
    pub(crate) error: Option<&'a RawValue>,
    /// What that layer says about it.
    #[serde(borrow)]
    pub(crate) error_description: Option<&'a RawValue>,
    /// The scope that is missing.
    #[serde(borrow)]
    pub(crate) scope: Option<&'a RawValue>,
}

/// The paging block of a list.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Paging {
    /// Pages there are.
    pub(crate) page_count: Option<u64>,
    /// Rows there are.
    pub(crate) row_count: Option<u64>,
}

/// What the connector itself looks at in a record.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawHead<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    opt_lock: Option<&'a RawValue>,
    #[serde(borrow)]
    last_update: Option<&'a RawValue>,
}

/// Id, version and time of change of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The id.
    pub(crate) id: u64,
    /// `optLock` as written.
    pub(crate) version: Option<String>,
    /// `lastUpdate` as written.
    pub(crate) last_update: Option<String>,
}

impl<'a> Envelope<'a> {
    /// The envelope in a body; `None` where the body is no JSON object.
    pub(crate) fn parse(body: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// Whether the system says that it succeeded; `None` where it does not say.
    pub(crate) fn success(&self) -> Option<bool> {
        serde_json::from_str(self.s?.get()).ok()
    }

    /// The messages in `d`, joined; `None` where `d` holds none. A plain string instead of an array is tolerated.
    pub(crate) fn messages(&self) -> Option<String> {
        let raw = self.d?.get();
        let list = serde_json::from_str::<Vec<String>>(raw)
            .or_else(|_| serde_json::from_str::<String>(raw).map(|one| vec![one]))
            .ok()?;
        let joined = list.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
        (!joined.is_empty()).then_some(joined)
    }

    /// The elements of `d`, where it is an array.
    pub(crate) fn rows(&self) -> Option<Vec<&'a RawValue>> {
        serde_json::from_str(self.d?.get()).ok()
    }

    /// The paging block; empty where there is none.
    pub(crate) fn paging(&self) -> Paging {
        self.sp.and_then(|sp| serde_json::from_str(sp.get()).ok()).unwrap_or_default()
    }
}

/// The text of a member: a string's content, a number's digits. `None` for anything else and for blank text.
pub(crate) fn text(raw: Option<&RawValue>) -> Option<String> {
    let raw = raw?.get();
    let plain = match raw.bytes().next()? {
        b'"' => serde_json::from_str::<String>(raw).ok()?,
        b'-' | b'0'..=b'9' => raw.to_owned(),
        _ => return None,
    };
    (!plain.trim().is_empty()).then_some(plain)
}

/// Whether a member is plain `true`.
pub(crate) fn is_true(raw: Option<&RawValue>) -> bool {
    raw.is_some_and(|raw| raw.get() == "true")
}

/// The text of a member of a record, by its name.
pub(crate) fn member(raw: &RawValue, name: &str) -> Option<String> {
    let members: BTreeMap<&str, &RawValue> = serde_json::from_str(raw.get()).ok()?;
    text(members.get(name).copied())
}

/// Id and version of a record; `None` where it has no id.
pub(crate) fn head(raw: &RawValue) -> Option<Head> {
    let head: RawHead<'_> = serde_json::from_str(raw.get()).ok()?;
    Some(Head { id: text(head.id)?.parse().ok()?, version: text(head.opt_lock), last_update: text(head.last_update) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn messages_may_be_a_list_or_one_string() {
        let list = Envelope::parse(br#"{"s":false,"d":["a "," b"]}"#).unwrap();
        assert_eq!(list.messages().as_deref(), Some("a; b"));
        let one = Envelope::parse(br#"{"s":false,"d":"a"}"#).unwrap();
        assert_eq!(one.messages().as_deref(), Some("a"));
        assert_eq!(one.success(), Some(false));
    }

    #[test]
    fn odd_types_in_other_members_do_no_harm() {
        let answer = Envelope::parse(br#"{"s":true,"d":[{"id":1}],"sp":"?","host":5,"admin":"yes"}"#).unwrap();
        assert_eq!(answer.success(), Some(true));
        assert_eq!(answer.rows().unwrap().len(), 1);
        assert_eq!(answer.paging().row_count, None);
        assert!(!is_true(answer.admin));
    }

    #[test]
    fn head_tolerates_ids_as_text_and_refuses_records_without() {
        let with = raw(r#"{"optLock":8,"x":{"id":1},"id":"82994"}"#);
        assert_eq!(head(&with), Some(Head { id: 82994, version: Some("8".into()), last_update: None }));
        for bad in [r#"{"optLock":8}"#, r#"{"id":null}"#, r#"{"id":"abc"}"#, "5", "null"] {
            assert_eq!(head(&raw(bad)), None, "{bad}");
        }
    }
}
