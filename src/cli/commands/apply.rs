//! `runner apply`: plan (or take a saved plan), show, guard, ask, write, report.

use super::Context;
use super::approve::approval;
use super::plan::note_approval;
use super::saved::{self, Opened};
use super::session::{Reviewed, Session, failed, lineage};
use super::written::Reports;
use crate::args::{ApplyArgs, Format};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lease::Waiting;
use crate::report::{self, Facts, PlanReport};
use selaras_model::Message;
use selaras_run::{Approval, Planned, RunError};
use selaras_store::StoreError;
use std::path::{Path, PathBuf};

/// Runs the command.
pub fn run(context: &Context, args: &ApplyArgs) -> Result<Exit, Failure> {
    // A hash that is none is said before anything is opened.
    let approval = args.approve.as_ref().map(|hash| approval(hash, args.because.as_deref().unwrap_or_default()));
    let approval = approval.transpose()?;
    args.report.output.as_deref().map_or(Ok(()), console::try_file)?;
    let opened = saved::open(context, args)?;
    let mapping = opened.as_ref().map(|opened| opened.mapping.clone()).or_else(|| args.mapping.clone());
    let mapping = mapping.unwrap_or_else(|| PathBuf::from(crate::args::DEFAULT_MAPPING));
    let mut session = Session::open(context, &mapping, &args.place)?;
    let exit = Job { context, args, opened: opened.as_ref(), mapping: &mapping, approval }.apply(&mut session);
    let closed = session.close();
    let exit = exit?;
    closed.map(|()| exit)
}

/// What is to be applied.
struct Job<'a> {
    context: &'a Context,
    args: &'a ApplyArgs,
    opened: Option<&'a Opened>,
    mapping: &'a Path,
    /// Given with this very command.
    approval: Option<Approval>,
}

impl Job<'_> {
    /// What others are told that this is.
    fn named(&self) -> String {
        match &self.args.plan {
            Some(plan) => format!("runner apply --plan {}", plan.display()),
            None => format!("runner apply {}", self.mapping.display()),
        }
    }

    fn apply(&self, session: &mut Session) -> Result<Exit, Failure> {
        let (context, args) = (self.context, self.args);
        if let Some(opened) = self.opened {
            // Said before the state is taken (or made): a plan for something else touches nothing.
            session.workspace.check_binding(&opened.saved.planned).map_err(|error| self.refusal(error))?;
        }
        if !args.dry_run {
            // Held to the end, so that nobody else plans from a state that is about to change.
            let waiting = Waiting::new(context, args.wait, self.named());
            let again = |held: &StoreError| waiting.again(held);
            session.workspace.take(&lineage(), &waiting.taking(&again)).map_err(failed)?;
        }
        let (plan, mut planned) = self.plan(session)?;
        let exit = Exit::of_plan(&planned);
        let reports = self.reports();
        if args.dry_run {
            reports.write_plan(&plan)?;
            self.tell_moved(&planned);
            return Ok(exit);
        }
        let asking =
            plan.tally.writes() + plan.tally.links > 0 && !args.yes && !args.place.sandbox && console::can_ask();
        // The plan is shown before anything is written: where the results will go if that can be, else to whoever is asked.
        if reports.in_parts() {
            console::print(&reports.text(&plan))?;
        } else if asking {
            console::say_block(&reports.text(&plan));
        }
        if let Some(refused) = self.refused(session, &mut planned)? {
            if !reports.in_parts() {
                reports.write(&plan, &reports.rendered(&plan))?;
            }
            return Ok(refused);
        }
        self.tell_moved(&planned);
        if asking && !session.ask(context) {
            console::say(&context.catalogue.text("not-applied"));
            return Ok(Exit::Pending);
        }
        self.carry_out(session, &planned, &plan, &reports)
    }

    /// The plan as it is shown, and as it is to be carried out.
    fn plan(&self, session: &mut Session) -> Result<(PlanReport, Planned), Failure> {
        let (context, args) = (self.context, self.args);
        let shown = |planned: &Planned| {
            let exit = Exit::of_plan(planned);
            report::build(&context.catalogue, &Facts { planned, applied: None, exit })
        };
        if let Some(Opened { saved, .. }) = self.opened {
            let planned = session.review(context, &Reviewed::Saved(saved))?;
            return Ok((shown(&planned), planned));
        }
        let mut planned = session.plan(context, &args.select)?;
        if args.dry_run {
            note_approval(context, session, &mut planned)?;
        }
        let plan = shown(&planned);
        if args.all_or_nothing && !args.dry_run && !planned.plan.actions.is_empty() {
            let reviewed = session.review(context, &Reviewed::Made(&planned, &args.select))?;
            return Ok((plan, reviewed));
        }
        Ok((plan, planned))
    }

    fn carry_out(
        &self,
        session: &mut Session,
        planned: &Planned,
        plan: &PlanReport,
        reports: &Reports<'_>,
    ) -> Result<Exit, Failure> {
        let (context, args) = (self.context, self.args);
        let moved = planned.review.as_ref().map_or(0, |review| review.moved.len());
        if args.all_or_nothing && moved > 0 {
            if !reports.in_parts() {
                reports.write(plan, &reports.rendered(plan))?;
            }
            console::say(&context.catalogue.render(&Message::new("plan-nothing").with("count", moved)));
            return Ok(Exit::Partly);
        }
        let applied = session.apply(context, planned)?;
        let exit = Exit::of_run(planned, &applied);
        session.workspace.note_exit(&planned.run, exit.code()).map_err(failed)?;
        let results = report::build(&context.catalogue, &Facts { planned, applied: Some(&applied), exit });
        reports.write(&results, &self.whole(reports, plan, &results))?;
        if let Some(side) = applied.ended {
            let system = &session.workspace.mapping().systems.get(side).name;
            console::say_block(&session.access_ended(system).render(&context.catalogue));
        }
        Ok(exit)
    }

    fn reports(&self) -> Reports<'_> {
        let (context, args) = (self.context, self.args);
        let reports = Reports::new(context, &args.report, self.mapping, &args.select, &args.place);
        match &args.plan {
            Some(file) => reports.of_saved(file, &args.place),
            None => reports,
        }
    }

    /// A plan that is not for what is here, with the command that makes one that is.
    fn refusal(&self, error: RunError) -> Failure {
        match error {
            RunError::Bound(message) => {
                let undoes = self.opened.and_then(|opened| opened.saved.selection.undo.as_ref());
                saved::bound(&message, self.mapping, self.args, undoes)
            }
            other => failed(other),
        }
    }

    /// What of the plan no longer holds. Those records are named in the results; here it is said before anybody agrees to the rest.
    fn tell_moved(&self, planned: &Planned) {
        let Some(review) = planned.review.as_ref().filter(|review| !review.moved.is_empty()) else { return };
        let message = Message::new("plan-moved").with("count", review.moved.len());
        console::say(&self.context.catalogue.render(&message.with("of", planned.plan.actions.len())));
        const SHOWN: usize = 10;
        for (at, why) in review.moved.iter().take(SHOWN) {
            let label = planned.plan.actions.get(*at).map_or("", |action| action.label.as_str());
            console::say(&format!("    {label}: {}", self.context.catalogue.render(why)));
        }
    }

    /// How it ends if the plan may not be carried out: rights for its writes are missing, or a guard speaks against it and nobody has approved
    /// exactly this plan.
    fn refused(&self, session: &mut Session, planned: &mut Planned) -> Result<Option<Exit>, Failure> {
        if let Some(approval) = &self.approval
            && !planned.plan.hash.starts_with(&approval.hash)
        {
            let what = Message::new("approve-differs").with("approved", &approval.hash).with("now", &planned.plan.hash);
            return Err(Failure::new(what).help(Message::new("approve-differs-help")).ending(Exit::Guard));
        }
        if !planned.stops.is_empty() {
            if let Some(approval) = &self.approval {
                session.workspace.approve(approval).map_err(failed)?;
            }
            if let Some(approval) = session.workspace.approval(planned).map_err(failed)? {
                let said = Message::new("guard-approved").with("by", &approval.signature.by);
                console::say(&self.context.catalogue.render(&said.with("because", &approval.signature.because)));
                planned.approved = Some(approval.signature);
                planned.stops.clear();
            }
        }
        if planned.lacks.left.len() + planned.lacks.right.len() > 0 {
            return Ok(Some(Exit::NotConnected));
        }
        if planned.stops.is_empty() {
            return Ok(None);
        }
        let now = jiff::Timestamp::now().as_millisecond();
        session.workspace.note_refused(planned, now, Exit::Guard.code()).map_err(failed)?;
        Ok(Some(Exit::Guard))
    }

    /// The results as they are written. As text they follow the plan, which a file does not have yet.
    fn whole(&self, reports: &Reports<'_>, plan: &PlanReport, results: &PlanReport) -> String {
        let rendered = reports.rendered(results);
        match self.args.report.form() {
            Format::Text if reports.in_parts() => format!("\n{rendered}"),
            Format::Text => format!("{}\n{rendered}", reports.text(plan)),
            Format::Json | Format::Markdown | Format::Html => rendered,
        }
    }
}
