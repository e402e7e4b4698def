//! `runner plan`: what `apply` would do. Writes nothing but the file asked for.

use super::Context;
use super::session::Session;
use super::written::Reports;
use crate::args::PlanArgs;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::{self, Facts};

/// Runs the command.
pub fn run(context: &Context, args: &PlanArgs) -> Result<Exit, Failure> {
    args.report.output.as_deref().map_or(Ok(()), console::try_file)?;
    let mut session = Session::open(context, &args.mapping, &args.place)?;
    let planned = session.plan(context, &args.select)?;
    session.close()?;
    let exit = Exit::of_plan(&planned);
    let report = report::build(&context.catalogue, &Facts { planned: &planned, applied: None, exit });
    Reports::new(context, &args.report, &args.mapping, &args.select, &args.place).write_plan(&report)?;
    Ok(exit)
}
