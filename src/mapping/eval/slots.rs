//! Writing lists that stand in slots: the rows are sorted by one of their fields and fill the slots from the first; the others are cleared.

use super::{cell, children, fold, list};
use crate::codec::Resolve;
use crate::program::{Field, ListSpec, SlotCell};
use selaras_model::{Message, Row, Side, Value};
use serde_json::Value as Json;

/// How rows go into slots.
pub(super) struct Layout<'a> {
    /// The child field by which rows are sorted.
    pub(super) by: usize,
    /// Whether the smallest comes first.
    pub(super) ascending: bool,
    /// Per slot, one cell per child field.
    pub(super) columns: &'a [Vec<SlotCell>],
    /// A new record has nothing to clear.
    pub(super) create: bool,
}

/// Writes all slots.
pub(super) fn write(
    field: &Field,
    spec: &ListSpec,
    side: Side,
    value: &Value,
    layout: &Layout<'_>,
    resolve: &Resolve<'_>,
    members: &mut Json,
) -> Result<(), Vec<Message>> {
    let rows = children::rows_of(field, value)?;
    if rows.len() > layout.columns.len() {
        let message = Message::new("map-slots-full").with("count", rows.len()).with("max", layout.columns.len());
        return Err(vec![message.with("field", &field.name)]);
    }
    let mut messages = Vec::new();
    let sorted = sorted(spec, rows, layout);
    for (number, cells) in layout.columns.iter().enumerate() {
        match sorted.get(number) {
            Some(row) => messages.extend(fill(field, spec, side, number, row, cells, resolve, members).err()),
            None if layout.create => {}
            None => clear(spec, side, cells, members),
        }
    }
    let messages: Vec<Message> = messages.into_iter().flatten().collect();
    if messages.is_empty() { Ok(()) } else { Err(messages) }
}

/// Rows with equal values keep the order of their keys, so that the same rows always fill the same slots.
fn sorted<'a>(spec: &ListSpec, rows: &'a [Row], layout: &Layout<'_>) -> Vec<&'a Row> {
    let by = |row: &Row| fold::fold_in_row(spec, layout.by, row);
    let place = |row: &Row| (fold::fold_key(spec, &row.key), row.occurrence);
    let mut sorted: Vec<&Row> = rows.iter().collect();
    sorted.sort_by(|left, right| {
        let order = by(left).cmp(&by(right));
        let order = if layout.ascending { order } else { order.reverse() };
        order.then_with(|| place(left).cmp(&place(right)))
    });
    sorted
}

#[expect(
    clippy::too_many_arguments,
    reason = "the row, its slot and where both are written; a struct would be made for this one call"
)]
fn fill(
    field: &Field,
    spec: &ListSpec,
    side: Side,
    number: usize,
    row: &Row,
    cells: &[SlotCell],
    resolve: &Resolve<'_>,
    members: &mut Json,
) -> Result<(), Vec<Message>> {
    let mut values = Vec::new();
    let mut messages = Vec::new();
    for (position, (child, slot)) in spec.fields.iter().zip(cells).enumerate() {
        let Some(value) = row.fields.get(&child.name).filter(|_| child.direction.flows_to(side)) else { continue };
        match slot {
            SlotCell::Cell(cell) => values.push((&**cell, value, list::child_name(field, number, child))),
            SlotCell::Fixed(fixed)
                if fold::fold_child(spec, position, value) == fold::fold_child(spec, position, fixed) => {}
            SlotCell::Fixed(fixed) => messages.push(
                Message::new("map-slot-fixed")
                    .with("field", list::child_name(field, number, child))
                    .with("value", crate::codec::display_text(value))
                    .with("fixed", crate::codec::display_text(fixed)),
            ),
        }
    }
    messages.extend(cell::write_all(&values, resolve, members).err().into_iter().flatten());
    if messages.is_empty() { Ok(()) } else { Err(messages) }
}

/// Nothing in any member of a slot: null itself, not what a codec writes for nothing, because the slot is empty, not its price zero.
fn clear(spec: &ListSpec, side: Side, cells: &[SlotCell], members: &mut Json) {
    for (child, slot) in spec.fields.iter().zip(cells) {
        let SlotCell::Cell(cell) = slot else { continue };
        if !child.direction.flows_to(side) {
            continue;
        }
        if let Some(path) = &cell.write {
            path.set(members, Json::Null);
        }
        if let Some(flag) = &cell.flag {
            flag.path.set(members, flag.otherwise.clone());
        }
    }
}
