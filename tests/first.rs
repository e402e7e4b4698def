//! The first run.
mod support;
use support::World;

#[test]
fn first_run() {
    let mut world = World::panduan();
    let planned = world.plan();
    println!("{:#?}", support::kinds(&planned.plan));
    println!("{:#?}", planned.plan.held.iter().take(5).collect::<Vec<_>>());
    println!("{:#?}", planned.plan.problems.iter().take(5).collect::<Vec<_>>());
    println!("{:#?}", planned.plan.conflicts.iter().take(5).collect::<Vec<_>>());
    for report in &planned.plan.entities { println!("{} {:?}", report.entity, report.counts); }
    let (_, applied) = world.apply();
    for r in applied.results.iter().filter(|r| !matches!(r.end, selaras_run::ActionEnd::Applied{..}) || !r.stored_differently.is_empty()).take(10) { println!("{r:?}"); }
    println!("{:#?}", applied.sync_info);
    let again = world.plan();
    println!("{:#?}", support::kinds(&again.plan));
    println!("{:#?}", again.plan.actions.iter().take(3).collect::<Vec<_>>());
}
