//! `runner plan`: what `apply` would do. Writes nothing but the files asked for.

use super::Context;
use super::saved::save;
use super::session::{Session, selection};
use super::written::Reports;
use crate::args::PlanArgs;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::{self, Facts};
use selaras_model::Message;
use std::path::Path;

/// Runs the command.
pub fn run(context: &Context, args: &PlanArgs) -> Result<Exit, Failure> {
    let (save_as, report_as) = args.files();
    check_files(save_as.as_deref(), report_as.output.as_deref())?;
    let mut session = Session::open(context, &args.mapping, &args.place)?;
    let planned = session.plan(context, &args.select)?;
    let selection = selection(&args.select, session.workspace.mapping())?;
    session.close()?;
    let exit = Exit::of_plan(&planned);
    let report = report::build(&context.catalogue, &Facts { planned: &planned, applied: None, exit });
    let reports = Reports::new(context, &report_as, &args.mapping, &args.select, &args.place);
    match &save_as {
        None => reports.write_plan(&report)?,
        Some(file) => {
            reports.write(&report, &reports.rendered(&report))?;
            save(context, &args.mapping, &args.place, file, planned, selection)?;
        }
    }
    Ok(exit)
}

/// Better to know before a long run than after it that a file cannot be written.
fn check_files(save: Option<&Path>, output: Option<&Path>) -> Result<(), Failure> {
    if let (Some(save), Some(output)) = (save, output)
        && save == output
    {
        return Err(Failure::new(Message::new("plan-same-file").with("file", output.display())));
    }
    [output, save].into_iter().flatten().try_for_each(console::try_file)
}
