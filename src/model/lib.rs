//! The words of the runner: sides, ids, values, images, links, observations, decisions, journal entries, messages and diagnostics.
//!
//! Plain data that every other crate speaks in. Nothing here decides, reads or writes anything: how a value is read from a record is
//! `selaras-mapping`'s business, what follows from a difference is `selaras-plan`'s.

mod decision;
mod diagnostic;
mod ids;
mod image;
mod journal;
mod link;
mod message;
mod observation;
pub mod planted;
mod side;
mod value;

pub use decision::{Decision, Signature, Take};
pub use diagnostic::{Diagnostic, Label, Severity, Span};
pub use ids::{ActionId, ConflictId, EntityName, FieldName, LinkId, NativeId, RunId};
pub use image::{Hash128, Image};
pub use journal::{Intent, IntentId, JournalEntry, Outcome, Transition, WriteKind, transition};
pub use link::{Grace, Link, LinkState, Missed, Settled, Settlement};
pub use message::Message;
pub use observation::{Coverage, MatchKey, Observed, Presence, Reason, Standing, Text};
pub use rust_decimal::Decimal;
pub use side::{PerSide, Side};
pub use value::{Ref, RefBy, Row, Value};
