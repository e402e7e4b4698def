//! The accounts: every record seen on a side, in exactly one column (invariant 8).

use crate::plan::{Counts, EntityReport};
use selaras_model::{Coverage, EntityName, Message, NativeId, PerSide, Reason, Side};
use std::collections::BTreeMap;

/// The column that a record is counted in. Where several things are true of a record, the greatest wins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Unchanged,
    Held,
    Updated,
    Created,
    Failed,
    Outside(Reason),
    Dummy,
}

/// Collects the columns of an entity.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    columns: PerSide<BTreeMap<NativeId, Column>>,
}

impl Tally {
    /// Counts a record; a record counted before keeps the greater column.
    pub fn count(&mut self, side: Side, id: &NativeId, column: Column) {
        let columns = self.columns.get_mut(side);
        match columns.get_mut(id) {
            Some(known) if *known >= column => {}
            Some(known) => *known = column,
            None => drop(columns.insert(id.clone(), column)),
        }
    }

    /// The report.
    pub fn report(
        self,
        entity: &EntityName,
        quiet: u64,
        linked: u64,
        rebased: u64,
        coverage: &PerSide<Coverage>,
    ) -> EntityReport {
        let incomplete = coverage.as_ref().map(missing);
        let counts = self.columns.map(|columns| counts(columns, quiet));
        EntityReport { entity: entity.clone(), counts, linked, rebased, incomplete }
    }
}

fn missing(coverage: &Coverage) -> Option<Message> {
    match coverage {
        Coverage::Complete | Coverage::Since(_) => None,
        Coverage::Partial(why) => Some(why.clone()),
    }
}

fn counts(columns: BTreeMap<NativeId, Column>, quiet: u64) -> Counts {
    let mut counts = Counts { seen: quiet + columns.len() as u64, unchanged: quiet, ..Counts::default() };
    for column in columns.into_values() {
        match column {
            Column::Unchanged => counts.unchanged += 1,
            Column::Held => counts.held += 1,
            Column::Updated => counts.updated += 1,
            Column::Created => counts.created += 1,
            Column::Failed => counts.failed += 1,
            Column::Outside(reason) => counts.add_outside(&reason),
            Column::Dummy => counts.dummy += 1,
        }
    }
    counts.out_of_scope.sort();
    counts
}
