//! A second runner for the same two systems, which comes in the middle of a run of the first: with the same state, which is held, or with a
//! copy of it from before, which nothing holds.
//!
//! What it does is a whole run, between two steps of the other's. Two runs are never in the same step, so the same seed meets at the same
//! place.

use super::clock::{Clock, Waits};
use super::runner::{Between, WEATHER, one_run, workspace_at};
use super::story::Dice;
use selaras_connector_api::{
    Connector, Failure, GetDone, GetRequest, Host, Manifest, OpenRequest, Opened, ReadDone, ReadRequest, Rights,
    RightsRequest, Space, SpacesRequest, WriteDone, WriteRequest,
};
use selaras_connector_sim::SimWorld;
use selaras_model::{RunId, Side};
use selaras_run::{Applied, Planned, RunError, Selection};
use selaras_store::StoreError;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Whose state the second runner has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The same file.
    Same,
    /// A copy of before.
    Copy,
}

/// Where it meets the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// When the first opens its systems: it holds nothing yet.
    Opening,
    /// Between its plan and its first write.
    Planned,
    /// Before or after one of its calls that write, or the look before one.
    Call(u64),
}

impl Meeting {
    pub fn any(dice: &mut Dice) -> Self {
        match dice.below(6) {
            0 => Meeting::Opening,
            1 => Meeting::Planned,
            _ => Meeting::Call(dice.next() % 14 + 1),
        }
    }
}

/// A second runner.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    pub whose: Whose,
    pub meeting: Meeting,
}

/// The second runner, ready to come.
pub struct Rival {
    visit: Visit,
    world: SimWorld,
    clock: Arc<Clock>,
    state: PathBuf,
    run: RunId,
    came: AtomicBool,
    calls: AtomicU64,
    /// What it did, or why that was wrong.
    did: Mutex<Option<Result<(Planned, Applied), String>>>,
}

impl Rival {
    pub fn new(visit: Visit, world: SimWorld, clock: Arc<Clock>, state: PathBuf, run: RunId) -> Self {
        let (came, calls) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { visit, world, clock, state, run, came, calls, did: Mutex::new(None) }
    }

    /// What it did, if it came so far.
    pub fn did(&self) -> Option<Result<(Planned, Applied), String>> {
        self.did.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The first runner has come to this place.
    pub fn meet(&self, meeting: Meeting) {
        if meeting == self.visit.meeting && !self.came.swap(true, Ordering::SeqCst) {
            let did = self.come(meeting != Meeting::Opening && self.visit.whose == Whose::Same);
            *self.did.lock().unwrap_or_else(PoisonError::into_inner) = did.transpose();
        }
    }

    fn next_call(&self, side: Side, resource: &str) {
        // Rows of an order are added in Accurate, not set: between a look and its write nobody can notice that somebody else has just added
        // the same.
        if self.visit.whose == Whose::Copy && side == Side::Left && resource == "order" {
            return;
        }
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        self.meet(Meeting::Call(call));
    }

    /// A whole run. Where the state is held there must be none: then it looks only, as anybody may.
    fn come(&self, held: bool) -> Result<Option<(Planned, Applied)>, String> {
        let said = |error: RunError| error.to_string();
        let mut workspace = workspace_at(&self.world, (&self.state, false), |_, sim| Box::new(sim)).map_err(said)?;
        let waits = Waits(Arc::clone(&self.clock));
        match (workspace.lock("rival"), held) {
            (Err(RunError::Store(StoreError::Locked { .. })), true) => {
                let before = self.effects();
                // The state may change under its eyes; then there is no plan, and it says so.
                drop(workspace.plan(&self.run, &Selection::default(), self.clock.now(), &waits));
                if before == self.effects() { Ok(None) } else { Err("a plan wrote".to_owned()) }
            }
            (Ok(()), true) => Err("a second runner was let in while the first was at work".to_owned()),
            (Ok(()), false) => {
                let none = Between::default();
                match one_run(&mut workspace, &self.run, &self.clock, &waits, &AtomicBool::new(false), &none) {
                    Ok(did) => Ok(Some(did)),
                    // What the weather keeps from it, it does not do.
                    Err(why) if why.starts_with(WEATHER) => Ok(None),
                    Err(why) => Err(format!("the second runner: {why}")),
                }
            }
            (Err(error), _) => Err(said(error)),
        }
    }

    fn effects(&self) -> [usize; 2] {
        super::systems::NAMES.map(|side| self.world.effects(side))
    }
}

/// A connector of the first runner, at which the second one lies in wait.
pub struct Visited {
    inner: Box<dyn Connector>,
    side: Side,
    rival: Arc<Rival>,
}

impl Visited {
    pub fn new(inner: Box<dyn Connector>, side: Side, rival: Arc<Rival>) -> Self {
        Self { inner, side, rival }
    }
}

impl Connector for Visited {
    fn describe(&self) -> Result<Manifest, Failure> {
        self.inner.describe()
    }

    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        if self.side == Side::Right {
            self.rival.meet(Meeting::Opening);
        }
        self.inner.open(host, request)
    }

    fn spaces(&mut self, host: &dyn Host, request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        self.inner.spaces(host, request)
    }

    fn rights(&mut self, host: &dyn Host, request: &RightsRequest) -> Result<Rights, Failure> {
        self.inner.rights(host, request)
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        self.inner.read(host, request)
    }

    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        let done = self.inner.get(host, request);
        // Only the last look before a write asks for nothing but the version; after it comes the write.
        if request.fields.len() == 1 && request.fields[0] == "optLock" {
            self.rival.next_call(self.side, &request.resource);
        }
        done
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        self.rival.next_call(self.side, &request.resource);
        let done = self.inner.write(host, request);
        self.rival.next_call(self.side, &request.resource);
        done
    }

    fn close(&mut self, host: &dyn Host) {
        self.inner.close(host);
    }
}
