//! Every exit code is reached, in the documented order of precedence.

use super::Exit;
use crate::fixture;
use selaras_model::Message;
use selaras_run::{ActionEnd, Applied, Planned};

/// A plan with everything wrong at once, to be put right step by step.
fn worst() -> Planned {
    let mut planned = fixture::planned();
    planned.stops = vec![fixture::stop()];
    planned.unclear = 1;
    planned
}

#[test]
fn a_plan_ends_by_what_weighs_most() {
    let mut planned = worst();
    assert_eq!(Exit::of_plan(&planned), Exit::Guard);
    planned.stops.clear();
    assert_eq!(Exit::of_plan(&planned), Exit::Pending);
    planned.plan.actions.clear();
    assert_eq!(Exit::of_plan(&planned), Exit::Unclear);
    planned.unclear = 0;
    assert_eq!(Exit::of_plan(&planned), Exit::Partly);
    planned.plan.problems.clear();
    assert_eq!(Exit::of_plan(&planned), Exit::Partly, "an incomplete reading counts too");
    planned.plan.entities.clear();
    assert_eq!(Exit::of_plan(&planned), Exit::Conflicts);
    planned.plan.conflicts.clear();
    assert_eq!(Exit::of_plan(&planned), Exit::Done, "held records are no conflict");
}

#[test]
fn a_run_ends_by_what_weighs_most() {
    let mut planned = fixture::planned();
    let mut applied = fixture::applied(&planned);
    assert_eq!(Exit::of_run(&planned, &applied), Exit::Unclear);
    applied.unclear = 0;
    assert_eq!(Exit::of_run(&planned, &applied), Exit::Unclear, "an unclear action counts even if nobody counted it");
    applied.results.retain(|result| !matches!(result.end, ActionEnd::Unclear(_)));
    planned.plan.problems.clear();
    planned.plan.entities.clear();
    assert_eq!(Exit::of_run(&planned, &applied), Exit::Partly);
    applied.results.retain(|result| matches!(result.end, ActionEnd::Applied { .. }));
    assert_eq!(Exit::of_run(&planned, &applied), Exit::Conflicts);
    planned.plan.conflicts.clear();
    assert_eq!(Exit::of_run(&planned, &applied), Exit::Done);
}

#[test]
fn refused_skipped_and_cancelled_are_partly() {
    let mut planned = fixture::nothing();
    planned.plan.entities.clear();
    let done = Applied { results: Vec::new(), unclear: 0, ..fixture::applied(&planned) };
    assert_eq!(Exit::of_run(&planned, &done), Exit::Done);
    assert_eq!(Exit::of_run(&planned, &Applied { cancelled: true, ..done.clone() }), Exit::Partly);
    for end in [ActionEnd::Rejected(Message::new("x")), ActionEnd::Skipped(Message::new("x"))] {
        let mut partly = done.clone();
        partly.results.push(selaras_run::ActionResult { action: "a".into(), end, stored_differently: Vec::new() });
        assert_eq!(Exit::of_run(&planned, &partly), Exit::Partly);
    }
}

#[test]
fn the_document_names_every_code() {
    let document = include_str!("../../../docs/exit-codes.md");
    for exit in Exit::ALL {
        assert!(
            document.contains(&format!("| {} | `{exit:?}` |", exit.code())),
            "{exit:?} is missing in docs/exit-codes.md"
        );
    }
}
