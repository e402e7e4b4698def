//! The decision table for linked pairs (architecture.md section 6), once, as exhaustive matches without wildcard arms.

use selaras_model::Side;

/// What became of one record of a pair, measured against its own image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it was (`=`).
    Same,
    /// Changed (`~`).
    Changed,
    /// Proven gone (`x`).
    Gone,
    /// Not known (`?`): not listed without proof, out of scope, sample data, unreadable.
    Unknown,
}

/// What follows for a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Merge field by field; with nothing changed this moves nothing.
    Merge,
    /// The record vanished on this side and the other did not change: the rule of `on_delete` for this side.
    Deleted(Side),
    /// The record vanished on this side and the other was changed: a conflict.
    DeletedAndEdited(Side),
    /// Both are gone: drop the link, keep a tombstone.
    Bury,
    /// Nothing may follow; the pair freezes.
    Freeze,
}

/// The table.
#[must_use]
pub const fn verdict(left: State, right: State) -> Verdict {
    match (left, right) {
        (State::Same | State::Changed, State::Same | State::Changed) => Verdict::Merge,
        (State::Gone, State::Same) => Verdict::Deleted(Side::Left),
        (State::Same, State::Gone) => Verdict::Deleted(Side::Right),
        (State::Gone, State::Changed) => Verdict::DeletedAndEdited(Side::Left),
        (State::Changed, State::Gone) => Verdict::DeletedAndEdited(Side::Right),
        (State::Gone, State::Gone) => Verdict::Bury,
        (State::Unknown, State::Same | State::Changed | State::Gone | State::Unknown)
        | (State::Same | State::Changed | State::Gone, State::Unknown) => Verdict::Freeze,
    }
}

/// What happened to a unit of fields (one field, or an atomic group) of a pair that merges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnitVerdict {
    /// Equal now: the base moves, nothing is written.
    Agree,
    /// A known difference that neither side touched.
    KnownDifference,
    /// Only this side changed.
    ChangedOn(Side),
    /// Both changed, differently.
    Clash,
    /// There is no base for it, and it differs.
    FirstMeeting,
}

/// The table for units; see two-way-sync semantics 5.3.
pub(crate) const fn unit_verdict(equal: bool, has_base: bool, left_changed: bool, right_changed: bool) -> UnitVerdict {
    match (equal, has_base, left_changed, right_changed) {
        (true, true | false, true | false, true | false) => UnitVerdict::Agree,
        (false, false, true | false, true | false) => UnitVerdict::FirstMeeting,
        (false, true, false, false) => UnitVerdict::KnownDifference,
        (false, true, true, false) => UnitVerdict::ChangedOn(Side::Left),
        (false, true, false, true) => UnitVerdict::ChangedOn(Side::Right),
        (false, true, true, true) => UnitVerdict::Clash,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every cell of the table, written down by hand: the code must agree with each.
    #[test]
    fn every_cell_of_the_decision_table() {
        use State::{Changed, Gone, Same, Unknown};
        use Verdict::{Bury, Deleted, DeletedAndEdited, Freeze, Merge};
        let expected = [
            (Same, Same, Merge),
            (Same, Changed, Merge),
            (Same, Gone, Deleted(Side::Right)),
            (Same, Unknown, Freeze),
            (Changed, Same, Merge),
            (Changed, Changed, Merge),
            (Changed, Gone, DeletedAndEdited(Side::Right)),
            (Changed, Unknown, Freeze),
            (Gone, Same, Deleted(Side::Left)),
            (Gone, Changed, DeletedAndEdited(Side::Left)),
            (Gone, Gone, Bury),
            (Gone, Unknown, Freeze),
            (Unknown, Same, Freeze),
            (Unknown, Changed, Freeze),
            (Unknown, Gone, Freeze),
            (Unknown, Unknown, Freeze),
        ];
        for (left, right, want) in expected {
            assert_eq!(verdict(left, right), want, "{left:?} {right:?}");
        }
        for left in [Same, Changed, Gone, Unknown] {
            for right in [Same, Changed, Gone, Unknown] {
                let found = expected.iter().filter(|(l, r, _)| (*l, *r) == (left, right)).count();
                assert_eq!(found, 1, "no expectation written for {left:?} {right:?}");
            }
        }
    }

    /// Every cell for a unit of fields.
    #[test]
    fn every_cell_of_the_field_table() {
        use UnitVerdict::{Agree, ChangedOn, Clash, FirstMeeting, KnownDifference};
        for has_base in [true, false] {
            for left in [true, false] {
                for right in [true, false] {
                    assert_eq!(unit_verdict(true, has_base, left, right), Agree);
                    assert_eq!(unit_verdict(false, false, left, right), FirstMeeting);
                }
            }
        }
        assert_eq!(unit_verdict(false, true, false, false), KnownDifference);
        assert_eq!(unit_verdict(false, true, true, false), ChangedOn(Side::Left));
        assert_eq!(unit_verdict(false, true, false, true), ChangedOn(Side::Right));
        assert_eq!(unit_verdict(false, true, true, true), Clash);
    }
}
