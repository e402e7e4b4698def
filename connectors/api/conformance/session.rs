//! A connector in use, as checks use it: operations with what they handed over, panics caught, the rules that hold for every operation looked
//! at after each.

use super::bench::InUse;
use super::trouble::{Trouble, failed};
use super::wire::Wire;
use crate::{
    Batch, Code, Failure, GetDone, GetRequest, Opened, Outcome, RawRecord, ReadDone, ReadRequest, WriteItem,
    WriteRequest,
};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A connector in use.
pub(super) struct Session {
    in_use: Box<dyn InUse>,
    wire: Wire,
}

/// What a listing gave.
pub(super) struct Listing {
    pub(super) done: Result<ReadDone, Failure>,
    pub(super) records: Vec<RawRecord>,
}

impl Listing {
    /// The ids that came.
    pub(super) fn ids(&self) -> BTreeSet<String> {
        self.records.iter().map(|record| record.id.clone()).collect()
    }

    /// An id that came twice.
    pub(super) fn double(&self) -> Option<&str> {
        let mut seen = BTreeSet::new();
        self.records.iter().map(|record| record.id.as_str()).find(|id| !seen.insert(*id))
    }

    /// Whether it says that this was all.
    pub(super) fn claims_all(&self) -> bool {
        self.done.as_ref().is_ok_and(|done| done.complete)
    }

    /// A record.
    pub(super) fn record(&self, id: &str) -> Option<&RawRecord> {
        self.records.iter().find(|record| record.id == id)
    }
}

/// What reading single records gave.
pub(super) struct Got {
    pub(super) done: Result<GetDone, Failure>,
    pub(super) records: Vec<RawRecord>,
}

impl Got {
    /// The ids that are said to be gone.
    pub(super) fn gone(&self) -> &[String] {
        self.done.as_ref().map_or(&[], |done| &done.gone)
    }
}

impl Session {
    pub(super) fn new(in_use: Box<dyn InUse>, wire: Wire) -> Self {
        Self { in_use, wire }
    }

    /// Performs an operation.
    fn perform<T>(
        &mut self,
        what: &str,
        work: impl FnOnce(&mut dyn InUse) -> Result<T, Failure>,
    ) -> Result<Result<T, Failure>, Trouble> {
        self.wire.begin();
        let in_use = self.in_use.as_mut();
        let done = catch_unwind(AssertUnwindSafe(|| work(in_use)));
        let Ok(done) = done else { return Err(failed("no operation ever panics", format!("{what} panicked"))) };
        if let Some(breach) = self.wire.breaches().first() {
            return Err(failed("the rules of the host are kept", format!("{what}: {breach}")));
        }
        if done.as_ref().is_err_and(|failure| failure.text.trim().is_empty()) {
            return Err(failed("a failure says what happened", format!("{what}: it says nothing")));
        }
        if let Some(failure) = done.as_ref().err().filter(|failure| failure.code == Code::Internal) {
            let seen = format!("{what}: {failure}");
            return Err(failed("a failure says what happened; `internal` is a fault of the connector itself", seen));
        }
        Ok(done)
    }

    /// Opens the system.
    pub(super) fn open(&mut self) -> Result<Opened, Trouble> {
        let opened = self.perform("open", |in_use| in_use.open())?;
        opened.map_err(|failure| failed("the system opens", format!("{:?}: {failure}", failure.code)))
    }

    /// Opens the system, whatever comes of it.
    pub(super) fn try_open(&mut self) -> Result<Result<Opened, Failure>, Trouble> {
        self.perform("open", |in_use| in_use.open())
    }

    /// Lists, with a look at each batch as it comes.
    pub(super) fn list_with(
        &mut self,
        request: &ReadRequest,
        look: &mut dyn FnMut(usize, &Batch),
    ) -> Result<Listing, Trouble> {
        let mut records = Vec::new();
        let mut batches = 0;
        let done = self.perform("read", |in_use| {
            in_use.read(request, &mut |batch| {
                batches += 1;
                look(batches, &batch);
                records.extend(batch.records);
            })
        })?;
        if let Some(nameless) = records.iter().position(|record: &RawRecord| record.id.is_empty()) {
            return Err(failed("every record has an id", format!("record {} of the listing has none", nameless + 1)));
        }
        if done.as_ref().is_ok_and(|done| !done.complete && done.why_incomplete.is_none()) {
            return Err(failed("an incomplete listing says why", "complete: false and no reason"));
        }
        Ok(Listing { done, records })
    }

    /// Lists.
    pub(super) fn list(&mut self, request: &ReadRequest) -> Result<Listing, Trouble> {
        self.list_with(request, &mut |_, _| {})
    }

    /// Reads single records. Each is to be accounted for once.
    pub(super) fn get(&mut self, request: &GetRequest) -> Result<Got, Trouble> {
        let mut records: Vec<RawRecord> = Vec::new();
        let done = self.perform("get", |in_use| in_use.get(request, &mut |batch| records.extend(batch.records)))?;
        if let Some(stray) = records.iter().find(|record| !request.ids.contains(&record.id)) {
            let seen = format!("{} was asked for, {} came", request.ids.join(", "), stray.id);
            return Err(failed("single reads give the records asked for and no others", seen));
        }
        if let Ok(done) = &done {
            for id in &request.ids {
                let came = records.iter().filter(|record| record.id == *id).count();
                let gone = done.gone.iter().filter(|gone| *gone == id).count();
                let failed_ones = done.failed.iter().filter(|(one, _)| one == id).count();
                if came + gone + failed_ones != 1 {
                    let seen = format!("{id}: {came} times handed over, {gone} gone, {failed_ones} failed");
                    return Err(failed("each id is answered for once: a record, gone, or failed", seen));
                }
            }
            if let Some((id, failure)) = done.failed.iter().find(|(_, failure)| failure.code == Code::Internal) {
                return Err(failed("`internal` is a fault of the connector itself", format!("{id}: {failure}")));
            }
        }
        Ok(Got { done, records })
    }

    /// Writes: one outcome for each item, or the failure of all when nothing was sent.
    pub(super) fn write(&mut self, resource: &str, items: Vec<WriteItem>) -> Result<Vec<Outcome>, Trouble> {
        let wanted = items.len();
        let request = WriteRequest { resource: resource.to_owned(), items };
        let done = self.perform("write", |in_use| in_use.write(&request))?;
        match done {
            Ok(done) if done.outcomes.len() == wanted => {
                let internal = done.outcomes.iter().find(|outcome| {
                    matches!(outcome, Outcome::Rejected(failure) | Outcome::Unclear(failure) if failure.code == Code::Internal)
                });
                match internal {
                    Some(outcome) => {
                        Err(failed("`internal` is a fault of the connector itself", format!("{outcome:?}")))
                    }
                    None => Ok(done.outcomes),
                }
            }
            Ok(done) => {
                Err(failed("one outcome for each item", format!("{} outcomes for {wanted} items", done.outcomes.len())))
            }
            Err(failure) => {
                let touched = self.wire.log().iter().any(|exchange| {
                    let nothing = matches!(
                        &exchange.answer,
                        Some(Err(crate::Transport::NotSent(_) | crate::Transport::Refused(_)))
                    );
                    exchange.writes && !nothing
                });
                if touched {
                    let seen = format!("the whole batch failed ({failure}) after something was sent");
                    return Err(failed("a batch fails as a whole only when nothing was sent", seen));
                }
                Ok(vec![Outcome::Rejected(failure); wanted])
            }
        }
    }

    /// Ends the session.
    pub(super) fn close(&mut self) -> Result<(), Trouble> {
        self.perform("close", |in_use| {
            in_use.close();
            Ok(())
        })
        .map(|_| ())
    }
}
