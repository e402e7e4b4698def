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

/// Runs the command.
pub fn run(context: &Context, args: &PlanArgs) -> Result<Exit, Failure> {
    check_files(args)?;
    let mut session = Session::open(context, &args.mapping, &args.place)?;
    let planned = session.plan(context, &args.select)?;
    let selection = selection(&args.select, session.workspace.mapping())?;
    session.close()?;
    let exit = Exit::of_plan(&planned);
    let report = report::build(&context.catalogue, &Facts { planned: &planned, applied: None, exit });
    let reports = Reports::new(context, &args.report, &args.mapping, &args.select, &args.place);
    match &args.save {
        None => reports.write_plan(&report)?,
        Some(file) => {
            reports.write(&report, &reports.rendered(&report))?;
            save(context, &args.mapping, &args.place, file, planned, selection)?;
        }
    }
    Ok(exit)
}

/// Better to know before a long run than after it that a file cannot be written.
fn check_files(args: &PlanArgs) -> Result<(), Failure> {
    if let Some(output) = args.report.output.as_deref() {
        // Who names a report like a plan wants the plan.
        if output.extension().is_some_and(|ending| ending == "plan") && args.report.format.is_none() {
            let help = Message::new("plan-output-help").with("file", output.display());
            return Err(Failure::new(Message::new("plan-output").with("file", output.display())).help(help));
        }
        if args.save.as_deref() == Some(output) {
            return Err(Failure::new(Message::new("plan-same-file").with("file", output.display())));
        }
        console::try_file(output)?;
    }
    args.save.as_deref().map_or(Ok(()), console::try_file)
}
