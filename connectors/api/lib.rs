//! The contract between the engine and a connector: what a connector says of itself, what it is asked, what it answers, and what it may
//! ask of its host. `conformance` is the kit that holds a connector to it.
//!
//! A connector turns what the engine wants into requests, and responses into records. It does no I/O of its own: no sockets, no clock, no
//! files, no threads. It reaches the world only through [`Host`]. How calls cross a library boundary is `selaras-connector-abi`'s business.

pub mod conformance;
mod exact;
mod failure;
mod host;
mod manifest;
mod messages;
mod wording;

pub use exact::exact;
pub use failure::{Code, Failure};
pub use host::{Batch, Host, HttpRequest, HttpResponse, LogLevel, RawRecord, Ticket, Transport};
pub use manifest::{
    Auth, Budget, ChildStyle, Deactivate, FieldSpec, Manifest, OpSpec, Operation, ReadRule, Recogniser, Resource,
    SettingSpec, Strength, VersionToken,
};
pub use messages::{
    ChildOp, ChildRow, Children, Denied, GetDone, GetRequest, OpenRequest, Opened, Outcome, ReadDone, ReadRequest,
    Rights, RightsRequest, Space, SpacesRequest, WriteDone, WriteItem, WriteOp, WriteRequest,
};
pub use wording::{Phrases, Wording};

/// What every connector implements, whether linked or loaded.
///
/// One thread at a time uses an instance; the engine has one instance per system. Methods may keep what `open` learnt (hosts, sessions).
/// A method that fails leaves the instance usable.
pub trait Connector: Send {
    /// What this connector is and can do. No host: it must be answerable offline.
    ///
    /// # Errors
    /// When the connector's own declaration cannot be read (a broken `connector.toml`).
    fn describe(&self) -> Result<Manifest, Failure>;

    /// Signs in far enough to read: finds hosts, opens the database and branch asked for.
    ///
    /// # Errors
    /// `NotConnected`, `Unauthorised`, `Forbidden`, or whatever the transport says.
    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure>;

    /// The databases that the credential can see; where `database` is given, that one with its branches. Needs no `open` before it.
    ///
    /// # Errors
    /// As for `open`.
    fn spaces(&mut self, host: &dyn Host, request: &SpacesRequest) -> Result<Vec<Space>, Failure>;

    /// The role and rights held, after `open`. A right that is refused is an answer, no failure.
    ///
    /// # Errors
    /// As for `open`.
    fn rights(&mut self, host: &dyn Host, request: &RightsRequest) -> Result<Rights, Failure>;

    /// Lists a resource, handing records to `Host::emit` page by page, each record once, in ascending id order where the system can sort.
    ///
    /// # Errors
    /// When the reading broke off. What was emitted until then has been seen; coverage is then partial.
    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure>;

    /// Reads some records by id, with all fields asked for, handing them to `Host::emit`.
    ///
    /// # Errors
    /// When nothing more can be read at all; a single record's trouble is in the answer instead.
    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure>;

    /// Performs a batch of writes, one outcome per item, in the order of the items. Never repeats a write by itself.
    ///
    /// # Errors
    /// Only when nothing was sent at all; otherwise trouble is in the outcomes.
    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure>;

    /// Ends the session where the system has one. Failure is not interesting.
    fn close(&mut self, host: &dyn Host);
}
