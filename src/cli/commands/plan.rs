//! `runner plan`: what `apply` would do. Writes nothing but the files asked for.

use super::Context;
use super::saved::save;
use super::session::{Session, failed, selection};
use super::written::Reports;
use crate::args::PlanArgs;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::{self, Facts};
use selaras_model::Message;
use selaras_run::Planned;
use std::path::Path;

/// Runs the command.
pub fn run(context: &Context, args: &PlanArgs) -> Result<Exit, Failure> {
    let (save_as, report_as) = args.files();
    check_files(save_as.as_deref(), report_as.output.as_deref())?;
    let mut session = Session::open(context, &args.mapping, &args.place)?;
    let mut planned = session.plan(context, &args.select)?;
    let selection = selection(&args.select, session.workspace.mapping())?;
    // What guards say is kept in a saved plan: whether it is approved is looked at again when it is applied.
    let stops = planned.stops.clone();
    note_approval(context, &session, &mut planned)?;
    session.close()?;
    let exit = Exit::of_plan(&planned);
    let report = report::build(&context.catalogue, &Facts { planned: &planned, applied: None, exit });
    planned.stops = stops;
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

/// A plan that a guard stops, and that a person has approved, is carried out: what would be done is what is shown.
pub fn note_approval(context: &Context, session: &Session, planned: &mut Planned) -> Result<(), Failure> {
    if planned.stops.is_empty() {
        return Ok(());
    }
    let Some(approval) = session.workspace.approval(planned).map_err(failed)? else { return Ok(()) };
    let said = Message::new("guard-is-approved").with("by", &approval.signature.by);
    console::say(&context.catalogue.render(&said.with("because", &approval.signature.because)));
    planned.approved = Some(approval.signature);
    planned.stops.clear();
    Ok(())
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
