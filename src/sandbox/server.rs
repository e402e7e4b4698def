//! The server: what all routers share, the port, and the way every request takes (fault, limit, count, router).
//!
//! The answers themselves come from `accurate`, `smh` and `control`.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::middleware::{self, Next};
use axum::response::Response;
use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::accurate::{self, lists::ListCache};
use crate::calls::{Calls, System};
use crate::faults::{Faults, Kind};
use crate::knobs::Knobs;
use crate::limits::Limits;
use crate::socket::{Connection, Severable};
use crate::world::World;
use crate::{Clock, Options, SandboxError, control, persist, scenario, smh};

/// What all routers share.
pub type SharedState = Arc<State>;

/// The world and everything about the running sandbox.
pub struct State {
    world: RwLock<World>,
    revision: AtomicU64,
    knobs: RwLock<Knobs>,
    clock: Clock,
    base_url: String,
    options: Options,
    /// Requests answered so far.
    pub calls: Calls,
    /// The call limit.
    pub limits: Limits,
    /// Faults waiting for a request.
    pub faults: Faults,
    /// Ids of lists computed lately, so that the next page need not compute them again.
    pub lists: ListCache,
}

impl State {
    /// A state around a world; `base_url` is what the systems call their own address.
    pub fn new(options: Options, world: World, base_url: String) -> SharedState {
        let mut knobs = options.knobs.clone();
        knobs.limit = options.limit;
        Arc::new(State {
            world: RwLock::new(world),
            revision: AtomicU64::new(0),
            knobs: RwLock::new(knobs),
            clock: options.clock.clone(),
            base_url,
            options,
            calls: Calls::default(),
            limits: Limits::default(),
            faults: Faults::default(),
            lists: ListCache::default(),
        })
    }

    /// Looks at the world.
    pub fn read<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        look(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the world. Every call counts as a change: cached lists are dropped and the data file is written soon.
    pub fn write<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        self.revision.fetch_add(1, Ordering::SeqCst);
        change(&mut world)
    }

    /// Changes something no list and no data file depends on, such as the time a session was last used.
    pub fn touch<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        change(&mut self.world.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Goes up with every change of the world.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::SeqCst)
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How the sandbox was started.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The settings as they are now.
    pub fn knobs(&self) -> Knobs {
        self.knobs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the settings.
    pub fn set_knobs(&self, knobs: Knobs) {
        *self.knobs.write().unwrap_or_else(PoisonError::into_inner) = knobs;
    }

    /// Puts the scenario's data back, as at the first start.
    pub fn reset(&self) {
        let fresh = first_world(&self.options);
        self.write(|world| *world = fresh);
    }

    /// Writes the data file, if there is one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self) -> Result<(), SandboxError> {
        let Some(path) = &self.options.data else { return Ok(()) };
        let bytes = self.read(|world| persist::to_bytes(world));
        persist::write(path, &bytes)
    }
}

/// The world of the scenario, with someone allowed in.
fn first_world(options: &Options) -> World {
    let mut world = scenario::build(&options.scenario);
    accurate::credentials::ensure(&mut world.accurate);
    world
}
