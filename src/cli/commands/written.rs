//! Writing a report where it was asked for.

use super::Context;
use super::session::{flags, place_flags, quoted, tail};
use crate::args::{Format, PlaceArgs, ReportArgs, SelectArgs};
use crate::console;
use crate::failure::Failure;
use crate::report::{self, PlanReport, Screen};
use std::path::Path;

/// Reports of one command: how they look and where they go.
pub struct Reports<'a> {
    context: &'a Context,
    args: &'a ReportArgs,
    screen: Screen,
}

impl<'a> Reports<'a> {
    /// The reports of a command about a mapping.
    pub fn new(
        context: &'a Context,
        args: &'a ReportArgs,
        mapping: &Path,
        select: &SelectArgs,
        place: &PlaceArgs,
    ) -> Self {
        let screen = console::screen(args.output.is_none(), args.all);
        let screen = Screen { tail: tail(mapping, place), selection: flags(select), ..screen };
        Self { context, args, screen }
    }

    /// The same for a saved plan: advice is about that very plan.
    pub fn of_saved(mut self, file: &Path, place: &PlaceArgs) -> Self {
        self.screen.apply = format!("--plan {}{}", quoted(&file.display().to_string()), place_flags(place));
        self
    }

    /// Whether a plan and its results go to stdout one after the other. Any other form is one document, written at the end.
    pub fn in_parts(&self) -> bool {
        self.args.form() == Format::Text && self.args.output.is_none()
    }

    /// A report as text, whatever form was asked for.
    pub fn text(&self, report: &PlanReport) -> String {
        report::text(&self.context.catalogue, report, &self.screen)
    }

    /// A report in the form asked for.
    pub fn rendered(&self, report: &PlanReport) -> String {
        match self.args.form() {
            Format::Text => self.text(report),
            Format::Json => report::json(report),
            Format::Markdown => report::markdown(&self.context.catalogue, report),
            Format::Html => format!("{}\n", report::html(&self.context.catalogue, report)),
        }
    }

    /// Writes a rendered report to the file asked for, or else to stdout. When it went to a file, stderr says what it comes to.
    pub fn write(&self, report: &PlanReport, rendered: &str) -> Result<(), Failure> {
        let Some(file) = &self.args.output else { return console::print(rendered) };
        let catalogue = &self.context.catalogue;
        console::save(file, rendered)?;
        console::say(&match report.outcome {
            Some(_) => report::outcome(catalogue, report),
            None => report::verdict(catalogue, report),
        });
        console::say_written(catalogue, file);
        Ok(())
    }

    /// Writes the report of a plan that is not applied now, and says how it would be.
    pub fn write_plan(&self, report: &PlanReport) -> Result<(), Failure> {
        self.write(report, &self.rendered(report))?;
        if report.guard.is_empty() && report.tally.writes() + report.tally.links > 0 {
            console::say(&self.context.catalogue.text("apply-with"));
            console::say(&format!("    runner apply {}", self.screen.apply()));
        }
        Ok(())
    }
}
