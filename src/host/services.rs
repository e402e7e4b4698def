//! The services that a connector gets during one operation: requests by ticket, records to the caller's sink, a log, and whether to stop.

use crate::gate::Phase;
use crate::line::Line;
use selaras_connector_api::{Batch, Code, Failure, Host, HttpRequest, HttpResponse, LogLevel, Ticket, Transport};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Requests that may be open at once. Answers wait in memory until they are fetched.
const MOST_OPEN: usize = 1024;
/// Lines of log kept for one operation, and the length of one.
const MOST_LINES: usize = 1000;
const MOST_TEXT: usize = 2000;

type Answer = Result<HttpResponse, Transport>;

/// The services for one operation.
pub(crate) struct Services<'a> {
    line: &'a Arc<Line>,
    runtime: &'a Handle,
    phase: Phase,
    open: RefCell<BTreeMap<u64, Open>>,
    next: Cell<u64>,
    /// Whether a write may have had an effect.
    touched: Cell<bool>,
    sink: RefCell<&'a mut (dyn FnMut(Batch) + 'a)>,
    /// The sink's panic, kept until the connector has returned.
    panic: RefCell<Option<Box<dyn Any + Send>>>,
    log: RefCell<Vec<(LogLevel, String)>>,
}

enum Open {
    Refused(Transport),
    Sent { answer: Receiver<Answer>, task: JoinHandle<()>, writes: bool },
}

/// What is left when an operation has ended.
pub(crate) struct Left {
    pub(crate) touched: bool,
    pub(crate) panic: Option<Box<dyn Any + Send>>,
    pub(crate) log: Vec<(LogLevel, String)>,
}

impl<'a> Services<'a> {
    pub(crate) fn new(
        line: &'a Arc<Line>,
        runtime: &'a Handle,
        phase: Phase,
        sink: &'a mut (dyn FnMut(Batch) + 'a),
    ) -> Self {
        Self {
            line,
            runtime,
            phase,
            open: RefCell::default(),
            next: Cell::new(1),
            touched: Cell::new(false),
            sink: RefCell::new(sink),
            panic: RefCell::new(None),
            log: RefCell::default(),
        }
    }

    /// Ends the operation: reads that nobody waited for are dropped, writes are waited for.
    pub(crate) fn finish(self) -> Left {
        for (_, open) in self.open.take() {
            match open {
                Open::Sent { task, writes: false, .. } => task.abort(),
                Open::Sent { answer, writes: true, .. } => {
                    let _ = self.settle(&answer, true);
                }
                Open::Refused(_) => {}
            }
        }
        if let Some(renewable) = self.line.credential.renewable() {
            renewable.settle(self.line);
        }
        Left { touched: self.touched.get(), panic: self.panic.take(), log: self.log.take() }
    }

    fn send(&self, request: HttpRequest) -> Open {
        if self.open.borrow().len() >= MOST_OPEN {
            let text = format!("the connector keeps more than {MOST_OPEN} requests open");
            return Open::Refused(Transport::NotSent(Failure::new(Code::Internal, text)));
        }
        let call = match self.line.judge(self.phase, request) {
            Ok(call) => call,
            Err(refused) => return Open::Refused(refused),
        };
        let writes = call.writes;
        let (sender, answer) = sync_channel(1);
        let line = Arc::clone(self.line);
        let task = self.runtime.spawn(async move {
            // Nobody may be waiting any more.
            let _ = sender.send(line.exchange(call).await);
        });
        Open::Sent { answer, task, writes }
    }

    fn settle(&self, answer: &Receiver<Answer>, writes: bool) -> Answer {
        let lost = || {
            Err(Transport::AnswerLost(Failure::new(
                Code::Internal,
                "the host lost a request; this is a fault of the runner",
            )))
        };
        let answer = answer.recv().unwrap_or_else(|_| lost());
        // A status in the four hundreds is a definite no, apart from the one that tells of a time-out.
        let harmless = match &answer {
            Ok(response) => (400..500).contains(&response.status) && response.status != 408,
            Err(Transport::NotSent(_) | Transport::Refused(_)) => true,
            Err(Transport::AnswerLost(_)) => false,
        };
        if writes && !harmless {
            self.touched.set(true);
        }
        answer
    }

    fn clean(&self, transport: Transport) -> Transport {
        let clean = |failure| self.line.scrubber.failure(failure);
        match transport {
            Transport::NotSent(failure) => Transport::NotSent(clean(failure)),
            Transport::AnswerLost(failure) => Transport::AnswerLost(clean(failure)),
            Transport::Refused(failure) => Transport::Refused(clean(failure)),
        }
    }
}

impl Host for Services<'_> {
    fn start(&self, request: HttpRequest) -> Ticket {
        let ticket = self.next.replace(self.next.get() + 1);
        let open = self.send(request);
        self.open.borrow_mut().insert(ticket, open);
        Ticket(ticket)
    }

    fn wait(&self, ticket: Ticket) -> Answer {
        let open = self.open.borrow_mut().remove(&ticket.0);
        let answer = match open {
            Some(Open::Sent { answer, writes, .. }) => self.settle(&answer, writes),
            Some(Open::Refused(why)) => Err(why),
            None => Err(Transport::NotSent(Failure::new(
                Code::Internal,
                "the connector waited for a request that is not open",
            ))),
        };
        answer.map_err(|transport| self.clean(transport))
    }

    fn emit(&self, batch: Batch) {
        if self.panic.borrow().is_some() {
            return;
        }
        let mut sink = self.sink.borrow_mut();
        // The sink is the caller's own code; its panic goes on once the connector is out of the way.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| sink(batch))) {
            *self.panic.borrow_mut() = Some(payload);
        }
    }

    fn log(&self, level: LogLevel, text: &str) {
        let mut log = self.log.borrow_mut();
        if log.len() < MOST_LINES {
            let short = text.chars().take(MOST_TEXT).collect();
            log.push((level, self.line.scrubber.text(short)));
        }
    }

    fn cancelled(&self) -> bool {
        self.line.is_cancelled() || self.panic.borrow().is_some()
    }
}
