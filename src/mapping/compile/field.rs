//! Fields: cells, direction, rules, and whether the one allows the other.

use super::cell::{self, Inherited};
use super::context::{At, Context};
use super::{codec, list};
use crate::codec::Kind;
use crate::diagnostics as diag;
use crate::program::{Cell, ConflictRule, Direction, Field, FirstMeeting, WriteRule};
use crate::syntax::{CellFile, ChildFieldFile, CodecFile, FieldFile, Sides, WriteFile};
use selaras_model::{FieldName, PerSide, Side};

/// What holds for a field that says nothing else.
#[derive(Clone, Copy)]
pub(super) struct Defaults {
    pub(super) direction: Direction,
    pub(super) write: WriteRule,
    pub(super) conflict: ConflictRule,
    pub(super) first_meeting: FirstMeeting,
}

/// What fields of records and fields of children have in common.
struct Plain<'f> {
    name: &'f str,
    codec: Option<&'f CodecFile>,
    cells: &'f Sides<CellFile>,
    /// Sides on which the slots of a list give the place.
    slots: PerSide<bool>,
}

/// Compiles a field of a record. `None`: something is wrong with it, and was reported.
pub(super) fn field(
    cx: &mut Context<'_>,
    name: &str,
    file: &FieldFile,
    above: Defaults,
    groups: &mut Vec<String>,
    at: &At,
) -> Option<Field> {
    check_name(cx, name, at);
    let conflict = file.conflict.as_ref().and_then(|text| cx.conflict(text, &at.key("conflict")));
    let first = file.first_meeting.as_ref().and_then(|text| cx.first_meeting(text, &at.key("first_meeting")));
    let plain = Plain { name, codec: file.codec.as_ref(), cells: &file.cells, slots: PerSide::new(false, false) };
    let defaults = Defaults {
        direction: direction(cx, file.direction.as_deref(), &plain, above.direction, at),
        write: write_rule(file.write, above.write),
        conflict: conflict.unwrap_or(above.conflict),
        first_meeting: first.unwrap_or(above.first_meeting),
    };
    let group = file.group.as_ref().map(|group| position_of(groups, group));
    let mut made = match &file.list {
        Some(children) => {
            refuse_cells(cx, file, at);
            let list = list::list(cx, name, children, defaults, &at.key("list"))?;
            Field { list: Some(list), ..bare(name, defaults) }
        }
        None => Field { cells: cells(cx, &plain, defaults.direction, at)?, ..bare(name, defaults) },
    };
    made.group = group;
    made.required = file.required.unwrap_or(false);
    Some(made)
}

/// Compiles a field of a child.
pub(super) fn child(
    cx: &mut Context<'_>,
    name: &str,
    file: &ChildFieldFile,
    above: Defaults,
    slots: PerSide<bool>,
    at: &At,
) -> Option<Field> {
    check_name(cx, name, at);
    let plain = Plain { name, codec: file.codec.as_ref(), cells: &file.cells, slots };
    let defaults = Defaults {
        direction: direction(cx, file.direction.as_deref(), &plain, above.direction, at),
        write: write_rule(file.write, above.write),
        ..above
    };
    let cells = cells(cx, &plain, defaults.direction, at)?;
    Some(Field { cells, required: file.required.unwrap_or(false), ..bare(name, defaults) })
}

fn bare(name: &str, defaults: Defaults) -> Field {
    Field {
        name: FieldName::from(name),
        cells: PerSide::new(None, None),
        direction: defaults.direction,
        write: defaults.write,
        conflict: defaults.conflict,
        first_meeting: defaults.first_meeting,
        group: None,
        required: false,
        list: None,
    }
}

fn check_name(cx: &mut Context<'_>, name: &str, at: &At) {
    if !super::head::is_name(name) {
        let spot = cx.key_spot(at);
        cx.report(diag::bad_name(spot, name));
    }
}

fn position_of(groups: &mut Vec<String>, name: &str) -> usize {
    groups.iter().position(|group| group == name).unwrap_or_else(|| {
        groups.push(name.to_owned());
        groups.len() - 1
    })
}

fn write_rule(file: Option<WriteFile>, above: WriteRule) -> WriteRule {
    match file {
        None => above,
        Some(WriteFile::OnChange) => WriteRule::OnChange,
        Some(WriteFile::OnCreate) => WriteRule::OnCreate,
        Some(WriteFile::Always) => WriteRule::Always,
    }
}

/// A list stands where its children stand; cells beside it would be a second place.
fn refuse_cells(cx: &mut Context<'_>, file: &FieldFile, at: &At) {
    let sides = file.cells.0.keys().map(String::as_str);
    for key in sides.chain(file.codec.is_some().then_some("as")) {
        let spot = cx.key_spot(&at.key(key));
        cx.report(diag::not_in_list(spot, key));
    }
}

/// What the file says; else towards the only side, where the value is computed; else as the entity.
fn direction(cx: &mut Context<'_>, text: Option<&str>, plain: &Plain<'_>, above: Direction, at: &At) -> Direction {
    if let Some(text) = text {
        return cx.direction(text, &at.key("direction")).unwrap_or(above);
    }
    let files = cx.per_side(Some(plain.cells));
    let only = Side::BOTH
        .into_iter()
        .find(|side| files.get(*side).is_some_and(cell::is_computed) && files.get(side.other()).is_none());
    only.map_or(above, Direction::Towards)
}

fn cells(cx: &mut Context<'_>, plain: &Plain<'_>, direction: Direction, at: &At) -> Option<PerSide<Option<Cell>>> {
    let inherited = Inherited { codec: plain.codec, at };
    let files = cx.per_side(Some(plain.cells));
    let before = cx.found.len();
    let made = PerSide::from_fn(|side| {
        let at = at.key(&cx.name(side));
        let file = *files.get(side);
        if *plain.slots.get(side) {
            return slot_cell(cx, side, plain, file, inherited, &at);
        }
        cell::cell(cx, side, file?, inherited, &at)
    });
    check_missing(cx, plain, files, at);
    if cx.found.len() > before {
        return None;
    }
    check_kinds(cx, plain.name, &made, at);
    for side in Side::BOTH {
        check_flow(cx, plain, files, &made, direction, side, at);
    }
    (cx.found.len() == before).then_some(made)
}

fn slot_cell(
    cx: &mut Context<'_>,
    side: Side,
    plain: &Plain<'_>,
    file: Option<&CellFile>,
    inherited: Inherited<'_>,
    at: &At,
) -> Option<Cell> {
    let has_path = match file {
        Some(CellFile::Path(_)) => true,
        Some(CellFile::Full(full)) => full.path.is_some() || full.read.is_some() || full.write.is_some(),
        None => false,
    };
    if has_path {
        let spot = cx.spot(at);
        cx.report(diag::path_in_slots(spot, plain.name, &cx.name(side)));
    }
    let codec = cell::slot_codec(cx, side, file, inherited, at)?;
    Some(Cell { read: None, write: None, flag: None, codec })
}

/// One cell may be missing only where the other is computed.
fn check_missing(cx: &mut Context<'_>, plain: &Plain<'_>, files: PerSide<Option<&CellFile>>, at: &At) {
    for side in Side::BOTH {
        let missing = files.get(side).is_none() && !*plain.slots.get(side);
        let excused = files.get(side.other()).is_some_and(cell::is_computed);
        // What stands there and could not be read was reported as such.
        if missing && !excused && !cx.stands(&at.key(&cx.name(side))) {
            let spot = cx.key_spot(at);
            cx.report(diag::missing_cell(spot, plain.name, &cx.name(side)));
        }
    }
}

/// Values of different kinds are never equal: such a field would be written on every run.
fn check_kinds(cx: &mut Context<'_>, name: &str, made: &PerSide<Option<Cell>>, at: &At) {
    let (Some(left), Some(right)) = (&made.left, &made.right) else { return };
    let spot = cx.key_spot(at);
    match (left.codec.kind(), right.codec.kind()) {
        (Kind::Nothing | Kind::Mixed, _) | (_, Kind::Nothing | Kind::Mixed) => {}
        (Kind::Ref(left), Kind::Ref(right)) if left != right => {
            cx.report(diag::refs_differ(spot, name, left.as_str(), right.as_str()));
        }
        (left, right) if left != right => {
            cx.report(diag::kinds_differ(spot, name, codec::kind_name(&left), codec::kind_name(&right)));
        }
        _ => {}
    }
}

/// Whether a field that flows to `side` can be read on the other and written on this one.
fn check_flow(
    cx: &mut Context<'_>,
    plain: &Plain<'_>,
    files: PerSide<Option<&CellFile>>,
    made: &PerSide<Option<Cell>>,
    direction: Direction,
    side: Side,
    at: &At,
) {
    let Some(target) = made.get(side).as_ref().filter(|_| direction.flows_to(side)) else { return };
    let inherited = Inherited { codec: plain.codec, at };
    let (own, other) = (cx.name(side), cx.name(side.other()));
    let target_at = at.key(&own);
    if target.write.is_none() && !*plain.slots.get(side) {
        let spot = cx.key_spot(&target_at);
        cx.report(diag::nothing_to_write(spot, plain.name, &own, &other));
    }
    codec::check_write(cx, &target.codec, side, &cell::codec_at(*files.get(side), inherited, &target_at));
    if !target.codec.reads() {
        return;
    }
    let Some(source) = made.get(side.other()) else { return };
    let source_at = at.key(&other);
    if !source.codec.reads() {
        let spot = cx.spot(&cell::codec_at(*files.get(side.other()), inherited, &source_at));
        cx.report(diag::codec_one_way(spot, plain.name, &other, &own));
    } else if source.read.is_none() && !*plain.slots.get(side.other()) {
        let spot = cx.key_spot(&source_at);
        cx.report(diag::nothing_to_read(spot, plain.name, &other, &own));
    }
}
