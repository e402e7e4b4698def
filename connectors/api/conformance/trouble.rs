//! Why a check did not pass.

/// Why a check did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The connector does otherwise.
    Failed { expected: String, seen: String },
    /// There is nothing to test.
    Skipped(String),
}

/// How a check ends.
pub(super) type Checked = Result<(), Trouble>;

/// The connector does otherwise.
pub(super) fn failed(expected: impl Into<String>, seen: impl Into<String>) -> Trouble {
    Trouble::Failed { expected: expected.into(), seen: seen.into() }
}

/// There is nothing to test.
pub(super) fn skipped(why: impl Into<String>) -> Trouble {
    Trouble::Skipped(why.into())
}

/// The bench could not do its part.
pub(super) fn bench(why: String) -> Trouble {
    failed("the bench does its part", why)
}

/// Goes on where this holds.
pub(super) fn ensure(holds: bool, expected: &str, seen: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(failed(expected, seen())) }
}
