//! A connector in use without the runner's host: linked into the test, its requests answered by a function. No retries, no waiting, no
//! authentication.

use super::bench::InUse;
use super::wire::Answer;
use crate::{
    Batch, Code, Connector, Failure, GetDone, GetRequest, Host, HttpRequest, LogLevel, OpenRequest, Opened, ReadDone,
    ReadRequest, Ticket, Transport, WriteDone, WriteRequest,
};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Answers requests: a system in memory, or a client that really sends them.
pub type Server = Box<dyn Fn(HttpRequest) -> Answer>;

/// A connector whose requests are answered by a function.
pub struct Linked {
    connector: Box<dyn Connector>,
    settings: OpenRequest,
    server: Server,
}

impl Linked {
    /// A connector, the settings it is opened with, and what answers it.
    #[must_use]
    pub fn new(connector: Box<dyn Connector>, settings: OpenRequest, server: Server) -> Self {
        Self { connector, settings, server }
    }

    /// The same for a connector that makes no requests.
    #[must_use]
    pub fn without_network(connector: Box<dyn Connector>) -> Self {
        let nobody = |_| Err(Transport::NotSent(Failure::new(Code::Unavailable, "there is no network here")));
        Self::new(connector, OpenRequest::default(), Box::new(nobody))
    }
}

struct Desk<'a> {
    server: &'a Server,
    sink: RefCell<&'a mut dyn FnMut(Batch)>,
    answers: RefCell<BTreeMap<u64, Answer>>,
    next: std::cell::Cell<u64>,
}

impl<'a> Desk<'a> {
    fn new(server: &'a Server, sink: &'a mut dyn FnMut(Batch)) -> Self {
        Self { server, sink: RefCell::new(sink), answers: RefCell::default(), next: std::cell::Cell::new(0) }
    }
}

impl Host for Desk<'_> {
    fn start(&self, request: HttpRequest) -> Ticket {
        let ticket = self.next.replace(self.next.get() + 1);
        let answer = (self.server)(request);
        self.answers.borrow_mut().insert(ticket, answer);
        Ticket(ticket)
    }

    fn wait(&self, ticket: Ticket) -> Answer {
        let unknown = || Err(Transport::NotSent(Failure::new(Code::Internal, "that request is not open")));
        self.answers.borrow_mut().remove(&ticket.0).unwrap_or_else(unknown)
    }

    fn emit(&self, batch: Batch) {
        (self.sink.borrow_mut())(batch);
    }

    fn log(&self, _level: LogLevel, _text: &str) {}

    fn cancelled(&self) -> bool {
        false
    }
}

impl InUse for Linked {
    fn open(&mut self) -> Result<Opened, Failure> {
        self.connector.open(&Desk::new(&self.server, &mut |_| {}), &self.settings)
    }

    fn read(&mut self, request: &ReadRequest, sink: &mut dyn FnMut(Batch)) -> Result<ReadDone, Failure> {
        self.connector.read(&Desk::new(&self.server, sink), request)
    }

    fn get(&mut self, request: &GetRequest, sink: &mut dyn FnMut(Batch)) -> Result<GetDone, Failure> {
        self.connector.get(&Desk::new(&self.server, sink), request)
    }

    fn write(&mut self, request: &WriteRequest) -> Result<WriteDone, Failure> {
        self.connector.write(&Desk::new(&self.server, &mut |_| {}), request)
    }

    fn close(&mut self) {
        self.connector.close(&Desk::new(&self.server, &mut |_| {}));
    }
}
