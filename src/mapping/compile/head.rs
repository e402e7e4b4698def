//! The head of a mapping: version, name, systems, permissions, guards.

use super::context::{At, Context};
use crate::diagnostics::{self as diag, Spot};
use crate::program::{Guards, Limit, Permission, SystemDecl};
use crate::schema;
use crate::spans::SpanIndex;
use crate::syntax::{GuardsFile, LimitFile, MappingFile, NumberOrText, PermissionFile};
use selaras_model::{Diagnostic, PerSide};
use serde_json::Value as Json;

/// The version of the language.
pub(super) const VERSION: u64 = 1;
/// The limits of a mapping that sets none.
const DEFAULTS: Guards = Guards {
    delete: Limit { count: None, percent: Some(10) },
    update: Limit { count: None, percent: Some(50) },
    create: Limit { count: None, percent: None },
    minimum: 20,
    window: 24,
};

/// The names of the systems in the order of the file, before anything else is read.
pub(super) fn system_names(value: &Json, spans: &SpanIndex) -> Vec<String> {
    let mut names: Vec<String> =
        value.get("systems").and_then(Json::as_object).map(|all| all.keys().cloned().collect()).unwrap_or_default();
    names.sort_by_key(|name| spans.order(&At::root().key("systems").key(name).to_string()));
    names
}

/// The two systems. Without exactly two there is nothing to compile.
pub(super) fn systems(
    file: &MappingFile,
    names: &[String],
    spans: &SpanIndex,
    found: &mut Vec<Diagnostic>,
) -> Option<PerSide<SystemDecl>> {
    let at = At::root().key("systems");
    let declared = file.systems.as_ref()?;
    for name in names {
        let at = at.key(name).to_string();
        if reserved().any(|word| word == name) {
            found.push(diag::reserved_system_name(Spot::key(spans, &at), name));
        } else if !is_name(name) || name.contains(char::is_whitespace) || name.contains("->") {
            found.push(diag::bad_name(Spot::key(spans, &at), name));
        }
    }
    let [left, right] = names else {
        found.push(diag::not_two_systems(Spot::key(spans, &at.to_string()), names.len()));
        return None;
    };
    let decl = |name: &String| {
        let connector = declared.get(name).and_then(|system| system.connector.clone()).unwrap_or_default();
        SystemDecl { name: name.clone(), connector }
    };
    Some(PerSide::new(decl(left), decl(right)))
}

/// Words that stand beside the names of systems as keys or as values.
fn reserved() -> impl Iterator<Item = &'static str> {
    let keys = ["EntityFile", "FieldFile", "ChildFieldFile", "ListFile"].into_iter().filter_map(|name| {
        schema::shared().pointer(&format!("/definitions/{name}/properties")).and_then(Json::as_object)
    });
    keys.flat_map(|all| all.keys().map(String::as_str)).chain(["hold", "fill", "newer", "two-way"])
}

/// The version and the name.
pub(super) fn name(cx: &mut Context<'_>, file: &MappingFile) -> String {
    let root = At::root();
    if let Some(version) = file.version.filter(|version| *version != VERSION) {
        let spot = cx.spot(&root.key("version"));
        cx.report(diag::unknown_version(spot, version));
    }
    if file.include.is_some() {
        let spot = cx.key_spot(&root.key("include"));
        cx.report(diag::no_include(spot));
    }
    let name = file.name.clone().unwrap_or_default();
    if file.name.is_some() && !is_name(&name) {
        let spot = cx.spot(&root.key("name"));
        cx.report(diag::bad_name(spot, &name));
    }
    name
}

/// Whether a text can be a name: something, without blanks at its ends, without control characters.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains(char::is_control)
}

/// What a credential needs, per side.
pub(super) fn permissions(cx: &mut Context<'_>, file: &MappingFile) -> PerSide<Vec<Permission>> {
    let at = At::root().key("permissions");
    let sides = cx.per_side(file.permissions.as_ref());
    PerSide::from_fn(|side| {
        let Some(any_of) = sides.get(side).and_then(|permissions| permissions.any_of.as_ref()) else {
            return Vec::new();
        };
        if any_of.is_empty() {
            let spot = cx.key_spot(&at.key(&cx.name(side)).key("any_of"));
            cx.report(diag::empty(spot, "any_of"));
        }
        any_of.iter().map(|(_, permission)| permission_of(permission)).collect()
    })
}

fn permission_of(permission: &PermissionFile) -> Permission {
    match permission {
        PermissionFile::Role { role } => Permission::Role(role.clone()),
        PermissionFile::Rights { rights } => {
            Permission::Rights(rights.iter().map(|(_, right)| right.clone()).collect())
        }
    }
}

/// Limits for all entities.
pub(super) fn guards(cx: &mut Context<'_>, file: Option<&GuardsFile>) -> Guards {
    limits(cx, file, DEFAULTS, &At::root().key("guards"))
}

/// Limits, and where the file says nothing those that stand above them.
pub(super) fn limits(cx: &mut Context<'_>, file: Option<&GuardsFile>, above: Guards, at: &At) -> Guards {
    let Some(file) = file else { return above };
    let mut one = |limit: Option<&LimitFile>, key: &str, above: Limit| {
        limit.map_or(above, |limit| limit_of(cx, limit, &at.key(key)).unwrap_or(above))
    };
    Guards {
        delete: one(file.delete.as_ref(), "delete", above.delete),
        update: one(file.update.as_ref(), "update", above.update),
        create: one(file.create.as_ref(), "create", above.create),
        minimum: file.minimum.unwrap_or(above.minimum),
        window: file.window.as_ref().map_or(above.window, |text| window_of(cx, text, &at.key("window"))),
    }
}

/// Hours, from `24h` or `7d`.
fn window_of(cx: &mut Context<'_>, text: &str, at: &At) -> u64 {
    let hours = hours_of(text);
    if hours.is_none() {
        let spot = cx.spot(at);
        cx.report(diag::bad_window(spot, text));
    }
    hours.unwrap_or_default()
}

/// Hours, from `24h` or `7d`; `None`: it is neither.
pub(super) fn hours_of(text: &str) -> Option<u64> {
    let number = |unit: char| text.strip_suffix(unit).and_then(|number| number.trim().parse::<u64>().ok());
    number('h').or_else(|| number('d').map(|days| days.saturating_mul(24)))
}

fn limit_of(cx: &mut Context<'_>, limit: &LimitFile, at: &At) -> Option<Limit> {
    match limit {
        LimitFile::Count(count) => Some(Limit { count: Some(*count), percent: None }),
        LimitFile::Percent(text) => {
            let percent = text.strip_suffix('%').and_then(percent_of);
            percent_or_report(cx, percent, text, at).map(|percent| Limit { count: None, percent: Some(percent) })
        }
        LimitFile::Both { count, percent } => {
            let text = match percent {
                NumberOrText::Number(number) => number.to_string(),
                NumberOrText::Text(text) => text.clone(),
            };
            let percent = percent_of(text.strip_suffix('%').unwrap_or(&text));
            percent_or_report(cx, percent, &text, &at.key("percent"))
                .map(|percent| Limit { count: Some(*count), percent: Some(percent) })
        }
    }
}

fn percent_of(text: &str) -> Option<u8> {
    text.trim().parse().ok().filter(|percent| *percent <= 100)
}

fn percent_or_report(cx: &mut Context<'_>, percent: Option<u8>, text: &str, at: &At) -> Option<u8> {
    if percent.is_none() {
        let spot = cx.spot(at);
        cx.report(diag::bad_limit(spot, text));
    }
    percent
}
