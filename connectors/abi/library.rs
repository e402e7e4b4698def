//! The library's side: takes calls through the table, performs them on a connector, and lets nothing unwind. What the connector asks of
//! its host while it works goes through `bridge::TableHost`.

use crate::bridge::TableHost;
use crate::frame::{self, BadFrame};
use crate::table::{Buffer, Bytes, HostTable, Op, Status};
use crate::{Constructor, Fence};
use core::ffi::c_void;
use selaras_connector_api::{Code, Connector, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a handle points to.
type Instance = Box<dyn Connector>;

/// An answer ready to be sent, or how and why there is none.
type Answer = Result<Vec<u8>, (Status, Failure)>;

/// Makes a connector; see `Entry::create`.
///
/// # Safety
/// `config` must be readable and `out` null or writable during the call.
pub unsafe fn create(fence: &Fence, constructor: Constructor, config: Bytes, out: *mut Buffer) -> *mut c_void {
    let made = unfence(fence, || {
        // SAFETY: the caller promises that it is readable.
        let config = unsafe { config.read() }.map_err(refused)?;
        let config = config.map(std::str::from_utf8).transpose();
        let config = config.map_err(|error| refused(BadFrame::Header(error.to_string())))?;
        constructor(config).map_err(|failure| (Status::Failed, failure))
    });
    match made {
        Ok(connector) => Box::into_raw(Box::<Instance>::new(connector)).cast(),
        Err(failed) => {
            // SAFETY: the caller promises that `out` is null or writable.
            unsafe { hand_over(Err(failed), out) };
            std::ptr::null_mut()
        }
    }
}

/// Performs an operation; see `Entry::call`.
///
/// # Safety
/// `handle` must come from `create` and be used by one thread at a time, `host` be null or a table that is good for the call, `input`
/// readable, `out` null or writable.
pub unsafe fn call(
    fence: &Fence,
    handle: *mut c_void,
    op: u32,
    host: *const HostTable,
    input: Bytes,
    out: *mut Buffer,
) -> i32 {
    let answer = unfence(fence, || {
        let op = Op::of(op).ok_or_else(|| {
            (Status::UnknownOp, Failure::new(Code::Unsupported, format!("the connector knows no operation {op}")))
        })?;
        if handle.is_null() {
            return Err((Status::Malformed, Failure::new(Code::Internal, "a call without a connector")));
        }
        // SAFETY: the caller promises that the handle is ours, alive, and not in use elsewhere.
        let connector = unsafe { &mut *handle.cast::<Instance>() };
        // SAFETY: the caller promises that it is readable for the length of the call.
        let input = unsafe { input.read() }.map_err(refused)?.unwrap_or_default();
        // SAFETY: the caller promises that the table is good for the call.
        let host = unsafe { TableHost::over(host) };
        perform(connector.as_mut(), op, host, input)
    });
    // SAFETY: the caller promises that `out` is null or writable.
    unsafe { hand_over(answer, out) as i32 }
}

/// Ends a connector; see `Entry::destroy`.
///
/// # Safety
/// `handle` must be null or come from `create`, and not be used again.
pub unsafe fn destroy(fence: &Fence, handle: *mut c_void) {
    // What is left after a panic may be in any state, so it is left alone.
    if handle.is_null() || fence.poisoned().is_some() {
        return;
    }
    fence.guard(|| {
        // SAFETY: the caller promises that the handle is ours and not used again.
        drop(unsafe { Box::from_raw(handle.cast::<Instance>()) });
    });
}

/// Frees a buffer; see `Entry::free`.
///
/// # Safety
/// As for `Buffer::take_back`.
pub unsafe extern "C" fn free(buffer: Buffer) {
    // SAFETY: passed on to the caller.
    drop(unsafe { buffer.take_back() });
}

/// Works behind the fence, or not at all if it was hit before.
fn unfence<T>(fence: &Fence, work: impl FnOnce() -> Result<T, (Status, Failure)>) -> Result<T, (Status, Failure)> {
    if fence.poisoned().is_some() {
        return Err((Status::Poisoned, fence.failure()));
    }
    fence.guard(work).unwrap_or_else(|| Err((Status::Panicked, fence.failure())))
}

/// The operations. One arm for each method of `Connector`.
fn perform(connector: &mut dyn Connector, op: Op, host: Option<TableHost<'_>>, input: &[u8]) -> Answer {
    if op == Op::Describe {
        return reply(connector.describe());
    }
    let host = host.ok_or_else(|| {
        (Status::WrongAbi, Failure::new(Code::Internal, "the host's table is missing or of another ABI"))
    })?;
    match op {
        Op::Describe => reply(connector.describe()),
        Op::Open => reply(connector.open(&host, &request(input)?)),
        Op::Spaces => reply(connector.spaces(&host, &request(input)?)),
        Op::Rights => reply(connector.rights(&host, &request(input)?)),
        Op::Read => reply(connector.read(&host, &request(input)?)),
        Op::Get => reply(connector.get(&host, &request(input)?)),
        Op::Write => reply(connector.write(&host, &request(input)?)),
        Op::Close => {
            connector.close(&host);
            reply(Ok(()))
        }
    }
}

fn request<T: DeserializeOwned>(input: &[u8]) -> Result<T, (Status, Failure)> {
    frame::decode(input).map(|(header, _)| header).map_err(refused)
}

fn reply<T: Serialize>(result: Result<T, Failure>) -> Answer {
    let answer = result.map_err(|failure| (Status::Failed, failure))?;
    frame::encode(&answer, &[]).map_err(refused)
}

fn refused(bad: BadFrame) -> (Status, Failure) {
    let status = if matches!(bad, BadFrame::TooLarge(_)) { Status::TooLarge } else { Status::Malformed };
    (status, bad.into())
}

/// Writes the answer or the failure into the caller's buffer.
///
/// # Safety
/// `out` must be null or writable.
unsafe fn hand_over(answer: Answer, out: *mut Buffer) -> Status {
    let (status, bytes) = match answer {
        Ok(bytes) => (Status::Ok, bytes),
        Err((status, failure)) => (status, frame::encode(&failure, &[]).unwrap_or_default()),
    };
    if !out.is_null() {
        // SAFETY: not null, and the caller promises that it is writable.
        unsafe { out.write(Buffer::give(bytes)) };
    }
    status
}
