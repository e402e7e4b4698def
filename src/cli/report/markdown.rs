//! The report as Markdown, for issue trackers and chats. Everything is shown, nothing folded; values are escaped.

use super::grounds::{kept_words, waiting_words};
use super::model::{ActionReport, EntityRow, LineReport, PlanReport};
use super::sentences::{call_sentences, groups, in_words, outcome, title, verdict};
use super::tables::{ACCOUNTS, COUNTERS, accounts, counters, figure};
use crate::catalogue::Catalogue;
use selaras_model::Message;

/// The report as Markdown.
#[must_use]
pub fn markdown(catalogue: &Catalogue, report: &PlanReport) -> String {
    let mut writer = Writer { catalogue, report, text: String::new() };
    writer.head();
    for entity in report.entity_names() {
        writer.entity(entity);
    }
    let kept = report
        .not_undone
        .iter()
        .map(|kept| format!("- {}: {}", escape(&kept_words(catalogue, kept)), escape(&kept.reason)));
    writer.list("title-not-undone", kept.collect());
    writer.numbers();
    writer.text
}

struct Writer<'a> {
    catalogue: &'a Catalogue,
    report: &'a PlanReport,
    text: String,
}

impl Writer<'_> {
    fn head(&mut self) {
        let key = if self.report.outcome.is_some() { "results-title" } else { "plan-title" };
        let title = title(self.catalogue, self.report, key);
        self.paragraph(&format!("# {}", escape(&title)));
        let systems = self
            .report
            .systems
            .iter()
            .map(|system| format!("- **{}**: {}", escape(&system.name), escape(&system.title)));
        let systems: Vec<String> = systems.collect();
        self.paragraph(&systems.join("\n"));
        let sum = if self.report.outcome.is_some() {
            outcome(self.catalogue, self.report)
        } else {
            verdict(self.catalogue, self.report)
        };
        self.paragraph(&format!("**{}**", escape(&sum)));
        if let Some(run) = &self.report.undoes {
            let text = self.catalogue.render(&Message::new("undo-means").with("run", run));
            self.paragraph(&escape(&text));
        }
        for right in &self.report.missing_rights {
            let tag = self.catalogue.text("tag-right");
            self.paragraph(&format!("> **{}** {}", escape(&tag), escape(&right.text)));
        }
        for change in &self.report.rebaseline {
            let tag = self.catalogue.text("tag-rebaseline");
            self.paragraph(&format!("> **{}** {}", escape(&tag), escape(&change.text)));
        }
        for guard in &self.report.guard {
            let tag = self.catalogue.text("tag-guard");
            self.paragraph(&format!("> **{}** {}", escape(&tag), escape(&guard.text)));
        }
    }

    fn entity(&mut self, entity: &str) {
        let report = self.report;
        let start = self.text.len();
        let actions: Vec<&ActionReport> = report.actions.iter().filter(|action| action.entity == entity).collect();
        for group in groups(&actions) {
            self.actions(&group);
        }
        self.conflicts(entity);
        let held = report.held.iter().filter(|held| held.entity == entity);
        let held =
            held.map(|held| format!("- {} ({}): {}", escape(&held.record), escape(&held.system), escape(&held.reason)));
        self.list("title-held", held.collect());
        let problems = report.problems.iter().filter(|problem| problem.entity == entity).map(|problem| {
            format!(
                "- {} ({}): {}",
                escape(&problem.record),
                escape(&problem.system),
                escape(&problem.messages.join("; "))
            )
        });
        self.list("title-problems", problems.collect());
        let delayed: Vec<_> = report.waiting.iter().filter(|waits| waits.entity == entity).collect();
        let delayed = waiting_words(self.catalogue, &delayed).map(|text| format!("- {}", escape(&text)));
        self.list("title-waiting", delayed.into_iter().collect());
        let out = report.entities.iter().filter(|row| row.entity == entity).flat_map(|row| self.out(row)).collect();
        self.list("title-out", out);
        if self.text.len() > start {
            self.text.insert_str(start, &format!("## {}\n\n", escape(entity)));
        }
    }

    fn actions(&mut self, actions: &[&ActionReport]) {
        let Some(first) = actions.first() else { return };
        let message =
            Message::new(&format!("title-{}", first.kind)).with("count", actions.len()).with("system", &first.system);
        let title = self.catalogue.render(&message);
        self.paragraph(&format!("### {}", escape(&title)));
        let columns = if first.kind == "create" {
            self.row(&["column-record", "column-values", "column-why"])
        } else {
            self.row(&["column-record", "column-field", "column-before", "column-after", "column-why"])
        };
        self.text.push_str(&columns);
        for action in actions {
            if first.kind == "create" {
                let values: Vec<String> = action.changes.iter().map(in_words).collect();
                let row = [escape(&action.record), escape(&values.join(" · ")), self.why(action)];
                self.text.push_str(&cells(&row));
            } else {
                self.update(action);
            }
        }
        self.text.push('\n');
    }

    fn update(&mut self, action: &ActionReport) {
        if action.changes.is_empty() {
            let row = [escape(&action.record), String::new(), String::new(), String::new(), self.why(action)];
            self.text.push_str(&cells(&row));
        }
        for (at, change) in action.changes.iter().enumerate() {
            let record = if at == 0 { escape(&action.record) } else { String::new() };
            let why = change
                .why
                .as_ref()
                .map_or_else(|| if at == 0 { self.why(action) } else { String::new() }, |why| escape(why));
            let (before, after) = if change.lines.is_empty() {
                (change.before.as_ref().map_or_else(String::new, |cell| escape(&cell.text)), escape(&change.after.text))
            } else {
                (String::new(), change.lines.iter().map(line).collect::<Vec<_>>().join("<br>"))
            };
            self.text.push_str(&cells(&[record, escape(&change.field), before, after, why]));
        }
    }

    fn why(&self, action: &ActionReport) -> String {
        let ended = action.result.as_ref().filter(|result| result.end != "applied");
        match ended {
            None => {
                let grounds = action.evidence.iter().map(|evidence| format!("<br>{}", escape(&evidence.text)));
                format!("{}{}", escape(&action.why), grounds.collect::<String>())
            }
            Some(result) => {
                let end = self.catalogue.text(&format!("end-{}", result.end));
                let text = result.text.as_deref().unwrap_or_default();
                format!("**{}** {}", escape(&end), escape(text))
            }
        }
    }

    fn conflicts(&mut self, entity: &str) {
        let report = self.report;
        let here: Vec<_> = report.conflicts.iter().filter(|conflict| conflict.entity == entity).collect();
        if here.is_empty() {
            return;
        }
        self.paragraph(&format!("### {}", self.catalogue.text("title-conflicts")));
        let names = [self.catalogue.text("column-record"), self.catalogue.text("column-field")];
        let systems = report.systems.iter().map(|system| system.name.clone());
        let head: Vec<String> = names
            .into_iter()
            .chain(systems)
            .chain([self.catalogue.text("conflict-base"), self.catalogue.text("column-why")])
            .collect();
        let row = header(&head.iter().map(|name| escape(name)).collect::<Vec<_>>());
        self.text.push_str(&row);
        for conflict in here {
            let mut fields: Vec<Vec<String>> = Vec::new();
            let none = |system: &str| match conflict.gone.as_deref() == Some(system) {
                true => self.catalogue.text("value-deleted"),
                false => "?".to_owned(),
            };
            for field in &conflict.fields {
                let now = report.systems.iter().map(|system| {
                    field.now.get(&system.name).map_or_else(|| none(&system.name), |cell| escape(&cell.text))
                });
                let base = report.systems.iter().find_map(|system| field.base.get(&system.name));
                let mut row = vec![escape(&field.field)];
                row.extend(now);
                row.push(base.map_or_else(String::new, |cell| escape(&cell.text)));
                fields.push(row);
            }
            if fields.is_empty() {
                fields.push(vec![String::new(); 4]);
            }
            for (at, field) in fields.into_iter().enumerate() {
                let (record, why) = if at == 0 { (who(conflict), why(conflict)) } else { Default::default() };
                let row: Vec<String> = std::iter::once(record).chain(field).chain([why]).collect();
                self.text.push_str(&cells(&row));
            }
        }
        self.text.push('\n');
    }

    fn out(&self, row: &EntityRow) -> Vec<String> {
        let mut lines = Vec::new();
        if row.dummy > 0 {
            lines.push(self.catalogue.render(&Message::new("out-dummy").with("count", row.dummy)));
        }
        lines.extend(
            row.out_of_scope.iter().map(|reason| format!("{} {}", self.catalogue.count(reason.count), reason.reason)),
        );
        lines.extend(row.incomplete.clone());
        lines.iter().map(|text| format!("- {}: {}", escape(&row.system), escape(text))).collect()
    }

    fn numbers(&mut self) {
        let report = self.report;
        let title = if report.outcome.is_some() { "accounts-title-after" } else { "accounts-title" };
        let rows = report
            .entities
            .iter()
            .map(|row| (row.entity.as_str(), row.system.as_str(), accounts(row).to_vec()))
            .collect();
        if report.undoes.is_none() {
            self.table(title, &ACCOUNTS, rows);
        }
        let rows = report
            .sync_info
            .iter()
            .map(|row| (row.entity.as_str(), row.system.as_str(), counters(row).to_vec()))
            .collect();
        self.table("sync-info-title", &COUNTERS, rows);
        let key = if report.outcome.is_some() { "calls-made" } else { "calls-planned" };
        let calls: Vec<String> =
            call_sentences(self.catalogue, report, key).iter().map(|text| format!("- {}", escape(text))).collect();
        self.paragraph(&calls.join("\n"));
        let hash = self.catalogue.render(&Message::new("plan-hash").with("hash", &report.plan_hash));
        self.text.push_str(&escape(&hash));
        self.text.push('\n');
    }

    fn table(&mut self, title: &str, columns: &[&str], rows: Vec<(&str, &str, Vec<u64>)>) {
        if rows.is_empty() {
            return;
        }
        self.paragraph(&format!("## {}", self.catalogue.text(title)));
        let names = ["column-entity", "column-system"].iter().chain(columns).map(|key| self.catalogue.text(key));
        self.text.push_str(&cells(&names.collect::<Vec<_>>()));
        self.text.push_str(&format!("| --- | --- |{}\n", " ---: |".repeat(columns.len())));
        for (entity, system, numbers) in rows {
            let numbers = numbers.iter().map(|number| figure(self.catalogue, *number));
            let row: Vec<String> = [escape(entity), escape(system)].into_iter().chain(numbers).collect();
            self.text.push_str(&cells(&row));
        }
        self.text.push('\n');
    }

    fn list(&mut self, title: &str, lines: Vec<String>) {
        if !lines.is_empty() {
            self.paragraph(&format!("### {}", self.catalogue.text(title)));
            self.paragraph(&lines.join("\n"));
        }
    }

    fn paragraph(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str("\n\n");
    }

    fn row(&self, keys: &[&str]) -> String {
        header(&keys.iter().map(|key| self.catalogue.text(key)).collect::<Vec<_>>())
    }
}

fn line(line: &LineReport) -> String {
    let mark = match line.kind {
        "added" => "+",
        "removed" => "−",
        _ => "~",
    };
    let fields: Vec<String> = line.fields.iter().map(in_words).collect();
    let name = escape(&line.line);
    if fields.is_empty() { format!("{mark} {name}") } else { format!("{mark} {name}: {}", escape(&fields.join(", "))) }
}

fn header(names: &[String]) -> String {
    format!("{}|{}\n", cells(names), " --- |".repeat(names.len()))
}

fn cells(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Text as text: nothing in it is markup, and none of it ends a table's cell.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '#' | '&' | '~') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A conflict's record with its id.
fn who(conflict: &super::model::ConflictReport) -> String {
    format!("`{}` {}", conflict.id, escape(&conflict.record))
}

/// What a conflict is about, with its candidates and what else is to be known.
fn why(conflict: &super::model::ConflictReport) -> String {
    let candidate = |it: &super::model::CandidateReport| format!("{} {} {}", it.system, it.id, it.record);
    let more = conflict.note.iter().cloned().chain(conflict.candidates.iter().map(candidate));
    let parts: Vec<String> =
        std::iter::once(conflict.message.clone()).chain(more).map(|part: String| escape(&part)).collect();
    parts.join("; ")
}
