//! The host's services across the boundary, both ends: `HostBridge` offers a `Host` as a table, `TableHost` is a `Host` over a table.

use crate::frame;
use crate::table::{ABI, Buffer, Bytes, HostTable, Status};
use core::ffi::c_void;
use selaras_connector_api::{Batch, Code, Failure, Host, HttpRequest, HttpResponse, LogLevel, Ticket, Transport};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The host's end. Lives for one call.
pub(crate) struct HostBridge<'a> {
    host: &'a dyn Host,
    /// A panic of the host must not run through the library; it is kept here and goes on when the library has returned.
    panic: RefCell<Option<Box<dyn Any + Send>>>,
    /// A batch that made no sense, so that a listing is not taken for complete without it.
    bad_batch: RefCell<Option<Failure>>,
}

impl<'a> HostBridge<'a> {
    pub(crate) fn new(host: &'a dyn Host) -> Self {
        Self { host, panic: RefCell::new(None), bad_batch: RefCell::new(None) }
    }

    /// The table for one call. It points to `self`.
    pub(crate) fn table(&self) -> HostTable {
        HostTable {
            abi: ABI,
            size: core::mem::size_of::<HostTable>() as u32,
            ctx: core::ptr::from_ref(self).cast_mut().cast(),
            start: host_start,
            wait: host_wait,
            emit: host_emit,
            log: host_log,
            cancelled: host_cancelled,
            free: crate::library::free,
        }
    }

    /// Goes on with a panic that a service of the host began, and tells of records that were lost.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        if let Some(payload) = self.panic.into_inner() {
            std::panic::resume_unwind(payload);
        }
        self.bad_batch.into_inner().map_or(Ok(()), Err)
    }

    fn guard<T>(&self, fallback: T, work: impl FnOnce(&dyn Host) -> T) -> T {
        if self.panic.borrow().is_some() {
            return fallback;
        }
        match catch_unwind(AssertUnwindSafe(|| work(self.host))) {
            Ok(value) => value,
            Err(payload) => {
                *self.panic.borrow_mut() = Some(payload);
                fallback
            }
        }
    }

    /// # Safety
    /// `ctx` must be that of a table of a bridge that is alive.
    unsafe fn of<'b>(ctx: *mut c_void) -> &'b HostBridge<'b> {
        // SAFETY: the caller promises it.
        unsafe { &*ctx.cast_const().cast::<HostBridge<'b>>() }
    }
}

unsafe extern "C" fn host_start(ctx: *mut c_void, request: Bytes, ticket: *mut u64) -> i32 {
    // SAFETY: a library hands back the context of its table while the call lasts.
    let bridge = unsafe { HostBridge::of(ctx) };
    let status = bridge.guard(Status::Panicked, |host| {
        // SAFETY: a library lends bytes that are readable for the length of the call.
        let Ok(Some(bytes)) = (unsafe { request.read() }) else { return Status::TooLarge };
        let Ok((mut request, body)) = frame::decode::<HttpRequest>(bytes) else { return Status::Malformed };
        request.body = body.to_vec();
        let given = host.start(request);
        if ticket.is_null() {
            return Status::Malformed;
        }
        // SAFETY: not null; a library hands in a place of its own.
        unsafe { ticket.write(given.0) };
        Status::Ok
    });
    status as i32
}

unsafe extern "C" fn host_wait(ctx: *mut c_void, ticket: u64, out: *mut Buffer) -> i32 {
    // SAFETY: as for `host_start`.
    let bridge = unsafe { HostBridge::of(ctx) };
    let (status, bytes) = bridge.guard((Status::Panicked, Vec::new()), |host| match host.wait(Ticket(ticket)) {
        Ok(response) => match frame::encode(&response, &[&response.body]) {
            Ok(bytes) => (Status::Ok, bytes),
            // It was sent and answered, but the answer cannot be handed over.
            Err(bad) => transport(&Transport::AnswerLost(bad.into())),
        },
        Err(lost) => transport(&lost),
    });
    if !out.is_null() {
        // SAFETY: not null; a library hands in a place of its own.
        unsafe { out.write(Buffer::give(bytes)) };
    }
    status as i32
}

fn transport(lost: &Transport) -> (Status, Vec<u8>) {
    (Status::Failed, frame::encode(lost, &[]).unwrap_or_default())
}

unsafe extern "C" fn host_emit(ctx: *mut c_void, batch: Bytes) -> i32 {
    // SAFETY: as for `host_start`.
    let bridge = unsafe { HostBridge::of(ctx) };
    let status = bridge.guard(Status::Panicked, |host| {
        // SAFETY: as for `host_start`.
        let batch = unsafe { batch.read() }.and_then(|bytes| frame::decode_batch(bytes.unwrap_or_default()));
        match batch {
            Ok(batch) => {
                host.emit(batch);
                Status::Ok
            }
            Err(bad) => {
                bridge.bad_batch.borrow_mut().get_or_insert(bad.into());
                Status::Malformed
            }
        }
    });
    status as i32
}

unsafe extern "C" fn host_log(ctx: *mut c_void, level: u32, text: Bytes) {
    // SAFETY: as for `host_start`.
    let bridge = unsafe { HostBridge::of(ctx) };
    let level = match level {
        0 => LogLevel::Debug,
        1 => LogLevel::Info,
        _ => LogLevel::Warn,
    };
    // SAFETY: as for `host_start`.
    if let Ok(Some(bytes)) = unsafe { text.read() } {
        bridge.guard((), |host| host.log(level, &String::from_utf8_lossy(bytes)));
    }
}

unsafe extern "C" fn host_cancelled(ctx: *mut c_void) -> i32 {
    // SAFETY: as for `host_start`.
    let bridge = unsafe { HostBridge::of(ctx) };
    // A host that panicked wants the call to end.
    i32::from(bridge.guard(true, |host| host.cancelled()))
}

/// The library's end.
pub(crate) struct TableHost<'a> {
    table: &'a HostTable,
    /// Requests that could not even be started; `wait` tells. Their tickets count down from the end.
    unstarted: RefCell<BTreeMap<u64, Failure>>,
    next: Cell<u64>,
}

impl<'a> TableHost<'a> {
    /// Nothing: there is no table, or not one that we can use.
    ///
    /// # Safety
    /// If not null, the table must tell the truth about its ABI and size and be good for `'a`.
    pub(crate) unsafe fn over(table: *const HostTable) -> Option<Self> {
        if table.is_null() || !table.is_aligned() {
            return None;
        }
        // SAFETY: not null, and every ABI begins with these two numbers.
        let (abi, size) = unsafe { ((*table).abi, (*table).size) };
        if abi != ABI || (size as usize) < core::mem::size_of::<HostTable>() {
            return None;
        }
        // SAFETY: of our ABI and long enough; the caller promises that it is good for `'a`.
        let table = unsafe { &*table };
        Some(Self { table, unstarted: RefCell::default(), next: Cell::new(u64::MAX) })
    }

    fn unstarted(&self, why: Failure) -> Ticket {
        let ticket = self.next.get();
        self.next.set(ticket - 1);
        self.unstarted.borrow_mut().insert(ticket, why);
        Ticket(ticket)
    }
}

impl Host for TableHost<'_> {
    fn start(&self, request: HttpRequest) -> Ticket {
        let bytes = match frame::encode(&request, &[&request.body]) {
            Ok(bytes) => bytes,
            Err(bad) => return self.unstarted(bad.into()),
        };
        let mut ticket = 0;
        // SAFETY: the table is good for the call; the bytes and the place live until it returns.
        match unsafe { (self.table.start)(self.table.ctx, Bytes::lend(&bytes), &raw mut ticket) } {
            0 => Ticket(ticket),
            status => {
                self.unstarted(Failure::new(Code::Internal, format!("the host took no request (status {status})")))
            }
        }
    }

    fn wait(&self, ticket: Ticket) -> Result<HttpResponse, Transport> {
        if let Some(why) = self.unstarted.borrow_mut().remove(&ticket.0) {
            return Err(Transport::NotSent(why));
        }
        let mut out = Buffer::EMPTY;
        // SAFETY: the table is good for the call and the place lives until it returns.
        let status = unsafe { (self.table.wait)(self.table.ctx, ticket.0, &raw mut out) };
        // SAFETY: what the host wrote is readable until we hand it back below.
        let bytes = unsafe { out.lend().read() };
        let outcome = bytes.and_then(|bytes| answer(status, bytes.unwrap_or_default()));
        // SAFETY: made by the host, handed back once.
        unsafe { (self.table.free)(out) };
        // The host had it, so it may have been sent.
        outcome.unwrap_or_else(|bad| Err(Transport::AnswerLost(bad.into())))
    }

    fn emit(&self, batch: Batch) {
        // A batch that cannot be written is announced as an empty message, which the host takes for what it is: records lost.
        let bytes = frame::encode_batch(&batch).unwrap_or_default();
        // SAFETY: the table is good for the call and the bytes live until it returns.
        unsafe { (self.table.emit)(self.table.ctx, Bytes::lend(&bytes)) };
    }

    fn log(&self, level: LogLevel, text: &str) {
        let level = match level {
            LogLevel::Debug => 0,
            LogLevel::Info => 1,
            LogLevel::Warn => 2,
        };
        // SAFETY: as for `emit`.
        unsafe { (self.table.log)(self.table.ctx, level, Bytes::lend(text.as_bytes())) };
    }

    fn cancelled(&self) -> bool {
        // SAFETY: the table is good for the call.
        unsafe { (self.table.cancelled)(self.table.ctx) != 0 }
    }
}

fn answer(status: i32, bytes: &[u8]) -> Result<Result<HttpResponse, Transport>, frame::BadFrame> {
    if status == Status::Ok as i32 {
        let (mut response, body) = frame::decode::<HttpResponse>(bytes)?;
        response.body = body.to_vec();
        return Ok(Ok(response));
    }
    if status == Status::Panicked as i32 {
        return Ok(Err(Transport::AnswerLost(Failure::new(Code::Internal, "the runner itself failed"))));
    }
    frame::decode::<Transport>(bytes).map(|(lost, _)| Err(lost))
}
