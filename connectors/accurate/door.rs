//! The way to an open database: following moves by hand, a new session when the old one ended, several calls in flight, and nothing more once
//! the access has ended. What other answers mean is judged elsewhere.

use crate::account::{Account, Database, Session};
use crate::call::{Call, DATA_API};
use crate::manifest::LIMIT;
use crate::phrases::{fail, say};
use crate::{moves, refusal};
use selaras_connector_api::{Code, Failure, Host, HttpResponse, LogLevel, Ticket, Transport};
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// The way to an open database.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    /// The account host, to open the database again.
    pub(crate) account: Account,
    /// The database.
    pub(crate) database: Database,
    base: String,
    session: Option<String>,
    /// Why nothing needs to be sent any more.
    ended: Option<Failure>,
    /// Calls sent so far.
    sent: u64,
    /// Why opening again failed, for the calls up to this number, which were in flight then. Those sent later may try anew.
    shut: Option<(u64, Failure)>,
}

/// A call in flight, with what it went out under.
struct Sent {
    call: Call,
    ticket: Ticket,
    number: u64,
    base: String,
    session: Option<String>,
}

/// What was done already to get one call through.
#[derive(Default)]
struct Patience {
    moves: u32,
    /// Whether the database was opened again for it. A session that another call opened does not count: that call may have been its last.
    reopened: bool,
}

impl Door {
    /// The way to a database on a host, in a session where the scheme has them.
    pub(crate) fn new(account: Account, database: Database, base: String, session: Option<String>) -> Self {
        Self { account, database, base, session, ended: None, sent: 0, shut: None }
    }

    /// The way to a database whose session was just opened.
    pub(crate) fn opened(account: Account, database: Database, session: Session) -> Self {
        Self::new(account, database, session.base, Some(session.id))
    }

    fn send(&mut self, host: &dyn Host, call: Call) -> Sent {
        self.send_to(host, call, self.base.clone())
    }

    fn send_to(&mut self, host: &dyn Host, call: Call, base: String) -> Sent {
        let ticket = host.start(call.request(&base, DATA_API, self.session.as_deref()));
        self.sent += 1;
        Sent { call, ticket, number: self.sent, base, session: self.session.clone() }
    }

    /// Waits for an answer. Repeats the call only after an answer that proves that nothing was done: the database moved, or the session ended.
    fn receive(&mut self, host: &dyn Host, mut sent: Sent) -> Result<HttpResponse, Transport> {
        let mut patience = Patience::default();
        loop {
            let response = host.wait(sent.ticket).inspect_err(|transport| self.hear(transport))?;
            if response.status == 308 {
                let base = self.next_base(&response, &sent, &mut patience).map_err(Transport::NotSent)?;
                sent = self.send_to(host, sent.call, base);
                continue;
            }
            if patience.moves > 0 && sent.base != self.base {
                // Only now: a place that does not answer is not remembered.
                host.log(LogLevel::Info, &format!("the database moved to {}", sent.base));
                self.base.clone_from(&sent.base);
            }
            if self.session.is_some() && refusal::session_lost(&response) {
                self.renew(host, &sent, &mut patience).map_err(Transport::NotSent)?;
                sent = self.send(host, sent.call);
                continue;
            }
            if let Some(failure) = refusal::access_ended(&response, sent.call.what()) {
                self.ended.get_or_insert(failure);
            }
            return Ok(response);
        }
    }

    /// The host itself may know that there is no access any more.
    fn hear(&mut self, transport: &Transport) {
        if let Transport::Refused(failure) = transport
            && matches!(failure.code, Code::Unauthorised | Code::ClockOff | Code::NotConnected)
        {
            self.ended.get_or_insert_with(|| failure.clone());
        }
    }

    /// Where a call that was sent on goes now.
    fn next_base(&self, response: &HttpResponse, sent: &Sent, patience: &mut Patience) -> Result<String, Failure> {
        patience.moves += 1;
        if patience.moves > moves::MOST {
            return Err(moves::in_circles(&sent.call));
        }
        if patience.moves == 1 && sent.base != self.base {
            // Another call in flight has followed the database already, perhaps further than this answer knows.
            return Ok(self.base.clone());
        }
        moves::target(response, &sent.base, DATA_API, &sent.call)
    }

    /// A session for a call whose own has ended. Another call in flight may have opened one already.
    fn renew(&mut self, host: &dyn Host, sent: &Sent, patience: &mut Patience) -> Result<(), Failure> {
        if sent.session != self.session {
            return Ok(());
        }
        if patience.reopened {
            let refused = say("accurate-session-refused").with("what", sent.call.what());
            let refused = refused.with("name", &self.database.name).with("id", &self.database.id);
            return Err(fail(Code::NotConnected, refused).with_detail("401"));
        }
        if let Some((_, failure)) = self.shut.as_ref().filter(|(until, _)| sent.number <= *until) {
            return Err(failure.clone());
        }
        patience.reopened = true;
        host.log(LogLevel::Info, "the session of the database ended; opening it again");
        match self.account.open_database(host, &self.database) {
            Ok(session) => {
                self.base = session.base;
                self.session = Some(session.id);
                Ok(())
            }
            Err(failure) => {
                self.shut = Some((self.sent, failure.clone()));
                if refusal::concerns_all(&failure) {
                    self.ended.get_or_insert_with(|| failure.clone());
                }
                Err(failure)
            }
        }
    }

    /// Makes many calls, several in flight, and hands over the answers in the order of the calls. After a break, or once the run is to end,
    /// nothing new is sent, but what is in flight is still handed over. Once the access has ended, a call is answered by that, unsent.
    pub(crate) fn in_order(
        &mut self,
        host: &dyn Host,
        calls: impl Iterator<Item = Call>,
        mut take: impl FnMut(Result<HttpResponse, Transport>) -> ControlFlow<()>,
    ) {
        let mut calls = calls.fuse();
        let mut in_flight: VecDeque<Sent> = VecDeque::new();
        let mut sending = true;
        loop {
            while sending && self.ended.is_none() && in_flight.len() < LIMIT as usize && !host.cancelled() {
                match calls.next() {
                    Some(call) => in_flight.push_back(self.send(host, call)),
                    None => sending = false,
                }
            }
            let answer = match (in_flight.pop_front(), &self.ended) {
                (Some(sent), _) => self.receive(host, sent),
                (None, Some(ended)) if sending && calls.next().is_some() => Err(Transport::Refused(ended.clone())),
                (None, _) => return,
            };
            if take(answer).is_break() {
                sending = false;
            }
        }
    }
}
