//! `runner plan`: what `apply` would do. Writes nothing but the file asked for.

use super::session::{Session, tail};
use super::{Context, written};
use crate::args::PlanArgs;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::{self, Facts};

/// Runs the command.
pub fn run(context: &Context, args: &PlanArgs) -> Result<Exit, Failure> {
    let mut session = Session::open(context, &args.mapping, &args.place)?;
    let planned = session.plan(context, &args.select)?;
    session.close()?;
    let exit = Exit::of_plan(&planned);
    let report = report::build(&context.catalogue, &Facts { planned: &planned, applied: None, exit });
    let screen = console::screen(args.report.output.is_none(), args.report.all, tail(&args.mapping, &args.place));
    let text = written::rendered(context, &args.report, &report, &screen);
    written::write(context, &args.report, &text, &report::verdict(&context.catalogue, &report))?;
    Ok(exit)
}
