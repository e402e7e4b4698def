//! `runner apply`: plan, show, guard, ask, write, report.

use super::session::{Session, failed, lineage, tail};
use super::{Context, written};
use crate::args::{ApplyArgs, Format};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::{self, Facts, PlanReport, Screen};
use selaras_model::Message;
use selaras_run::Planned;

/// The shortest part of a plan's hash that names it.
const SHORTEST_HASH: usize = 12;

/// Runs the command.
pub fn run(context: &Context, args: &ApplyArgs) -> Result<Exit, Failure> {
    if let Some(given) = args.approve.as_ref().filter(|given| given.len() < SHORTEST_HASH) {
        let what = Message::new("approve-short").with("given", given);
        return Err(Failure::new(what).help(Message::new("approve-short-help")));
    }
    let mut session = Session::open(context, &args.mapping, &args.place)?;
    let exit = apply(context, args, &mut session);
    let closed = session.close();
    let exit = exit?;
    closed.map(|()| exit)
}

fn apply(context: &Context, args: &ApplyArgs, session: &mut Session) -> Result<Exit, Failure> {
    if !args.dry_run {
        // Held to the end, so that nobody else plans from a state that is about to change.
        session.workspace.lock(&lineage()).map_err(failed)?;
    }
    let mut planned = session.plan(context, &args.select)?;
    let exit = Exit::of_plan(&planned);
    let plan = report::build(&context.catalogue, &Facts { planned: &planned, applied: None, exit });
    let show = Show::new(context, args);
    if args.dry_run {
        show.last(&plan)?;
        return Ok(exit);
    }
    let asking = plan.tally.writes() + plan.tally.links > 0 && !args.yes && !args.place.sandbox && console::can_ask();
    show.first(&plan, asking)?;
    if let Some(stopped) = guarded(context, args, &show, &mut planned, &plan)? {
        return Ok(stopped);
    }
    if asking && !console::ask(&context.catalogue) {
        console::say(&context.catalogue.text("not-applied"));
        return Ok(Exit::Pending);
    }
    let applied = session.apply(context, &planned)?;
    let exit = Exit::of_run(&planned, &applied);
    let results = report::build(&context.catalogue, &Facts { planned: &planned, applied: Some(&applied), exit });
    show.last(&results)?;
    Ok(exit)
}

/// Ends the run where a guard says so, unless exactly this plan was approved.
fn guarded(
    context: &Context,
    args: &ApplyArgs,
    show: &Show<'_>,
    planned: &mut Planned,
    plan: &PlanReport,
) -> Result<Option<Exit>, Failure> {
    if let Some(approved) = &args.approve
        && !planned.plan.hash.starts_with(approved.as_str())
    {
        let what = Message::new("approve-differs").with("approved", approved).with("now", &planned.plan.hash);
        return Err(Failure::new(what).help(Message::new("approve-differs-help")).ending(Exit::Guard));
    }
    if planned.stops.is_empty() {
        return Ok(None);
    }
    if args.approve.is_some() {
        console::say(&context.catalogue.text("guard-approved"));
        planned.stops.clear();
        return Ok(None);
    }
    if !show.in_parts() {
        show.last(plan)?;
    }
    Ok(Some(Exit::Guard))
}

/// Where the plan and then the results are shown.
struct Show<'a> {
    context: &'a Context,
    args: &'a ApplyArgs,
    screen: Screen,
}

impl<'a> Show<'a> {
    fn new(context: &'a Context, args: &'a ApplyArgs) -> Self {
        let screen = console::screen(args.report.output.is_none(), args.report.all, tail(&args.mapping, &args.place));
        Self { context, args, screen }
    }

    /// Whether plan and results go to stdout one after the other. Any other form is one document, written at the end.
    fn in_parts(&self) -> bool {
        self.args.report.form() == Format::Text && self.args.report.output.is_none()
    }

    /// Shows the plan before anything is written: where the results will go if that can be, else to whoever is asked.
    fn first(&self, plan: &PlanReport, asking: bool) -> Result<(), Failure> {
        let text = || report::text(&self.context.catalogue, plan, &self.screen);
        if self.in_parts() {
            console::print(&text())?;
        } else if asking {
            console::say_block(&text());
        }
        Ok(())
    }

    /// Shows the last report: the plan of a dry run, or the results.
    fn last(&self, report: &PlanReport) -> Result<(), Failure> {
        let catalogue = &self.context.catalogue;
        let mut text = written::rendered(self.context, &self.args.report, report, &self.screen);
        if report.outcome.is_some() && self.in_parts() {
            text.insert(0, '\n');
        }
        let sum = match report.outcome {
            Some(_) => report::outcome(catalogue, report),
            None => report::verdict(catalogue, report),
        };
        written::write(self.context, &self.args.report, &text, &sum)
    }
}
