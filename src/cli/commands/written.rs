//! Writing a report where it was asked for.

use super::Context;
use crate::args::{Format, ReportArgs};
use crate::console;
use crate::failure::Failure;
use crate::report::{self, PlanReport, Screen};

/// A report in the form asked for.
pub fn rendered(context: &Context, args: &ReportArgs, report: &PlanReport, screen: &Screen) -> String {
    match args.form() {
        Format::Text => report::text(&context.catalogue, report, screen),
        Format::Json => report::json(report),
        Format::Markdown => report::markdown(&context.catalogue, report),
        Format::Html => {
            let mut page = report::html(&context.catalogue, report);
            page.push('\n');
            page
        }
    }
}

/// Writes text to the file asked for, or else to stdout. `sum` is said when it went to a file.
pub fn write(context: &Context, args: &ReportArgs, text: &str, sum: &str) -> Result<(), Failure> {
    let Some(file) = &args.output else { return console::print(text) };
    console::save(file, text)?;
    console::say(sum);
    console::say_written(&context.catalogue, file);
    Ok(())
}
