//! Accurate's call limit: so many calls per second and so many at once, per token, over real time.
//!
//! It decides; the server turns a refusal into an answer.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
struct Usage {
    recent: VecDeque<Instant>,
    running: usize,
}

/// Usage by token.
#[derive(Debug, Default, Clone)]
pub struct Limits {
    usage: Arc<Mutex<BTreeMap<String, Usage>>>,
}

/// Permission to work on one call; giving it back frees the place.
#[derive(Debug)]
pub struct Permit {
    usage: Arc<Mutex<BTreeMap<String, Usage>>>,
    token: String,
}

impl Limits {
    /// Admits a call made `now`, or refuses it. A refused call does not count against the next ones.
    pub fn admit(&self, token: &str, now: Instant, per_second: usize, parallel: usize) -> Option<Permit> {
        let mut all = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        let usage = all.entry(token.to_owned()).or_default();
        while usage.recent.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
            usage.recent.pop_front();
        }
        if usage.recent.len() >= per_second || usage.running >= parallel {
            return None;
        }
        usage.recent.push_back(now);
        usage.running += 1;
        Some(Permit { usage: Arc::clone(&self.usage), token: token.to_owned() })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut all = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(usage) = all.get_mut(&self.token) {
            usage.running = usage.running.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ninth_call_within_a_second_is_refused_and_later_ones_pass() {
        let limits = Limits::default();
        let start = Instant::now();
        for step in 0..8 {
            let at = start + Duration::from_millis(step * 10);
            assert!(limits.admit("a", at, 8, 8).is_some());
        }
        assert!(limits.admit("a", start + Duration::from_millis(999), 8, 8).is_none());
        assert!(limits.admit("b", start + Duration::from_millis(999), 8, 8).is_some());
        assert!(limits.admit("a", start + Duration::from_millis(1000), 8, 8).is_some());
    }

    #[test]
    fn parallel_calls_hold_their_place_until_done() {
        let limits = Limits::default();
        let start = Instant::now();
        let first = limits.admit("a", start, 100, 1);
        assert!(first.is_some());
        assert!(limits.admit("a", start, 100, 1).is_none());
        drop(first);
        assert!(limits.admit("a", start, 100, 1).is_some());
    }
}
