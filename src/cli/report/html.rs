//! The report as one page that needs nothing else: for an accountant to read, print and file. Every value is escaped by `maud`.

use super::grounds::{kept_words, waiting_words};
use super::model::{ActionReport, ChangeReport, ConflictReport, EntityRow, LineReport, PlanReport};
use super::sentences::{call_sentences, groups, in_words, outcome, title, verdict};
use super::tables::{ACCOUNTS, COUNTERS, accounts, counters, figure};
use crate::catalogue::Catalogue;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use selaras_model::Message;

const STYLE: &str = include_str!("report.css");

/// An entity with at most so many records to show is open when the page is.
const OPEN: usize = 40;

/// The report as a page.
#[must_use]
pub fn html(catalogue: &Catalogue, report: &PlanReport) -> String {
    let page = Page { catalogue, report };
    let title = page.title();
    let markup = html! {
        (DOCTYPE)
        html lang=(report.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Nothing is loaded from anywhere, whatever a value may try.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (page.head(&title))
                main {
                    @for entity in report.entity_names() { (page.entity(entity)) }
                    (page.not_undone())
                    (page.numbers())
                }
                (page.foot())
            }
        }
    };
    markup.into_string()
}

struct Page<'a> {
    catalogue: &'a Catalogue,
    report: &'a PlanReport,
}

impl Page<'_> {
    fn text(&self, key: &str) -> String {
        self.catalogue.text(key)
    }

    fn title(&self) -> String {
        let key = if self.report.outcome.is_some() { "results-title" } else { "plan-title" };
        title(self.catalogue, self.report, key)
    }

    fn head(&self, title: &str) -> Markup {
        let report = self.report;
        let sum =
            if report.outcome.is_some() { outcome(self.catalogue, report) } else { verdict(self.catalogue, report) };
        html! {
            header {
                h1 { (title) }
                p.systems {
                    @for (at, system) in report.systems.iter().enumerate() {
                        @if at > 0 { br; }
                        b { (system.name) } " · " (system.title)
                    }
                }
                p.verdict { (sum) }
                @if let Some(run) = &report.undoes {
                    div.box { (self.catalogue.render(&Message::new("undo-means").with("run", run))) }
                }
                @for right in &report.missing_rights {
                    div.box.stop { b { (self.text("tag-right")) } " " (right.text) }
                }
                @for change in &report.rebaseline {
                    div.box { b { (self.text("tag-rebaseline")) } " " (with_code(&change.text)) }
                }
                @for guard in &report.guard {
                    div.box.stop { b { (self.text("tag-guard")) } " " (with_code(&guard.text)) }
                }
                @if report.unclear > 0 {
                    div.box.stop { (self.catalogue.render(&Message::new("unclear-pointer").with("count", report.unclear))) }
                }
            }
        }
    }

    fn entity(&self, entity: &str) -> Markup {
        let report = self.report;
        let actions: Vec<&ActionReport> = report.actions.iter().filter(|action| action.entity == entity).collect();
        let conflicts: Vec<&ConflictReport> =
            report.conflicts.iter().filter(|conflict| conflict.entity == entity).collect();
        let rows: Vec<&EntityRow> = report.entities.iter().filter(|row| row.entity == entity).collect();
        let held = report.held.iter().filter(|held| held.entity == entity).count();
        let problems = report.problems.iter().filter(|problem| problem.entity == entity).count();
        let out: u64 = rows.iter().map(|row| row.out() + row.dummy).sum();
        let delayed = report.waiting.iter().filter(|waits| waits.entity == entity).count();
        let shown = actions.len() + conflicts.len() + held + problems + delayed;
        if shown == 0 && out == 0 && rows.iter().all(|row| row.incomplete.is_none()) {
            return html! {};
        }
        html! {
            details open[(1..=OPEN).contains(&shown)] {
                summary {
                    b { (entity) }
                    @for group in groups(&actions) {
                        (self.badge(&format!("title-{}", group[0].kind), group[0].kind, group.len(), &group[0].system))
                    }
                    @if !conflicts.is_empty() { (self.badge("verdict-conflicts", "conflict", conflicts.len(), "")) }
                    @if held > 0 { (self.badge("verdict-held", "held", held, "")) }
                    @if problems > 0 { (self.badge("verdict-problems", "problem", problems, "")) }
                }
                div.inside {
                    @if !conflicts.is_empty() { (self.conflicts(&conflicts)) }
                    @for group in groups(&actions) { (self.actions(&group)) }
                    (self.waiting(entity))
                    (self.out(&rows))
                }
            }
        }
    }

    fn badge(&self, key: &str, class: &str, count: usize, system: &str) -> Markup {
        let text = self.catalogue.render(&Message::new(key).with("count", count).with("system", system));
        html! { span.badge.(class) { (text) } }
    }

    fn actions(&self, actions: &[&ActionReport]) -> Markup {
        let Some(first) = actions.first() else { return html! {} };
        let message =
            Message::new(&format!("title-{}", first.kind)).with("count", actions.len()).with("system", &first.system);
        let creates = first.kind == "create";
        // A delete changes no field: columns for fields would stay empty.
        let fields = !creates && actions.iter().any(|action| !action.changes.is_empty());
        html! {
            h3 { (self.catalogue.render(&message)) }
            div.scroll {
                table {
                    thead {
                        tr {
                            th { (self.text("column-record")) }
                            @if creates {
                                th { (self.text("column-values")) }
                            }
                            @if fields {
                                th { (self.text("column-field")) }
                                th { (self.text("column-before")) }
                                th { (self.text("column-after")) }
                            }
                            th.why { (self.text("column-why")) }
                        }
                    }
                    tbody {
                        @for action in actions {
                            @if creates { (self.create(action)) } @else { (self.update(action, fields)) }
                        }
                    }
                }
            }
        }
    }

    fn create(&self, action: &ActionReport) -> Markup {
        html! {
            tr {
                td.record { (action.record) }
                td {
                    dl.fields {
                        @for change in action.changes.iter().filter(|change| !change.after.data.is_null()) {
                            div { dt { (change.field) } dd { (change.after.text) } }
                        }
                    }
                }
                td { (self.why(action)) }
            }
        }
    }

    fn update(&self, action: &ActionReport, fields: bool) -> Markup {
        if action.changes.is_empty() {
            return html! { tr { td.record { (action.record) } @if fields { td colspan="3" {} } td { (self.why(action)) } } };
        }
        html! {
            @for (at, change) in action.changes.iter().enumerate() {
                tr.more[at > 0] {
                    @if at == 0 { td.record rowspan=(action.changes.len()) { (action.record) } }
                    td.field { (change.field) }
                    (values(change))
                    td {
                        @if at == 0 { (self.why(action)) }
                        @if let Some(why) = &change.why { div.soft { (why) } }
                    }
                }
            }
        }
    }

    fn why(&self, action: &ActionReport) -> Markup {
        html! {
            span.soft { (action.why) }
            @if let Some(evidence) = &action.evidence { div.soft { (evidence.text) } }
            @if let Some(result) = &action.result {
                @if result.end != "applied" {
                    div.before { b { (self.text(&format!("end-{}", result.end))) } " " (result.text.as_deref().unwrap_or_default()) }
                }
                @for stored in &result.stored_differently {
                    div {
                        (self.catalogue.render(&Message::new("stored-differently")
                            .with("field", &stored.field).with("asked", &stored.asked).with("stored", &stored.stored)))
                    }
                }
            }
        }
    }

    fn conflicts(&self, conflicts: &[&ConflictReport]) -> Markup {
        let systems = &self.report.systems;
        let (unknown, deleted) = (self.text("value-unknown"), self.text("value-deleted"));
        let none = |conflict: &ConflictReport, system: &str| match conflict.gone.as_deref() == Some(system) {
            true => deleted.clone(),
            false => unknown.clone(),
        };
        html! {
            h3 { (self.text("title-conflicts")) }
            @for conflict in conflicts {
                div.box.clash {
                    code { (conflict.id) } " · " b { (conflict.record) } " · " (conflict.message)
                    @if let Some(note) = &conflict.note { " · " (note) }
                    @for candidate in &conflict.candidates {
                        div.soft { (candidate.system) " " (candidate.id) " · " (candidate.record) }
                    }
                    @if !conflict.fields.is_empty() {
                        div.scroll {
                            table {
                                thead {
                                    tr {
                                        th { (self.text("column-field")) }
                                        @for system in systems { th { (system.name) } }
                                        th { (self.text("conflict-base")) }
                                    }
                                }
                                tbody {
                                    @for field in &conflict.fields {
                                        tr {
                                            td.field { (field.field) }
                                            @for system in systems {
                                                td { (field.now.get(&system.name).map_or_else(|| none(conflict, &system.name), |cell| cell.text.clone())) }
                                            }
                                            td.soft {
                                                (systems.iter().find_map(|system| field.base.get(&system.name)).map_or("", |cell| cell.text.as_str()))
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn waiting(&self, entity: &str) -> Markup {
        let held: Vec<_> = self.report.held.iter().filter(|held| held.entity == entity).collect();
        let problems: Vec<_> = self.report.problems.iter().filter(|problem| problem.entity == entity).collect();
        let delayed: Vec<_> = self.report.waiting.iter().filter(|waits| waits.entity == entity).collect();
        html! {
            @if !held.is_empty() {
                h3 { (self.text("title-held")) }
                ul { @for held in &held { li { b { (held.record) } " (" (held.system) ") · " (held.reason) } } }
            }
            @if let Some(text) = waiting_words(self.catalogue, &delayed) {
                h3 { (self.text("title-waiting")) }
                p { (text) }
            }
            @if !problems.is_empty() {
                h3 { (self.text("title-problems")) }
                ul { @for problem in &problems { li { b { (problem.record) } " (" (problem.system) ") · " (problem.messages.join("; ")) } } }
            }
        }
    }

    fn not_undone(&self) -> Markup {
        html! {
            @if !self.report.not_undone.is_empty() {
                h2 { (self.text("title-not-undone")) }
                ul { @for kept in &self.report.not_undone { li { b { (kept_words(self.catalogue, kept)) } " · " (kept.reason) } } }
            }
        }
    }

    fn out(&self, rows: &[&EntityRow]) -> Markup {
        let mut lines: Vec<(&str, String)> = Vec::new();
        for row in rows {
            if row.dummy > 0 {
                lines.push((&row.system, self.catalogue.render(&Message::new("out-dummy").with("count", row.dummy))));
            }
            let reasons = row.out_of_scope.iter();
            lines.extend(reasons.map(|reason| {
                (row.system.as_str(), format!("{} {}", self.catalogue.count(reason.count), reason.reason))
            }));
        }
        html! {
            @if !lines.is_empty() {
                h3 { (self.text("title-out")) }
                ul { @for (system, text) in &lines { li { span.soft { (system) } " · " (text) } } }
            }
            @for row in rows {
                @if let Some(missing) = &row.incomplete {
                    div.box.stop { (self.catalogue.render(&Message::new("incomplete").with("system", &row.system).with("missing", missing))) }
                }
            }
        }
    }

    fn numbers(&self) -> Markup {
        let report = self.report;
        let title = if report.outcome.is_some() { "accounts-title-after" } else { "accounts-title" };
        let entities = report
            .entities
            .iter()
            .map(|row| (row.entity.as_str(), row.system.as_str(), accounts(row).to_vec()))
            .collect();
        let counted = report
            .sync_info
            .iter()
            .map(|row| (row.entity.as_str(), row.system.as_str(), counters(row).to_vec()))
            .collect();
        html! {
            @if report.undoes.is_none() {
                (self.table(title, &ACCOUNTS, entities))
                p.soft { (self.text("accounts-identity")) }
            }
            (self.table("sync-info-title", &COUNTERS, counted))
        }
    }

    fn table(&self, title: &str, columns: &[&str], rows: Vec<(&str, &str, Vec<u64>)>) -> Markup {
        if rows.is_empty() {
            return html! {};
        }
        let names: Vec<&str> = rows.iter().map(|row| row.0).collect();
        let first = |at: usize| at == 0 || names[at - 1] != names[at];
        html! {
            h2 { (self.text(title)) }
            div.scroll {
                table {
                    thead {
                        tr {
                            th { (self.text("column-entity")) }
                            th { (self.text("column-system")) }
                            @for column in columns { th.number { (self.text(column)) } }
                        }
                    }
                    tbody {
                        @for (at, (entity, system, numbers)) in rows.iter().enumerate() {
                            tr {
                                td.name { @if first(at) { (entity) } }
                                td.name { (system) }
                                @for number in numbers { td.number.zero[*number == 0] { (figure(self.catalogue, *number)) } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn foot(&self) -> Markup {
        let key = if self.report.outcome.is_some() { "calls-made" } else { "calls-planned" };
        html! {
            footer {
                @for sentence in call_sentences(self.catalogue, self.report, key) { div { (sentence) } }
                div { (self.catalogue.render(&Message::new("plan-hash").with("hash", &self.report.plan_hash))) }
            }
        }
    }
}

/// A sentence in which what stands between backticks is code.
fn with_code(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn values(change: &ChangeReport) -> Markup {
    if !change.lines.is_empty() {
        return html! { td colspan="2" { ul.lines { @for line in &change.lines { (child(line)) } } } };
    }
    html! {
        td.value.before { @if let Some(before) = &change.before { (before.text) } }
        td.value.after { (change.after.text) }
    }
}

fn child(line: &LineReport) -> Markup {
    let (mark, class) = match line.kind {
        "added" => ("+", "after"),
        "removed" => ("−", "before"),
        _ => ("~", "soft"),
    };
    let fields: Vec<String> = line.fields.iter().map(in_words).collect();
    html! {
        li {
            span.(class) { (mark) " " }
            (line.line)
            @if !fields.is_empty() { ": " (fields.join(", ")) }
        }
    }
}
