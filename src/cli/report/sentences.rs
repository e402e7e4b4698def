//! What all forms of a report say in the same words: the verdict, the outcome, the calls; and how actions are grouped.

use super::model::{ActionReport, CallsReport, ChangeReport, PlanReport};
use crate::catalogue::Catalogue;
use crate::locale;
use selaras_model::Message;

/// The plan in one sentence.
#[must_use]
pub fn verdict(catalogue: &Catalogue, report: &PlanReport) -> String {
    let tally = &report.tally;
    let counts = [
        ("verdict-creates", tally.creates),
        ("verdict-updates", tally.updates),
        ("verdict-deletes", tally.deletes),
        ("verdict-deactivates", tally.deactivates),
        ("verdict-links", tally.links),
        ("verdict-conflicts", tally.conflicts),
        ("verdict-held", tally.held),
        ("verdict-problems", tally.problems),
    ];
    let parts: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| catalogue.render(&Message::new(key).with("count", count)))
        .collect();
    let nothing = tally.writes() + tally.links == 0;
    match (nothing, parts.is_empty()) {
        (true, true) => catalogue.text("nothing-to-do"),
        (true, false) => format!(
            "{} {}",
            catalogue.text("nothing-to-do"),
            catalogue.render(&Message::new("verdict-open").with("parts", parts.join(", ")))
        ),
        (false, _) => catalogue.render(&Message::new("verdict").with("parts", parts.join(", "))),
    }
}

/// What became of the plan in one sentence.
#[must_use]
pub fn outcome(catalogue: &Catalogue, report: &PlanReport) -> String {
    let Some(outcome) = &report.outcome else { return String::new() };
    let counts = [
        ("outcome-applied", outcome.applied),
        ("outcome-rejected", outcome.rejected),
        ("outcome-unclear", outcome.unclear),
        ("outcome-skipped", outcome.skipped),
        ("outcome-linked", report.tally.links),
        ("verdict-conflicts", report.tally.conflicts),
        ("verdict-held", report.tally.held),
        ("verdict-problems", report.tally.problems),
    ];
    let parts = counts.iter().enumerate().filter(|(at, (_, count))| *at == 0 || *count > 0);
    let parts: Vec<String> =
        parts.map(|(_, (key, count))| catalogue.render(&Message::new(key).with("count", count))).collect();
    let key = if outcome.cancelled { "outcome-cancelled" } else { "outcome" };
    catalogue.render(&Message::new(key).with("parts", parts.join(", ")))
}

/// One sentence per system about the calls to it.
pub(super) fn call_sentences(catalogue: &Catalogue, report: &PlanReport, key: &str) -> Vec<String> {
    let sentence = |calls: &CallsReport| {
        let key = if calls.writes == 0 { "calls-read" } else { key };
        let message = Message::new(key).with("system", &calls.system).with("reads", calls.reads);
        let message = if calls.writes == 0 { message } else { message.with("writes", calls.writes) };
        let mut text = catalogue.render(&message);
        if let (Some(limit), true) = (calls.per_second, key == "calls-planned" && calls.write_ms > 0) {
            let time = locale::span(catalogue.lang(), calls.write_ms);
            text.push_str(&catalogue.render(&Message::new("calls-limit").with("time", time).with("limit", limit)));
        }
        if calls.limited > 0 {
            text.push_str(&catalogue.render(&Message::new("calls-limited").with("count", calls.limited)));
        }
        text
    };
    report.calls.iter().map(sentence).collect()
}

/// A change within a sentence.
pub(super) fn in_words(change: &ChangeReport) -> String {
    match &change.before {
        None => format!("{} {}", change.field, change.after.text),
        Some(before) => format!("{} {} → {}", change.field, before.text, change.after.text),
    }
}

/// The actions by kind and system, each group in the plan's order, groups in the order of their first action.
pub(super) fn groups<'a>(actions: &[&'a ActionReport]) -> Vec<Vec<&'a ActionReport>> {
    let mut groups: Vec<Vec<&ActionReport>> = Vec::new();
    for action in actions {
        let same = |group: &&mut Vec<&ActionReport>| (group[0].kind, &group[0].system) == (action.kind, &action.system);
        match groups.iter_mut().find(same) {
            Some(group) => group.push(action),
            None => groups.push(vec![action]),
        }
    }
    groups
}

/// A title with the mapping's name and when the plan was made: what is printed out must say of which day it is.
pub(super) fn title(catalogue: &Catalogue, report: &PlanReport, key: &str) -> String {
    let title = catalogue.render(&Message::new(key).with("mapping", &report.mapping));
    match report.made_at.parse::<jiff::Timestamp>() {
        Ok(made) => format!("{title} · {}", locale::moment(catalogue.lang(), made)),
        Err(_) => title,
    }
}
