//! The doors of the systems: sessions that end and tokens that die in the middle of a run or of a write, and limits on calls, with a wait
//! that is short enough to sit out or too long.
//!
//! A call that is turned away at the door was not carried out, and the caller is told so. Only the one in which a session ends may be: then
//! part of it was done, and nobody says which.

use super::clock::Clock;
use super::story::Dice;
use selaras_connector_api::{
    Batch, Code, Connector, Failure, GetDone, GetRequest, Host, HttpRequest, HttpResponse, LogLevel, Manifest,
    OpenRequest, Opened, Operation, Outcome, ReadDone, ReadRequest, Rights, RightsRequest, Space, SpacesRequest,
    Ticket, Transport, WriteDone, WriteOp, WriteRequest,
};
use selaras_model::{Message, Side};
use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

/// The door of one system during one run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Door {
    /// The session ends with this call.
    pub ends: Option<Ending>,
    /// So many calls in so many milliseconds.
    pub quota: Option<(u64, i64)>,
}

/// How a session ends.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    /// With which call, counted from one.
    pub with: u64,
    /// Whether only writes are counted.
    pub of_writes: bool,
    /// Whether that call, if it writes, was carried out in part and not answered.
    pub unclear: bool,
    /// Whether the grant is dead rather than the session over.
    pub dead: bool,
}

/// The longest that a caller waits because a system says so.
const PATIENCE_MS: i64 = 60_000;

const WITHDRAWN: &str = "access was withdrawn";
const OVER: &str = "the session is over";

/// Whether a write was turned away at the door: that says nothing about its record.
pub fn is_turned_away(refusal: &Message) -> bool {
    refusal.args.values().any(|said| said == WITHDRAWN || said == OVER)
}

impl Door {
    /// A session that ends at some call.
    pub fn ending(dice: &mut Dice) -> Self {
        let of_writes = dice.percent(75);
        let with = dice.next() % if of_writes { 6 } else { 40 } + 1;
        Self { ends: Some(Ending { with, of_writes, unclear: dice.percent(50), dead: dice.percent(30) }), quota: None }
    }

    /// A limit, of seconds or of minutes.
    pub fn limited(dice: &mut Dice) -> Self {
        let window = dice.pick(&[1_000, 1_000, 10_000, 120_000]).expect("there are some");
        let most = if window > PATIENCE_MS { 10 + dice.next() % 30 } else { 2 + dice.next() % 6 };
        Self { ends: None, quota: Some((most, window)) }
    }
}

/// How far a door has come.
#[derive(Debug, Default)]
struct Book {
    calls: u64,
    writes: u64,
    over: Option<Failure>,
    /// When the window began, and the calls in it.
    window: (i64, u64),
}

/// Who stands at a door.
struct Keeper {
    side: Side,
    door: Door,
    clock: Arc<Clock>,
    book: Mutex<Book>,
}

/// A connector behind a door.
pub struct Gated {
    inner: Box<dyn Connector>,
    keeper: Keeper,
}

/// A call at the door.
enum Entry {
    Pass,
    /// Carried out in part, and not answered.
    Lost(Failure),
    Refused(Failure),
}

impl Gated {
    pub fn new(inner: Box<dyn Connector>, side: Side, door: Door, clock: Arc<Clock>) -> Self {
        Self { inner, keeper: Keeper { side, door, clock, book: Mutex::default() } }
    }

    /// The records that one call writes.
    fn per_call(&self, request: &WriteRequest) -> usize {
        let op = match request.items.first().map(|item| item.op) {
            Some(WriteOp::Create) | None => Operation::Create,
            Some(WriteOp::Update) => Operation::Update,
            Some(WriteOp::Delete) => Operation::Delete,
            Some(WriteOp::Deactivate) => Operation::Deactivate,
        };
        let manifest = self.inner.describe().ok();
        let resource = manifest.as_ref().and_then(|manifest| manifest.resource(&request.resource));
        let spec = resource.and_then(|resource| resource.operations.get(&op));
        spec.map_or(1, |spec| usize::try_from(spec.per_call).expect("small")).max(1)
    }
}

impl Keeper {
    fn knock(&self, writes: bool) -> Entry {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(over) = &book.over {
            return Entry::Refused(over.clone());
        }
        if let Err(limited) = self.count(&mut book) {
            return Entry::Refused(limited);
        }
        book.calls += 1;
        book.writes += u64::from(writes);
        let Some(ends) = self.door.ends else { return Entry::Pass };
        let counted = if ends.of_writes { book.writes } else { book.calls };
        if counted < ends.with || (ends.of_writes && !writes) {
            return Entry::Pass;
        }
        let over = if ends.dead {
            Failure::new(Code::NotConnected, WITHDRAWN)
        } else {
            Failure::new(Code::Unauthorised, OVER)
        };
        book.over = Some(over.clone());
        if writes && ends.unclear { Entry::Lost(over) } else { Entry::Refused(over) }
    }

    /// Waits where the system says so, or gives up where that is too long.
    fn count(&self, book: &mut Book) -> Result<(), Failure> {
        let Some((most, window_ms)) = self.door.quota else { return Ok(()) };
        let now = self.clock.time_of(self.side);
        let (began, made) = book.window;
        book.window = if now - began >= window_ms {
            (now, 1)
        } else if made < most {
            (began, made + 1)
        } else {
            let wait = began + window_ms - now;
            if wait > PATIENCE_MS {
                let text = format!("the system allows no calls for another {} s", wait / 1000);
                return Err(Failure::new(Code::RateLimited, text));
            }
            self.clock.pass_at(self.side, wait);
            (now + wait, 1)
        };
        Ok(())
    }
}

/// A host that knocks before each further page.
struct PageByPage<'a> {
    host: &'a dyn Host,
    keeper: &'a Keeper,
    turned_away: RefCell<Option<Failure>>,
}

impl Host for PageByPage<'_> {
    fn start(&self, request: HttpRequest) -> Ticket {
        self.host.start(request)
    }

    fn wait(&self, ticket: Ticket) -> Result<HttpResponse, Transport> {
        self.host.wait(ticket)
    }

    fn emit(&self, batch: Batch) {
        self.host.emit(batch);
        if let Entry::Refused(failure) | Entry::Lost(failure) = self.keeper.knock(false) {
            *self.turned_away.borrow_mut() = Some(failure);
        }
    }

    fn log(&self, level: LogLevel, text: &str) {
        self.host.log(level, text);
    }

    fn cancelled(&self) -> bool {
        self.turned_away.borrow().is_some() || self.host.cancelled()
    }
}

impl Connector for Gated {
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
        if let Entry::Refused(failure) | Entry::Lost(failure) = self.keeper.knock(false) {
            return Err(failure);
        }
        let paged = PageByPage { host, keeper: &self.keeper, turned_away: RefCell::new(None) };
        let done = self.inner.read(&paged, request);
        match (done, paged.turned_away.into_inner()) {
            (Err(_), Some(failure)) => Err(failure),
            (done, _) => done,
        }
    }

    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        let mut done = GetDone::default();
        for id in &request.ids {
            match self.keeper.knock(false) {
                Entry::Pass => {}
                Entry::Refused(failure) | Entry::Lost(failure) if failure.code == Code::RateLimited => {
                    done.failed.push((id.clone(), failure));
                    continue;
                }
                Entry::Refused(failure) | Entry::Lost(failure) => return Err(failure),
            }
            let one = self.inner.get(host, &GetRequest { ids: vec![id.clone()], ..request.clone() })?;
            done.gone.extend(one.gone);
            done.failed.extend(one.failed);
        }
        Ok(done)
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        let mut outcomes = Vec::with_capacity(request.items.len());
        for chunk in request.items.chunks(self.per_call(request)) {
            let part =
                |length: usize| WriteRequest { items: chunk[..length].to_vec(), resource: request.resource.clone() };
            match self.keeper.knock(true) {
                Entry::Pass => outcomes.extend(self.inner.write(host, &part(chunk.len()))?.outcomes),
                Entry::Refused(failure) => outcomes.extend(chunk.iter().map(|_| Outcome::Rejected(failure.clone()))),
                Entry::Lost(failure) => {
                    self.inner.write(host, &part(chunk.len().div_ceil(2)))?;
                    outcomes.extend(chunk.iter().map(|_| Outcome::Unclear(failure.clone())));
                }
            }
        }
        Ok(WriteDone { outcomes })
    }

    fn close(&mut self, host: &dyn Host) {
        self.inner.close(host);
    }
}
