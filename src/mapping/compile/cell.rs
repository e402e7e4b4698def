//! One side of a field: its paths, its codec, its flag.

use super::codec;
use super::context::{At, Context};
use crate::codec::Codec;
use crate::diagnostics as diag;
use crate::program::{Cell, Flag};
use crate::syntax::{CellFile, CodecFile, FlagFile, FullCellFile, Scalar};
use selaras_model::Side;
use serde_json::Value as Json;

/// The codec of a field, for cells without one of their own.
#[derive(Clone, Copy)]
pub(super) struct Inherited<'f> {
    pub(super) codec: Option<&'f CodecFile>,
    pub(super) at: &'f At,
}

/// Whether a cell's value comes from the mapping rather than from the other side.
pub(super) fn is_computed(file: &CellFile) -> bool {
    match file {
        CellFile::Path(_) => false,
        CellFile::Full(full) => matches!(full.codec, Some(CodecFile::Constant { .. } | CodecFile::Template { .. })),
    }
}

/// The place of the codec that counts for a cell, for what is wrong with it.
pub(super) fn codec_at(file: Option<&CellFile>, inherited: Inherited<'_>, at: &At) -> At {
    match file {
        Some(CellFile::Full(full)) if full.codec.is_some() => at.key("as"),
        _ if inherited.codec.is_some() => inherited.at.key("as"),
        _ => at.clone(),
    }
}

/// Compiles a cell that stands on its own.
pub(super) fn cell(
    cx: &mut Context<'_>,
    side: Side,
    file: &CellFile,
    inherited: Inherited<'_>,
    at: &At,
) -> Option<Cell> {
    match file {
        CellFile::Path(path) => {
            let path = cx.path(path, at);
            let codec = codec_of(cx, side, None, inherited, at)?;
            Some(Cell { read: Some(path.clone()?), write: path, flag: None, codec })
        }
        CellFile::Full(full) => cell_full(cx, side, full, inherited, at),
    }
}

/// Compiles a cell that is written out in full.
pub(super) fn cell_full(
    cx: &mut Context<'_>,
    side: Side,
    full: &FullCellFile,
    inherited: Inherited<'_>,
    at: &At,
) -> Option<Cell> {
    let apart = full.read.is_some() || full.write.is_some();
    if full.path.is_some() == apart {
        let spot = cx.key_spot(at);
        cx.report(diag::path_or_read_write(spot, apart));
    }
    let codec = codec_of(cx, side, full.codec.as_ref(), inherited, at);
    let flag = flag(cx, full, at);
    let (read, write) = match &full.path {
        Some(path) => {
            let path = cx.path(path, &at.key("path"));
            (path.clone(), path)
        }
        None => {
            let mut one = |path: &Option<_>, key: &str| path.as_ref().and_then(|path| cx.path(path, &at.key(key)));
            (one(&full.read, "read"), one(&full.write, "write"))
        }
    };
    Some(Cell { read, write, flag, codec: codec? })
}

/// The codec of a cell whose place the slots of a list give.
pub(super) fn slot_codec(
    cx: &mut Context<'_>,
    side: Side,
    file: Option<&CellFile>,
    inherited: Inherited<'_>,
    at: &At,
) -> Option<Codec> {
    let own = match file {
        Some(CellFile::Full(full)) => full.codec.as_ref(),
        Some(CellFile::Path(_)) | None => None,
    };
    codec_of(cx, side, own, inherited, at)
}

/// Its own codec, else that of the field, else text.
fn codec_of(
    cx: &mut Context<'_>,
    side: Side,
    own: Option<&CodecFile>,
    inherited: Inherited<'_>,
    at: &At,
) -> Option<Codec> {
    match (own, inherited.codec) {
        (Some(own), _) => codec::compile(cx, side, own, &at.key("as")),
        (None, Some(shared)) => codec::compile(cx, side, shared, &inherited.at.key("as")),
        (None, None) => Some(Codec::default()),
    }
}

fn flag(cx: &mut Context<'_>, full: &FullCellFile, at: &At) -> Option<Flag> {
    let FlagFile { path, is, otherwise } = full.flag.as_ref()?;
    let path = cx.path(path.as_ref()?, &at.key("flag").key("path"))?;
    let value = |scalar: &Option<Scalar>| scalar.as_ref().map_or(Json::Null, |scalar| scalar.0.clone());
    Some(Flag { path, is: value(is), otherwise: value(otherwise) })
}
