//! Time that passes only when it is told to: between runs, where the engine waits, and where a system makes a caller wait. What systems show
//! late shows once it has passed.
//!
//! There is one true time. The runner's clock may be wrong against it, and so may the clock that each system stamps its records with.

use super::systems::NAMES;
use selaras_connector_sim::SimWorld;
use selaras_model::Side;
use selaras_run::Progress;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The time.
pub struct Clock {
    world: SimWorld,
    now: AtomicI64,
    /// How far each side is ahead of that: both are read at the same time, and each waits by itself.
    ahead: [AtomicI64; 2],
    /// How wrong the runner's clock is.
    wrong: AtomicI64,
    /// How wrong the clocks of the systems are.
    skew: [AtomicI64; 2],
}

fn at(side: Side) -> usize {
    if side == Side::Left { 0 } else { 1 }
}

impl Clock {
    pub fn new(world: SimWorld) -> Self {
        let now = AtomicI64::new(1_780_000_000_000);
        Self { world, now, ahead: Default::default(), wrong: AtomicI64::new(0), skew: Default::default() }
    }

    /// What the runner's clock says.
    pub fn now(&self) -> i64 {
        self.meet();
        self.now.load(Ordering::SeqCst) + self.wrong.load(Ordering::SeqCst)
    }

    /// Whoever waited longer is where both are now. Only where a run has one thread.
    fn meet(&self) {
        let ahead = self.ahead.each_ref().map(|side| side.swap(0, Ordering::SeqCst));
        let most = ahead.into_iter().max().unwrap_or(0);
        if most > 0 {
            self.now.fetch_add(most, Ordering::SeqCst);
            self.tell();
        }
    }

    pub fn pass(&self, ms: i64) {
        self.meet();
        self.now.fetch_add(ms, Ordering::SeqCst);
        self.tell();
    }

    fn tell(&self) {
        Side::BOTH.into_iter().for_each(|side| self.tell_side(side));
    }

    fn tell_side(&self, side: Side) {
        let (now, skew) = (self.time_of(side), self.skew[at(side)].load(Ordering::SeqCst));
        self.world.set_time(NAMES[at(side)], now);
        self.world.set_now(NAMES[at(side)], &(now + skew).to_string());
    }

    /// The true time at a side.
    pub fn time_of(&self, side: Side) -> i64 {
        self.now.load(Ordering::SeqCst) + self.ahead[at(side)].load(Ordering::SeqCst)
    }

    /// A side makes its caller wait.
    pub fn pass_at(&self, side: Side, ms: i64) {
        self.ahead[at(side)].fetch_add(ms, Ordering::SeqCst);
        self.tell_side(side);
    }

    /// The runner's clock is put so far from the true time.
    pub fn set_wrong(&self, ms: i64) {
        self.wrong.store(ms, Ordering::SeqCst);
    }

    /// The systems' clocks are.
    pub fn set_skew(&self, ms: [i64; 2]) {
        for (skew, ms) in self.skew.iter().zip(ms) {
            skew.store(ms, Ordering::SeqCst);
        }
        self.tell();
    }
}

/// Says nothing, and waits on that clock.
pub struct Waits(pub Arc<Clock>);

impl Progress for Waits {
    fn wait(&self, time: Duration) {
        self.0.pass(i64::try_from(time.as_millis()).expect("a short time"));
    }
}
