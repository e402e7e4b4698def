//! Faults that a test plants on purpose, to show that the simulation would see them. Without the feature `planted`, which nothing but that
//! test's own command switches on, there are none: the question is answered with a constant no, and the compiler drops what hangs on it.

/// A fault that can be planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Bug {
    /// No intent is written down before a call.
    SkipIntent = 1,
    /// The base of a field in conflict moves on.
    AdvanceHeldBase,
    /// A listing that says that it ended early counts as complete.
    TrustEarlyEnd,
    /// Writes are taken to show at once.
    IgnoreSettleTime,
    /// A create whose outcome nobody knows is made again at once.
    RetryUnclearCreate,
    /// Nobody looks whether a record moved on before it is written.
    DropPrecondition,
    /// Tombstones are not looked up.
    ForgetTombstones,
    /// A record that is not listed counts as gone, without a look.
    AbsenceIsDeletion,
    /// The base takes what was asked, not what was reported.
    BaseFromAsked,
    /// Where two records meet first, the left one overwrites the right one.
    FirstMeetingOverwrites,
    /// A write without an answer counts as done.
    UnclearIsDone,
    /// Keys that linked records own are not looked up.
    IgnoreKeyOwners,
    /// The left image serves both sides.
    OneImageForBoth,
    /// What earlier runs left open is not cleared up.
    SkipRecovery,
    /// What looks changed right after a write is believed.
    BelieveLateReads,
    /// Of two edits of a field the left one wins, whatever the rule.
    ConflictOverwrites,
    /// A record that vanished takes its edited partner with it.
    DeleteBeatsEdit,
    /// A record is made although its partner may stand in what was not read.
    CreateUnseen,
    /// A delete that was refused is asked for in every run.
    NagDeletes,
    /// A second runner is let in while the first is at work.
    LetRivalsIn,
    /// A write of which nobody knows, because the session ended with it, counts as refused.
    ExpiredIsRefused,
    /// What a system stamped before our last run, by our own clock, counts as unchanged.
    OwnClockFilter,
    /// A clock that was put back is not noticed: what was written then lies in the future.
    TrustPutBackClock,
    /// An answer to a create is believed, whichever record it is about.
    BelieveCrossed,
}

/// Whether a fault is planted.
#[cfg(not(feature = "planted"))]
#[inline(always)]
#[must_use]
pub const fn planted(_bug: Bug) -> bool {
    false
}

#[cfg(not(feature = "planted"))]
const _: () = assert!(!planted(Bug::SkipIntent), "a plain build has no faults planted");

#[cfg(feature = "planted")]
static PLANTED: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Whether a fault is planted.
#[cfg(feature = "planted")]
#[must_use]
pub fn planted(bug: Bug) -> bool {
    PLANTED.load(std::sync::atomic::Ordering::SeqCst) == bug as u8
}

/// Plants a fault, or none.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Bug>) {
    PLANTED.store(bug.map_or(0, |bug| bug as u8), std::sync::atomic::Ordering::SeqCst);
}
