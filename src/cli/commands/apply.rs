//! `runner apply`: plan, show, guard, ask, write, report.

use super::Context;
use super::session::{Session, failed, lineage};
use super::written::Reports;
use crate::args::{ApplyArgs, Format};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::{self, Facts, PlanReport};
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
    args.report.output.as_deref().map_or(Ok(()), console::try_file)?;
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
    let reports = Reports::new(context, &args.report, &args.mapping, &args.select, &args.place);
    if args.dry_run {
        reports.write_plan(&plan)?;
        return Ok(exit);
    }
    let asking = plan.tally.writes() + plan.tally.links > 0 && !args.yes && !args.place.sandbox && console::can_ask();
    // The plan is shown before anything is written: where the results will go if that can be, else to whoever is asked.
    if reports.in_parts() {
        console::print(&reports.text(&plan))?;
    } else if asking {
        console::say_block(&reports.text(&plan));
    }
    if let Some(refused) = refused(context, args, &mut planned)? {
        if !reports.in_parts() {
            reports.write(&plan, &reports.rendered(&plan))?;
        }
        return Ok(refused);
    }
    if asking && !session.ask(context) {
        console::say(&context.catalogue.text("not-applied"));
        return Ok(Exit::Pending);
    }
    let applied = session.apply(context, &planned)?;
    let exit = Exit::of_run(&planned, &applied);
    session.workspace.note_exit(&planned.run, exit.code()).map_err(failed)?;
    let results = report::build(&context.catalogue, &Facts { planned: &planned, applied: Some(&applied), exit });
    reports.write(&results, &whole(args, &reports, &plan, &results))?;
    if let Some(side) = applied.ended {
        let system = &session.workspace.mapping().systems.get(side).name;
        console::say_block(&session.access_ended(system).render(&context.catalogue));
    }
    Ok(exit)
}

/// How it ends if the plan may not be carried out: rights for its writes are missing, or a guard speaks against it and not exactly this plan
/// was approved.
fn refused(context: &Context, args: &ApplyArgs, planned: &mut Planned) -> Result<Option<Exit>, Failure> {
    if let Some(approved) = &args.approve
        && !planned.plan.hash.starts_with(approved.as_str())
    {
        let what = Message::new("approve-differs").with("approved", approved).with("now", &planned.plan.hash);
        return Err(Failure::new(what).help(Message::new("approve-differs-help")).ending(Exit::Guard));
    }
    if !planned.stops.is_empty() && args.approve.is_some() {
        console::say(&context.catalogue.text("guard-approved"));
        planned.stops.clear();
    }
    if planned.lacks.left.len() + planned.lacks.right.len() > 0 {
        return Ok(Some(Exit::NotConnected));
    }
    Ok((!planned.stops.is_empty()).then_some(Exit::Guard))
}

/// The results as they are written. As text they follow the plan, which a file does not have yet.
fn whole(args: &ApplyArgs, reports: &Reports<'_>, plan: &PlanReport, results: &PlanReport) -> String {
    let rendered = reports.rendered(results);
    match args.report.form() {
        Format::Text if reports.in_parts() => format!("\n{rendered}"),
        Format::Text => format!("{}\n{rendered}", reports.text(plan)),
        Format::Json | Format::Markdown | Format::Html => rendered,
    }
}
