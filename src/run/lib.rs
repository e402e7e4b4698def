//! The shell around the core: observe, plan, check, guard, apply, settle. It owns the order of effects and nothing else: what to do is
//! decided in `selaras-plan` and `selaras-apply`, how to reach a system in `selaras-host`, how to remember in `selaras-store`.

mod accounts;
mod bits;
mod by_hand;
mod circumstances;
mod error;
mod evidence;
mod fresh;
mod gather;
mod history;
mod info;
mod late;
mod observe;
mod outcome;
mod pending;
mod perform;
mod planning;
mod recover;
mod references;
mod remember;
pub mod rights;
mod saved;
mod undo;
mod workspace;

pub use by_hand::{ByHand, Refusal, Wish};
pub use circumstances::Rebaseline;
pub use error::{Class, RunError};
pub use evidence::{Evidence, SeenIn};
pub use history::{Asked, RecordPast, links, open_intents, record, refused_plan, runs};
pub use outcome::{ActionEnd, ActionResult, Applied, Calls, Planned, Progress, Quiet, Review, SyncInfo};
pub use pending::OpenConflict;
pub use perform::{Clock, note_approval};
pub use saved::{NotAPlan, SavedPlan};
pub use selaras_store::{
    Act, Approval, Deed, Effect, LinkStanding, Listed, OpenEntry, Past, Probe, Resolution, RunSummary, Taking, Waits,
};
pub use undo::UndoOrder;
pub use workspace::{Remembered, Selection, Workspace, remembered};
