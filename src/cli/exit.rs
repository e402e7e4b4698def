//! Exit codes: one enum, one order of precedence. Documented for people in `docs/exit-codes.md`.

use selaras_plan::Plan;
use selaras_run::{ActionEnd, Applied, Planned};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Nothing to do, or everything was applied.
    Done = 0,
    /// An error: nothing can be said of the systems.
    Error = 1,
    /// A plan has changes that were not applied (`plan`, `--dry-run`, or the question was answered with no).
    Pending = 2,
    /// Conflicts wait for a person.
    Conflicts = 3,
    /// A guard refused the plan; nothing was written.
    Guard = 4,
    /// Some records were stale or failed; the rest is done.
    Partly = 5,
    /// Outcomes of writes are unclear; the next run looks.
    Unclear = 6,
    /// A system is not connected, or the credential lacks a right.
    NotConnected = 7,
}

impl Exit {
    /// All of them, in the order of their numbers.
    pub const ALL: [Exit; 8] = [
        Exit::Done,
        Exit::Error,
        Exit::Pending,
        Exit::Conflicts,
        Exit::Guard,
        Exit::Partly,
        Exit::Unclear,
        Exit::NotConnected,
    ];

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// How `plan` and `--dry-run` end. A refused plan outranks pending changes, and those outrank all that a run would leave open anyway:
    /// 7 > 4 > 2 > 6 > 5 > 3 > 0, where 7 means that rights for its writes are missing.
    #[must_use]
    pub fn of_plan(planned: &Planned) -> Exit {
        if planned.lacks.left.len() + planned.lacks.right.len() > 0 {
            Exit::NotConnected
        } else if !planned.stops.is_empty() {
            Exit::Guard
        } else if !planned.plan.actions.is_empty() {
            Exit::Pending
        } else {
            Exit::of_rest(&planned.plan, planned.unclear, false)
        }
    }

    /// How `apply` ends once it has written: 7 (access ended in the middle) > 6 > 5 > 3 > 0.
    #[must_use]
    pub fn of_run(planned: &Planned, applied: &Applied) -> Exit {
        if applied.ended.is_some() {
            return Exit::NotConnected;
        }
        let ended = |end: fn(&ActionEnd) -> bool| applied.results.iter().any(|result| end(&result.end));
        let unclear = applied.unclear.max(u64::from(ended(|end| matches!(end, ActionEnd::Unclear(_)))));
        let partly = applied.cancelled || ended(|end| matches!(end, ActionEnd::Rejected(_) | ActionEnd::Skipped(_)));
        Exit::of_rest(&planned.plan, unclear, partly)
    }

    fn of_rest(plan: &Plan, unclear: u64, partly: bool) -> Exit {
        let incomplete =
            |report: &selaras_plan::EntityReport| report.incomplete.left.is_some() || report.incomplete.right.is_some();
        if unclear > 0 {
            Exit::Unclear
        } else if partly || !plan.problems.is_empty() || plan.entities.iter().any(incomplete) {
            Exit::Partly
        } else if !plan.conflicts.is_empty() {
            Exit::Conflicts
        } else {
            Exit::Done
        }
    }
}

#[cfg(test)]
#[path = "tests/exit.rs"]
mod tests;
