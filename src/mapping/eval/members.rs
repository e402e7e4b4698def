//! What to ask a connector for: the members that a mapping reads, as connectors know them.

use crate::condition::Condition;
use crate::program::{Cell, Entity, Field, ListPlace, Rule, SlotCell};
use selaras_model::Side;
use std::collections::BTreeSet;

impl Entity {
    /// All members of a record on `side` that the mapping reads, dotted, sorted: cells and the switches beside them, the array member of
    /// each list (with all that is in it), the members of slots, what the conditions look at, and the partner id.
    #[must_use]
    pub fn requested(&self, side: Side) -> Vec<String> {
        let mut members = self.judged(side);
        self.fields.iter().for_each(|field| field_members(field, side, &mut members));
        members.into_iter().collect()
    }

    /// The members needed to know how a record stands, by which keys it is found and how people call it: what
    /// [`Entity::observe_brief`] reads.
    #[must_use]
    pub fn brief_members(&self, side: Side) -> Vec<String> {
        let mut members = self.judged(side);
        for field in self.brief_positions().into_iter().filter_map(|position| self.fields.get(position)) {
            field_members(field, side, &mut members);
        }
        members.into_iter().collect()
    }

    /// The fields of keys and labels.
    pub(super) fn brief_positions(&self) -> BTreeSet<usize> {
        self.match_keys.iter().flatten().chain(&self.label).copied().collect()
    }

    /// What conditions and the partner id need.
    fn judged(&self, side: Side) -> BTreeSet<String> {
        let rules = |rules: &[Rule]| rules.iter().flat_map(|rule| rule.require.paths()).cloned().collect::<Vec<_>>();
        let single = |condition: &Option<Condition>| condition.iter().flat_map(Condition::paths).cloned().collect();
        let groups: [Vec<String>; 5] = [
            single(self.dummy.get(side)),
            rules(self.scope.get(side)),
            rules(self.create_when.get(side)),
            single(self.arrived.get(side)),
            self.partner_id.get(side).iter().map(crate::path::Path::dotted).collect(),
        ];
        groups.into_iter().flatten().collect()
    }
}

fn field_members(field: &Field, side: Side, members: &mut BTreeSet<String>) {
    match &field.list {
        Some(spec) => match spec.places.get(side) {
            ListPlace::Array { path, .. } => {
                members.insert(path.dotted());
            }
            ListPlace::Slots { columns, .. } => {
                for column in columns.iter().flatten() {
                    match column {
                        SlotCell::Cell(cell) => cell_members(cell, members),
                        SlotCell::Fixed(_) => {}
                    }
                }
            }
        },
        None => field.cells.get(side).iter().for_each(|cell| cell_members(cell, members)),
    }
}

fn cell_members(cell: &Cell, members: &mut BTreeSet<String>) {
    if let (Some(path), true) = (&cell.read, cell.codec.reads()) {
        members.insert(path.dotted());
        members.extend(cell.flag.iter().map(|flag| flag.path.dotted()));
    }
}
