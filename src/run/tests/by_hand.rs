//! What people order, over the simulated systems: decisions on conflicts, links by hand, unclear writes, and what can be read of it afterwards.

mod support;

use selaras_model::{EntityName, FieldName, NativeId, PerSide, Side, Signature, Value};
use selaras_plan::{ActionKind, Conflict, ConflictKind, DecisionFate};
use selaras_run::{Asked, ByHand, Refusal, Resolution, Wish};
use serde_json::json;
use support::orders::{Shop, waiting};

fn signature() -> Signature {
    Signature { by: "rina".into(), at_ms: 1_780_000_000_000, because: "asked the customer".into() }
}

fn customers() -> EntityName {
    "Pelanggan".into()
}

/// Does something by hand with the state as the last run left it.
fn by_hand<T>(shop: &Shop, order: impl FnOnce(&ByHand<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
    let mapping = shop.world.compiled();
    order(&ByHand::open(&mapping, &shop.world.state())?)
}

fn decide(shop: &Shop, id: &str, take: &str, field: Option<&str>) -> Result<usize, Refusal> {
    let wish = Wish::of(take, &shop.world.compiled());
    by_hand(shop, |state| {
        let conflict = state.conflict(id)?;
        let decisions = state.answer(&conflict, &wish, field.map(FieldName::from).as_ref(), &signature())?;
        state.decide(&decisions)?;
        Ok(decisions.len())
    })
}

/// The key of why an order was refused.
fn refusal<T: std::fmt::Debug>(result: Result<T, Refusal>) -> String {
    match result.expect_err("it is refused") {
        Refusal::Order { what, .. } => what.key,
        Refusal::Run(error) => panic!("{error}"),
    }
}

fn smh_edit(shop: &Shop, code: &str, change: serde_json::Value) {
    let id = shop.id("customers", code).as_str().expect("an id").to_owned();
    shop.http.smh_update("customers", &id, change);
}

fn accurate_name(shop: &Shop, code: &str) -> serde_json::Value {
    shop.rows("customer").into_iter().find(|row| row["customerNo"] == code).expect("it is there")["name"].clone()
}

/// A shop in which both sides renamed C-1 and changed its telephone number.
fn in_conflict() -> (Shop, Conflict) {
    let mut shop = Shop::open();
    shop.set("customer", "customerNo", "C-1", "name", json!("Makmur Jaya"));
    shop.set("customer", "customerNo", "C-1", "mobilePhone", json!("0811000001"));
    smh_edit(&shop, "C-1", json!({"name": "Toko Makmur Abadi", "handphone": "0811000002"}));
    let (planned, _) = shop.world.apply();
    let conflict = planned.plan.conflicts[0].clone();
    assert_eq!((planned.plan.conflicts.len(), conflict.kind, conflict.fields.len()), (1, ConflictKind::Field, 2));
    (shop, conflict)
}

#[test]
fn a_conflict_is_decided_field_by_field_and_nothing_else_is_touched() {
    let (mut shop, conflict) = in_conflict();
    assert_eq!(refusal(decide(&shop, "zzzz", "smh", None)), "hand-no-conflict");
    assert_eq!(refusal(decide(&shop, conflict.id.as_str(), "smh", Some("city"))), "hand-no-field");
    assert_eq!(refusal(decide(&shop, conflict.id.as_str(), "0811000003", None)), "hand-value-which");
    assert_eq!(decide(&shop, &conflict.id.as_str()[..5], "smh", Some("name")).expect("decided"), 1);
    let (planned, _) = shop.world.apply();
    assert_eq!((planned.plan.actions.len(), planned.plan.conflicts.len()), (1, 1), "the telephone still waits");
    assert_eq!(planned.plan.conflicts[0].id, conflict.id, "it is the same conflict");
    assert_eq!(accurate_name(&shop, "C-1"), "Toko Makmur Abadi");
    decide(&shop, conflict.id.as_str(), "0811000003", None).expect("one field is left, so the value is for it");
    let (planned, _) = shop.world.settle();
    assert_eq!(planned.plan.conflicts, []);
    assert_eq!(shop.http.smh_find("customers", "C-1").expect("there")["handphone"], "0811000003");
    assert_eq!(refusal(decide(&shop, conflict.id.as_str(), "smh", None)), "hand-no-conflict");

    // Whoever asks later finds who overwrote what, and why.
    let past = selaras_run::record(&shop.world.state(), "accurate-smh", "C-1").expect("it can be read");
    assert_eq!(past.acts.len(), 2);
    let changes =
        past.writes.iter().filter_map(|write| Asked::of(write.asked.as_ref())).flat_map(|asked| asked.changes);
    let lost = changes.filter(|change| change.before == Some(Value::Text("Makmur Jaya".into()))).last();
    let why = lost.expect("the value overwritten is kept").why.expect("and why");
    assert_eq!((why.key.as_str(), why.args["by"].as_str()), ("plan-why-decided", "rina"));
}

#[test]
fn what_is_decided_waits_for_no_person_and_can_be_taken_back() {
    let (mut shop, conflict) = in_conflict();
    let left = |shop: &Shop| {
        let known = selaras_run::remembered(&shop.world.state(), "accurate-smh").expect("it can be read");
        let fields = known.conflicts[0].waiting().into_iter().map(ToString::to_string).collect::<Vec<_>>();
        (fields, known.conflicts[0].waits())
    };
    decide(&shop, conflict.id.as_str(), "smh", Some("name")).expect("decided");
    assert_eq!(left(&shop), (vec!["handphone".to_owned()], true));
    decide(&shop, conflict.id.as_str(), "smh", Some("handphone")).expect("decided");
    assert_eq!(left(&shop), (vec![], false));
    let withdraw = |shop: &Shop, field: Option<&str>| {
        by_hand(shop, |state| {
            let made = state.may_withdraw(&conflict, field.map(FieldName::from).as_ref())?;
            state.withdraw(&made, &signature())
        })
    };
    assert_eq!(withdraw(&shop, Some("handphone")).expect("taken back").len(), 1);
    assert_eq!(refusal(withdraw(&shop, Some("handphone"))), "hand-not-decided");
    assert_eq!(left(&shop), (vec!["handphone".to_owned()], true));
    let (planned, _) = shop.world.apply();
    assert_eq!((planned.plan.actions.len(), planned.plan.conflicts.len()), (1, 1), "the telephone still waits");
    let past = selaras_run::record(&shop.world.state(), "accurate-smh", "C-1").expect("it can be read");
    assert_eq!(past.acts.len(), 3);
}

#[test]
fn a_decision_on_values_that_moved_is_told_and_not_used() {
    let (mut shop, conflict) = in_conflict();
    decide(&shop, conflict.id.as_str(), "accurate", None).expect("decided");
    smh_edit(&shop, "C-1", json!({"name": "Toko Makmur Sentosa"}));
    let (planned, _) = shop.world.apply();
    assert_eq!(planned.plan.conflicts[0].note.as_ref().expect("told").key, "plan-note-decision-stale");
    let fates: Vec<_> = planned.plan.decisions.iter().map(|used| (used.unit.as_str(), used.fate)).collect();
    assert_eq!(fates, [("handphone", DecisionFate::Used), ("name", DecisionFate::Stale)]);
    assert_eq!(shop.http.smh_find("customers", "C-1").expect("there")["name"], "Toko Makmur Sentosa");
    decide(&shop, conflict.id.as_str(), "accurate", None).expect("decided on what is there now");
    shop.world.settle();
    assert_eq!(shop.http.smh_find("customers", "C-1").expect("there")["name"], "Makmur Jaya");
}

/// Only some entities are run: conflicts of the others stay known.
#[test]
fn a_narrow_run_does_not_forget_the_conflicts_of_others() {
    let (mut shop, conflict) = in_conflict();
    let employees = selaras_run::Selection { entities: vec!["Karyawan".into()], ..selaras_run::Selection::default() };
    shop.world.apply_only(&employees);
    let other = selaras_run::Selection { record: Some("C-2".into()), ..selaras_run::Selection::default() };
    shop.world.apply_only(&other);
    assert_eq!(by_hand(&shop, |state| state.conflict(conflict.id.as_str())).expect("still known").id, conflict.id);
}

fn deleted_and_edited() -> (Shop, Conflict) {
    let mut shop = Shop::open();
    shop.remove("customer", "customerNo", "C-3");
    smh_edit(&shop, "C-3", json!({"name": "Toko Abadi Baru"}));
    let (planned, _) = shop.world.apply();
    let conflict = planned.plan.conflicts[0].clone();
    assert_eq!((conflict.kind, conflict.gone), (ConflictKind::Delete, Some(Side::Left)));
    (shop, conflict)
}

#[test]
fn what_was_deleted_and_edited_comes_back_once_if_the_edit_is_taken() {
    let (mut shop, conflict) = deleted_and_edited();
    assert_eq!(refusal(decide(&shop, conflict.id.as_str(), "a value", None)), "hand-removal-whole");
    decide(&shop, conflict.id.as_str(), "smh", None).expect("decided");
    let (planned, _) = shop.world.settle();
    let made: Vec<_> = planned.plan.actions.iter().filter(|action| action.kind == ActionKind::Create).collect();
    assert_eq!((made.len(), made[0].target), (1, Side::Left));
    assert_eq!(accurate_name(&shop, "C-3"), "Toko Abadi Baru");
    let id = shop.accurate_id("customer", "customerNo", "C-3").to_string();
    assert_eq!(shop.http.smh_find("customers", "C-3").expect("there")["partnerId"], json!(id));
    assert_eq!(shop.twice(), [""; 0]);
}

#[test]
fn what_was_deleted_and_edited_goes_if_the_deletion_is_taken() {
    let (mut shop, conflict) = deleted_and_edited();
    decide(&shop, conflict.id.as_str(), "accurate", None).expect("decided");
    shop.world.settle();
    let kept = shop.http.smh_find("customers", "C-3").expect("the mapping takes it out of use");
    assert_eq!((&kept["status"], &kept["name"]), (&json!("inactive"), &json!("Toko Abadi Baru")));

    let mut shop = Shop::open();
    let id = shop.id("customers", "C-3").as_str().expect("an id").to_owned();
    shop.http.smh_delete("customers", &id);
    shop.set("customer", "customerNo", "C-3", "name", json!("Toko Abadi Baru"));
    let (planned, _) = shop.world.apply();
    decide(&shop, planned.plan.conflicts[0].id.as_str(), "smh", None).expect("decided");
    shop.world.settle();
    assert!(shop.rows("customer").iter().all(|row| row["customerNo"] != "C-3"));
    // The edit that was lost is in the history.
    let past = selaras_run::record(&shop.world.state(), "accurate-smh", "C-3").expect("it can be read");
    let kept = past.writes.iter().filter_map(|write| Asked::of(write.asked.as_ref())).flat_map(|asked| asked.changes);
    assert!(kept.into_iter().any(|change| change.before == Some(Value::Text("Toko Abadi Baru".into()))));
}

fn pair(left: u64, right: &serde_json::Value) -> PerSide<NativeId> {
    PerSide::new(NativeId(left.to_string()), NativeId(right.as_str().expect("an id").to_owned()))
}

#[test]
fn a_pair_that_was_unlinked_waits_and_can_be_had_back() {
    let mut shop = Shop::open();
    let (left, right) = (shop.accurate_id("customer", "customerNo", "C-2"), shop.id("customers", "C-2"));
    let taken = by_hand(&shop, |state| state.link(&customers(), &pair(left, &json!("cus-none")), &signature()));
    assert_eq!(refusal(taken), "hand-linked");
    by_hand(&shop, |state| state.unlink(&customers(), None, &left.to_string(), &signature())).expect("unlinked");
    let (planned, _) = shop.world.apply();
    let held: Vec<_> = waiting(&planned).into_iter().map(|(_, why)| why).collect();
    assert_eq!((planned.plan.actions.len(), held.len()), (0, 2), "{held:#?}");
    assert!(held.iter().all(|why| why.contains("plan-hold-unlinked")), "{held:#?}");
    by_hand(&shop, |state| state.link(&customers(), &pair(left, &right), &signature())).expect("linked again");
    let (planned, _) = shop.world.settle();
    assert_eq!((waiting(&planned).len(), planned.plan.conflicts.len()), (0, 0));
    by_hand(&shop, |state| state.unlink(&customers(), Some(Side::Left), &left.to_string(), &signature()))
        .expect("gone");
    by_hand(&shop, |state| state.forget(&customers(), None, &left.to_string(), &signature())).expect("forgotten");
    let (planned, _) = shop.world.settle();
    assert!(planned.plan.pairs.iter().any(|pair| pair.found), "the partner id finds the partner");
    assert_eq!(shop.twice(), [""; 0]);
}

#[test]
fn a_link_to_a_record_that_is_not_there_removes_nothing() {
    let mut shop = Shop::open();
    shop.http.smh_create("customers", json!({"code": "NEW", "name": "Toko Baru", "city": "Bekasi"}));
    let right = shop.id("customers", "NEW");
    by_hand(&shop, |state| state.link(&customers(), &pair(999_999, &right), &signature())).expect("nobody can know");
    let (planned, _) = shop.world.apply();
    assert_eq!(planned.plan.actions, []);
    assert!(waiting(&planned).iter().any(|(_, why)| why.contains("plan-hold-link-unseen")), "{:#?}", waiting(&planned));
    assert!(shop.http.smh_find("customers", "NEW").is_some());
    by_hand(&shop, |state| state.unlink(&customers(), None, "999999", &signature())).expect("taken back");
    let id = right.as_str().expect("an id");
    by_hand(&shop, |state| state.forget(&customers(), None, id, &signature())).expect("and forgotten");
    shop.world.settle();
    assert_eq!(accurate_name(&shop, "NEW"), "Toko Baru");
}

/// A customer whose create in Accurate got no answer; `done` says whether it was made.
fn unclear(done: bool) -> (Shop, selaras_run::OpenEntry) {
    let mut shop = Shop::open();
    shop.http.smh_create("customers", json!({"code": "NEW", "name": "Toko Baru", "city": "Bekasi"}));
    let kind = if done { "lose-answer" } else { "html-502" };
    shop.fault(json!({"system": "accurate", "path_contains": "customer/save.do", "kind": kind}));
    let (_, applied) = shop.world.apply();
    assert_eq!(applied.unclear, 1);
    let open = selaras_run::open_intents(&shop.world.state(), "accurate-smh").expect("it can be read");
    let asked = Asked::of(open[0].asked.as_ref()).expect("what was asked is known");
    assert!(asked.changes.iter().any(|change| change.after == Value::Text("Toko Baru".into())));
    (shop, open.into_iter().next().expect("one"))
}

#[test]
fn an_unclear_create_is_adopted_and_looked_at() {
    let (mut shop, entry) = unclear(true);
    let made = shop.accurate_id("customer", "customerNo", "NEW");
    let adopt = Resolution::Adopt(NativeId(made.to_string()));
    by_hand(&shop, |state| state.resolve_intent(entry.id, &adopt, &signature())).expect("adopted");
    let (planned, applied) = shop.world.settle();
    assert_eq!((applied.unclear, planned.plan.conflicts.len()), (0, 0));
    assert_eq!(shop.http.smh_find("customers", "NEW").expect("there")["partnerId"], json!(made.to_string()));
    assert_eq!(shop.twice(), [""; 0]);
}

#[test]
fn an_adopted_record_that_is_not_there_is_reported_and_removes_nothing() {
    let (mut shop, entry) = unclear(false);
    let adopt = Resolution::Adopt("999999".into());
    by_hand(&shop, |state| state.resolve_intent(entry.id, &adopt, &signature())).expect("nobody can know");
    let (planned, _) = shop.world.apply();
    assert_eq!(planned.plan.actions, []);
    assert!(waiting(&planned).iter().any(|(_, why)| why.contains("plan-hold-link-unseen")), "{:#?}", waiting(&planned));
    assert!(shop.http.smh_find("customers", "NEW").is_some());
}

#[test]
fn an_unclear_create_is_retried_or_left_alone() {
    for discard in [false, true] {
        let (mut shop, entry) = unclear(false);
        let how = if discard { Resolution::Discard } else { Resolution::Retry };
        by_hand(&shop, |state| state.resolve_intent(entry.id, &how, &signature())).expect("recorded");
        let again = by_hand(&shop, |state| state.resolve_intent(entry.id, &how, &signature()));
        assert_eq!(refusal(again), "hand-intent-not-open");
        shop.world.settle();
        let made = shop.rows("customer").iter().filter(|row| row["customerNo"] == "NEW").count();
        assert_eq!(made, usize::from(!discard));
        let origin = shop.id("customers", "NEW").as_str().expect("an id").to_owned();
        if discard {
            by_hand(&shop, |state| state.forget(&customers(), None, &origin, &signature())).expect("forgotten");
            shop.world.settle();
        }
        assert_eq!(accurate_name(&shop, "NEW"), "Toko Baru");
        assert_eq!(shop.twice(), [""; 0]);
    }
}

#[test]
fn the_runs_are_remembered_with_what_they_left() {
    let (shop, _) = in_conflict();
    let runs = selaras_run::runs(&shop.world.state(), "accurate-smh", 9).expect("they can be read");
    assert_eq!((runs.len(), runs[0].conflicts, runs[1].conflicts), (2, 1, 0));
    // What a write refers to has a name, where a link knows one.
    let past = |key: &str| selaras_run::record(&shop.world.state(), "accurate-smh", key).expect("it can be read");
    let named = ["C-1", "C-2", "C-3", "P-1", "P-2"].into_iter().flat_map(|key| past(key).names).collect::<Vec<_>>();
    assert!(named.iter().any(|named| !named.label.is_empty() && named.label != named.reference.key), "{named:?}");
    assert!(runs[1].applied > 0 && runs.iter().all(|run| run.finished_ms.is_some()));
}
