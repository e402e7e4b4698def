//! What all routers share: the world behind its lock, the settings, the counters.
//!
//! The port and the threads are in `running`, what every request passes in `passage`, the answers in `accurate`, `smh` and
//! `control`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use jiff::{SignedDuration, Timestamp};

use crate::accurate::books::{Books, KeyIndex};
use crate::accurate::listing::ListCache;
use crate::calls::Calls;
use crate::faults::Faults;
use crate::hosts::Hosts;
use crate::knobs::Knobs;
use crate::limits::Limits;
use crate::world::{AccurateWorld, SmhWorld, World};
use crate::{Clock, Options, SandboxError, accurate, persist, scenario};

/// What all routers share.
pub type SharedState = Arc<State>;

/// The world and everything about the running sandbox.
pub struct State {
    world: RwLock<World>,
    /// Changes of anything.
    revision: AtomicU64,
    /// Changes of Accurate's side, which its lists and its index of keys depend on.
    accurate_revision: AtomicU64,
    keys: Mutex<KeyIndex>,
    /// The revision in the data file, if there is one yet. Held while it is written, so that two writers never share the temporary file.
    saving: Mutex<Option<u64>>,
    knobs: RwLock<Knobs>,
    clock: Clock,
    base_url: String,
    hosts: Hosts,
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
        Arc::new_cyclic(|me| State {
            hosts: Hosts::new(Weak::clone(me)),
            world: RwLock::new(world),
            revision: AtomicU64::new(0),
            accurate_revision: AtomicU64::new(0),
            keys: Mutex::new(KeyIndex::default()),
            saving: Mutex::new(None),
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

    /// Changes the world. Every call counts as a change: cached lists and indexes are dropped, and the data file is
    /// written soon.
    pub fn write<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        self.accurate_revision.fetch_add(1, Ordering::SeqCst);
        self.revision.fetch_add(1, Ordering::SeqCst);
        change(&mut world)
    }

    /// Changes SMH only, so that what is cached for Accurate stays.
    pub fn write_smh<R>(&self, change: impl FnOnce(&mut SmhWorld) -> R) -> R {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        self.revision.fetch_add(1, Ordering::SeqCst);
        change(&mut world.smh)
    }

    /// Changes who may come into Accurate. It goes to the data file; no list depends on it.
    pub fn write_access<R>(&self, change: impl FnOnce(&mut AccurateWorld) -> R) -> R {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        self.revision.fetch_add(1, Ordering::SeqCst);
        change(&mut world.accurate)
    }

    /// Changes what no list and no data file depends on, such as the time a session was last used.
    pub fn touch<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        change(&mut self.world.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks up records of one Accurate database, with its index of keys. None if there is no such database.
    pub fn read_keys<R>(&self, database: u64, look: impl FnOnce(&World, &mut KeyIndex) -> R) -> R {
        let world = self.world.read().unwrap_or_else(PoisonError::into_inner);
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.at_revision(database, self.accurate_revision.load(Ordering::SeqCst));
        look(&world, &mut keys)
    }

    /// Changes one Accurate database and keeps its index of keys in step. None if there is no such database.
    pub fn write_books<R>(&self, database: u64, change: impl FnOnce(&mut Books) -> R) -> Option<R> {
        let mut guard = self.world.write().unwrap_or_else(PoisonError::into_inner);
        let world = &mut *guard;
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.at_revision(database, self.accurate_revision.load(Ordering::SeqCst));
        let now = self.accurate_now();
        let stamp = world.clock.stamp(now);
        let db = world.accurate.databases.get_mut(&database)?;
        let result = change(&mut Books { db, keys: &mut keys, stamp, only_branch: None });
        self.revision.fetch_add(1, Ordering::SeqCst);
        let revision = self.accurate_revision.fetch_add(1, Ordering::SeqCst) + 1;
        keys.moved_to(revision);
        Some(result)
    }

    /// Goes up with every change of anything.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::SeqCst)
    }

    /// Goes up with every change of Accurate's side.
    pub fn accurate_revision(&self) -> u64 {
        self.accurate_revision.load(Ordering::SeqCst)
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The time now by Accurate's clock, which may be off.
    pub fn accurate_now(&self) -> Timestamp {
        let skew = self.knobs.read().unwrap_or_else(PoisonError::into_inner).clock_skew_seconds;
        let now = self.clock.now();
        now.checked_add(SignedDuration::from_secs(skew)).unwrap_or(now)
    }

    /// The address of a data host of Accurate; none is the sandbox's own. The host is started if it does not run yet.
    ///
    /// Must not be called while the world is being read or changed.
    pub fn host_url(&self, name: Option<&str>) -> String {
        name.and_then(|name| self.hosts.url(name)).unwrap_or_else(|| self.base_url.clone())
    }

    /// The further data hosts.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
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

    /// Writes the data file, if there is one and it is not up to date. Callers that wait for each other share one write.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self) -> Result<(), SandboxError> {
        let Some(path) = &self.options.data else { return Ok(()) };
        let mut saved = self.saving.lock().unwrap_or_else(PoisonError::into_inner);
        // Read before the world is: what changes in between is written once more rather than missed.
        let revision = self.revision();
        if *saved == Some(revision) {
            return Ok(());
        }
        let bytes = self.read(persist::to_bytes);
        persist::write(path, &bytes)?;
        *saved = Some(revision);
        Ok(())
    }
}

/// The world of the scenario, with someone allowed in.
pub fn first_world(options: &Options) -> World {
    let mut world = scenario::build(&options.scenario);
    accurate::credentials::ensure(&mut world.accurate);
    world
}
