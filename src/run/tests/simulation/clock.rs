//! Time that passes only when it is told to: between runs, and where the engine waits. What systems show late shows once it has passed.

use super::systems::NAMES;
use selaras_connector_sim::SimWorld;
use selaras_run::Progress;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The time.
pub struct Clock {
    world: SimWorld,
    now: AtomicI64,
}

impl Clock {
    pub fn new(world: SimWorld) -> Self {
        Self { world, now: AtomicI64::new(1_780_000_000_000) }
    }

    pub fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    pub fn pass(&self, ms: i64) {
        let now = self.now.fetch_add(ms, Ordering::SeqCst) + ms;
        NAMES.iter().for_each(|side| self.world.set_time(side, now));
    }
}

/// Says nothing, and waits on that clock.
pub struct Waits(pub Arc<Clock>);

impl Progress for Waits {
    fn wait(&self, time: Duration) {
        self.0.pass(i64::try_from(time.as_millis()).expect("a short time"));
    }
}
