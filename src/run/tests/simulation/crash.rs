//! A runner that is killed: at one moment the state file is copied as it is on disk, from then on nothing reaches the systems, and afterwards
//! the copy takes the place of the state.

use super::clock::Waits;
use super::story::Dice;
use selaras_connector_api::{
    Code, Connector, Failure, GetDone, GetRequest, Host, Manifest, OpenRequest, Opened, Outcome, ReadDone, ReadRequest,
    Rights, RightsRequest, Space, SpacesRequest, WriteDone, WriteRequest,
};
use selaras_connector_sim::Sim;
use selaras_model::{EntityName, Side};
use selaras_run::Progress;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// When the runner dies, by the number of the write call.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// Intents are noted, nothing was sent.
    BeforeSending(u64),
    /// Only the first records of the call got through.
    Halfway(u64),
    /// All was done, no answer was noted.
    BeforeTheAnswer(u64),
    /// Answers are noted, nothing is settled.
    BeforeSettling(u64),
}

impl Moment {
    pub fn any(dice: &mut Dice) -> Self {
        let call = dice.next() % 6 + 1;
        match dice.below(4) {
            0 => Moment::BeforeSending(call),
            1 => Moment::Halfway(call),
            2 => Moment::BeforeTheAnswer(call),
            _ => Moment::BeforeSettling(call),
        }
    }
}

/// The state at the moment of death.
pub struct Snapshot {
    state: PathBuf,
    moment: Moment,
    calls: AtomicU64,
    told: AtomicU64,
    /// Set once it is dead; nothing more is tried then.
    pub dead: AtomicBool,
}

/// The files that SQLite keeps a database in, and the note of how far it has come.
const ENDINGS: [&str; 3] = ["", "-wal", "-mark"];

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", path.display()))
}

impl Snapshot {
    pub fn new(state: PathBuf, moment: Moment) -> Self {
        let (calls, told, dead) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
        Self { state, moment, calls, told, dead }
    }

    fn die(&self) {
        for ending in ENDINGS {
            let from = with_ending(&self.state, ending);
            if from.exists() {
                std::fs::copy(from, with_ending(&self.state, &format!(".dead{ending}"))).expect("copied");
            }
        }
        self.dead.store(true, Ordering::SeqCst);
    }

    fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// Puts the state back to the moment of death, if it came.
    pub fn restore(&self) {
        if !self.is_dead() {
            return;
        }
        for ending in ["", "-wal", "-shm", "-mark"] {
            let old = with_ending(&self.state, ending);
            if old.exists() {
                std::fs::remove_file(old).expect("removed");
            }
        }
        for ending in ENDINGS {
            let from = with_ending(&self.state, &format!(".dead{ending}"));
            if from.exists() {
                std::fs::rename(from, with_ending(&self.state, ending)).expect("moved");
            }
        }
    }
}

/// Sees when answers are noted, and waits on the clock.
pub struct Witness(pub std::sync::Arc<Snapshot>, pub Waits);

impl Progress for Witness {
    fn wait(&self, time: Duration) {
        self.1.wait(time);
    }

    fn writing(&self, _entity: &EntityName, _side: Side, _done: u64, _of: u64) {
        let told = self.0.told.fetch_add(1, Ordering::SeqCst) + 1;
        if matches!(self.0.moment, Moment::BeforeSettling(call) if call == told) {
            self.0.die();
        }
    }
}

/// A connector whose runner dies.
pub struct Doomed {
    inner: Box<dyn Connector>,
    snapshot: std::sync::Arc<Snapshot>,
}

impl Doomed {
    pub fn new(inner: Box<dyn Connector>, snapshot: std::sync::Arc<Snapshot>) -> Self {
        Self { inner, snapshot }
    }
}

fn dead(request: &WriteRequest) -> WriteDone {
    let failure = Failure::new(Code::NotConnected, "the runner is dead");
    WriteDone { outcomes: vec![Outcome::Unclear(failure); request.items.len()] }
}

impl Connector for Doomed {
    fn describe(&self) -> Result<Manifest, Failure> {
        self.inner.describe()
    }

    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
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
        self.inner.get(host, request)
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        if self.snapshot.is_dead() {
            return Ok(dead(request));
        }
        let call = self.snapshot.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let send = match self.snapshot.moment {
            Moment::BeforeSending(at) if at == call => 0,
            Moment::Halfway(at) if at == call => request.items.len().div_ceil(2),
            Moment::BeforeTheAnswer(at) if at == call => request.items.len(),
            _ => return self.inner.write(host, request),
        };
        self.snapshot.die();
        if send > 0 {
            let part = WriteRequest { items: request.items[..send].to_vec(), ..request.clone() };
            drop(self.inner.write(host, &part));
        }
        Ok(dead(request))
    }

    fn close(&mut self, host: &dyn Host) {
        self.inner.close(host);
    }
}

/// A connector around which something happens: before each reading.
pub struct Around {
    pub sim: Sim,
    pub before_reading: Box<dyn Fn() + Send + Sync>,
}

impl Connector for Around {
    fn describe(&self) -> Result<Manifest, Failure> {
        self.sim.describe()
    }

    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        self.sim.open(host, request)
    }

    fn spaces(&mut self, host: &dyn Host, request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        self.sim.spaces(host, request)
    }

    fn rights(&mut self, host: &dyn Host, request: &RightsRequest) -> Result<Rights, Failure> {
        self.sim.rights(host, request)
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        (self.before_reading)();
        self.sim.read(host, request)
    }

    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        (self.before_reading)();
        self.sim.get(host, request)
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        self.sim.write(host, request)
    }

    fn close(&mut self, host: &dyn Host) {
        self.sim.close(host);
    }
}
