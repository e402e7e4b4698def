//! Lists: children of a record, in an array or in numbered members.

use super::cell::{self, Inherited};
use super::codec;
use super::context::{At, Context};
use super::field::{self, Defaults};
use crate::diagnostics as diag;
use crate::program::{Cell, Field, ListPlace, ListSpec, SlotCell};
use crate::syntax::{CellFile, ChildFieldFile, ListFile, OrderFile, PlaceFile, SlotFile, SlotsFile};
use selaras_model::{PerSide, Side};
use std::collections::BTreeMap;

/// The child fields as the file has them, in its order.
struct Children<'f> {
    files: &'f BTreeMap<String, ChildFieldFile>,
    names: Vec<&'f str>,
    fields: Vec<Option<Field>>,
    at: At,
}

impl Children<'_> {
    fn position(&self, cx: &mut Context<'_>, name: &str, at: &At) -> Option<usize> {
        let position = self.names.iter().position(|known| *known == name);
        if position.is_none() {
            let spot = cx.spot(at);
            cx.report(diag::unknown_field(spot, name, self.names.iter().copied()));
        }
        position
    }
}

/// Compiles a list. `None`: something is wrong with it, and was reported.
pub(super) fn list(cx: &mut Context<'_>, name: &str, file: &ListFile, defaults: Defaults, at: &At) -> Option<ListSpec> {
    let places = cx.per_side(Some(&file.places));
    for side in Side::BOTH {
        if places.get(side).is_none() && !cx.stands(&at.key(&cx.name(side))) {
            let spot = cx.key_spot(at);
            cx.report(diag::missing_place(spot, name, &cx.name(side)));
        }
    }
    let children = children(cx, file, places, defaults, &at.key("fields"))?;
    let key = key(cx, file, &children, &at.key("key"));
    let left = place(cx, Side::Left, places.left, &children, at);
    let right = place(cx, Side::Right, places.right, &children, at);
    let fields: Option<Vec<Field>> = children.fields.into_iter().collect();
    Some(ListSpec { key: key?, places: PerSide::new(left?, right?), fields: fields? })
}

fn children<'f>(
    cx: &mut Context<'_>,
    file: &'f ListFile,
    places: PerSide<Option<&PlaceFile>>,
    defaults: Defaults,
    at: &At,
) -> Option<Children<'f>> {
    let files = file.fields.as_ref()?;
    if files.is_empty() {
        let spot = cx.key_spot(at);
        cx.report(diag::empty(spot, "fields"));
    }
    let slots = places.map(|place| matches!(place, Some(PlaceFile::Slots { .. })));
    let names = cx.in_order(at, files.keys());
    let outer = std::mem::replace(&mut cx.siblings, names.iter().map(|name| (*name).to_owned()).collect());
    let compiled = names.iter().map(|name| field::child(cx, name, &files[*name], defaults, slots, &at.key(name)));
    let fields = compiled.collect();
    cx.siblings = outer;
    Some(Children { files, names, fields, at: at.clone() })
}

fn key(cx: &mut Context<'_>, file: &ListFile, children: &Children<'_>, at: &At) -> Option<Vec<usize>> {
    let key = file.key.as_ref()?;
    if key.is_empty() {
        let spot = cx.key_spot(at);
        cx.report(diag::empty(spot, "key"));
    }
    let positions: Vec<Option<usize>> =
        key.iter().map(|(position, name)| children.position(cx, name, &at.item(position))).collect();
    for ((item, name), position) in key.iter().zip(&positions) {
        let field = position.and_then(|position| children.fields[position].as_ref());
        let computed = field.is_some_and(|field| {
            Side::BOTH.iter().any(|side| field.cells.get(*side).as_ref().is_none_or(|cell| !cell.codec.reads()))
        });
        if computed {
            let spot = cx.spot(&at.item(item));
            cx.report(diag::key_not_comparable(spot, name));
        }
    }
    positions.into_iter().collect()
}

fn place(
    cx: &mut Context<'_>,
    side: Side,
    file: Option<&PlaceFile>,
    children: &Children<'_>,
    at: &At,
) -> Option<ListPlace> {
    let at = at.key(&cx.name(side));
    match file? {
        PlaceFile::Array { path, id } => {
            let path = cx.path(path, &at.key("path"));
            let id = id.as_ref().map(|id| cx.path(id, &at.key("id")));
            Some(ListPlace::Array { path: path?, id: id.map_or(Some(None), |id| id.map(Some))? })
        }
        PlaceFile::Slots { slots } => slots_place(cx, side, slots, children, &at.key("slots")),
    }
}

fn slots_place(
    cx: &mut Context<'_>,
    side: Side,
    file: &SlotsFile,
    children: &Children<'_>,
    at: &At,
) -> Option<ListPlace> {
    let by = file.by.as_ref().and_then(|name| children.position(cx, name, &at.key("by")));
    let at = at.key("columns");
    let columns = file.columns.as_ref()?;
    if columns.is_empty() {
        let spot = cx.key_spot(&at);
        cx.report(diag::empty(spot, "columns"));
    }
    let compiled: Vec<Option<Vec<SlotCell>>> = columns
        .iter()
        .map(|(position, column)| slot(cx, side, column, children, position, &at.item(position)))
        .collect();
    let ascending = !matches!(file.order, Some(OrderFile::Descending));
    Some(ListPlace::Slots { by: by?, ascending, columns: compiled.into_iter().collect::<Option<_>>()? })
}

/// One slot: a cell per child field, in the order of the fields.
fn slot(
    cx: &mut Context<'_>,
    side: Side,
    column: &BTreeMap<String, SlotFile>,
    children: &Children<'_>,
    number: usize,
    at: &At,
) -> Option<Vec<SlotCell>> {
    for name in column.keys().filter(|name| !children.names.contains(&name.as_str())) {
        let spot = cx.key_spot(&at.key(name));
        cx.report(diag::unknown_field(spot, name, children.names.iter().copied()));
    }
    let cells: Vec<Option<SlotCell>> = children
        .names
        .iter()
        .map(|name| match column.get(*name) {
            Some(file) => slot_cell(cx, side, name, file, children, &at.key(name)),
            None if cx.stands(&at.key(name)) => None,
            None => {
                let spot = cx.spot(at);
                cx.report(diag::missing_column(spot, name, number + 1));
                None
            }
        })
        .collect();
    cells.into_iter().collect()
}

fn slot_cell(
    cx: &mut Context<'_>,
    side: Side,
    name: &str,
    file: &SlotFile,
    children: &Children<'_>,
    at: &At,
) -> Option<SlotCell> {
    let position = children.names.iter().position(|known| *known == name)?;
    // The codec was compiled with the field: what is wrong with it was said there, once and not per slot.
    let codec = children.fields[position].as_ref().and_then(|field| field.cells.get(side).as_ref()).map(|it| &it.codec);
    match file {
        SlotFile::Path(path) => {
            let path = cx.path(path, at)?;
            let codec = codec?.clone();
            Some(SlotCell::Cell(Box::new(Cell { read: Some(path.clone()), write: Some(path), flag: None, codec })))
        }
        SlotFile::Fixed { fixed } => codec::fixed(cx, codec?, name, &fixed.0, &at.key("fixed")).map(SlotCell::Fixed),
        SlotFile::Full(full) => {
            let shared = children.files[name].cells.0.get(&cx.name(side));
            let shared = match shared {
                Some(CellFile::Full(full)) => full.codec.as_ref(),
                _ => None,
            };
            let field_at = children.at.key(name);
            let side_at = field_at.key(&cx.name(side));
            let inherited = match shared {
                Some(codec) => Inherited { codec: Some(codec), at: &side_at },
                None => Inherited { codec: children.files[name].codec.as_ref(), at: &field_at },
            };
            cell::cell_full(cx, side, full, inherited, at).map(|cell| SlotCell::Cell(Box::new(cell)))
        }
    }
}
