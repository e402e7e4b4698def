//! The line to one system: judges a request, waits for the budget, signs, sends, and repeats what may be repeated. One for each system;
//! what runs on it is a task of the host's runtime.

use crate::auth::{Credential, Scrubber};
use crate::breaker::{Breaker, Pass, Resting, Verdict};
use crate::budget::{Begun, Budget, TooLong};
use crate::gate::{self, Phase};
use crate::hosts::Hosts;
use crate::http::{self, Attempt, Clients};
use crate::renew::{self, Renewed};
use crate::retry::{self, Ended, Next};
use crate::{CallStats, Clock, HostError, skew};
use reqwest::Url;
use reqwest::header::HeaderMap;
use selaras_connector_api::{Code, Failure, HttpRequest, HttpResponse, LogLevel, ReadRule, Transport};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often somebody who waits looks whether the run is to end.
const GLANCE: Duration = Duration::from_millis(25);
/// How often one call takes over a token that somebody else renewed. A token that dies faster than that is of no use.
const MOST_TAKEN_OVER: u32 = 3;
/// How long a run that is to end still waits for the answer to a write. Whoever pressed Ctrl-C wants to go home; what is not answered by then
/// is open, and the next run looks.
const GRACE: Duration = Duration::from_secs(5);

/// The line to one system.
pub(crate) struct Line {
    pub(crate) clients: Arc<Clients>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) breaker: Arc<Breaker>,
    pub(crate) credential: Credential,
    pub(crate) hosts: Hosts,
    pub(crate) scrubber: Scrubber,
    pub(crate) reads: Vec<ReadRule>,
    pub(crate) cancel: Arc<AtomicBool>,
    pub(crate) clock: Clock,
    pub(crate) seed: u64,
    pub(crate) counters: Counters,
    /// What the host itself has to say, until the system's log takes it.
    pub(crate) notes: Mutex<Vec<(LogLevel, String)>>,
}

/// Counts calls as they are made.
#[derive(Default)]
pub(crate) struct Counters {
    requests: AtomicU64,
    reads: AtomicU64,
    writes: AtomicU64,
    retried: AtomicU64,
    limited: AtomicU64,
    renewed: AtomicU64,
}

impl Counters {
    pub(crate) fn stats(&self) -> CallStats {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        CallStats {
            reads: count(&self.reads),
            writes: count(&self.writes),
            retried: count(&self.retried),
            limited: count(&self.limited),
            renewed: count(&self.renewed),
        }
    }

    pub(crate) fn renewed(&self) {
        self.renewed.fetch_add(1, Ordering::Relaxed);
    }
}

/// A request that may be sent.
pub(crate) struct Call {
    request: HttpRequest,
    url: Url,
    headers: HeaderMap,
    /// Whether it could write.
    pub(crate) writes: bool,
    repeatable: bool,
    seed: u64,
}

impl Line {
    /// Judges a request before anything of it leaves the machine.
    pub(crate) fn judge(&self, phase: Phase, request: HttpRequest) -> Result<Call, Transport> {
        self.weigh(phase, request).map_err(Transport::Refused)
    }

    fn weigh(&self, phase: Phase, request: HttpRequest) -> Result<Call, Failure> {
        if self.is_cancelled() {
            return Err(cancelled());
        }
        let url = Url::parse(&request.url)
            .map_err(|error| HostError::new("host-no-address").with("why", error).fail(Code::Internal))?;
        let reads = gate::only_reads(&request, &url, &self.reads);
        gate::pass(phase, &request, &url, reads)?;
        self.hosts.admit(&url)?;
        let headers = http::own_headers(&request, |name| self.credential.owns(name))?;
        let number = self.counters.requests.fetch_add(1, Ordering::Relaxed);
        let repeatable = request.repeatable || request.method == "GET" && reads;
        let seed = retry::scramble(self.seed ^ number);
        Ok(Call { request, url, headers, writes: !reads, repeatable, seed })
    }

    /// Sends a request, again and again where that is right, until there is an answer or none to be had.
    pub(crate) async fn exchange(self: Arc<Self>, call: Call) -> Result<HttpResponse, Transport> {
        let pass = self.breaker.admit().map_err(|resting| self.resting(&resting))?;
        let mut tried = Tried::default();
        let result = self.attempts(&call, &pass, &mut tried).await;
        pass.judge(tried.verdict, (self.clock)());
        match (result, tried.lost) {
            // What came last was not done. Whether what went before was, nobody knows.
            (Err(Transport::NotSent(_) | Transport::Refused(_)), Some(lost)) => Err(Transport::AnswerLost(lost)),
            (Ok(response), Some(lost)) if response.status == 429 => Err(Transport::AnswerLost(lost)),
            (result, _) => result,
        }
    }

    async fn attempts(
        self: &Arc<Self>,
        call: &Call,
        pass: &Pass,
        tried: &mut Tried,
    ) -> Result<HttpResponse, Transport> {
        let mut attempt = 1;
        let mut patience = Patience::default();
        loop {
            let begun = self.begin(pass, &mut patience).await?;
            self.count(call, attempt);
            let token = self.credential.renewable().map(|renewable| renewable.token());
            let (ended, result) = self.once(call).await;
            drop(begun);
            tried.note(call.writes, ended, &result);
            if let (Some(token), Ok(response)) = (token, &result)
                && renew::says_dead_token(response)
                && patience.is_left()
            {
                // Even a write is sent again: a 401 proves that nothing was done.
                patience.spend(self.renewed(token).await.map_err(Transport::Refused)?);
                attempt += 1;
                continue;
            }
            match retry::next(ended, call.repeatable, attempt, call.seed) {
                Next::Stop => return result,
                Next::PauseAll(wait) => self.budget.pause(wait),
                // The call that tries whether the system is back is made once, and others have found out that it is not.
                Next::Again(_) if pass.tries || pass.check().is_err() => return result,
                Next::Again(wait) => tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = self.cancelled() => return Err(Transport::Refused(cancelled())),
                },
            }
            attempt += 1;
        }
    }

    /// Waits until an attempt may be made.
    async fn begin(self: &Arc<Self>, pass: &Pass, patience: &mut Patience) -> Result<Begun, Transport> {
        self.ready(patience).await?;
        let begun = tokio::select! {
            biased;
            () = self.cancelled() => return Err(Transport::Refused(cancelled())),
            begun = self.budget.begin() => begun,
        };
        let begun = begun.map_err(|TooLong(wait)| Transport::NotSent(limited(wait)))?;
        pass.check().map_err(|resting| self.resting(&resting))?;
        Ok(begun)
    }

    fn resting(&self, resting: &Resting) -> Transport {
        Transport::NotSent(resting.failure((self.clock)()))
    }

    /// Fails at once if the access has ended, and renews a token whose time is over before it is shown to anybody.
    async fn ready(self: &Arc<Self>, patience: &mut Patience) -> Result<(), Transport> {
        let Some(renewable) = self.credential.renewable() else { return Ok(()) };
        if let Some(dead) = renewable.dead() {
            return Err(Transport::Refused(dead));
        }
        if renewable.is_over((self.clock)()) && patience.is_left() {
            let token = renewable.token();
            patience.spend(self.renewed(token).await.map_err(Transport::NotSent)?);
        }
        Ok(())
    }

    /// Something that the host itself has to say. It comes with the connector's log.
    pub(crate) fn note(&self, level: LogLevel, text: String) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push((level, self.scrubber.text(text)));
    }

    pub(crate) fn take_notes(&self) -> Vec<(LogLevel, String)> {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One attempt. A read is dropped when the run is to end; a write is waited for a little, because half a write helps nobody.
    async fn once(&self, call: &Call) -> (Ended, Result<HttpResponse, Transport>) {
        let auth = self.credential.headers((self.clock)());
        let sending = self.clients.attempt(&call.request, &call.url, &call.headers, auth);
        let attempt = if call.writes {
            tokio::select! {
                biased;
                attempt = sending => attempt,
                () = self.given_up() => Attempt::Lost(abandoned()),
            }
        } else {
            tokio::select! {
                attempt = sending => attempt,
                () = self.cancelled() => return (Ended::Hopeless, Err(Transport::Refused(cancelled()))),
            }
        };
        match attempt {
            Attempt::Answered(response) => {
                if response.status == 429 {
                    self.counters.limited.fetch_add(1, Ordering::Relaxed);
                }
                if let Some(failure) = skew::explain(&response, (self.clock)()).filter(|_| self.credential.is_signed())
                {
                    return (Ended::Answered(response.status, None), Err(Transport::Refused(failure)));
                }
                let wait = retry::retry_after(&response, (self.clock)());
                (Ended::Answered(response.status, wait), Ok(response))
            }
            Attempt::NotSent(failure) => (Ended::NotSent, Err(Transport::NotSent(failure))),
            Attempt::Lost(failure) => (Ended::Lost, Err(Transport::AnswerLost(failure))),
            Attempt::Useless(failure) => (Ended::Hopeless, Err(Transport::AnswerLost(failure))),
        }
    }

    fn count(&self, call: &Call, attempt: u32) {
        let counter = if call.writes { &self.counters.writes } else { &self.counters.reads };
        counter.fetch_add(1, Ordering::Relaxed);
        if attempt > 1 {
            self.counters.retried.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// The run is to end, and the answer to a write was waited for long enough.
    async fn given_up(&self) {
        self.cancelled().await;
        tokio::time::sleep(GRACE).await;
    }

    async fn cancelled(&self) {
        while !self.is_cancelled() {
            tokio::time::sleep(GLANCE).await;
        }
    }
}

/// What the attempts at one call have come to so far.
struct Tried {
    /// What the last one says of the system.
    verdict: Verdict,
    /// A write was sent and may have been done, although the last attempt was not.
    lost: Option<Failure>,
}

impl Default for Tried {
    fn default() -> Self {
        Self { verdict: Verdict::Nothing, lost: None }
    }
}

impl Tried {
    fn note(&mut self, writes: bool, ended: Ended, result: &Result<HttpResponse, Transport>) {
        self.verdict = match (ended, result) {
            (_, Ok(response)) => Verdict::of(response),
            (Ended::NotSent | Ended::Lost, Err(Transport::NotSent(failure) | Transport::AnswerLost(failure)))
                if failure.code != Code::Cancelled =>
            {
                Verdict::silence(failure)
            }
            _ => Verdict::Nothing,
        };
        match result {
            Err(Transport::AnswerLost(failure)) if writes => self.lost = Some(failure.clone()),
            Ok(response) if writes && response.status >= 500 => {
                let status = HostError::new("host-answer-status").with("status", response.status);
                self.lost = Some(status.fail(Code::Unavailable));
            }
            _ => {}
        }
    }
}

/// How often one call may still get another token.
#[derive(Default)]
struct Patience {
    asked: bool,
    taken_over: u32,
}

impl Patience {
    fn is_left(&self) -> bool {
        !self.asked && self.taken_over < MOST_TAKEN_OVER
    }

    fn spend(&mut self, renewed: Renewed) {
        match renewed {
            Renewed::Asked => self.asked = true,
            Renewed::TakenOver => self.taken_over += 1,
        }
    }
}

pub(crate) fn cancelled() -> Failure {
    HostError::new("host-ended").fail(Code::Cancelled)
}

/// A write whose answer was not waited for any longer.
fn abandoned() -> Failure {
    HostError::new("host-answer-abandoned").with("seconds", GRACE.as_secs()).fail(Code::Cancelled)
}

pub(crate) fn limited(wait: Duration) -> Failure {
    HostError::new("host-limited").with("seconds", wait.as_secs()).fail(Code::RateLimited)
}
