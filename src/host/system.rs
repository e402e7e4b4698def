//! A system in use: a connector and its line, and which phase an operation belongs to. What the operations mean is the contract's
//! business; when to call them is the runner's.

use crate::error;
use crate::gate::Phase;
use crate::line::Line;
use crate::services::Services;
use crate::{CallStats, Inner};
use selaras_connector_api::{
    Batch, Code, Connector, Failure, GetDone, GetRequest, Host, LogLevel, Manifest, OpenRequest, Opened, Outcome,
    ReadDone, ReadRequest, Rights, RightsRequest, Space, SpacesRequest, WriteDone, WriteRequest,
};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

/// Lines of log kept for a system until they are fetched.
const MOST_LINES: usize = 10_000;

/// The right to write. Only [`crate::Host::permit_writes`] makes one.
///
/// ```compile_fail
/// let forged = selaras_host::WritePermit {};
/// ```
#[derive(Debug)]
pub struct WritePermit {
    _made_by_the_host: (),
}

impl WritePermit {
    pub(crate) fn new() -> Self {
        Self { _made_by_the_host: () }
    }
}

/// A system in use. One thread at a time; several systems can be used by several threads.
pub struct System {
    pub(crate) name: String,
    pub(crate) connector: Box<dyn Connector>,
    pub(crate) manifest: Manifest,
    pub(crate) hash: String,
    pub(crate) request: OpenRequest,
    pub(crate) line: Arc<Line>,
    pub(crate) host: Arc<Inner>,
    /// Why nothing can be done with it, if so.
    pub(crate) blocked: Option<Failure>,
    pub(crate) log: Vec<(LogLevel, String)>,
}

impl System {
    /// The mapping's name of the system.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the connector says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The content hash of the connector's library, and of its `connector.toml` where it has one.
    #[must_use]
    pub fn library_hash(&self) -> &str {
        &self.hash
    }

    /// Signs in far enough to read.
    ///
    /// # Errors
    /// As the contract says; also when the connector panicked.
    pub fn open(&mut self) -> Result<Opened, Failure> {
        let request = self.request.clone();
        self.observe(&mut |_| {}, |connector, host| connector.open(host, &request))
    }

    /// The databases that the credential can see; where `database` is given, that one with its branches. Needs no `open` before it.
    ///
    /// # Errors
    /// As for `open`.
    pub fn spaces(&mut self, database: Option<&str>) -> Result<Vec<Space>, Failure> {
        let request = SpacesRequest { settings: self.request.settings.clone(), database: database.map(str::to_owned) };
        self.observe(&mut |_| {}, |connector, host| connector.spaces(host, &request))
    }

    /// The role and rights held.
    ///
    /// # Errors
    /// As for `open`.
    pub fn rights(&mut self, request: &RightsRequest) -> Result<Rights, Failure> {
        let mut rights = self.observe(&mut |_| {}, |connector, host| connector.rights(host, request))?;
        for denied in &mut rights.denied {
            denied.said = self.told(denied.said.clone());
        }
        Ok(rights)
    }

    /// Lists a resource. The sink gets batches as they arrive, on this thread.
    ///
    /// # Errors
    /// When the listing broke off; what the sink got until then has been seen.
    pub fn read(&mut self, request: &ReadRequest, sink: &mut dyn FnMut(Batch)) -> Result<ReadDone, Failure> {
        let mut done = self.observe(sink, |connector, host| connector.read(host, request))?;
        done.why_incomplete = done.why_incomplete.map(|why| self.told(why));
        Ok(done)
    }

    /// Reads some records. The sink gets them as they arrive, on this thread.
    ///
    /// # Errors
    /// When nothing more can be read at all.
    pub fn get(&mut self, request: &GetRequest, sink: &mut dyn FnMut(Batch)) -> Result<GetDone, Failure> {
        let mut done = self.observe(sink, |connector, host| connector.get(host, request))?;
        for (_, failure) in &mut done.failed {
            *failure = self.told(failure.clone());
        }
        Ok(done)
    }

    /// Writes a batch: one outcome for each item, in order. When the connector fails as a whole, or answers for another number of items,
    /// after something of the batch may have reached the system, all outcomes are unclear.
    ///
    /// # Errors
    /// Only when nothing reached the system.
    pub fn write(&mut self, _permit: &WritePermit, request: &WriteRequest) -> Result<WriteDone, Failure> {
        let work = |connector: &mut dyn Connector, host: &dyn Host| connector.write(host, request);
        let (done, touched) = self.perform(Phase::Write, &mut |_| {}, work);
        let wanted = request.items.len();
        let done = done.and_then(|done| match done.outcomes.len() {
            given if given == wanted => Ok(done),
            given => {
                let text = format!("the connector answered for {given} of {wanted} writes; report this to its author");
                Err(Failure::new(Code::Protocol, text))
            }
        });
        let mut done = match done {
            Err(failure) if touched => WriteDone { outcomes: vec![Outcome::Unclear(failure); wanted] },
            other => other?,
        };
        for outcome in &mut done.outcomes {
            if let Outcome::Rejected(failure) | Outcome::Unclear(failure) = outcome {
                *failure = self.told(failure.clone());
            }
        }
        Ok(done)
    }

    /// The calls made so far.
    #[must_use]
    pub fn calls(&self) -> CallStats {
        self.line.counters.stats()
    }

    /// The connector's log since it was last taken.
    pub fn take_log(&mut self) -> Vec<(LogLevel, String)> {
        std::mem::take(&mut self.log)
    }

    /// Ends the session. The gate is closed to writes here, too.
    pub fn close(&mut self) {
        let closed = self.observe(&mut |_| {}, |connector, host| {
            connector.close(host);
            Ok(())
        });
        // The contract finds a failure here uninteresting.
        drop(closed);
    }

    fn observe<T>(
        &mut self,
        sink: &mut dyn FnMut(Batch),
        work: impl FnOnce(&mut dyn Connector, &dyn Host) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.perform(Phase::Observe, sink, work).0
    }

    /// Performs an operation, and tells whether a write of it may have reached the system.
    fn perform<T>(
        &mut self,
        phase: Phase,
        sink: &mut dyn FnMut(Batch),
        work: impl FnOnce(&mut dyn Connector, &dyn Host) -> Result<T, Failure>,
    ) -> (Result<T, Failure>, bool) {
        if let Some(failure) = &self.blocked {
            return (Err(failure.clone()), false);
        }
        let services = Services::new(&self.line, self.host.runtime(), phase, sink);
        let connector = self.connector.as_mut();
        // A loaded connector is fenced already; a linked one is fenced here, and not used again after a panic.
        let done = catch_unwind(AssertUnwindSafe(|| work(connector, &services)));
        let left = services.finish();
        let room = MOST_LINES.saturating_sub(self.log.len());
        // The host's own warnings always find room.
        self.log.extend(left.log.into_iter().take(room));
        self.log.extend(self.line.take_notes());
        if let Some(payload) = left.panic {
            resume_unwind(payload);
        }
        let done = done.unwrap_or_else(|payload| {
            let text = format!("the connector panicked and is not used again in this run: {}", panic_text(&payload));
            let failure = Failure::new(Code::Internal, text);
            self.blocked = Some(failure.clone());
            Err(failure)
        });
        (done.map_err(|failure| self.told(failure)), left.touched)
    }

    /// A failure as it leaves the host: without secrets, in the language of the run.
    fn told(&self, failure: Failure) -> Failure {
        let language = &self.host.options.language;
        let own = self.manifest.phrases.get(language).map(String::as_str);
        error::told(self.line.scrubber.failure(failure), language, own)
    }
}

fn panic_text(payload: &Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a text").chars().take(500).collect()
}
