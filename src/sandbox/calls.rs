//! Counts the requests answered, so that tests and people can see how many calls a run took.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Which of the simulated systems a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Accurate's data host.
    Accurate,
    /// Accurate's account host: sign-in, databases, sessions.
    Account,
    /// SMH.
    Smh,
}

impl System {
    /// The system a path belongs to; none for the sandbox's own pages.
    pub fn of(path: &str) -> Option<System> {
        if path.starts_with("/accurate/") {
            Some(System::Accurate)
        } else if path.starts_with("/smh/") {
            Some(System::Smh)
        } else if path.starts_with("/api/") || path.starts_with("/oauth/") {
            Some(System::Account)
        } else {
            None
        }
    }
}

#[derive(Debug, Default)]
struct Counted {
    count: u64,
    status: BTreeMap<String, u64>,
}

#[derive(Debug, Default)]
struct Tally {
    calls: BTreeMap<(System, String, String), Counted>,
    writes: u64,
    limited: u64,
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// When.
    pub at: Instant,
    /// Which system it was for.
    pub system: System,
    /// Its path, with ids replaced.
    pub path: String,
    /// Whether it was refused for being over the call limit.
    pub limited: bool,
}

/// Arrivals kept; a sandbox that runs for days must not grow with them.
const MOST_ARRIVALS: usize = 200_000;

/// The counter.
#[derive(Debug, Default)]
pub struct Calls {
    tally: Mutex<Tally>,
    arrivals: Mutex<Vec<Arrival>>,
}

impl Calls {
    /// Notes one answered request. `outcome` is the status, or `lost` for an answer that was thrown away.
    pub fn note(&self, system: System, method: &str, path: &str, outcome: &str) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        if is_write(system, method, path) {
            tally.writes += 1;
        }
        let key = (system, method.to_owned(), collapse(system, path));
        let counted = tally.calls.entry(key).or_default();
        counted.count += 1;
        *counted.status.entry(outcome.to_owned()).or_default() += 1;
    }

    /// Notes that a request came in.
    pub fn arrived(&self, system: System, path: &str, limited: bool) {
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if arrivals.len() < MOST_ARRIVALS {
            arrivals.push(Arrival { at: Instant::now(), system, path: collapse(system, path), limited });
        }
    }

    /// The first requests since the counting began, in the order in which they came.
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes one request refused for being over the call limit.
    pub fn note_limited(&self) {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).limited += 1;
    }

    /// Starts counting afresh.
    pub fn reset(&self) {
        *self.tally.lock().unwrap_or_else(PoisonError::into_inner) = Tally::default();
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The counts as `GET /_sandbox/calls` shows them.
    pub fn report(&self) -> Value {
        let tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let calls: Vec<Value> = tally
            .calls
            .iter()
            .map(|((system, method, path), counted)| {
                json!({"system": system, "method": method, "path": path, "count": counted.count, "status": counted.status})
            })
            .collect();
        let total: u64 = tally.calls.values().map(|counted| counted.count).sum();
        json!({"calls": calls, "writes": tally.writes, "total": total, "limited": tally.limited})
    }
}

/// Whether a request asks for a change of business data.
fn is_write(system: System, method: &str, path: &str) -> bool {
    match system {
        System::Account => false,
        System::Smh => !matches!(method, "GET" | "HEAD" | "OPTIONS"),
        System::Accurate => !["/list.do", "/detail.do"].iter().any(|read| path.ends_with(read)) && method != "GET",
    }
}

/// The path with ids replaced, so that calls for different records count together.
fn collapse(system: System, path: &str) -> String {
    const ROOT: &str = "/smh/api/v1/";
    let (System::Smh, Some(rest)) = (system, path.strip_prefix(ROOT)) else {
        return path.to_owned();
    };
    let is_id = |segment: &str| segment.chars().any(|c| c.is_ascii_digit());
    let segments: Vec<&str> = rest.split('/').map(|segment| if is_id(segment) { "{id}" } else { segment }).collect();
    format!("{ROOT}{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_smh_paths_count_together() {
        let calls = Calls::default();
        calls.note(System::Smh, "PATCH", "/smh/api/v1/customers/CUS-7", "200");
        calls.note(System::Smh, "PATCH", "/smh/api/v1/customers/CUS-8", "409");
        calls.note(System::Accurate, "GET", "/accurate/api/customer/list.do", "200");
        let report = calls.report();
        assert_eq!(report["total"], 3);
        assert_eq!(report["writes"], 2);
        let smh = report["calls"].as_array().unwrap().iter().find(|c| c["system"] == "smh").unwrap();
        assert_eq!(smh["path"], "/smh/api/v1/customers/{id}");
        assert_eq!(smh["status"], json!({"200": 1, "409": 1}));
    }

    #[test]
    fn sign_in_is_no_write() {
        assert!(!is_write(System::Account, "POST", "/oauth/token"));
        assert!(is_write(System::Accurate, "DELETE", "/accurate/api/item/delete.do"));
        assert!(!is_write(System::Accurate, "GET", "/accurate/api/item/list.do"));
    }
}
