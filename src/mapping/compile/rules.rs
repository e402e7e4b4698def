//! Conditions: sample data, scope, what may be created, what arrived.

use super::context::{At, Context};
use crate::condition::Condition;
use crate::diagnostics::{self as diag, Spot};
use crate::program::Rule;
use crate::syntax::{ConditionFile, ReasonFile, RuleFile, RulesFile, Sides};
use selaras_model::{PerSide, Text};

/// One condition per side.
pub(super) fn conditions(
    cx: &mut Context<'_>,
    file: Option<&Sides<ConditionFile>>,
    at: &At,
) -> PerSide<Option<Condition>> {
    let sides = cx.per_side(file);
    PerSide::from_fn(|side| {
        let text = (*sides.get(side))?;
        condition(cx, text, &at.key(&cx.name(side)))
    })
}

/// Rules per side.
pub(super) fn rules(cx: &mut Context<'_>, file: Option<&Sides<RulesFile>>, at: &At) -> PerSide<Vec<Rule>> {
    let sides = cx.per_side(file);
    PerSide::from_fn(|side| {
        let at = at.key(&cx.name(side));
        match sides.get(side) {
            None => Vec::new(),
            Some(RulesFile::One(text)) => condition(cx, text, &at).map(|it| bare(it, text)).into_iter().collect(),
            Some(RulesFile::Several(rules)) => {
                rules.iter().filter_map(|(position, file)| rule(cx, file, &at.item(position))).collect()
            }
        }
    })
}

fn rule(cx: &mut Context<'_>, file: &RuleFile, at: &At) -> Option<Rule> {
    match file {
        RuleFile::Bare(text) => condition(cx, text, at).map(|it| bare(it, text)),
        RuleFile::WithReason { require, reason } => {
            let condition = condition(cx, require, &at.key("require"))?;
            Some(match reason {
                None => bare(condition, require),
                Some(ReasonFile::Same(text)) => Rule { require: condition, reason: Text::same(text) },
                Some(ReasonFile::Both { id, en }) => {
                    Rule { require: condition, reason: Text { id: id.clone(), en: en.clone() } }
                }
            })
        }
    }
}

/// A rule without words of its own is its own reason.
fn bare(require: Condition, text: &ConditionFile) -> Rule {
    Rule { require, reason: Text::same(&text.0) }
}

fn condition(cx: &mut Context<'_>, text: &ConditionFile, at: &At) -> Option<Condition> {
    match Condition::parse(&text.0) {
        Ok(condition) => Some(condition),
        Err(error) => {
            let end = text.0.len().max(error.offset + 1);
            let spot = Spot::within(cx.spans, &at.to_string(), error.offset, end);
            cx.report(diag::bad_condition(spot, error.message));
            None
        }
    }
}
