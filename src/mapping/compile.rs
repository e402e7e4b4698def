//! The compiler: a mapping file in, a program or diagnostics out. The one compiler for validate, test, explain, plan and apply.
//!
//! Nothing stops at the first mistake: each part reports what is wrong with it and goes on, and only at the end is it decided whether there
//! is a program. What records make of it is `eval`'s business.

mod capabilities;
mod cell;
mod codec;
mod context;
mod entity;
mod field;
mod fingerprint;
mod head;
mod list;
mod order;
mod overlap;
mod rules;
mod shape;

use crate::diagnostics::{self as diag, Spot};
use crate::program::{ConflictRule, Entity, Mapping};
use crate::spans::SpanIndex;
use crate::syntax::MappingFile;
use crate::yaml;
use context::{At, Context};
use selaras_connector_api::Manifest;
use selaras_model::{Diagnostic, Severity};
use serde_json::Value as Json;

/// Compiles the text of a mapping file. `manifests` gives what is known of a connector; without it nothing is held against the connector.
///
/// There is a mapping if and only if no diagnostic is an error. Diagnostics come in the order of the file.
#[must_use]
pub fn compile<'m>(text: &str, manifests: impl Fn(&str) -> Option<&'m Manifest>) -> (Option<Mapping>, Vec<Diagnostic>) {
    let (value, spans, mut found) = yaml::load(text);
    let mapping = value.and_then(|value| of_value(&value, &spans, &manifests, &mut found));
    found.sort_by(|one, other| place(one).cmp(&place(other)).then_with(|| one.cmp(other)));
    // A codec of a field serves both its cells: what is wrong with it was found twice.
    found.dedup();
    let broken = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    (mapping.filter(|_| !broken), found)
}

fn place(diagnostic: &Diagnostic) -> Option<usize> {
    diagnostic.labels.first().map(|label| label.span.start)
}

fn of_value<'m>(
    value: &Json,
    spans: &SpanIndex,
    manifests: &impl Fn(&str) -> Option<&'m Manifest>,
    found: &mut Vec<Diagnostic>,
) -> Option<Mapping> {
    let names = head::system_names(value, spans);
    let (kept, mistakes) = shape::check(value, spans, &names);
    found.extend(mistakes);
    let file = read(kept?, spans, found)?;
    let systems = head::systems(&file, &names, spans, found)?;
    let known = systems.as_ref().map(|system| manifests(&system.connector));
    let mut cx = Context::new(&file, spans, systems, known);
    let mapping = mapping(&mut cx, &file, fingerprint::of(value, spans));
    found.append(&mut cx.found);
    mapping
}

/// The check of shapes has let only what can be read pass; if not, that is our mistake, and still no panic.
fn read(kept: Json, spans: &SpanIndex, found: &mut Vec<Diagnostic>) -> Option<MappingFile> {
    serde_path_to_error::deserialize(kept)
        .map_err(|error| {
            let pointer: String = error.path().iter().map(|step| format!("/{step}")).collect();
            found.push(diag::not_understood(Spot::value(spans, &pointer), &error.to_string()));
        })
        .ok()
}

fn mapping(cx: &mut Context<'_>, file: &MappingFile, hash: String) -> Option<Mapping> {
    let root = At::root();
    let name = head::name(cx, file);
    let permissions = head::permissions(cx, file);
    let guards = head::guards(cx, file.guards.as_ref());
    let conflict = file.conflict.as_ref().and_then(|text| cx.conflict(text, &root.key("conflict")));
    let above = entity::Above { guards, conflict: conflict.unwrap_or(ConflictRule::Hold) };
    let entities = entities(cx, file, above, &root.key("entities"));
    for entity in &entities {
        capabilities::check(cx, entity, &permissions);
        capabilities::check_written_twice(cx, entity);
    }
    overlap::check(cx, &entities);
    let entities = match order::by_reference(entities) {
        Ok(entities) => entities,
        Err(circle) => {
            let circle: Vec<&str> = circle.iter().map(String::as_str).collect();
            let first = root.key("entities").key(circle.first().copied().unwrap_or_default());
            let found = diag::reference_cycle(cx.key_spot(&first), &circle);
            cx.report(found);
            return None;
        }
    };
    Some(Mapping { name, hash, systems: cx.systems.clone(), permissions, guards, entities })
}

/// The entities that could be compiled, in the order of the file.
fn entities(cx: &mut Context<'_>, file: &MappingFile, above: entity::Above, at: &At) -> Vec<Entity> {
    let Some(files) = &file.entities else { return Vec::new() };
    if files.is_empty() {
        let spot = cx.key_spot(at);
        cx.report(diag::empty(spot, "entities"));
    }
    let names = cx.in_order(at, files.keys());
    names.into_iter().filter_map(|name| entity::entity(cx, name, &files[name], above, &at.key(name))).collect()
}
