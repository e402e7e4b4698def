//! The host's side: a connector behind a table, which is a `Connector` like any other. Finding and opening the library is not done here.

use crate::bridge::HostBridge;
use crate::frame;
use crate::table::{Buffer, Bytes, Entry, HostTable, Op, Status};
use core::ffi::c_void;
use selaras_connector_api::{
    Code, Connector, Failure, GetDone, GetRequest, Host, Manifest, OpenRequest, Opened, ReadDone, ReadRequest, Rights,
    RightsRequest, Space, SpacesRequest, WriteDone, WriteRequest,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A connector of a library.
#[derive(Debug)]
pub struct LoadedConnector {
    entry: &'static Entry,
    handle: *mut c_void,
}

// SAFETY: what is behind the handle is a `dyn Connector`, which is `Send`; `&self` and `&mut self` keep calls apart.
unsafe impl Send for LoadedConnector {}

impl LoadedConnector {
    /// Makes a connector. The table must have been accepted, see [`Entry::accept`].
    ///
    /// # Errors
    /// When the library refuses the configuration, panics while making it, or has panicked before.
    pub fn create(entry: &'static Entry, config: Option<&str>) -> Result<Self, Failure> {
        let config = config.map_or(Bytes::NONE, |text| Bytes::lend(text.as_bytes()));
        let mut out = Buffer::EMPTY;
        // SAFETY: an accepted table; the configuration and the place live until it returns.
        let handle = unsafe { (entry.create)(config, &raw mut out) };
        let out = Foreign { buffer: out, entry };
        if handle.is_null() { Err(out.failure(Status::Failed as i32)) } else { Ok(Self { entry, handle }) }
    }

    /// The library's table.
    #[must_use]
    pub fn entry(&self) -> &'static Entry {
        self.entry
    }

    fn ask<Q: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        op: Op,
        host: Option<&dyn Host>,
        request: &Q,
    ) -> Result<A, Failure> {
        let input = frame::encode(request, &[])?;
        let Some(host) = host else { return self.call(op, core::ptr::null(), &input) };
        let bridge = HostBridge::new(host);
        let table = bridge.table();
        let answer = self.call(op, &raw const table, &input);
        bridge.finish()?;
        answer
    }

    fn call<A: DeserializeOwned>(&self, op: Op, host: *const HostTable, input: &[u8]) -> Result<A, Failure> {
        let mut out = Buffer::EMPTY;
        // SAFETY: an accepted table, its own handle, and everything lent lives until it returns. The methods of `Connector` take `&mut
        // self` except for `describe`, and this type is not `Sync`, so that calls do not overlap.
        let status = unsafe { (self.entry.call)(self.handle, op as u32, host, Bytes::lend(input), &raw mut out) };
        let out = Foreign { buffer: out, entry: self.entry };
        if status != Status::Ok as i32 {
            return Err(out.failure(status));
        }
        Ok(frame::decode(out.bytes()?)?.0)
    }
}

impl Drop for LoadedConnector {
    fn drop(&mut self) {
        // SAFETY: the handle is ours and this is its last use.
        unsafe { (self.entry.destroy)(self.handle) };
    }
}

/// A buffer that the library made.
struct Foreign {
    buffer: Buffer,
    entry: &'static Entry,
}

impl Foreign {
    fn bytes(&self) -> Result<&[u8], Failure> {
        // SAFETY: readable until it is freed, which `drop` does.
        Ok(unsafe { self.buffer.lend().read() }?.unwrap_or_default())
    }

    /// The failure that came with a status.
    fn failure(&self, status: i32) -> Failure {
        let told = self.bytes().ok().and_then(|bytes| frame::decode::<Failure>(bytes).ok());
        told.map_or_else(
            || Failure::new(Code::Internal, format!("the connector failed without saying why (status {status})")),
            |(failure, _)| failure,
        )
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let buffer = core::mem::replace(&mut self.buffer, Buffer::EMPTY);
        // SAFETY: made by this library, handed back once.
        unsafe { (self.entry.free)(buffer) };
    }
}

impl Connector for LoadedConnector {
    fn describe(&self) -> Result<Manifest, Failure> {
        self.ask(Op::Describe, None, &())
    }

    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        self.ask(Op::Open, Some(host), request)
    }

    fn spaces(&mut self, host: &dyn Host, request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        self.ask(Op::Spaces, Some(host), request)
    }

    fn rights(&mut self, host: &dyn Host, request: &RightsRequest) -> Result<Rights, Failure> {
        self.ask(Op::Rights, Some(host), request)
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        self.ask(Op::Read, Some(host), request)
    }

    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        self.ask(Op::Get, Some(host), request)
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        self.ask(Op::Write, Some(host), request)
    }

    fn close(&mut self, host: &dyn Host) {
        // The contract finds a failure here uninteresting.
        let _: Result<(), Failure> = self.ask(Op::Close, Some(host), &());
    }
}
