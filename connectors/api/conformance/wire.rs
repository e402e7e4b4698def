//! The wire between a connector and its host: it remembers what went over it, watches the rules of the contract, and lies when told to.
//!
//! It sits inside of the host's retries and waiting. What the host does for a connector is not seen here; what a connector makes of what the
//! host could not mend is.

use super::lie::{Lie, Order};
use crate::{
    Batch, Code, Connector, Failure, GetDone, GetRequest, Host, HttpRequest, HttpResponse, LogLevel, Manifest,
    OpenRequest, Opened, ReadDone, ReadRequest, ReadRule, Rights, RightsRequest, Space, SpacesRequest, Ticket,
    Transport, WriteDone, WriteRequest,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// An answer, or why there is none.
pub type Answer = Result<HttpResponse, Transport>;

/// A request, and what the connector got for it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request as the connector made it.
    pub request: HttpRequest,
    /// Whether it can write.
    pub writes: bool,
    /// What the connector was told; `None`: it did not ask.
    pub answer: Option<Answer>,
}

/// A handle on the wire; all clones are the same wire.
#[derive(Clone, Debug, Default)]
pub struct Wire(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    reads: Vec<ReadRule>,
    log: Vec<Exchange>,
    orders: Vec<Order>,
    struck: usize,
    breaches: Vec<String>,
    /// Requests, batches and questions whether to stop, of the operation under way.
    steps: usize,
    cancel_at: Option<usize>,
    writing: bool,
}

impl Wire {
    /// A wire for a connector that says this of itself.
    #[must_use]
    pub fn new(manifest: &Manifest) -> Self {
        let wire = Self::default();
        wire.with(|state| state.reads.clone_from(&manifest.reads));
        wire
    }

    /// The connector with this wire between it and whatever host it is given.
    #[must_use]
    pub fn around(&self, connector: Box<dyn Connector>) -> Box<dyn Connector> {
        Box::new(Wired { inner: connector, wire: self.clone() })
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// An operation begins: what was seen before is forgotten.
    pub(super) fn begin(&self) {
        self.with(|state| {
            state.log.clear();
            state.breaches.clear();
            state.steps = 0;
            state.orders.iter_mut().for_each(Order::rewind);
        });
    }

    /// What went over it in the latest operation.
    #[must_use]
    pub fn log(&self) -> Vec<Exchange> {
        self.with(|state| state.log.clone())
    }

    /// The rules of the contract that were broken in the latest operation.
    #[must_use]
    pub fn breaches(&self) -> Vec<String> {
        self.with(|state| state.breaches.clone())
    }

    /// Lies from now on, as ordered.
    pub(super) fn lie(&self, order: Order) {
        self.with(|state| state.orders.push(order));
    }

    /// Says that the run is to end, from so many steps of an operation on.
    pub(super) fn cancel_at(&self, steps: usize) {
        self.with(|state| state.cancel_at = Some(steps));
    }

    /// Tells the truth again.
    pub(super) fn calm(&self) {
        self.with(|state| {
            state.orders.clear();
            state.cancel_at = None;
            state.struck = 0;
        });
    }

    /// How often it lied.
    pub(super) fn struck(&self) -> usize {
        self.with(|state| state.struck)
    }
}

impl State {
    fn only_reads(&self, request: &HttpRequest) -> bool {
        let path = request.url.split(['?', '#']).next().unwrap_or_default();
        request.method == "GET"
            || self.reads.iter().any(|rule| rule.method == request.method && path.ends_with(&rule.path_suffix))
    }

    /// A request goes out. Gives back its place in the log, and the lie that is told about it.
    fn note(&mut self, request: &HttpRequest) -> (usize, Option<Lie>) {
        self.steps += 1;
        let writes = !self.only_reads(request);
        if writes && !self.writing {
            let path = request.url.split('?').next().unwrap_or_default();
            self.breaches.push(format!("{} {path} was sent while reading; it could write", request.method));
        }
        let lie = self.orders.iter_mut().find_map(|order| order.take(request, writes));
        self.struck += usize::from(lie.is_some());
        self.log.push(Exchange { request: request.clone(), writes, answer: None });
        (self.log.len() - 1, lie)
    }

    fn breach(&mut self, text: &str) {
        self.breaches.push(text.to_owned());
    }
}

/// A connector with the wire between it and its host.
struct Wired {
    inner: Box<dyn Connector>,
    wire: Wire,
}

impl Wired {
    fn over<T>(&mut self, host: &dyn Host, writing: bool, work: impl FnOnce(&mut dyn Connector, &dyn Host) -> T) -> T {
        self.wire.with(|state| state.writing = writing);
        let between = Between { host, wire: &self.wire, waiting: RefCell::default() };
        let done = work(self.inner.as_mut(), &between);
        let left = between.waiting.into_inner();
        self.wire.with(|state| {
            if left.keys().any(|at| state.log.get(*at).is_some_and(|exchange| exchange.writes)) {
                state.breach("a write was sent and its answer never waited for");
            }
        });
        done
    }
}

impl Connector for Wired {
    fn describe(&self) -> Result<Manifest, Failure> {
        self.inner.describe()
    }

    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        self.over(host, false, |connector, host| connector.open(host, request))
    }

    fn spaces(&mut self, host: &dyn Host, request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        self.over(host, false, |connector, host| connector.spaces(host, request))
    }

    fn rights(&mut self, host: &dyn Host, request: &RightsRequest) -> Result<Rights, Failure> {
        self.over(host, false, |connector, host| connector.rights(host, request))
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        self.over(host, false, |connector, host| connector.read(host, request))
    }

    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        self.over(host, false, |connector, host| connector.get(host, request))
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        self.over(host, true, |connector, host| connector.write(host, request))
    }

    fn close(&mut self, host: &dyn Host) {
        self.over(host, false, |connector, host| connector.close(host));
    }
}

/// The host as the connector sees it during one operation.
struct Between<'h> {
    host: &'h dyn Host,
    wire: &'h Wire,
    waiting: RefCell<BTreeMap<usize, Waiting>>,
}

enum Waiting {
    /// It was sent; the answer may be lied about.
    Sent(Ticket, Option<Lie>),
    /// It was not.
    Ready(Answer),
}

impl Between<'_> {
    fn settle(&self, waiting: Waiting, before: Option<Answer>) -> Answer {
        match waiting {
            Waiting::Ready(answer) => answer,
            Waiting::Sent(ticket, lie) => {
                let answer = self.host.wait(ticket);
                match lie {
                    Some(lie) => lie.tell(answer, before),
                    None => answer,
                }
            }
        }
    }
}

impl Host for Between<'_> {
    fn start(&self, request: HttpRequest) -> Ticket {
        let (at, lie) = self.wire.with(|state| state.note(&request));
        let waiting = match lie {
            None => Waiting::Sent(self.host.start(request), None),
            Some(lie) => match lie.withheld() {
                Some(answer) => Waiting::Ready(answer),
                None => Waiting::Sent(self.host.start(lie.alter(request)), Some(lie)),
            },
        };
        self.waiting.borrow_mut().insert(at, waiting);
        Ticket(at as u64)
    }

    fn wait(&self, ticket: Ticket) -> Answer {
        let at = usize::try_from(ticket.0).unwrap_or(usize::MAX);
        let Some(waiting) = self.waiting.borrow_mut().remove(&at) else {
            self.wire.with(|state| state.breach("a ticket was waited for that is not open, or twice"));
            return Err(Transport::NotSent(Failure::new(Code::Internal, "that request is not open")));
        };
        let before = self.wire.with(|state| state.log.get(at.checked_sub(1)?)?.answer.clone());
        let answer = self.settle(waiting, before);
        self.wire.with(|state| {
            if let Some(exchange) = state.log.get_mut(at) {
                exchange.answer = Some(answer.clone());
            }
        });
        answer
    }

    fn emit(&self, batch: Batch) {
        self.wire.with(|state| {
            state.steps += 1;
            if state.writing {
                state.breach("records were handed over during a write");
            }
        });
        self.host.emit(batch);
    }

    fn log(&self, level: LogLevel, text: &str) {
        self.host.log(level, text);
    }

    fn cancelled(&self) -> bool {
        let told = self.wire.with(|state| {
            state.steps += 1;
            state.cancel_at.is_some_and(|at| state.steps >= at)
        });
        told || self.host.cancelled()
    }
}
