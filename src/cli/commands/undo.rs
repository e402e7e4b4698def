//! `runner undo`: a plan that takes back what a run wrote, saved to be looked at and applied. Writes nothing but the files asked for.

use super::Context;
use super::by_hand::{ground, side_of};
use super::saved::save;
use super::session::Session;
use super::written::Reports;
use crate::args::{SelectArgs, UndoArgs};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::{self, Facts};
use selaras_model::{Message, RunId};
use selaras_run::{Selection, UndoOrder};
use std::path::PathBuf;

/// Runs the command.
pub fn run(context: &Context, args: &UndoArgs) -> Result<Exit, Failure> {
    let (mapping, path) = ground(context, &args.mapping, &args.place)?;
    let only = side_of(&mapping, args.only.as_ref())?;
    let run = one_run(&selaras_run::runs(&path, &mapping.name, u32::MAX).map_err(super::session::failed)?, &args.run)?;
    let file = args.save.clone().unwrap_or_else(|| PathBuf::from(format!("undo-{run}.plan")));
    if let Some(output) = args.report.output.as_deref() {
        if output == file {
            return Err(Failure::new(Message::new("plan-same-file").with("file", output.display())));
        }
        console::try_file(output)?;
    }
    console::try_file(&file)?;
    let mut session = Session::open(context, &args.mapping, &args.place)?;
    let selection = Selection { undo: Some(UndoOrder { run, only }), ..Selection::default() };
    let planned = session.plan_of(context, &selection)?;
    session.close()?;
    let exit = Exit::of_plan(&planned);
    let report = report::build(&context.catalogue, &Facts { planned: &planned, applied: None, exit });
    let select = SelectArgs::default();
    let reports = Reports::new(context, &args.report, &args.mapping, &select, &args.place);
    let reports = reports.of_saved(&file, &args.place);
    reports.write(&report, &reports.rendered(&report))?;
    if planned.plan.actions.is_empty() {
        console::say(&context.catalogue.text("undo-nothing"));
        return Ok(exit);
    }
    save(context, &args.mapping, &args.place, &file, planned, selection)?;
    Ok(exit)
}

/// The run of an id, or of the beginning of one; `last`: the last one that wrote something.
fn one_run(runs: &[selaras_run::RunSummary], given: &str) -> Result<RunId, Failure> {
    let failure = |key: &str| {
        let what = Message::new(key).with("run", given);
        Failure::new(what).help(Message::new("undo-run-help"))
    };
    if given == "last" {
        let wrote = runs.iter().find(|run| run.applied > 0);
        return wrote.map(|run| run.run.clone()).ok_or_else(|| failure("undo-no-run"));
    }
    let fitting: Vec<&RunId> = runs.iter().map(|run| &run.run).filter(|run| run.as_str().starts_with(given)).collect();
    match fitting[..] {
        [run] => Ok(run.clone()),
        [] => Err(failure("undo-no-run")),
        _ => fitting
            .iter()
            .find(|run| run.as_str() == given)
            .map_or_else(|| Err(failure("undo-several-runs")), |run| Ok((*run).clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use selaras_run::RunSummary;

    #[test]
    fn a_run_is_named_by_its_beginning() {
        let run = |id: &str, applied: u64| -> RunSummary {
            let text = format!(
                r#"{{"run":"{id}","started_ms":0,"finished_ms":1,"mapping":"m","titles":["a","b"],"applied":{applied},"rejected":0,"unclear":0,"skipped":0}}"#
            );
            serde_json::from_str(&text).unwrap()
        };
        let runs = [run("20260103T1-9", 0), run("20260102T1-8", 3), run("20260102T1-80", 1)];
        let found = |given: &str| one_run(&runs, given).map(|run| run.to_string()).ok();
        assert_eq!(found("20260103").as_deref(), Some("20260103T1-9"));
        assert_eq!(found("20260102T1-8").as_deref(), Some("20260102T1-8"), "the whole id wins over a longer one");
        assert_eq!(found("20260102"), None);
        assert_eq!(found("2027"), None);
        assert_eq!(found("last").as_deref(), Some("20260102T1-8"), "a run that wrote nothing has nothing to take back");
    }
}
