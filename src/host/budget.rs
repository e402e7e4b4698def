//! The call budget of one quota holder: how many calls begin in any second, and how many are in flight. Shared by all systems with the
//! same host and credential. What is sent, and what is repeated, is not decided here.
//!
//! A server counts calls when they arrive, we when they leave. A call that was held up on its way (a new connection, a busy machine) can
//! arrive so late that the ones after the next second crowd it. So a call's place in the window is held a little longer when it took
//! longer than usual, and until one window after its answer when it probably opened a connection.

use crate::shared::{Lease, Shared};
use selaras_connector_api::Budget as Rules;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// A second as a server may count it, and a little more.
const WINDOW: Duration = Duration::from_millis(1020);
/// The longest time that a place is held beyond the window because a call was slow.
const MOST_EXCESS: Duration = Duration::from_millis(250);
/// A call that opens a connection is taken to have arrived within this time even if it is still unanswered.
const MOST_OPENING: Duration = Duration::from_secs(2);
/// Connections that were idle for so long may be gone.
const IDLE: Duration = Duration::from_secs(4);
/// Calls in flight where no limit is known.
pub(crate) const PARALLEL: usize = 16;
/// The longest wait that a system may ask for. Whoever asks for more is answered by giving up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A budget.
#[derive(Debug)]
pub(crate) struct Budget {
    per_second: Option<usize>,
    flight: Arc<Semaphore>,
    /// Held by whoever is next, so that calls begin in the order in which they came.
    turn: tokio::sync::Mutex<()>,
    book: Mutex<Book>,
    changed: Notify,
    /// What other processes with the same quota are told.
    shared: Option<Shared>,
}

#[derive(Debug, Default)]
struct Book {
    places: Vec<Place>,
    next: u64,
    flying: usize,
    /// How many connections are likely to be open.
    warm: usize,
    last: Option<Instant>,
    /// How long a call usually takes.
    usual: Option<Duration>,
    /// No call begins before.
    paused_until: Option<Instant>,
}

/// A place in the window.
#[derive(Debug)]
struct Place {
    call: u64,
    free_at: Instant,
}

/// The system asked for a pause longer than [`PATIENCE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong(pub(crate) Duration);

/// A call that has begun. It has ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Begun {
    budget: Arc<Budget>,
    call: u64,
    at: Instant,
    opens: bool,
    lease: Option<Lease>,
    _flight: OwnedSemaphorePermit,
}

impl Budget {
    /// A budget by the rules of a manifest, for this process alone.
    pub(crate) fn new(rules: Option<Rules>) -> Arc<Self> {
        Self::shared_in(rules, None)
    }

    /// The same, kept together with other processes in a folder, under the name of the quota's holder.
    pub(crate) fn shared_in(rules: Option<Rules>, place: Option<(&Path, &str)>) -> Arc<Self> {
        let shared = rules.zip(place).and_then(|(rules, (folder, holder))| {
            Shared::open(folder, holder, (rules.per_second as usize).max(1), (rules.parallel as usize).clamp(1, 1024))
        });
        let parallel = rules.map_or(PARALLEL, |rules| (rules.parallel as usize).clamp(1, 1024));
        Arc::new(Self {
            per_second: rules.map(|rules| (rules.per_second as usize).max(1)),
            flight: Arc::new(Semaphore::new(parallel)),
            turn: tokio::sync::Mutex::new(()),
            book: Mutex::default(),
            changed: Notify::new(),
            shared,
        })
    }

    /// Waits until a call may begin. Dropping the future gives the turn to the next.
    pub(crate) async fn begin(self: &Arc<Self>) -> Result<Begun, TooLong> {
        let flight = Arc::clone(&self.flight).acquire_owned().await.expect("the semaphore is never closed");
        let _turn = self.turn.lock().await;
        loop {
            let changed = self.changed.notified();
            let wait = self.book().wait_until(self.per_second, Instant::now());
            let Some(until) = wait? else { break };
            tokio::select! {
                () = sleep_until(until) => {}
                () = changed => {}
            }
        }
        let lease = match &self.shared {
            Some(shared) => Some(shared.begin(WINDOW + MOST_OPENING).await),
            None => None,
        };
        let (call, at, opens) = self.book().begin(Instant::now());
        Ok(Begun { budget: Arc::clone(self), call, at, opens, lease, _flight: flight })
    }

    /// Lets nothing begin for a while, because the system said so.
    pub(crate) fn pause(&self, wait: Duration) {
        if let Some(shared) = &self.shared {
            shared.pause(wait.min(PATIENCE));
        }
        let until = Instant::now() + wait;
        let mut book = self.book();
        book.paused_until = book.paused_until.max(Some(until));
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // The book is consistent between any two statements.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// Until when the next call must wait; nothing if it need not.
    fn wait_until(&mut self, per_second: Option<usize>, now: Instant) -> Result<Option<Instant>, TooLong> {
        if let Some(until) = self.paused_until.filter(|until| *until > now) {
            let wait = until - now;
            return if wait > PATIENCE { Err(TooLong(wait)) } else { Ok(Some(until)) };
        }
        self.places.retain(|place| place.free_at > now);
        let full = per_second.is_some_and(|most| self.places.len() >= most);
        Ok(if full { self.places.iter().map(|place| place.free_at).min() } else { None })
    }

    fn begin(&mut self, now: Instant) -> (u64, Instant, bool) {
        if self.last.is_none_or(|last| now - last > IDLE) && self.flying == 0 {
            self.warm = 0;
        }
        self.last = Some(now);
        self.flying += 1;
        let opens = self.flying > self.warm;
        self.warm = self.warm.max(self.flying);
        self.next += 1;
        let free_at = now + WINDOW + if opens { MOST_OPENING } else { Duration::ZERO };
        self.places.push(Place { call: self.next, free_at });
        (self.next, now, opens)
    }

    /// The call has ended. Tells until when its place is taken.
    fn end(&mut self, call: u64, began: Instant, opened: bool, now: Instant) -> Instant {
        self.flying -= 1;
        let took = now - began;
        let usual = *self.usual.get_or_insert(took);
        let free_at = if opened {
            now.min(began + MOST_OPENING) + WINDOW
        } else {
            self.usual = Some((usual * 7 + took) / 8);
            began + WINDOW + took.saturating_sub(usual).min(MOST_EXCESS)
        };
        if let Some(place) = self.places.iter_mut().find(|place| place.call == call) {
            place.free_at = free_at;
        }
        free_at
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let now = Instant::now();
        let free_at = self.budget.book().end(self.call, self.at, self.opens, now);
        if let Some(lease) = &mut self.lease {
            lease.end(free_at - now);
        }
        self.budget.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{advance, sleep, timeout};

    fn accurate() -> Arc<Budget> {
        Budget::new(Some(Rules { per_second: 8, parallel: 8 }))
    }

    /// The most arrivals in any second.
    fn crowd(mut arrivals: Vec<Instant>) -> usize {
        arrivals.sort();
        let within = |first: &Instant| {
            arrivals.iter().filter(|at| *at >= first && **at - *first < Duration::from_secs(1)).count()
        };
        arrivals.iter().map(within).max().unwrap_or(0)
    }

    /// Makes calls at once; each arrives after the first time of its pair and is answered after the second. Gives arrivals and the end.
    async fn run(budget: &Arc<Budget>, delays: Vec<(u64, u64)>) -> (Vec<Instant>, Duration) {
        let start = Instant::now();
        let calls: Vec<_> = delays
            .into_iter()
            .map(|(there, back)| {
                let budget = Arc::clone(budget);
                tokio::spawn(async move {
                    let begun = budget.begin().await.unwrap();
                    sleep(Duration::from_millis(there)).await;
                    let arrived = Instant::now();
                    sleep(Duration::from_millis(back)).await;
                    drop(begun);
                    arrived
                })
            })
            .collect();
        let mut arrivals = Vec::new();
        for call in calls {
            arrivals.push(call.await.unwrap());
        }
        (arrivals, start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn steady_calls_use_the_whole_budget_and_never_more() {
        let (arrivals, took) = run(&accurate(), vec![(20, 60); 160]).await;
        assert_eq!(crowd(arrivals), 8);
        // 160 calls at 8 a second are 20 s; the margin and the first connections cost a little.
        assert!(took < Duration::from_millis(21_000), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn slow_first_connections_do_not_crowd_the_second_after() {
        let mut delays = vec![(400, 50); 8];
        delays.extend([(5, 50); 24]);
        assert_eq!(crowd(run(&accurate(), delays).await.0), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn jitter_on_the_way_does_not_crowd() {
        let budget = accurate();
        run(&budget, vec![(5, 50); 8]).await;
        sleep(Duration::from_millis(1500)).await;
        // Every tenth call is held up on its way.
        let delays = (0..120).map(|n: u64| if n.is_multiple_of(10) { (180, 50) } else { (5, 50) }).collect();
        assert_eq!(crowd(run(&budget, delays).await.0), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_are_in_flight_than_allowed() {
        let budget = Budget::new(Some(Rules { per_second: 100, parallel: 3 }));
        let held = [budget.begin().await.unwrap(), budget.begin().await.unwrap(), budget.begin().await.unwrap()];
        assert!(timeout(Duration::from_secs(60), budget.begin()).await.is_err());
        drop(held);
        assert!(timeout(Duration::from_millis(1), budget.begin()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody_and_an_endless_one_is_refused() {
        let budget = accurate();
        budget.pause(Duration::from_secs(3));
        budget.pause(Duration::from_secs(1));
        let start = Instant::now();
        drop(budget.begin().await.unwrap());
        assert_eq!(start.elapsed().as_secs(), 3);
        budget.pause(Duration::from_secs(3600));
        assert!(matches!(budget.begin().await, Err(TooLong(wait)) if wait.as_secs() >= 3599));
        advance(Duration::from_secs(3601)).await;
        assert!(budget.begin().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_waiting_blocks_nobody() {
        let budget = Budget::new(Some(Rules { per_second: 1, parallel: 4 }));
        drop(budget.begin().await.unwrap());
        assert!(timeout(Duration::from_millis(10), budget.begin()).await.is_err());
        let start = Instant::now();
        assert!(budget.begin().await.is_ok());
        assert!(start.elapsed() <= WINDOW);
    }
}
