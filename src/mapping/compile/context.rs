//! What every part of the compiler needs: places, systems, manifests, the names of entities and fields, and where diagnostics go.

use crate::diagnostics::{self as diag, Spot};
use crate::path::Path;
use crate::program::{ConflictRule, Direction, FirstMeeting, SystemDecl};
use crate::spans::{SpanIndex, escape};
use crate::syntax::{CellFile, EntityFile, MappingFile, PathFile, Sides};
use selaras_connector_api::Manifest;
use selaras_model::{Diagnostic, PerSide, Side};
use std::collections::BTreeMap;
use std::fmt;

/// A place in the file, as a JSON pointer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At(String);

impl At {
    pub(super) fn root() -> Self {
        Self(String::new())
    }

    pub(super) fn key(&self, key: &str) -> Self {
        Self(format!("{}/{}", self.0, escape(key)))
    }

    pub(super) fn item(&self, position: usize) -> Self {
        Self(format!("{}/{position}", self.0))
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of an entity before any is compiled, so that references can be checked whatever their order.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Its fields, and on which sides they stand.
    pub(super) fields: BTreeMap<String, PerSide<bool>>,
}

/// What every part of the compiler needs.
pub(super) struct Context<'a> {
    pub(super) spans: &'a SpanIndex,
    pub(super) systems: PerSide<SystemDecl>,
    pub(super) manifests: PerSide<Option<&'a Manifest>>,
    pub(super) entities: BTreeMap<String, Known>,
    /// The names of the fields that stand beside the one being compiled.
    pub(super) siblings: Vec<String>,
    pub(super) found: Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        file: &MappingFile,
        spans: &'a SpanIndex,
        systems: PerSide<SystemDecl>,
        manifests: PerSide<Option<&'a Manifest>>,
    ) -> Self {
        let names = systems.as_ref().map(|system| system.name.clone());
        let entities = file.entities.iter().flatten().map(|(name, entity)| (name.clone(), known(entity, &names)));
        Self { spans, entities: entities.collect(), siblings: Vec::new(), systems, manifests, found: Vec::new() }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    pub(super) fn spot(&self, at: &At) -> Spot {
        Spot::value(self.spans, &at.0)
    }

    pub(super) fn key_spot(&self, at: &At) -> Spot {
        Spot::key(self.spans, &at.0)
    }

    /// Whether something stands there in the file, be it wrong.
    pub(super) fn stands(&self, at: &At) -> bool {
        self.spans.place(&at.0).is_some()
    }

    /// The name of a side.
    pub(super) fn name(&self, side: Side) -> String {
        self.systems.get(side).name.clone()
    }

    /// The side of a name.
    pub(super) fn side(&self, name: &str) -> Option<Side> {
        Side::BOTH.into_iter().find(|side| self.systems.get(*side).name == name)
    }

    /// Keys in the order of the file: maps are sorted by name, and order carries meaning.
    pub(super) fn in_order<'k>(&self, at: &At, keys: impl Iterator<Item = &'k String>) -> Vec<&'k str> {
        let mut keys: Vec<&str> = keys.map(String::as_str).collect();
        keys.sort_by_key(|key| self.spans.order(&at.key(key).0));
        keys
    }

    /// One thing per side from a map by the names of systems. Other names were reported by the check of shapes.
    pub(super) fn per_side<'s, T>(&self, sides: Option<&'s Sides<T>>) -> PerSide<Option<&'s T>> {
        PerSide::from_fn(|side| sides.and_then(|sides| sides.0.get(&self.systems.get(side).name)))
    }

    /// Reads a path.
    pub(super) fn path(&mut self, path: &PathFile, at: &At) -> Option<Path> {
        match Path::parse(&path.0) {
            Ok(path) => Some(path),
            Err(error) => {
                let end = path.0.len().max(error.offset + 1);
                let spot = Spot::within(self.spans, &at.0, error.offset, end);
                self.report(diag::bad_path(spot, &path.0, error.message));
                None
            }
        }
    }

    /// Reads a direction: `two-way`, or `accurate -> smh`.
    pub(super) fn direction(&mut self, text: &str, at: &At) -> Option<Direction> {
        if text.trim() == "two-way" {
            return Some(Direction::TwoWay);
        }
        if let Some((from, to)) = text.split_once("->") {
            let (from, to) = (from.trim(), to.trim());
            let sides = (self.side(from), self.side(to));
            if let (Some(from), Some(to)) = sides
                && from != to
            {
                return Some(Direction::Towards(to));
            }
            let known = [self.name(Side::Left), self.name(Side::Right)];
            let strangers = [from, to].into_iter().filter(|name| self.side(name).is_none() && !name.is_empty());
            if let Some(stranger) = strangers.into_iter().next() {
                let start = text.find(stranger).unwrap_or(0);
                let spot = Spot::within(self.spans, &at.0, start, start + stranger.len());
                self.report(diag::unknown_side(spot, stranger, known.iter().map(String::as_str)));
                return None;
            }
        }
        let spot = self.spot(at);
        self.report(diag::bad_direction(spot, text, &self.name(Side::Left), &self.name(Side::Right)));
        None
    }

    /// Reads a rule for conflicts: `hold` or the name of a side.
    pub(super) fn conflict(&mut self, text: &str, at: &At) -> Option<ConflictRule> {
        match text {
            "hold" => Some(ConflictRule::Hold),
            _ => self.winner(text, at, &["hold"]).map(ConflictRule::Wins),
        }
    }

    /// Reads a rule for first meetings: `hold`, `fill` or the name of a side.
    pub(super) fn first_meeting(&mut self, text: &str, at: &At) -> Option<FirstMeeting> {
        match text {
            "hold" => Some(FirstMeeting::Hold),
            "fill" => Some(FirstMeeting::Fill),
            _ => self.winner(text, at, &["hold", "fill"]).map(FirstMeeting::Wins),
        }
    }

    fn winner(&mut self, text: &str, at: &At, words: &[&str]) -> Option<Side> {
        let side = self.side(text);
        if side.is_none() {
            let spot = self.spot(at);
            if text == "newer" {
                self.report(diag::no_newer(spot));
            } else {
                let known = [self.name(Side::Left), self.name(Side::Right)];
                let known: Vec<&str> = words.iter().copied().chain(known.iter().map(String::as_str)).collect();
                self.report(diag::unknown_word(spot, text, known));
            }
        }
        side
    }
}

/// Fields count as standing on a side unless they are only computed there, or absent.
fn known(entity: &EntityFile, names: &PerSide<String>) -> Known {
    let fields = entity.fields.iter().flatten().map(|(name, field)| {
        let stands = names.as_ref().map(|system| match field.cells.0.get(system) {
            Some(CellFile::Path(_)) => true,
            Some(cell @ CellFile::Full(full)) => {
                !super::cell::is_computed(cell) && (full.path.is_some() || full.read.is_some())
            }
            None => false,
        });
        (name.clone(), stands)
    });
    Known { fields: fields.collect() }
}
