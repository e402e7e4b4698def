//! State: links with their two images, the journal, Sync Information, conflicts, what people decided, and runs, in one SQLite file.
//!
//! Everything is keyed by a scope: the mapping's name and the endpoints of both sides (system, database, branch), so that another database
//! or branch starts its own links and finds its old ones again. A [`Reader`] cannot write; a [`Writer`] holds the lock of the file. What
//! the rows mean is for `selaras-plan` and `selaras-run` to know.

mod decisions;
mod error;
mod fence;
mod ground;
mod hand;
mod holder;
mod intents;
mod journal;
mod links;
mod lock;
mod mark;
mod missed;
mod plans;
mod query;
mod reader;
mod schema;
mod summary;
pub mod upkeep;
mod writer;

pub use decisions::{Act, Closed, Deed};
pub use error::{AT_STATE, StoreError};
pub use hand::{Effect, LinkStanding, Listed, Refused};
pub use holder::{BEAT, Holder, SILENT};
pub use intents::{NotResolved, Past, Probe, Resolution};
pub use journal::OpenEntry;
pub use links::{Head, Owner, SettleRow, Survivor};
pub use lock::Taking;
pub use missed::{Missing, Waits};
pub use plans::{Approval, PastUpdate};
pub use reader::{Mark, Reader};
pub use summary::{RunSummary, StoredConflict, StoredInfo};
pub use writer::Writer;
