//! The breaker of one quota holder: a system that fails again and again is left alone for a while, then a single call tries it. Decides from
//! verdicts; what is sent, and what is repeated, is not decided here.
//!
//! A call counts once, after its own repetitions: a moment's outage that they get over opens nothing. An error that the application itself
//! tells (JSON) weighs a quarter: it may be about that one record, and a handful of those must not keep all others from being written.

use crate::HostError;
use selaras_connector_api::{Code, Failure, HttpResponse, Wording};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What one failed call weighs.
const WHOLE: u32 = 4;
/// The longest rest: it doubles with each try that fails.
const LONGEST: Duration = Duration::from_secs(600);

/// When a system is left alone, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// So many failed calls in a row.
    pub(crate) failures: u32,
    /// The first rest.
    pub(crate) rest: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self { failures: 5, rest: Duration::from_secs(30) }
    }
}

/// What a call says of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It works.
    Well,
    /// Nothing: it was not asked, or says only that it was asked too often.
    Nothing,
    /// It does not; so much, and this is how.
    Failed(u32, Box<Failure>),
}

impl Verdict {
    /// What an answer says.
    pub(crate) fn of(response: &HttpResponse) -> Self {
        let kind = response.headers.iter().find(|(name, _)| name == "content-type").map_or("", |(_, kind)| kind);
        let is_page = kind.starts_with("text/html");
        let is_json = kind.contains("json") || matches!(response.body.trim_ascii_start().first(), Some(b'{' | b'['));
        let status = response.status;
        let failed = |weight, key| {
            let told = HostError::new(key).with("status", status).fail(Code::Unavailable);
            Verdict::Failed(weight, Box::new(told))
        };
        match status {
            500..=599 if is_json => failed(1, "host-answer-status"),
            408 | 500..=599 => failed(WHOLE, "host-answer-status"),
            200..=299 if is_page => failed(WHOLE, "host-answer-page"),
            429 => Verdict::Nothing,
            400..=499 if is_page => Verdict::Nothing,
            _ => Verdict::Well,
        }
    }

    /// There was no answer.
    pub(crate) fn silence(failure: &Failure) -> Self {
        Verdict::Failed(WHOLE, Box::new(failure.clone()))
    }
}

/// A breaker.
#[derive(Debug)]
pub(crate) struct Breaker {
    rules: Rules,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    /// What failed since the last call that went well.
    row: Row,
    phase: Phase,
    /// The rest after the next failure.
    rest: Duration,
}

#[derive(Clone, Debug, Default)]
struct Row {
    calls: u32,
    weight: u32,
    /// Unix seconds of the first.
    since: i64,
    /// The last.
    why: Option<Box<Failure>>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Phase {
    /// Calls pass.
    #[default]
    Closed,
    /// None do, until then; the next one after it tries.
    Open(Instant),
    /// One is on its way.
    Trying,
}

/// The system is being left alone.
#[derive(Clone, Debug)]
pub(crate) struct Resting {
    row: Row,
    /// How long until the next try; `None`: it is on its way.
    wait: Option<Duration>,
}

/// The right of one call to be made. Dropped without a verdict, it says nothing.
#[derive(Debug)]
pub(crate) struct Pass {
    breaker: Arc<Breaker>,
    /// Whether this is the one call that tries.
    pub(crate) tries: bool,
    judged: bool,
}

impl Breaker {
    pub(crate) fn new(rules: Rules) -> Arc<Self> {
        Arc::new(Self { rules, book: Mutex::new(Book { rest: rules.rest, ..Book::default() }) })
    }

    /// Lets a call be made, or says why not.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Pass, Resting> {
        let mut book = self.book();
        let tries = match book.phase {
            Phase::Closed => false,
            Phase::Open(until) if until <= Instant::now() => {
                book.phase = Phase::Trying;
                true
            }
            Phase::Open(_) | Phase::Trying => return Err(book.resting()),
        };
        Ok(Pass { breaker: Arc::clone(self), tries, judged: false })
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // The book is consistent between any two statements.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn resting(&self) -> Resting {
        let wait = match self.phase {
            Phase::Open(until) => Some(until.saturating_duration_since(Instant::now())),
            Phase::Closed | Phase::Trying => None,
        };
        Resting { row: self.row.clone(), wait }
    }

    fn judge(&mut self, rules: Rules, tried: bool, verdict: Verdict, unix_seconds: i64) {
        match verdict {
            Verdict::Nothing if tried => self.phase = Phase::Open(Instant::now()),
            Verdict::Nothing => {}
            // A call that was on its way for long may bring the good news, too.
            Verdict::Well => *self = Book { rest: rules.rest, ..Book::default() },
            Verdict::Failed(weight, why) => {
                if self.row.calls == 0 {
                    self.row.since = unix_seconds;
                }
                self.row.calls = self.row.calls.saturating_add(1);
                self.row.weight = self.row.weight.saturating_add(weight);
                self.row.why = Some(why);
                let full = self.row.weight >= rules.failures.saturating_mul(WHOLE);
                if tried || full && matches!(self.phase, Phase::Closed) {
                    self.phase = Phase::Open(Instant::now() + self.rest);
                    self.rest = (self.rest * 2).min(LONGEST.max(rules.rest));
                }
            }
        }
    }
}

impl Pass {
    /// Whether the call may still be made, after it has waited for something.
    pub(crate) fn check(&self) -> Result<(), Resting> {
        let book = self.breaker.book();
        match book.phase {
            Phase::Open(_) | Phase::Trying if !self.tries => Err(book.resting()),
            _ => Ok(()),
        }
    }

    /// What came of the call.
    pub(crate) fn judge(mut self, verdict: Verdict, unix_seconds: i64) {
        self.judged = true;
        self.breaker.book().judge(self.breaker.rules, self.tries, verdict, unix_seconds);
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.tries && !self.judged {
            self.breaker.book().judge(self.breaker.rules, true, Verdict::Nothing, 0);
        }
    }
}

impl Resting {
    /// The same for whoever asked. Nothing was sent: that is certain.
    pub(crate) fn failure(&self, unix_seconds: i64) -> Failure {
        let Row { calls, since, why, .. } = &self.row;
        let next = match self.wait {
            Some(wait) => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                let at = clock(unix_seconds.saturating_add_unsigned(seconds));
                Wording::new("host-resting-until").with("at", at).with("seconds", seconds)
            }
            None => Wording::new("host-resting-tried"),
        };
        let resting =
            HostError::new("host-resting").with("count", calls).with("since", clock(*since)).part("next", next);
        let resting = match why {
            Some(why) => resting.because("why", why),
            None => resting.with("why", "?"),
        };
        resting.fail(Code::Unavailable)
    }
}

/// The time of day of a moment.
fn clock(unix_seconds: i64) -> String {
    jiff::Timestamp::from_second(unix_seconds)
        .map_or_else(|_| unix_seconds.to_string(), |at| at.strftime("%H:%M:%S UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    const NOW: i64 = 1_700_000_000;

    fn breaker() -> Arc<Breaker> {
        Breaker::new(Rules { failures: 3, rest: Duration::from_secs(30) })
    }

    fn call(breaker: &Arc<Breaker>, verdict: Verdict) {
        breaker.admit().expect("it passes").judge(verdict, NOW);
    }

    fn down() -> Verdict {
        Verdict::Failed(WHOLE, Box::new(Failure::new(Code::Unavailable, "no connection")))
    }

    #[tokio::test(start_paused = true)]
    async fn a_row_of_failures_opens_it_and_the_failure_says_since_when_how_often_and_until_when() {
        let breaker = breaker();
        call(&breaker, down());
        call(&breaker, down());
        call(&breaker, Verdict::Well);
        (0..3).for_each(|_| call(&breaker, down()));
        advance(Duration::from_secs(10)).await;
        let refused = breaker.admit().expect_err("open").failure(NOW + 10);
        assert_eq!(refused.code, Code::Unavailable);
        let said = "not sent: the system has failed 3 times in a row since 22:13:20 UTC (last: no connection) and is left alone for a \
                    while; the next try is at 22:13:50 UTC, 20 s from now";
        assert_eq!(refused.text, said);
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_rest_one_call_decides() {
        let breaker = breaker();
        (0..3).for_each(|_| call(&breaker, down()));
        advance(Duration::from_secs(30)).await;
        let probe = breaker.admit().expect("one may try");
        assert!(probe.tries);
        assert!(breaker.admit().expect_err("only one").failure(NOW).text.ends_with("one call is trying it just now"));
        probe.judge(down(), NOW);
        // Each rest is twice the one before.
        advance(Duration::from_secs(59)).await;
        assert!(breaker.admit().is_err());
        advance(Duration::from_secs(1)).await;
        breaker.admit().expect("one may try").judge(Verdict::Well, NOW);
        let others: Vec<_> = (0..8).map(|_| breaker.admit().expect("closed")).collect();
        assert!(others.iter().all(|pass| !pass.tries));
        (0..2).for_each(|_| call(&breaker, down()));
        assert!(breaker.admit().is_ok(), "it counts from the beginning");
    }

    #[tokio::test(start_paused = true)]
    async fn the_rest_has_a_longest() {
        let breaker = breaker();
        (0..3).for_each(|_| call(&breaker, down()));
        for _ in 0..20 {
            advance(LONGEST).await;
            call(&breaker, down());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_that_is_given_up_leaves_the_place_to_the_next() {
        let breaker = breaker();
        (0..3).for_each(|_| call(&breaker, down()));
        advance(Duration::from_secs(30)).await;
        drop(breaker.admit().expect("one may try"));
        breaker.admit().expect("another may").judge(Verdict::Nothing, NOW);
        assert!(breaker.admit().expect("and another").tries);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_were_on_their_way_neither_reopen_it_nor_are_made_any_more() {
        let breaker = breaker();
        let waiting: Vec<_> = (0..6).map(|_| breaker.admit().expect("closed")).collect();
        for pass in waiting.into_iter().enumerate().map(|(at, pass)| (at, pass.check().is_ok(), pass)) {
            let (at, may, pass) = pass;
            assert_eq!(may, at < 3);
            pass.judge(down(), NOW);
        }
        advance(Duration::from_secs(30)).await;
        assert!(breaker.admit().expect("the rest is still the first one").tries);
    }

    #[test]
    fn what_counts_as_failing() {
        let of = |status, kind: &str, body: &str| {
            let headers = vec![("content-type".to_owned(), kind.to_owned())];
            Verdict::of(&HttpResponse { status, headers, body: body.as_bytes().to_vec() })
        };
        let weight = |verdict| match verdict {
            Verdict::Failed(weight, _) => weight,
            Verdict::Well => 0,
            Verdict::Nothing => 99,
        };
        for (status, kind, body, expected) in [
            (200, "application/json", "{}", 0),
            (200, "text/html; charset=utf-8", "<html>", WHOLE),
            (400, "application/json", "{}", 0),
            (404, "text/html", "<html>", 99),
            (401, "application/json", "{}", 0),
            (408, "", "", WHOLE),
            (429, "application/json", "{}", 99),
            (500, "application/json", "{}", 1),
            (500, "", " {\"s\":false}", 1),
            (500, "text/plain", "oops", WHOLE),
            (502, "text/html", "<html>", WHOLE),
            (503, "", "", WHOLE),
        ] {
            assert_eq!(weight(of(status, kind, body)), expected, "{status} {kind}");
        }
    }
}
