//! Taking runs back, waiting deletes and what speaks for a delete, over the simulated systems.

mod support;

use selaras_model::{RunId, Side, Transition};
use selaras_plan::{ActionKind, ConflictKind};
use selaras_run::{Applied, Asked, Planned, Quiet, SavedPlan, Selection, UndoOrder};
use serde_json::json;
use std::sync::atomic::AtomicBool;
use support::orders::Shop;

const DAY_MS: i64 = 86_400_000;

fn undo_of(run: &RunId) -> Selection {
    Selection { undo: Some(UndoOrder { run: run.clone(), only: None }), ..Selection::default() }
}

/// The plan that takes a run back, as a file holds it.
fn saved(shop: &mut Shop, selection: Selection) -> SavedPlan {
    let planned = shop.world.plan_only(&selection);
    let text = SavedPlan::new(planned, selection, "m.yaml".into()).text();
    SavedPlan::read(&text).expect("it is as it was saved")
}

fn carry_out(shop: &mut Shop, saved: &SavedPlan) -> (Planned, Applied) {
    shop.world.runs += 1;
    shop.world.now_ms += 60_000;
    let (run, now) = (RunId(format!("{:04}", shop.world.runs)), shop.world.now_ms);
    let mut workspace = shop.world.workspace();
    workspace.lock("test").expect("the state can be locked");
    let planned = workspace.review(&run, saved, now, &Quiet).expect("it is for this state");
    assert_eq!(planned.stops, []);
    let permit = shop.world.host.permit_writes();
    let applied = workspace.apply(&permit, &planned, &|| now, &Quiet, &AtomicBool::new(false)).expect("it applies");
    (planned, applied)
}

fn smh_name(shop: &Shop, code: &str) -> serde_json::Value {
    shop.http.smh_find("customers", code).expect("it is there")["name"].clone()
}

fn accurate_name(shop: &Shop, code: &str) -> serde_json::Value {
    shop.rows("customer").into_iter().find(|row| row["customerNo"] == code).expect("it is there")["name"].clone()
}

fn kept(planned: &Planned) -> Vec<&str> {
    planned.plan.kept.iter().map(|kept| kept.reason.key.as_str()).collect()
}

/// A shop in which a run has brought two edits from Accurate to SMH; that run.
fn edited() -> (Shop, RunId) {
    let mut shop = Shop::open();
    shop.set("customer", "customerNo", "C-1", "name", json!("Makmur Salah"));
    shop.set("customer", "customerNo", "C-2", "name", json!("Sejahtera Salah"));
    let (planned, applied) = shop.world.settle();
    assert_eq!((applied.results.len(), smh_name(&shop, "C-1")), (2, json!("Makmur Salah")));
    (shop, planned.run)
}

#[test]
fn a_run_is_taken_back_on_both_sides_and_that_again() {
    let (mut shop, run) = edited();
    let plan = saved(&mut shop, undo_of(&run));
    assert_eq!((plan.planned.plan.actions.len(), kept(&plan.planned).len()), (4, 0));
    assert_eq!(smh_name(&shop, "C-1"), "Makmur Salah", "making the plan writes nothing");
    let before = shop.world.plan().sync_info;
    let (done, applied) = carry_out(&mut shop, &plan);
    assert_eq!(applied.sync_info, before, "nothing is counted anew, and nothing is lost");
    for (code, name) in [("C-1", "Toko Makmur"), ("C-2", "Toko Sejahtera")] {
        assert_eq!((accurate_name(&shop, code), smh_name(&shop, code)), (json!(name), json!(name)));
    }
    assert_eq!(shop.world.plan().plan.actions, [], "the next run brings nothing back");
    let runs = selaras_run::runs(&shop.world.state(), "accurate-smh", 9).expect("they can be read");
    assert_eq!((&runs[0].run, runs[0].undoes.as_ref()), (&done.run, Some(&run)));

    let again = saved(&mut shop, undo_of(&done.run));
    let (again, _) = carry_out(&mut shop, &again);
    assert_eq!((accurate_name(&shop, "C-1"), smh_name(&shop, "C-1")), (json!("Makmur Salah"), json!("Makmur Salah")));
    assert_eq!(shop.world.plan().plan.actions, []);
    // The same edit once more is no back and forth of ours.
    let back = saved(&mut shop, undo_of(&again.run));
    assert_eq!(kept(&back.planned), [""; 0]);
    shop.set("customer", "customerNo", "C-1", "name", json!("Makmur Lagi"));
    assert_eq!(shop.world.settle().0.plan.conflicts, []);
}

#[test]
fn a_run_that_nobody_knows_is_said_so() {
    let mut shop = Shop::open();
    let error = shop.world.try_plan(&undo_of(&RunId::from("nobody"))).expect_err("there is none");
    assert_eq!(error.message().key, "run-undo-unknown");
}

#[test]
fn what_was_touched_before_the_plan_or_after_it_stays() {
    let (mut shop, run) = edited();
    let id = shop.id("customers", "C-1").as_str().expect("an id").to_owned();
    shop.http.smh_update("customers", &id, json!({"name": "Makmur Benar"}));
    let plan = saved(&mut shop, undo_of(&run));
    assert_eq!((plan.planned.plan.actions.len(), kept(&plan.planned)), (2, vec!["plan-kept-touched"]));
    // Meanwhile somebody edits the other one, too.
    shop.set("customer", "customerNo", "C-2", "name", json!("Sejahtera Benar"));
    let (planned, applied) = carry_out(&mut shop, &plan);
    assert_eq!(planned.review.expect("looked again").moved.len(), 2);
    assert_eq!(applied.checked, 0);
    shop.world.settle();
    assert_eq!((smh_name(&shop, "C-1"), accurate_name(&shop, "C-1")), (json!("Makmur Benar"), json!("Makmur Benar")));
    assert_eq!(
        (smh_name(&shop, "C-2"), accurate_name(&shop, "C-2")),
        (json!("Sejahtera Benar"), json!("Sejahtera Benar"))
    );
}

#[test]
fn an_undo_that_is_cut_in_half_is_completed_by_the_next_run() {
    let cases =
        ["accurate", "smh"].into_iter().flat_map(|system| ["html-502", "lose-answer"].map(|kind| (system, kind)));
    for (system, kind) in cases {
        let (mut shop, run) = edited();
        let plan = saved(&mut shop, undo_of(&run));
        let path = if system == "accurate" { "customer/save.do" } else { "customers" };
        for _ in 0..4 {
            shop.fault(json!({"system": system, "path_contains": path, "method": if system == "accurate" { "POST" } else { "PATCH" }, "kind": kind}));
        }
        carry_out(&mut shop, &plan);
        shop.world.sandbox.state().faults.clear();
        shop.world.apply();
        assert_eq!(shop.world.plan().plan.actions, [], "{system} {kind}");
        for (code, name) in [("C-1", "Toko Makmur"), ("C-2", "Toko Sejahtera")] {
            assert_eq!(
                (accurate_name(&shop, code), smh_name(&shop, code)),
                (json!(name), json!(name)),
                "{system} {kind}"
            );
        }
    }
}

#[test]
fn what_a_run_made_goes_again_unless_something_refers_to_it() {
    let mut shop = Shop::open();
    shop.http.smh_create("customers", json!({"code": "NEW", "name": "Toko Baru", "city": "Bekasi"}));
    shop.http.smh_create("customers", json!({"code": "USED", "name": "Toko Pakai", "city": "Bekasi"}));
    let (made, _) = shop.world.settle();
    shop.plain("SO-1", "USED");
    shop.world.settle();
    let plan = saved(&mut shop, undo_of(&made.run));
    assert_eq!(
        kept(&plan.planned).iter().filter(|key| **key == "plan-kept-referred").count(),
        1,
        "{:#?}",
        plan.planned.plan.kept
    );
    carry_out(&mut shop, &plan);
    let left = |code: &str| shop.rows("customer").iter().filter(|row| row["customerNo"] == code).count();
    assert_eq!((left("NEW"), left("USED")), (0, 1));
    assert!(shop.http.smh_find("customers", "NEW").is_some(), "what it was made from stays");
    assert_eq!(shop.world.plan().plan.actions, [], "and is not made into a partner again");
}

#[test]
fn a_delete_is_listed_with_what_was_lost() {
    let mut shop = Shop::open();
    let id = shop.id("customers", "C-3").as_str().expect("an id").to_owned();
    shop.http.smh_delete("customers", &id);
    let (planned, _) = shop.world.settle();
    let evidence = planned.evidence.values().next().expect("there is some for each delete");
    assert_eq!((evidence.linked_since.as_str(), evidence.gone), ("0001", Side::Right));
    assert_eq!(evidence.seen.as_ref().map(|seen| seen.run.as_str()), Some("0001"));
    assert_eq!(evidence.rules_since.as_ref().map(RunId::as_str), Some("0001"));
    assert_eq!(evidence.mapping_since.as_ref().map(RunId::as_str), Some("0001"));
    assert_eq!(evidence.read_ms, planned.made_ms);
    let past = selaras_run::record(&shop.world.state(), "accurate-smh", "C-3").expect("it can be read");
    let asked = Asked::of(past.writes.last().expect("a write").asked.as_ref()).expect("what was asked is known");
    assert_eq!(asked.evidence.as_ref(), Some(evidence), "it is kept with the write");

    let undo = shop.world.plan_only(&undo_of(&planned.run));
    assert_eq!((undo.plan.actions.len(), kept(&undo)), (0, vec!["plan-kept-deleted"]));
    assert!(undo.plan.kept[0].reason.args["values"].contains("Toko Abadi"), "{:?}", undo.plan.kept[0].reason);
}

/// What was missing for several runs was last seen before the first of them.
#[test]
fn the_last_sight_is_the_last_sight() {
    let mut shop = Shop::open();
    shop.world.edit_mapping(
        "on_delete: { accurate: deactivate, smh: delete }",
        "on_delete: { accurate: deactivate, smh: hold }",
    );
    shop.world.apply();
    let id = shop.id("customers", "C-3").as_str().expect("an id").to_owned();
    shop.http.smh_delete("customers", &id);
    for _ in 0..2 {
        let plan = shop.world.apply().0.plan;
        assert_eq!(plan.conflicts.len(), 1, "{:#?}", (&plan.held, &plan.problems, &plan.actions));
    }
    shop.world.edit_mapping(
        "on_delete: { accurate: deactivate, smh: hold }",
        "on_delete: { accurate: deactivate, smh: delete }",
    );
    let planned = shop.world.plan();
    let evidence = planned.evidence.values().next().expect("there is some");
    assert_eq!(evidence.seen.as_ref().map(|seen| seen.run.as_str()), Some("0003"));
    assert_eq!(evidence.mapping_since, None, "nobody has run this mapping last");
}

/// A shop whose customers wait in SMH for thirty days; C-3 has just been removed from Accurate.
fn waiting() -> Shop {
    let mut shop = Shop::open();
    let rule = "on_delete: { accurate: deactivate, smh: delete }";
    shop.world.edit_mapping(rule, "on_delete: { accurate: { action: delete, grace: 30d }, smh: delete }");
    shop.world.settle();
    shop.remove("customer", "customerNo", "C-3");
    let (planned, _) = shop.world.settle();
    assert_eq!(planned.plan.actions.iter().map(|action| action.kind).collect::<Vec<_>>(), [ActionKind::Deactivate]);
    assert_eq!(shop.http.smh_find("customers", "C-3").expect("kept")["status"], "inactive");
    shop
}

#[test]
fn a_record_waits_out_of_use_and_is_deleted_when_its_time_has_come() {
    let mut shop = waiting();
    let since = shop.world.now_ms - 60_000;
    shop.world.now_ms += 29 * DAY_MS;
    let (planned, _) = shop.world.apply();
    assert_eq!((planned.plan.actions.len(), planned.plan.waiting.len()), (0, 1), "{:#?}", planned.plan);
    assert_eq!((planned.plan.waiting[0].since_ms, planned.plan.waiting[0].until_ms), (since, since + 30 * DAY_MS));
    let remembered = selaras_run::remembered(&shop.world.state(), "accurate-smh").expect("it can be read");
    assert_eq!(remembered.waiting.len(), 1);
    shop.world.now_ms += DAY_MS;
    let (planned, _) = shop.world.settle();
    assert_eq!(planned.plan.actions[0].kind, ActionKind::Delete);
    assert_eq!(planned.evidence.len(), 1);
    assert_eq!(shop.http.smh_find("customers", "C-3"), None);
    assert_eq!(selaras_run::remembered(&shop.world.state(), "accurate-smh").expect("read").waiting, []);
}

/// Taken out of use, and the answer was lost: that it is out of use is our own doing and nobody's edit.
#[test]
fn a_record_taken_out_of_use_without_an_answer_was_edited_by_nobody() {
    for grace in [false, true] {
        let mut shop = Shop::open();
        if grace {
            let rule = "on_delete: { accurate: deactivate, smh: delete }";
            shop.world.edit_mapping(rule, "on_delete: { accurate: { action: delete, grace: 30d }, smh: delete }");
        }
        shop.world.settle();
        shop.remove("customer", "customerNo", "C-3");
        shop.fault(json!({"system": "smh", "path_contains": "customers/", "kind": "lose-answer", "times": 9}));
        let (_, applied) = shop.world.apply();
        assert_eq!(shop.http.smh_find("customers", "C-3").expect("kept")["status"], "inactive");
        assert_eq!(applied.unclear, 1, "{:#?}", applied.results);
        shop.world.sandbox.state().faults.clear();
        shop.world.now_ms += 60_000;
        let (planned, _) = shop.world.settle();
        assert_eq!(planned.plan.conflicts, [], "grace {grace}");
        assert_eq!(shop.world.plan().plan.waiting.len(), usize::from(grace));
    }
}

#[test]
fn whoever_touches_a_waiting_record_keeps_it() {
    for change in [json!({"handphone": "0811"}), json!({"status": "active"})] {
        let mut shop = waiting();
        let id = shop.id("customers", "C-3").as_str().expect("an id").to_owned();
        shop.http.smh_update("customers", &id, change.clone());
        shop.world.now_ms += 40 * DAY_MS;
        let (planned, _) = shop.world.apply();
        assert_eq!(planned.plan.actions, [], "{change}");
        let conflict = &planned.plan.conflicts[0];
        assert_eq!(
            (conflict.kind, conflict.message.key.as_str()),
            (ConflictKind::Delete, "plan-conflict-delete-touched")
        );
        assert!(shop.http.smh_find("customers", "C-3").is_some());
    }
}

#[test]
fn a_partner_that_comes_back_ends_the_wait() {
    let mut shop = Shop::open();
    let rule = "on_delete: { accurate: deactivate, smh: delete }";
    shop.world.edit_mapping(rule, "on_delete: { accurate: { action: delete, grace: 30d }, smh: delete }");
    let row = shop.rows("customer").into_iter().find(|row| row["customerNo"] == "C-3").expect("there");
    shop.remove("customer", "customerNo", "C-3");
    shop.world.settle();
    shop.world.sandbox.with_world(|world| {
        let db = world.accurate.databases.get_mut(&support::orders::DATABASE).expect("the database");
        db.table_mut("customer").rows.insert(row["id"].as_u64().expect("an id"), row.clone());
    });
    shop.world.now_ms += 40 * DAY_MS;
    let (planned, _) = shop.world.settle();
    assert!(planned.plan.actions.iter().all(|action| action.kind == ActionKind::Update), "{:#?}", planned.plan.actions);
    assert_eq!(shop.world.plan().plan.waiting, []);
    assert_eq!(selaras_run::remembered(&shop.world.state(), "accurate-smh").expect("read").waiting, []);
}

#[test]
fn a_refused_run_is_in_the_history_and_changes_nothing_else() {
    let mut shop = Shop::open();
    shop.world.edit_mapping("guards:", "guards:\n  update: 1\n# before:");
    for code in ["C-1", "C-2"] {
        shop.set("customer", "customerNo", code, "name", json!(format!("{code} baru")));
    }
    let planned = shop.world.plan();
    assert_eq!(planned.stops.len(), 1);
    let mut workspace = shop.world.workspace();
    workspace.lock("test").expect("the state can be locked");
    workspace.note_refused(&planned, planned.made_ms + 5, 4).expect("noted");
    drop(workspace);
    let runs = selaras_run::runs(&shop.world.state(), "accurate-smh", 9).expect("they can be read");
    assert_eq!((runs.len(), runs[0].refused.len(), runs[0].exit), (2, 1, Some(4)));
    assert_eq!(shop.world.plan().plan.hash, planned.plan.hash, "an approval of the plan still holds");
    let last = selaras_run::remembered(&shop.world.state(), "accurate-smh").expect("read").run.expect("a run");
    assert_eq!(last.run.as_str(), "0001", "the last run is the last one that did something");
    let past = selaras_run::record(&shop.world.state(), "accurate-smh", "C-1").expect("it can be read");
    assert!(past.writes.iter().all(|write| write.state == Transition::Settled));
}

/// Lists go back as well; what flows one way is not asked for again by the next run.
#[test]
fn the_lines_of_an_order_go_back() {
    let mut shop = Shop::open();
    shop.plain("SO-1", "C-1");
    shop.world.settle();
    let before = shop.accurate_order("SO-1");
    let lines = [shop.line("TEH", "DUS", "5", "120000"), shop.line("KOPI", "PCS", "1", "25000")];
    shop.change("SO-1", json!({"lines": lines}));
    let (run, _) = shop.world.settle();
    assert_ne!(shop.accurate_order("SO-1")["lines"], before["lines"]);
    let plan = saved(&mut shop, undo_of(&run.run));
    assert_eq!(kept(&plan.planned), [""; 0], "{:#?}", plan.planned.plan.kept);
    let (_, applied) = carry_out(&mut shop, &plan);
    assert_eq!(applied.checked, 1, "{:#?} {:#?}", applied.results, plan.planned.plan.actions);
    let after = shop.accurate_order("SO-1");
    assert_eq!((&after["lines"], &after["total"]), (&before["lines"], &before["total"]));
    assert_eq!(shop.world.plan().plan.actions, []);
}
