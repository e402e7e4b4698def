//! What the kit found: one line for each check and resource.

use std::collections::BTreeMap;
use std::fmt;

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The connector does as it says.
    Passed,
    /// There was nothing to test: the capability is not claimed, or the bench cannot bring it about. The text says which.
    Skipped(String),
    /// The connector does otherwise, or the bench could not carry the check out.
    Failed {
        /// What the contract, or the claim, wants.
        expected: String,
        /// What was seen.
        seen: String,
    },
    /// It failed, and whoever runs the kit said beforehand why that is so.
    Excused {
        /// Why.
        because: String,
        /// What was seen.
        seen: String,
    },
}

/// A check of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The check's name, as in [`CHECKS`](super::CHECKS).
    pub check: &'static str,
    /// The resource; empty for checks of the connector as a whole.
    pub resource: String,
    /// How it ended.
    pub verdict: Verdict,
}

/// All checks of a connector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The connector's name.
    pub connector: String,
    /// What was checked, in the order in which it was.
    pub lines: Vec<Line>,
    /// Excuses that nothing needed: they are to be taken out.
    pub idle_excuses: Vec<String>,
}

impl Report {
    /// The lines that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| matches!(line.verdict, Verdict::Failed { .. }))
    }

    /// The names of the checks that failed, each once.
    #[must_use]
    pub fn failed_checks(&self) -> Vec<&'static str> {
        let names: std::collections::BTreeSet<&str> = self.failures().map(|line| line.check).collect();
        names.into_iter().collect()
    }

    /// The checks that were really carried out, each with how many resources passed it.
    #[must_use]
    pub fn passed(&self) -> BTreeMap<&'static str, usize> {
        let mut passed = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.verdict == Verdict::Passed) {
            *passed.entry(line.check).or_default() += 1;
        }
        passed
    }

    /// Ends a test, unless the connector conforms and every excuse was needed.
    ///
    /// # Panics
    /// With the whole report, when it does not.
    pub fn assert_conforms(&self) {
        assert!(self.failures().next().is_none() && self.idle_excuses.is_empty(), "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the connector {}:", self.connector)?;
        for line in &self.lines {
            let what = format!("{} {}", line.check, line.resource);
            match &line.verdict {
                Verdict::Passed => writeln!(f, "  passed   {what}")?,
                Verdict::Skipped(why) => writeln!(f, "  skipped  {what}: {why}")?,
                Verdict::Failed { expected, seen } => {
                    writeln!(f, "  FAILED   {what}\n             expected: {expected}\n             seen:     {seen}")?;
                }
                Verdict::Excused { because, seen } => {
                    writeln!(f, "  excused  {what}: {because}\n             seen:     {seen}")?;
                }
            }
        }
        for excuse in &self.idle_excuses {
            writeln!(f, "  NOT NEEDED: the excuse for {excuse}; take it out")?;
        }
        Ok(())
    }
}
