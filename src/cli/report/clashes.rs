//! Conflicts on a terminal: what each side holds, and what both last agreed on.

use super::layout::{BOLD, CHANGED, CONFLICT, DIM, Page, Screen, pad, paint, width};
use super::model::ConflictReport;
use crate::catalogue::Catalogue;
use anstyle::Style;
use selaras_model::Message;

/// Lays conflicts out.
pub(super) struct Clashes<'a> {
    pub(super) catalogue: &'a Catalogue,
    /// The names of the systems, in the mapping's order.
    pub(super) systems: Vec<&'a str>,
    pub(super) screen: &'a Screen,
    /// Whether the commands that answer are shown with each.
    pub(super) with_answers: bool,
    /// The flags that those commands need besides.
    pub(super) flags: &'a str,
}

impl Clashes<'_> {
    /// Adds conflicts of one entity to a page.
    pub(super) fn lay_out(&self, page: &mut Page, conflicts: &[&ConflictReport]) {
        let shown = self.screen.shown(conflicts.len());
        let tag = self.catalogue.text("tag-conflict");
        for conflict in &conflicts[..shown] {
            let head = format!("  {} {} ", paint(CONFLICT, &format!("! {tag}")), paint(BOLD, &conflict.id));
            let text = format!("{} · {}", conflict.record, conflict.message);
            page.wrapped(&head, width(&tag) + width(&conflict.id) + 6, Style::new(), &text);
            self.sides(page, conflict);
            self.candidates(page, conflict);
            if let Some(note) = &conflict.note {
                page.wrapped("      ", 6, CHANGED, note);
            }
            for decided in &conflict.decided {
                page.wrapped("      ", 6, CHANGED, &decided.text);
            }
            if self.with_answers {
                let withdraw = self.catalogue.text("conflict-help-decided");
                page.wrapped("      ", 6, DIM, if conflict.waits { &conflict.advice } else { &withdraw });
                for answer in &conflict.answers {
                    page.line(&format!("        {answer}{}", self.flags));
                }
            }
        }
        if shown < conflicts.len() {
            let rest = Message::new("fold-conflicts").with("count", conflicts.len() - shown);
            page.wrapped("    ", 4, DIM, &self.catalogue.render(&rest));
        }
    }

    fn candidates(&self, page: &mut Page, conflict: &ConflictReport) {
        let to = self.systems.iter().map(|name| width(name)).max().unwrap_or(0);
        let ids = conflict.candidates.iter().map(|candidate| width(&candidate.id)).max().unwrap_or(0);
        for candidate in &conflict.candidates {
            let (system, id) = (pad(&candidate.system, to), pad(&candidate.id, ids));
            let linked = if candidate.linked { self.catalogue.text("candidate-linked") } else { String::new() };
            let text = format!("{}  {linked}", candidate.record);
            page.wrapped(&format!("      {}  {id}  ", paint(DIM, &system)), 6 + to + 2 + ids + 2, Style::new(), &text);
        }
    }

    fn sides(&self, page: &mut Page, conflict: &ConflictReport) {
        let was = self.catalogue.text("conflict-base");
        let (unknown, deleted) = (self.catalogue.text("value-unknown"), self.catalogue.text("value-deleted"));
        let to = self.systems.iter().map(|name| width(name)).chain([width(&was)]).max().unwrap_or(0);
        let fields = conflict.fields.iter().map(|field| width(&field.field)).max().unwrap_or(0).min(24);
        for field in &conflict.fields {
            let none = |name: &str| if conflict.gone.as_deref() == Some(name) { &deleted } else { &unknown };
            let now = |name: &&'_ str| field.now.get(*name).map_or(none(name).as_str(), |cell| cell.text.as_str());
            let mut lines: Vec<(&str, &str, Style)> =
                self.systems.iter().map(|name| (*name, now(name), Style::new())).collect();
            let base = self.systems.iter().find_map(|name| field.base.get(*name));
            lines.extend(base.map(|cell| (was.as_str(), cell.text.as_str(), DIM)));
            for (at, (who, value, style)) in lines.into_iter().enumerate() {
                let name = if at == 0 { field.field.as_str() } else { "" };
                let head = format!("      {}  {}  ", paint(DIM, &pad(name, fields)), paint(DIM, &pad(who, to)));
                page.wrapped(&head, 6 + fields.max(width(name)) + 2 + to + 2, style, value);
            }
        }
    }
}

/// All conflicts of a mapping, with styles in it.
#[must_use]
pub fn conflicts_text(
    catalogue: &Catalogue,
    systems: Vec<&str>,
    conflicts: &[ConflictReport],
    screen: &Screen,
    flags: &str,
) -> String {
    let screen = Screen { all: true, ..screen.clone() };
    let clashes = Clashes { catalogue, systems, screen: &screen, with_answers: true, flags };
    let mut page = Page::new(screen.width);
    let mut rest = conflicts.iter().collect::<Vec<_>>();
    while let Some(first) = rest.first() {
        let entity = first.entity.clone();
        let (here, others) = rest.into_iter().partition(|conflict| conflict.entity == entity);
        rest = others;
        page.gap();
        page.line(&paint(BOLD, &entity));
        clashes.lay_out(&mut page, &here);
    }
    page.gap();
    let last = match (conflicts.iter().filter(|conflict| conflict.waits).count(), conflicts.len()) {
        (0, 0) => catalogue.text("conflicts-none"),
        (0, _) => catalogue.text("conflicts-decided"),
        (count, _) => catalogue.render(&Message::new("conflicts-advice").with("count", count)),
    };
    page.wrapped("", 0, Style::new(), &last);
    page.finish()
}
