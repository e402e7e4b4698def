//! The report on a terminal: by entity in the mapping's order, one line per record, what changes below it.

use super::clashes::Clashes;
use super::grounds::{kept_words, waiting_words};
use super::layout::{ADDED, ALARM, BOLD, CHANGED, DIM, Page, REMOVED, Screen, cut, pad, paint, width};
use super::model::{ActionReport, ChangeReport, ConflictReport, EntityRow, LineReport, PlanReport, ResultReport};
use super::sentences::{call_sentences, groups, in_words, outcome, title, verdict};
use super::tables::{accounts_table, sync_info_table};
use crate::catalogue::Catalogue;
use anstyle::Style;
use selaras_model::Message;
use std::collections::BTreeMap;

/// The plan, or what became of it, with styles in it.
#[must_use]
pub fn text(catalogue: &Catalogue, report: &PlanReport, screen: &Screen) -> String {
    let mut writer = Writer { catalogue, report, screen, page: Page::new(screen.width) };
    if report.outcome.is_some() {
        writer.results();
    } else {
        writer.plan();
    }
    writer.page.finish()
}

struct Writer<'a> {
    catalogue: &'a Catalogue,
    report: &'a PlanReport,
    screen: &'a Screen,
    page: Page,
}

impl Writer<'_> {
    fn plan(&mut self) {
        let title = title(self.catalogue, self.report, "plan-title");
        self.page.wrapped("", 0, BOLD, &title);
        self.systems();
        if let Some(run) = &self.report.undoes {
            let text = self.say(&Message::new("undo-means").with("run", run));
            self.page.wrapped("", 0, Style::new(), &text);
        }
        for entity in self.report.entity_names() {
            self.entity(entity);
        }
        self.not_undone();
        if self.report.undoes.is_none() {
            self.accounts("accounts-title");
        }
        self.calls("calls-planned");
        self.guards();
        self.verdict();
    }

    /// Follows the plan; what that has shown already and is still true is not shown again.
    fn results(&mut self) {
        let Some(outcome) = &self.report.outcome else { return };
        let tried = self.report.actions.iter().any(|action| action.result.is_some()) || self.report.tally.links > 0;
        if tried {
            let title = title(self.catalogue, self.report, "results-title");
            self.page.wrapped("", 0, BOLD, &title);
            self.unhappy_ends();
            if outcome.rejected + outcome.unclear + outcome.skipped > 0 && self.report.undoes.is_none() {
                self.accounts("accounts-title-after");
            }
            self.page.gap();
        }
        self.page.line(&paint(BOLD, &self.catalogue.text("sync-info-title")));
        self.page.block(&sync_info_table(self.catalogue, &self.report.sync_info, self.page.width()));
        if tried {
            self.calls("calls-made");
            self.page.gap();
            self.outcome();
        } else if !self.report.conflicts.is_empty() || self.report.unclear > 0 {
            self.page.gap();
        }
        self.open_ends();
    }

    fn say(&self, message: &Message) -> String {
        self.catalogue.render(message)
    }

    fn systems(&mut self) {
        let to = self.report.systems.iter().map(|system| width(&system.name)).max().unwrap_or(0);
        for system in &self.report.systems {
            let head = format!("  {}  ", pad(&system.name, to));
            self.page.wrapped(&head, to + 4, DIM, &system.title);
        }
    }

    fn entity(&mut self, entity: &str) {
        let report = self.report;
        let actions: Vec<&ActionReport> = report.actions.iter().filter(|action| action.entity == entity).collect();
        let conflicts: Vec<&ConflictReport> =
            report.conflicts.iter().filter(|conflict| conflict.entity == entity).collect();
        let rows: Vec<&EntityRow> = report.entities.iter().filter(|row| row.entity == entity).collect();
        let delayed: Vec<_> = report.waiting.iter().filter(|waits| waits.entity == entity).collect();
        let waits = report.held.iter().any(|held| held.entity == entity)
            || !delayed.is_empty()
            || report.problems.iter().any(|it| it.entity == entity);
        let out = rows.iter().any(|row| row.out() + row.dummy > 0 || row.incomplete.is_some());
        if actions.is_empty() && conflicts.is_empty() && !waits && !out {
            return;
        }
        self.page.gap();
        self.page.line(&paint(BOLD, entity));
        for group in groups(&actions) {
            self.actions(&group);
        }
        let systems = report.systems.iter().map(|system| system.name.as_str()).collect();
        Clashes { catalogue: self.catalogue, systems, screen: self.screen, with_answers: false, flags: "" }
            .lay_out(&mut self.page, &conflicts);
        self.waiting(entity);
        if let Some(text) = waiting_words(self.catalogue, &delayed) {
            let tag = self.catalogue.text("tag-waiting");
            let head = format!("  {} ", paint(CHANGED, &format!("· {tag}")));
            self.page.wrapped(&head, width(&tag) + 5, Style::new(), &text);
        }
        self.problems(entity);
        self.staying_out(&rows);
    }

    /// Actions of one kind on one system.
    fn actions(&mut self, actions: &[&ActionReport]) {
        let Some(first) = actions.first() else { return };
        let (mark, style) = mark(first.kind);
        let shown = self.screen.shown(actions.len());
        let room = self.page.width() / 2;
        let to = actions[..shown].iter().map(|action| width(&cut(&action.record, room))).max().unwrap_or(0);
        for action in &actions[..shown] {
            let record = pad(&cut(&action.record, room), to);
            let head = format!("  {} {record} → {}", paint(style, mark), action.system);
            let taken = 4 + to + 3 + width(&action.system) + 3;
            if taken + width(&action.why) <= self.page.width() {
                self.page.line(&format!("{head}   {}", paint(DIM, &action.why)));
            } else {
                self.page.line(&head);
                self.page.wrapped("      ", 6, DIM, &action.why);
            }
            if let Some(evidence) = &action.evidence {
                self.page.wrapped("      ", 6, DIM, &evidence.text);
            }
            // A new record's values are told when there are few of them; a first run of thousands would drown what matters.
            if first.kind != "create" || self.screen.all || actions.len() <= 3 {
                self.changes(&action.changes, 6);
            }
        }
        if shown < actions.len() {
            let message = Message::new(&format!("fold-{}", first.kind))
                .with("count", actions.len() - shown)
                .with("system", &first.system);
            let text = self.say(&message);
            self.page.wrapped(&format!("  {} ", paint(style, mark)), 4, DIM, &text);
        }
    }

    fn changes(&mut self, changes: &[ChangeReport], indent: usize) {
        let to = changes.iter().map(|change| width(&change.field)).max().unwrap_or(0).min(24);
        for change in changes {
            let head = format!("{}{}  ", " ".repeat(indent), paint(DIM, &pad(&change.field, to)));
            let taken = indent + to.max(width(&change.field)) + 2;
            if change.lines.is_empty() {
                self.change(&head, taken, change);
            } else {
                self.page.line(&format!("{}{}", " ".repeat(indent), paint(DIM, &change.field)));
                change.lines.iter().for_each(|line| self.child(line, indent + 2));
            }
            if let Some(why) = &change.why {
                self.page.wrapped(&" ".repeat(taken), taken, DIM, why);
            }
        }
    }

    /// `before → after` on one line where both fit, else below each other.
    fn change(&mut self, head: &str, taken: usize, change: &ChangeReport) {
        let after = &change.after.text;
        match &change.before {
            None => self.page.wrapped(head, taken, Style::new(), after),
            Some(before) if taken + width(&before.text) + 3 + width(after) <= self.page.width() => {
                let line = format!("{head}{} → {}", paint(REMOVED, &before.text), paint(ADDED, after));
                self.page.line(&line);
            }
            Some(before) => {
                self.page.wrapped(head, taken, REMOVED, &before.text);
                self.page.wrapped(&format!("{}→ ", " ".repeat(taken - 2)), taken, ADDED, after);
            }
        }
    }

    fn child(&mut self, line: &LineReport, indent: usize) {
        let (mark, style) = match line.kind {
            "added" => ("+", ADDED),
            "removed" => ("-", REMOVED),
            _ => ("~", CHANGED),
        };
        let fields: Vec<String> = line.fields.iter().map(in_words).collect();
        let text = if fields.is_empty() { line.line.clone() } else { format!("{}: {}", line.line, fields.join(", ")) };
        self.page.wrapped(&format!("{}{} ", " ".repeat(indent), paint(style, mark)), indent + 2, Style::new(), &text);
    }

    /// Held records, by what they wait for.
    fn waiting(&mut self, entity: &str) {
        let mut reasons: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        let mut order = Vec::new();
        for held in self.report.held.iter().filter(|held| held.entity == entity) {
            let key = (held.system.as_str(), held.reason.as_str());
            let records = reasons.entry(key).or_default();
            if records.is_empty() {
                order.push(key);
            }
            records.push(&held.record);
        }
        let shown = self.screen.shown(order.len());
        let tag = self.catalogue.text("tag-held");
        for key in &order[..shown] {
            let records = &reasons[key];
            let who = self.listed(records);
            let head = format!("  {} ", paint(CHANGED, &format!("· {tag}")));
            let text = format!("{who} ({}) · {}", key.0, key.1);
            self.page.wrapped(&head, width(&tag) + 5, Style::new(), &text);
        }
        self.rest("fold-held", order[shown..].iter().map(|key| reasons[key].len()).sum());
    }

    /// The first of some names, and how many more there are.
    fn listed(&self, records: &[&str]) -> String {
        let shown = if self.screen.all || records.len() <= 4 { records.len() } else { 3 };
        let names = records[..shown].join(", ");
        match records.len() - shown {
            0 => names,
            more => self.say(&Message::new("and-more").with("names", names).with("count", more)),
        }
    }

    fn problems(&mut self, entity: &str) {
        let here: Vec<_> = self.report.problems.iter().filter(|problem| problem.entity == entity).collect();
        let shown = self.screen.shown(here.len());
        let tag = self.catalogue.text("tag-problem");
        for problem in &here[..shown] {
            let head = format!("  {} ", paint(ALARM, &format!("x {tag}")));
            let text = format!("{} ({}) · {}", problem.record, problem.system, problem.messages.join("; "));
            self.page.wrapped(&head, width(&tag) + 5, Style::new(), &text);
        }
        self.rest("fold-problems", here.len() - shown);
    }

    /// What an undo leaves as it is.
    fn not_undone(&mut self) {
        let report = self.report;
        if report.not_undone.is_empty() {
            return;
        }
        self.page.gap();
        self.page.line(&paint(BOLD, &self.catalogue.text("title-not-undone")));
        let shown = self.screen.shown(report.not_undone.len());
        for kept in &report.not_undone[..shown] {
            let text = format!("{} · {}", kept_words(self.catalogue, kept), kept.reason);
            self.page.wrapped("  · ", 4, Style::new(), &text);
        }
        self.rest("fold-not-undone", report.not_undone.len() - shown);
    }

    fn rest(&mut self, key: &str, count: usize) {
        if count > 0 {
            let text = self.say(&Message::new(key).with("count", count));
            self.page.wrapped("    ", 4, DIM, &text);
        }
    }

    fn staying_out(&mut self, rows: &[&EntityRow]) {
        for row in rows {
            let mut parts = Vec::new();
            if row.dummy > 0 {
                parts.push(self.say(&Message::new("out-dummy").with("count", row.dummy)));
            }
            parts.extend(
                row.out_of_scope
                    .iter()
                    .map(|reason| format!("{} {}", self.catalogue.count(reason.count), reason.reason)),
            );
            if !parts.is_empty() {
                let message =
                    Message::new("out-of-scope").with("count", row.out() + row.dummy).with("system", &row.system);
                let text = format!("{}: {}", self.say(&message), parts.join(", "));
                self.page.wrapped("  ", 2, DIM, &text);
            }
            if let Some(missing) = &row.incomplete {
                let message = Message::new("incomplete").with("system", &row.system).with("missing", missing);
                let text = self.say(&message);
                self.page.wrapped("  ", 2, ALARM, &text);
            }
        }
    }

    fn accounts(&mut self, title: &str) {
        if self.report.entities.is_empty() {
            return;
        }
        self.page.gap();
        self.page.line(&paint(BOLD, &self.catalogue.text(title)));
        self.page.block(&accounts_table(self.catalogue, &self.report.entities, self.page.width()));
    }

    fn calls(&mut self, key: &str) {
        self.page.gap();
        for sentence in call_sentences(self.catalogue, self.report, key) {
            self.page.wrapped("", 0, DIM, &sentence);
        }
    }

    fn guards(&mut self) {
        for change in &self.report.rebaseline {
            self.page.gap();
            let tag = self.catalogue.text("tag-rebaseline");
            self.page.wrapped(&format!("{} ", paint(CHANGED, &tag)), width(&tag) + 1, Style::new(), &change.text);
        }
        for right in &self.report.missing_rights {
            self.page.gap();
            let tag = self.catalogue.text("tag-right");
            self.page.wrapped(&format!("{} ", paint(ALARM, &tag)), width(&tag) + 1, Style::new(), &right.text);
        }
        for guard in &self.report.guard {
            self.page.gap();
            let tag = self.catalogue.text("tag-guard");
            self.page.wrapped(&format!("{} ", paint(ALARM, &tag)), width(&tag) + 1, Style::new(), &guard.text);
        }
        if !self.report.guard.is_empty() {
            let hash = self.report.plan_hash.get(..12).unwrap_or(&self.report.plan_hash);
            self.page.wrapped("", 0, Style::new(), &self.catalogue.text("guard-advice"));
            self.command(&format!("apply {} --approve {hash} --because \"…\"", self.screen.apply()));
        }
    }

    fn verdict(&mut self) {
        self.page.gap();
        let line = verdict(self.catalogue, self.report);
        self.page.wrapped("", 0, BOLD, &line);
        if self.report.tally.writes() + self.report.tally.links > 0 {
            let text = self.say(&Message::new("plan-hash").with("hash", &self.report.plan_hash));
            self.page.wrapped("", 0, DIM, &text);
        }
        self.open_ends();
    }

    /// What waits for a person. A plan has shown it just above; after a run a command shows it for as long as it waits.
    fn open_ends(&mut self) {
        if !self.report.conflicts.is_empty() && self.report.outcome.is_none() {
            let text = self.say(&Message::new("conflicts-advice").with("count", self.report.conflicts.len()));
            self.page.wrapped("", 0, Style::new(), &text);
        } else if !self.report.conflicts.is_empty() {
            let text = self.say(&Message::new("conflicts-pointer").with("count", self.report.conflicts.len()));
            self.page.wrapped("", 0, Style::new(), &text);
            self.command(&format!("conflicts {}", self.screen.tail));
        }
        if self.report.unclear > 0 {
            let text = self.say(&Message::new("unclear-pointer").with("count", self.report.unclear));
            self.page.wrapped("", 0, Style::new(), &text);
            self.command(&format!("intents --mapping {}", self.screen.tail));
        }
    }

    /// A command to be copied: on a line of its own, and never broken.
    fn command(&mut self, command: &str) {
        self.page.line(&format!("    {}", paint(BOLD, &format!("runner {command}"))));
    }

    /// Actions that did not go as planned, and values that systems stored otherwise.
    fn unhappy_ends(&mut self) {
        let report = self.report;
        let ends = report.actions.iter().filter_map(|action| Some((action, action.result.as_ref()?)));
        let unhappy: Vec<_> =
            ends.filter(|(_, result)| result.end != "applied" || !result.stored_differently.is_empty()).collect();
        let shown = self.screen.shown(unhappy.len());
        if !unhappy.is_empty() {
            self.page.gap();
        }
        for (action, result) in &unhappy[..shown] {
            self.unhappy_end(action, result);
        }
        self.rest("fold-results", unhappy.len() - shown);
    }

    fn unhappy_end(&mut self, action: &ActionReport, result: &ResultReport) {
        let key = match result.end {
            "rejected" => "end-rejected",
            "unclear" => "end-unclear",
            "skipped" => "end-skipped",
            _ => "end-stored-differently",
        };
        let tag = self.catalogue.text(key);
        let style = if result.end == "applied" { CHANGED } else { ALARM };
        let mut text = format!("{} {} → {}", action.entity, action.record, action.system);
        if let Some(why) = &result.text {
            text.push_str(" · ");
            text.push_str(why);
        }
        self.page.wrapped(&format!("  {} ", paint(style, &tag)), width(&tag) + 3, Style::new(), &text);
        for stored in &result.stored_differently {
            let message = Message::new("stored-differently")
                .with("field", &stored.field)
                .with("asked", &stored.asked)
                .with("stored", &stored.stored);
            let text = self.say(&message);
            self.page.wrapped("      ", 6, Style::new(), &text);
        }
    }

    fn outcome(&mut self) {
        let line = outcome(self.catalogue, self.report);
        self.page.wrapped("", 0, BOLD, &line);
        let checked = self.report.outcome.as_ref().map_or(0, |outcome| outcome.checked);
        if checked > 0 {
            let text = Message::new("outcome-checked").with("count", checked);
            let text = self.say(&text.with("hash", crate::commands::short(&self.report.plan_hash)));
            self.page.wrapped("", 0, DIM, &text);
        }
    }
}

fn mark(kind: &str) -> (&'static str, Style) {
    match kind {
        "create" => ("+", ADDED),
        "update" => ("~", CHANGED),
        "delete" => ("-", REMOVED),
        _ => ("×", REMOVED),
    }
}
