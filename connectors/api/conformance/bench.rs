//! What the kit needs from whoever runs it: connectors in use, a hand on the system behind the connector's back, and what a record looks like.

use crate::{
    Batch, Connector, Failure, GetDone, GetRequest, OpenRequest, Opened, ReadDone, ReadRequest, WriteDone, WriteRequest,
};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// The members of a record, as writes name them.
pub type Fields = Map<String, Json>;

/// A place to test a connector at: the connector, a system that it talks to, and a way to that system which is not the connector.
///
/// Methods that change the system work *behind the connector's back*: by another client, or directly in a system made for tests. Texts in
/// `Err` say why the bench itself could not do it; the check then fails as one that could not be carried out.
pub trait Bench {
    /// A connector fresh from its maker, not opened.
    ///
    /// # Errors
    /// When it cannot be made or loaded.
    fn connector(&mut self) -> Result<Box<dyn Connector>, String>;

    /// Puts a connector to use. It is the one of [`Bench::connector`] with the kit's [`Wire`](super::Wire) around it; give it on as it is, to
    /// the runner's host ([`InUse`] is then written over its `System`) or to [`Linked`](super::Linked).
    ///
    /// # Errors
    /// When it cannot be put to use.
    fn put_to_use(&mut self, connector: Box<dyn Connector>) -> Result<Box<dyn InUse>, String>;

    /// The ids of all records that a complete listing must show now.
    ///
    /// # Errors
    /// When the system cannot be looked into.
    fn ids(&mut self, resource: &str) -> Result<BTreeSet<String>, String>;

    /// The JSON of a record as the system holds it, with the names that reads have; `None` when it is not there.
    ///
    /// # Errors
    /// When the system cannot be looked into.
    fn stored(&mut self, resource: &str, id: &str) -> Result<Option<String>, String>;

    /// Makes a record. Gives back its id.
    ///
    /// # Errors
    /// When the system does not take it.
    fn seed(&mut self, resource: &str, fields: &Fields) -> Result<String, String>;

    /// Changes members of a record.
    ///
    /// # Errors
    /// When the system does not take it.
    fn change(&mut self, resource: &str, id: &str, fields: &Fields) -> Result<(), String>;

    /// Removes a record.
    ///
    /// # Errors
    /// When the system does not do it.
    fn remove(&mut self, resource: &str, id: &str) -> Result<(), String>;

    /// Makes several records. Worth writing where the system takes many at once: listings are tested over several pages.
    ///
    /// # Errors
    /// As for [`Bench::seed`].
    fn seed_many(&mut self, resource: &str, records: &[Fields]) -> Result<Vec<String>, String> {
        records.iter().map(|fields| self.seed(resource, fields)).collect()
    }

    /// Brings a disturbance about in the system itself, from now until [`Bench::calm`]. `false`: this bench does not; the kit then does it
    /// on the wire, where it can. The session that ended and the host that moved only the bench can bring about.
    fn disturb(&mut self, disturbance: &Disturbance) -> bool {
        let _ = disturbance;
        false
    }

    /// Whether the disturbance struck, as far as the bench brought it about.
    fn struck(&mut self) -> bool {
        true
    }

    /// Ends the disturbance.
    fn calm(&mut self) {}

    /// Lets time pass, so that what was written shows.
    fn settle(&mut self, milliseconds: u64) {
        let _ = milliseconds;
    }
}

/// A connector in use on a host. The methods are those of the contract, with records going to a sink.
pub trait InUse {
    /// Opens the system with the settings of the bench.
    ///
    /// # Errors
    /// As the contract says.
    fn open(&mut self) -> Result<Opened, Failure>;

    /// Lists a resource.
    ///
    /// # Errors
    /// As the contract says.
    fn read(&mut self, request: &ReadRequest, sink: &mut dyn FnMut(Batch)) -> Result<ReadDone, Failure>;

    /// Reads single records.
    ///
    /// # Errors
    /// As the contract says.
    fn get(&mut self, request: &GetRequest, sink: &mut dyn FnMut(Batch)) -> Result<GetDone, Failure>;

    /// Writes.
    ///
    /// # Errors
    /// As the contract says.
    fn write(&mut self, request: &WriteRequest) -> Result<WriteDone, Failure>;

    /// Ends the session.
    fn close(&mut self);
}

/// What a system or the way to it does to a connector. The kit brings about on the wire what it can; see [`Bench::disturb`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disturbance {
    /// Writes are carried out, and their answers are lost.
    AnswersLost,
    /// Requests do not reach the system.
    NotSent,
    /// The second page of a listing is the first one again.
    PageRepeated,
    /// From the second page on, listings hold fewer records than there are.
    ListingCut,
    /// The second page of a listing fails.
    PageFails,
    /// The system keeps every text of a resource in capitals.
    KeepsCapitals,
    /// The system says yes to an update and keeps what it had.
    KeepsOld,
    /// Too many calls, says the system, however long one waits.
    TooManyCalls,
    /// All sessions end now. The next one works.
    SessionEnded,
    /// The system is at another address from now on, and says so at the old one.
    HostMoved,
}

/// A record of the kit for one resource, and how to vary it.
pub struct Sample {
    /// The resource.
    pub resource: String,
    /// The members that listings are asked for, as a mapping would ask; those of `text` and of `exact` among them.
    pub fields: Vec<String>,
    /// The members of a record that the system takes, another one for each number. Numbers are not used twice.
    pub make: Box<dyn Fn(u64) -> Fields>,
    /// The members of a record that the system refuses for what it holds, such as one without a name.
    pub refused: Option<Fields>,
    /// A member that holds free text and need not be unique.
    pub text: Member,
    /// Members whose values must go there and back to the digit.
    pub exact: Vec<Exact>,
    /// How many records a page holds.
    pub page: usize,
    /// A list of children, where the resource has one that is written.
    pub children: Option<ChildSample>,
    /// An id such as the system gives, of a record that was never there.
    pub missing: String,
    /// A member that can be asked for and must not come where it was not, for systems that let the caller choose.
    pub unasked: Option<String>,
}

/// A member under its two names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// As writes name it.
    pub write: String,
    /// As reads name it, dotted.
    pub read: String,
}

impl Member {
    /// A member with one name for both.
    #[must_use]
    pub fn same(name: &str) -> Self {
        Self { write: name.to_owned(), read: name.to_owned() }
    }
}

/// Values that must go there and back unchanged.
#[derive(Clone, Debug, PartialEq)]
pub struct Exact {
    /// The member.
    pub member: Member,
    /// Whether it is a number: then `1.50` and `1.5` are the same.
    pub number: bool,
    /// Each as it is written, and the text that the system shows for it.
    pub values: Vec<(Json, String)>,
}

impl Exact {
    /// Decimals of a member.
    #[must_use]
    pub fn decimals(member: Member, values: &[&str]) -> Self {
        Self { member, number: true, values: values.iter().map(|&text| (text.into(), text.to_owned())).collect() }
    }

    /// Texts of a member, dates among them.
    #[must_use]
    pub fn texts(member: Member, values: &[&str]) -> Self {
        Self { member, number: false, values: values.iter().map(|&text| (text.into(), text.to_owned())).collect() }
    }
}

/// A list of children of a sample.
pub struct ChildSample {
    /// The member that holds the list, on both ways.
    pub path: String,
    /// The members of a child, another one for each number.
    pub make: Box<dyn Fn(u64) -> Fields>,
    /// A member of a child, to tell by whether it is as written: its name in reads, and its text for a number.
    pub shows: (String, Box<dyn Fn(u64) -> String>),
    /// The member that holds a child's id.
    pub id: String,
}

impl std::fmt::Debug for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sample").field("resource", &self.resource).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ChildSample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChildSample").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The settings for [`Linked`](super::Linked), from pairs.
#[must_use]
pub fn settings(pairs: &[(&str, &str)]) -> OpenRequest {
    OpenRequest { settings: pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect() }
}
