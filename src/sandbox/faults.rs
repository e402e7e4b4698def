//! Faults ordered for coming requests: server errors, lost answers, slow answers, and access that ends in between.
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
    /// Matching requests that pass unharmed before each one that is struck.
    #[serde(default)]
    pub after_calls: u64,
    /// How many of those passed already.
    #[serde(default)]
    pub passed: u64,
    /// What happens to them. Deeds read better under the name `do`, which is the same.
    #[serde(alias = "do")]
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
    /// Something else happens just before the request is carried out.
    Deed(Deed),
}

/// What happens to a client's access just before a request. Unless a fault names a system, calls to Accurate's data
/// hosts count for it and no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// All database sessions end.
    ExpireSession,
    /// All access tokens end; refresh tokens still work.
    ExpireToken,
    /// All access is withdrawn for good, that of API tokens too.
    Revoke,
    /// The database that the request is for moves to the next data host.
    Move,
}

impl Deed {
    const NAMED: [(&'static str, Deed); 4] = [
        ("expire-session", Deed::ExpireSession),
        ("expire-token", Deed::ExpireToken),
        ("revoke", Deed::Revoke),
        ("move", Deed::Move),
    ];

    fn named(text: &str) -> Option<Deed> {
        Self::NAMED.iter().find(|(name, _)| *name == text).map(|(_, deed)| *deed)
    }

    fn name(self) -> &'static str {
        Self::NAMED.iter().find(|(_, deed)| *deed == self).map_or("", |(name, _)| name)
    }
}

impl Kind {
    fn parse(text: &str) -> Option<Kind> {
        Some(match text {
            "status-500" => Kind::Status500,
            "lose-answer" => Kind::LoseAnswer,
            "html-502" => Kind::Html502,
            "429" => Kind::TooMany,
            _ if Deed::named(text).is_some() => Kind::Deed(Deed::named(text)?),
            _ => Kind::Slow(Duration::from_millis(text.strip_prefix("slow-ms:")?.parse().ok()?)),
        })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Kind::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "unknown kind of fault \"{text}\"; use status-500, lose-answer, html-502, 429, slow-ms:N, \
                 expire-session, expire-token, revoke or move"
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
            Kind::Deed(deed) => output.serialize_str(deed.name()),
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

    /// What is to happen before this request, and how the request itself is to fail, if it is. Both count as used.
    pub fn take(&self, system: System, method: &str, path: &str) -> (Vec<Deed>, Option<Kind>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut deeds, mut failure) = (Vec::new(), None);
        for fault in waiting.iter_mut().filter(|fault| fault.matches(system, method, path)) {
            if fault.passed < fault.after_calls {
                fault.passed += 1;
                continue;
            }
            match fault.kind {
                Kind::Deed(deed) => deeds.push(deed),
                // One request fails in one way; what else waits for it strikes a later one.
                _ if failure.is_some() => continue,
                kind => failure = Some(kind),
            }
            fault.times -= 1;
            fault.passed = 0;
        }
        waiting.retain(|fault| fault.times > 0);
        (deeds, failure)
    }
}

impl Fault {
    fn matches(&self, system: System, method: &str, path: &str) -> bool {
        let meant = match self.kind {
            Kind::Deed(_) => self.system.or(Some(System::Accurate)),
            _ => self.system,
        };
        self.times > 0
            && meant.is_none_or(|wanted| wanted == system)
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
        let strike = |system, method, path| faults.take(system, method, path).1;
        assert_eq!(strike(System::Smh, "POST", "/x/save.do"), None);
        assert_eq!(strike(System::Accurate, "GET", "/x/save.do"), None);
        assert_eq!(strike(System::Accurate, "POST", "/x/list.do"), None);
        let slow = Some(Kind::Slow(Duration::from_millis(5)));
        assert_eq!(strike(System::Accurate, "POST", "/x/save.do"), slow);
        assert_eq!(strike(System::Accurate, "POST", "/x/save.do"), slow);
        assert_eq!(strike(System::Accurate, "POST", "/x/save.do"), None);
    }

    #[test]
    fn a_deed_comes_after_so_many_calls_each_time_and_beside_a_failure() {
        let faults = Faults::default();
        let orders = r#"[{"after_calls":2,"do":"expire-session","times":2},{"after_calls":1,"do":"move"},
                         {"kind":"status-500","after_calls":1},{"kind":"429","after_calls":1}]"#;
        faults.add(serde_json::from_str(orders).unwrap());
        assert_eq!(faults.take(System::Account, "GET", "/api/db-list.do"), (vec![], None));
        let call = || faults.take(System::Accurate, "GET", "/accurate/api/unit/list.do");
        // The call to the account host counted for the two failures, which name no system.
        assert_eq!(call(), (vec![], Some(Kind::Status500)));
        assert_eq!(call(), (vec![Deed::Move], Some(Kind::TooMany)));
        assert_eq!(call(), (vec![Deed::ExpireSession], None));
        assert_eq!((call(), call()), ((vec![], None), (vec![], None)));
        assert_eq!(call(), (vec![Deed::ExpireSession], None));
        assert!(faults.waiting().is_empty());
    }

    #[test]
    fn a_misspelt_kind_is_refused() {
        let error = serde_json::from_str::<Fault>(r#"{"kind":"slow:5"}"#).unwrap_err().to_string();
        assert!(error.contains("slow-ms:N"), "{error}");
    }
}
