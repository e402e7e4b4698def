//! Faults ordered for coming requests: server errors, lost answers, slow answers.
//!
//! It keeps the orders and hands them out; the server carries them out.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::calls::System;

/// One order: the next `times` matching requests fail this way.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Only requests for this system.
    #[serde(default)]
    pub system: Option<System>,
    /// Only requests with this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Only requests whose path contains this.
    #[serde(default)]
    pub path_contains: Option<String>,
    /// How many requests; one unless told.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens to them.
    pub kind: Kind,
}

fn once() -> u32 {
    1
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// HTTP 500 with an envelope; nothing is done.
    Status500,
    /// The request is carried out, then the connection is cut without an answer.
    LoseAnswer,
    /// HTTP 502 with a web page; nothing is done.
    Html502,
    /// HTTP 429; nothing is done.
    TooMany,
    /// The request is carried out after a pause.
    Slow(Duration),
}

impl Kind {
    fn parse(text: &str) -> Option<Kind> {
        Some(match text {
            "status-500" => Kind::Status500,
            "lose-answer" => Kind::LoseAnswer,
            "html-502" => Kind::Html502,
            "429" => Kind::TooMany,
            _ => Kind::Slow(Duration::from_millis(text.strip_prefix("slow-ms:")?.parse().ok()?)),
        })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Kind::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "unknown kind of fault \"{text}\"; use status-500, lose-answer, html-502, 429 or slow-ms:N"
            ))
        })
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        match self {
            Kind::Status500 => output.serialize_str("status-500"),
            Kind::LoseAnswer => output.serialize_str("lose-answer"),
            Kind::Html502 => output.serialize_str("html-502"),
            Kind::TooMany => output.serialize_str("429"),
            Kind::Slow(pause) => output.collect_str(&format_args!("slow-ms:{}", pause.as_millis())),
        }
    }
}

/// The orders still open.
#[derive(Debug, Default)]
pub struct Faults {
    waiting: Mutex<Vec<Fault>>,
}

impl Faults {
    /// Adds orders behind those already waiting.
    pub fn add(&self, faults: Vec<Fault>) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    /// Forgets all orders.
    pub fn clear(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The orders still open, oldest first.
    pub fn waiting(&self) -> Vec<Fault> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The fault for this request, if one waits; it counts as used.
    pub fn take(&self, system: System, method: &str, path: &str) -> Option<Kind> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = waiting.iter_mut().find(|fault| fault.matches(system, method, path))?;
        fault.times -= 1;
        let kind = fault.kind;
        waiting.retain(|fault| fault.times > 0);
        Some(kind)
    }
}

impl Fault {
    fn matches(&self, system: System, method: &str, path: &str) -> bool {
        self.times > 0
            && self.system.is_none_or(|wanted| wanted == system)
            && self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path_contains.as_deref().is_none_or(|part| path.contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_as_often_as_ordered_and_only_where_it_matches() {
        let faults = Faults::default();
        let order = r#"[{"system":"accurate","method":"post","path_contains":"save","times":2,"kind":"slow-ms:5"}]"#;
        faults.add(serde_json::from_str(order).unwrap());
        assert_eq!(faults.take(System::Smh, "POST", "/x/save.do"), None);
        assert_eq!(faults.take(System::Accurate, "GET", "/x/save.do"), None);
        assert_eq!(faults.take(System::Accurate, "POST", "/x/list.do"), None);
        let slow = Some(Kind::Slow(Duration::from_millis(5)));
        assert_eq!(faults.take(System::Accurate, "POST", "/x/save.do"), slow);
        assert_eq!(faults.take(System::Accurate, "POST", "/x/save.do"), slow);
        assert_eq!(faults.take(System::Accurate, "POST", "/x/save.do"), None);
    }

    #[test]
    fn a_misspelt_kind_is_refused() {
        let error = serde_json::from_str::<Fault>(r#"{"kind":"slow:5"}"#).unwrap_err().to_string();
        assert!(error.contains("slow-ms:N"), "{error}");
    }
}
